"""The console on a UNIX socket: several at once, for the owner and one group."""

from __future__ import annotations

import errno
import fcntl
import grp
import os
import select
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from pipit.device.console.outbox import Wake
from pipit.device.console.session import Session
from pipit.device.control import Control
from pipit.errors import BadConfig, Failure

MODE = 0o660
CLIENTS = 8
_JOIN_S = 0.8
Spawn = Callable[[str, Callable[[], None]], object]
"""Starts a thread of this name that runs this."""


class UnixSocketConsole:
    """Serves every client in a thread of its own; ``open`` first, so that a path that cannot be had is said early."""

    def __init__(self, control: Control, path: Path, spawn: Spawn, group: str = "", clients: int = CLIENTS) -> None:
        self._control, self._path, self._spawn = control, path, spawn
        self._group, self._most = group, clients
        self._changed = threading.Condition()
        self._sessions: set[Session] = set()
        self._listener: socket.socket | None = None
        self._identity = (0, 0)
        self._wake: Wake | None = None
        self._running = self._closed = False

    def open(self) -> None:
        """Take the path; raises ``Failure`` or ``BadConfig``, in one line."""
        with self._changed:
            if self._listener is None and not self._closed:
                self._listener = listen(self._path, self._group)
                found = self._path.stat()
                self._identity = (found.st_dev, found.st_ino)
                self._wake = Wake()

    def run(self) -> None:
        """Serve until ``close``; the body of a thread."""
        self.open()
        with self._changed:
            if self._closed or self._listener is None or self._wake is None:
                return
            self._running = True
            listener, wake = self._listener, self._wake
        try:
            while not self._closed:
                self._next(listener, wake)
            with self._changed:
                self._changed.wait_for(lambda: not self._sessions, _JOIN_S)
        finally:
            self._release()

    def close(self) -> None:
        """End ``run`` and every client, from any thread."""
        with self._changed:
            self._closed = True
            for session in self._sessions:
                session.close()
            if self._wake is not None:
                self._wake.set()
        if not self._running:
            self._release()

    # ---- clients -----------------------------------------------------------------------------------------

    def _next(self, listener: socket.socket, wake: Wake) -> None:
        poller = select.poll()
        poller.register(listener, select.POLLIN)
        poller.register(wake, select.POLLIN)
        if wake.fileno() in dict(poller.poll()):
            return
        try:
            client, _ = listener.accept()
        except OSError as error:  # gone again, or no descriptor is left for it
            if error.errno in (errno.EMFILE, errno.ENFILE):
                structlog.get_logger().warning("console", refused=error.strerror)
                select.select([wake], [], [], 0.2)
            return
        client.setblocking(False)
        self._admit(client)

    def _admit(self, client: socket.socket) -> None:
        with self._changed:
            session = None
            if len(self._sessions) < self._most and not self._closed:
                session = Session(self._control, client.fileno(), client.fileno())
                self._sessions.add(session)
        if session is None:
            _refuse(client, f"error: {self._most} consoles are open already\n")
            return
        try:
            self._spawn(f"console-{client.fileno()}", lambda: self._serve(client, session))
        except RuntimeError as error:  # the system is out of threads
            session.close()
            self._serve(client, session)
            structlog.get_logger().warning("console", refused=str(error))

    def _serve(self, client: socket.socket, session: Session) -> None:
        try:
            session.run()
        finally:
            client.close()
            with self._changed:
                self._sessions.discard(session)
                self._changed.notify_all()

    def _release(self) -> None:
        with self._changed:
            listener, self._listener = self._listener, None
            if listener is None or self._wake is None:
                return
            _unlink_own(self._path, self._identity)
            listener.close()
            self._wake.close()


def _refuse(client: socket.socket, line: str) -> None:
    with client:
        try:
            client.send(line.encode())
        except OSError:
            return  # it did not stay to hear


def _unlink_own(path: Path, identity: tuple[int, int]) -> None:
    """Remove the socket's file unless another one has taken its place."""
    try:
        found = path.stat()
        if (found.st_dev, found.st_ino) == identity:
            path.unlink()
    except OSError:
        return  # somebody has removed it, or its folder


# ---- taking the path ---------------------------------------------------------------------------------------


def listen(path: Path, group: str = "") -> socket.socket:
    """Return a listening socket at ``path``; raises ``Failure`` or ``BadConfig``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        # two that start at once must not each take the other's fresh socket for a stale one
        fcntl.flock(folder, fcntl.LOCK_EX)
        _make_room(path)
        return _bind(path, group)
    except OSError as error:
        raise _unusable(path, error) from error
    finally:
        os.close(folder)


def _unusable(path: Path, error: OSError) -> BadConfig | Failure:
    if isinstance(error, BadConfig | Failure):
        return error
    reason = error.strerror or str(error)
    return BadConfig(
        "console-socket", f"{path}: no console can listen here ({reason})", "choose another console.socket"
    )


def _make_room(path: Path) -> None:
    """Remove what a killed assistant left behind; never anything else."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise BadConfig("console-socket", f"{path}: there is a file that is no socket", "choose another console.socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
            return
        except BlockingIOError:
            pass  # so many wait to be let in: it lives
    hint = "end it, or choose another console.socket"
    raise Failure("console-socket-live", f"{path}: an assistant is listening there already", hint)


def _bind(path: Path, group: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        # before anybody can connect: until it listens, all are refused
        path.chmod(MODE)
        _give_to_group(path, group)
        listener.listen(CLIENTS)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _give_to_group(path: Path, group: str) -> None:
    try:
        os.chown(path, -1, grp.getgrnam(group).gr_gid)
    except KeyError:
        return  # there is none of this name: the owner alone
    except PermissionError:
        structlog.get_logger().info("console", group=group, note="not a member: only the owner can use the socket")
