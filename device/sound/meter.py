"""``pipit devices``: what can record and play, and a bar of what the microphone hears right now."""

from __future__ import annotations

import time
from dataclasses import asdict
from math import log10, sqrt
from typing import Any

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from pipit.audio import FRAME_MS, Frame
from pipit.device.settings import Sound
from pipit.device.sound.devices import Device, Direction, choose, inputs, outputs
from pipit.device.sound.microphone import LiveMicrophone
from pipit.errors import BadConfig, DeviceLost

_FLOOR_DB = -60.0
_WIDTH = 48
_HOLD_FRAMES = 1500 // FRAME_MS
_FRAMES_A_PICTURE = 4
_LOUD_DB, _QUIET_DB = -6.0, -40.0


class Meter:
    """Level and held peak in dB of full scale; the peak is kept for 1.5 s."""

    def __init__(self) -> None:
        self.level = self.peak = _FLOOR_DB
        self._age = 0

    def feed(self, frame: Frame) -> None:
        """Take the next 20 ms."""
        signal = np.frombuffer(frame.pcm, "<i2").astype(np.float32)
        self.level = _decibels(sqrt(float(signal @ signal) / len(signal)))
        top = _decibels(float(np.abs(signal).max()))
        self._age += 1
        if top >= self.peak or self._age > _HOLD_FRAMES:
            self.peak, self._age = top, 0

    def picture(self) -> Text:
        """Draw a bar from -60 to 0 dB."""
        full, top = _place(self.level), min(_place(self.peak), _WIDTH - 1)
        bar = ["█" if at < full else "·" for at in range(_WIDTH)]
        bar[top] = "┃"
        style = "red" if self.peak > _LOUD_DB else "yellow" if self.peak < _QUIET_DB else "green"
        return Text.assemble(("".join(bar), style), f" {self.level:4.0f} dB, peak {self.peak:4.0f} dB")


def devices_as_json(settings: Sound) -> dict[str, Any]:
    """Return both lists, and which device the settings mean; raises ``DeviceLost`` where there is no PortAudio."""
    chosen: dict[str, Any] = {}
    for direction, wanted, found in _both(settings):
        rows = [{key: value for key, value in asdict(device).items() if key != "index"} for device in found]
        name, problem = _meant(found, wanted)
        chosen[f"{direction}s"] = rows
        chosen[direction] = {"wanted": wanted, "chosen": name, "problem": problem}
    return chosen


def show_devices(console: Console, settings: Sound, seconds: float | None = None) -> None:
    """Print both lists, then the level of the microphone for so many seconds, or until Ctrl-C (None)."""
    works = False
    for direction, wanted, found in _both(settings):
        name, problem = _meant(found, wanted)
        console.print(_table(direction, found, name))
        if problem:
            console.print(Text(f"{_title(direction)}: {problem}", "red"))
        works = works or (direction == "input" and bool(name))
    if works and (seconds is None or seconds > 0):
        microphone = LiveMicrophone(settings)
        try:
            _watch(console, microphone, seconds)
        except KeyboardInterrupt:
            pass
        finally:
            microphone.close()


def _watch(console: Console, microphone: LiveMicrophone, seconds: float | None) -> None:
    meter, ends = Meter(), None if seconds is None else time.monotonic() + seconds
    with Live(meter.picture(), console=console, transient=True, auto_refresh=False) as live:
        while ends is None or time.monotonic() < ends:
            try:
                frame = microphone.read()
            except DeviceLost as error:
                live.update(Text(str(error), "red"), refresh=True)
                continue
            if frame is None:
                return
            meter.feed(frame)
            if frame.index % _FRAMES_A_PICTURE == 0:
                live.update(_with_advice(meter), refresh=True)
    console.print(meter.picture())


def _with_advice(meter: Meter) -> RenderableType:
    if meter.peak > _LOUD_DB:
        return Group(meter.picture(), Text("too loud: turn the microphone down", "red"))
    if meter.peak < _QUIET_DB:
        return Group(meter.picture(), Text("quiet: speak, or turn the microphone up ('alsamixer', F4)", "yellow"))
    return meter.picture()


def _both(settings: Sound) -> tuple[tuple[Direction, str, tuple[Device, ...]], ...]:
    return ("input", settings.microphone, inputs()), ("output", settings.speaker, outputs())


def _meant(found: tuple[Device, ...], wanted: str) -> tuple[str, str]:
    try:
        return choose(found, wanted).name, ""
    except BadConfig as error:
        return "", str(error)


def _title(direction: Direction) -> str:
    return "microphone" if direction == "input" else "speaker"


def _table(direction: Direction, found: tuple[Device, ...], chosen: str) -> Table:
    table = Table(title=f"{_title(direction)}s", title_justify="left", box=None, header_style="dim")
    for heading in ("", "name", "USB", "channels", "rates (kHz)"):
        table.add_column(heading)
    for device in found:
        rates = ", ".join(f"{rate / 1000:g}" for rate in device.rates) or "none works: in use?"
        mark = "➤" if device.name == chosen else ""
        table.add_row(mark, Text(device.name), device.identity, str(device.channels), rates)
    return table


def _decibels(amplitude: float) -> float:
    return max(_FLOOR_DB, 20 * log10(max(amplitude, 1e-3) / 32768))


def _place(decibels: float) -> int:
    return round((decibels - _FLOOR_DB) / -_FLOOR_DB * _WIDTH)
