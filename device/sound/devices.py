"""Which microphones and speakers there are, and which one is meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pipit.device.sound import portaudio
from pipit.device.sound.portaudio import library
from pipit.errors import BadConfig, DeviceLost

Direction = Literal["input", "output"]

USUAL_RATES = (16_000, 22_050, 32_000, 44_100, 48_000)
_ASOUND = Path("/proc/asound")


@dataclass(frozen=True, slots=True)
class Device:
    """One thing that records or plays; one that does both is listed twice."""

    name: str
    identity: str
    """USB vendor:product, such as 0d8c:0014; empty where it has none."""
    channels: int
    rates: tuple[int, ...]
    """Of the usual rates (Hz) those that work; empty when nobody asked."""
    default: bool
    default_rate: int = 0
    """What it runs at by itself, in Hz."""
    index: int = field(default=-1, compare=False, repr=False)
    """PortAudio's number, good until PortAudio is initialised again."""


def inputs() -> tuple[Device, ...]:
    """List what can record, with the rates that work; empty where there is nothing. May raise ``DeviceLost``."""
    with library.using() as manager:
        return listed(manager, "input", probe=True)


def outputs() -> tuple[Device, ...]:
    """List what can play, likewise."""
    with library.using() as manager:
        return listed(manager, "output", probe=True)


def available() -> tuple[bool, bool]:
    """Return whether there is a microphone, and whether there is a speaker; never raises."""
    try:
        with library.using() as manager:
            return bool(listed(manager, "input")), bool(listed(manager, "output"))
    except (DeviceLost, OSError):
        return False, False


def listed(manager: Any, direction: Direction, *, probe: bool = False) -> tuple[Device, ...]:
    """List the devices that an initialised PyAudio knows; probing opens every one at every rate."""
    default = _default(manager, direction)
    found = []
    for index in range(manager.get_device_count()):
        info = manager.get_device_info_by_index(index)
        channels = int(info["maxInputChannels" if direction == "input" else "maxOutputChannels"])
        if channels < 1:
            continue
        rates = _rates(manager, direction, index, channels) if probe else ()
        name = _text(info["name"])
        found.append(
            Device(name, identity(name), channels, rates, index == default, int(info["defaultSampleRate"]), index)
        )
    return tuple(found)


def choose(devices: Sequence[Device], wanted: str) -> Device:
    """Return the device that is meant by part of its name or its identity; by nothing, the default one.

    Raises ``BadConfig`` with the nearest names when none fits, and when there is none at all.
    """
    if not devices:
        raise BadConfig("sound-none", "there is no such device", "plug one in")
    if not wanted:
        return next((device for device in devices if device.default), devices[0])
    part = wanted.casefold().strip()
    fits = [d for d in devices if part in d.name.casefold() or (d.identity and part == d.identity.casefold())]
    if not fits:
        raise BadConfig("sound-unknown", f"no device is called '{wanted}'", f"there is {_nearest(devices, part)}")
    return min(fits, key=lambda d: (d.name.casefold() != part, not d.default))


def identity(name: str, asound: Path = _ASOUND) -> str:
    """Return the USB vendor:product of the card that ALSA names in ``name`` (hw:N); empty when there is none."""
    card = re.search(r"\bhw:(\d+)", name)
    if card is None:
        return ""
    try:
        return (asound / f"card{card[1]}" / "usbid").read_text("ascii", "replace").strip()
    except OSError:
        return ""


def _nearest(devices: Sequence[Device], part: str) -> str:
    names = {device.name.casefold(): device.name for device in devices}
    near = difflib.get_close_matches(part, names, n=3, cutoff=0.3) or sorted(names)[:3]
    return ", ".join(f"'{names[name]}'" for name in near)


def _default(manager: Any, direction: Direction) -> int:
    ask = manager.get_default_input_device_info if direction == "input" else manager.get_default_output_device_info
    try:
        return int(ask()["index"])
    except OSError:
        return -1


def _rates(manager: Any, direction: Direction, index: int, channels: int) -> tuple[int, ...]:
    counts = dict.fromkeys((1, min(channels, 2), channels))
    with portaudio.muted:
        return tuple(
            rate for rate in USUAL_RATES if any(_works(manager, direction, index, rate, count) for count in counts)
        )


def _works(manager: Any, direction: Direction, index: int, rate: int, channels: int) -> bool:
    form = portaudio.INT16
    if direction == "input":
        asked = {"input_device": index, "input_channels": channels, "input_format": form}
    else:
        asked = {"output_device": index, "output_channels": channels, "output_format": form}
    try:
        return bool(manager.is_format_supported(rate, **asked))
    except (ValueError, OSError):
        return False


def _text(name: str | bytes) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name
