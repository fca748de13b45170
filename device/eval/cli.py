"""``pipit eval``: how often a flow gets labelled recordings right."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipit.device.command_line import (
    ConfigOption,
    JsonOption,
    MicOption,
    complain,
    example,
    new_console,
    print_json,
    settings_from,
)
from pipit.errors import BadInput, Failure

if TYPE_CHECKING:
    from pipit.device.config import Settings
    from pipit.device.eval.run import Plan
    from pipit.device.eval.score import Column
    from pipit.models import Recognizer

app = typer.Typer()

_MOST_JOBS = 4
_SEED = 7


@app.command(
    "eval",
    epilog=example(
        "pipit eval barista orders/label.json orders",
        "pipit eval barista orders/label.json orders --noise kitchen.wav --snr 6,12,24",
        "pipit eval barista sentences.json --text",
    ),
)
def evaluate_flow(
    flow: Annotated[str, typer.Argument(metavar="FLOW", help="A flow's name, or its file.")],
    labels: Annotated[Path, typer.Argument(metavar="LABELS.json", help="For each recording the fields it tells.")],
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Where the recordings are.")] = None,
    noise: Annotated[Path | None, typer.Option("--noise", metavar="WAV", help="Mix this in as well.")] = None,
    snr: Annotated[str, typer.Option("--snr", metavar="DB,…", help="How loud, as decibels below the speech.")] = "",
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Only the first so many.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Read the labels' texts instead of recordings.")] = False,
    open_words: Annotated[bool, typer.Option("--open", help="Hear any words, not just what is asked for.")] = False,
    mic: MicOption = None,
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", min=1, help="Recordings at a time.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write the JSON here.")] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Play labelled recordings, a session each, and tell how many came out with every field right.

    Each is heard whole, as with a held button, by the recogniser that the first phase of the flow has told what may
    be said; --open-mic lets it find start and end by itself.
    """
    from pipit.device.eval.report import as_json_object
    from pipit.device.eval.run import check_recordings
    from pipit.device.eval.show import show

    settings = settings_from(config)
    plan = _plan(flow, labels, None if text else _needed(folder), noise, snr, limit)
    plan = _heard(plan, exact=not open_words, open_mic=bool(mic))
    check_recordings(plan, settings.listen)
    most = min(jobs or min(os.cpu_count() or 1, _MOST_JOBS), len(plan.labels))
    recognizers = [] if text else _recognizers(settings, most)
    engines = _engines(settings, recognizers)
    columns = _run(plan, recognizers, settings)
    report = as_json_object(plan, columns, engines)
    if out is not None:
        _write(out, json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    if as_json:
        print_json(report)
    else:
        show(plan, columns, engines, new_console())


def _needed(folder: Path | None) -> Path:
    if folder is None:
        raise BadInput("eval-folder", "no folder of recordings", "give it after the labels, or read texts with --text")
    return folder


def _plan(flow: str, labels: Path, folder: Path | None, noise: Path | None, snr: str, limit: int | None) -> Plan:
    from datetime import UTC, datetime

    from pipit.device.eval.labels import read_labels
    from pipit.device.eval.mixing import read_noise, snrs
    from pipit.device.eval.run import Plan
    from pipit.device.eval.trial import first_phase
    from pipit.device.flow.find import resolve
    from pipit.fsm.flow.load import load_flow

    if (noise is None) != (not snr) or (noise and folder is None):
        raise BadInput("eval-noise", "--noise and --snr belong together, and to recordings", "give both or none")
    loaded, today = load_flow(resolve(flow)), datetime.now(tz=UTC).astimezone().date()
    levels = snrs(snr) if snr else ()
    found = read_labels(labels, first_phase(loaded), today)[:limit]
    return Plan(loaded, found, folder, read_noise(noise, _SEED) if noise else None, levels, today=today)


def _heard(plan: Plan, *, exact: bool, open_mic: bool) -> Plan:
    from dataclasses import replace

    return replace(plan, exact=exact, open_mic=open_mic)


def _recognizers(settings: Settings, most: int) -> list[Recognizer]:
    """Load as many recognisers as there is memory for; the first has to fit."""
    from pipit.device.engines import load_recognizer
    from pipit.errors import WeightsError

    loaded = [load_recognizer(settings)]
    while len(loaded) < most:
        try:
            loaded.append(load_recognizer(settings))
        except WeightsError:
            break
    return loaded


def _engines(settings: Settings, recognizers: list[Recognizer]) -> dict[str, str | None]:
    """Return what listened; its acoustic model's digest tells editions of the same name apart."""
    from hashlib import sha256

    from pipit.device.engines import SCRIPTED, weights_for

    if not recognizers:
        return {"recognizer": None, "sha256": None}
    name, digest = recognizers[0].name, None
    if settings.engines.weights != SCRIPTED:
        digest = sha256((weights_for(settings.engines).recognizer / "am/final.mdl").read_bytes()).hexdigest()
    return {"recognizer": name, "sha256": digest}


def _run(plan: Plan, recognizers: list[Recognizer], settings: Settings) -> list[Column]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from pipit.device.eval.run import evaluate

    columns = (TextColumn("listening"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("listening", total=len(plan.labels) * len(plan.conditions))
        return evaluate(plan, recognizers, settings.listen, lambda: progress.advance(task))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure("eval-write", f"{path}: {error.strerror}", "choose another place with --out") from error
    complain(f"wrote {path}")
