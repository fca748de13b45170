"""The configuration as it is in effect, without what is nobody else's business."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipit.device.config import NOT_SETTINGS, PREFIX, Settings, config_path
from pipit.device.doctor.bundle.redact import HIDDEN, SECRET_KEY
from pipit.device.doctor.case import Case

_PERSONAL = frozenset({"reply.system", "reply.apology", "engines.mirror"})
"""Free text, or an address that may hold a password; only its length is told."""


def settings_of(case: Case) -> dict[str, Any]:
    """Return the settings in effect, and what the file and the environment have that is no setting."""
    shown = case.settings.model_dump(mode="json")
    file = case.config_file or config_path()
    given = _read(file) if file else {}
    known = set(_keys(shown))
    return {
        "file": str(file) if file else None,
        "readable": given is not None,
        "in_effect": _shown(shown),
        "set_in_file": sorted(key for key in _keys(given or {}) if key in known),
        "unknown_in_file": sum(key not in known for key in _keys(given or {})),
        "set_in_environment": sorted(name for name in os.environ if _is_setting(name, known)),
    }


def secrets_of(case: Case) -> list[str]:
    """Return the values that must not show up anywhere: of keys that are no settings, or personal ones."""
    file = case.config_file or config_path()
    known = set(_keys(Settings.model_construct().model_dump(mode="json")))
    found = [value for key, value in _leaves((_read(file) if file else None) or {}) if key not in known or _hides(key)]
    for name, value in os.environ.items():
        if name.upper().startswith(PREFIX) and not _is_setting(name, known):
            found.append(value)
    found += [value for key, value in _leaves(case.settings.model_dump(mode="json")) if key in _PERSONAL]
    usual = dict(_leaves(Settings.model_construct().model_dump(mode="json")))
    return [value for value in found if isinstance(value, str) and value not in usual.values()]


def _is_setting(name: str, known: set[str]) -> bool:
    upper = name.upper()
    key = upper.removeprefix(PREFIX).lower().replace("__", ".")
    return upper.startswith(PREFIX) and (key in known or upper in NOT_SETTINGS)


def _hides(key: str) -> bool:
    return key in _PERSONAL or SECRET_KEY.fullmatch(key) is not None


def _shown(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in values.items():
        key = prefix + name
        if isinstance(value, Mapping):
            shown[name] = _shown(value, f"{key}.")
        elif key in _PERSONAL:
            shown[name] = f"[{len(value)} characters]" if value else value
        else:
            shown[name] = HIDDEN if value and _hides(key) else value
    return shown


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            for each in value:
                yield from _leaves({name: each}, prefix)
        else:
            yield prefix + name, value


def _keys(values: Mapping[str, Any]) -> Iterator[str]:
    return (key for key, _ in _leaves(values))
