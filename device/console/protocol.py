"""The commands: one table, one small function each; every answer ends in ``ok`` or ``error: …``."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from pipit.device.console.lines import Line, one_line
from pipit.device.console.session_words import lines, phase, session
from pipit.device.control import Control
from pipit.errors import BadInput, PipitError
from pipit.fsm import events as ev

OK = "ok"
ERROR = "error: "
LEVELS = ("debug", "info", "warning", "error")
LOUDEST = 2.0


@dataclass(slots=True)
class Desk:
    """What commands act on: the assistant, and how this one console is shown things."""

    control: Control
    show_events: Callable[[bool], None]
    json: bool = False


Handler = Callable[[Desk, str], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table; ``choices`` are the only words that may follow, when there are any."""

    name: str
    takes: str
    does: str
    run: Handler
    choices: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """How it is typed."""
        return f"{self.name} {self.takes}".strip()

    def argument(self, text: str) -> str:
        """Return what follows the name; raises ``BadInput`` when it is not what the command takes."""
        if self.takes == "…":
            return text
        if self.choices:
            text = text.lower()
        wrong = text not in self.choices if self.choices else bool(text) != bool(self.takes)
        if wrong:
            raise BadInput("console-usage", f"{self.name} takes {'|'.join(self.choices) or self.takes or 'nothing'}")
        return text


def answer(desk: Desk, line: Line) -> list[str]:
    """Carry out one line and return the lines of its answer; never raises."""
    if line.error:
        return [ERROR + line.error]
    name, _, rest = line.text.replace("\t", " ").partition(" ")
    if not name:
        return [OK]
    try:
        command = COMMANDS.get(name.lower())
        if command is None:
            raise _unknown(name)
        return [*(command.run(desk, command.argument(rest.strip())) or ()), OK]
    except PipitError as error:
        return [ERROR + one_line(str(error))]
    except Exception as error:  # whatever breaks behind the console must not take the console along
        structlog.get_logger().exception("console", command=name)
        return [ERROR + one_line(f"internal: {type(error).__name__}: {error}")]


def _unknown(name: str) -> BadInput:
    shown = one_line(name)
    shown = shown if len(shown) <= 24 else shown[:24] + "…"
    near = difflib.get_close_matches(name.lower()[:24], COMMANDS, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "help lists them"
    return BadInput("console-unknown", f"unknown command '{shown}'; {hint}")


# ---- what is shown -----------------------------------------------------------------------------------------


def as_json(value: Mapping[str, Any]) -> str:
    """Return one line of JSON, plain ASCII: safe on every line."""
    return json.dumps(value, default=str)


def _show(desk: Desk, name: str, values: Mapping[str, Any], unit: str = "") -> list[str]:
    if desk.json:
        return [as_json({name: values})]
    return [one_line(f"{key}: {_plain(value, unit)}") for key, value in _flat(values)]


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _plain(value: Any, unit: str) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:.10g}{unit}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


# ---- the handlers ------------------------------------------------------------------------------------------


def _help(desk: Desk, _: str) -> Sequence[str]:
    if desk.json:
        return [as_json({"help": {command.usage: command.does for command in COMMANDS.values()}})]
    return [f"{command.usage:<24}{command.does}" for command in COMMANDS.values()]


def _status(desk: Desk, _: str) -> Sequence[str]:
    return _show(desk, "status", desk.control.status())


def _latency(desk: Desk, _: str) -> Sequence[str]:
    return _show(desk, "latency", desk.control.latency(), " ms")


def _posts(event: ev.Event) -> Handler:
    return lambda desk, _: desk.control.post(event)


def _ask(desk: Desk, text: str) -> None:
    desk.control.post(ev.TextTyped(text=text))


def _say(desk: Desk, text: str) -> None:
    desk.control.say(text)


def _play(desk: Desk, text: str) -> None:
    desk.control.play(Path(text))


def _events(desk: Desk, text: str) -> None:
    desk.show_events(text == "on")


def _mode(desk: Desk, text: str) -> None:
    desk.json = text == "json"


def _mute(desk: Desk, text: str) -> None:
    desk.control.mute(text == "on")


def _volume(desk: Desk, text: str) -> None:
    try:
        level = float(text)
    except ValueError:
        level = math.nan
    if not 0 <= level <= LOUDEST:  # false for nan as well
        raise BadInput("console-volume", f"volume takes a number from 0 to {LOUDEST:g}, 1 is as the voice gave it")
    desk.control.volume(level)


def _log(desk: Desk, text: str) -> None:
    desk.control.log_level(text)


def _session(desk: Desk, text: str) -> Sequence[str]:
    return _rows(desk, "session", session(desk.control, text))


def _phase(desk: Desk, text: str) -> Sequence[str]:
    return _rows(desk, "phase", phase(desk.control, text))


def _rows(desk: Desk, name: str, rows: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    return [as_json({name: row}) for row in rows] if desk.json else [one_line(line) for line in lines(rows)]


def _quit(desk: Desk, _: str) -> None:
    desk.control.quit()


ON_OFF = ("on", "off")
COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("help", "", "this list", _help),
        Command("status", "", "what it does, its devices, how full its queues are", _status),
        Command("press", "", "the button goes down: listen, or fall silent and listen", _posts(ev.ButtonDown())),
        Command("release", "", "the button goes up: the question ends", _posts(ev.ButtonUp())),
        Command("say", "TEXT", "speak this text as it stands", _say),
        Command("ask", "TEXT", "a question without sound; the answer is spoken", _ask),
        Command("play", "WAV", "hear a recording as if it were spoken", _play),
        Command("send", "", "answer now, without waiting for more words", _posts(ev.Send())),
        Command("cancel", "", "drop what is under way and be silent", _posts(ev.Cancel())),
        Command("session", "…", "start FLOW, resume, pause, skip, stop, end, list, show", _session),
        Command("phase", "…", "complete, or override WHY where something is missing", _phase),
        Command("events", "on|off", "show what happens, as it happens", _events, ON_OFF),
        Command("mode", "json|text", "events and answers as JSON lines, or for people", _mode, ("json", "text")),
        Command("latency", "", "where the time of the last turn went", _latency),
        Command("mute", "on|off", "close the microphone, or open it", _mute, ON_OFF),
        Command("volume", "N", "loudness: 0 silent, 1 as the voice gave it, at most 2", _volume),
        Command("log", "LEVEL", "log from debug, info, warning or error on", _log, LEVELS),
        Command("quit", "", "end the assistant (this console alone: Ctrl-D)", _quit),
    )
}
"""All of them, by name, in the order of ``help``."""
