"""Small recording parts, and a whole assistant without a thread, for tests that choose every order."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from pipit.audio import FRAME_BYTES, AudioClock, EndpointSettings, Frame, Playback
from pipit.fsm import (
    Activity,
    Brain,
    BrainJob,
    BrainSettings,
    Dialogue,
    DialogueSettings,
    Ear,
    EarSettings,
    Inbox,
    Mouth,
    MouthJob,
    State,
)
from pipit.fsm import events as ev
from pipit.fsm.chat import Chat
from pipit.fsm.machine import ACTIVE
from pipit.fsm.script import Listening, Script
from pipit.fsm.turn import Outcome, Turn
from pipit.models import CancelToken
from pipit.models.scripted import ScriptedModel, ScriptedRecognizer, ScriptedVoice

T = TypeVar("T")


@dataclass
class RecordingEar:
    """Writes down what the dialogue asks of it."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    alarms: list[int | None] = field(default_factory=list)
    expected: list[Listening] = field(default_factory=list)

    def hold(self, turn: str) -> None:
        self.asked.append(("hold", turn))

    def release(self) -> None:
        self.asked.append(("release",))

    def drop(self, utterance: int | None = None) -> None:
        self.asked.append(("drop", utterance))

    def gate(self, closed: bool) -> None:
        self.asked.append(("gate", closed))

    def alarm(self, at: int | None) -> None:
        self.alarms.append(at)

    def expect(self, listening: Listening) -> None:
        self.expected.append(listening)


@dataclass
class RecordingJobs(Generic[T]):
    """Takes every job, or none."""

    taken: list[T] = field(default_factory=list)
    full: bool = False

    def offer(self, item: T) -> bool:
        if not self.full:
            self.taken.append(item)
        return not self.full


