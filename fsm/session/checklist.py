"""The checklist: typed fields asked for one by one, or several in one sentence; read back, corrected, kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipit.fsm.fields import Problem, Reading, agreement, correction, phase_phrase, question, read, read_all
from pipit.fsm.flow.schema import ArtifactSpec, FieldSpec, Listen
from pipit.fsm.script import Ask, Listening, Speak, Step, Wait
from pipit.fsm.session import events as se
from pipit.fsm.session.commands import SAYINGS
from pipit.fsm.session.items import asking_for, echo_of, join, label_of, name_of, told, words_of
from pipit.fsm.session.pick import pick, picked
from pipit.fsm.session.player import AtTheBeginning, Lacking
from pipit.fsm.session.scene import Scene
from pipit.fsm.turn import TurnRecord

_TAKES_BACK = re.compile(
    r"(?:oh )?(?:no|nope|not|sorry|wait|actually|correction|wrong|that's|that is|i said|i meant|i mean|change|make)\b"
)
"""How a sentence begins that takes back an earlier answer."""
_UNCLEAR = "Sorry, I did not understand that."
_LONGEST_NOTE_MS = 110_000
_BRIEF = 3
"""Words of a plain no."""


class Checklist:
    """A ``Player``. What is asked next follows from what is known, so a resumed session asks the same."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._phase = scene.phase
        self.parting = ""
        self._last: str | None = None
        self._said = ""
        self._once_more: str | None = None
        self._key: tuple[object, ...] = ()
        self._listening = Listening()

    # ---- what is asked -------------------------------------------------------------------------------

    @property
    def _doubtful(self) -> FieldSpec | None:
        """The field whose value has been read back and not been agreed to."""
        return next((spec for spec in self._phase.collect if self._is_doubtful(spec)), None)

    def _is_doubtful(self, spec: FieldSpec) -> bool:
        known = self._scene.state.fields.get(spec.field)
        return known is not None and not known.confirmed and (spec.confirm or known.by == "model")

    @property
    def _open(self) -> FieldSpec | ArtifactSpec | None:
        """The next field or artifact that is missing and was not left out."""
        left_out = {name_of(spec) for spec in self._all if self._scene.skipped(name_of(spec))} - {self._once_more}
        missing = (spec for spec in self._all if not self._has(spec) and name_of(spec) not in left_out)
        return next(missing, None)

    @property
    def _all(self) -> tuple[FieldSpec | ArtifactSpec, ...]:
        return (*self._phase.collect, *self._phase.artifacts)

    def _has(self, spec: FieldSpec | ArtifactSpec) -> bool:
        state = self._scene.state
        if isinstance(spec, FieldSpec):
            return spec.field in state.fields
        return spec.name in state.artifacts and spec.name != self._once_more

    @property
    def _wanted(self) -> list[FieldSpec]:
        return [spec for spec in self._phase.collect if not self._has(spec)]

    @property
    def item(self) -> str:
        """The field or artifact that is asked for."""
        spec = self._doubtful or self._open
        return name_of(spec) if spec else ""

    @property
    def listen(self) -> Listen:
        """The field's settings before the phase's."""
        spec = self._doubtful or self._open
        return self._scene.listen(spec.listen if isinstance(spec, FieldSpec) else None)

    def lacking(self) -> Lacking:
        """Return what is missing; a value that awaits agreement is missing too."""
        missing = [spec for spec in self._all if not self._has(spec) or spec is self._doubtful]
        needed = tuple(words_of(spec) for spec in missing if spec.required)
        return Lacking(needed, tuple(words_of(spec) for spec in missing if not spec.required))

    # ---- the course of it ----------------------------------------------------------------------------

    def enter(self) -> Step | None:
        """Say the phase's words; they are the first question where that has none of its own."""
        say = self._scene.fill(self._phase.say)
        spec = self._open
        if say and isinstance(spec, FieldSpec) and spec.ask is None:
            return Speak(say)
        return self._ask(say) or (Speak(say) if say else None)

    def repeat(self) -> Step | None:
        """Ask again; words that were the first question are said again for it."""
        spec, first = self._open, next(iter(self._phase.collect), None)
        say = self._scene.fill(self._phase.say)
        if say and spec is first and isinstance(spec, FieldSpec) and spec.ask is None and not self._doubtful:
            return Speak(say)
        return self._ask("")

    def _ask(self, before: str) -> Step | None:
        """Read back what is doubtful, else ask for what is missing; None when there is neither."""
        doubtful = self._doubtful
        if doubtful is not None:
            back = f"{label_of(doubtful)}: {self._scene.say_value(doubtful.field)}. Is that right?"
            return Speak(join(before, back))
        spec = self._open
        if spec is None:
            return None
        asks = question(spec) if isinstance(spec, FieldSpec) else spec.ask or asking_for(spec)
        return Speak(join(before, self._scene.fill(asks)))

    def heard(self, said: str, pcm: bytes) -> Step | None:
        """Agree, correct, fill in: in this order."""
        spec = self._doubtful or self._open
        if isinstance(spec, ArtifactSpec):
            return self._keep(spec, said, pcm)
        if self._doubtful is not None:
            return self._confirm(self._doubtful, said)
        taken_back = self._take_back(spec, said) if _TAKES_BACK.match(said.lower()) else None
        return taken_back or self._fill(spec, said)

    def _take_back(self, spec: FieldSpec | None, said: str) -> Step | None:
        """Correct an earlier answer while another is asked for; a note may begin with "no" and mean no such thing."""
        found = self._corrected(said)
        whole = isinstance(found, Reading) and said.lower().rstrip(" .!").endswith(found.words)
        free = spec is None or spec.type == "text"
        if isinstance(found, Reading) and (whole or not free):
            return self._set([found])
        in_the_way = isinstance(found, Problem) and not free and not _declines(spec, said)
        return self._ask(found.message) if in_the_way and isinstance(found, Problem) else None

    def _keep(self, spec: ArtifactSpec, said: str, pcm: bytes) -> Step | None:
        if spec.kind == "file":
            return Speak(f"{asking_for(spec)} Say skip to leave it out." if not spec.required else asking_for(spec))
        self._scene.keep(spec.name, pcm or said.encode(), spoken=bool(pcm))
        self._once_more = None
        return self._settled("Got it.")

    def _confirm(self, spec: FieldSpec, said: str) -> Step | None:
        changed = self._corrected(said)
        if isinstance(changed, Reading):
            return self._set([changed])
        answer = agreement(said)
        if answer:
            self._scene.emit(se.FieldConfirmed(phase=self._phase.name, field=spec.field))
            return self._settled("")
        if answer is False:
            self._scene.emit(se.FieldCleared(phase=self._phase.name, field=spec.field))
            return self._ask("Sorry.")
        return self._ask(changed.message if isinstance(changed, Problem) else "Please say yes or no.")

    def _corrected(self, said: str) -> Reading | Problem | None:
        """Read a value that takes the place of another: "no, twelve hundred"."""
        held = self._scene.state.fields
        known = {spec.field: (spec, held[spec.field].value) for spec in self._phase.collect if spec.field in held}
        asked = None if self._doubtful else self._open
        if isinstance(asked, FieldSpec) and asked.type == "yes-no" and agreement(said) is not None:
            return None
        last = self._doubtful.field if self._doubtful else self._last
        return correction(known, last, said, self._scene.today()) if known else None

    def _fill(self, spec: FieldSpec | None, said: str) -> Step | None:
        asked = spec.field if spec else None
        found = read_all(self._wanted, said, asked, self._phase.phrases, self._scene.today())
        if found.readings:
            return self._set(found.readings, told(found))
        if _declines(spec, said):
            return self.skip()
        if found.problems:
            return self._ask(told(found))
        if spec is not None and spec.type != "text" and len(said.split()) > 1:
            self._said = said
            return pick(spec, said)
        return self._ask(_UNCLEAR)

    def judged(self, text: str | None) -> Step | None:
        """The model has picked the words that are the answer; what they mean is read as ever."""
        spec, said, self._said = self._open, self._said, ""
        words = picked(text, said)
        if words and isinstance(spec, FieldSpec):
            found = read(spec, words, self._scene.today())
            if isinstance(found, Reading):
                return self._set([found], by="model")
        return self._ask(_UNCLEAR)

    def _set(self, readings: Sequence[Reading], after: str = "", by: se.By = "parser") -> Step | None:
        for found in readings:
            event = se.FieldSet(phase=self._phase.name, field=found.field, value=found.value, words=found.words, by=by)
            self._scene.emit(event)
            self._last = found.field
        return self._settled(join(self._echo(readings), after))

    def _echo(self, readings: Sequence[Reading]) -> str:
        in_doubt = {spec.field for spec in self._phase.collect if self._is_doubtful(spec)}
        said = [echo_of(self._scene, found.field) for found in readings if found.field not in in_doubt]
        echo = ", ".join(word for word in said if word)
        return f"{echo[:1].upper()}{echo[1:]}." if echo else ""

    def _settled(self, before: str) -> Step | None:
        step = self._ask(before)
        self.parting = "" if step else before
        return step

    def wants(self, said: str) -> bool:
        """A choice may be called "next" or "stop"."""
        spec = self._open
        if self._doubtful or not isinstance(spec, FieldSpec) or spec.type != "choice":
            return False
        found = read(spec, said, self._scene.today())
        return isinstance(found, Reading) and found.words == said.strip()

    def complete(self, said: str) -> bool:
        """A yes needs no more; nor does the only choice that is wanted, unless another begins with the same words."""
        agreed, spec = agreement(said), self._doubtful or self._open
        if self._doubtful is not None:
            return agreed is True  # "no" may go on: "no, twelve hundred"
        if not isinstance(spec, FieldSpec) or len(self._wanted) > 1:
            return isinstance(spec, FieldSpec) and spec.type == "yes-no" and agreed is not None
        longer = any(choice.lower().startswith(f"{said.lower()} ") for choice in spec.choices)
        return (spec.type == "yes-no" and agreed is not None) or (self.wants(said) and not longer)

    def ended(self, record: TurnRecord) -> None:
        """Nothing depends on what was heard."""

    def next(self) -> Step | Wait | None:
        """Wait for the answer; a phase that asks for nothing is complete."""
        return Wait() if self._doubtful or self._open else None

    def skip(self) -> Step | None:
        """Leave out what is optional."""
        spec = self._doubtful or self._open
        if spec is None:
            return None
        if spec.required and name_of(spec) != self._once_more:
            return self._ask(f"{label_of(spec)} is needed.")
        self._once_more = None
        if self._has(spec) and not isinstance(spec, FieldSpec):
            return self._settled("I keep the one before.")
        if isinstance(spec, FieldSpec) and self._has(spec):
            self._scene.emit(se.FieldCleared(phase=self._phase.name, field=spec.field))
        self._scene.emit(se.ItemSkipped(phase=self._phase.name, item=name_of(spec)))
        return self._settled("Skipped.")

    def give_up(self) -> bool:
        """Leave out what is optional."""
        spec = self._doubtful or self._open
        if spec is None or spec.required:
            return False
        self.skip()
        return True

    def back(self) -> Step | None:
        """Ask for what was answered before once more."""
        names = [name_of(spec) for spec in self._all]
        if self._once_more in names:
            names = names[: names.index(self._once_more)]
        done = [name for name in names if self._is_done(name)]
        if not done:
            raise AtTheBeginning
        last = self._last if self._last in done else done[-1]
        self._last = self._once_more = None
        if any(spec.field == last for spec in self._phase.collect):
            self._scene.emit(se.FieldCleared(phase=self._phase.name, field=str(last)))
        else:
            self._once_more = last  # the note before is kept until there is another
        return self._ask("Once more.")

    def _is_done(self, name: str) -> bool:
        state = self._scene.state
        return name in state.fields or name in state.artifacts or self._scene.skipped(name)

    def foresee(self, said: str) -> Ask | None:
        """The model does not speak here."""
        return None

    def listening(self) -> Listening:
        """Return all that is still wanted, as one exact grammar; anything where a free text is asked for."""
        spec = self._doubtful or self._open
        key = (self._doubtful, spec, len(self._wanted))
        if key != self._key:
            self._key = key
            free = spec is None or isinstance(spec, ArtifactSpec)
            wanted = [self._doubtful, *self._wanted] if self._doubtful else self._wanted
            phrase = None if free else phase_phrase(wanted, self._phase.phrases, self.item, SAYINGS)
            longest = _LONGEST_NOTE_MS if isinstance(spec, ArtifactSpec) else None
            self._listening = Listening(phrase, self.listen.silence_ms, longest)
        return self._listening


def _declines(spec: FieldSpec | None, said: str) -> bool:
    """Tell whether a plain no, or "nothing", leaves out what is optional."""
    if spec is None or spec.required or spec.type == "yes-no":
        return False
    brief = len(said.split()) <= _BRIEF
    return brief and (agreement(said) is False or (spec.type == "text" and not spec.phrases))
