"""The guided phase: sentence after sentence, spread over the time it was given, whatever the person does or not."""

from __future__ import annotations

from pipit.audio.frames import RATE
from pipit.fsm.flow.schema import Listen
from pipit.fsm.script import Ask, Listening, Speak, Step, Wait
from pipit.fsm.session import events as se
from pipit.fsm.session.player import AtTheBeginning, Lacking
from pipit.fsm.session.scene import Scene
from pipit.fsm.turn import Outcome, TurnRecord

DEFAULT_MINUTES = 10.0
SECONDS_A_WORD = 0.42
"""How long a calm voice takes for a word, to plan ahead with."""
SENTENCE_S = 5.0
"""How long a sentence of the model may take."""
_GO_ON = "Continue."
_MOST_FAILURES = 2


class Guided:
    """A ``Player``. Its time is audio consumed, so a pause of the session stops it.

    What is too much for the time is left out evenly, the first and the last words never.
    """

    def __init__(self, scene: Scene) -> None:
        self.parting = ""
        self._scene = scene
        self._phase = scene.phase
        self._texts = (*((self._phase.say,) if self._phase.say else ()), *self._phase.lines)
        self._speaking: int | None = None
        self._again: int | None = None
        self._due: int | None = None
        self._chosen: int | None = None
        self._at_once = not self._scene.state.sentences
        self._failures = 0

    # ---- time ----------------------------------------------------------------------------------------

    @property
    def _ends(self) -> float:
        """The second of the session at which this phase is over: its share of the time there was when it began."""
        flow, state = self._scene.flow, self._scene.state
        minutes = state.minutes or flow.minutes or DEFAULT_MINUTES
        rest = [phase.share for phase in flow.phases[flow.index(self._phase.name) :] if phase.kind == "guided"]
        there_was = max(minutes * 60 - state.phase_began, 0.0)
        return state.phase_began + there_was * self._phase.share / sum(rest) - self._kept_back

    @property
    def _kept_back(self) -> float:
        """Seconds that the words after the phase take: the last phase leaves room for the closing."""
        last = self._phase.name == self._scene.flow.phases[-1].name
        return spoken_s(self._phase.next_step) + (spoken_s(self._scene.flow.closing) if last else 0.0)

    @property
    def _left(self) -> float:
        return self._ends - self._scene.elapsed

    def _course(self) -> tuple[int, ...]:
        """Return which texts are still to be said: as many as there is time for."""
        first, left, pause = self._index, self._left, self._phase.pause_s
        if first == 0 or self._again is not None:
            return (first, *self._fitting(first + 1, left - spoken_s(self._text(first)) - pause))
        return self._fitting(first, left)

    def _fitting(self, first: int, left: float) -> tuple[int, ...]:
        rest = range(first, len(self._texts))
        for many in range(len(rest), 0, -1):
            course = tuple(rest[(i + 1) * len(rest) // many - 1] for i in range(many))
            if sum(self._phase.pause_s + spoken_s(self._text(i)) for i in course) <= left:
                return course
        return ()

    def _plan(self) -> None:
        """Choose the next sentence, and the quiet before it: what is left, shared out among those to come."""
        course, left = self._course(), self._left
        self._chosen, quiet = next(iter(course), None), left
        if course and spoken_s(self._text(course[0])) < left:
            speech = sum(spoken_s(self._text(i)) for i in course)
            shared = self._phase.pause_s if self._phase.prompt else (left - speech) / (len(course) + 1)
            quiet = 0.0 if self._at_once else max(self._phase.pause_s, shared)
        elif self._model_may_speak and left > SENTENCE_S:
            self._chosen, quiet = self._index, 0.0 if self._at_once else self._phase.pause_s
        else:
            self._chosen = None
        self._due = self._scene.now + max(round(min(quiet, left) * RATE), 0)

    @property
    def _model_may_speak(self) -> bool:
        told_all = self._index >= len(self._texts)
        return told_all and bool(self._phase.prompt) and self._failures < _MOST_FAILURES

    # ---- sentences -----------------------------------------------------------------------------------

    @property
    def _index(self) -> int:
        """The place of the next sentence: the opening words, the lines, then the model's."""
        return self._scene.state.sentences if self._again is None else self._again

    def _text(self, index: int) -> str:
        return self._scene.fill(self._texts[index]) if index < len(self._texts) else ""

    @property
    def item(self) -> str:
        """Nothing is asked for."""
        return ""

    @property
    def listen(self) -> Listen:
        """The phase's settings."""
        return self._scene.listen()

    def enter(self) -> Step | None:
        """Say the opening words, or the first line; the model's words come with ``next``."""
        self._plan()
        return self._sentence(0) if self._texts and self._chosen == 0 else None

    def _sentence(self, index: int) -> Step:
        if index < len(self._texts):
            return self._begin(index, Speak(self._text(index)))
        said = self._scene.fill(self._phase.prompt) if index == len(self._texts) else _GO_ON
        return self._begin(index, Ask(self._system(), self._scene.state.exchanges[-6:], said))

    def _system(self) -> str:
        left = max(round(self._left / 60), 0)
        aim = self._scene.fill(self._phase.goal or self._phase.prompt)
        return f"{self._scene.system} {aim} Say one calm sentence. {left or 'Less than one'} minutes are left."

    def _begin(self, index: int, step: Step) -> Step:
        text = step.text if isinstance(step, Speak) else ""
        self._scene.emit(se.Sentence(phase=self._phase.name, index=index, text=text))
        self._speaking, self._due, self._at_once = index, None, False
        return step

    def complete(self, said: str) -> bool:
        """Anything may follow."""
        return False

    def ended(self, record: TurnRecord) -> None:
        """A sentence that was interrupted is said again; what failed is passed over."""
        index, self._speaking = self._speaking, None
        if record.transcript or record.heard or record.error:
            self._due = None
        if index is None:
            return
        done = record.outcome is Outcome.DONE
        self._failures = 0 if done else self._failures + (record.outcome is Outcome.FAILED)
        self._again = index if record.outcome is Outcome.INTERRUPTED else None
        if self._again is None:
            heard = record.heard if done else ""
            self._scene.emit(se.SentenceEnd(phase=self._phase.name, index=index, heard=heard))

    def next(self) -> Step | Wait | None:
        """Wait for the next sentence's time, or for the end of the phase."""
        if self._left <= 0:
            return None
        if self._due is None:
            self._plan()
        due = self._due if self._due is not None else self._scene.now
        if self._scene.now < due:
            return Wait(due)
        if self._chosen is not None:
            return self._sentence(self._chosen)
        self._due = None
        return Wait(self._scene.now + max(round(self._left * RATE), 1))

    # ---- the person ----------------------------------------------------------------------------------

    def repeat(self) -> Step | None:
        """Say the sentence before once more, or the one that was broken off; so a resumed session goes on."""
        said = self._scene.state.sentences
        if self._again is not None or not said:
            self._at_once, self._due = True, None
            return None
        if said <= len(self._texts):
            return Speak(self._text(said - 1))
        told = [exchange.heard for exchange in self._scene.state.exchanges if exchange.heard]
        return Speak(told[-1]) if told else None

    def heard(self, said: str, pcm: bytes) -> Step | None:
        """Answer in a sentence, and go on."""
        return self.foresee(said)

    def foresee(self, said: str) -> Ask | None:
        """Whatever is said is answered by the model."""
        return Ask(self._system(), self._scene.state.exchanges[-6:], said)

    def judged(self, text: str | None) -> Step | None:
        """Nothing is judged here."""
        return None

    def wants(self, said: str) -> bool:
        """No answer is waited for."""
        return False

    def skip(self) -> Step | None:
        """Go on to the next phase."""
        return None

    def back(self) -> Step | None:
        """Say the sentence before once more; raises ``AtTheBeginning`` when there is none. Time does not go back."""
        if not self._scene.state.sentences:
            raise AtTheBeginning
        return self.repeat()

    def give_up(self) -> bool:
        """Nobody has to answer."""
        return True

    def lacking(self) -> Lacking:
        """Nothing is ever missing."""
        return Lacking()

    def listening(self) -> Listening:
        """Anything may be said."""
        return Listening(None, self.listen.silence_ms)


def spoken_s(text: str | None) -> float:
    """Return about how many seconds a text takes to say."""
    return len((text or "").split()) * SECONDS_A_WORD
