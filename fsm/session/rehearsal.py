"""A session in text, without sound or threads: to try a flow, to talk to one over a terminal, and to test.

Time passes by what is said: a sentence takes as long as it would be spoken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from pipit.audio.clock import AudioClock
from pipit.audio.frames import RATE
from pipit.errors import EngineError
from pipit.fsm.memory import build_prompt
from pipit.fsm.script import Ask, Judge, Quiet, Script, Speak, Step, Wait
from pipit.fsm.session.guided import spoken_s
from pipit.fsm.turn import Outcome, TurnRecord
from pipit.models.cancel import CancelToken
from pipit.models.ports import LanguageModel

APOLOGY = "Sorry, something went wrong. Please try again."
_REPLY_TOKENS = 120


class Rehearsal:
    """Does what the dialogue does with a script, one step at a time.

    Without a ``model`` what it would say is only named, and every judgement is ``verdict``.
    """

    def __init__(
        self, script: Script, clock: AudioClock, model: LanguageModel | None = None, verdict: str | None = None
    ) -> None:
        self.script, self.clock, self._model, self._verdict = script, clock, model, verdict
        self._turns = 0

    def run_on(self) -> Iterator[str]:
        """Yield what the assistant says by itself, until it waits for the person without a time."""
        while not isinstance(step := self.script.next(), Wait):
            yield from self._turn("", step)
        self.script.settle()

    def wait(self) -> bool:
        """Let the time pass for which it waits; False when it waits for ever."""
        step = self.script.next()
        if not isinstance(step, Wait):
            raise RuntimeError("it has something to say: call run_on first")
        if step.until is None:
            return False
        self.clock.tick(max(step.until, self.clock.samples))
        self.script.timed_out()
        return True

    def say(self, text: str, pcm: bytes = b"") -> Iterator[str]:
        """Yield the answers to what the person says."""
        self.pass_time(spoken_s(text))
        yield from self._turn(text, self.script.heard(text, pcm))
        yield from self.run_on()

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.tick(self.clock.samples + round(seconds * RATE))

    def _turn(self, said: str, step: Step) -> Iterator[str]:
        self._turns += 1
        reply, error = "", ""
        while isinstance(step, Judge):
            step = self.script.judged(self._judge(step))
        if not isinstance(step, Quiet):
            try:
                reply = step.text if isinstance(step, Speak) else self._ask(step)
            except EngineError as failure:
                reply, error = APOLOGY, failure.code
            self.pass_time(spoken_s(reply))
            yield reply
        outcome = Outcome.FAILED if error else Outcome.DONE
        record = TurnRecord(f"text-{self._turns:03d}", outcome, said, reply, reply, None, error, {}, None)
        self.script.ended(record, bool(said) and not error)
        self.script.settle()

    def _ask(self, step: Ask) -> str:
        if self._model is None:
            return f"(the model answers: {step.said})"
        room, model = self._model.context_tokens - _REPLY_TOKENS, self._model
        messages, _ = build_prompt(step.system, step.exchanges, step.said, lambda ms: model.count(ms) <= room)
        return "".join(model.generate(messages, CancelToken(), _REPLY_TOKENS)).strip()

    def _judge(self, step: Judge) -> str | None:
        if self._model is None:
            return self._verdict
        with suppress(EngineError):
            return "".join(self._model.generate(step.messages, CancelToken(), step.max_tokens, step.grammar))
        return None
