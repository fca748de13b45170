"""Configuration: defaults, then a TOML file, then ``PIPIT_…`` variables, then the command line.

A key that does not exist is an error that names the nearest right one. Nested keys are spelt with two
underscores in a variable: ``PIPIT_LISTEN__SILENCE_MS=700``; ``environment`` reads them, where there are some.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from pipit.device.language import prompts_in
from pipit.device.settings import (
    ButtonSettings,
    ConsoleSettings,
    EngineChoice,
    JournalSettings,
    LightSettings,
    Listen,
    Log,
    Reply,
    Sound,
)
from pipit.errors import BadConfig
from pipit.nearest import nearest_key

PREFIX = "PIPIT_"
NOT_SETTINGS = frozenset(
    {
        "PIPIT_CACHE_DIR",
        "PIPIT_CONFIG",
        "PIPIT_MODELS_DIR",
        "PIPIT_MODELS_MIRROR",
        "PIPIT_POCKET_DIR",
        "PIPIT_RECORDINGS",
    }
)
"""Variables that other parts read; they are no settings."""


class Settings(BaseModel):
    """All of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    listen: Listen = Listen()
    """How it hears."""
    engines: EngineChoice = EngineChoice()
    """Which weights, and how they run."""
    reply: Reply = Reply()
    """What it says."""
    sound: Sound = Sound()
    """Microphone and speaker."""
    button: ButtonSettings = ButtonSettings()
    """What is pressed to talk."""
    lights: LightSettings = LightSettings()
    """What it shows, and its small sounds."""
    console: ConsoleSettings = ConsoleSettings()
    """Where it can be talked to by text."""
    journal: JournalSettings = JournalSettings()
    """Where sessions are kept."""
    log: Log = Log()
    """What it writes down about itself."""


def config_path() -> Path | None:
    """Return the file that is read: ``PIPIT_CONFIG``, else the user's, else the system's, if there is one."""
    if chosen := os.environ.get("PIPIT_CONFIG"):
        return Path(chosen)
    usual = (platformdirs.user_config_path("pipit") / "pipit.toml", Path("/etc/pipit/pipit.toml"))
    return next((path for path in usual if path.is_file()), None)


def load_settings(path: Path | None = None) -> Settings:
    """Read the configuration; raises ``BadConfig`` with one line that says where, what and what instead."""
    chosen = path or config_path()
    values = _read(chosen) if chosen else {}
    where = str(chosen) if chosen else "environment"
    known = set(_keys(Settings))
    for key in _leaves(values):
        if key not in known:
            raise _unknown(key, known, where)
    try:
        settings = _overruled(values) if _require_known_variables(known) else Settings(**values)
    except ValidationError as error:
        raise _plain(error, where, known) from error
    _require_sense(settings, where)
    reply = prompts_in(settings.engines.language, settings.reply)
    return settings.model_copy(update={"reply": reply})


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadConfig("config-missing", f"{path}: no such file", "check --config or PIPIT_CONFIG") from error
    except OSError as error:
        raise BadConfig("config-unreadable", f"{path}: {error.strerror}", "check its permissions") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig("config-syntax", f"{path}: {error}", "it must be TOML") from error


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield prefix + name
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _keys(kind, f"{prefix}{name}.")


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name


def _overruled(values: dict[str, Any]) -> Settings:
    # what reads variables brings an event loop and TLS: most boards have none to read
    from pipit.device.environment import settings_over

    return settings_over(values)


def _require_known_variables(known: set[str]) -> bool:
    """Return whether a variable is a setting; raises ``BadConfig`` for one that is none."""
    others = {name.removeprefix(PREFIX).lower() for name in NOT_SETTINGS}
    found = False
    for name in os.environ:
        key = name.upper().removeprefix(PREFIX).lower().replace("__", ".")
        if name.upper().startswith(PREFIX) and key not in known | others:
            raise _unknown(key, known | others, f"variable {name}", variable=True)
        found = found or (name.upper().startswith(PREFIX) and key in known)
    return found


def _unknown(key: str, known: Collection[str], where: str, variable: bool = False) -> BadConfig:
    near = nearest_key(key, known)
    if variable and near:
        near = PREFIX + near.replace(".", "__").upper()
    hint = f"did you mean '{near}'?" if near else f"the sections are {', '.join(Settings.model_fields)}"
    return BadConfig("config-unknown-key", f"{where}: there is no setting '{key}'", hint)


def _require_sense(settings: Settings, where: str) -> None:
    """Values that are fine alone may make no sense together."""
    try:
        settings.listen.ear()
    except BadConfig as error:
        raise BadConfig(error.code, f"{where}: listen: {error.message}", error.hint) from error
    room, reply = settings.engines.context_tokens, settings.reply.tokens
    if reply >= room:
        message = f"{where}: reply.tokens = {reply} leaves no room for a question in engines.context_tokens = {room}"
        raise BadConfig("config-value", message, "make the first smaller or the second larger")


def _plain(error: ValidationError, where: str, known: set[str]) -> BadConfig:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    place = _variable(first["loc"]) or where
    if first["type"] == "extra_forbidden":
        return _unknown(key, known, place)
    return BadConfig("config-value", f"{place}: {key} = {first['input']!r}", first["msg"].lower())


def _variable(loc: Sequence[int | str]) -> str:
    """Return the variable that set this value, if one did: it wins over the file."""
    spelt = {name.upper(): name for name in os.environ}
    for count in range(len(loc), 0, -1):
        name = PREFIX + "__".join(str(part) for part in loc[:count]).upper()
        if name in spelt:
            return f"variable {spelt[name]}"
    return ""
