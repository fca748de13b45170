"""What the model is told of the conversation so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipit.models.ports import Message

_MOST = 64
"""Exchanges kept at most; far more than any context here holds."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one turn left behind: the words of the person, and what the person heard."""

    said: str
    heard: str


class Memory:
    """The last exchanges; the oldest drop out whole, the system prompt never."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=_MOST)

    def remember(self, said: str, heard: str) -> None:
        """Keep an exchange; of a reply only what was heard."""
        self._exchanges.append(Exchange(said, heard))

    def snapshot(self) -> tuple[Exchange, ...]:
        """Return the exchanges, oldest first, for another thread to read."""
        return tuple(self._exchanges)


def build_prompt(
    system: str,
    exchanges: Sequence[Exchange],
    said: str,
    fits: Callable[[Sequence[Message]], bool],
) -> tuple[tuple[Message, ...], int]:
    """Return the messages that fit, and how many of the oldest exchanges had to be left out.

    Words that got no answer at all (the person pressed before anything was heard) lead the next message of
    the same person, since chat templates take the roles in turns.
    """
    dropped = 0
    while True:
        messages = _render(system, exchanges[dropped:], said)
        if dropped == len(exchanges) or fits(messages):
            return messages, dropped
        dropped += 1


def _render(system: str, exchanges: Sequence[Exchange], said: str) -> tuple[Message, ...]:
    messages = [Message("system", system)] if system else []
    waiting: list[str] = []
    for exchange in exchanges:
        waiting.append(exchange.said)
        if exchange.heard:
            messages += [Message("user", " ".join(waiting)), Message("assistant", exchange.heard)]
            waiting = []
    return (*messages, Message("user", " ".join([*waiting, said])))
