"""Tasks that use real PortAudio; each prints one JSON object as its last line. Started by ``conftest.run_child``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from pipit.audio import Playback
from pipit.device.settings import Sound
from pipit.device.sound import LiveMicrophone, LiveSpeaker, available
from pipit.errors import DeviceLost

Result = dict[str, Any]


def _formats(options: Result) -> list[tuple[int, int]]:
    return [(rate, channels) for rate, channels in options.get("formats", [])]


def _held() -> tuple[int, int]:
    """File descriptors and threads of this process, threads of native code included."""
    return len(list(Path("/proc/self/fd").iterdir())), len(list(Path("/proc/self/task").iterdir()))


def record(options: Result) -> Result:
    """Hear a WAV that is played into the virtual microphone; keep what was heard."""
    microphone = LiveMicrophone(Sound(microphone=options["device"] + "_in"), formats=_formats(options))
    frames = [microphone.read()]
    player = subprocess.Popen(["paplay", "-d", options["device"], options["wav"]])
    while len(frames) < options["frames"]:
        frames.append(microphone.read())
    statistics = microphone.statistics()
    microphone.close()
    ended = microphone.read() is None
    player.wait(5)
    np.save(options["out"], np.concatenate([np.frombuffer(f.pcm, "<i2") for f in frames if f]))
    return {**statistics, "indices": [f.index for f in frames if f], "ended": ended}


class Rig:
    """A speaker with its thread and a log of what the playout buffer said."""

    def __init__(self, options: Result) -> None:
        self.log: list[str] = []
        self.playback = Playback(
            options.get("rate", 16_000),
            lambda _, index: self.log.append(f"clause {index}"),
            lambda _: self.log.append("done"),
            lambda _: self.log.append("first"),
        )
        settings = Sound(**options.get("settings", {}), speaker=options.get("device", ""))
        self.speaker = LiveSpeaker(
            self.playback,
            settings,
            formats=_formats(options),
            hold_s=options.get("hold_s", 60),
            on_lost=lambda error: self.log.append(f"lost: {error}"),
            on_back=lambda: self.log.append("back"),
        )
        self.thread = threading.Thread(target=self.speaker.run)
        self.thread.start()

    def up(self) -> None:
        self.until(lambda: self.speaker.statistics()["periods"] > 5)

    def until(self, true: Any, seconds: float = 8.0) -> None:
        limit = time.monotonic() + seconds
        while not true():
            if time.monotonic() > limit:
                raise TimeoutError(f"{self.log} {self.speaker.statistics()}")
            time.sleep(0.005)

    def say(self, samples: np.ndarray, clauses: int = 1) -> None:
        self.playback.begin("t")
        for index, part in enumerate(np.array_split(samples, clauses)):
            self.playback.write("t", index, part)
            self.playback.end_clause("t", index)
        self.playback.finish("t")

    def end(self) -> Result:
        began = time.monotonic()
        self.speaker.close()
        self.thread.join(3)
        took = time.monotonic() - began
        return {**self.speaker.statistics(), "log": self.log, "closed_s": took, "ended": not self.thread.is_alive()}


def play(options: Result) -> Result:
    """Say what is in a file of samples."""
    rig = Rig(options)
    rig.up()
    rig.say(np.load(options["samples"]), 3)
    rig.until(lambda: "done" in rig.log, 15)
    return rig.end()  # at once: the tail must be heard all the same


def cue(options: Result) -> Result:
    """Play a cue in silence, then try one while a reply is under way."""
    rig = Rig(options)
    rig.up()
    samples = np.load(options["samples"])
    taken = rig.speaker.cue(samples, 16_000)
    time.sleep(len(samples) / 16_000 + 0.2)
    rig.say(np.zeros(8000, np.int16))
    refused = rig.speaker.cue(samples, 16_000)
    rig.until(lambda: "done" in rig.log)
    return {**rig.end(), "taken": taken, "refused": not refused}


def flush(options: Result) -> Result:
    """Order silence in the middle of loud sound, several times; see how long it can still be heard."""
    rig = Rig(options)
    rig.up()
    arrivals: list[tuple[float, bool]] = []
    form = ["--raw", "--rate=16000", "--channels=1", "--format=s16le", "--latency-msec=5"]
    tap = subprocess.Popen(["parec", *form, "-d", "speaker.monitor"], stdout=subprocess.PIPE)
    assert tap.stdout

    def listen() -> None:
        while block := os.read(tap.stdout.fileno(), 4096):  # type: ignore[union-attr]
            loud = np.frombuffer(block[: len(block) // 2 * 2], "<i2")
            arrivals.append((time.monotonic(), bool(np.abs(loud).max(initial=0) > 100)))

    threading.Thread(target=listen, daemon=True).start()
    noise = np.random.default_rng(1).normal(0, 4000, 32_000).astype(np.int16)
    runs = []
    for round_ in range(options["times"]):
        rig.say(noise)
        time.sleep(0.3 + 0.0037 * round_)
        at = time.monotonic()
        rig.playback.flush()
        time.sleep(0.25)
        last = max((when for when, loud in arrivals if loud), default=at)
        run = rig.speaker.statistics()
        runs.append(
            {
                "audible_ms": (last - at) * 1000,
                "silence_ms": run["last_silence_ms"],
                "samples": run["last_flush_samples"],
            }
        )
    tap.kill()
    return {**rig.end(), "runs": runs}


def _pactl(*words: str) -> str:
    return subprocess.run(["pactl", *words], check=True, capture_output=True, text=True).stdout.strip()


def _sink() -> str:
    return next(line.split()[0] for line in _pactl("list", "short", "modules").splitlines() if "null-sink" in line)


def _plug() -> None:
    _pactl(
        "load-module", "module-null-sink", "sink_name=mic", "rate=16000", "channels=1", "format=s16le", "norewinds=1"
    )


def unplug(options: Result) -> Result:
    """Take the microphone away and give it back."""
    microphone = LiveMicrophone(Sound(stuck_ms=500))
    indices, errors, held = [], [], []
    for round_ in range(options["times"]):
        for _ in range(5):
            indices.append(_next(microphone, errors))
        held.append(_held())
        _pactl("unload-module", _sink())
        try:
            while True:
                indices.append(microphone.read().index)  # type: ignore[union-attr]
        except DeviceLost as error:
            errors.append(str(error))
        if round_ % 3 == 0:
            try:
                microphone.read()
            except DeviceLost as error:
                errors.append(str(error))
        _plug()
    indices.append(_next(microphone, errors))
    statistics = microphone.statistics()
    microphone.close()
    return {**statistics, "indices": indices, "errors": errors, "held": held}


def _next(microphone: LiveMicrophone, errors: list[str]) -> int:
    limit = time.monotonic() + 8
    while time.monotonic() < limit:
        try:
            frame = microphone.read()
        except DeviceLost as error:
            errors.append(str(error))
            continue
        assert frame is not None
        return frame.index
    raise TimeoutError("the microphone did not come back")


def unplug_speaker(options: Result) -> Result:
    """Take the speaker away while it talks and give it back; keep what could be heard before and after."""
    rig = Rig(options)
    rig.up()
    held = []
    for round_ in range(options["times"]):
        before = _tap(f"{options['out']}-{round_}-before.raw")
        rig.say(np.load(options["samples"]))
        time.sleep(0.5)
        _pactl("unload-module", _sink())
        rig.until(lambda: rig.speaker.statistics()["lost"])
        before.wait(5)
        _plug()
        after = _tap(f"{options['out']}-{round_}-after.raw")
        rig.until(lambda round_=round_: rig.log.count("done") > round_)
        time.sleep(0.4)
        after.terminate()
        after.wait(5)
        held.append(_held())
    return {**rig.end(), "held": held}


def _tap(raw: str) -> subprocess.Popen[bytes]:
    form = ["--raw", "--rate=16000", "--channels=1", "--format=s16le", "--latency-msec=10"]
    program = subprocess.Popen(["parec", *form, "-d", "mic.monitor", raw], stderr=subprocess.DEVNULL)
    time.sleep(0.1)
    return program


def unplug_for_good(options: Result) -> Result:
    """Take the speaker away while it talks; after ``hold_s`` the reply goes on unheard and ends."""
    rig = Rig(options)
    rig.up()
    began = time.monotonic()
    rig.say(np.full(16_000, 500, np.int16))
    time.sleep(0.3)
    _pactl("unload-module", _sink())
    rig.until(lambda: "done" in rig.log)
    took = time.monotonic() - began
    _plug()
    rig.until(lambda: "back" in rig.log)
    return {**rig.end(), "took": took}


def freeze(options: Result) -> Result:
    """Stop the server; reading ends with an error, closing never waits for it, a reply ends in its time."""
    rig, microphone = Rig(options), LiveMicrophone(Sound(stuck_ms=300))
    rig.up()
    errors: list[str] = []
    _next(microphone, errors)
    os.kill(options["pulse_pid"], signal.SIGSTOP)
    try:
        began = time.monotonic()
        rig.say(np.full(16_000, 500, np.int16))
        noticed = 0.0
        while len(errors) < 2:
            try:
                microphone.read()
            except DeviceLost as error:
                noticed = noticed or time.monotonic() - began
                errors.append(str(error))
        rig.until(lambda: "done" in rig.log)
        said = time.monotonic() - began
        began = time.monotonic()
        microphone.close()
        closed, none = time.monotonic() - began, microphone.read() is None
        result = rig.end()
    finally:
        os.kill(options["pulse_pid"], signal.SIGCONT)
    return {**result, "errors": errors, "noticed_s": noticed, "said_s": said, "mic_closed_s": closed, "none": none}


def thaw(options: Result) -> Result:
    """Stop the server for a while and let it go on: both come back by themselves."""
    rig, microphone = Rig(options), LiveMicrophone(Sound(stuck_ms=300))
    rig.up()
    errors: list[str] = []
    first = _next(microphone, errors)
    os.kill(options["pulse_pid"], signal.SIGSTOP)
    timer = threading.Timer(2.5, lambda: os.kill(options["pulse_pid"], signal.SIGCONT))
    timer.start()
    while not errors:
        _collect(microphone, errors)
    again = _next(microphone, errors)
    rig.until(lambda: "back" in rig.log)
    microphone.close()
    return {**rig.end(), "errors": errors, "first": first, "again": again}


def _collect(microphone: LiveMicrophone, errors: list[str]) -> None:
    try:
        microphone.read()
    except DeviceLost as error:
        errors.append(str(error))


def close_waiting(_: Result) -> Result:
    """Close while another thread waits in ``read``, again and again."""
    took = []
    for _round in range(3):
        microphone = LiveMicrophone(Sound())
        microphone.read()
        ends: list[Any] = []

        def drain(microphone: LiveMicrophone = microphone, ends: list[Any] = ends) -> None:
            while microphone.read() is not None:
                pass
            ends.append(time.monotonic())

        reader = threading.Thread(target=drain)
        reader.start()
        time.sleep(0.1)
        began = time.monotonic()
        microphone.close()
        reader.join(2)
        took.append(ends[0] - began)
    time.sleep(0.2)  # a timer that was cancelled takes a moment to end
    return {"took": took, "threads": [thread.name for thread in threading.enumerate()]}


def absent(_: Result) -> Result:
    """Neither microphone nor speaker."""
    rig, microphone = Rig({}), LiveMicrophone(Sound())
    errors: list[str] = []
    times = []
    for _round in range(4):
        began = time.monotonic()
        _collect(microphone, errors)
        times.append(time.monotonic() - began)
    rig.say(np.zeros(8000, np.int16))
    rig.until(lambda: "done" in rig.log)
    threading.Timer(0.2, microphone.close).start()
    none = microphone.read() is None
    return {**rig.end(), "available": available(), "errors": errors, "times": times, "none": none}


def devices(options: Result) -> Result:
    """List them."""
    from pipit.device.sound.meter import devices_as_json

    return devices_as_json(Sound(**options.get("settings", {})))


def show(options: Result) -> Result:
    """Print the lists and a second of the meter."""
    from rich.console import Console

    from pipit.device.sound.meter import show_devices

    with Path(options["out"]).open("w", encoding="utf-8") as file:
        show_devices(Console(file=file, width=100), Sound(), 1)
    return {}


TASKS = (
    record,
    play,
    cue,
    flush,
    unplug,
    unplug_speaker,
    unplug_for_good,
    freeze,
    thaw,
    close_waiting,
    absent,
    devices,
    show,
)

if __name__ == "__main__":
    tasks = {task.__name__: task for task in TASKS}
    print(json.dumps(tasks[sys.argv[1]](json.loads(sys.argv[2]))))
