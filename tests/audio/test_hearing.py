"""The detector and the endpointer over recordings: facts that anybody with ears would agree on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipit.audio import FRAME_SAMPLES, RATE, Endpointer, EndpointSettings, Frame, Mark, MarkKind, WavClip
from pipit.audio.vad import AboveFloor, ScriptedActivity, WebRtcActivity

ROOT = Path(__file__).parents[2]
OURS = sorted([*ROOT.glob("tests/recordings/*.wav"), *ROOT.glob("device/demo/*.wav")])
RECORDINGS = Path(os.environ.get("PIPIT_RECORDINGS", ROOT.parent / "shared" / "recordings"))
PEOPLE = ["vosk_test", "turn_on_living_room_lamp", "cards_001", "cards_002", "cards_003", "go_forward"]
PEOPLE += ["librivox_0880", "librivox_0930"]

Pcm = NDArray[np.int16]


def frames(samples: Pcm) -> Iterator[Frame]:
    for n in range(len(samples) // FRAME_SAMPLES):
        yield Frame(n, samples[n * FRAME_SAMPLES : (n + 1) * FRAME_SAMPLES].tobytes())


def heard(samples: Pcm) -> list[Mark]:
    """Listen as the assistant does; two seconds of a quiet room follow."""
    room = np.random.default_rng(0).normal(0, 12, 2 * RATE).astype(np.int16)
    activity, endpointer = AboveFloor(WebRtcActivity(2)), Endpointer(EndpointSettings())
    marks = (endpointer.feed(activity.is_speech(frame)) for frame in frames(np.concatenate([samples, room])))
    return [mark for mark in marks if mark is not None]


def noise(seconds: float, level: float) -> Pcm:
    return np.random.default_rng(1).normal(0, level, round(seconds * RATE)).astype(np.int16)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_our_recordings_have_the_bounds_they_were_made_with(path: Path) -> None:
    samples = WavClip(path).samples()
    marks = heard(samples)
    kinds = [mark.kind for mark in marks]
    parts = 2 if "pause" in path.stem else 1
    assert kinds == [MarkKind.STARTED, MarkKind.ENDED] * parts + [MarkKind.SETTLED]
    # 0.35 s of room before and 0.8 s after the words
    assert 0.3 * RATE <= marks[0].start <= 0.65 * RATE
    assert abs(len(samples) - 0.8 * RATE - marks[-1].end) < 0.2 * RATE


def test_there_are_recordings_of_our_own() -> None:
    assert len(OURS) >= 9


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_heard_and_come_to_an_end(name: str) -> None:
    path = RECORDINGS / f"{name}.wav"
    if not path.exists():
        pytest.skip(f"no {path.name} in {RECORDINGS} (set PIPIT_RECORDINGS)")
    samples = WavClip(path).samples()
    marks = heard(samples)
    ended = [mark for mark in marks if mark.kind is MarkKind.ENDED]
    assert ended
    assert marks[-1].kind is MarkKind.SETTLED
    assert sum(mark.end - mark.start for mark in ended) > 0.35 * len(samples)
    assert ended[-1].end <= len(samples) + 0.1 * RATE


@pytest.mark.parametrize("level", [0, 3, 30])
def test_a_quiet_room_is_no_speech(level: float) -> None:
    assert heard(noise(20, level)) == []


@pytest.mark.parametrize("level", [100, 300, 1000])
def test_steady_noise_however_loud_ends_by_itself(level: float) -> None:
    always = AboveFloor(ScriptedActivity([True] * 10_000))
    answers = [always.is_speech(frame) for frame in frames(noise(30, level))]
    assert not any(answers[-250:])


def test_a_voice_over_a_fan_is_heard() -> None:
    activity = AboveFloor(ScriptedActivity([True] * 10_000))
    fan = noise(10, 200)
    for frame in frames(fan):
        activity.is_speech(frame)
    voice = np.asarray(4000 * np.sin(np.arange(RATE) * 0.1), np.int16) + noise(1, 200)
    assert all(activity.is_speech(frame) for frame in frames(voice))
    after = [activity.is_speech(frame) for frame in frames(noise(2, 200))]
    assert not any(after)


def test_no_sound_at_all_is_never_speech() -> None:
    activity = AboveFloor(ScriptedActivity([True] * 200))
    assert not any(activity.is_speech(frame) for frame in frames(np.zeros(4 * RATE, np.int16)))
