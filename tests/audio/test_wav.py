"""Recordings of every kind in, broken ones refused in one line, and files that appear only when whole."""

from __future__ import annotations

import os
import struct
import subprocess
import tracemalloc
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from pipit.audio import RATE, WavClip, WavWriter, write_wav
from pipit.errors import BadAudio, BadInput, Failure

ROOT = Path(__file__).parents[2]
RECORDINGS = Path(os.environ.get("PIPIT_RECORDINGS", ROOT.parent / "shared" / "recordings"))
SECONDS, HERTZ = 1.5, 440.0
WIDTHS = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"]
RATES = [8000, 11025, 16000, 22050, 44100, 48000, 96000]


def tone(rate: int, seconds: float = SECONDS, hertz: float = HERTZ) -> NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def loudest(samples: NDArray[np.int16]) -> float:
    """Return the strongest frequency in hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE / len(samples))


def check_tone(samples: NDArray[np.int16], peak: float = 0.5) -> None:
    assert samples.dtype == np.int16
    assert abs(len(samples) - SECONDS * RATE) <= 4
    assert abs(loudest(samples) - HERTZ) < 1.5
    assert abs(np.abs(samples[2000:-2000].astype(int)).max() / 32768 - peak) < 0.02


def refused(path: Path | str) -> BadAudio:
    with pytest.raises(BadAudio) as caught:
        WavClip(path).samples()
    line = str(caught.value)
    assert "\n" not in line
    assert " ".join(Path(path).name.split()) in line
    assert isinstance(caught.value, BadInput)
    return caught.value


# ---- every kind ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_width_and_number_of_channels(tmp_path: Path, width: str, channels: int) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.column_stack([tone(44100)] * channels), 44100, subtype=width)
    check_tone(WavClip(path).samples())


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_rate(tmp_path: Path, rate: int, channels: int) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.column_stack([tone(rate)] * channels), rate)
    clip = WavClip(path)
    assert (clip.rate, clip.channels) == (rate, channels)
    assert clip.seconds == pytest.approx(SECONDS, abs=0.001)
    check_tone(clip.samples())


def test_eight_bits_ninety_six_kilohertz_stereo(tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    soundfile.write(path, np.column_stack([tone(96000), tone(96000)]), 96000, subtype="PCM_U8")
    check_tone(WavClip(path).samples())


def test_what_is_already_right_is_kept_to_the_bit(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).integers(-32768, 32768, 50_000).astype(np.int16)
    write_wav(tmp_path / "noise.wav", samples, RATE)
    np.testing.assert_array_equal(WavClip(tmp_path / "noise.wav").samples(), samples)


def test_full_scale_stays_full_scale(tmp_path: Path) -> None:
    path = tmp_path / "loud.wav"
    soundfile.write(path, np.array([1.0, -1.0, 1.5, -1.5]), RATE, subtype="FLOAT")
    assert WavClip(path).samples().tolist() == [32767, -32768, 32767, -32768]


def test_channels_are_averaged(tmp_path: Path) -> None:
    path = tmp_path / "left.wav"
    soundfile.write(path, np.column_stack([tone(16000), np.zeros(24000)]), 16000)
    check_tone(WavClip(path).samples(), peak=0.25)


def test_no_echo_of_what_lies_above_what_sixteen_kilohertz_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "high.wav"
    soundfile.write(path, tone(48000, hertz=11_000.0), 48000)
    assert np.abs(WavClip(path).samples()[1000:-1000]).max() < 40


def test_blocks_and_samples_are_the_same_and_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(22050), 22050)
    clip = WavClip(path)
    first = np.concatenate(list(clip.blocks()))
    assert len(first)
    np.testing.assert_array_equal(clip.samples(), first)


@pytest.mark.parametrize("rate", [8000, 16000])
def test_numbers_that_are_no_sound_do_no_harm_around_them(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "nan.wav"
    signal = tone(rate).astype(np.float32)
    bad = rate // 2
    signal[bad : bad + 5] = [np.nan, np.inf, -np.inf, 3e38, -3e38]
    soundfile.write(path, np.column_stack([signal, signal]), rate, subtype="FLOAT")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        samples = WavClip(path).samples()
    assert abs(len(samples) - SECONDS * RATE) <= 4
    assert abs(loudest(samples) - HERTZ) < 1.5
    far = np.concatenate([samples[1000:7000], samples[9000:-1000]])
    assert np.abs(far.astype(int)).max() < 0.52 * 32768


def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    seconds, rate = 3600, 8000
    size = seconds * rate
    header = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt "
    header += struct.pack("<IHHIIHH", 16, 1, 1, rate, rate, 1, 8) + b"data" + struct.pack("<I", size)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + size)  # sparse: takes no disk
    tracemalloc.start()
    total = sum(len(block) for block in WavClip(path).blocks())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert abs(total - seconds * RATE) <= 4
    assert peak < 8_000_000, f"{peak} bytes for an hour"


# ---- broken ones -----------------------------------------------------------------------------------------


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    path = tmp_path / "good.wav"
    soundfile.write(path, tone(16000), 16000)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.wav", b"", "is empty"),
        ("letter.wav", b"Dear all,\nthis is a letter.\n" * 40, "is not a recording"),
        ("noise.wav", bytes(range(256)) * 40, "is not a recording"),
        ("two\nlines.wav", b"nothing", "is not a recording"),
    ],
)
def test_what_is_no_recording(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert says in str(refused(path))


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert "no such file" in str(refused(tmp_path / "missing.wav"))
    assert "is a folder" in str(refused(tmp_path))
    assert "no such file" in str(refused("a\0b.wav"))
    assert "too long" in str(refused(tmp_path / ("x" * 300 + ".wav"))).lower()


@pytest.mark.parametrize("length", [4, 12, 20, 36, 43, 44, 45])
def test_a_download_cut_within_the_header(tmp_path: Path, good: bytes, length: int) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(good[:length])
    assert refused(path).code in ("audio-unreadable", "audio-empty")


@pytest.mark.parametrize("length", [46, 47, 1000, 20_001])
def test_a_download_cut_within_the_sound_gives_the_sound_there_is(tmp_path: Path, good: bytes, length: int) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(good[:length])
    whole = np.frombuffer(good[44 : 44 + (length - 44) // 2 * 2], "<i2")
    np.testing.assert_array_equal(WavClip(path).samples(), whole)


@pytest.mark.parametrize(
    ("offset", "lie"),
    [
        (22, b"\x00\x00"),  # no channel
        (22, b"\xff\xff"),  # 65535 channels
        (24, b"\x00\x00\x00\x00"),  # 0 Hz
        (24, b"\x01\x00\x00\x00"),  # 1 Hz
        (24, b"\xff\xff\xff\xff"),  # 4 GHz
        (34, b"\x00\x00"),  # no bits
        (20, b"\x55\x00"),  # says it is MP3
        (40, b"\x00\x00\x00\x00"),  # no data
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, good: bytes, offset: int, lie: bytes) -> None:
    path = tmp_path / "lie.wav"
    path.write_bytes(good[:offset] + lie + good[offset + len(lie) :])
    refused(path)


@pytest.mark.parametrize(
    ("channels", "rate", "accepted"),
    [(32, 8000, True), (33, 8000, False), (1, 4000, True), (1, 3999, False), (1, 384_000, True), (1, 384_001, False)],
)
def test_the_bounds_of_what_is_taken(tmp_path: Path, channels: int, rate: int, accepted: bool) -> None:
    path = tmp_path / "bounds.wav"
    soundfile.write(path, np.zeros((rate, channels)), rate)
    if accepted:
        assert abs(len(WavClip(path).samples()) - RATE) <= 4
    else:
        assert "use " in str(refused(path))


@pytest.mark.parametrize(("offset", "lie"), [(4, b"\xff" * 4), (4, b"\x00" * 4), (40, b"\xff" * 4)])
def test_a_wrong_length_in_the_header_is_forgiven(tmp_path: Path, good: bytes, offset: int, lie: bytes) -> None:
    path = tmp_path / "stream.wav"
    path.write_bytes(good[:offset] + lie + good[offset + len(lie) :])
    check_tone(WavClip(path).samples())


def test_any_byte_of_the_header_may_be_wrong(tmp_path: Path, good: bytes) -> None:
    path = tmp_path / "fuzz.wav"
    kept = 0
    for offset in range(44):
        for value in (0x00, 0x01, 0x7F, 0x80, 0xFF):
            path.write_bytes(good[:offset] + bytes([value]) + good[offset + 1 : 3000])
            try:
                samples = WavClip(path).samples()
            except BadAudio:
                continue
            kept += 1
            assert samples.dtype == np.int16
            assert len(samples) < 20 * RATE
    assert 0 < kept < 44 * 5


def hostile() -> Iterator[Path]:
    yield from sorted(RECORDINGS.glob("hostile_*.wav"))


@pytest.mark.skipif(not list(hostile()), reason=f"no recordings in {RECORDINGS} (set PIPIT_RECORDINGS)")
def test_the_hostile_recordings() -> None:
    for path in hostile():
        refused(path)


# ---- out -------------------------------------------------------------------------------------------------


def test_the_name_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "reply.wav"
    writer = WavWriter(path, 22050)
    writer.write(np.arange(1000, dtype=np.int16))
    writer.write(np.arange(500, dtype=np.int16))
    assert not path.exists()
    writer.close()
    writer.close()
    assert [file.name for file in path.parent.iterdir()] == ["reply.wav"]
    assert writer.samples == 1500
    data, rate = soundfile.read(path, dtype="int16")
    assert (rate, len(data), data[999], data[1499]) == (22050, 1500, 999, 499)


def test_what_was_there_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    write_wav(path, np.zeros(10, np.int16), RATE)
    old = path.read_bytes()
    writer = WavWriter(path, RATE)
    writer.write(np.ones(1000, np.int16))
    assert path.read_bytes() == old
    writer.close()
    assert len(path.read_bytes()) == 44 + 2000


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Failure, match=r"out\.wav: .*choose a folder"):
        WavWriter(tmp_path / "file" / "out.wav", RATE)


def test_a_name_that_is_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken.wav").mkdir()
    with pytest.raises(Failure, match=r"taken\.wav: "):
        write_wav(tmp_path / "taken.wav", np.zeros(10, np.int16), RATE)
    assert [file.name for file in tmp_path.iterdir()] == ["taken.wav"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("samples", [10, 200_000])
def test_a_full_disk_is_one_clear_line(tmp_path: Path, samples: int) -> None:
    path = tmp_path / "out.wav"
    (tmp_path / "out.wav.part").symlink_to("/dev/full")  # the first thing that it opens
    with pytest.raises(Failure) as caught:
        write_wav(path, np.zeros(samples, np.int16), RATE)
    assert "out.wav: No space left on device: make room" in str(caught.value)
    assert caught.value.code == "audio-write"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_fills_up_half_way(tiny_disk: Path) -> None:
    with pytest.raises(Failure, match="No space left on device"):
        write_wav(tiny_disk / "out.wav", np.zeros(80_000, np.int16), RATE)
    assert list(tiny_disk.iterdir()) == []
    write_wav(tiny_disk / "short.wav", np.zeros(8000, np.int16), RATE)  # there is room again
    assert len(WavClip(tiny_disk / "short.wav").samples()) == 8000


def test_a_disk_that_may_only_be_read(tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", tiny_disk], check=True)
    with pytest.raises(Failure, match="Read-only file system: choose a folder that can be written"):
        WavWriter(tiny_disk / "out.wav", RATE)
