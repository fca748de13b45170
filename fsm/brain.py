"""The brain: one job at a time for the language model, clauses out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipit.audio.clock import AudioClock
from pipit.fsm import events as ev
from pipit.fsm.clauses import ClauseCutter, ClauseSettings
from pipit.fsm.inbox import Inbox, work_off
from pipit.fsm.memory import build_prompt
from pipit.fsm.script import Ask, Judge
from pipit.models.cancel import CancelToken
from pipit.models.ports import LanguageModel, Message

_QUESTION = 32
"""Tokens of most questions, at most."""


@dataclass(frozen=True, slots=True)
class BrainJob:
    """``speak`` False only reads the prompt ahead, in the hope that it will be asked."""

    turn: str
    token: CancelToken
    step: Ask | Judge
    speak: bool
    bet: int = 0
    """The number of the bet that it is part of, 0 for none."""


@dataclass(frozen=True, slots=True)
class BrainSettings:
    """Lengths in tokens."""

    reply_tokens: int = 120
    """The longest reply; so many tokens of the context are kept free for it."""
    clauses: ClauseSettings = ClauseSettings()


class Brain:
    """Works through its inbox in a thread of its own."""

    def __init__(
        self,
        model: LanguageModel,
        inbox: Inbox[BrainJob],
        clock: AudioClock,
        post: Callable[[ev.Event], None],
        settings: BrainSettings,
    ) -> None:
        self._model, self._inbox, self._clock, self._post = model, inbox, clock, post
        self._settings = settings

    def run(self) -> None:
        """Do jobs until the inbox closes."""
        work_off(self._inbox, self.work, self._fail)

    def work(self, job: BrainJob) -> None:
        """Do one job; nothing is posted once its token is cancelled."""
        if job.token.cancelled:
            return
        step = job.step
        if isinstance(step, Judge):
            self._judge(job, step)
            return
        messages, dropped = self._prompt(step)
        if job.speak:
            self._speak(job, messages, dropped)
        else:
            self._model.prefill(messages, job.token)

    def _prompt(self, step: Ask) -> tuple[tuple[Message, ...], int]:
        """Return the messages that fit, and how many exchanges do not.

        Room for a question of usual length is kept in any case: so what is read ahead without its words remembers just
        what will be asked with them, and stands.
        """
        room = self._model.context_tokens - self._settings.reply_tokens
        _, dropped = build_prompt(
            step.system, step.exchanges, "", lambda messages: self._model.count(messages) <= room - _QUESTION
        )
        messages, more = build_prompt(
            step.system, step.exchanges[dropped:], step.said, lambda messages: self._model.count(messages) <= room
        )
        return messages, dropped + more

    def _judge(self, job: BrainJob, step: Judge) -> None:
        written = "".join(self._model.generate(step.messages, job.token, step.max_tokens, step.grammar))
        if not job.token.cancelled:
            self._post(ev.Judged(turn=job.turn, bet=job.bet, text=written))

    def _speak(self, job: BrainJob, messages: tuple[Message, ...], dropped: int) -> None:
        self._post(ev.Prompted(turn=job.turn, bet=job.bet, messages=messages, dropped=dropped))
        cutter, index = ClauseCutter(self._settings.clauses), 0
        for n, piece in enumerate(self._model.generate(messages, job.token, self._settings.reply_tokens)):
            if job.token.cancelled:
                return
            if not n:
                self._post(ev.FirstToken(turn=job.turn, bet=job.bet, stamp=self._clock.stamp()))
            for text in cutter.feed(piece):
                index = self._clause(job, index, text)
        if job.token.cancelled:
            return
        for text in cutter.finish():
            index = self._clause(job, index, text)
        self._post(ev.ReplyDone(turn=job.turn, bet=job.bet))

    def _clause(self, job: BrainJob, index: int, text: str) -> int:
        self._post(ev.Clause(turn=job.turn, bet=job.bet, index=index, text=text, stamp=self._clock.stamp()))
        return index + 1

    def _fail(self, job: BrainJob, code: str, message: str) -> None:
        # a bet that fails is no loss: if it is called in, the same failure comes again, and then it counts
        if job.speak and not job.token.cancelled:
            self._post(ev.Failed(turn=job.turn, bet=job.bet, part="model", code=code, message=message))
