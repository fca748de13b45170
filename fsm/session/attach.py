"""A file laid beside a phase, from the console or the command line: nobody can say one."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

from pipit.errors import BadInput

if TYPE_CHECKING:
    from pipit.fsm.session.director import Director

LARGEST = 64 << 20
"""Bytes of a file that is kept."""


def attach(director: Director, argument: str) -> None:
    """Keep ``NAME FILE`` as an artifact of the running phase; raises ``BadInput``, and then nothing happened."""
    name, _, file = argument.partition(" ")
    known = [spec.name for spec in director.scene.phase.artifacts]
    if name not in known:
        hint = f"it takes {', '.join(known)}" if known else "only phases with artifacts take files"
        raise BadInput("attach-unknown", f"the phase {director.scene.state.phase} takes no '{name}'", hint)
    path = _readable(file.strip())
    director.scene.keep_file(name, path, mimetypes.guess_type(path.name)[0] or "application/octet-stream")
    director.say("Got it.", director.player.repeat())


def _readable(file: str) -> Path:
    path = Path(file).expanduser()
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise BadInput("attach-unreadable", f"{path}: {error.strerror}", "give a file that can be read") from error
    if not path.is_file() or size > LARGEST:
        raise BadInput("attach-large", f"{path}: no file of at most {LARGEST >> 20} MiB", "give a smaller one")
    return path.resolve()
