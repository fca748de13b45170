"""What it shows: one LED or a coloured one, and who turns published events into looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

import structlog

from pipit.device.controls.pins import claiming, prepare
from pipit.fsm import events as ev
from pipit.fsm.machine import State
from pipit.fsm.turn import Outcome

Colour = tuple[float, float, float]
"""Red, green and blue from 0 to 1."""


class Look(Enum):
    """What can be shown."""

    DARK = "dark"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    ERROR = "error"
    SUSPENDED = "suspended"


LOOKS: Mapping[State, Look] = {
    State.IDLE: Look.DARK,
    State.LISTENING: Look.LISTENING,
    State.TRANSCRIBING: Look.THINKING,
    State.PENDING: Look.THINKING,
    State.THINKING: Look.THINKING,
    State.SPEAKING: Look.SPEAKING,
    State.SUSPENDED: Look.SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds on and off, which a pin that can dims up and down; ``times`` None goes on for ever."""

    on_s: float
    off_s: float
    fades: bool
    times: int | None = None


RHYTHMS: Mapping[Look, Rhythm] = {
    Look.THINKING: Rhythm(0.3, 0.3, fades=True),
    Look.SPEAKING: Rhythm(1.0, 1.0, fades=True),
    Look.ERROR: Rhythm(0.1, 0.1, fades=False, times=4),
    Look.SUSPENDED: Rhythm(0.5, 0.5, fades=False),
}
"""Looks that move; the others are steady."""

COLOURS: Mapping[Look, Colour] = {
    Look.LISTENING: (0.0, 0.0, 1.0),
    Look.THINKING: (1.0, 0.6, 0.0),
    Look.SPEAKING: (0.0, 1.0, 0.0),
    Look.ERROR: (1.0, 0.0, 0.0),
    Look.SUSPENDED: (1.0, 0.0, 0.0),
}


class Lights(Protocol):
    """Something that shows what the assistant does."""

    def show(self, look: Look) -> None:
        """Show a look until the next; must not wait."""
        ...

    def close(self) -> None:
        """Go dark and let go of the device."""
        ...


class LedLights:
    """One LED from a pin to ground, over a resistor."""

    def __init__(self, pin: int) -> None:
        """Claim the pin (GPIO number); raises ``Failure`` in one line."""
        with claiming(f"LED on GPIO{pin}", "lights.led"):
            self._led, self._dims = _dimmed_or_not("PWMLED", "LED", pin)

    def show(self, look: Look) -> None:
        """Show a look."""
        rhythm = RHYTHMS.get(look)
        if rhythm is not None:
            self._led.blink(**_times(rhythm, self._dims))
        elif look is Look.DARK:
            self._led.off()
        else:
            self._led.on()

    def close(self) -> None:
        """Go dark; gpiozero's blinking thread ends first."""
        self._led.off()
        self._led.close()


class RgbLights:
    """A coloured LED with a common cathode: red, green and blue pin."""

    def __init__(self, pins: tuple[int, int, int]) -> None:
        """Claim the pins (GPIO numbers); raises ``Failure`` in one line."""
        with claiming(f"LEDs on GPIO{', GPIO'.join(map(str, pins))}", "lights.rgb"):
            self._led, self._dims = _dimmed_or_not("RGBLED", "RGBLED", *pins)

    def show(self, look: Look) -> None:
        """Show a look."""
        colour = self._colour(COLOURS.get(look, (0.0, 0.0, 0.0)))
        rhythm = RHYTHMS.get(look)
        if rhythm is not None:
            self._led.blink(**_times(rhythm, self._dims), on_color=colour)
        else:
            self._led.color = colour

    def close(self) -> None:
        """Go dark; gpiozero's blinking thread ends first."""
        self._led.off()
        self._led.close()

    def _colour(self, colour: Colour) -> Colour:
        red, green, blue = colour
        return colour if self._dims else (round(red), round(green), round(blue))


def _dimmed_or_not(dimmed: str, plain: str, *pins: int) -> tuple[Any, bool]:
    """Return the device, and whether its pins can be dimmed; not every pin library can."""
    gpiozero = prepare()
    try:
        return getattr(gpiozero, dimmed)(*pins), True
    except gpiozero.PinPWMUnsupported:
        more = {"pwm": False} if dimmed == plain else {}
        return getattr(gpiozero, plain)(*pins, **more), False


def _times(rhythm: Rhythm, dims: bool) -> dict[str, Any]:
    common = {"n": rhythm.times, "background": True}
    if dims and rhythm.fades:
        fades = {"fade_in_time": rhythm.on_s, "fade_out_time": rhythm.off_s}
        return {**common, **fades, "on_time": 0, "off_time": 0}
    return {**common, "on_time": rhythm.on_s, "off_time": rhythm.off_s}


@dataclass(slots=True)
class ScriptedLights:
    """Writes down what it is told to show; ``broken`` is raised instead, for trying what that does."""

    shown: list[Look] = field(default_factory=list)
    broken: Exception | None = None
    closed: bool = False

    def show(self, look: Look) -> None:
        """Keep the look."""
        if self.broken is not None:
            raise self.broken
        self.shown.append(look)

    def close(self) -> None:
        """Go dark."""
        self.closed = True


class LightsOn:
    """Subscribes lights to the dialogue. Lights that fail cost light, never a turn; it is said once."""

    def __init__(self, lights: Lights) -> None:
        self._lights = lights
        self._look = Look.DARK
        self._state = State.IDLE
        self._mute = False
        """Whether the speaker is gone: then it shows where sound is missing."""
        self._complained = False
        self._log: Any = structlog.get_logger()

    def __call__(self, event: ev.Event) -> None:
        """Take one published event."""
        match event:
            case ev.Failed():
                self._show(Look.ERROR)
            case ev.TurnEnded() if event.record.outcome is Outcome.FAILED:
                self._show(Look.ERROR)  # an utterance without end, for one, is no failed part
            case ev.MicLost():
                self._show(Look.SUSPENDED)
            case ev.MicBack() if self._state is not State.SUSPENDED:
                self._show(self._now)  # what it goes back to is told next
            case ev.SpeakerLost() | ev.SpeakerBack():
                self._mute = isinstance(event, ev.SpeakerLost)
                self._show(self._now)
            case ev.StateChanged():
                self._state = State(event.dest)
                if self._look is Look.ERROR and self._now is Look.DARK:
                    self._look = Look.DARK  # it goes dark by itself, once it has been seen
                else:
                    self._show(self._now)

    @property
    def _now(self) -> Look:
        sounds = self._state in (State.IDLE, State.SPEAKING)
        return Look.SUSPENDED if self._mute and sounds else LOOKS[self._state]

    def _show(self, look: Look) -> None:
        if look is self._look:
            return
        self._look = look
        try:
            self._lights.show(look)
        except Exception as error:
            if not self._complained:
                self._complained = True
                self._log.warning("lights-failed", reason=f"{type(error).__name__}: {error}")
