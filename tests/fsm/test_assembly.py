"""All the threads together: one conversation, always the same, and nothing left when it is over."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from pipit.audio import AudioClock, EndpointSettings, Frame, Playback, ScriptedActivity
from pipit.errors import EngineError
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
from pipit.fsm.turn import Outcome
from pipit.models import Engines
from pipit.models.scripted import Script, scripted_engines

from .fakes import Checks, pcm_of

SPEECH, SILENCE, REPLY = [True] * 25, [False] * 60, [False] * 400


class PacedMicrophone:
    """Gives the next frame once everybody is done, and plays what the assistant says meanwhile."""

    def __init__(self, activity: Activity, count: int) -> None:
        self.playback: Playback | None = None
        self.at: dict[int, Callable[[], None]] = {}
        self._activity, self._count = activity, count
        self._index = 0
        self._closed = threading.Event()

    def read(self) -> Frame | None:
        while not self._activity.wait_quiet(0.02) and not self._closed.is_set():
            pass
        if self._closed.is_set() or self._index >= self._count:
            return None
        assert self.playback is not None
        self.playback.pull(320)
        self.at.pop(self._index, lambda: None)()
        frame = Frame(self._index, pcm_of(self._index))
        self._index += 1
        return frame

    def close(self) -> None:
        self._closed.set()


class Assembly:
    """Ear, brain, mouth and dialogue in a thread each."""

    def __init__(self, engines: Engines, speech: list[bool]) -> None:
        self.activity, self.clock = Activity(), AudioClock()
        self.events: Inbox[ev.Event] = Inbox(self.activity, 256)
        self.brain_jobs: Inbox[BrainJob] = Inbox(self.activity, 64)
        self.mouth_jobs: Inbox[MouthJob] = Inbox(self.activity, 64)
        self.microphone = PacedMicrophone(self.activity, len(speech))
        self.playback = Playback(
            engines.voice.sample_rate,
            on_clause=lambda turn, index: self.events.put(ev.ClauseSpoken(turn=turn, index=index)),
            on_done=lambda turn: self.events.put(ev.PlaybackDone(turn=turn)),
            on_first=lambda turn: self.events.put(ev.PlaybackStarted(turn=turn)),
        )
        self.microphone.playback = self.playback
        endpoint = EndpointSettings(silence_ms=300, hold_off_ms=200, longest_ms=5000)
        post = self.events.put
        ear = Ear(
            self.microphone,
            ScriptedActivity(speech),
            engines.recognizer,
            self.clock,
            post,
            EarSettings(endpoint),
        )
        brain = Brain(engines.model, self.brain_jobs, self.clock, post, BrainSettings(reply_tokens=60))
        mouth = Mouth(engines.voice, self.playback, self.mouth_jobs, self.clock, post)
        self.dialogue = Dialogue(
            ear,
            self.playback,
            self.brain_jobs,
            self.mouth_jobs,
            self.clock,
            Chat(lambda: "Be brief."),
            DialogueSettings("s"),
        )
        self.checks = Checks(self.dialogue)
        self.broken: list[BaseException] = []
        self.ear = self._thread("ear", ear.run)
        self.workers = [self._thread("brain", brain.run), self._thread("mouth", mouth.run)]
        self.owner = self._thread("dialogue", lambda: self.dialogue.run(self.events))

    def _thread(self, name: str, run: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                run()
            except BaseException as error:
                self.broken.append(error)
                self.microphone.close()

        return threading.Thread(target=guarded, name=f"pipit-test-{name}", daemon=True)

    def start(self) -> None:
        for thread in (self.owner, *self.workers, self.ear):
            thread.start()

    def stop(self) -> None:
        self.microphone.close()
        self._join(self.ear)
        self.events.put(ev.Cancel())
        self.brain_jobs.close()
        self.mouth_jobs.close()
        for thread in self.workers:
            self._join(thread)
        self.events.close()
        self._join(self.owner)
        assert self.broken == []
        self.checks.check()

    def run(self) -> list[ev.Event]:
        self.start()
        self._join(self.ear)
        self.stop()
        return self.checks.published

    @staticmethod
    def _join(thread: threading.Thread) -> None:
        thread.join(20)
        assert not thread.is_alive(), f"{thread.name} does not stop"


def left() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("pipit-test-")]


def conversation() -> tuple[Assembly, list[ev.Event]]:
    script = Script(
        transcripts=("tell me a story", "what is my name"),
        replies=("Once upon a time, there was a small bird. It sang all day.", "I do not know your name."),
    )
    speech = [*SILENCE, *SPEECH, *REPLY, *SPEECH, *REPLY]
    assembly = Assembly(scripted_engines(script), speech)
    return assembly, assembly.run()


def test_a_conversation_of_two_turns() -> None:
    assembly, _ = conversation()
    records = [event.record for event in assembly.checks.ended]
    assert [(r.transcript, r.outcome) for r in records] == [
        ("tell me a story", Outcome.DONE),
        ("what is my name", Outcome.DONE),
    ]
    assert records[0].heard == "Once upon a time, there was a small bird. It sang all day."
    assert records[0].speech is not None
    assert abs(records[0].speech[0] - 60 * 320) <= 320
    assert assembly.checks.of(ev.Failed) == []
    assert left() == []


def test_it_is_the_same_every_time() -> None:
    first, second = conversation()[1], conversation()[1]
    assert [ev.as_dict(event) for event in first] == [ev.as_dict(event) for event in second]
    assert len(first) > 30


def test_a_press_in_the_middle_of_the_answer() -> None:
    script = Script(transcripts=("tell me a story", "stop it"), replies=("One two three. " * 12, "Yes."))
    assembly = Assembly(scripted_engines(script), [*SPEECH, *[False] * 200, *SPEECH, *REPLY])
    silent: list[bool] = []

    def press() -> None:
        assert assembly.dialogue.state is State.SPEAKING
        assembly.events.put(ev.ButtonDown(stamp=assembly.clock.stamp()))
        assert assembly.activity.wait_quiet(10)
        silent.append(not assembly.playback.pull(320).any())

    assembly.microphone.at = {200: press, 300: lambda: assembly.events.put(ev.ButtonUp())}
    assembly.run()
    first, second = (event.record for event in assembly.checks.ended)
    assert silent == [True]
    assert first.outcome is Outcome.INTERRUPTED
    assert 0 < len(first.heard) < len(first.reply)
    assert first.barge_in_ms is not None
    prompts = [event for event in assembly.checks.published if isinstance(event, ev.Prompted)]
    assert prompts[1].messages[2].text == first.heard
    assert second.outcome is Outcome.DONE


def test_engines_that_break_end_turns_and_nothing_else() -> None:
    broken = EngineError("broken", "it broke")
    failures = {"recognizer": {1: broken}, "model": {1: broken}, "voice": {2: broken}}
    script = Script(transcripts=("hello",), replies=("Hi. Good day.",), failures=failures)
    assembly = Assembly(scripted_engines(script), [*SPEECH, *REPLY] * 4)
    assembly.run()
    records = [event.record for event in assembly.checks.ended]
    # the recogniser's turn, the model's with its apology, the voice's, and then a whole one
    assert [r.outcome for r in records] == [Outcome.FAILED, Outcome.FAILED, Outcome.FAILED, Outcome.DONE]
    assert records[1].heard == DialogueSettings().apology


@pytest.mark.parametrize("stop_at", ["at once", "listening", "thinking", "speaking"])
def test_started_and_stopped_it_leaves_no_thread(stop_at: str) -> None:
    before = threading.active_count()
    for _ in range(13):
        script = Script(replies=("One two three. " * 10,), seconds_per_token=0.001 if stop_at == "speaking" else 5.0)
        assembly = Assembly(scripted_engines(script), [*SPEECH, *SILENCE * 50])
        reached = threading.Event()

        def watch(event: ev.Event, reached: threading.Event = reached) -> None:
            if isinstance(event, ev.StateChanged) and event.dest == stop_at:
                reached.set()

        assembly.dialogue.subscribe(watch)
        assembly.start()
        if stop_at != "at once":
            assert reached.wait(10)
        assembly.stop()
        assert assembly.dialogue.state is State.IDLE
        assert left() == []
        if stop_at != "at once":
            assert assembly.checks.ended[-1].record.outcome in (Outcome.INTERRUPTED, Outcome.DONE)
    assert threading.active_count() == before
