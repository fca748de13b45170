"""Configuration: defaults, then a TOML file, then ``PIPIT_…`` variables, then the command line.

A key that does not exist is an error that names the nearest right one. Nested keys are spelt with two
underscores in a variable: ``PIPIT_LISTEN__SILENCE_MS=700``.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

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


class Sound(_Section):
    """Microphone and speaker, found by name, never by number: numbers change with every plug."""

    microphone: str = ""
    """Part of its name, or its USB identity (vendor:product); empty: the system's default."""
    speaker: str = ""
    """The same for the speaker."""
    period_ms: int = Field(default=10, ge=5, le=50)
    """What the speaker is handed at a time; a press is heard as silence within one."""
    latency_ms: int = Field(default=40, ge=10, le=500)
    """What the speaker's device may hold."""
    stuck_ms: int = Field(default=1500, ge=200, le=60_000)
    """A microphone that gives no frame for so long is lost."""
    volume: float = Field(default=1.0, ge=0, le=2)
    """Of everything it says; 1 leaves it as the voice gave it."""


class ButtonSettings(_Section):
    """What is pressed to talk."""

    pin: int | None = Field(default=None, ge=0, le=27)
    """GPIO number (BCM) of a button to ground; unset: none."""
    key: str = ""
    """Name of a keyboard key, such as KEY_SPACE, read through evdev; empty: none."""
    press: Literal["hold", "toggle"] = "hold"
    """Hold to talk, or tap to start and tap to end."""
    bounce_ms: int = Field(default=30, ge=0, le=500)
    """Edges nearer to each other than this are one."""
    long_press_s: float = Field(default=2.5, ge=0.5, le=30)
    """A press so long without a word ends the session."""


class LightSettings(_Section):
    """What it shows and which small sounds it makes."""

    led: int | None = Field(default=None, ge=0, le=27)
    """GPIO number (BCM) of one LED; unset: none."""
    rgb: tuple[int, int, int] | None = None
    """GPIO numbers of a red, a green and a blue LED; unset: none."""
    earcons: bool = True
    """Short sounds for listening, done and error."""


class ConsoleSettings(_Section):
    """Where it can be talked to by text."""

    port: str = ""
    """A serial port such as /dev/ttyGS0; empty: none."""
    baud: int = Field(default=115_200, ge=300, le=4_000_000)
    """Speed of the serial port."""
    socket: Path | None = None
    """A UNIX socket for `pipit console`; unset: in the runtime folder."""
    socket_group: str = "pipit"
    """Group that may use the socket, where there is one of this name."""


class Log(_Section):
    """Structured logs: one JSON object a line."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    """From which level on."""
    file: Path | None = None
    """Where to; unset: standard error."""


class Settings(BaseSettings):
    """All of it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, use_attribute_docstrings=True
    )

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
    log: Log = Log()
    """What it writes down about itself."""

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
        if key not in known:
            raise _unknown(key, known, where)
    _require_known_variables(known)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise _plain(error, where, known) from error
    except SettingsError as error:
        raise _no_json(error) from error
    _require_sense(settings, where)
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


def _require_known_variables(known: set[str]) -> None:
    others = {name.removeprefix(PREFIX).lower() for name in NOT_SETTINGS}
    for name in os.environ:
        key = name.upper().removeprefix(PREFIX).lower().replace("__", ".")
        if name.upper().startswith(PREFIX) and key not in known | others:
            raise _unknown(key, known | others, f"variable {name}", variable=True)


def _unknown(key: str, known: Collection[str], where: str, variable: bool = False) -> BadConfig:
    near = nearest_key(key, known)
    if variable and near:
        near = PREFIX + near.replace(".", "__").upper()
    hint = f"did you mean '{near}'?" if near else f"the sections are {', '.join(Settings.model_fields)}"
    return BadConfig("config-unknown-key", f"{where}: there is no setting '{key}'", hint)


def nearest_key(key: str, known: Collection[str]) -> str:
    """Return the known key that is most like ``key``, or nothing.

    Its last part alone finds one in the wrong section, or in none; between equals both together decide.
    """

    def likeness(name: str) -> tuple[float, float]:
        tails = difflib.SequenceMatcher(None, key.rpartition(".")[2], name.rpartition(".")[2]).ratio()
        whole = difflib.SequenceMatcher(None, key, name).ratio()
        return max(tails, whole), tails + whole

    best = max(sorted(known), key=likeness)
    return best if likeness(best)[0] >= _ALIKE else ""


_ALIKE = 0.6
"""Ratio of letters in common from which on a key is taken for a misspelling of another."""


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


def _no_json(error: SettingsError) -> BadConfig:
    names = [name for name in os.environ if name.upper().removeprefix(PREFIX).lower() in Settings.model_fields]
    hint = f"set one value at a time, such as {PREFIX}LISTEN__SILENCE_MS=700"
    return BadConfig("config-value", f"variable {' or '.join(names)}: no JSON object ({error.__cause__})", hint)
