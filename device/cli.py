"""The command line. Imports are inside the commands: ``--help`` must not wait for an engine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipit import __version__
from pipit.device.models_cli import app as models_app
from pipit.errors import BadInput, PipitError

if TYPE_CHECKING:
    from rich.console import Console

    from pipit.device.config import Settings
    from pipit.device.replay import Scenario
    from pipit.models import Engines

app = typer.Typer(
    name="pipit",
    help="A private voice assistant that runs whole on one small board.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(models_app, name="models")

DEMO = Path(__file__).resolve().parent / "demo" / "demo.yaml"
ConfigOption = Annotated[Path | None, typer.Option("--config", "-c", help="A TOML file instead of the usual one.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder for replies, report and timeline.")]
MicOption = Annotated[
    bool | None,
    typer.Option(
        "--open-mic/--push-to-talk", help="Speech alone opens a turn, or only the button.", show_default=False
    ),
]


def main() -> None:
    """Run the command line; every known error is one line and an exit code: 1 failed, 2 bad input."""
    try:
        app()
    except PipitError as error:
        _stderr(f"pipit: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def _example(*lines: str) -> str:
    return "Example: " + "  ·  ".join(f"[cyan]{line}[/]" for line in lines)


@app.callback(invoke_without_command=False)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """A private voice assistant that runs whole on one small board."""
    if version:
        print(f"pipit {__version__}")
        raise typer.Exit


@app.command(epilog=_example("pipit run", "pipit run --out out/demo"))
def run(
    out: OutOption = Path("out/demo"),
    mic: MicOption = None,
    realtime: Annotated[bool, typer.Option("--realtime", help="At the pace of speech.")] = False,
    config: ConfigOption = None,
) -> None:
    """Run the assistant; without a microphone, over the recorded conversation that comes with it."""
    from pipit.device.replay import read_scenario

    console = _console()
    console.print("No live sound in this edition: replaying the recorded conversation that comes with Pipit.")
    scenario = read_scenario(DEMO)
    if mic is not None:
        scenario = scenario.model_copy(update={"open_mic": mic})
    _replay(scenario, out, _settings(config), realtime, as_json=False, console=console)


@app.command(epilog=_example("pipit replay question.wav", "pipit replay --scenario talk.yaml --realtime"))
def replay(
    wavs: Annotated[list[Path] | None, typer.Argument(help="Recordings, said one after the other.")] = None,
    scenario: Annotated[Path | None, typer.Option("--scenario", "-s", help="A scenario file instead.")] = None,
    out: OutOption = Path("out/replay"),
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
    if mic is not None:
        chosen = chosen.model_copy(update={"open_mic": mic})
    _replay(chosen, out, _settings(config), realtime, as_json=json, console=_console())


def _replay(
    scenario: Scenario, out: Path, settings: Settings, realtime: bool, *, as_json: bool, console: Console
) -> None:
    from pipit.device.replay import replay as run_replay
    from pipit.device.replay.run import check_clips
    from pipit.device.show import ConversationPrinter

    check_clips(scenario)
    engines = _engines(settings, None if as_json else console)
    shown = () if as_json else (ConversationPrinter(console),)
    result = run_replay(scenario, engines, settings, out, realtime=realtime, subscribers=shown)
    if as_json:
        _print_json(result.report)
    else:
        console.print(f"[dim]{len(result.report['turns'])} turns; replies, report.json, timeline.svg in {out}[/]")
    for fault in result.faults:
        _stderr(f"pipit: expected otherwise: {fault}")
    broken = any(turn["outcome"] == "failed" for turn in result.report["turns"])
    expected = scenario.expect.turns is not None
    if result.faults or (broken and not expected):
        raise typer.Exit(1)


@app.command(epilog=_example('pipit ask "tell me a joke"'))
def ask(
    text: Annotated[str, typer.Argument(help="What to ask.")],
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask the language model alone, and print its reply as it is written."""
    from pipit.device.engines import load_model
    from pipit.device.prompt import system_prompt
    from pipit.models import CancelToken, Message

    if not text.strip():
        raise BadInput("ask-nothing", "there is no question", "write one in quotes")
    settings = _settings(config)
    model = load_model(settings)
    system = system_prompt(settings.reply, _now)()
    messages = (Message("system", system), Message("user", text.strip()))
    pieces: list[str] = []
    for piece in model.generate(messages, CancelToken(), settings.reply.tokens):
        pieces.append(piece)
        if not json:
            print(piece, end="", flush=True)
    if json:
        _print_json({"model": model.name, "text": text, "reply": "".join(pieces).strip()})
    else:
        print()


