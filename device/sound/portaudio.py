"""PortAudio, opened quietly, shared by microphone and speaker, and asked anew for what is plugged in.

PortAudio looks for devices only when the first user in a process initialises it: as long as one stream is open,
a microphone that was plugged in under a new number stays unseen. So whoever misses a device may ask the others to let
go for a moment; they do so when they have nothing to say, and only if the list of cards has really changed. A device
that somebody else used just when PortAudio looked is not listed either, and no list tells when it is free: for that
they are asked now and then, more and more rarely.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from pipit.device.sound.backoff import Backoff
from pipit.errors import DeviceLost

INT16 = 8
INPUT_OVERFLOW = 2
CONTINUE = 0
"""PortAudio's own numbers: pyaudio is only imported where there is something to open."""

_CARDS = Path("/proc/asound/cards")
_LONGEST_MUTE_S = 2.0
_LOOK_AGAIN_S = (2.0, 300.0)
"""How soon PortAudio looks again for a device that is missing, at first and at last."""
_OVER_S = 30.0
"""Nobody has missed a device for so long: the next that is missing is another matter."""


class _Mute:
    """Sends file descriptor 2 to nowhere while at least one thread wants it so.

    The native libraries write there themselves: 80 lines where there is no card. A call that hangs must not take
    the log of the whole process with it, hence the limit of 2 s.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._saved: int | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._users += 1
            if self._saved is not None or self._users > 1:
                return
            try:
                saved = os.dup(2)
            except OSError:  # started without a standard error: nothing to silence
                return
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
            self._saved = saved
            self._timer = threading.Timer(_LONGEST_MUTE_S, self._give_back)
            self._timer.daemon = True
            self._timer.start()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            last = not self._users
        if last:
            self._give_back()

    def _give_back(self) -> None:
        with self._lock:
            if self._saved is None:
                return
            os.dup2(self._saved, 2)
            os.close(self._saved)
            self._saved = None
            if self._timer is not None:
                self._timer.cancel()


muted = _Mute()
"""``with muted:`` nothing native reaches standard error."""


class Library:
    """Counts who uses PortAudio in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._cards = ""
        self._asked = False
        self._backoff = Backoff(*_LOOK_AGAIN_S)
        self._missed = -_OVER_S
        self._look_at = 0.0

    def acquire(self) -> Any:
        """Return a ``pyaudio.PyAudio``; raises ``DeviceLost`` when PortAudio itself does not start."""
        pyaudio = load()
        with self._lock, muted:
            _hush_alsa()
            if not self._users:
                self._cards, self._asked = _cards(), False
            try:
                manager = pyaudio.PyAudio()
            except OSError as error:
                raise DeviceLost("sound-system", f"the sound system does not start ({reason(error)})") from error
            self._users += 1
            return manager

    def release(self, manager: Any) -> None:
        """Give it back; the last one to do so ends PortAudio."""
        with self._lock, muted:
            try:
                manager.terminate()
            finally:
                self._users -= 1

    def ask_anew(self) -> None:
        """Ask whoever still uses it to let go for a moment, if it may know of more devices afterwards."""
        now = time.monotonic()
        if now - self._missed >= _OVER_S:
            self._backoff.reset()
            self._look_at = now + self._backoff.pause()
        self._missed = now
        if self._users and (_cards() != self._cards or now >= self._look_at):
            self._asked = True
            self._look_at = now + self._backoff.pause()

    @property
    def stale(self) -> bool:
        """Whether somebody waits for the others to let go."""
        return self._asked

    @contextmanager
    def using(self) -> Iterator[Any]:
        """Use it for the length of a block."""
        manager = self.acquire()
        try:
            yield manager
        finally:
            self.release(manager)


library = Library()
"""The one of this process."""


def load() -> Any:
    """Import pyaudio; raises ``DeviceLost`` where it, or PortAudio, is not installed."""
    try:
        import pyaudio
    except ImportError as error:
        hint = "run 'make run' once, or 'sudo apt install libportaudio2'"
        raise DeviceLost("sound-missing", f"PyAudio cannot be loaded ({error})", hint) from error
    return pyaudio


@cache
def _hush_alsa() -> None:
    """Let ALSA keep to itself what it says while streams run; what matters comes as an error, too.

    Its handler of errors is called in threads that must not wait for Python's lock: a C function that
    looks at its first argument and does nothing serves.
    """
    with suppress(OSError, AttributeError, ValueError):
        nothing = ctypes.cast(ctypes.CDLL(None).abs, ctypes.c_void_p)
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(nothing)


_REASONS = {
    -9985: "it is in use",
    -9986: "the system refused",
    -9987: "it gave no sound in time",
    -9996: "there is none",
    -9997: "it does not know this rate",
    -9998: "it does not have so many channels",
    -9999: "it went away",
}


def code(error: BaseException) -> int:
    """Return PortAudio's number within an error of PyAudio; 0 when it has none."""
    return next((arg for arg in reversed(error.args) if isinstance(arg, int)), 0)


def reason(error: BaseException) -> str:
    """Say in a few words why PortAudio refused."""
    return _REASONS.get(code(error)) or str(error.args[-1] if error.args else error) or type(error).__name__


def _cards() -> str:
    try:
        return _CARDS.read_text("utf-8", "replace")
    except OSError:
        return ""
