"""``pipit session``: what the journal holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from pipit.device.command_line import (
    ConfigOption,
    JournalOption,
    JsonOption,
    example,
    new_console,
    print_json,
    settings_from,
)
from pipit.errors import BadInput

if TYPE_CHECKING:
    from pipit.device.config import Settings

app = typer.Typer(
    help="Sessions: what was said and found out, kept in the journal.", no_args_is_help=True, rich_markup_mode="rich"
)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="A session, or the beginning of its name, or last: the newest.")
]
HowOption = Annotated[
    Literal["continue", "restart", "new"] | None,
    typer.Option("--how", help="With one that is unfinished; unless told, it asks.", show_default=False),
]
VERSION = 1
"""Of the JSON."""


@app.command("list", epilog=example("pipit session list", "pipit session list --flow forklift-check --unfinished"))
def list_(
    flow: Annotated[str, typer.Option("--flow", "-f", help="Only those of one flow.", show_default=False)] = "",
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Only those that have not ended.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List the sessions, newest first."""
    from pipit.device.journal.reading import reading
    from pipit.device.journal.show import session_table
    from pipit.fsm.journal.export import row_as_json

    place = settings_from(config).journal.place
    with reading(place) as journal:
        rows = journal.sessions(flow or None, unfinished) if journal else ()
    if json:
        print_json({"version": VERSION, "folder": str(place), "sessions": [row_as_json(row) for row in rows]})
    elif rows:
        new_console().print(session_table(rows))
    else:
        new_console().print("No sessions. Begin one: [cyan]pipit session start FLOW[/]")


