"""Changing a few settings in the person's own TOML file: the rest, comments included, stays as it was written.

A choice of weights could lie in a state file of its own instead; then two places would say what is in use, and the file
that the person reads would be the one that is wrong.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import platformdirs
import tomlkit
from tomlkit.exceptions import TOMLKitError

from pipit.device.config import config_path, load_settings
from pipit.errors import BadConfig, PipitError
from pipit.models.fetch.files import place_file

SECTION = "engines"

Values = Mapping[str, str | int | None]
"""Keys of ``[engines]``; None: it is removed."""


def file_to_change(config: Path | None) -> Path:
    """Return the file that is read, or the one that will be: the user's."""
    chosen = config or config_path() or platformdirs.user_config_path("pipit") / "pipit.toml"
    return chosen.resolve()  # a link stays a link


def require_changeable(path: Path) -> None:
    """Raise ``BadConfig`` when the file is wrong, or cannot be written: before long work that ends in ``change``."""
    if path.exists():
        load_settings(path)
        # who may write anything is told too that the file is not meant to be
        if not os.access(path, os.W_OK) or not path.stat().st_mode & 0o222:
            raise _unwritable(path, "it is read-only")
    folder = next((folder for folder in path.parents if folder.exists()), path.parent)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise _unwritable(path, f"nothing can be written to {folder}")


def _unwritable(path: Path, why: str, hint: str = "another file with --config") -> BadConfig:
    hint = "sudo, or another file with --config" if os.geteuid() else hint
    return BadConfig("config-unwritable", f"{path} cannot be written ({why})", hint)


def change(path: Path, values: Values) -> None:
    """Set keys of ``[engines]``, or remove those that are None; the file is changed whole or not at all.

    Raises ``BadConfig`` when the file was wrong before, would be wrong afterwards, or cannot be written.
    """
    require_changeable(path)
    new = path.with_name(f".{path.name}.new")
    try:
        text = _changed(path.read_text("utf-8") if path.exists() else "", values)
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, "utf-8")
        if path.exists():
            _same_owner(path, new)
        load_settings(new)
        place_file(new, path)
    except OSError as error:
        raise _unwritable(path, error.strerror or type(error).__name__, "check the disk") from error
    except (TOMLKitError, PipitError) as error:
        said = str(error).replace(str(new), str(path))
        raise BadConfig("config-change", f"{path} is left as it was ({said})", "change [engines] by hand") from error
    finally:
        new.unlink(missing_ok=True)


def _changed(text: str, values: Values) -> str:
    document = tomlkit.parse(text)
    section = document.get(SECTION)
    if section is None:
        section = document[SECTION] = tomlkit.table()
    for key, value in values.items():
        if value is not None:
            section[key] = value
        elif key in section:
            section.remove(key)
    if not section:
        document.remove(SECTION)
    return tomlkit.dumps(document)


def _same_owner(old: Path, new: Path) -> None:
    shutil.copymode(old, new)
    if os.geteuid() == 0:
        facts = old.stat()
        os.chown(new, facts.st_uid, facts.st_gid)


def overruled(values: Values) -> list[str]:
    """Return the environment's variables that win over what was just written."""
    wanted = {f"PIPIT_{SECTION}__{key}".upper() for key in values} | {f"PIPIT_{SECTION}".upper()}
    return sorted(name for name in os.environ if name.upper() in wanted)
