"""The playout buffer between a voice that is faster than speech and a device that is not.

The mouth writes clauses into it, the device (or the replay harness) pulls samples out of it at its own pace.
What was pulled is what was heard: the counts kept here decide what the history of the conversation says.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pipit.audio.frames import Samples


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one clause, in samples at the voice's rate."""

    written: int
    played: int
    whole: bool
    """Whether the clause was written to its end."""
    expected: int = 0
    """Until it is whole: how many samples it is to have, as far as is known; 0 is unknown."""


@dataclass(slots=True)
class _Clause:
    written: int = 0
    played: int = 0
    expected: int = 0
    whole: bool = False
    spoken: bool = False
    pending: deque[Samples] = field(default_factory=deque)

    def take(self, n: int) -> Samples:
        head = self.pending.popleft()
        if len(head) > n:
            self.pending.appendleft(head[n:])
            head = head[:n]
        self.played += len(head)
        return head


class Playback:
    """Holds one reply at a time; every method may be called from any thread.

    ``on_clause(turn, index)`` is called once a clause was pulled to its end, ``on_done(turn)`` once the whole
    reply was, ``on_first(turn)`` when its first sample leaves; all in the thread that pulls.
    """

    def __init__(
        self,
        rate: int,
        on_clause: Callable[[str, int], None],
        on_done: Callable[[str], None],
        on_first: Callable[[str], None],
    ) -> None:
        self.rate = rate
        self.flushes = 0
        """How often silence was ordered; a device that sees it change drops what it still holds."""
        self._on_clause, self._on_done, self._on_first = on_clause, on_done, on_first
        self._lock = threading.Lock()
        self._turn = ""
        self._clauses: list[_Clause] = []
        self._finished = False
        self._done = True
        self._began = False
        self._paused = self._held = False
        self._current = 0
        self._stir: Callable[[], None] = lambda: None

    def watch(self, stir: Callable[[], None]) -> None:
        """Call ``stir`` whenever there may be something to pull, or to drop, again; from whichever thread it was."""
        self._stir = stir

    def begin(self, turn: str, *, held: bool = False) -> None:
        """Make room for the reply of ``turn``; what was left of another is dropped.

        A reply that is ``held`` may be written and is not audible before ``release``.
        """
        with self._lock:
            self._turn, self._clauses, self._current, self._held = turn, [], 0, held
            self._finished = self._done = self._began = False
        self._stir()

    def write(self, turn: str, clause: int, samples: Samples, lost: Callable[[], bool] = lambda: False) -> bool:
        """Append sound to a clause; False, and nothing kept, when its turn, or the clause, is over.

        ``lost`` tells of one that was dropped while its turn goes on: it is asked where no other can begin meanwhile.
        """
        with self._lock:
            if lost() or turn != self._turn or self._done or clause < self._current:
                return False
            while len(self._clauses) <= clause:
                self._clauses.append(_Clause())
            if len(samples):
                self._clauses[clause].pending.append(samples)
                self._clauses[clause].written += len(samples)
            return True

    def expect(self, turn: str, clause: int, samples: int, lost: Callable[[], bool] = lambda: False) -> None:
        """Say how long a clause will be that is still being written."""
        if self.write(turn, clause, np.zeros(0, np.int16), lost):
            with self._lock:
                if turn == self._turn and clause < len(self._clauses) and not lost():
                    self._clauses[clause].expected = samples

    def end_clause(self, turn: str, clause: int, lost: Callable[[], bool] = lambda: False) -> None:
        """Say that a clause is complete."""
        if self.write(turn, clause, np.zeros(0, np.int16), lost):
            with self._lock:
                if turn == self._turn and not lost():
                    self._clauses[clause].whole = True

    def finish(self, turn: str) -> None:
        """Say that the reply has no further clause."""
        with self._lock:
            if turn == self._turn:
                self._finished = True

    def flush(self) -> tuple[Played, ...]:
        """Silence at once: drop what was not pulled, and tell what became of every clause."""
        with self._lock:
            self._done, self._held = True, False
            self.flushes += 1
            for clause in self._clauses:
                clause.pending.clear()
            played = tuple(Played(c.written, c.played, c.whole, 0 if c.whole else c.expected) for c in self._clauses)
        self._stir()
        return played

    def release(self) -> None:
        """Let a held reply be heard."""
        with self._lock:
            self._held = False
        self._stir()

    def forget(self) -> None:
        """Drop a held reply; the device, which never saw any of it, is left alone."""
        with self._lock:
            if self._held:
                self._done, self._held, self._clauses = True, False, []

    def pause(self) -> None:
        """Silence from the next pull on; what was not pulled is kept, and more may be written."""
        with self._lock:
            self._paused = True

    def resume(self) -> None:
        """Go on where it paused."""
        with self._lock:
            self._paused = False

    @property
    def paused(self) -> bool:
        """Whether it holds its sound back."""
        return self._paused

    @property
    def busy(self) -> bool:
        """Whether a reply is under way that is to be heard."""
        return not self._done and not self._held

    @property
    def turn(self) -> str:
        """The turn that speaks, or spoke last."""
        return self._turn

    @property
    def audible(self) -> bool:
        """Whether some of the reply under way has been played."""
        return not self._done and any(clause.played for clause in self._clauses)

    def pull(self, n: int) -> Samples:
        """Return exactly ``n`` samples for the device, silence where there is nothing to say."""
        out = np.zeros(n, np.int16)
        if self._done:
            return out
        calls: list[Callable[[], None]] = []
        with self._lock:
            self._fill(out, calls)
        for call in calls:
            call()
        return out

    def _fill(self, out: Samples, calls: list[Callable[[], None]]) -> None:
        turn, filled = self._turn, 0
        if self._done or self._paused or self._held:
            return
        while self._current < len(self._clauses):
            clause = self._clauses[self._current]
            if clause.pending and filled == len(out):
                return
            if clause.pending:
                if not self._began:
                    self._began = True
                    calls.append(lambda: self._on_first(turn))
                part = clause.take(len(out) - filled)
                out[filled : filled + len(part)] = part
                filled += len(part)
            elif clause.whole:
                calls.append(lambda index=self._current: self._on_clause(turn, index))  # type: ignore[misc]
                self._current += 1
            else:
                return
        if self._finished:
            self._done = True
            calls.append(lambda: self._on_done(turn))
