"""What the dialogue does when the turn machine moves: one method for each action of the table.

Who decides whether an event counts is ``dialogue.py``; who is told, as well. Here are the turn, what is
remembered, and the orders to ear, brain, mouth and playout buffer.
"""

from __future__ import annotations

from collections.abc import Callable

from pipit.audio.clock import AudioClock
from pipit.audio.playback import Played
from pipit.fsm import events as ev
from pipit.fsm.betting import Betting
from pipit.fsm.brain import BrainJob
from pipit.fsm.clauses import ClauseCutter
from pipit.fsm.heard import heard_text
from pipit.fsm.mouth import MouthJob
from pipit.fsm.parts import DialogueSettings, EarControl, Jobs, PlaybackControl
from pipit.fsm.reading import ReadingAhead
from pipit.fsm.script import Ask, Judge, Quiet, Script, Speak, Step
from pipit.fsm.transcript import is_noise
from pipit.fsm.turn import Outcome, Turn
from pipit.models.cancel import CancelToken


class Actions:
    """Acts on the turn; ``publish`` tells the world, ``later`` hands the dialogue an event to act on next."""

    def __init__(
        self,
        ear: EarControl,
        playback: PlaybackControl,
        brain: Jobs[BrainJob],
        mouth: Jobs[MouthJob],
        clock: AudioClock,
        script: Script,
        settings: DialogueSettings,
        publish: Callable[[ev.Event], None],
        later: Callable[[ev.Event], None],
    ) -> None:
        self._ear, self._playback, self._brain, self._mouth = ear, playback, brain, mouth
        self._clock, self._script, self._settings = clock, script, settings
        self._publish, self._later = publish, later
        self.betting = Betting(script, brain, mouth, playback, later, thinks=settings.think_ahead)
        self.reading = ReadingAhead(script, brain)
        self._count = 0
        self.turn: Turn | None = None
        self.planned: Step = Quiet()
        """What is said when nobody asked."""

    @property
    def current(self) -> Turn:
        """The active turn, where the table sees to it that there is one."""
        if self.turn is None:
            raise RuntimeError("the table lets an action run without a turn")
        return self.turn

    def said(self) -> str:
        """Return the words of the person in the active turn so far."""
        return self.current.said

    # ---- actions of the table, in the order of a turn ------------------------------------------------

    def begin_turn(self, event: ev.Event) -> None:
        """Start a fresh turn with somebody who begins to speak."""
        turn = self._open_turn(event)
        self._hold(event)
        self.reading.begin(turn)

    def go_on(self, event: ev.Event) -> None:
        """The person had not finished: drop the bet, the words will join."""
        self.betting.drop(self.current)
        self._hold(event)

    def barge_in(self, event: ev.Event) -> None:
        """Silence first, then stop the engines, then listen."""
        played = self._playback.flush()
        turn = self.current
        turn.barge_in_ms = round(max(self._clock.stamp() - event.stamp, 0.0) * 1000, 2) if event.stamp else 0.0
        self._end(Outcome.INTERRUPTED, played)
        self.begin_turn(event)

    def end_utterance(self, event: ev.Event) -> None:
        """The button was released."""
        self._ear.release()

    def bet(self, event: ev.Event) -> None:
        """Let the model read ahead while the person may still go on."""
        self.betting.place(self.current, self.said())

    def commit(self, event: ev.Event) -> None:
        """Let the script answer."""
        self._answer(self.current)

    def commit_typed(self, event: ev.Event) -> None:
        """Let the script answer what was typed."""
        self._open_turn(event)
        if isinstance(event, ev.TextTyped):
            self.current.typed = " ".join(event.text.split())[: self._settings.longest_text]
        self._answer(self.current)

    def speak_unasked(self, event: ev.Event) -> None:
        """Say what is planned."""
        self._open_turn(event)
        self._do(self.current, self.planned)

    def decide(self, event: ev.Event) -> None:
        """Go on with what the model wrote."""
        turn = self.current
        if isinstance(event, ev.Judged):
            turn.judging = False
            self._do(turn, self._script.judged(event.text))

    def say_as_it_stands(self, event: ev.Event) -> None:
        """Speak what is given; the model neither writes nor remembers it."""
        self._open_turn(event)
        if not isinstance(event, ev.Say):
            return
        self._playback.begin(self.current.id)
        cutter, text = ClauseCutter(), event.text[: self._settings.longest_text]
        for index, clause in enumerate((*cutter.feed(text), *cutter.finish())):
            self.current.clauses.append(clause)
            self._say(self.current, index, clause)
        self.close_reply(event)

    def speak_first(self, event: ev.Event) -> None:
        """The first clause: from here on it speaks."""
        self.current.mark("first_clause", event.stamp)
        self.speak(event)

    def speak(self, event: ev.Event) -> None:
        """Hand a clause to the voice."""
        turn = self.current
        if isinstance(event, ev.Clause):
            turn.clauses.append(event.text)
            if not (turn.bet and turn.bet.voiced and not event.index):
                self._say(turn, event.index, event.text)

    def close_reply(self, event: ev.Event) -> None:
        """The reply has no further clause."""
        turn = self.current
        turn.complete = True
        self._say(turn, len(turn.clauses), None)

    def apologise(self, event: ev.Event) -> None:
        """The model failed, or said nothing: say so instead of silence."""
        turn = self.current
        turn.error = turn.error or "empty-reply"
        turn.clauses, turn.complete = [self._settings.apology], True
        self._say(turn, 0, self._settings.apology)
        self._say(turn, 1, None)

    def end_done(self, event: ev.Event) -> None:
        """Everything was heard."""
        turn = self.current
        self._end(Outcome.FAILED if turn.error else Outcome.DONE, None)

    def end_empty(self, event: ev.Event) -> None:
        """Nothing but noise or fillers."""
        self.betting.drop(self.current)
        self._end(Outcome.EMPTY, None)

    def end_quiet(self, event: ev.Event) -> None:
        """There is no reply."""
        self._end(Outcome.DONE if self.said() else Outcome.EMPTY, None)

    def end_failed(self, event: ev.Event) -> None:
        """Something broke, or the utterance had no end."""
        played = self._playback.flush()
        self._ear.drop()
        self._end(Outcome.FAILED, played)

    def end_interrupted(self, event: ev.Event) -> None:
        """Told to stop: what was heard is remembered, words that got no answer go with the turn."""
        played = self._playback.flush()
        self._ear.drop()
        self._end(Outcome.INTERRUPTED, played, unanswered=False)

    def suspend(self, event: ev.Event) -> None:
        """The microphone is gone: nobody could interrupt what is said now, so it waits."""
        self._playback.pause()

    def resume(self, event: ev.Event) -> None:
        """Everything is where it was."""
        self._playback.resume()

    # ---- helpers -------------------------------------------------------------------------------------

    def _open_turn(self, event: ev.Event) -> Turn:
        self._count += 1
        self.turn = Turn(f"{self._settings.session}-{self._count:03d}")
        self.turn.began = event.stamp
        self._publish(ev.TurnStarted())
        return self.turn

    def _hold(self, event: ev.Event) -> None:
        if isinstance(event, ev.ButtonDown):
            self.current.awaited += 1
            self.current.held = True
            self._ear.hold(self.current.id)

    def _answer(self, turn: Turn) -> None:
        pcm = b"".join(utterance.pcm for utterance in turn.utterances.values())
        step = self._script.heard(self.said(), pcm)
        if not self.betting.call_in(turn, step):
            self._do(turn, step)

    def _do(self, turn: Turn, step: Step) -> None:
        """Set a step going; what comes of it are events, as if the model had written it."""
        match step:
            case Speak() if any(c.isalnum() for c in step.text):
                self._playback.begin(turn.id)
                self._recite(turn, step.text)
            case Ask():
                self._playback.begin(turn.id)
                self._ask(turn, turn.token, step, speak=True)
            case Judge():
                turn.judging = True
                self._ask(turn, turn.token, step, speak=True)
            case _:
                self._later(ev.NothingToSay(turn=turn.id))

    def _recite(self, turn: Turn, text: str) -> None:
        cutter, stamp = ClauseCutter(), self._clock.stamp()
        for index, clause in enumerate((*cutter.feed(text), *cutter.finish())):
            self._later(ev.Clause(turn=turn.id, index=index, text=clause, stamp=stamp))
        self._later(ev.ReplyDone(turn=turn.id))

    def _ask(self, turn: Turn, token: CancelToken, step: Ask | Judge, speak: bool) -> None:
        job = BrainJob(turn.id, token, step, speak)
        if not self._brain.offer(job) and speak:
            self._overloaded(turn, "model")

    def _say(self, turn: Turn, index: int, text: str | None) -> None:
        if not self._mouth.offer(MouthJob(turn.id, turn.token, index, text)):
            self._overloaded(turn, "voice")

    def _overloaded(self, turn: Turn, part: str) -> None:
        turn.error = f"{part}-overloaded"
        # not now, in the middle of a transition, but before the next event
        self._later(ev.Failed(turn=turn.id, part=part, code=turn.error, message=f"the {part} is overloaded"))

    def _end(self, outcome: Outcome, played: tuple[Played, ...] | None, unanswered: bool = True) -> None:
        turn, said = self.current, self.said()
        self.turn = None
        turn.token.cancel()
        heard = turn.reply.strip() if played is None else heard_text(turn.clauses, played)
        # an apology is no part of the conversation, played to its end or not
        counts = outcome in (Outcome.DONE, Outcome.INTERRUPTED) and not turn.error and not is_noise(said)
        record = turn.record(outcome, said, heard)
        self._script.ended(record, counts and bool(heard or unanswered))
        self._publish(ev.TurnEnded(turn=turn.id, record=record))
