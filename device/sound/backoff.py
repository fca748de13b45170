"""How long to wait before a device that is gone is tried again."""

from __future__ import annotations

FIRST_S = 0.2
LONGEST_S = 5.0


class Backoff:
    """Pauses in seconds that double from 0.2 to 5, and start anew after ``reset``."""

    def __init__(self, first_s: float = FIRST_S, longest_s: float = LONGEST_S) -> None:
        self._first, self._longest = first_s, longest_s
        self._next = first_s

    def pause(self) -> float:
        """Return the next pause in seconds."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        return pause

    def reset(self) -> None:
        """Be quick again: it worked."""
        self._next = self._first
