"""A keyboard key as the button, read from the kernel's input devices; keyboards may come and go.

The layouts and numbers here are the kernel's: ``linux/input.h`` and ``linux/input-event-codes.h``.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipit.device.controls.keynames import key_code
from pipit.device.controls.switch import Post, Stamp, Switch, nothing
from pipit.device.settings import ButtonSettings
from pipit.errors import Failure

FOLDER = Path("/dev/input")
EVENT = struct.Struct("llHHi")
"""seconds, microseconds, type, code, value, in the machine's own sizes."""
EV_SYN, EV_KEY, SYN_DROPPED = 0, 1, 3
UP, DOWN = 0, 1
_KEY_BYTES = 0x300 // 8
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 5.0
_READ = 64 * EVENT.size


def _ask(number: int) -> int:
    """Return the code of an ioctl that reads the bits of all keys."""
    return (2 << 30) | (_KEY_BYTES << 16) | (ord("E") << 8) | number


EVIOCGBIT_KEYS, EVIOCGKEY = _ask(0x20 + EV_KEY), _ask(0x18)


def has_key(device: int, code: int) -> bool:
    """Whether the keyboard that is open as ``device`` has the key; False for what is no keyboard."""
    return _bit(device, EVIOCGBIT_KEYS, code)


def is_down(device: int, code: int) -> bool:
    """Whether the key is held right now."""
    return _bit(device, EVIOCGKEY, code)


def _bit(device: int, request: int, code: int) -> bool:
    bits = bytearray(_KEY_BYTES)
    try:
        fcntl.ioctl(device, request, bits)
    except OSError:
        return False
    return bool(bits[code // 8] >> code % 8 & 1)


@dataclass(slots=True)
class _Keyboard:
    path: Path
    down: bool = False
    rest: bytes = b""


@dataclass(frozen=True, slots=True)
class Keyboards:
    """Where keyboards are found, and how they are asked; tests give pipes that answer."""

    folder: Path = FOLDER
    has: Callable[[int, int], bool] = has_key
    held: Callable[[int, int], bool] = is_down
    denied: set[Path] = field(default_factory=set)
    """What could not be opened for want of permission."""
    others: dict[Path, int] = field(default_factory=dict)
    """What has no such key, with the instant at which its node was made: opening wakes a device up."""

    def find(self, code: int, known: set[Path]) -> Iterator[tuple[int, Path]]:
        """Open what has the key and is not open yet."""
        self.denied.clear()
        for path in sorted(self.folder.glob("event*")):
            if path in known:
                continue
            with suppress(OSError):  # it went away meanwhile
                yield from self._open(path, code)

    def _open(self, path: Path, code: int) -> Iterator[tuple[int, Path]]:
        made = path.stat().st_ctime_ns
        if self.others.get(path) == made:
            return
        try:
            device = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except PermissionError:
            self.denied.add(path)  # or not yet allowed: udev grants it a moment after the node appears
            return
        if self.has(device, code):
            yield device, path
        else:
            self.others[path] = made
            os.close(device)


class KeyButton(Switch):
    """A key of any keyboard that has it."""

    def __init__(
        self,
        settings: ButtonSettings,
        on_long_press: Callable[[], None] = nothing,
        now: Callable[[], float] = time.monotonic,
        keyboards: Keyboards | None = None,
    ) -> None:
        super().__init__(settings, on_long_press, now)
        self._code = key_code(settings.key)
        self._name = settings.key
        self._keyboards = keyboards or Keyboards()
        self._open: dict[int, _Keyboard] = {}
        self._poll = select.poll()
        self._wake: tuple[int, ...] = ()
        self._running = False
        self._wait_s, self._search_at = _FIRST_WAIT_S, 0.0

    @property
    def devices(self) -> tuple[str, ...]:
        """The keyboards that are read now."""
        return tuple(str(keyboard.path) for keyboard in list(self._open.values()))

    def start(self, post: Post, stamp: Stamp) -> None:
        """Find the keyboards. None at all is no error, one may be plugged in; not being allowed to read is."""
        super().start(post, stamp)
        self._wake = os.pipe()
        self._poll.register(self._wake[0], select.POLLIN)
        self._search()
        if not self._open and self._keyboards.denied:
            paths = ", ".join(str(path) for path in sorted(self._keyboards.denied)[:3])
            hint = "sudo usermod -aG input $USER, then log in again"
            raise Failure("key-permission", f"key {self._name}: {paths}: permission denied", hint)
        if not self._open:
            self._log.warning("no-keyboard", key=self._name, folder=str(self._keyboards.folder))

    def run(self) -> None:
        """Read the keyboards, and look for new ones, until ``close``."""
        with self._changed:
            self._running = not self._closed
        try:
            while not self._closed:
                self._turn(self.tick())
        finally:
            self._let_go()

    def close(self) -> None:
        """End ``run``, which lets go of the keyboards; without it they are let go at once."""
        super().close()
        with self._changed:
            if self._running and self._wake:
                os.write(self._wake[1], b"x")
        if not self._running:
            self._let_go()

    # ---- its own thread ------------------------------------------------------------------------------

    def _let_go(self) -> None:
        for device in list(self._open):
            self._drop(device)
        with self._changed:
            for end in self._wake:
                os.close(end)
            self._wake = ()

    def _turn(self, due_s: float | None) -> None:
        wait_s = max(self._search_at - time.monotonic(), 0.0)
        ready = self._poll.poll(1000 * (wait_s if due_s is None else min(wait_s, due_s)) + 1)
        for device, _ in ready:
            if device in self._open:
                self._read(device)
        if time.monotonic() >= self._search_at:
            self._search()

    def _search(self) -> None:
        known = {keyboard.path for keyboard in self._open.values()}
        found = list(self._keyboards.find(self._code, known))
        for device, path in found:
            self._open[device] = _Keyboard(path)
            self._poll.register(device, select.POLLIN)
        # the longer nothing comes, the rarer it looks
        self._wait_s = _FIRST_WAIT_S if found else min(2 * self._wait_s, _LONGEST_WAIT_S)
        self._search_at = time.monotonic() + self._wait_s

    def _read(self, device: int) -> None:
        try:
            data = os.read(device, _READ)
        except BlockingIOError:
            return
        except OSError as error:
            self._gone(device, errno.errorcode.get(error.errno or 0, str(error)))
            return
        if not data:
            self._gone(device, "end of file")
            return
        self._take(device, data)

    def _take(self, device: int, data: bytes) -> None:
        keyboard = self._open[device]
        data = keyboard.rest + data
        whole = len(data) // EVENT.size * EVENT.size
        keyboard.rest = data[whole:]
        for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == EV_KEY and code == self._code and value in (UP, DOWN):  # 2 repeats a key that is held
                self._set(keyboard, value == DOWN)
            elif kind == EV_SYN and code == SYN_DROPPED:
                self._set(keyboard, self._keyboards.held(device, self._code))  # the kernel lost events

    def _set(self, keyboard: _Keyboard, down: bool) -> None:
        before = any(each.down for each in self._open.values())
        keyboard.down = down
        after = any(each.down for each in self._open.values())
        if after != before:
            self.edge(after)

    def _gone(self, device: int, reason: str) -> None:
        self._set(self._open[device], False)  # nobody holds a key of a keyboard that is not there
        self._log.warning("keyboard-gone", path=str(self._open[device].path), reason=reason)
        self._drop(device)
        self._wait_s, self._search_at = _FIRST_WAIT_S, time.monotonic() + _FIRST_WAIT_S

    def _drop(self, device: int) -> None:
        del self._open[device]
        self._poll.unregister(device)
        os.close(device)
