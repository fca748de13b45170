"""How long a download waits, and how often it tries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds; tries are counted anew whenever something came."""

    connect_s: float = 15.0
    read_s: float = 30.0
    """A server that sends nothing for so long has stalled."""
    tries: int = 6
    connect_tries: int = 3
    """Fewer: without a network the word must come soon."""
    first_wait_s: float = 1.0
    """Doubled with each try."""
    longest_wait_s: float = 30.0
    redirects: int = 8

    def wait_s(self, tries: int) -> float:
        """Return how long to wait after so many tries that brought nothing."""
        return min(self.longest_wait_s, self.first_wait_s * 2.0 ** (tries - 1))
