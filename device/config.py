"""Configuration: defaults, then a TOML file, then ``PIPIT_…`` variables, then the command line.

A key that does not exist is an error that names the nearest right one. Nested keys are spelt with two
underscores in a variable: ``PIPIT_LISTEN__SILENCE_MS=700``.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pipit.audio import EndpointSettings
from pipit.errors import BadConfig
from pipit.fsm.brain import BrainSettings
from pipit.fsm.ear import EarSettings

PREFIX = "PIPIT_"
NOT_SETTINGS = frozenset({"PIPIT_CONFIG", "PIPIT_MODELS_DIR", "PIPIT_POCKET_DIR", "PIPIT_RECORDINGS"})
"""Variables that other parts read; they are no settings."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Listen(_Section):
    """How it hears where speech starts and ends; times in milliseconds of audio."""

    open_mic: bool = True
    """Speech alone opens a turn; off: only the button does."""
    full_duplex: bool = False
    """Speech may interrupt the assistant; needs a headset or an echo-cancelling microphone."""
    aggressiveness: int = Field(default=2, ge=0, le=3)
    """Of voice activity: 0 lets nearly everything pass as speech, 3 only what surely is."""
    preroll_ms: int = Field(default=300, ge=0, le=2000)
    """Kept from before the start of speech, so that no first word is clipped."""
    start_ms: int = Field(default=80, ge=20, le=1000)
    """Speech needed within start_window_ms to start an utterance."""
    start_window_ms: int = Field(default=160, ge=20, le=2000)
    """The window in which start_ms of speech must lie."""
    silence_ms: int = Field(default=500, ge=100, le=5000)
    """Silence that ends an utterance."""
    end_speech_ms: int = Field(default=20, ge=0, le=1000)
    """Speech that such a silence may hold: a click is no word."""
    hold_off_ms: int = Field(default=300, ge=0, le=5000)
    """Further silence before it answers; going on within it joins the words."""
    longest_s: float = Field(default=30.0, ge=1, le=600)
    """Longest utterance in seconds; one that is longer is dropped with an error."""
    release_tail_ms: int = Field(default=200, ge=0, le=1000)
    """After the button is released, words under way are taken for at most so long."""
    gate_tail_ms: int = Field(default=200, ge=0, le=2000)
    """After it has spoken, the open microphone stays deaf for this."""

    def ear(self) -> EarSettings:
        """Return the ear's own settings."""
        endpoint = EndpointSettings(
            preroll_ms=self.preroll_ms,
            start_ms=self.start_ms,
            start_window_ms=self.start_window_ms,
            silence_ms=self.silence_ms,
            end_speech_ms=self.end_speech_ms,
            hold_off_ms=self.hold_off_ms,
            longest_ms=round(self.longest_s * 1000),
        )
        return EarSettings(
            endpoint,
            open_mic=self.open_mic,
            release_tail_ms=self.release_tail_ms,
            gate_tail_ms=self.gate_tail_ms,
        )


class EngineChoice(_Section):
    """Which weights, and how the engines run."""

    weights: str = "pocket"
    """A set of the catalogue: pocket (ships with Pipit), board, roomy; or scripted, for trying without weights."""
    recognizer: Path | None = None
    """A Vosk folder, instead of the set's."""
    model: Path | None = None
    """A GGUF file, instead of the set's."""
    voice: Path | None = None
    """A Piper voice (.onnx), instead of the set's."""
    context_tokens: int = Field(default=512, ge=64, le=131_072)
    """Tokens of prompt and reply together."""
    threads: int | None = Field(default=None, ge=1, le=64)
    """Threads that write a reply; unset: from the number of cores."""
    prefill_threads: int | None = Field(default=None, ge=1, le=64)
    """Threads that read a prompt."""
    voice_threads: int | None = Field(default=None, ge=1, le=64)
    """Threads that speak."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    """0 always picks the likeliest word; more is freer."""
    seed: int = 7
    """The same seed, prompt and weights give the same reply."""


class Reply(_Section):
    """What it says."""

    tokens: int = Field(default=120, ge=8, le=4096)
    """Longest reply; so much of the context is kept free for it."""
    system: str = "You are Pipit, a small offline voice assistant."
    """The first line of the system prompt."""
    clock: bool = True
    """Whether the model is told date and time, in words."""
    apology: str = "Sorry, something went wrong. Please try again."
    """Spoken when a part failed."""

    def brain(self) -> BrainSettings:
        """Return the brain's own settings."""
        return BrainSettings(reply_tokens=self.tokens)


class Log(_Section):
    """Structured logs: one JSON object a line."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    """From which level on."""
    file: Path | None = None
    """Where to; unset: standard error."""


class Settings(BaseSettings):
    """All of it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    listen: Listen = Listen()
    engines: EngineChoice = EngineChoice()
    reply: Reply = Reply()
    log: Log = Log()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before what ``load_settings`` read from the file."""
        return env_settings, init_settings


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
        _require_known(key, known, str(chosen))
    for name in os.environ:
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            _require_known(name.removeprefix(PREFIX).lower().replace("__", "."), known, f"variable {name}")
    try:
        settings = Settings(**values)
        settings.listen.ear()
    except ValidationError as error:
        raise _plain(error, where) from error
    return settings


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


def _require_known(key: str, known: set[str], where: str) -> None:
    if key in known:
        return
    # the last part alone finds "silense_ms" at the top level too
    by_tail = {name.rpartition(".")[2]: name for name in known}
    tails = difflib.get_close_matches(key.rpartition(".")[2], by_tail, n=1)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.75) or [by_tail[t] for t in tails] or sorted(known)[:1]
    raise BadConfig("config-unknown-key", f"{where}: there is no setting '{key}'", f"did you mean '{near[0]}'?")


def _plain(error: ValidationError, where: str) -> BadConfig:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    return BadConfig("config-value", f"{where}: {key} = {first['input']!r}", first["msg"].lower())
