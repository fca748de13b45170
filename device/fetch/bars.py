"""A bar for each file and one for all, or lines where there is no terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from pipit.models.fetch.watch import Doing

_EVERY_S = 10.0
_ALL = "[bold]all[/]"


class Bars:
    """A ``Watch`` on standard error; a context, so that the terminal is itself again afterwards."""

    def __init__(self, total: int | None = None, console: Console | None = None) -> None:
        """``total`` is how many bytes all files have, where that is known beforehand."""
        self._console = console or Console(stderr=True, highlight=False)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(binary_units=True))
        self._progress = Progress(*columns, TransferSpeedColumn(), TimeRemainingColumn(), console=self._console)
        self._progress.disable = not self._console.is_terminal
        self._tasks: dict[str, TaskID] = {}
        self._done: dict[str, int] = {}
        self._all = self._progress.add_task(_ALL, total=total) if total else None
        self._told = time.monotonic()

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def at(self, name: str, doing: Doing, done: int, total: int | None) -> None:
        """Move the file's bar, and that of all files."""
        task = self._tasks.get(name)
        if task is None:
            task = self._tasks[name] = self._progress.add_task("", total=total)
        what = escape(name) if doing == "fetching" else f"{escape(name)} [dim]{doing}[/]"
        self._progress.update(task, description=what, completed=done, total=total)
        if doing in ("fetching", "done"):
            self._done[name] = done
            if self._all is not None:
                self._progress.update(self._all, completed=sum(self._done.values()))
            self._tell(name, doing, done, total)

    def say(self, line: str) -> None:
        """Print a line above the bars."""
        self._progress.console.print(f"[yellow]{escape(line)}[/]", soft_wrap=True)

    def _tell(self, name: str, doing: Doing, done: int, total: int | None) -> None:
        """A log has no bars: now and then a line."""
        now = time.monotonic()
        if self._console.is_terminal or (doing != "done" and now - self._told < _EVERY_S):
            return
        self._told = now
        share = f"{100 * done // total} %" if total else f"{done:,} bytes"
        self._console.print(f"{escape(name)}: {'whole' if doing == 'done' else share}", soft_wrap=True)


@contextmanager
def bars(total: int | None = None, quiet: bool = False) -> Iterator[Bars]:
    """Show bars while something is fetched; ``quiet`` shows none, such as beside JSON."""
    with Bars(total, Console(stderr=True, quiet=True) if quiet else None) as shown:
        yield shown
