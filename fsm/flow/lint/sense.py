"""Keys that mean nothing where they stand, and phases in which nothing would happen."""

from __future__ import annotations

from collections.abc import Iterator

from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.lint.look import Look
from pipit.fsm.flow.schema import Phase
from pipit.fsm.flow.tree import Loc

_ONLY = {
    "collect": ("checklist",),
    "phrases": ("checklist",),
    "artifacts": ("checklist",),
    "questions": ("interview",),
    "lines": ("guided",),
    "share": ("guided",),
    "pause_s": ("guided",),
    "prompt": ("checklist", "guided", "open"),
}
"""The kinds of phase in which a key has a meaning; all other keys have one in every kind."""
_NOTHING = {
    "interview": ("questions", "an interview needs 'questions'"),
    "guided": ("lines", "a guided phase needs 'lines' to say, or a 'prompt' for the model"),
    "checklist": ("collect", "this phase does nothing: it has nothing to say and nothing to collect"),
}
SECONDS_A_WORD = 0.42
"""How long a calm voice takes for a word."""


def check_sense(look: Look) -> Iterator[Fault]:
    """Look at every phase by its kind, then at the length."""
    for loc, phase in look.phases():
        yield from _keys(look, loc, phase)
        yield from _content(look, loc, phase)
    yield from _length(look)


def _keys(look: Look, loc: Loc, phase: Phase) -> Iterator[Fault]:
    for key in sorted(phase.model_fields_set & _ONLY.keys()):
        kinds = _ONLY[key]
        if phase.kind not in kinds:
            written = "" if "kind" in phase.model_fields_set else " (which it is without a 'kind')"
            message = f"'{key}' has no meaning in {_a(phase.kind)} phase{written}"
            yield look.key_error((*loc, key), message, f"it is for 'kind: {' or '.join(kinds)}'")
    if phase.phrases and not phase.collect:
        yield look.key_error((*loc, "phrases"), "there are no fields to be said", "add 'collect', or remove 'phrases'")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _content(look: Look, loc: Loc, phase: Phase) -> Iterator[Fault]:
    has = {
        "interview": bool(phase.questions),
        "guided": bool(phase.lines or phase.prompt),
        "checklist": bool(phase.collect or phase.artifacts or phase.say or phase.prompt or phase.next_step),
        "open": True,
    }
    if not has[phase.kind]:
        key, message = _NOTHING[phase.kind]
        yield look.error((*loc, "name"), message, f"add '{key}'")


def _length(look: Look) -> Iterator[Fault]:
    guided = [(loc, phase) for loc, phase in look.phases() if phase.kind == "guided"]
    minutes = look.flow.minutes
    if not guided:
        if minutes is not None:
            yield look.key_warning(("minutes",), "'minutes' has no effect", "only guided phases keep to a length")
        return
    if minutes is None:
        loc, phase = guided[0]
        message = f"'{phase.name}' is guided, but nothing says how long the flow lasts"
        yield look.error((*loc, "name"), message, "add a line such as 'minutes: 10' below the title")
        return
    whole = sum(phase.share for _, phase in guided)
    for loc, phase in guided:
        seconds = sum(len(line.split()) for line in (phase.say or "", *phase.lines)) * SECONDS_A_WORD
        room = minutes * 60 * phase.share / whole
        if seconds > room:
            message = f"these words take about {seconds:.0f} s to say, and this phase has {room:.0f} s"
            yield look.key_warning((*loc, "lines"), message, "fewer lines, a larger 'share' or more 'minutes'")
