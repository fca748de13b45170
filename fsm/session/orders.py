"""What a session does when it is told to: by voice, by the button, or from the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipit.fsm.session import events as se
from pipit.fsm.session.attach import attach
from pipit.fsm.session.commands import Command

if TYPE_CHECKING:
    from pipit.fsm.session.director import Director

HELP = "You can say repeat, go back, skip, pause, continue, done, or stop."


def obey(director: Director, command: Command) -> None:
    """Do it; what is to be said about it is planned. Raises ``KeyError`` for what is no command."""
    paused = director.scene.state.paused
    if paused and command.verb not in ("resume", "stop", "help", "status", "end", "pause"):
        director.scene.emit(se.Resumed())
    _ORDERS[command.verb](director, command)


def _pause(director: Director, _: Command) -> None:
    director.scene.emit(se.Paused(reason="asked"))
    director.say("Paused. Say continue to go on.")


def _resume(director: Director, _: Command) -> None:
    if director.scene.state.paused:
        director.scene.emit(se.Resumed())
    director.plan(director.player.repeat())


def _repeat(director: Director, _: Command) -> None:
    director.plan(director.player.repeat())


def _back(director: Director, _: Command) -> None:
    director.plan(director.back())


def _skip(director: Director, _: Command) -> None:
    director.pass_over()


def _stop(director: Director, _: Command) -> None:
    director.stop()


def _complete(director: Director, _: Command) -> None:
    director.complete()


def _override(director: Director, command: Command) -> None:
    director.complete(override=command.argument or "no reason given")


def _status(director: Director, _: Command) -> None:
    lacking = director.player.lacking().required
    missing = f"Still missing: {', '.join(lacking)}." if lacking else "Nothing is missing."
    director.say(f"We are at {director.scene.where()}. {missing}")


def _help(director: Director, _: Command) -> None:
    director.say(HELP, None if director.scene.state.paused else director.player.repeat())


def _attach(director: Director, command: Command) -> None:
    attach(director, command.argument)


def _end(director: Director, command: Command) -> None:
    why_not = director.end(forced=command.argument == "force")
    if why_not:
        director.say(f"The session does not end here: {why_not}.", director.player.repeat())


_ORDERS: dict[str, Callable[[Director, Command], None]] = {
    "pause": _pause,
    "resume": _resume,
    "repeat": _repeat,
    "back": _back,
    "skip": _skip,
    "stop": _stop,
    "complete": _complete,
    "override": _override,
    "status": _status,
    "help": _help,
    "end": _end,
    "attach": _attach,
}
VERBS = tuple(_ORDERS)
"""Everything that ``obey`` takes."""
