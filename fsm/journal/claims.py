"""One process leads a session: a lock that the kernel takes back from a process that is killed."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from pipit.fsm.journal.errors import SessionInUse, of_system


class Claims:
    """The sessions that this process leads; the files stay, since a deleted one could be locked twice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    def take(self, session: str) -> None:
        """Claim a session; a second time does nothing. Raises ``SessionInUse``, ``JournalError``."""
        if session in self._held:
            return
        path = self._folder / session
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise of_system(error, path) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            whose = os.pread(file, 32, 0).decode("ascii", "replace").strip()
            os.close(file)
            hint = f"end process {whose} first" if whose else "end the other process first"
            raise SessionInUse("session-in-use", f"session {session} is led by another process", hint) from error
        with suppress(OSError):  # only a help to whoever comes second
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._held[session] = file

    def give(self, session: str) -> None:
        """Let go of a session; of one that is not held too."""
        file = self._held.pop(session, None)
        if file is not None:
            os.close(file)

    def give_all(self) -> None:
        """Let go of every session."""
        for session in tuple(self._held):
            self.give(session)