@app.command(epilog=_example('pipit say "Good morning." --out morning.wav'))
def say(
    text: Annotated[str, typer.Argument(help="What to say.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The recording to write.")] = Path("out/say.wav"),
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Speak a text with the voice alone, into a recording."""
    from pipit.audio import WavWriter
    from pipit.device.engines import load_voice
    from pipit.fsm.clauses import ClauseCutter, speakable
    from pipit.models import CancelToken

    if not any(c.isalnum() for c in text):
        raise BadInput("say-nothing", "there is nothing to say", "write some words in quotes")
    voice = load_voice(_settings(config))
    writer = WavWriter(out, voice.sample_rate)
    cutter = ClauseCutter()
    for clause in (*cutter.feed(text), *cutter.finish()):
        for samples in voice.synthesize(speakable(clause), CancelToken()):
            writer.write(samples)
    writer.close()
    facts = {"voice": voice.name, "audio": str(out), "seconds": round(writer.samples / voice.sample_rate, 3)}
    if json:
        _print_json(facts)
    else:
        print(f"{out}  {facts['seconds']} s")


@app.command(epilog=_example("pipit listen question.wav"))
def listen(
    wav: Annotated[Path, typer.Argument(help="A recording.")],
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Write down a recording with the recogniser alone."""
    from pipit.audio import WavClip
    from pipit.device.engines import load_recognizer
    from pipit.fsm.transcript import clean

    clip = WavClip(wav)
    recognizer = load_recognizer(_settings(config))
    for block in clip.blocks():
        recognizer.feed(block.astype("<i2").tobytes())
    text = clean(recognizer.final())
    if json:
        _print_json({"recognizer": recognizer.name, "source": str(wav), "transcript": text})
    else:
        print(text or "(nothing)")


@app.command(epilog=_example("pipit doctor", "pipit doctor --json"))
def doctor(json: JsonOption = False, config: ConfigOption = None) -> None:
    """Look at everything that can be wrong, and say how to mend it."""
    from pipit.device.doctor import as_json, examine, render, settings_or_defaults, worst

    console = _console()
    settings = settings_or_defaults(config)
    with console.status("Looking at board, memory, weights and engines…"):
        findings = examine(settings, config)
    if json:
        _print_json(as_json(findings))
    else:
        render(findings, console)
    if worst(findings) == "fail":
        raise typer.Exit(1)


# ---- helpers -----------------------------------------------------------------------------------------------


def _settings(config: Path | None) -> Settings:
    from pipit.device.config import load_settings
    from pipit.device.log import set_up

    settings = load_settings(config)
    set_up(settings.log)
    return settings


def _engines(settings: Settings, console: Console | None) -> Engines:
    from pipit.device.engines import load_all

    if console is None:
        return load_all(settings)
    with console.status("Loading recogniser, model and voice…"):
        engines = load_all(settings)
    names = (engines.recognizer.name, engines.model.name, engines.voice.name)
    console.print(f"[dim]{' · '.join(names)}[/]")
    return engines


def _now() -> Any:
    from datetime import datetime

    return datetime.now().astimezone()


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def _print_json(value: Any) -> None:
    import json

    print(json.dumps(value, indent=1, ensure_ascii=False))


def _stderr(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
