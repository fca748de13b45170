"""What must be installed beside the Python packages."""

from __future__ import annotations

import ctypes.util
import shutil
from pathlib import Path

import prompts
from fst import plugin_folder

_NEEDS = {
    "gcc libc6-dev": lambda: shutil.which("cc"),
    "flite1-dev": lambda: Path("/usr/include/flite/flite.h").exists(),
    "libespeak-ng1": lambda: ctypes.util.find_library("espeak-ng"),
    "libfst-tools": lambda: shutil.which("fstconvert"),
    "libfst22-plugins-base": plugin_folder,
}


def missing(telephone: Path | None = None) -> str | None:
    """Return a line that says what to install, or None where everything is there; for prompts in a folder too."""
    absent = [package for package, found in _NEEDS.items() if not found()]
    if telephone is not None:
        absent += prompts.missing(telephone)
    return f"missing Debian packages: apt-get install {' '.join(absent)}" if absent else None
