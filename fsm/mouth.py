"""The mouth: clauses in, sound into the playout buffer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pipit.audio.clock import AudioClock
from pipit.audio.playback import Playback
from pipit.fsm import events as ev
from pipit.fsm.clauses import speakable
from pipit.fsm.inbox import Inbox, work_off
from pipit.models.cancel import CancelToken
from pipit.models.ports import Voice


@dataclass(frozen=True, slots=True)
class MouthJob:
    """One clause; ``text`` None says that the reply has no further one."""

    turn: str
    token: CancelToken
    index: int
    text: str | None
    bet: int = 0


class Mouth:
    """Works through its inbox in a thread of its own."""

    def __init__(
        self,
        voice: Voice,
        playback: Playback,
        inbox: Inbox[MouthJob],
        clock: AudioClock,
        post: Callable[[ev.Event], None],
    ) -> None:
        self._voice, self._playback, self._inbox = voice, playback, inbox
        self._clock, self._post = clock, post

    def run(self) -> None:
        """Do jobs until the inbox closes."""
        work_off(self._inbox, self.work, self._fail)

    def work(self, job: MouthJob) -> None:
        """Speak one clause into the playout buffer."""
        if job.token.cancelled:
            return
        if job.text is None:
            self._playback.finish(job.turn)
            return
        voiced = False
        for samples in self._voice.synthesize(speakable(job.text), job.token, partial(self._expect, job)):
            if not self._playback.write(job.turn, job.index, samples, lambda: job.token.cancelled):
                return
            if not voiced:
                voiced = True
                self._post(ev.ClauseVoiced(turn=job.turn, bet=job.bet, index=job.index, stamp=self._clock.stamp()))
        if not job.token.cancelled:  # a voice that is cancelled ends early, silently
            self._playback.end_clause(job.turn, job.index, lambda: job.token.cancelled)

    def _expect(self, job: MouthJob, samples: int) -> None:
        self._playback.expect(job.turn, job.index, samples, lambda: job.token.cancelled)

    def _fail(self, job: MouthJob, code: str, message: str) -> None:
        if not job.token.cancelled:
            self._post(ev.Failed(turn=job.turn, bet=job.bet, part="voice", code=code, message=message))
