"""``{field}`` in what is spoken: whether there is such a field, and whether it is known by then."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipit.fsm.flow.fault import Fault
from pipit.fsm.flow.lint.look import Look
from pipit.fsm.flow.schema import Phase
from pipit.fsm.flow.tree import Loc
from pipit.nearest import nearest_key

_SLOT = re.compile(r"\{([^{}]*)\}")
_STRAY = re.compile(r"[{}]")
Said = tuple[Loc, str, frozenset[str]]
"""Where a text stands, the text, and the fields that may be known when it is spoken."""


def check_texts(look: Look) -> Iterator[Fault]:
    """Look at every text that is spoken or given to the model."""
    fields = {spec.field for _, _, spec in look.fields()}
    for loc, text, known in _texts(look):
        for slot in _SLOT.finditer(text):
            name = slot.group(1)
            if name not in fields:
                yield _unknown(look, loc, slot.group(), name, fields)
            elif name not in known:
                message = f"'{name}' is not known yet when this is said"
                yield look.error(loc, message, "it can be said in a later text or phase", piece=slot.group())
        if _STRAY.search(_SLOT.sub("", text)):
            message = "a { or } stands alone in this text"
            yield look.error(loc, message, "a field is written {name}, with both", piece=text)


def _unknown(look: Look, loc: Loc, piece: str, name: str, fields: set[str]) -> Fault:
    near = nearest_key(name, fields)
    hint = (
        f"did you mean {{{near}}}?"
        if near
        else f"the fields are {', '.join(sorted(fields))}"
        if fields
        else "there are no fields in this flow"
    )
    return look.error(loc, f"no phase collects '{name}'", hint, piece=piece)


def _texts(look: Look) -> Iterator[Said]:
    for loc, phase in look.phases():
        yield from _texts_of(look, loc, phase)
    flow, everything = look.flow, frozenset(spec.field for _, _, spec in look.fields())
    if flow.closing:
        yield ("closing",), flow.closing, everything


def _texts_of(look: Look, loc: Loc, phase: Phase) -> Iterator[Said]:
    done = look.before[phase.name]
    known = frozenset(spec.field for _, other, spec in look.fields() if other.name in done)
    own = known | {spec.field for spec in phase.collect}
    asks: list[tuple[Loc, str | None, frozenset[str]]] = [
        (("say",), phase.say, known),
        (("goal",), phase.goal, known),
        (("prompt",), phase.prompt, own),
        (("next_step",), phase.next_step, own),
    ]
    asks += [(("lines", i), line, known) for i, line in enumerate(phase.lines)]
    asks += [(("questions", i, "ask"), question.ask, known) for i, question in enumerate(phase.questions)]
    asks += [(("artifacts", i, "ask"), artifact.ask, own) for i, artifact in enumerate(phase.artifacts)]
    for i, spec in enumerate(phase.collect):
        asks.append((("collect", i, "ask"), spec.ask, known | {other.field for other in phase.collect[:i]}))
    yield from (((*loc, *inner), text, fields) for inner, text, fields in asks if text)
