"""Timing and failure on a scripted card: no sound system needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from pipit.audio import Frame, Microphone, Playback
from pipit.device.settings import Sound
from pipit.device.sound import LiveMicrophone, LiveSpeaker, portaudio
from pipit.device.sound.player import Counts, Player
from pipit.errors import DeviceLost

from .scripted import Card, Stream

QUICK = Sound(stuck_ms=200)


def _until(true: Callable[[], bool], seconds: float = 4.0) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.002)


# ---- microphone --------------------------------------------------------------------------------------


@contextmanager
def _microphone(card: Card, settings: Sound = QUICK) -> Iterator[LiveMicrophone]:
    microphone = LiveMicrophone(settings, system=card)
    try:
        yield microphone
    finally:
        microphone.close()


def _read(microphone: LiveMicrophone, count: int) -> list[Frame]:
    frames = [microphone.read() for _ in range(count)]
    return [frame for frame in frames if frame is not None]


def test_it_is_a_microphone() -> None:
    assert isinstance(LiveMicrophone(Sound(), system=Card()), Microphone)


def test_what_we_want_is_tried_first_and_what_it_can_do_next() -> None:
    card = Card(formats={(48_000, 6)}, channels=6)
    with _microphone(card) as microphone:
        frames = _read(microphone, 20)
        assert microphone.statistics()["channels"] == 6
    assert card.tried == [(16_000, 1), (16_000, 2), (16_000, 6), (48_000, 1), (48_000, 2), (48_000, 6)]
    assert [frame.index for frame in frames] == list(range(20))
    assert np.frombuffer(frames[10].pcm, "<i2").tolist() == [100] * 320


def test_overflows_are_counted_and_nothing_else() -> None:
    card = Card(script=[(2 if at % 10 == 3 else 0, at) for at in range(50)])
    with _microphone(card) as microphone:
        assert len(_read(microphone, 50)) == 50
        assert microphone.statistics()["overflows"] == 5


def test_who_does_not_read_for_ten_seconds_loses_the_oldest() -> None:
    card = Card(script=[(0, at) for at in range(620)], pace=0.0)
    with _microphone(card) as microphone:
        first = _read(microphone, 1)[0]
        time.sleep(0.3)
        rest = _read(microphone, 499)
    index = [first.index, *(frame.index for frame in rest)]
    assert index == sorted(set(index))
    # the index says which frame it is, also after the gap
    assert all(np.frombuffer(frame.pcm, "<i2")[0] == frame.index for frame in rest)
    assert rest[-1].index > 550


def test_a_card_that_falls_silent_is_lost_and_tried_again() -> None:
    card = Card(script=[(0, 1)] * 5)
    with _microphone(card) as microphone:
        _read(microphone, 5)
        with pytest.raises(DeviceLost, match="gives no sound"):
            microphone.read()
        began = time.monotonic()
        frames = _read(microphone, 2)
        assert time.monotonic() - began > 0.19
        assert frames[0].index > 5 + 10  # 200 ms without a frame, and the pause
        assert microphone.statistics()["losses"] == 1
    assert all(stream.closed for stream in card.streams)
    _until(lambda: card.users == 0)


def test_a_stream_that_has_stopped_is_lost_at_once() -> None:
    card = Card(script=[(0, 1)] * 5)
    with _microphone(card, Sound(stuck_ms=5000)) as microphone:
        _read(microphone, 5)
        card.active = False
        began = time.monotonic()
        with pytest.raises(DeviceLost, match="it went away"):
            microphone.read()
        assert time.monotonic() - began < 0.5


def test_a_busy_card_says_so_and_pauses_longer_each_time() -> None:
    card = Card(refusal=-9985)
    took = []
    with _microphone(card) as microphone:
        for _ in range(3):
            began = time.monotonic()
            with pytest.raises(DeviceLost, match="in use: end the program") as caught:
                microphone.read()
            took.append(time.monotonic() - began)
            assert "\n" not in str(caught.value)
        assert microphone.statistics()["losses"] == 1
        card.refusal = 0
        assert _read(microphone, 1)[0].index == 0
    assert [round(seconds, 1) for seconds in took] == [0.0, 0.2, 0.4]
    assert card.tried[:3] == [(16_000, 1)] * 3
    assert card.asked == 3


def test_a_card_that_is_missing_is_waited_for() -> None:
    card = Card()
    with _microphone(card, Sound(microphone="Other")) as microphone, pytest.raises(DeviceLost, match="Small: Card"):
        microphone.read()


def test_close_does_not_wait_for_what_hangs() -> None:
    card = Card(hangs=True, script=[(0, 1)] * 3)
    microphone = LiveMicrophone(Sound(stuck_ms=60_000), system=card)
    _read(microphone, 3)
    threading.Timer(0.1, microphone.close).start()
    began = time.monotonic()
    assert microphone.read() is None
    assert time.monotonic() - began < 0.3
    card.hang.set()
    _until(lambda: card.users == 0)


def test_what_hangs_is_not_joined_by_others() -> None:
    card = Card(hangs=True, script=[(0, 1)] * 3)
    with _microphone(card) as microphone:
        _read(microphone, 3)
        with pytest.raises(DeviceLost, match="gives no sound"):
            microphone.read()
        for _ in range(2):
            with pytest.raises(DeviceLost, match="does not answer"):
                microphone.read()
        assert len(card.streams) == 1
        card.hang.set()
        card.hangs = False
        assert _read(microphone, 1)


def test_it_lets_go_for_a_moment_when_asked() -> None:
    card = Card(script=[(0, 1)] * 400, pace=0.01)
    with _microphone(card) as microphone:
        first = _read(microphone, 5)
        card.stale = True
        _until(lambda: bool(microphone.read()) and len(card.streams) == 2)
        index = [frame.index for frame in (*first, *_read(microphone, 5))]
    assert index == sorted(set(index))


# ---- speaker -----------------------------------------------------------------------------------------


class Show:
    """A speaker on a scripted card."""

    def __init__(self, card: Card, hold_s: float = 60, **settings: object) -> None:
        self.log: list[str] = []
        self.playback = Playback(
            16_000,
            lambda _, index: self.log.append(f"clause {index}"),
            lambda _: self.log.append("done"),
            lambda _: self.log.append("first"),
        )
        self.speaker = LiveSpeaker(
            self.playback,
            Sound.model_validate(settings),
            on_lost=lambda error: self.log.append(str(error)),
            on_back=lambda: self.log.append("back"),
            system=card,
            hold_s=hold_s,
        )
        self._thread = threading.Thread(target=self.speaker.run)

    def __enter__(self) -> Show:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.speaker.close()
        self._thread.join(2)
        assert not self._thread.is_alive()

    def say(self, samples: np.ndarray) -> None:
        self.playback.begin("t")
        self.playback.write("t", 0, samples)
        self.playback.end_clause("t", 0)
        self.playback.finish("t")


def _heard(stream: Stream) -> np.ndarray:
    return np.concatenate([block[:: stream.channels] for block in stream.taken])


def test_silence_before_and_after_what_is_said() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: len(card.streams) == 1 and len(card.streams[0].taken) > 5)
        show.say(np.arange(1, 3001, dtype=np.int16))
        _until(lambda: "done" in show.log)
    heard = _heard(card.streams[0])
    at = int(np.flatnonzero(heard)[0])
    assert heard[at : at + 3000].tolist() == list(range(1, 3001))
    assert len(heard) >= at + 3000 + card.streams[0].depth  # so that stopping cuts silence
    assert show.log == ["first", "clause 0", "done"]
    assert card.users == 0


def test_idle_it_looks_after_the_device_only_when_half_of_its_silence_is_played() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 25)
        show.say(np.arange(1, 3001, dtype=np.int16))
        _until(lambda: "done" in show.log)
        said = len(card.streams[0].taken)
        _until(lambda: len(card.streams[0].taken) > said + 25)
        taken = card.streams[0].taken
    for quiet in (taken[20:25], taken[said + 20 : said + 25]):
        assert all(len(block) >= 2 * 160 and not block.any() for block in quiet)
    heard = _heard(card.streams[0])
    assert heard[heard > 0].tolist() == list(range(1, 3001))


def _stirs() -> dict[str, Callable[[LiveSpeaker, Playback, Player], object]]:
    return {
        "a reply": lambda _, playback, __: playback.begin("t"),
        "a bet that was right": lambda _, playback, __: playback.release(),
        "a cue": lambda speaker, _, __: speaker.cue(np.ones(80, np.int16), 8000),
        "silence ordered": lambda _, playback, __: playback.flush(),
        "its end": lambda speaker, _, __: speaker.close(),
        "the device's end": lambda _, __, player: player.leave(),
    }


@pytest.mark.parametrize("what", _stirs())
@pytest.mark.parametrize("late", [False, True])
def test_idle_it_wakes_at_once_for(what: str, late: bool) -> None:
    playback = Playback(16_000, lambda *_: None, lambda _: None, lambda _: None)
    speaker = LiveSpeaker(playback, Sound(), system=Card())
    player = speaker._player = Player(Card(), Sound(), speaker, Counts())
    playback.begin("held", held=True)
    player.rate, player.held, player._low = 16_000, 16_000 * 3600, 0
    resting = threading.Thread(target=player._rest, daemon=True)
    for step in (resting.start, lambda: _stirs()[what](speaker, playback, player))[:: -1 if late else 1]:
        step()
    resting.join(10)
    assert not resting.is_alive()


def test_a_flush_drops_what_the_device_holds() -> None:
    card = Card(formats={(48_000, 2)})
    handed: list[int] = []
    with Show(card) as show:
        flushed = threading.Event()
        card.wrote = lambda stream: handed.append(int(np.count_nonzero(stream.taken[-1]))) if flushed.is_set() else None
        show.say(np.full(16_000, 1000, np.int16))
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 10)
        show.playback.flush()
        flushed.set()
        time.sleep(0.2)
        statistics = show.speaker.statistics()
    assert sum(handed) <= 480 * 2  # one period
    assert card.streams[0].drops == 1
    assert statistics["flushes"] == 1
    assert statistics["last_flush_samples"] <= 480
    assert 0 < statistics["last_silence_ms"] < 40


def test_a_flush_in_silence_leaves_the_stream_alone() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 5)
        show.playback.flush()
        _until(lambda: show.speaker.statistics()["flushes"] == 1)
    assert card.streams[0].drops == 0


def test_volume_may_change_while_it_speaks() -> None:
    card = Card()
    with Show(card, volume=2) as show:
        show.say(np.full(16_000, 20_000, np.int16))
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 10)
        show.speaker.volume = 0.5
        time.sleep(0.1)
    assert {32_767, 10_000} <= set(_heard(card.streams[0]).tolist()) <= {0, 32_767, 10_000}


def test_a_cue_plays_once_and_a_flush_ends_it() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 5)
        assert show.speaker.cue(np.full(800, 700, np.int16), 8000)
        time.sleep(0.3)
        assert 1400 < np.count_nonzero(_heard(card.streams[0]) > 600) <= 1700
        assert show.speaker.cue(np.full(80_000, 700, np.int16), 8000)  # cut to a second
        time.sleep(0.1)
        show.playback.flush()
        time.sleep(0.1)
        count = np.count_nonzero(_heard(card.streams[0]))
        time.sleep(0.2)
        assert np.count_nonzero(_heard(card.streams[0])) == count
        show.say(np.zeros(1600, np.int16))
        assert not show.speaker.cue(np.full(80, 700, np.int16), 8000)


def test_a_device_that_runs_dry_is_noticed() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 10)
        card.wrote = lambda _: time.sleep(0.2)
        _until(lambda: len(card.streams[0].taken) > 14)
        card.wrote = lambda _: None
        time.sleep(0.1)
        count = show.speaker.statistics()["underflows"]
        assert count >= 1
        time.sleep(0.2)
        assert show.speaker.statistics()["underflows"] == count


@pytest.mark.parametrize("formats", [{(16_000, 1)}, {(48_000, 2)}])
def test_what_the_device_had_not_played_when_it_went_is_played_on_its_return(formats: set[tuple[int, int]]) -> None:
    card = Card(formats=formats)
    (rate, _) = next(iter(formats))
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 5)
        show.say(np.arange(1, 16_001, dtype=np.int16))
        time.sleep(0.4)
        held = card.streams[0].depth - card.streams[0].get_write_available()
        card.breaks = True
        _until(lambda: show.speaker.statistics()["lost"])
        time.sleep(0.3)
        assert "done" not in show.log  # it waits
        card.breaks = False
        _until(lambda: "done" in show.log, 6)
    played = int(_heard(card.streams[0]).max()) - held * 16_000 // rate
    again = _heard(card.streams[-1])
    rest = again[np.flatnonzero(again > 1)[0] :: rate // 16_000]
    first = int(rest[40]) - 40  # beyond the edge that a resampler rounds
    assert played - 1600 < first <= played + 1
    assert int(again.max()) >= 16_000
    assert show.log.count("first") == show.log.count("done") == 1


def test_a_press_while_the_speaker_is_gone_leaves_nothing_to_be_said() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 5)
        show.say(np.arange(1, 16_001, dtype=np.int16))
        time.sleep(0.2)
        card.breaks = True
        _until(lambda: show.speaker.statistics()["lost"])
        show.playback.flush()
        card.breaks = False
        _until(lambda: "back" in show.log)
        time.sleep(0.2)
    assert not _heard(card.streams[-1]).any()


def test_a_paused_reply_is_silence_and_goes_on_without_a_hole() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 5)
        show.say(np.arange(1, 8001, dtype=np.int16))
        time.sleep(0.2)
        show.playback.pause()
        time.sleep(0.2)
        assert not card.streams[0].taken[-1].any()
        show.playback.resume()
        _until(lambda: "done" in show.log)
    heard = _heard(card.streams[0])
    assert heard[heard > 0].tolist() == list(range(1, 8001))


@pytest.mark.parametrize("how", ["breaks", "stuck", "missing"])
def test_a_turn_ends_although_nobody_hears_it(how: str) -> None:
    card = Card(refusal=-9985 if how == "missing" else 0)
    with Show(card, hold_s=0.2) as show:
        if how != "missing":
            _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 5)
        card.breaks, card.takes = how == "breaks", how != "stuck"
        began = time.monotonic()
        show.say(np.ones(16_000, np.int16))
        _until(lambda: "done" in show.log, 6)
        assert 0.7 < time.monotonic() - began < 3
        assert sum("speaker 'Small" in line for line in show.log) == 1
        assert show.speaker.statistics()["lost"]
        assert not show.speaker.cue(np.ones(80, np.int16), 8000)
        card.breaks, card.takes, card.refusal = False, True, 0
        _until(lambda: "back" in show.log, 6)
        assert not show.speaker.statistics()["lost"]
    _until(lambda: card.users == 0)


def test_it_lets_go_of_a_reply_that_waits_and_goes_on_with_it() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 5)
        show.say(np.arange(1, 8001, dtype=np.int16))
        time.sleep(0.2)
        show.playback.pause()
        time.sleep(0.2)
        card.stale = True
        _until(lambda: len(card.streams) == 2)
        show.playback.resume()
        _until(lambda: "done" in show.log)
    heard = np.concatenate([_heard(stream) for stream in card.streams])
    assert heard[heard > 0].tolist() == list(range(1, 8001))


def test_it_lets_go_when_asked_but_not_while_it_speaks() -> None:
    card = Card()
    with Show(card) as show:
        _until(lambda: bool(card.streams) and len(card.streams[0].taken) > 5)
        show.say(np.ones(8000, np.int16))
        card.stale = True
        time.sleep(0.2)
        assert len(card.streams) == 1
        _until(lambda: len(card.streams) == 2)
        assert show.log == ["first", "clause 0", "done"]


# ---- PortAudio itself, shared ------------------------------------------------------------------------


class Pretended:
    """The module pyaudio with nothing behind it."""

    class PyAudio:
        def terminate(self) -> None:
            pass


def test_others_are_only_asked_to_let_go_when_other_cards_are_plugged_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cards = tmp_path / "cards"
    monkeypatch.setattr(portaudio, "_CARDS", cards)
    monkeypatch.setattr(portaudio, "load", Pretended)
    library = portaudio.Library()
    library.ask_anew()
    first = library.acquire()
    library.ask_anew()
    assert not library.stale
    cards.write_text(" 1 [Device]: USB-Audio\n")
    second = library.acquire()
    library.ask_anew()
    assert library.stale
    library.release(first)
    assert library.stale  # the second still holds what was seen before
    library.release(second)
    with library.using():
        assert not library.stale
        library.ask_anew()
        assert not library.stale


def test_for_a_device_that_is_missing_they_are_asked_more_and_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    now, asked = [1000.0], []
    monkeypatch.setattr(portaudio, "load", Pretended)
    monkeypatch.setattr(portaudio.time, "monotonic", lambda: now[0])
    library = portaudio.Library()
    for _ in range(100):
        with library.using():
            library.ask_anew()
            if library.stale:
                asked.append(now[0] - 1000)
        now[0] += 5
    assert asked == [5, 10, 20, 40, 75, 140, 270]
    now[0] += 60  # it was there, and goes once more
    with library.using():
        library.ask_anew()
        now[0] += 3
        assert not library.stale
        library.ask_anew()
        assert library.stale
