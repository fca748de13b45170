"""Voice notes and files: whole and on the disk before anything names them, and cleared away when nothing does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from pipit.audio import RATE, WavClip
from pipit.errors import BadInput
from pipit.fsm.journal import JournalError, place, settle
from pipit.fsm.session import events as se
from pipit.fsm.session.state import fold

NOTE = (np.sin(np.arange(RATE) / 7) * 9_000).astype("<i2")


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_voice_note_is_a_recording_of_sixteen_kilohertz(tmp_path: Path) -> None:
    place(tmp_path / "s", "intake/walkaround-1.wav", NOTE.tobytes() + b"x")
    clip = WavClip(tmp_path / "s" / "intake" / "walkaround-1.wav")
    assert (clip.rate, clip.channels, clip.seconds) == (RATE, 1, 1.0)
    assert np.abs(clip.samples() - NOTE).max() <= 1
    assert files(tmp_path) == {"s/intake/walkaround-1.wav"}
    assert (tmp_path / "s").stat().st_mode & 0o77 == 0


def test_texts_and_files_are_kept_as_they_are(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(os.urandom(100_000))
    place(tmp_path / "s", "intake/note-1.txt", "naïve".encode(), "text/plain")
    place(tmp_path / "s", "intake/photo-1.jpg", photo, "image/jpeg")
    assert (tmp_path / "s/intake/note-1.txt").read_text("utf-8") == "naïve"
    assert (tmp_path / "s/intake/photo-1.jpg").read_bytes() == photo.read_bytes()
    place(tmp_path / "s", "intake/note-1.txt", b"again", "text/plain")
    assert (tmp_path / "s/intake/note-1.txt").read_text() == "again"


@pytest.mark.parametrize("source", ["gone.jpg", "."])
def test_a_file_that_cannot_be_read_is_told_and_leaves_nothing(tmp_path: Path, source: str) -> None:
    with pytest.raises(BadInput, match="give a file that can be read"):
        place(tmp_path / "s", "intake/photo-1.jpg", tmp_path / source, "image/jpeg")
    assert files(tmp_path) == set()


@pytest.mark.parametrize("path", ["../x.wav", "/etc/x.wav", "a/../../x.wav", "", "."])
def test_nothing_is_put_outside_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="does not lie in the session's folder"):
        place(tmp_path / "s", path, NOTE.tobytes())
    assert files(tmp_path) == set()


@pytest.mark.parametrize("media", ["audio/wav", "text/plain"])
def test_a_disk_that_fills_up_is_told_and_no_half_is_left(tmp_path: Path, media: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], check=True)
    try:
        with pytest.raises(JournalError, match=r"the disk is full.*make room there") as told:
            place(tmp_path / "s", "intake/long-1.wav", bytes(1 << 20), media)
        assert told.value.code == "journal-disk-full"
        assert files(tmp_path) == set()
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("")
    with pytest.raises(JournalError):
        place(tmp_path / "s", "intake/note-1.wav", NOTE.tobytes())


def test_what_no_event_names_is_cleared_away(tmp_path: Path) -> None:
    for name in ("note-1.wav", "note-2.wav", "lost-3.wav"):
        place(tmp_path / "s", f"intake/{name}", NOTE.tobytes())
    (tmp_path / "s/intake/note-4.wav.part").write_bytes(b"RIFF")
    events = [
        se.ArtifactAdded(session="s", phase="intake", artifact="note", path=f"intake/{name}")
        for name in ("note-1.wav", "note-2.wav")
    ]
    gone = settle(tmp_path / "s", fold(events))
    assert set(gone) == {"intake/note-1.wav", "intake/lost-3.wav", "intake/note-4.wav.part"}
    assert files(tmp_path / "s") == {"intake/note-2.wav"}
    assert settle(tmp_path / "s", fold(events)) == ()
    assert settle(tmp_path / "never", fold(events)) == ()
