"""The interview: questions, and further questions where an answer is not enough; the model judges that."""

from __future__ import annotations

import json
import re

from pipit.fsm.flow.schema import Listen, Question
from pipit.fsm.script import Ask, Judge, Listening, Speak, Step, Wait
from pipit.fsm.session import events as se
from pipit.fsm.session.player import AtTheBeginning, Lacking
from pipit.fsm.session.scene import Scene
from pipit.fsm.session.state import Asked
from pipit.fsm.turn import TurnRecord
from pipit.models.grammar import gbnf, longest
from pipit.models.ports import Message

LONGEST_FOLLOW_UP = 160
"""Characters of a further question."""

VERDICT = {
    "type": "object",
    "properties": {
        "enough": {"type": "boolean"},
        "follow_up": {"type": "string", "maxLength": LONGEST_FOLLOW_UP},
    },
    "required": ["enough", "follow_up"],
}
"""What the model writes about an answer: so that it always can be read, a grammar is made of it."""

_VERDICT = re.compile(r'\{\s*"enough"\s*:\s*(true|false)\b')
_MOST_SAID, _MOST_ASKED = 100, 40
"""Words of an answer, and of a question or of what is wanted, that the model is told."""
_MORE = "Can you tell me a little more about that?"
_JUDGE = (
    "You judge answers in an interview. An answer is enough when it tells what is wanted. "
    'Write JSON: {"enough": true or false, "follow_up": a short question for what is missing, or nothing}.'
)


