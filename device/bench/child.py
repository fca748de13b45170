"""A process of its own, for figures of whole processes: prints one number. Imports only what it measures."""

from __future__ import annotations

import sys
import time
from pathlib import Path


def _resident_mb() -> float:
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) / 1024


def _bare() -> float:
    return _resident_mb()


def _engines() -> float:
    from pipit.models.scripted import scripted_engines

    kept = scripted_engines()
    found = _resident_mb()
    del kept
    return found


def _assistant() -> float:
    from pipit.models.scripted import scripted_engines

    return _listening(scripted_engines())[1]


def _listening(engines: object) -> tuple[float, float]:
    """Start the assistant as a device does; returns when it took its first frame, and what it holds then."""
    from pipit.audio import AudioClock
    from pipit.device.app import Assistant
    from pipit.device.bench.board import PacedMicrophone
    from pipit.device.bench.card import Card
    from pipit.device.config import load_settings
    from pipit.device.sound import LiveSpeaker
    from pipit.fsm.chat import Chat

    settings, clock = load_settings(None), AudioClock()
    assistant = Assistant(engines, PacedMicrophone(), settings, "bench", Chat(lambda: ""), clock)  # type: ignore[arg-type]
    speaker = LiveSpeaker(assistant.playback, settings.sound, system=Card())
    assistant.attach("speaker", speaker.run, speaker.close)
    assistant.start()
    while not clock.samples:
        time.sleep(0.001)
    at = time.perf_counter()
    time.sleep(0.5)
    held = _resident_mb()
    assistant.stop()
    return at, held


def _pipecat() -> float:
    import asyncio

    from pipit.device.bench import pipecat_rig
    from pipit.models.scripted import scripted_engines

    del asyncio
    from pipit.device.bench.rigs import settings

    pipecat_rig.frame_us(scripted_engines(), settings())
    return _resident_mb()


def _listen(name: str) -> float:
    from pipit.device.bench.rigs import rig

    return _listening(rig(name).load(None))[0]


def _load(part: str, name: str) -> float:
    from pipit.device.bench.rigs import rig
    from pipit.models.load import EngineOptions, load_language_model, load_recognizer, load_voice

    weights = rig(name).weights
    if weights is None:
        raise ValueError(name)
    if part == "recognizer":
        load_recognizer(weights)
    elif part == "model":
        load_language_model(weights, EngineOptions())
    else:
        load_voice(weights, EngineOptions())
    return time.perf_counter()


def main(what: str, name: str = "pocket") -> float:
    """Return the number that was asked for."""
    alone = {"bare": _bare, "engines": _engines, "assistant": _assistant, "pipecat": _pipecat}
    kind, _, part = what.partition("-")
    if kind == "memory":
        return alone[part]()
    return _load(part, name) if kind == "load" else _listen(name)


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
