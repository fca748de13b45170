"""Every setting there is, by section, with its unit and a line of what it does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field

from pipit.audio import EndpointSettings
from pipit.fsm.brain import BrainSettings
from pipit.fsm.ear import EarSettings
from pipit.models.languages import Languages


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
    bet_ms: int = Field(default=200, ge=0, le=2000)
    """After so much silence the answer is thought ahead, and held until it is sure that nobody goes on; 0: never."""
    hold_off_ms: int = Field(default=300, ge=0, le=5000)
    """Further silence before it answers; going on within it joins the words."""
    patience_ms: int = Field(default=700, ge=0, le=10_000)
    """So much longer, once, after words that want more ("remind me to")."""
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
            bet_ms=self.bet_ms,
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
    language: Annotated[Languages, Field(pattern="^[^,]*$")] = ""
    """Of recogniser, voice and prompts, such as de: picked from what is here; empty: that of the set."""
    mirror: str = ""
    """Where weights are fetched from instead of their own hosts: an address, or HOST=ADDRESS, several with commas."""
    context_tokens: int = Field(default=512, ge=64, le=131_072)
    """Tokens of prompt and reply together."""
    threads: int | None = Field(default=None, ge=1, le=64)
    """Threads that write a reply; unset: from the number of cores. ``pipit bench --tune`` finds all three by trying."""
    prefill_threads: int | None = Field(default=None, ge=1, le=64)
    """Threads that read a prompt; unset: from the number of cores."""
    voice_threads: int | None = Field(default=None, ge=1, le=64)
    """Threads that speak; unset: from the number of cores."""
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
    intents: bool = True
    """Whether time, sums, units, spelling and the like are answered by code, before the model is asked."""
    own_intents: Path | None = None
    """A table of your own sentences and replies; unset: intents.yaml in the folder of your configuration."""
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


class JournalSettings(_Section):
    """Where sessions are kept."""

    folder: Path | None = None
    """Unset: the service's state folder, else the user's."""

    @property
    def place(self) -> Path:
        """The folder, wherever that is; systemd may name several, the first is ours."""
        service = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
        return self.folder or (Path(service) if service else platformdirs.user_state_path("pipit"))


class Log(_Section):
    """Structured logs: one JSON object a line."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    """From which level on."""
    file: Path | None = None
    """Where to; unset: standard error."""
