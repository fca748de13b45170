"""Pins of the board, by way of gpiozero; which library moves them is the environment's choice."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipit.errors import Failure

TRY_WITHOUT = "GPIOZERO_PIN_FACTORY=mock tries it without pins"


def prepare() -> Any:
    """Return gpiozero, loaded only now; lgpio keeps its FIFOs where they can be written."""
    if not _writable(os.environ.get("LG_WD", "")):
        # the C library reads it when it is loaded, and would litter the working directory or fail
        os.environ["LG_WD"] = next(filter(_writable, _folders()), os.curdir)
    import gpiozero

    return gpiozero


def _folders() -> Iterator[str]:
    yield os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    yield "/run/pipit"
    yield os.environ.get("XDG_RUNTIME_DIR", "")
    yield tempfile.gettempdir()


def _writable(folder: str) -> bool:
    return bool(folder) and Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK)


@contextmanager
def claiming(what: str, setting: str) -> Iterator[None]:
    """Turn whatever goes wrong while pins are claimed into one line that says what to do."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # gpiozero warns for every library that it tries in vain
            yield
    except Exception as error:
        # every pin library has errors of its own, and some of them are not there to be named
        raise _failure(error, what, setting) from error


def _failure(error: Exception, what: str, setting: str) -> Failure:
    reason = str(error) or type(error).__name__
    kind = type(error).__name__
    if kind == "GPIOPinInUse":
        return Failure("gpio-in-use", f"{what}: the pin is in use", f"give {setting} a pin of its own")
    if isinstance(error, ImportError) or kind == "PinUnknownPi":
        hint = f"on a Raspberry Pi: run 'make run' once; elsewhere leave {setting} unset, or {TRY_WITHOUT}"
        return Failure("gpio-missing", f"{what}: no pins here ({reason})", hint)
    if "open gpiochip" in reason or isinstance(error, PermissionError):
        hint = "sudo usermod -aG gpio $USER, then log in again"
        return Failure("gpio-permission", f"{what}: may not use the pins ({reason})", hint)
    return Failure("gpio-pin", f"{what}: {reason}", f"choose another pin in {setting}, or {TRY_WITHOUT}")
