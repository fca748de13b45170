"""The command line. Imports are inside the commands: ``--help`` must not wait for an engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipit import __version__
from pipit.device.bench.cli import app as bench_app
from pipit.device.command_line import (
    ConfigOption,
    FlowOption,
    JournalOption,
    JsonOption,
    MicOption,
    OutOption,
    complain,
    engines_from,
    example,
    new_console,
    print_json,
    settings_from,
)
from pipit.device.doctor_cli import app as doctor_app
from pipit.device.eval.cli import app as eval_app
from pipit.device.flow_cli import app as flow_app
from pipit.device.models_cli import app as models_app
from pipit.device.part_commands import app as part_app
from pipit.device.service.cli import app as service_app
from pipit.device.session_cli import app as session_app
from pipit.errors import BadInput, PipitError

if TYPE_CHECKING:
    from rich.console import Console

    from pipit.device.config import Settings
    from pipit.device.replay import Scenario

app = typer.Typer(
    name="pipit",
    help="A private voice assistant that runs whole on one small board.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

DEMO = Path(__file__).resolve().parent / "demo" / "demo.yaml"


def main() -> None:
    """Run the command line; every known error is one line and an exit code: 1 failed, 2 bad input."""
    try:
        app()
    except PipitError as error:
        complain(f"pipit: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


@app.callback(invoke_without_command=False)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """A private voice assistant that runs whole on one small board."""
    if version:
        print(f"pipit {__version__}")
        raise typer.Exit


@app.command(epilog=example("pipit run", "pipit run --flow forklift-check", "pipit run --push-to-talk"))
def run(
    flow: FlowOption = "",
    live: Annotated[
        bool | None,
        typer.Option("--live/--demo", help="Wait for sound, or replay.", show_default=False),
    ] = None,
    mic: MicOption = None,
    port: Annotated[str, typer.Option("--console", help="A serial port to be talked to by; - is this terminal.")] = "",
    out: OutOption = Path("out/demo"),
    config: ConfigOption = None,
) -> None:
    """Run the assistant; without microphone and speaker, over the recorded conversation that comes with it."""
    from pipit.device.config import load_settings
    from pipit.device.replay import read_scenario

    console = new_console()
    settings = settings_from(config)
    if live is None:
        live = _can_talk(console)
    if live:
        _talk(_with_mic(settings, mic), port, lambda: _with_mic(load_settings(config), mic), console, flow)
        return
    if flow:
        raise BadInput("run-flow", f"no sound to follow '{flow}' with", f"try it in text: pipit session start {flow}")
    scenario = read_scenario(DEMO)
    if mic is not None:
        scenario = scenario.model_copy(update={"open_mic": mic})
    _replay(scenario, out, settings, realtime=False, as_json=False, console=console)


def _can_talk(console: Console) -> bool:
    """Tell whether there is sound; a service waits for it, a person who has none is shown the demo."""
    from pipit.device.sound import available

    if os.environ.get("NOTIFY_SOCKET"):
        return True
    missing = [name for name, there in zip(("microphone", "speaker"), available(), strict=True) if not there]
    if missing:
        console.print(f"No {' and no '.join(missing)} here: replaying the recorded conversation that comes with Pipit.")
    return not missing


def _talk(settings: Settings, port: str, reread: Callable[[], Settings], console: Console, flow: str) -> None:
    from pipit.device.flow.find import HOME, resolve
    from pipit.device.live import run_live
    from pipit.device.show import ConversationPrinter
    from pipit.fsm.flow.load import load_flow

    load_flow(resolve(flow or HOME))  # what is wrong with it is told before the engines load
    engines = [engines_from(settings, console)]
    how = "say something" if settings.listen.open_mic else "hold the button and talk"
    console.print(f"Ready: {how}; Ctrl-C ends. From another terminal: [cyan]pipit console[/]")
    shown = () if port == "-" else (ConversationPrinter(console),)
    # handed over, not kept: after a reload others may take their place
    run_live(settings, engines.pop(), port=port, subscribers=shown, reread=reread, flow=flow or HOME)


def _with_mic(settings: Settings, mic: bool | None) -> Settings:
    if mic is None:
        return settings
    return settings.model_copy(update={"listen": settings.listen.model_copy(update={"open_mic": mic})})


@app.command(epilog=example("pipit replay question.wav", "pipit replay --scenario talk.yaml --realtime"))
def replay(
    wavs: Annotated[list[Path] | None, typer.Argument(help="Recordings, said one after the other.")] = None,
    scenario: Annotated[Path | None, typer.Option("--scenario", "-s", help="A scenario file instead.")] = None,
    out: OutOption = Path("out/replay"),
    flow: FlowOption = "",
    journal: JournalOption = None,
    realtime: Annotated[bool, typer.Option("--realtime", help="At the pace of speech, to measure latency.")] = False,
    mic: MicOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Run the same loop over recordings; writes replies, report.json, events.jsonl and timeline.svg."""
    from pipit.device.replay import from_wavs, read_scenario

    if bool(wavs) == bool(scenario):
        raise BadInput(
            "replay-what", "nothing to replay" if not wavs else "recordings and a scenario", "give one of them"
        )
    chosen = read_scenario(scenario) if scenario else from_wavs(wavs or [], open_mic=mic)
    asked = {key: value for key, value in (("open_mic", mic), ("flow", flow or None)) if value is not None}
    chosen = chosen.model_copy(update=asked)
    _replay(chosen, out, settings_from(config), realtime, as_json=json, console=new_console(), journal=journal)


