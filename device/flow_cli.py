"""``pipit flow``: what flows there are, what is wrong with one, what it looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipit.device.command_line import ConfigOption, JsonOption, example, new_console, print_json
from pipit.errors import Failure

app = typer.Typer(
    help="Flows: conversations with a shape, written in YAML.", no_args_is_help=True, rich_markup_mode="rich"
)

FlowArgument = Annotated[str, typer.Argument(metavar="FLOW", help="A flow's name, or its file.")]
FlowsArgument = Annotated[list[str], typer.Argument(metavar="FLOW…", help="Flows' names, or their files.")]


@app.command("list", epilog=example("pipit flow list", "pipit flow list --json"))
def list_(as_json: JsonOption = False) -> None:
    """List the flows that come with Pipit and your own."""
    from pipit.device.flow.find import found_flows, users_folder
    from pipit.device.flow.overview import flow_table

    flows = found_flows()
    if as_json:
        rows = [
            {"name": f.name, "title": f.title, "file": str(f.path), "ships": f.ships, "fault": f.fault} for f in flows
        ]
        print_json({"version": 1, "folder": str(users_folder()), "flows": rows})
        return
    console = new_console()
    console.print(flow_table(flows))
    console.print(f"Your own flows belong in {users_folder()}", soft_wrap=True, style="dim")


@app.command(epilog=example("pipit flow check my-flow.yaml", "pipit flow check forklift-check --json"))
def check(flows: FlowsArgument, as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """Say what is wrong, with line and column; exit code 2 when a flow cannot be run, 0 for mere warnings."""
    from pipit.device.config import load_settings
    from pipit.device.flow.find import resolve
    from pipit.device.flow.report import Checked, as_json_object, lines_of
    from pipit.device.flow.vocabulary import heard_words
    from pipit.fsm.flow.load import check_file

    heard = heard_words(load_settings(config))
    paths = [resolve(flow) for flow in flows]
    checked = [Checked(path, *check_file(path, heard)) for path in paths]
    if as_json:
        print_json(as_json_object(checked))
    else:
        console = new_console()
        for line in (line for each in checked for line in lines_of(each)):
            console.print(line, soft_wrap=True)
    if any(each.errors for each in checked):
        raise typer.Exit(2)


@app.command(epilog=example("pipit flow show forklift-check", "pipit flow show my-flow.yaml --svg my-flow.svg"))
def show(
    flow: FlowArgument,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Print a Mermaid diagram.")] = False,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="OUT", help="Draw a picture into this file.")] = None,
) -> None:
    """Show a flow's phases: here, as a Mermaid diagram, or as a picture."""
    from pipit.device.flow.find import resolve
    from pipit.device.flow.overview import overview
    from pipit.fsm.flow.load import load_flow

    loaded = load_flow(resolve(flow))
    if svg is not None:
        from pipit.device.flow.picture import draw

        _write(svg, draw(loaded))
    if mermaid:
        from pipit.fsm.flow.mermaid import mermaid as diagram

        print(diagram(loaded), end="")
    elif svg is None:
        new_console().print(overview(loaded))


@app.command("dry-run", epilog=example("pipit flow dry-run forklift-check", "pipit flow dry-run my-flow.yaml --short"))
def dry_run(
    flow: FlowArgument,
    short: Annotated[bool, typer.Option("--short", help="Only which phases each walk takes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Walk along every branch in text; exit code 1 when a walk gets stuck or a phase is never reached."""
    from pipit.device.flow.find import resolve
    from pipit.device.flow.walks import show_walks, walks_as_json
    from pipit.fsm.flow.load import load_flow
    from pipit.fsm.session.dry_run import walks

    loaded = load_flow(resolve(flow))
    found = walks(loaded)
    missed = [phase.name for phase in loaded.phases if not any(phase.name in walk.path for walk in found)]
    if as_json:
        print_json(walks_as_json(loaded, found, missed))
    else:
        show_walks(found, missed, new_console(), short=short)
    if missed or not all(walk.ended for walk in found):
        raise typer.Exit(1)


@app.command(epilog=example("pipit flow schema > flow.schema.json"))
def schema() -> None:
    """Print the JSON Schema of flow files, for editors."""
    from pipit.fsm.flow.json_schema import json_schema_text

    print(json_schema_text(), end="")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure("picture-unwritable", f"{path}: {error.strerror}", "choose another place for it") from error
    new_console().print(f"wrote {path}", soft_wrap=True)
