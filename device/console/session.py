"""One connected console: commands in, answers and events out, on any pair of descriptors."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

import structlog

from pipit.device.console.lines import LineReader
from pipit.device.console.outbox import Dropped, Entry, Outbox, OutboxStatistics, Wake
from pipit.device.console.protocol import Desk, answer, as_json
from pipit.device.console.words import tell, told
from pipit.device.control import Control
from pipit.fsm import events as ev

_READ = 256
"""Bytes taken at a time, which also bounds how many answers one read can cause."""
_WRITE = 4096
_ANSWERS = 1000
"""With so many lines of answers unread, nothing further is asked: the sender has to wait."""
_LAST_WORDS_S = 0.3
"""For what still waits to be read when the session is closed."""
_FAREWELL_S = 2.0
"""The same when the other side has said all it had to say."""


class Session:
    """Serves one console until the other side ends, the line drops, or ``close``; does not own the descriptors.

    They should not block on writing. Everything happens in the thread that calls ``run``; the dialogue's thread
    only puts events in the outbox.
    """

    def __init__(self, control: Control, read_fd: int, write_fd: int, newline: bytes = b"\n") -> None:
        self._read_fd, self._write_fd, self._newline = read_fd, write_fd, newline
        self._control = control
        self._wake = Wake()
        self._outbox = Outbox(self._wake.set)
        self._desk = Desk(control, self._show_events)
        self._lines = LineReader()
        self._bytes = b""
        self._unsubscribe: Callable[[], None] | None = None
        self._closing = False
        self._deadline: float | None = None

    def run(self) -> None:
        """Serve; returns when it is over, for whatever reason."""
        try:
            while not self._closing and not self._said_farewell():
                self._step()
            closed_at = time.monotonic()
            while self._unsent() and time.monotonic() < closed_at + _LAST_WORDS_S:
                self._write_when_ready()
        except OSError:
            pass  # the line dropped: nobody is left to be told
        except Exception:
            structlog.get_logger().exception("console")  # one console less, and nothing worse
        finally:
            self._show_events(False)
            self._wake.close()

    def close(self) -> None:
        """End it, from any thread; answers that wait are written if somebody reads them."""
        self._closing = True
        self._wake.set()

    def statistics(self) -> OutboxStatistics:
        """Return what waits to be read, and what was dropped."""
        return self._outbox.statistics()

    # ---- what happens ------------------------------------------------------------------------------------

    def _show_events(self, shown: bool) -> None:
        if shown and self._unsubscribe is None:
            self._unsubscribe = self._control.subscribe(self._publish)
        elif not shown and self._unsubscribe is not None:
            unsubscribe, self._unsubscribe = self._unsubscribe, None
            unsubscribe()

    def _publish(self, event: ev.Event) -> None:
        """In the dialogue's thread: nothing but a place in the queue."""
        if self._desk.json or told(event):
            self._outbox.publish(event)

    def _format(self, entry: Entry) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        if isinstance(entry, Dropped):
            lost = {"event": "EventsDropped", "count": entry.count}
            return [as_json(lost) if self._desk.json else f"… {entry.count} events dropped"]
        return [as_json(ev.as_dict(entry))] if self._desk.json else tell(entry)

    # ---- in and out --------------------------------------------------------------------------------------

    def _step(self) -> None:
        masks = {self._wake.fileno(): select.POLLIN}
        if self._deadline is None and self._outbox.statistics().answers < _ANSWERS:
            masks[self._read_fd] = select.POLLIN
        if self._unsent():
            masks[self._write_fd] = masks.get(self._write_fd, 0) | select.POLLOUT
        ready = _poll(masks, None if self._deadline is None else 0.1)
        if self._wake.fileno() in ready:
            self._wake.clear()
        happened = ready.get(self._read_fd, 0) if masks.get(self._read_fd, 0) & select.POLLIN else 0
        if happened & ~select.POLLOUT:
            self._read()
        # an error or a hang-up is reported on both: writing then tells which
        if self._bytes and ready.get(self._write_fd, 0) & ~select.POLLIN:
            self._write()

    def _read(self) -> None:
        try:
            data = os.read(self._read_fd, _READ)
        except BlockingIOError:
            return
        if not data:
            self._show_events(False)
            self._deadline = time.monotonic() + _FAREWELL_S
        for line in self._lines.feed(data):
            self._outbox.answer(answer(self._desk, line))

    def _said_farewell(self) -> bool:
        return self._deadline is not None and (not self._unsent() or time.monotonic() > self._deadline)

    def _unsent(self) -> bool:
        """Fetch the next bytes to write, if the last are written."""
        if not self._bytes:
            chunk: list[bytes] = []
            size = 0
            while size < _WRITE and (entry := self._outbox.take()) is not None:
                text = [line.encode() + self._newline for line in self._format(entry)]
                chunk += text
                size += sum(map(len, text))
            self._bytes = b"".join(chunk)
        return bool(self._bytes)

    def _write_when_ready(self) -> None:
        if _poll({self._write_fd: select.POLLOUT}, 0.05):
            self._write()

    def _write(self) -> None:
        try:
            written = os.write(self._write_fd, self._bytes[:_WRITE])
        except BlockingIOError:
            return
        self._bytes = self._bytes[written:]


def _poll(masks: dict[int, int], timeout_s: float | None) -> dict[int, int]:
    poller = select.poll()  # unlike select it takes descriptors beyond 1023
    for fd, mask in masks.items():
        poller.register(fd, mask)
    return dict(poller.poll(None if timeout_s is None else timeout_s * 1000))
