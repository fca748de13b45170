"""Speech in noise: as loud as was asked for, and the same every time."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from pipit.audio import RATE, write_wav
from pipit.device.eval.mixing import FRAME, Noise, loudest, mix, read_noise, snrs
from pipit.errors import BadInput

RANDOM = np.random.default_rng(3)


def burst(seconds: float, level: float) -> np.ndarray:
    """Return noise that comes and goes, as speech does."""
    length = round(seconds * RATE)
    swell = 0.2 + np.sin(np.arange(length) * 3 / RATE) ** 2
    return np.rint(RANDOM.normal(size=length) * swell * level).astype(np.int16)


@pytest.mark.parametrize("snr_db", [-6.0, 0.0, 6.0, 12.0, 24.0])
@pytest.mark.parametrize("levels", [(3000, 200), (100, 6000)])
def test_the_mix_is_as_far_from_the_noise_as_was_asked_for(snr_db: float, levels: tuple[int, int]) -> None:
    speech, noise = burst(2.5, levels[0]), burst(2.5, levels[1])
    mixed = mix(speech, noise, snr_db).astype(float)
    # how much of each is in the mix, found from the sound alone
    parts = np.stack([speech, noise], axis=1).astype(float)
    (voice, room), *_ = np.linalg.lstsq(parts, mixed, rcond=None)
    measured = 10 * math.log10(loudest(voice * speech) / loudest(room * noise))
    assert measured == pytest.approx(snr_db, abs=0.1)
    assert np.abs(mixed).max() == pytest.approx(16_384, abs=1)


def test_energy_is_that_of_the_loudest_frame() -> None:
    signal = np.zeros(3 * FRAME)
    signal[FRAME : FRAME + 10] = 2.0
    assert loudest(signal) == 40.0
    assert loudest(signal[: FRAME + 5]) == 20.0, "a last frame that is not whole counts"


def test_silence_stays_silent() -> None:
    silence, noise = np.zeros(4000, np.int16), burst(0.25, 500)
    assert not mix(silence, noise, 6.0).any()
    assert (mix(noise, silence, 6.0) != 0).any()


def test_a_stretch_of_noise_is_the_same_every_time_and_another_for_each_recording() -> None:
    noise = Noise("kitchen.wav", np.arange(30_000, dtype=np.int16), 7)
    first = noise.stretch("a.wav", 100)
    assert len(first) == 100
    assert np.array_equal(first, noise.stretch("a.wav", 100))
    starts = {int(noise.stretch(f"{n}.wav", 100)[0]) for n in range(50)}
    assert len(starts) > 40
    assert np.array_equal(noise.stretch("a.wav", 30_000), noise.samples)


def test_too_little_noise_and_none_at_all_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"kitchen.wav lasts 0.5 s, a.wav needs 1.0 s of it"):
        Noise("kitchen.wav", np.ones(8_000, np.int16), 7).stretch("a.wav", 16_000)
    write_wav(tmp_path / "quiet.wav", np.zeros(100, np.int16), RATE)
    with pytest.raises(BadInput, match="is silent"):
        read_noise(tmp_path / "quiet.wav", 7)


def test_levels() -> None:
    assert snrs("6, 12,24,6") == (6.0, 12.0, 24.0)
    assert snrs("-3.5") == (-3.5,)


@pytest.mark.parametrize("text", ["", "loud", "6,,12", "nan", "inf", "500", "6;12"])
def test_what_is_no_level(text: str) -> None:
    with pytest.raises(BadInput, match="no list of decibels"):
        snrs(text)
