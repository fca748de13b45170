"""Room and right to write, where the journal and the weights lie."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pipit.device.doctor.case import SERVICE_STATE, Case, Finding, MiB
from pipit.device.doctor.machine import User, existing
from pipit.models.catalogue import models_folder

_LEAST_FREE, _LITTLE_FREE = 64 * MiB, 512 * MiB
_FEW_FILES = 100
_REMOUNT = "look at the card: dmesg | grep -i -e mmc -e ext4; then: sudo mount -o remount,rw"


def disk(case: Case) -> list[Finding]:
    """Journal, logs and weights need room."""
    places = dict.fromkeys(map(existing, [*case.journals, models_folder()]))
    seen: dict[int, Path] = {}
    for place in places:
        seen.setdefault(place.stat().st_dev, place)
    return [_room(case, place) for place in seen.values()]


def _room(case: Case, place: Path) -> Finding:
    room = case.machine.room(place)
    what = f"{room.free // MiB:,} MiB free at {place}"
    if room.read_only:
        return Finding("disk", "fail", f"{place} lies on a disk that is read-only", _REMOUNT)
    if room.free < _LITTLE_FREE:
        mend = "delete what is not needed: sudo apt clean; sudo journalctl --vacuum-size=50M"
        return Finding("disk", "fail" if room.free < _LEAST_FREE else "warn", what, mend)
    if room.files is not None and room.files < _FEW_FILES:
        return Finding("disk", "fail", f"room for {room.files} more files at {place}", "delete small files: df -i")
    return Finding("disk", "ok", what)


def writable(case: Case) -> list[Finding]:
    """The journal must be written; nothing is left behind by trying."""
    service = case.machine.path(SERVICE_STATE)
    return [
        _folder_of(case, folder) if folder == service and not case.users[0].me else _own_folder(folder)
        for folder in case.journals
    ]


def log(case: Case) -> list[Finding]:
    """The log's file, where one is set, must take lines: the assistant does not start without it."""
    file, me = case.settings.log.file, case.machine.me
    if file is None:
        return []
    if file.is_dir() or not me.may(existing(file), os.W_OK):
        mend = f"sudo chown {me.name} {existing(file)}, or set log.file to another"
        return [Finding("log", "fail", f"{file} cannot be written by {me.name}", mend)]
    if not file.parent.is_dir():
        return [Finding("log", "fail", f"{file.parent} is not there", f"mkdir -p {file.parent}")]
    return [Finding("log", "ok", f"{file}, {file.stat().st_size / MiB if file.exists() else 0:.1f} MiB")]


def _own_folder(folder: Path) -> Finding:
    place = existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"pipit")
    except OSError as error:
        mend = f"sudo chown $USER {place}, or set journal.folder to a folder that can be written"
        return Finding("journal folder", "fail", f"{place} cannot be written ({error.strerror})", mend)
    return Finding("journal folder", "ok", f"{folder} can be written")


def _folder_of(case: Case, folder: Path) -> Finding:
    """Judge the service's folder by its mode: who asks is another user."""
    user: User = case.users[0]
    if not folder.exists():
        return Finding("journal folder", "warn", f"{folder} is not there yet", "sudo systemctl start pipit makes it")
    if not user.may(folder, os.W_OK | os.X_OK):
        mend = f"sudo chown -R {user.name}: {folder}"
        return Finding("journal folder", "fail", f"{folder} cannot be written by {user.name}", mend)
    return Finding("journal folder", "ok", f"{folder} can be written by {user.name}")
