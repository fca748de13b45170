"""Who looks on while weights are fetched: bars on a terminal, or nobody."""

from __future__ import annotations

from typing import Literal, Protocol

Doing = Literal["fetching", "checking", "unpacking", "copying", "done"]


class Watch(Protocol):
    """Called from the threads that fetch."""

    def at(self, name: str, doing: Doing, done: int, total: int | None) -> None:
        """So many bytes of a file are done; ``total`` is None where the server does not tell."""

    def say(self, line: str) -> None:
        """Something that a person should know: another try, a wait."""


class Silent:
    """Nobody looks on."""

    def at(self, name: str, doing: Doing, done: int, total: int | None) -> None:
        """Nothing."""

    def say(self, line: str) -> None:
        """Nothing."""