def _replay(
    scenario: Scenario,
    out: Path,
    settings: Settings,
    realtime: bool,
    *,
    as_json: bool,
    console: Console,
    journal: Path | None = None,
) -> None:
    from pipit.device.replay import replay as run_replay
    from pipit.device.replay.run import check_scenario
    from pipit.device.show import ConversationPrinter

    check_scenario(scenario)
    engines = engines_from(settings, None if as_json else console)
    shown = () if as_json else (ConversationPrinter(console),)
    result = run_replay(scenario, engines, settings, out, realtime=realtime, journal=journal, subscribers=shown)
    if as_json:
        print_json(result.report)
    else:
        console.print(f"[dim]{len(result.report['turns'])} turns; replies, report.json, timeline.svg in {out}[/]")
    for fault in result.faults:
        complain(f"pipit: expected otherwise: {fault}")
    broken = any(turn["outcome"] == "failed" for turn in result.report["turns"])
    expected = scenario.expect.turns is not None
    if result.faults or (broken and not expected):
        raise typer.Exit(1)


@app.command(epilog=example("pipit devices", "pipit devices --seconds 10"))
def devices(
    seconds: Annotated[float, typer.Option("--seconds", help="Show the level for so long.", min=0)] = 0.0,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List microphones and speakers with what works, and show a level meter."""
    from pipit.device.sound.meter import devices_as_json, show_devices

    settings = settings_from(config).sound
    if json:
        print_json(devices_as_json(settings))
    else:
        show_devices(new_console(), settings, seconds)


@app.command(epilog=example("pipit console", "pipit console /dev/ttyGS0"))
def console(
    target: Annotated[str, typer.Argument(help="A serial port or a socket instead of the usual one.")] = "",
    config: ConfigOption = None,
) -> None:
    """Talk to a running assistant by text; help lists what it takes, Ctrl-D leaves."""
    from pipit.device.console import attach

    attach(target, settings_from(config).console)


app.add_typer(part_app)
app.add_typer(doctor_app)
app.add_typer(bench_app)
app.add_typer(eval_app)
app.add_typer(flow_app, name="flow")
app.add_typer(models_app, name="models")
app.add_typer(service_app, name="service")
app.add_typer(session_app, name="session")

if __name__ == "__main__":
    main()
