"""Frames, the clock that counts them, and who tells speech from silence."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from pipit.audio import FRAME_BYTES, FRAME_SAMPLES, RATE, AudioClock, Frame, ScriptedActivity, VoiceActivity
from pipit.audio.frames import SILENCE, frames_for
from pipit.audio.vad import WebRtcActivity
from pipit.errors import BadConfig


def test_a_frame_is_twenty_milliseconds() -> None:
    assert (FRAME_SAMPLES, FRAME_BYTES, len(SILENCE)) == (320, 640, 640)
    frame = Frame(50, SILENCE)
    assert (frame.start, frame.end) == (RATE, RATE + 320)


@pytest.mark.parametrize(("milliseconds", "frames"), [(0, 1), (1, 1), (20, 1), (21, 2), (300, 15), (301, 16)])
def test_whole_frames_cover_a_time(milliseconds: int, frames: int) -> None:
    assert frames_for(milliseconds) == frames


def test_the_clock_counts_samples_and_places_instants_between_them() -> None:
    clock = AudioClock()
    clock.tick(RATE)
    stamps = [clock.stamp() for _ in range(100)]
    assert clock.samples == RATE
    assert stamps == sorted(stamps)
    assert 1.0 <= stamps[0] < 1.5
    clock.tick(100 * RATE)
    assert 100.0 <= clock.stamp() < 100.5


def test_a_reader_never_sees_half_a_tick() -> None:
    clock, stop = AudioClock(), threading.Event()
    broken: list[float] = []

    def read() -> None:
        last = 0.0
        while not stop.is_set():
            now = clock.stamp()
            if now < last - 0.001:
                broken.append(now)
            last = now

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(20_000):
        clock.tick(n * RATE)  # audio runs far ahead of the wall, so half a tick would be a step back
    stop.set()
    reader.join(10)
    assert broken == []


def test_a_script_answers_and_then_is_silent() -> None:
    activity: VoiceActivity = ScriptedActivity([True, False, True])
    assert [activity.is_speech(Frame(n, SILENCE)) for n in range(5)] == [True, False, True, False, False]


@pytest.mark.parametrize("level", [-1, 4])
def test_an_aggressiveness_that_is_none(level: int) -> None:
    with pytest.raises(BadConfig, match="use 0, 1, 2 or 3"):
        WebRtcActivity(level)


def test_webrtc_hears_no_speech_in_silence_and_some_in_a_vowel() -> None:
    activity = WebRtcActivity(2)
    assert not any(activity.is_speech(Frame(n, SILENCE)) for n in range(100))
    time = np.arange(RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 25)) * (1 + 0.5 * np.sin(2 * np.pi * 4 * time))
    pcm = np.asarray(buzz * 6000, np.int16)
    frames = [Frame(n, pcm[n * 320 : (n + 1) * 320].tobytes()) for n in range(50)]
    assert sum(activity.is_speech(frame) for frame in frames) > 25
