"""What must not leave the machine is taken out of every text: secrets, names of host and user, serial numbers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipit.device.doctor.machine import Machine

HIDDEN = "[hidden]"
_KINDS = r"pass|secret|(?<!first_)token(?!s)|credential|auth(?!or(?!iz))|(?:api|private)[_-]?key|psk|pin_code"
_NAMES = rf"[\w.-]*(?:{_KINDS})[\w.-]*"
SECRET_KEY = re.compile(_NAMES, re.IGNORECASE)
"""A key with a name like this has a value that nobody else should see."""

_QUOTED = r"""\\?"[^"\n]*"|'[^'\n]*'|[^\s,;}\]]+"""
_PATTERNS = (
    (
        re.compile(rf"""(\b{_NAMES}["']?\s*[=:]\s*)(?:(?:bearer|basic)\s+)?(?:{_QUOTED})""", re.IGNORECASE),
        r"\1" + HIDDEN,
    ),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), r"\1 " + HIDDEN),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@\"']*@", re.IGNORECASE), r"\1" + HIDDEN + "@"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s?\"']*\?)[^\s\"']+", re.IGNORECASE), r"\1" + HIDDEN),
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"), "[mail]"),
    (re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"), "[mac]"),
    (re.compile(r"-----BEGIN [^-]*PRIVATE KEY-----.*?(?:-----END [^-]*-----|\Z)", re.DOTALL), HIDDEN),
    (re.compile(r"/(?:home|Users)/[^/\s\"':]+"), "~"),
)
_ORDINARY = {"localhost", "raspberrypi", "debian", "pipit", "root", "user", "admin", "audio", "nobody"}
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Redactor:
    """Knows the words of this machine that name it or its people."""

    words: Mapping[str, str]
    """What is replaced wherever it stands as a word of its own, and by what."""
    home: str

    def text(self, text: str) -> str:
        """Return a text without them."""
        if len(self.home) > 1:
            text = re.sub(re.escape(self.home) + r"(?=[/\s\"':;,)\]]|$)", "~", text)
        for word, instead in self.words.items():
            text = re.sub(rf"(?<![\w]){re.escape(word)}(?![\w])", instead, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def value(self, value: Any) -> Any:
        """Return what JSON holds without them, and without the values of keys that look like secrets."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): HIDDEN if inner and SECRET_KEY.fullmatch(str(key)) else self.value(inner)
                for key, inner in value.items()
            }
        return [self.value(inner) for inner in value] if isinstance(value, list | tuple) else value

    def line(self, line: str) -> str:
        """Return a line of a log without them, JSON as JSON."""
        try:
            facts = json.loads(line)
        except ValueError:
            return self.text(line)
        return json.dumps(self.value(facts), ensure_ascii=False)


def redactor(machine: Machine, secrets: Iterable[str] = ()) -> Redactor:
    """Return what knows this machine; ``secrets`` are values of the configuration that nobody else may see."""
    words = {secret: HIDDEN for secret in (*secrets, *_secrets_of_environment()) if len(secret) >= _SHORTEST}
    words |= dict.fromkeys(_serial_numbers(machine), "[serial]")
    words |= {name: "[host]" for name in (machine.read("etc/hostname"), os.uname().nodename) if _tells(name)}
    if _tells(machine.me.name):
        words[machine.me.name] = "[user]"
    return Redactor(dict(sorted(words.items(), key=lambda item: -len(item[0]))), str(Path.home()))


def _tells(name: str) -> bool:
    return len(name) >= _SHORTEST and name.lower() not in _ORDINARY


def _secrets_of_environment() -> list[str]:
    return [value for name, value in os.environ.items() if SECRET_KEY.fullmatch(name)]


def _serial_numbers(machine: Machine) -> list[str]:
    found = [machine.read(place) for place in ("proc/device-tree/serial-number", "etc/machine-id")]
    found += re.findall(r"^Serial\s*:\s*(\w+)", machine.read("proc/cpuinfo"), re.MULTILINE)
    found += [machine.read(machine.shown(path)) for path in machine.path("sys/class/net").glob("*/address")]
    return [number for number in found if len(number) >= _SHORTEST and number != "00:00:00:00:00:00"]
