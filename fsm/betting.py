"""Thinking ahead: a bet is placed at a short silence, and called in when the person turns out to have finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipit.fsm import events as ev
from pipit.fsm.bet import Bet, BetStatistics
from pipit.fsm.brain import BrainJob
from pipit.fsm.mouth import MouthJob
from pipit.fsm.parts import Jobs, PlaybackControl
from pipit.fsm.script import Script, Step
from pipit.fsm.turn import Turn


class Betting:
    """Places, holds, drops and calls in the bets of a turn; unless it ``thinks``, the model only reads ahead."""

    def __init__(
        self,
        script: Script,
        brain: Jobs[BrainJob],
        mouth: Jobs[MouthJob],
        playback: PlaybackControl,
        later: Callable[[ev.Event], None],
        *,
        thinks: bool,
    ) -> None:
        self._script, self._brain, self._mouth, self._playback = script, brain, mouth, playback
        self._later, self._thinks = later, thinks
        self.statistics = BetStatistics()

    def place(self, turn: Turn, said: str) -> None:
        """Answer ``said``, held; a bet on the same words stands."""
        if turn.bet is not None and turn.bet.said == said:
            return
        self.drop(turn)
        step = self._script.foresee(said)
        if step is None:
            return
        turn.bets += 1
        turn.bet = Bet(turn.bets, said, step)
        turn.token.on_cancel(turn.bet.token.cancel)
        self.statistics = replace(self.statistics, placed=self.statistics.placed + 1)
        if self._thinks:
            self._playback.begin(turn.id, held=True)
        self._brain.offer(BrainJob(turn.id, turn.bet.token, step, self._thinks, turn.bet.number if self._thinks else 0))

    def drop(self, turn: Turn) -> None:
        """Forget the bet, and whatever came of it."""
        bet, turn.bet = turn.bet, None
        if bet is not None:
            bet.token.cancel()
            self._playback.forget()

    def hold(self, turn: Turn, event: ev.WorkerEvent) -> None:
        """Keep what comes of a bet; its first clause goes to the voice at once, and is held there."""
        bet = turn.bet
        if bet is None or bet.number != event.bet:
            return
        if isinstance(event, ev.Failed):
            self.drop(turn)  # if it is called in all the same, the same failure comes again, and then it counts
            return
        bet.events.append(event)
        if isinstance(event, ev.Clause) and not event.index:
            bet.voiced = self._mouth.offer(MouthJob(turn.id, bet.token, 0, event.text, bet.number))

    def call_in(self, turn: Turn, step: Step) -> bool:
        """Take up what was thought ahead if it is just what is asked now; what came of it happens now."""
        bet = turn.bet
        if bet is None or bet.step != step or not self._thinks:
            self.drop(turn)
            return False
        bet.called = True
        self.statistics = replace(self.statistics, called=self.statistics.called + 1)
        self._playback.release()
        for event in bet.events:
            self._later(event)
        return True
