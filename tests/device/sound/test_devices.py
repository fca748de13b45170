"""Devices by name, resampling and back-off: no sound system needed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from pipit.audio import Frame
from pipit.device.sound import Device, choose, portaudio
from pipit.device.sound.backoff import Backoff
from pipit.device.sound.convert import Resampler, to_device, to_int16, to_mono
from pipit.device.sound.devices import identity, listed
from pipit.device.sound.meter import Meter
from pipit.device.sound.portaudio import code, muted, reason
from pipit.errors import BadConfig

from .scripted import Card


def _device(name: str, identity: str = "", default: bool = False) -> Device:
    return Device(name, identity, 1, (), default)


DEVICES = (
    _device("bcm2835 Headphones (hw:0,0)"),
    _device("USB PnP Sound Device: Audio (hw:1,0)", "08bb:2902"),
    _device("USB Jabra: Audio (hw:2,0)", "0b0e:0412"),
    _device("default", default=True),
)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [("", 3), ("pnp", 1), ("JABRA", 2), ("0b0e:0412", 2), ("08BB:2902", 1), ("usb", 1), ("head", 0)],
)
def test_a_device_is_chosen_by_name_or_identity(wanted: str, index: int) -> None:
    assert choose(DEVICES, wanted) is DEVICES[index]


def test_a_whole_name_and_the_default_win() -> None:
    both = (_device("default mixer"), _device("default", default=False), _device("a default b", default=True))
    assert choose(both, "default") is both[1]
    assert choose(both, "def") is both[2]


@pytest.mark.parametrize("wanted", ["Jabba", "1", "0b0e:04", "jabra audio"])
def test_an_unknown_device_is_named_with_the_nearest(wanted: str) -> None:
    if wanted == "1":  # a number is part of a name like any other, never an index
        assert choose(DEVICES, wanted) is DEVICES[1]
        return
    with pytest.raises(BadConfig) as caught:
        choose(DEVICES, wanted)
    assert f"'{wanted}'" in str(caught.value)
    assert "there is '" in caught.value.hint


def test_no_device_at_all() -> None:
    with pytest.raises(BadConfig, match="no such device"):
        choose((), "")


def test_without_a_default_the_first_is_taken() -> None:
    assert choose(DEVICES[:2], "") is DEVICES[0]


def test_a_card_tells_its_usb_identity(tmp_path: Path) -> None:
    (tmp_path / "card1").mkdir()
    (tmp_path / "card1" / "usbid").write_text("0d8c:0014\n")
    assert identity("USB: Audio (hw:1,0)", tmp_path) == "0d8c:0014"
    assert identity("USB: Audio (hw:2,0)", tmp_path) == ""
    assert identity("default", tmp_path) == ""


def test_devices_are_listed_as_portaudio_knows_them() -> None:
    found = listed(Card(), "input")
    assert [(device.name, device.channels, device.default_rate, device.default) for device in found] == [
        ("Small: Card (hw:1,0)", 2, 48_000, False)
    ]
    assert listed(Card(channels=0), "output") == ()


@pytest.mark.parametrize(
    "rates", [(48_000, 16_000), (44_100, 16_000), (22_050, 48_000), (16_000, 48_000), (8_000, 16_000)]
)
def test_resampling_keeps_a_tone_and_its_place(rates: tuple[int, int]) -> None:
    from_, to = rates
    tone = (8000 * np.sin(2 * np.pi * 997 * np.arange(from_) / from_)).astype(np.float32)
    resampler = Resampler(from_, to)
    got = np.concatenate([resampler.feed(tone[i : i + 441]) for i in range(0, len(tone), 441)])
    assert 0 <= to - len(got) <= to * (resampler.delay + 1) / from_ + 1
    want = 8000 * np.sin(2 * np.pi * 997 * np.arange(len(got)) / to)
    off = (got - want)[200:]
    assert 10 * np.log10(np.mean(want**2) / np.mean(off**2)) > 80


def test_resampling_folds_nothing_back() -> None:
    tone = (8000 * np.sin(2 * np.pi * 10_000 * np.arange(48_000) / 48_000)).astype(np.float32)
    assert np.abs(Resampler(48_000, 16_000).feed(tone)[200:]).max() < 2


def test_resampling_does_not_depend_on_how_it_is_cut() -> None:
    noise = np.random.default_rng(3).normal(0, 3000, 20_000).astype(np.float32)
    whole, cut = Resampler(44_100, 16_000), Resampler(44_100, 16_000)
    want = whole.feed(noise)
    edges = np.cumsum(np.random.default_rng(4).integers(0, 700, 200))
    got = np.concatenate([cut.feed(part) for part in np.split(noise, edges[edges < len(noise)])])
    assert np.allclose(got, want[: len(got)], atol=0.01)
    assert len(got) == len(want)
    cut.reset()
    assert not cut.feed(np.zeros(1000, np.float32)).any()


def test_channels() -> None:
    stereo = np.array([100, 300, -32768, -32768], "<i2").tobytes()
    assert to_mono(stereo, 2).tolist() == [200, -32768]
    assert to_mono(stereo, 1).tolist() == [100, 300, -32768, -32768]
    assert np.frombuffer(to_device(np.array([1.4, 40_000], np.float32), 2), "<i2").tolist() == [1, 1, 32767, 32767]
    assert to_int16(np.array([-0.6, -40_000], np.float32)).tolist() == [-1, -32768]


def test_back_off_doubles_up_to_five_seconds() -> None:
    backoff = Backoff()
    assert [backoff.pause() for _ in range(7)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    backoff.reset()
    assert backoff.pause() == 0.2


def test_errors_are_told_in_words() -> None:
    busy = OSError(-9985, "Device unavailable")
    assert (code(busy), reason(busy)) == (-9985, "it is in use")
    strange = OSError("No Default Input Device Available")
    assert (code(strange), reason(strange)) == (0, "No Default Input Device Available")


def test_muting_ends_even_when_the_call_does_not(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portaudio, "_LONGEST_MUTE_S", 0.2)
    with muted:
        os.write(2, b"noise\n")
        with muted:
            os.write(2, b"noise\n")
        os.write(2, b"noise\n")
    os.write(2, b"heard\n")
    with muted:
        time.sleep(0.4)
        os.write(2, b"heard again\n")
    assert capfd.readouterr().err == "heard\nheard again\n"


def test_the_meter_holds_its_peak() -> None:
    meter = Meter()
    loud, quiet = np.full(320, 16_384, "<i2").tobytes(), bytes(640)
    meter.feed(Frame(0, loud))
    assert meter.peak == pytest.approx(-6.02, abs=0.1)
    for index in range(1, 76):
        meter.feed(Frame(index, quiet))
    assert meter.peak == pytest.approx(-6.02, abs=0.1)
    assert meter.level == -60
    assert "┃" in meter.picture().plain
    meter.feed(Frame(76, quiet))
    assert meter.peak == -60