class Checks:
    """Subscribes to a dialogue, and objects to whatever must never be published."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.published: list[ev.Event] = []
        self.started: list[str] = []
        self.ended: list[ev.TurnEnded] = []
        self.tokens: dict[str, CancelToken] = {}
        self._moved_to = State.IDLE.value
        dialogue.subscribe(self._take)

    def _take(self, event: ev.Event) -> None:
        self.published.append(event)
        assert not event.internal
        assert event.session == "s"
        match event:
            case ev.TurnStarted():
                assert len(self.started) == len(self.ended), "two turns at once"
                assert event.turn not in self.started
                self.started.append(event.turn)
            case ev.TurnEnded():
                assert event.turn == event.record.turn_id == self.started[-1]
                assert len(self.ended) == len(self.started) - 1, "ended twice"
                self.ended.append(event)
            case ev.StateChanged():
                assert event.source == self._moved_to != event.dest
                self._moved_to = event.dest

    def check(self) -> None:
        """Look at the dialogue between two events."""
        turn: Turn | None = self.dialogue.turn
        state = self.dialogue.state
        assert ((self.dialogue._machine.left if state is State.SUSPENDED else state) in ACTIVE) == (turn is not None)
        assert self._moved_to == self.dialogue.state.value
        assert len(self.started) - len(self.ended) == (turn is not None)
        if turn is not None:
            self.tokens[turn.id] = turn.token
            assert turn.id == self.started[-1]
            assert not turn.token.cancelled
        assert all(self.tokens[e.turn].cancelled for e in self.ended if e.turn in self.tokens)
        for ended in self.ended:
            check_record(ended)

    def of(self, kind: type[ev.Event]) -> list[ev.Event]:
        return [event for event in self.published if type(event) is kind]


def check_record(ended: ev.TurnEnded) -> None:
    record = ended.record
    assert record.reply.startswith(record.heard)
    assert bool(record.error) == (record.outcome is Outcome.FAILED) or record.outcome is Outcome.INTERRUPTED
    assert list(record.latency_ms.values()) == sorted(record.latency_ms.values())


class Rig:
    """A dialogue among recording parts and a real playout buffer."""

    def __init__(
        self,
        full_duplex: bool = False,
        longest_turn_s: float = 120.0,
        think_ahead: bool = False,
        script: Script | None = None,
    ) -> None:
        self.ear = RecordingEar()
        self.brain: RecordingJobs[BrainJob] = RecordingJobs()
        self.mouth: RecordingJobs[MouthJob] = RecordingJobs()
        self.clock = AudioClock()
        self.posted: deque[ev.Event] = deque()
        self.playback = playback_of(self.posted)
        settings = DialogueSettings("s", full_duplex, "Sorry.", longest_turn_s, think_ahead)
        self.dialogue = Dialogue(
            self.ear, self.playback, self.brain, self.mouth, self.clock, script or Chat(lambda: "system"), settings
        )
        self.checks = Checks(self.dialogue)

    @property
    def state(self) -> State:
        return self.dialogue.state

    @property
    def turn(self) -> Turn:
        assert self.dialogue.turn is not None
        return self.dialogue.turn

    def handle(self, *events: ev.Event) -> list[ev.Event]:
        """Handle events, check after each, and return what was published."""
        before = len(self.checks.published)
        for event in events:
            self.dialogue.handle(event)
            self.checks.check()
        return self.checks.published[before:]

    def drain(self) -> None:
        """Handle what the playout buffer has told."""
        while self.posted:
            self.handle(self.posted.popleft())

    def hear(self, text: str, utterance: int = 1, settle: bool = True) -> None:
        """Say something to the open microphone."""
        self.handle(ev.SpeechStarted(utterance=utterance, start=0))
        self.handle(ev.Endpoint(utterance=utterance, start=0, end=16000))
        self.handle(ev.FinalTranscript(utterance=utterance, text=text, pcm=b"\0\0" * 16000))
        if settle and self.dialogue.turn is not None:
            self.handle(ev.Settled(utterance=utterance))

    def reply(self, *clauses: str, samples: int = 1000) -> None:
        """Let model and voice do their work for the active turn; every clause has as many samples."""
        turn = self.turn.id
        for index, text in enumerate(clauses):
            self.handle(ev.Clause(turn=turn, index=index, text=text))
            self.playback.write(turn, index, np.ones(samples, np.int16))
            self.playback.end_clause(turn, index)
        self.handle(ev.ReplyDone(turn=turn))
        self.playback.finish(turn)

    def play(self, samples: int) -> None:
        self.playback.pull(samples)
        self.drain()


def playback_of(posted: deque[ev.Event]) -> Playback:
    return Playback(
        16000,
        on_clause=lambda turn, index: posted.append(ev.ClauseSpoken(turn=turn, index=index)),
        on_done=lambda turn: posted.append(ev.PlaybackDone(turn=turn)),
        on_first=lambda turn: posted.append(ev.PlaybackStarted(turn=turn)),
    )


@dataclass
class Answer:
    """Voice activity that is told what to say of the next frame."""

    speech: bool = False

    def is_speech(self, frame: Frame) -> bool:
        return self.speech


class NoMicrophone:
    """For ears that are fed by hand."""

    def read(self) -> Frame | None:
        return None

    def close(self) -> None:
        """There is nothing to close."""


def pcm_of(index: int) -> bytes:
    """Sound that says which frame it is."""
    return np.full(FRAME_BYTES // 2, index % 30_000, "<i2").tobytes()


ENDPOINT = EndpointSettings(
    preroll_ms=100, start_ms=60, start_window_ms=100, silence_ms=200, hold_off_ms=100, longest_ms=2000
)


class World:
    """A whole assistant in one thread: whoever tests it says who moves next."""

    def __init__(self, full_duplex: bool = False, open_mic: bool = True) -> None:
        self.events: deque[ev.Event] = deque()
        self.brain_jobs: RecordingJobs[BrainJob] = RecordingJobs()
        self.mouth_jobs: RecordingJobs[MouthJob] = RecordingJobs()
        self.clock, self.vad = AudioClock(), Answer()
        self.playback = playback_of(self.events)
        post = self.events.append
        self.recognizer = ScriptedRecognizer(("turn on the lamp", "um", "and the kettle", ""))
        ear_settings = EarSettings(ENDPOINT, open_mic, 60, 60, 60)
        self.ear = Ear(NoMicrophone(), self.vad, self.recognizer, self.clock, post, ear_settings)
        model = ScriptedModel(("Yes, of course. I will do that.", "No.", ""))
        activity = Activity()
        self.brain = Brain(model, Inbox(activity, 8), self.clock, post, BrainSettings(40))
        voice = ScriptedVoice(seconds_per_character=0.005)
        self.mouth = Mouth(voice, self.playback, Inbox(activity, 8), self.clock, post)
        settings = DialogueSettings("s", full_duplex, "Sorry.")
        self.dialogue = Dialogue(
            self.ear, self.playback, self.brain_jobs, self.mouth_jobs, self.clock, Chat(lambda: "system"), settings
        )
        self.checks = Checks(self.dialogue)
        self.pressed = self.unplugged = False
        self._index = 0

    def frames(self, speech: bool, count: int) -> None:
        self.vad.speech = speech
        for _ in range(0 if self.unplugged else count):
            self.ear.hear(Frame(self._index, pcm_of(self._index)))
            self._index += 1

    def unplug(self) -> None:
        """Take the microphone away for a while; the count of frames goes on."""
        if not self.unplugged:
            self.unplugged = True
            self.events.append(ev.MicLost())

    def plug(self) -> None:
        if self.unplugged:
            self.unplugged = False
            self._index += 7
            self.ear._bridge(Frame(self._index, pcm_of(0)))
            self.events.append(ev.MicBack())

    def button(self) -> None:
        self.pressed = not self.pressed
        self.events.append(ev.ButtonDown() if self.pressed else ev.ButtonUp())

    def handle(self) -> None:
        if self.events:
            self.dialogue.handle(self.events.popleft())
            self.checks.check()

    def think(self) -> None:
        if self.brain_jobs.taken:
            self.brain.work(self.brain_jobs.taken.pop(0))

    def speak(self) -> None:
        if self.mouth_jobs.taken:
            self.mouth.work(self.mouth_jobs.taken.pop(0))

    def play(self) -> None:
        self.playback.pull(500)

    def settle(self) -> None:
        """Let everybody but the ear and the speaker do all they have to do."""
        while self.events or self.brain_jobs.taken or self.mouth_jobs.taken:
            self.handle()
            self.think()
            self.speak()

    def live(self, speech: bool, count: int) -> None:
        """Let time pass, with everybody at work."""
        for _ in range(count):
            self.frames(speech, 1)
            self.settle()
            self.playback.pull(320)
            self.settle()
