"""Real PortAudio on virtual devices: nothing lost, nothing added, and what happens when they go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soxr

from pipit.audio import WavClip

from .conftest import Server, run_child

RECORDING = Path(__file__).resolve().parents[2] / "recordings" / "tell_me_a_joke.wav"


def _aligned(heard: np.ndarray, said: np.ndarray) -> tuple[int, float]:
    """Return where ``said`` starts within ``heard``, and the correlation there."""
    size = len(heard) + len(said)
    product = np.fft.rfft(heard.astype(float), size) * np.conj(np.fft.rfft(said.astype(float), size))
    at = int(np.argmax(np.fft.irfft(product, size)[: max(1, len(heard) - len(said) + 1)]))
    return at, float(np.corrcoef(heard[at : at + len(said)], said)[0, 1])


def _gap(heard: np.ndarray, said: np.ndarray, block: int = 1600) -> float:
    """Return the worst correlation of any tenth of a second that is loud.

    Without the highest tones: after two resamplers a hiss may lie half a sample beside itself.
    """
    smooth = np.ones(8) / 8
    heard, said = np.convolve(heard, smooth), np.convolve(said, smooth)
    pairs = [(heard[i : i + block], said[i : i + block]) for i in range(0, len(said) - block, block)]
    return min(float(np.corrcoef(a, b)[0, 1]) for a, b in pairs if b.std() > 100)


@pytest.mark.parametrize(("device", "formats"), [("mic", []), ("wide", [(48_000, 2)]), ("cd", [(44_100, 2)])])
def test_a_recording_is_heard_whole_and_in_order(
    pulse: Server, tmp_path: Path, device: str, formats: list[tuple[int, int]]
) -> None:
    said = WavClip(RECORDING).samples()
    frames = len(said) // 320 + 25
    options = {"device": device, "wav": str(RECORDING), "frames": frames, "out": str(tmp_path / "heard.npy")}
    result = pulse.child("record", **options, formats=formats)
    heard = np.load(tmp_path / "heard.npy")
    at, likeness = _aligned(heard, said)
    assert likeness > 0.99
    assert _gap(heard[at:], said) > 0.98
    assert result["indices"] == list(range(frames))
    assert (result["overflows"], result["losses"], result["ended"]) == (0, 0, True)
    assert (result["rate"], result["channels"]) == (formats or [(16_000, 1)])[0]


@pytest.mark.parametrize(
    ("rate", "device", "formats"),
    [(16_000, "speaker", []), (22_050, "wide", [(48_000, 2)]), (22_050, "cd", [(44_100, 2)])],
)
def test_what_was_pulled_is_heard(
    pulse: Server, tmp_path: Path, rate: int, device: str, formats: list[tuple[int, int]]
) -> None:
    said = soxr.resample(WavClip(RECORDING).samples(), 16_000, rate)
    said = said[:rate]
    np.save(tmp_path / "said.npy", said)
    with pulse.recording(device, rate) as kept:
        result = pulse.child("play", rate=rate, device=device, formats=formats, samples=str(tmp_path / "said.npy"))
    at, likeness = _aligned(kept[0], said)
    assert likeness > 0.99
    assert _gap(kept[0][at:], said, rate // 10) > 0.98
    assert result["log"] == ["first", "clause 0", "clause 1", "clause 2", "done"]
    assert result["ended"]
    assert result["closed_s"] < 1
    if device == "speaker":
        assert np.array_equal(kept[0][at : at + len(said)], said)


def test_silence_within_one_period(pulse: Server) -> None:
    result = pulse.child("flush", device="speaker", times=4)
    print(result["runs"])
    assert result["flushes"] == 4
    assert all(run["samples"] <= 160 for run in result["runs"])  # one period at 16 kHz
    # two periods of slack for a machine that does other things too
    assert np.median([run["silence_ms"] for run in result["runs"]]) <= 12
    # what the server holds, and the tap that listens to it, come on top
    assert np.median([run["audible_ms"] for run in result["runs"]]) <= 100


def test_volume_and_cue(pulse: Server, tmp_path: Path) -> None:
    tone = (8000 * np.sin(np.arange(3200) * 2 * np.pi * 500 / 16_000)).astype(np.int16)
    np.save(tmp_path / "tone.npy", tone)
    with pulse.recording("speaker", 16_000) as kept:
        options = {"device": "speaker", "samples": str(tmp_path / "tone.npy"), "settings": {"volume": 0.5}}
        result = pulse.child("cue", **options)
    assert _aligned(kept[0], tone)[1] > 0.99
    assert np.abs(kept[0]).max() == pytest.approx(4000, abs=2)
    assert np.count_nonzero(np.abs(kept[0]) > 10) <= len(tone)
    assert result["taken"]
    assert result["refused"]


def test_a_microphone_that_goes_ten_times_comes_back_ten_times(lonely: Server) -> None:
    result = lonely.child("unplug", times=10, timeout=50)
    assert result["losses"] == 10
    assert result["indices"] == sorted(set(result["indices"]))
    assert all("\n" not in error and "microphone" in error for error in result["errors"])
    assert result["held"][9] == result["held"][1]  # neither descriptors nor threads


def _within(piece: np.ndarray, said: np.ndarray) -> int:
    """Return the sample of ``said`` at which a piece of it was cut out."""
    at, likeness = _aligned(said, piece)
    assert likeness > 0.99
    return at


def test_a_reply_waits_for_a_speaker_that_went_and_is_heard_whole(lonely: Server, tmp_path: Path) -> None:
    said = np.random.default_rng(3).normal(0, 3000, 24_000).astype(np.int16)
    np.save(tmp_path / "said.npy", said)
    result = lonely.child("unplug_speaker", times=3, samples=str(tmp_path / "said.npy"), out=str(tmp_path / "heard"))
    assert result["losses"] == result["log"].count("done") == result["log"].count("back") == 3
    for n in range(3):
        before, after = (np.fromfile(tmp_path / f"heard-{n}-{when}.raw", "<i2") for when in ("before", "after"))
        before, after = (np.trim_zeros(part) for part in (before, after))
        went, came = _within(before[-800:], said) + 800, _within(after[:800], said)
        assert went - 2400 < came <= went  # nothing is missing; at most 150 ms are said twice
        assert _aligned(after, said[came + 1 : -1])[1] > 0.99
    assert result["held"][2] == result["held"][1]


def test_a_reply_ends_without_a_speaker_that_does_not_come_back(lonely: Server) -> None:
    result = lonely.child("unplug_for_good", hold_s=0.5)
    assert result["log"].count("done") == 1
    assert 1.2 < result["took"] < 4


def test_a_frozen_server_holds_up_nothing(lonely: Server) -> None:
    result = lonely.child("freeze", hold_s=0)
    assert result["noticed_s"] < 1.5
    assert "no sound" in result["errors"][0]
    assert "does not answer" in result["errors"][1]
    assert result["said_s"] < 4
    assert result["mic_closed_s"] < 1
    assert result["closed_s"] < 1.2
    assert result["none"]
    assert result["ended"]


def test_a_server_that_thaws_is_used_again(lonely: Server) -> None:
    result = lonely.child("thaw")
    assert result["again"] > result["first"] + 100  # two seconds went by
    assert "back" in result["log"]


def test_close_ends_a_read_that_waits(pulse: Server) -> None:
    result = pulse.child("close_waiting")
    assert max(result["took"]) < 0.3
    assert result["threads"] == ["MainThread"]


def test_no_device(nothing: dict[str, str]) -> None:
    result = run_child("absent", nothing, 20, {})
    assert result["available"] == [False, False]
    assert all(error.startswith("microphone: ") and "\n" not in error for error in result["errors"])
    assert result["times"][1] > 0.2
    assert result["times"][3] > 0.8
    assert result["log"][0].startswith("lost: speaker")
    assert result["log"].count("done") == 1
    assert result["none"]


def test_devices_are_listed_with_what_works(pulse: Server, tmp_path: Path) -> None:
    result = pulse.child("devices", settings={"microphone": "WIDE_I", "speaker": "nosuch"})
    assert {row["name"] for row in result["inputs"]} >= {"mic_in", "wide_in", "default"}
    assert next(row for row in result["inputs"] if row["name"] == "wide_in")["rates"]
    assert result["input"]["chosen"] == "wide_in"
    assert "no device is called 'nosuch'" in result["output"]["problem"]
    pulse.child("show", out=str(tmp_path / "out.txt"))
    assert "dB, peak" in (tmp_path / "out.txt").read_text("utf-8")
