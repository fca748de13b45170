"""The trials as a small table, and a bar while they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipit.device.bench.tuning.choice import Row
from pipit.device.bench.tuning.run import Begin, Outcome
from pipit.device.bench.tuning.search import Settled

_LEGEND = (
    "Ratios to today's. time: from a question to the first sound, and all gaps (prefill: to read a long prompt); "
    "voice: its work for a second of speech; dry: how often the speaker ran out of sound."
)


@contextmanager
def bar(quiet: bool = False) -> Iterator[Begin]:
    """Show on a terminal's standard error how far it is; ``quiet`` shows nothing, such as beside JSON."""
    console = Console(stderr=True, highlight=False, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, disable=not console.is_terminal)

    def begin(total: int, warnings: Sequence[str]) -> Callable[[str], None]:
        for warning in warnings:
            console.print(f"[yellow]{escape(warning)}[/]", soft_wrap=True)
        task = progress.add_task("loading engines", total=total)
        done = iter(range(total + 1))
        return lambda what: progress.update(task, description=what, completed=next(done))

    with progress:
        yield begin


def show(outcome: Outcome, console: Console) -> None:
    """Print what each number of threads gave, what was chosen, and where it stands now."""
    tuned = outcome.tuned
    table = Table("", "threads", "time", "tokens/s", "voice", "ear late", "dry", "", box=None)
    for one in tuned.settled:
        for row in one.rows:
            table.add_row(*_told(one, row))
    if tuned.together is not None:
        kept = "best" if tuned.chosen != tuned.now else "worse"
        table.add_row("together", "", *_figures(tuned.together), kept)
    console.print(table)
    console.print(f"[dim]{_LEGEND}[/]", soft_wrap=True)
    _show_end(outcome, console)


def _show_end(outcome: Outcome, console: Console) -> None:
    tuned, path = outcome.tuned, escape(str(outcome.path))
    for name, number in tuned.chosen.items():
        before = "" if number == tuned.now[name] else f" [dim](was {tuned.now[name]})[/]"
        console.print(f"engines.{name} = [green]{number}[/]{before}")
    for warning in outcome.warnings:
        console.print(f"[yellow]{escape(warning)}[/]")
    if not outcome.written:
        console.print(f"nothing was written to {path}: this was a dry run", soft_wrap=True)
        return
    how = "a running assistant takes it over with SIGHUP, a service with [cyan]systemctl reload pipit[/]"
    console.print(f"written to {path}; {how}", soft_wrap=True)


def _told(one: Settled, row: Row) -> tuple[str, ...]:
    marks = [word for word, number in (("today", one.now), ("best", one.chosen)) if row.number == number]
    return (one.name, str(row.number), *_figures(row), ", ".join(marks))


def _figures(row: Row) -> tuple[str, ...]:
    behind = f"{row.behind_s * 1000:.0f} ms"
    return (f"{row.cost:.2f}", f"{row.tokens:.2f}", f"{row.voice:.2f}", behind, f"{row.underflows:g}")