class Interview:
    """A ``Player``. Which question is open follows from what was asked and answered."""

    def __init__(self, scene: Scene) -> None:
        self.parting = ""
        self._scene = scene
        self._phase = scene.phase
        self._answer = ""

    @property
    def _asked(self) -> list[Asked]:
        return [asked for asked in self._scene.state.asked if asked.phase == self._phase.name]

    @property
    def _pending(self) -> Asked | None:
        """What was asked and has no answer yet."""
        last = self._asked[-1] if self._asked else None
        return last if last and last.answer is None and not self._scene.skipped(last.question) else None

    @property
    def _next_question(self) -> Question | None:
        open_ones = (q for q in self._phase.questions if not self._answered(q) and not self._scene.skipped(q.id))
        return next(open_ones, None)

    @property
    def item(self) -> str:
        """The question that is open."""
        return self._pending.question if self._pending else ""

    @property
    def listen(self) -> Listen:
        """The phase's settings."""
        return self._scene.listen()

    def enter(self) -> Step | None:
        """Say the phase's words and put the first question."""
        say = self._scene.fill(self._phase.say)
        return self._go_on(say) or (Speak(say) if say else None)

    def _go_on(self, before: str) -> Step | None:
        question = self._next_question
        if question is None:
            self.parting = before
            return None
        return self._put(question.id, self._scene.fill(question.ask), before)

    def _put(self, name: str, text: str, before: str = "", parent: str = "") -> Step:
        self._scene.emit(se.QuestionAsked(phase=self._phase.name, question=name, text=text, parent=parent))
        return Speak(f"{before} {text}".strip())

    def repeat(self) -> Step | None:
        """Put the open question again."""
        return Speak(self._pending.text) if self._pending else self._go_on("")

    def heard(self, said: str, pcm: bytes) -> Step | None:
        """Take the answer; have it judged where a further question is allowed and something is wanted."""
        pending = self._pending
        if pending is None:
            return self._go_on("")
        self._answer = said
        root = self._root(pending)
        if root.want is None or self._follow_ups(root) >= root.follow_ups:
            return self._settle(pending, enough=True)
        return verdict_on(root, pending.text, said)

    def judged(self, text: str | None) -> Step | None:
        """Put the further question, or go on; a verdict that failed is taken for enough."""
        pending = self._pending
        if pending is None:
            return self._go_on("")
        verdict = read_verdict(text)
        if verdict is None or verdict[0]:
            return self._settle(pending, enough=True)
        self._scene.emit(self._given(pending, enough=False))
        root = self._root(pending)
        further = verdict[1] if _can_be_asked(verdict[1]) and verdict[1] != pending.text else _MORE
        return self._put(f"{root.id}-{self._follow_ups(root) + 1}", further, parent=root.id)

    def _settle(self, pending: Asked, *, enough: bool) -> Step | None:
        self._scene.emit(self._given(pending, enough))
        return self._go_on("Thank you.")

    def _given(self, pending: Asked, enough: bool) -> se.AnswerGiven:
        answer, self._answer = self._answer, ""
        return se.AnswerGiven(phase=self._phase.name, question=pending.question, text=answer, enough=enough)

    def _root(self, asked: Asked) -> Question:
        name = asked.parent or asked.question
        return next(question for question in self._phase.questions if question.id == name)

    def _follow_ups(self, root: Question) -> int:
        return sum(asked.parent == root.id for asked in self._asked)

    def lacking(self) -> Lacking:
        """Return the questions that have no answer; none of them is needed to go on, all are to end well."""
        open_ones = [q.id for q in self._phase.questions if not self._answered(q) and not self._scene.skipped(q.id)]
        return Lacking(required=tuple(name.replace("-", " ").replace("_", " ") for name in open_ones))

    def _answered(self, question: Question) -> bool:
        return any(asked.question == question.id and asked.answer is not None for asked in self._asked)

    def wants(self, said: str) -> bool:
        """An answer is never a command alone."""
        return False

    def complete(self, said: str) -> bool:
        """Anything may follow."""
        return False

    def ended(self, record: TurnRecord) -> None:
        """Nothing depends on what was heard."""

    def next(self) -> Step | Wait | None:
        """Wait for the answer."""
        if self._pending is not None:
            return Wait()
        return self._go_on("")

    def skip(self) -> Step | None:
        """Leave the question out."""
        pending = self._pending
        if pending is not None:
            self._scene.emit(se.ItemSkipped(phase=self._phase.name, item=pending.question))
        return self._go_on("Skipped.")

    def give_up(self) -> bool:
        """An interview without answers is parked, not skipped through."""
        return False

    def back(self) -> Step | None:
        """Put the question before once more; both answers stay in the journal, the last one counts."""
        answered = {asked.question: asked for asked in self._asked if asked.answer is not None}
        names, pending = list(answered), self._pending
        before = names[: names.index(pending.question)] if pending and pending.question in answered else names
        if not before:
            raise AtTheBeginning
        last = answered[before[-1]]
        return self._put(last.question, last.text, "Once more.", last.parent)

    def foresee(self, said: str) -> Ask | None:
        """Answers are judged, not answered."""
        return None

    def listening(self) -> Listening:
        """Anything may be said."""
        return Listening(None, self.listen.silence_ms)


def verdict_on(question: Question, asked: str, answer: str) -> Judge:
    """Ask whether an answer is enough; of a long one the end counts, so that a small context has room for it."""
    wanted, said = _most(question.want or "an answer"), " ".join(answer.split()[-_MOST_SAID:])
    text = f"Question: {_most(asked)}\nWanted: {wanted}\nAnswer: {said}"
    grammar = gbnf(VERDICT)
    return Judge((Message("system", _JUDGE), Message("user", text)), grammar, longest(VERDICT))


def _can_be_asked(text: str) -> bool:
    """Tell whether it has words: a grammar lets a model write a comma for a question."""
    return sum(any(map(str.isalpha, word)) for word in text.split()) > 1


def read_verdict(text: str | None) -> tuple[bool, str] | None:
    """Return whether it was enough, and the further question; None for what is no verdict.

    A verdict that was cut off because the context was full still tells whether it was enough.
    """
    found = _VERDICT.match(text or "")
    if found is None:
        return None
    try:
        further = json.loads(text or "")["follow_up"]
    except (ValueError, KeyError, TypeError):
        further = ""
    return found.group(1) == "true", " ".join(str(further).split())


def _most(text: str) -> str:
    return " ".join(text.split()[:_MOST_ASKED])
