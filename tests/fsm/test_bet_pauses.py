"""A thousand pauses in people's speech: nothing of a lost bet is heard, told, remembered or still at work."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
import pytest

from pipit.audio import FRAME_BYTES, FRAME_SAMPLES, AudioClock, Frame, Playback
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
from pipit.models import CancelToken, Message
from pipit.models.phrases import Phrase
from pipit.models.scripted import ScriptedModel, ScriptedVoice

from .fakes import ENDPOINT, Answer, Checks, NoMicrophone, RecordingJobs, playback_of

SEEDS = range(10)
PAUSES = 100
WORDS = "lamp kettle door story timer music garden window picture letter".split()
OPEN = (State.LISTENING, State.TRANSCRIBING, State.PENDING)


class WordRecognizer:
    """Hears the words that the samples spell; one in five is heard otherwise as long as nothing follows it."""

    name = "words"

    def __init__(self) -> None:
        self._heard: list[int] = []

    def feed(self, pcm: bytes) -> None:
        for number in np.frombuffer(pcm, "<i2")[::FRAME_SAMPLES]:
            if number and (not self._heard or self._heard[-1] != number):
                self._heard.append(int(number))

    def partial(self) -> str:
        words = [word_of(number) for number in self._heard]
        if words and not self._heard[-1] % 5:
            words[-1] = "hm"
        return " ".join(words)

    def final(self) -> str:
        text = " ".join(word_of(number) for number in self._heard)
        self._heard.clear()
        return text

    def reset(self) -> None:
        self._heard.clear()

    def expect(self, phrase: Phrase | None) -> None:
        """Anything may be said."""


def word_of(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]}{number}"


def answer(messages: Sequence[Message]) -> str:
    """An answer shows the whole prompt that it was given."""
    return f"That was {messages[-1].text}. It is number {len(messages)}, after {messages[-3:][0].text[:20]}."


@dataclass(frozen=True)
class Said:
    """A word of so many frames, and the silence after it."""

    number: int
    frames: int
    pause: int


def utterances(seed: int) -> list[list[Said]]:
    """What somebody says who pauses ``PAUSES`` times: between words, in the window of a bet, and past the end."""
    chance, numbers = Random(seed), itertools.count(1)
    said: list[list[Said]] = []
    paused = 0
    while paused < PAUSES:
        words = []
        for _ in range(chance.randint(1, 6)):
            pause = chance.choice([1, 2, *range(3, 18)])
            words.append(Said(next(numbers), chance.randint(4, 9), pause))
            paused += pause > 2
        said.append(words)
    return said


class Talk:
    """A whole assistant in one thread; model and voice come late, as chance has it."""

    def __init__(self, bet_ms: int, seed: int) -> None:
        self.events: deque[ev.Event] = deque()
        self.brain_jobs: RecordingJobs[BrainJob] = RecordingJobs()
        self.mouth_jobs: RecordingJobs[MouthJob] = RecordingJobs()
        self.offered: list[BrainJob | MouthJob] = []
        self.clock, self.hears = AudioClock(), Answer()
        self.playback = playback_of(self.events)
        post, activity = self.events.append, Activity()
        ear = EarSettings(ENDPOINT, feed_ms=60, release_tail_ms=60, gate_tail_ms=60, bet_ms=bet_ms)
        self.ear = Ear(NoMicrophone(), self.hears, WordRecognizer(), self.clock, post, ear)
        model = ScriptedModel(answer, context_tokens=4096)
        self.brain = Brain(model, Inbox(activity, 8), self.clock, post, BrainSettings(200))
        voice = ScriptedVoice(seconds_per_character=0.004)
        self.mouth = Mouth(voice, self.playback, Inbox(activity, 8), self.clock, post)
        self.prompts: list[ev.Prompted] = []
        self.dialogue = Dialogue(
            self.ear,
            self.playback,
            self.brain_jobs,
            self.mouth_jobs,
            self.clock,
            Chat(lambda: "system"),
            DialogueSettings("s", False, "Sorry.", think_ahead=bet_ms > 0),
        )
        self.checks = Checks(self.dialogue)
        self._chance, self._index = Random(seed + 1000), 0

    def frame(self, number: int) -> None:
        """Let 20 ms pass; ``number`` 0 is silence."""
        self.hears.speech = bool(number)
        pcm = np.full(FRAME_BYTES // 2, number, "<i2").tobytes()
        self.ear.hear(Frame(self._index, pcm))
        self._index += 1
        self._work()
        sound = self.playback.pull(FRAME_SAMPLES)
        assert not (sound.any() and self.dialogue.state in OPEN), "held sound was heard"
        self._handle()
        self._look()

    def _work(self) -> None:
        self._handle()
        while self._chance.random() < 0.6 and (self.brain_jobs.taken or self.mouth_jobs.taken):
            if self.brain_jobs.taken and (not self.mouth_jobs.taken or self._chance.random() < 0.5):
                job = self.brain_jobs.taken.pop(0)
                self.offered.append(job)
                self.brain.work(job)
            else:
                spoken = self.mouth_jobs.taken.pop(0)
                self.offered.append(spoken)
                self.mouth.work(spoken)
            self._handle()

    def _handle(self) -> None:
        while self.events:
            self.dialogue.handle(self.events.popleft())
            self.checks.check()

    def _look(self) -> None:
        """Of all bets only the one that stands may be at work."""
        turn = self.dialogue.turn
        stands = turn.bet.number if turn and turn.bet else 0
        for job in (*self.offered, *self.brain_jobs.taken, *self.mouth_jobs.taken):
            if job.bet and (turn is None or job.turn != turn.id or job.bet != stands):
                assert job.token.cancelled, "a lost bet is still at work"
        self.offered = [job for job in self.offered if not job.token.cancelled]

    def wait(self) -> None:
        """Be silent until it has answered, and a little longer."""
        quiet = 0
        for _ in range(2000):
            self.frame(0)
            quiet = quiet + 1 if self.dialogue.state is State.IDLE else 0
            if quiet > 20:
                return
        raise AssertionError("it never came to rest")

    def say(self, words: list[Said]) -> None:
        """Speak, waiting politely whenever it has begun to answer, even if it is done already."""
        answered = self._answered()
        for word in words:
            if self._answered() != answered:
                self.wait()
                answered = self._answered()
            for _ in range(word.frames):
                self.frame(word.number)
            for _ in range(word.pause):
                self.frame(0)

    def _answered(self) -> int:
        return sum(isinstance(e, ev.StateChanged) and e.dest == State.THINKING.value for e in self.checks.published)

    def told(self) -> list[tuple[object, ...]]:
        """What the world knows of every turn, and what the model was told each time it was heard to answer."""
        found: list[tuple[object, ...]] = []
        for event in self.checks.published:
            if isinstance(event, ev.TurnEnded):
                record = replace(event.record, latency_ms={}, speech=None)
                found.append(("ended", record))
            elif isinstance(event, ev.Prompted):
                found.append(("prompted", event.messages))
            elif isinstance(event, ev.Clause):
                found.append(("clause", event.index, event.text))
        return found


class LateLoss(Playback):
    """A playout buffer into which the voice writes just when the bet is lost and the next one placed."""

    def __init__(self, token: CancelToken) -> None:
        super().__init__(16_000, lambda *_: None, lambda _: None, lambda _: None)
        self._token = token

    def write(self, *given: Any) -> bool:
        if not self._token.cancelled:
            self._token.cancel()
            self.forget()
            self.begin("s-001", held=True)
        return super().write(*given)


def test_a_voice_that_is_a_moment_late_does_not_speak_into_the_next_bet() -> None:
    token, posted = CancelToken(), deque[ev.Event]()
    playback = LateLoss(token)
    playback.begin("s-001", held=True)
    mouth = Mouth(ScriptedVoice(), playback, Inbox(Activity(), 8), AudioClock(), posted.append)
    mouth.work(MouthJob("s-001", token, 0, "Once upon a time.", 1))
    playback.release()
    assert not playback.pull(16_000).any()
    assert not posted


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_pauses_leave_no_trace(seed: int) -> None:
    plain, betting = Talk(0, seed), Talk(40, seed)
    for words in utterances(seed):
        for talk in (plain, betting):
            talk.say(words)
            talk.wait()
    assert betting.told() == plain.told()
    assert len(betting.checks.ended) > 10
    bets = betting.dialogue.bets
    assert bets.placed > bets.called > 0, "chance gave no bet that was lost, or none that was won"
    assert plain.dialogue.bets.called == 0
    assert not betting.playback.busy
