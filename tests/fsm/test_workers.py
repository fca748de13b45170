"""Brain and mouth: clauses and sound in order, nothing after a cancel, and a failure that is only that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from pipit.audio import AudioClock, Playback
from pipit.audio.frames import Samples
from pipit.errors import EngineError
from pipit.fsm import Activity, Brain, BrainJob, BrainSettings, Inbox, Mouth, MouthJob
from pipit.fsm import events as ev
from pipit.fsm.memory import Exchange
from pipit.fsm.script import Ask
from pipit.models import CancelToken, Message
from pipit.models.ports import Tell, untold
from pipit.models.scripted import ScriptedModel, ScriptedVoice

Hook = Callable[[str], None]


def nothing(_: str) -> None:
    """Do nothing."""


class Model:
    """Writes a list of pieces; ``on`` is called before each, and may cancel or break."""

    name = "test"
    context_tokens = 512

    def __init__(self, pieces: Sequence[str], on: Hook = nothing) -> None:
        self.pieces, self.on = pieces, on
        self.prefilled: list[Sequence[Message]] = []

    def count(self, messages: Sequence[Message]) -> int:
        return sum(1 + len(message.text.split()) for message in messages)

    def prefill(self, messages: Sequence[Message], cancel: CancelToken) -> None:
        self.on("prefill")
        self.prefilled.append(messages)

    def generate(self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int) -> Iterator[str]:
        for piece in self.pieces:
            self.on(piece)
            yield piece


class Voice:
    """Speaks a text in chunks of ten samples a word; ``on`` is called before each chunk."""

    name = "test"
    sample_rate = 16000

    def __init__(self, on: Hook = nothing) -> None:
        self.on = on
        self.texts: list[str] = []

    def synthesize(self, text: str, cancel: CancelToken, tell: Tell = untold) -> Iterator[Samples]:
        self.texts.append(text)
        for word in text.split():
            self.on(word)
            yield np.ones(10, np.int16)


class Desk:
    """A brain and a mouth that are given their jobs by hand."""

    def __init__(self, model: Model | ScriptedModel | None = None, voice: Voice | None = None) -> None:
        self.events: list[ev.Event] = []
        self.clock, activity = AudioClock(), Activity()
        self.brain_jobs: Inbox[BrainJob] = Inbox(activity, 16)
        self.mouth_jobs: Inbox[MouthJob] = Inbox(activity, 16)
        self.voice = voice or Voice()
        self.token = CancelToken()
        self.told: list[str] = []
        self.playback = Playback(
            16000,
            on_clause=lambda turn, index: self.told.append(f"clause {index}"),
            on_done=lambda turn: self.told.append("done"),
            on_first=lambda turn: self.told.append("first"),
        )
        post = self.events.append
        self.brain = Brain(model or Model([]), self.brain_jobs, self.clock, post, BrainSettings(reply_tokens=100))
        self.mouth = Mouth(self.voice, self.playback, self.mouth_jobs, self.clock, post)

    def think(self, speak: bool = True, exchanges: tuple[Exchange, ...] = ()) -> None:
        self.brain_jobs.put(BrainJob("t", self.token, Ask("Be brief.", exchanges, "hello"), speak))
        self.brain_jobs.close()
        self.brain.run()

    def say(self, *texts: str | None) -> None:
        for index, text in enumerate(texts):
            self.mouth_jobs.put(MouthJob("t", self.token, index, text))
        self.mouth_jobs.close()
        self.mouth.run()

    def kinds(self) -> list[str]:
        return [event.name for event in self.events]

    def clauses(self) -> list[tuple[int, str]]:
        return [(event.index, event.text) for event in self.events if isinstance(event, ev.Clause)]


def cancel_at(desk: Desk, where: str) -> Hook:
    return lambda piece: desk.token.cancel() if piece == where else None


def break_at(where: str, error: Exception) -> Hook:
    def hook(piece: str) -> None:
        if piece == where:
            raise error

    return hook


# ---- the brain -------------------------------------------------------------------------------------------

PIECES = ["Well", ",", " hello", " there", ".", " How", " are", " you", "?"]


def test_a_reply_becomes_clauses_in_order() -> None:
    desk = Desk(Model(PIECES))
    desk.think()
    assert desk.kinds() == ["Prompted", "FirstToken", "Clause", "Clause", "ReplyDone"]
    assert desk.clauses() == [(0, "Well, hello there."), (1, " How are you?")]
    assert {event.turn for event in desk.events} == {"t"}
    assert "".join(text for _, text in desk.clauses()) == "".join(PIECES)


def test_the_prompt_is_told_as_it_was_asked() -> None:
    desk = Desk(Model(["Hi."]))
    desk.think(exchanges=(Exchange("one", "two"), Exchange("three", "")))
    prompted = desk.events[0]
    assert isinstance(prompted, ev.Prompted)
    assert [(m.role, m.text) for m in prompted.messages] == [
        ("system", "Be brief."),
        ("user", "one"),
        ("assistant", "two"),
        ("user", "three hello"),
    ]
    assert prompted.dropped == 0


def test_what_does_not_fit_beside_the_reply_is_left_out() -> None:
    desk = Desk(Model(["Hi."]))
    desk.think(exchanges=(Exchange("old " * 300, "x"), Exchange("mid " * 500, "y"), Exchange("new", "z")))
    prompted = desk.events[0]
    assert isinstance(prompted, ev.Prompted)
    assert prompted.dropped == 2
    assert [m.text for m in prompted.messages] == ["Be brief.", "new", "z", "hello"]


@pytest.mark.parametrize("length", range(300, 420, 7))
def test_what_is_read_ahead_remembers_just_what_is_asked_later(length: int) -> None:
    model = Model(["Hi."])
    desk = Desk(model)
    exchanges = tuple(Exchange("word " * (length // 10), "word " * (length // 30)) for _ in range(9))
    for said, speak in (("", False), ("tell me a story about a bird", True)):
        desk.brain.work(BrainJob("t", desk.token, Ask("Be brief.", exchanges, said), speak))
    (read,) = model.prefilled
    prompted = desk.events[0]
    assert isinstance(prompted, ev.Prompted)
    assert 0 < prompted.dropped < len(exchanges)
    assert tuple(read[:-1]) == prompted.messages[:-1]


def test_a_bet_only_reads_ahead_and_tells_nothing() -> None:
    model = Model(PIECES)
    desk = Desk(model)
    desk.think(speak=False)
    assert desk.events == []
    assert [message.text for message in model.prefilled[0]] == ["Be brief.", "hello"]


def test_a_bet_that_fails_is_no_loss() -> None:
    desk = Desk(Model([], break_at("prefill", EngineError("broken", "no"))))
    desk.think(speak=False)
    assert desk.events == []


def test_a_job_that_was_cancelled_is_not_begun() -> None:
    model = Model(PIECES)
    desk = Desk(model)
    desk.token.cancel()
    desk.think()
    desk.brain.work(BrainJob("t", desk.token, Ask("", (), "hello"), speak=False))
    assert (desk.events, model.prefilled) == ([], [])


@pytest.mark.parametrize("where", PIECES)
def test_nothing_is_told_after_a_cancel(where: str) -> None:
    model = Model(PIECES)
    desk = Desk(model)
    told_before: list[int] = []

    def hook(piece: str) -> None:
        if piece == where:
            desk.token.cancel()
            told_before.append(len(desk.events))

    model.on = hook
    desk.think()
    assert len(desk.events) == told_before[0]
    assert "ReplyDone" not in desk.kinds()


def test_a_model_that_ends_silently_when_cancelled_is_not_done() -> None:
    desk = Desk()
    desk.brain._model = ScriptedModel(lambda messages: desk.token.cancel() or "Hello there.")  # type: ignore[func-returns-value]
    desk.think()
    assert desk.kinds() == ["Prompted"]


@pytest.mark.parametrize(
    ("error", "code"), [(EngineError("model-broken", "it broke"), "model-broken"), (ValueError("odd"), "internal")]
)
def test_a_failure_of_the_model_is_told_and_the_next_job_done(error: Exception, code: str) -> None:
    model = Model(PIECES, break_at(" are", error))
    desk = Desk(model)
    other = CancelToken()
    desk.brain_jobs.put(BrainJob("t", desk.token, Ask("", (), "hello"), speak=True))
    desk.brain_jobs.put(BrainJob("u", other, Ask("", (), "again"), speak=False))
    desk.brain_jobs.close()
    desk.brain.run()
    assert desk.kinds() == ["Prompted", "FirstToken", "Clause", "Failed"]
    failed = desk.events[-1]
    assert isinstance(failed, ev.Failed)
    assert (failed.turn, failed.part, failed.code) == ("t", "model", code)
    assert len(model.prefilled) == 1


def test_a_failure_after_a_cancel_is_nobodys_business() -> None:
    desk = Desk()

    def hook(piece: str) -> None:
        desk.token.cancel()
        raise EngineError("broken", "aborted")

    desk.brain._model = Model(PIECES, hook)
    desk.think()
    assert desk.kinds() == ["Prompted"]


# ---- the mouth -------------------------------------------------------------------------------------------


def test_clauses_are_spoken_in_order_and_without_marks() -> None:
    desk = Desk()
    desk.playback.begin("t")
    desk.say("**Hello** there.", " How are `you`?", None)
    assert desk.voice.texts == ["Hello there.", "How are you?"]
    assert desk.kinds() == ["ClauseVoiced", "ClauseVoiced"]
    assert desk.playback.pull(60).tolist() == [1] * 50 + [0] * 10
    assert desk.told == ["first", "clause 0", "clause 1", "done"]


def test_a_clause_without_words_is_over_at_once() -> None:
    desk = Desk()
    desk.playback.begin("t")
    desk.say("* * *", "Yes.", None)
    desk.playback.pull(20)
    assert desk.told == ["clause 0", "first", "clause 1", "done"]
    assert desk.kinds() == ["ClauseVoiced"]


def test_a_cancel_stops_it_within_a_clause() -> None:
    desk = Desk()
    desk.playback.begin("t")
    desk.voice.on = cancel_at(desk, "three")
    desk.say("one two three four", "five", None)
    assert desk.voice.texts == ["one two three four"]
    (counts,) = desk.playback.flush()
    assert (counts.written, counts.whole) == (20, False)
    assert desk.kinds() == ["ClauseVoiced"]


def test_a_clause_that_its_voice_gave_up_when_cancelled_is_not_whole() -> None:
    desk = Desk()
    desk.playback.begin("t")

    class Quitter(Voice):
        def synthesize(self, text: str, cancel: CancelToken, tell: Tell = untold) -> Iterator[Samples]:
            yield np.ones(10, np.int16)
            cancel.cancel()  # as the port says: ends early, silently

    desk.mouth._voice = Quitter()
    desk.say("one two three four")
    (counts,) = desk.playback.flush()
    assert (counts.written, counts.whole) == (10, False)


def test_a_reply_that_no_longer_speaks_gets_no_sound() -> None:
    desk = Desk()
    desk.playback.begin("u")
    desk.say("one two", None)
    assert desk.events == []
    assert not desk.playback.pull(50).any()
    assert desk.told == []


@pytest.mark.parametrize(
    ("error", "code"), [(EngineError("voice-broken", "it broke"), "voice-broken"), (ValueError("odd"), "internal")]
)
def test_a_failure_of_the_voice_is_told(error: Exception, code: str) -> None:
    desk = Desk(voice=Voice(break_at("two", error)))
    desk.playback.begin("t")
    desk.say("one two", "three")
    failed = desk.events[1]
    assert isinstance(failed, ev.Failed)
    assert (failed.turn, failed.part, failed.code) == ("t", "voice", code)
    assert desk.voice.texts == ["one two", "three"]  # what ends the turn is the dialogue's business


def test_a_failure_of_the_voice_after_a_cancel_is_nobodys_business() -> None:
    desk = Desk()
    desk.playback.begin("t")

    def hook(word: str) -> None:
        desk.token.cancel()
        raise EngineError("broken", "aborted")

    desk.voice.on = hook
    desk.say("one")
    assert desk.events == []


def test_the_scripted_voice_is_cut_short_by_a_cancel_from_another_thread() -> None:
    desk = Desk()
    desk.playback.begin("t")
    desk.mouth._voice = ScriptedVoice(seconds_per_clause=30.0)
    worker = threading.Thread(target=desk.say, args=("one two three",))
    worker.start()
    desk.token.cancel()
    worker.join(10)
    assert not worker.is_alive()
    assert not desk.playback.pull(100).any()
    assert desk.events == []
