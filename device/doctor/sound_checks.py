"""Sound: cards, who may open them, who has them open, and the rates that work."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from pipit.device.doctor.case import Case, Finding, join
from pipit.device.doctor.running import running_assistant

_LIST = """
import json
from pipit.device.settings import Sound
from pipit.device.sound.meter import devices_as_json
print(json.dumps(devices_as_json(Sound.model_validate_json({settings!r}))))
"""
_DIRECTIONS = (("input", "microphone", "record"), ("output", "speaker", "play"))


def cards(case: Case) -> Finding:
    """Look for sound cards that can record and play, and may be opened."""
    machine, sound = case.machine, case.machine.path("proc/asound")
    names = re.findall(r"^ *\d+ \[.*?\]: (.+)$", machine.read("proc/asound/cards"), re.MULTILINE)
    if not names:
        mend = "plug in a USB microphone and a speaker; 'pipit replay WAV' works without"
        return Finding("audio", "warn", "no sound card: recordings only", mend)
    told = "; ".join(names)
    if not any(sound.glob("card*/pcm*c")):
        return Finding("audio", "warn", f"{told}: none can record", "plug in a USB microphone")
    if not any(sound.glob("card*/pcm*p")):
        return Finding("audio", "warn", f"{told}: none can play", "plug in a speaker")
    for user in case.users:
        for path in sorted(machine.path("dev/snd").glob("pcm*")):
            if not user.may(path, os.R_OK | os.W_OK):
                what = f"{machine.shown(path)} may not be opened by {user.name}"
                return Finding("audio", "fail", what, join("audio", user))
    return Finding("audio", "ok", told)


def rates(case: Case) -> list[Finding]:
    """See which rates work on what the settings mean; what is in use is left in peace."""
    if not case.machine.read("proc/asound/cards") or "no soundcards" in case.machine.read("proc/asound/cards"):
        return []
    if busy := in_use(case):
        return [Finding("sound rates", "ok", f"not tried, so as not to disturb: {', '.join(busy)}")]
    if running := running_assistant(case):
        return [Finding("sound rates", "ok", f"not tried: the assistant at {running.place} may need them any moment")]
    answer = case.machine.python(_LIST.format(settings=case.settings.sound.model_dump_json()))
    if answer.error:
        what = f"they cannot be asked: {answer.error}"
        return [Finding("sound rates", "fail", what, "make run, then: pipit devices")]
    listed = json.loads(answer.text)
    return [_of_direction(case, listed, *direction) for direction in _DIRECTIONS]


def in_use(case: Case) -> list[str]:
    """Return the sound devices that some program has open, with the rate that they run at."""
    return [
        found
        for path in sorted(case.machine.path("proc/asound").glob("card*/pcm*/sub*/status"))
        if (found := _use_of(case, path))
    ]


def _use_of(case: Case, status: Path) -> str:
    text = case.machine.read(case.machine.shown(status))
    if not text or text.startswith("closed"):
        return ""
    rate = re.search(
        r"^rate: (\d+)", case.machine.read(case.machine.shown(status.with_name("hw_params"))), re.MULTILINE
    )
    pcm = status.parent.parent
    owner = re.search(r"^owner_pid *: *(\d+)", text, re.MULTILINE)
    by = f" by process {owner[1]}" if owner else ""
    return f"{pcm.parent.name}/{pcm.name} is open{by}{f' at {rate[1]} Hz' if rate else ''}"


def _of_direction(case: Case, listed: dict[str, Any], direction: str, name: str, verb: str) -> Finding:
    told, found = listed[direction], listed[f"{direction}s"]
    if told["problem"]:
        missing = "" if found else f"nothing here can {verb}; "
        mend = f"pipit devices, then set {name} under [sound]" if found else f"plug in a {name}"
        return Finding(name, "fail" if told["wanted"] else "warn", missing + told["problem"], mend)
    device = next(device for device in found if device["name"] == told["chosen"])
    shown = ", ".join(f"{rate / 1000:g}" for rate in device["rates"])
    if not shown:
        mend = f"end what uses it (fuser -v /dev/snd/*), or set {name} under [sound] to another"
        return Finding(name, "fail", f"{device['name']}: no usual rate opens", mend)
    return Finding(name, "ok", f"{device['name']}: {shown} kHz")
