"""The last lines of the log, each with only what is Pipit's own in it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipit.device.doctor.bundle.words import GONE, scrub
from pipit.device.doctor.case import Case

LINES = 2000
_TAIL = 1 << 20
_LONGEST = 4000

_PLAIN = frozenset({"timestamp", "level", "session", "turn", "outcome", "code", "state", "phase", "kind", "part"})
_IDENTIFIER = re.compile(r"[\w.:+T-]{1,120}")
_MESSAGES = frozenset(
    {"event", "error", "message", "detail", "reason", "hint", "waiting", "file", "path", "source", "dest"}
)
_FIGURES = frozenset({"latency_ms", "barge_in_ms", "at", "index", "utterance", "start", "end", "dropped"})
_FRAME = re.compile(r'\s*File "[^"]*", line \d+(?:,)? in \S+\s*')
_KNOWN = re.compile(
    r"(?:Traceback \(most recent call last\):|(?:Current t|T)hread 0x[0-9a-f]+.*\(most recent call first\):"
    r"|Fatal Python error: [\w ]+|Extension modules: .*"
    r"|(?:Started|Starting|Stopping|Stopped|Reloading|Reloaded|Failed to start) pipit\.service\b.*"
    r"|pipit\.service: (?:Main process exited|Failed with result|Scheduled restart|Start request|Consumed|Deactivated"
    r"|Watchdog|Killing process|A process of this unit).*)"
)


def tail_of(path: Path) -> list[str]:
    """Return the last lines of a file, at most a megabyte of them."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - _TAIL))
        lines = file.read(_TAIL).decode("utf-8", "replace").splitlines()
    return (lines[1:] if size > _TAIL else lines)[-LINES:]


def journald(case: Case) -> tuple[list[str], str]:
    """Return what systemd's journal has of the service, and why there is nothing."""
    command = ["journalctl", "-u", "pipit", "-n", str(LINES), "-o", "cat", "--no-pager", "--quiet"]
    answer = case.machine.run(command)
    if answer is None:
        return [], "there is no journalctl"
    return answer.text.splitlines()[-LINES:], answer.error


def without_words(line: str) -> str:
    """Return a line without what anybody said: of JSON the keys that are known, of others what is plainly Python's."""
    try:
        facts = json.loads(line)
    except ValueError:
        facts = None
    if isinstance(facts, dict):
        return json.dumps({scrub(key): _value(key, value) for key, value in facts.items()}, ensure_ascii=False)
    if _KNOWN.fullmatch(line.strip()) or _FRAME.fullmatch(line):
        return line[:_LONGEST]
    named = re.match(r"([A-Za-z_][\w.]*(?:Error|Exception|Warning|Exit|Interrupt))(?=:|$)", line)
    return f"{named[1]}: {GONE}" if named else f"{GONE} ({len(line)} characters)"


def _value(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if key in _FIGURES:
        return _figures(value)
    if key == "exception" and isinstance(value, str):
        return "\n".join(without_words(line) for line in value.splitlines()[-100:])
    if isinstance(value, str):
        if key in _PLAIN and _IDENTIFIER.fullmatch(value):
            return value
        return scrub(value) if key in _MESSAGES else GONE
    return GONE


def _figures(value: Any) -> Any:
    if isinstance(value, dict):
        return {scrub(key): _figures(figure) for key, figure in value.items()}
    return value if isinstance(value, int | float) else None


def logs_of(case: Case, words: bool) -> dict[str, list[str]]:
    """Return the logs' lines by their names in the bundle; unless ``words``, without what anybody said."""
    wanted: Callable[[str], str] = (lambda line: line[:_LONGEST]) if words else without_words
    lines, why = journald(case)
    logs = {"logs/journal.txt": list(map(wanted, lines)) or [f"nothing: {why or 'no lines; sudo may see more'}"]}
    if path := case.settings.log.file:
        try:
            logs["logs/file.txt"] = list(map(wanted, tail_of(path)))
        except OSError as error:
            logs["logs/file.txt"] = [f"nothing: {path}: {error.strerror}"]
    return logs
