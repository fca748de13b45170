"""What goes into the bundle, and how that is told to whoever sends it."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipit import __version__
from pipit.device.doctor.bundle.logs import LINES, logs_of
from pipit.device.doctor.bundle.redact import redactor
from pipit.device.doctor.bundle.sessions import SESSIONS, sessions_of
from pipit.device.doctor.bundle.settings import secrets_of, settings_of
from pipit.device.doctor.bundle.words import scrub
from pipit.device.doctor.case import Case, Finding
from pipit.device.doctor.examination import BROKEN, as_json, as_text

_MAY_QUOTE = ("config", "flows", "intents")
"""Findings that repeat what stands in a person's files."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is put in beside what always is."""

    transcripts: bool = False
    audio: bool = False


def contents(wish: Wish) -> list[str]:
    """Say what the bundle holds, a line each."""
    said = "with everything that was said, asked for by --with-transcripts"
    logs = said if wish.transcripts else "only times, codes and words of Pipit's own code"
    sessions = said if wish.transcripts else "phases, times, outcomes and counts; nothing that anybody said"
    return [
        "findings: what pipit doctor says, as text and as JSON",
        "versions: Pipit, Python, packages, system",
        "settings: in effect, without passwords, prompts and unknown keys",
        f"logs: the last {LINES} lines, {logs}",
        f"sessions: the last {SESSIONS}, {sessions}",
        "audio: voice notes of these sessions, asked for by --with-audio" if wish.audio else "no audio",
        "of the machine neither host name, user name, home folder, serial numbers nor network addresses",
    ]


def collect(case: Case, findings: Sequence[Finding], wish: Wish) -> dict[str, bytes]:
    """Return the files of the bundle by their names."""
    clean, told = redactor(case.machine, secrets_of(case)), sessions_of(case, wish.transcripts, wish.audio)
    public = [_public(finding) for finding in findings]
    texts = {
        "README.txt": clean.text(_readme(case, wish, told.missing)),
        "findings.txt": clean.text(as_text(public)),
        **{name: "\n".join(map(clean.line, lines)) + "\n" for name, lines in logs_of(case, wish.transcripts).items()},
    }
    values = {
        "findings.json": as_json(public),
        "versions.json": _versions(case),
        "settings.json": settings_of(case),
        **told.reports,
    }
    texts |= {name: json.dumps(clean.value(value), indent=1, ensure_ascii=False) for name, value in values.items()}
    return {clean.text(name): text.encode("utf-8", "replace") for name, text in texts.items()} | told.audio


def _public(finding: Finding) -> Finding:
    quotes = finding.name in _MAY_QUOTE and finding.status != "ok"
    if quotes or finding.name == "service" or finding.what.startswith(BROKEN):
        return replace(finding, what=scrub(finding.what), mend=scrub(finding.mend))
    return finding


def _versions(case: Case) -> dict[str, object]:
    rows = (line.partition("=") for line in case.machine.read("etc/os-release").splitlines())
    system = {key: value.strip('"') for key, _, value in rows if key in ("PRETTY_NAME", "VERSION_ID", "ID")}
    packages = {dist.name: dist.version for dist in importlib.metadata.distributions()}
    return {
        "pipit": __version__,
        "python": platform.python_version(),
        "system": system,
        "kernel": platform.release(),
        "architecture": case.machine.architecture,
        "packages": dict(sorted(packages.items(), key=lambda item: item[0].lower())),
    }


def _readme(case: Case, wish: Wish, missing: Sequence[str]) -> str:
    lines = [
        f"Made by pipit {__version__} doctor --bundle on {case.machine.now():%Y-%m-%d %H:%M %Z}.",
        "",
        "It holds:",
        *(f"- {line}" for line in contents(wish)),
        "",
        "Look through it before you send it: every file is plain text, but for audio.",
    ]
    if missing:
        lines += ["", "Missing:", *(f"- {line}" for line in missing)]
    return "\n".join(lines) + "\n"
