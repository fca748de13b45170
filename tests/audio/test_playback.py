"""The playout buffer: everything that went in comes out, once, in order, and counts say what was heard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipit.audio import Playback, Played
from pipit.audio.frames import Samples


@dataclass
class Device:
    """Pulls, and keeps what it got and what it was told."""

    told: list[tuple[str, ...]] = field(default_factory=list)
    got: list[int] = field(default_factory=list)
    playback: Playback = field(init=False)

    def __post_init__(self) -> None:
        self.playback = Playback(
            16000,
            on_clause=lambda turn, index: self.told.append(("clause", turn, str(index))),
            on_done=lambda turn: self.told.append(("done", turn)),
            on_first=lambda turn: self.told.append(("first", turn)),
        )

    def pull(self, n: int) -> list[int]:
        """Pull ``n`` samples; return those that are no silence."""
        out = self.playback.pull(n)
        assert (len(out), out.dtype) == (n, np.int16)
        heard = [int(sample) for sample in out if sample]
        assert not out[len(heard) :].any(), "silence in the middle of sound"
        self.got += heard
        return heard


class Counter:
    """Samples that can be told apart: 1, 2, 3 …"""

    def __init__(self) -> None:
        self.next = 1

    def take(self, n: int) -> Samples:
        samples = np.arange(self.next, self.next + n, dtype=np.int16)
        self.next += n
        return samples


def test_a_reply_of_two_clauses() -> None:
    device, sound = Device(), Counter()
    playback = device.playback
    assert not playback.busy
    playback.begin("a")
    assert playback.busy
    assert device.pull(5) == []
    assert not playback.audible
    playback.write("a", 0, sound.take(7))
    assert device.pull(5) == [1, 2, 3, 4, 5]
    assert playback.audible
    assert device.told == [("first", "a")]
    playback.end_clause("a", 0)
    playback.write("a", 1, sound.take(4))
    playback.end_clause("a", 1)
    playback.finish("a")
    assert device.pull(5) == [6, 7, 8, 9, 10]
    assert device.told == [("first", "a"), ("clause", "a", "0")]
    assert device.pull(5) == [11]
    assert device.told[2:] == [("clause", "a", "1"), ("done", "a")]
    assert not playback.busy
    assert device.pull(5) == []
    assert playback.flush() == (Played(7, 7, True), Played(4, 4, True))


def test_a_first_clause_without_sound_still_tells_when_sound_begins() -> None:
    device, sound = Device(), Counter()
    device.playback.begin("a")
    device.playback.end_clause("a", 0)
    device.playback.write("a", 1, sound.take(3))
    device.pull(2)
    assert device.told == [("clause", "a", "0"), ("first", "a")]


def test_a_reply_without_any_sound_is_done_but_never_began() -> None:
    device = Device()
    device.playback.begin("a")
    device.playback.end_clause("a", 0)
    device.playback.finish("a")
    device.pull(1)
    assert device.told == [("clause", "a", "0"), ("done", "a")]


def test_flush_silences_at_once_and_counts_what_was_played() -> None:
    device, sound = Device(), Counter()
    playback = device.playback
    playback.begin("a")
    playback.write("a", 0, sound.take(10))
    playback.end_clause("a", 0)
    playback.write("a", 1, sound.take(10))
    device.pull(14)
    assert playback.flush() == (Played(10, 10, True), Played(10, 4, False))
    assert not playback.busy
    assert device.pull(10) == []
    assert not playback.write("a", 1, sound.take(10))
    playback.end_clause("a", 1)
    playback.finish("a")
    assert device.pull(10) == []
    assert device.told == [("first", "a"), ("clause", "a", "0")]


def test_a_pause_loses_nothing_and_counts_nothing() -> None:
    device, sound = Device(), Counter()
    playback = device.playback
    playback.begin("a")
    playback.write("a", 0, sound.take(7))
    assert device.pull(3) == [1, 2, 3]
    playback.pause()
    assert (playback.paused, playback.busy) == (True, True)
    assert device.pull(50) == []
    playback.write("a", 0, sound.take(2))
    playback.end_clause("a", 0)
    playback.finish("a")
    assert device.pull(50) == []
    assert device.told == [("first", "a")]
    playback.resume()
    assert device.pull(50) == [4, 5, 6, 7, 8, 9]
    assert device.told == [("first", "a"), ("clause", "a", "0"), ("done", "a")]


def test_a_flush_in_a_pause_tells_what_was_played_before_it() -> None:
    device, sound = Device(), Counter()
    device.playback.begin("a")
    device.playback.write("a", 0, sound.take(7))
    device.pull(3)
    device.playback.pause()
    device.pull(3)
    assert device.playback.flush() == (Played(7, 3, False),)
    device.playback.resume()
    assert device.pull(50) == []


def test_a_new_reply_drops_the_old_and_refuses_its_sound() -> None:
    device, sound = Device(), Counter()
    playback = device.playback
    playback.begin("a")
    playback.write("a", 0, sound.take(10))
    playback.begin("b")
    assert not playback.write("a", 0, sound.take(10))
    playback.finish("a")
    assert playback.write("b", 0, np.array([500], np.int16))
    assert device.pull(10) == [500]
    assert (playback.turn, playback.busy) == ("b", True)


def test_sound_for_a_clause_that_is_over_is_refused() -> None:
    device, sound = Device(), Counter()
    device.playback.begin("a")
    device.playback.write("a", 0, sound.take(2))
    device.playback.end_clause("a", 0)
    device.pull(4)
    assert not device.playback.write("a", 0, sound.take(2))
    assert device.playback.flush() == (Played(2, 2, True),)


# ---- any order -------------------------------------------------------------------------------------------

Op = tuple[str, int]
OPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 40)),
        st.tuples(st.just("end"), st.just(0)),
        st.tuples(st.just("ahead"), st.integers(1, 20)),
        st.tuples(st.just("old"), st.integers(1, 20)),
        st.tuples(st.just("pull"), st.integers(0, 50)),
    ),
    max_size=60,
)


class Writer:
    """Writes one reply as a list of steps says, and knows what must come out."""

    def __init__(self, device: Device) -> None:
        self.device, self.sound, self.clause = device, Counter(), 0
        self.parts: list[list[int]] = []
        device.playback.begin("a")

    def do(self, op: str, n: int) -> None:
        match op:
            case "write":
                self.write(self.clause, n)
            case "ahead":  # a clause whose turn has not come waits
                self.write(self.clause + 1, n)
            case "old":
                assert not self.device.playback.write("z", 0, self.sound.take(n))
            case "end":
                self.end()
            case "pull":
                ready = self.of(self.parts[: self.clause + 1])[len(self.device.got) :]
                assert self.device.pull(n) == ready[:n]

    def write(self, index: int, n: int) -> None:
        samples = self.sound.take(n)
        assert self.device.playback.write("a", index, samples)
        self.parts += [[] for _ in range(index + 1 - len(self.parts))]
        self.parts[index] += samples.tolist()

    def end(self) -> None:
        self.device.playback.end_clause("a", self.clause)
        self.clause += 1

    @staticmethod
    def of(parts: list[list[int]]) -> list[int]:
        return [sample for part in parts for sample in part]


@given(OPS)
def test_what_comes_out_is_what_went_in(ops: list[Op]) -> None:
    device = Device()
    writer = Writer(device)
    for op, n in ops:
        writer.do(op, n)
    writer.end()
    writer.end()
    device.playback.finish("a")
    expected = writer.of(writer.parts)
    device.pull(len(expected) + 1)
    assert device.got == expected
    clauses = [("clause", "a", str(n)) for n in range(writer.clause)]
    assert [told for told in device.told if told[0] == "clause"] == clauses
    assert device.told.count(("first", "a")) == bool(expected)
    assert device.told.count(("done", "a")) == 1
    assert device.told[-1] == ("done", "a")
    counts = device.playback.flush()
    assert [played.written for played in counts] == [played.played for played in counts]
    assert sum(played.played for played in counts) == len(expected)


@given(OPS, st.integers(0, 59))
def test_nothing_of_a_turn_comes_after_its_flush(ops: list[Op], at: int) -> None:
    device, sound = Device(), Counter()
    playback, clause, limit = device.playback, 0, 0
    playback.begin("a")
    told: list[tuple[str, ...]] = []
    for n, (op, size) in enumerate(ops):
        if n == at:
            counts = playback.flush()
            assert sum(played.played for played in counts) == len(device.got)
            limit, told = len(device.got), list(device.told)
        if op in ("write", "ahead"):
            assert playback.write("a", clause + (op == "ahead"), sound.take(size)) == (n < at)
        elif op == "end":
            playback.end_clause("a", clause)
            clause += 1
        elif op == "pull":
            device.pull(size)
        if n >= at:
            assert len(device.got) == limit
            assert device.told == told


def run_all(*works: Callable[[], None]) -> None:
    broken: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            broken.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert not broken, broken


def test_a_writer_and_a_device_in_two_threads() -> None:
    device, done = Device(), threading.Event()
    playback = device.playback
    parts = [np.arange(1 + n * 100, 101 + n * 100, dtype=np.int16) for n in range(300)]
    playback.begin("a")

    def mouth() -> None:
        for n, part in enumerate(parts):
            for piece in np.array_split(part, 1 + n % 4):
                assert playback.write("a", n, piece)
            playback.end_clause("a", n)
        playback.finish("a")

    def speaker() -> None:
        while playback.busy:
            device.pull(37)
        done.set()

    run_all(mouth, speaker)
    assert done.is_set()
    assert device.got == list(range(1, 30_001))
    clauses = [("clause", "a", str(n)) for n in range(300)]
    assert device.told == [("first", "a"), *clauses, ("done", "a")]


def test_flush_from_a_third_thread_while_two_work() -> None:
    for _ in range(20):
        flush_while_two_work()


def flush_while_two_work() -> None:
    device, playing, flushed = Device(), threading.Event(), threading.Event()
    playback = device.playback
    counts: list[Played] = []
    playback.begin("a")

    def mouth() -> None:
        n = 0
        while playback.write("a", n, np.ones(20, np.int16)):
            playback.end_clause("a", n)
            n += 1

    def speaker() -> None:
        while not flushed.is_set():
            device.pull(13)
            if len(device.got) > 200:
                playing.set()

    def owner() -> None:
        assert playing.wait(10)
        counts.extend(playback.flush())
        flushed.set()

    run_all(mouth, speaker, owner)
    assert sum(played.played for played in counts) == len(device.got)
    assert device.pull(100) == []
    assert ("done", "a") not in device.told
