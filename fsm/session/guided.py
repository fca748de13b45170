"""The guided phase: sentence after sentence, spread over the time it was given, whatever the person does or not."""

from __future__ import annotations

from pipit.audio.frames import RATE
from pipit.fsm.flow.schema import Listen
from pipit.fsm.script import Ask, Listening, Speak, Step, Wait
from pipit.fsm.session import events as se
from pipit.fsm.session.player import Lacking
from pipit.fsm.session.scene import Scene
from pipit.fsm.turn import Outcome, TurnRecord

DEFAULT_MINUTES = 10.0
SECONDS_A_WORD = 0.42
"""How long a calm voice takes for a word, to plan ahead with."""
_GO_ON = "Continue."


class Guided:
    """A ``Player``. Its time is audio consumed, so a pause of the session stops it."""

    def __init__(self, scene: Scene) -> None:
        self.parting = ""
        self._scene = scene
        self._phase = scene.phase
        self._speaking: int | None = None
        self._due: int | None = None

    # ---- time ----------------------------------------------------------------------------------------

    @property
    def _ends(self) -> float:
        """The second of the session at which this phase is over: its place among the shares of all."""
        flow, state = self._scene.flow, self._scene.state
        minutes = state.minutes or flow.minutes or DEFAULT_MINUTES
        shares = [phase.share if phase.kind == "guided" else 0.0 for phase in flow.phases]
        upto = sum(shares[: flow.index(self._phase.name) + 1])
        return minutes * 60 * upto / (sum(shares) or 1.0) - self._kept_back

    @property
    def _kept_back(self) -> float:
        """Seconds that the words after the phase take: the last phase leaves room for the closing."""
        last = self._phase.name == self._scene.flow.phases[-1].name
        return spoken_s(self._phase.next_step) + (spoken_s(self._scene.flow.closing) if last else 0.0)

    @property
    def _left(self) -> float:
        return self._ends - self._scene.elapsed

    def _pause(self) -> float:
        """Seconds of quiet before the next sentence: what is left, shared out among the lines that are left."""
        lines = self._phase.lines[self._line :]
        if self._phase.prompt or not lines:
            return self._phase.pause_s
        speech = sum(spoken_s(line) for line in lines)
        return max(self._phase.pause_s, (self._left - speech) / (len(lines) + 1))

    # ---- sentences -----------------------------------------------------------------------------------

    @property
    def _line(self) -> int:
        """The place among the lines of the next sentence; the phase's opening words are sentence 0."""
        return self._scene.state.sentences - (1 if self._phase.say else 0)

    @property
    def item(self) -> str:
        """Nothing is asked for."""
        return ""

    @property
    def listen(self) -> Listen:
        """The phase's settings."""
        return self._scene.listen()

    def enter(self) -> Step | None:
        """Say the opening words, or the first sentence."""
        if self._phase.say:
            return self._begin(Speak(self._scene.fill(self._phase.say)))
        return self._sentence()

    def _sentence(self) -> Step | None:
        lines = self._phase.lines
        line = max(self._line, 0)
        if line < len(lines):
            return self._begin(Speak(self._scene.fill(lines[line])))
        if self._phase.prompt:
            said = self._scene.fill(self._phase.prompt) if line == len(lines) else _GO_ON
            return self._begin(Ask(self._system(), self._scene.state.exchanges[-6:], said))
        return None

    def _system(self) -> str:
        left = max(round(self._left / 60), 0)
        aim = self._scene.fill(self._phase.goal or self._phase.prompt)
        return f"{self._scene.system} {aim} Say one calm sentence. {left or 'Less than one'} minutes are left."

    def _begin(self, step: Step) -> Step:
        index = self._scene.state.sentences
        text = step.text if isinstance(step, Speak) else ""
        self._scene.emit(se.Sentence(phase=self._phase.name, index=index, text=text))
        self._speaking, self._due = index, None
        return step

    def ended(self, record: TurnRecord) -> None:
        """A sentence that was interrupted is said again; what failed is passed over."""
        index, self._speaking = self._speaking, None
        if index is not None and record.outcome is not Outcome.INTERRUPTED:
            self._scene.emit(se.SentenceEnd(phase=self._phase.name, index=index, heard=record.heard))

    def next(self) -> Step | Wait | None:
        """Wait for the next sentence's time, or for the end of the phase."""
        now = self._scene.now
        if self._left <= 0:
            return None
        if self._due is None:
            has_more = self._line < len(self._phase.lines) or bool(self._phase.prompt)
            wait = min(self._pause(), self._left) if has_more else self._left
            self._due = now + max(round(wait * RATE), 1)
        if now < self._due:
            return Wait(self._due)
        if self._left <= spoken_s(self._text()):
            self._due = now + max(round(self._left * RATE), 1)
            return Wait(self._due)
        return self._sentence() or Wait(now + max(round(self._left * RATE), 1))

    def _text(self) -> str | None:
        line = max(self._line, 0)
        return self._phase.lines[line] if line < len(self._phase.lines) else None

    # ---- the person ----------------------------------------------------------------------------------

    def repeat(self) -> Step | None:
        """Say the sentence before once more: also how a resumed session takes up its thread."""
        sentences = self._scene.state.sentences
        before = max(sentences - 1 - (1 if self._phase.say else 0), 0)
        if sentences and before < len(self._phase.lines):
            return Speak(self._scene.fill(self._phase.lines[before]))
        return Speak(self._scene.fill(self._phase.say)) if self._phase.say else self._sentence()

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
        """Say the sentence before once more: time does not go back."""
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
