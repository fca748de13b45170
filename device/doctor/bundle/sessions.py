"""Reports of the last sessions: how they went, not what was said in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pipit.device.doctor.bundle.words import scrub
from pipit.device.doctor.case import Case, MiB
from pipit.fsm.journal import Journal, JournalError
from pipit.fsm.journal.export import record_as_json, record_of, row_as_json
from pipit.fsm.session import events as se

SESSIONS = 5
_MOST_EVENTS = 2000
_AUDIO = 20 * MiB
_KEPT = ("elapsed", "phase", "name", "index", "from", "to", "turn", "outcome", "field", "by", "confirmed", "item")
_ALSO = (
    "artifact",
    "media",
    "seconds",
    "question",
    "parent",
    "enough",
    "reason",
    "code",
    "recoverable",
    "forced",
    "counts",
)
_COUNTED = ("said", "heard", "text", "words", "override")
_OF_A_ROW = ("id", "flow", "phase", "state", "began", "updated", "ended", "minutes", "elapsed", "turns")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the sessions: files by name, and what is missing, by why."""

    reports: dict[str, Any]
    audio: dict[str, bytes]
    missing: tuple[str, ...]


def sessions_of(case: Case, words: bool, audio: bool) -> Told:
    """Return the last sessions of every journal that can be read."""
    reports: dict[str, Any] = {}
    sounds: dict[str, bytes] = {}
    missing: list[str] = []
    for at, folder in enumerate(case.journals):
        try:
            _of_journal(folder, f"{at}-" if at else "", words, reports, sounds if audio else None, missing)
        except JournalError as error:
            if error.code != "journal-none":
                missing.append(f"{folder}: {scrub(error.message)} ({error.code})")
        except OSError as error:
            missing.append(f"{folder}: {error.strerror}")
    return Told(reports, sounds, tuple(missing))


def _of_journal(
    folder: Path, mark: str, words: bool, reports: dict[str, Any], sounds: dict[str, bytes] | None, missing: list[str]
) -> None:
    journal = Journal.open(folder, read_only=True)
    try:
        for row in islice(journal.sessions(), SESSIONS):
            name = f"{mark}{row.id}"
            try:
                record = record_of(journal, row)
            except JournalError as error:
                missing.append(f"{row.id}: its events cannot be read ({error.code})")
                continue
            told = record_as_json(record)
            if not words:
                told = {"session": {key: row_as_json(row)[key] for key in _OF_A_ROW}, "events": list(_events(told))}
            told.pop("folder", None)
            reports[f"sessions/{name}.json"] = told
            if sounds is not None:
                for kept in record.state.artifacts.values():
                    _add(record.folder, kept.path, f"audio/{name}/{kept.path}", sounds, missing)
    finally:
        journal.close()


def _events(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the last events without anybody's words; of those it is told how many there were."""
    for event in told["events"][-_MOST_EVENTS:]:
        kept = {key: event[key] for key in ("n", "wall", "event", *_KEPT, *_ALSO) if key in event}
        if event["event"] == se.SessionError.kind:
            kept["message"] = scrub(event["message"])
        counts = {f"{key}_words": len(event[key].split()) for key in _COUNTED if isinstance(event.get(key), str)}
        yield kept | counts


def _add(folder: Path, path: str, name: str, sounds: dict[str, bytes], missing: list[str]) -> None:
    """Take a voice note along, unless it leads out of the session's folder or there is no room for it."""
    file = folder / path
    try:
        if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
            missing.append(f"{name}: it is not in the session's folder")
        elif sum(map(len, sounds.values())) + file.stat().st_size > _AUDIO:
            missing.append(f"{name}: left out, {_AUDIO // MiB} MiB of audio are enough")
        else:
            sounds[name] = file.read_bytes()
    except OSError as error:
        missing.append(f"{name}: {error.strerror}")