@app.command(epilog=example("pipit session show last", "pipit session show forklift-check-20261121 --json"))
def show(session: IdArgument, json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show one session: its fields, artifacts and answers."""
    from pipit.device.journal.reading import one_session
    from pipit.device.journal.show import session_page
    from pipit.fsm.journal.export import record_as_json, record_of

    with one_session(settings_from(config).journal.place, session) as (journal, row):
        record = record_of(journal, row)
    if json:
        print_json({key: value for key, value in record_as_json(record).items() if key not in ("events", "flow_file")})
    else:
        new_console().print(session_page(record))


@app.command(epilog=example("pipit session timeline last", "pipit session timeline last --json"))
def timeline(session: IdArgument, json: JsonOption = False, config: ConfigOption = None) -> None:
    """Show the course of a session, phase by phase, from its events alone."""
    from pipit.device.journal.reading import one_session
    from pipit.device.journal.show import timeline_tree
    from pipit.fsm.journal.export import row_as_json
    from pipit.fsm.journal.timeline import timeline as course_of
    from pipit.fsm.journal.timeline import timeline_as_json

    with one_session(settings_from(config).journal.place, session) as (journal, row):
        chapters = course_of(journal.entries(row.id))
    if json:
        print_json({"version": VERSION, "session": row_as_json(row), "phases": timeline_as_json(chapters)})
    else:
        new_console().print(timeline_tree(row, chapters))


@app.command(epilog=example('pipit session search "worn brakes"', "pipit session search seven --scope flow:chat"))
def search(
    text: Annotated[str, typer.Argument(help="Words; the last may be the beginning of one.")],
    scope: Annotated[str, typer.Option("--scope", help="all, flow:NAME or session:ID.")] = "all",
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Search what was said and answered, fields and artifacts; exit code 1 when nothing is found."""
    from pipit.device.journal.reading import reading, the_session
    from pipit.device.journal.show import show_hits
    from pipit.fsm.journal.search import hit_as_json

    with reading(settings_from(config).journal.place) as journal:
        if journal and scope.startswith("session:"):
            scope = f"session:{the_session(journal, scope.removeprefix('session:')).id}"
        hits = journal.search(text, scope) if journal else ()
    if json:
        print_json({"version": VERSION, "text": text, "scope": scope, "hits": [hit_as_json(hit) for hit in hits]})
    elif hits:
        show_hits(hits, new_console())
    else:
        new_console().print(f"Nothing found for {text!r}.", markup=False)
    raise typer.Exit(0 if hits else 1)


@app.command(epilog=example("pipit session export last --out check.html", "pipit session export last --format json"))
def export(
    session: IdArgument,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write; otherwise it is printed.")] = None,
    as_: Annotated[
        Literal["json", "html"] | None,
        typer.Option("--format", help="Unless the file's name tells: json.", show_default=False),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write a session's record: JSON for programs, or one HTML page with its voice notes, to be kept or printed."""
    import json

    from pipit.device.journal.page import page
    from pipit.device.journal.reading import one_session
    from pipit.fsm.journal.export import record_as_json, record_of

    html = as_ == "html" or (as_ is None and out is not None and out.suffix.lower() in (".html", ".htm"))
    with one_session(settings_from(config).journal.place, session) as (journal, row):
        record = record_of(journal, row)
    text = page(record) if html else json.dumps(record_as_json(record), indent=1, ensure_ascii=False) + "\n"
    _put(text, out)


def _put(text: str, out: Path | None) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")  # what a console was sent may be no text
    if out is None:
        print(text, end="")
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        hint = "choose a place that can be written and has room"
        raise BadInput("export-write", f"{out}: {error.strerror}", hint) from error
    new_console().print(f"Written: {out}", markup=False, soft_wrap=True)


@app.command(epilog=example("pipit session start forklift-check", "pipit session start wind-down --minutes 5"))
def start(
    flow: Annotated[str, typer.Argument(metavar="FLOW", help="A flow's name, or its file.")],
    how: HowOption = None,
    minutes: Annotated[float, typer.Option("--minutes", help="Length of a guided session.", min=0, max=240)] = 0.0,
    journal: JournalOption = None,
    config: ConfigOption = None,
) -> None:
    """Lead a session by typed words, without sound; Ctrl-D leaves it, and resume goes on."""
    from pipit.device.flow.find import resolve
    from pipit.fsm.flow.load import load_flow

    load_flow(resolve(flow))
    words = (flow, how or "", f"{minutes:g}" if minutes else "")
    _converse(settings_from(config), journal, "start", " ".join(word for word in words if word))


@app.command(epilog=example("pipit session resume last", "pipit session resume forklift-check-20261121"))
def resume(session: IdArgument, journal: JournalOption = None, config: ConfigOption = None) -> None:
    """Go on with a session where it was, by typed words."""
    settings = settings_from(config)
    _converse(settings, journal, "resume", _full_name(settings, journal, session))


@app.command("complete-phase", epilog=example('pipit session complete-phase last --override "the horn is on order"'))
def complete_phase(
    session: IdArgument,
    override: Annotated[str, typer.Option("--override", metavar="WHY", help="Although something is missing.")] = "",
    journal: JournalOption = None,
    config: ConfigOption = None,
) -> None:
    """Complete the phase a session is in; exit code 1, with what is missing, when that is refused."""
    order = ("override", override) if override.strip() else ("complete", "")
    _steer(settings_from(config), journal, session, *order)


@app.command(epilog=example("pipit session attach last photo tyre.jpg"))
def attach(
    session: IdArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The artifact, as the flow calls it.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What is copied into the session's folder.")],
    journal: JournalOption = None,
    config: ConfigOption = None,
) -> None:
    """Lay a file beside the phase a session is in."""
    _steer(settings_from(config), journal, session, "attach", f"{name} {file.absolute()}", must_move=False)


@app.command(epilog=example("pipit session end last", "pipit session end last --force"))
def end(
    session: IdArgument,
    force: Annotated[bool, typer.Option("--force", help="Wherever it is.")] = False,
    journal: JournalOption = None,
    config: ConfigOption = None,
) -> None:
    """End a session from its last phase; exit code 1 when it is not there yet."""
    _steer(settings_from(config), journal, session, "end", "force" if force else "")


def _placed(settings: Settings, journal: Path | None) -> Settings:
    if journal is None:
        return settings
    return settings.model_copy(update={"journal": settings.journal.model_copy(update={"folder": journal})})


def _full_name(settings: Settings, journal: Path | None, name: str) -> str:
    from pipit.device.journal.reading import one_session

    with one_session(_placed(settings, journal).journal.place, name) as (_, row):
        return row.id


def _converse(settings: Settings, journal: Path | None, verb: str, argument: str) -> None:
    from pipit.device.typed import Typed, terminal

    console = new_console()
    typed = Typed(_placed(settings, journal), lambda text: console.print(f"[bold green]Pipit[/]  {escape(text)}"))
    try:
        typed.order(verb, argument)
        typed.converse(terminal())
        led = typed.state
    finally:
        typed.close()
    if led is not None and not led.ended:
        console.print(f"[dim]{led.id} rests; go on with:[/] pipit session resume {led.id}", soft_wrap=True)


def _steer(
    settings: Settings, journal: Path | None, session: str, verb: str, argument: str, *, must_move: bool = True
) -> None:
    """Do one thing to a session that rests; exit code 1 when it is refused."""
    from pipit.device.typed import Typed

    name = _full_name(settings, journal, session)
    said: list[str] = []
    typed = Typed(_placed(settings, journal), said.append)
    try:
        typed.order("resume", name)
        before = typed.progress
        said.clear()
        typed.order(verb, argument)
        moved = typed.progress > before
    finally:
        typed.close()
    new_console().print("\n".join(said), markup=False)
    raise typer.Exit(0 if moved or not must_move else 1)
