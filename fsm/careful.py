"""A script that may break: what goes wrong in it costs a reply, never the conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pipit.errors import PipitError
from pipit.fsm import events as ev
from pipit.fsm.script import ANYTHING, Ask, Listening, Quiet, Reads, Script, Step, Wait
from pipit.fsm.turn import TurnRecord

T = TypeVar("T")
_QUIET: Step = Quiet()
_REST: Step | Wait = Wait()


class Careful:
    """A ``Script`` around another: an exception becomes a ``Failed`` event, and nothing is said."""

    def __init__(self, inner: Script, publish: Callable[[ev.Event], None]) -> None:
        self._inner, self._publish = inner, publish

    def _try(self, work: Callable[[], T], instead: T) -> T:
        try:
            return work()
        except PipitError as error:
            self._publish(ev.Failed(part="session", code=error.code, message=str(error)))
        except Exception as error:
            self._publish(ev.Failed(part="session", code="internal", message=f"{type(error).__name__}: {error}"))
        return instead

    def heard(self, said: str, pcm: bytes) -> Step:
        """Answer, or be quiet."""
        return self._try(lambda: self._inner.heard(said, pcm), _QUIET)

    def reads(self, said: str) -> Reads:
        """Tell how the words read."""
        return self._try(lambda: self._inner.reads(said), Reads.OPEN)

    def judged(self, text: str | None) -> Step:
        """Go on, or be quiet."""
        return self._try(lambda: self._inner.judged(text), _QUIET)

    def foresee(self, said: str) -> Ask | None:
        """Foresee, or not."""
        return self._try(lambda: self._inner.foresee(said), None)

    def ended(self, record: TurnRecord, counts: bool) -> None:
        """Take note."""
        self._try(lambda: self._inner.ended(record, counts), None)

    def next(self) -> Step | Wait:
        """Return what comes, or wait."""
        return self._try(self._inner.next, _REST)

    def timed_out(self) -> None:
        """Take note."""
        self._try(self._inner.timed_out, None)

    def order(self, verb: str, argument: str) -> None:
        """Obey, or tell why not."""
        self._try(lambda: self._inner.order(verb, argument), None)

    def listening(self) -> Listening:
        """Return how to listen."""
        return self._try(self._inner.listening, ANYTHING)

    def settle(self) -> Sequence[ev.Event]:
        """Write down what happened."""
        return self._try(self._inner.settle, ())
