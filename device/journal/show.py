"""Sessions on the terminal: a list, one in full, its course, what was found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from pipit.fsm.journal import Hit, SessionRow
from pipit.fsm.journal.export import SessionRecord
from pipit.fsm.journal.timeline import Chapter, Moment

_STATES = {"running": "green", "paused": "yellow", "ended": "dim"}
_WHO = {"person": ("You", "bold cyan"), "pipit": ("Pipit", "bold green"), "session": ("·", "dim")}


def session_table(rows: Iterable[SessionRow]) -> Table:
    """Return the sessions, one a line."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("session", no_wrap=True, overflow="fold")  # it is to be copied
    for column in ("began", "state", "phase", "turns", "lasted"):
        table.add_column(column, justify="right" if column in ("turns", "lasted") else "left", overflow="fold")
    for row in rows:
        state = Text(row.state, _STATES[row.state])
        table.add_row(
            Text(row.id, "cyan"), when(row.began), state, Text(row.phase), str(row.turns), lasted(row.elapsed)
        )
    return table


def session_page(record: SessionRecord) -> Group:
    """Return one session in full."""
    parts: list[RenderableType] = [_heading(record.row)]
    for part in (_fields(record), _artifacts(record), _questions(record)):
        if part.row_count:
            parts += ["", part]
    for phase, why in record.overrides.items():
        parts += ["", Text(f"{phase} was completed although something was lacking: {why}", "yellow")]
    if record.state.summary:
        parts += ["", Text(record.state.summary, "italic")]
    return Group(*parts)


def timeline_tree(row: SessionRow, chapters: Iterable[Chapter]) -> Tree:
    """Return the course of a session: its phases, and what happened in each."""
    tree = Tree(_heading(row), guide_style="dim")
    for chapter in chapters:
        branch = tree.add(Text(chapter.phase, "bold")) if chapter.phase else tree
        for moment in chapter.moments:
            branch.add(_moment(moment))
    return tree


def show_hits(hits: Iterable[Hit], console: Console) -> None:
    """Print what was found, the matching words marked."""
    for hit in hits:
        text = Text(hit.snippet)
        for start, end in hit.marks:
            text.stylize("bold yellow", start, end)
        head = Text.assemble((hit.session, "cyan"), (f"  {when(hit.wall)}  {hit.kind} ", "dim"))
        console.print(Text.assemble(head, text), soft_wrap=True)


def when(time: datetime) -> str:
    """Return a time as the clock on the wall shows it."""
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def lasted(seconds: float) -> str:
    """Return a length, as minutes and seconds."""
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _heading(row: SessionRow) -> Text:
    head = Text.assemble((row.title, "bold"), "  ", (row.id, "cyan"), "  ", (row.state, _STATES[row.state]))
    times = f"{when(row.began)} to {when(row.ended)}" if row.ended else f"began {when(row.began)}"
    phase = f", in phase {row.phase}" if row.phase and not row.ended else ""
    return head.append(f"\n{times}, lasted {lasted(row.elapsed)}, {row.turns} turns{phase}", "dim")


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _fields(record: SessionRecord) -> Table:
    table = _table("field", "value", "in the person's words", "")
    for name, held in record.state.fields.items():
        remark = "" if record.is_committed(name) else "not yet committed"
        table.add_row(Text(name), Text(record.value(name), "bold"), Text(held.words, "dim"), Text(remark, "yellow"))
    return table


def _artifacts(record: SessionRecord) -> Table:
    table = _table("kept", "where", "lasts")
    for name, kept in record.state.artifacts.items():
        where = Text(str(record.folder / kept.path))
        table.add_row(Text(name), where, f"{kept.seconds:.1f} s" if kept.seconds else "")
    return table


def _questions(record: SessionRecord) -> Table:
    table = _table("question", "answer")
    for asked in record.state.asked:
        table.add_row(Text(f"{'↳ ' if asked.parent else ''}{asked.text}"), Text(asked.answer or "–"))
    return table


def _moment(moment: Moment) -> Text:
    name, style = _WHO[moment.who]
    words = Text(moment.text, "dim" if moment.who == "session" else "")
    if moment.kind == "error":
        words = Text(moment.text, "red")
    return Text.assemble((f"{lasted(moment.elapsed):>7}  ", "dim"), (f"{name:>5}  ", style), words)
