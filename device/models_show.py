"""What ``pipit models`` prints: the sets of weights, and how their files compare with their lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from pipit.device.settings import EngineChoice
from pipit.device.weights import Listed, check_file
from pipit.errors import WeightsError
from pipit.models.catalogue import KINDS, catalogue, models_folder
from pipit.models.fetch import read_added
from pipit.models.gguf import read_gguf_header
from pipit.models.load import pocket_weights
from pipit.models.manifest import MANIFEST_NAME, Verdict
from pipit.models.memory import MiB, model_need, voice_need, vosk_need
from pipit.models.vosk_files import vosk_bytes

_WRONG = {"missing": "missing", "size": "wrong size", "digest": "wrong digest"}
_COLUMNS = ("kind", "file, what it is good for, licence", "size", "RAM", "here")


@dataclass(frozen=True, slots=True)
class Part:
    """One engine's weights in the list; what is not known is None."""

    kind: str
    name: str
    path: Path
    bytes: int | None
    ram_mib: int | None
    licence: str
    language: str
    good_for: str

    @property
    def present(self) -> bool:
        """Whether the file or folder is there, for this user."""
        try:
            return self.path.exists()
        except OSError:
            return False


def parts_of(name: str) -> list[Part]:
    """Return what a set consists of, models that fit as well included."""
    chosen, known = catalogue().sets[name], catalogue().entries
    if chosen.ships:
        return _pocket_parts()
    names = [*chosen.chosen().values(), *chosen.other_models]
    return [
        Part(
            kind=entry.kind,
            name=entry_name,
            path=models_folder() / entry.path,
            bytes=entry.download_bytes,
            ram_mib=entry.ram_mib,
            licence=entry.licence,
            language=entry.language,
            good_for=entry.good_for,
        )
        for entry_name in names
        if (entry := known[entry_name])
    ]


def _pocket_parts() -> list[Part]:
    weights = pocket_weights()
    good_for = {"recognizer": "commands and short answers", "model": "a demonstration", "voice": "short sentences"}
    return [
        Part(
            kind, f"pocket {kind}", path, _bytes(path), _needed_mib(kind, path), _notice(path), "en-US", good_for[kind]
        )
        for kind, path in zip(KINDS, (weights.recognizer, weights.model, weights.voice), strict=True)
    ]


def _needed_mib(kind: str, path: Path) -> int | None:
    """Return what weights that are here take, with the usual context; None for what cannot be read."""
    try:
        if kind == "recognizer":
            return vosk_need(path) // MiB
        size = path.stat().st_size
        if kind == "voice":
            return voice_need(size) // MiB
        return model_need(size, read_gguf_header(path), EngineChoice().context_tokens) // MiB
    except (WeightsError, OSError):
        return None


def _notice(path: Path) -> str:
    """Return where the licence of shipped weights is told."""
    folder = path if path.is_dir() else path.parent
    found = [name for name in ("LICENCE", "LICENSE", "NOTICE", "CARD.md") if (folder / name).is_file()]
    return f"see {folder.name}/{found[0]}" if found else "as Pipit"


def _bytes(path: Path) -> int | None:
    if path.is_dir():
        return vosk_bytes(path)
    return path.stat().st_size if path.is_file() else None


def sets_as_json(used: str) -> list[dict[str, Any]]:
    """Return the list for programs; ``used`` is the set of the configuration."""
    return [
        {
            "name": name,
            "good_for": catalogue().sets[name].good_for,
            "ships": catalogue().sets[name].ships,
            "default": catalogue().sets[name].default,
            "in_use": name == used,
            "parts": [{**asdict(part), "path": str(part.path), "present": part.present} for part in parts_of(name)],
        }
        for name in catalogue().sets
    ]


def set_table(name: str, used: bool) -> Table:
    """Return one set as a table."""
    mark = " [green](in use)[/]" if used else ""
    title = f"[bold]{name}[/]{mark}: {escape(catalogue().sets[name].good_for)}"
    table = Table(title=title, title_justify="left", title_style="", box=None, header_style="dim", expand=True)
    for column in _COLUMNS:
        wide = column == _COLUMNS[1]
        right = column in ("size", "RAM")
        table.add_column(column, justify="right" if right else "left", no_wrap=not wide, ratio=1 if wide else None)
    for part in parts_of(name):
        here = "[green]present[/]" if part.present else "[yellow]missing[/]"
        licence = part.licence.split(":", 1)[0]  # without the address
        about = f"{escape(part.path.name)}\n[dim]{escape(part.good_for)}; {escape(part.language)}; {escape(licence)}[/]"
        table.add_row(part.kind, about, _mib(part.bytes), _ram(part), here)
    return table


def added_as_json(engines: EngineChoice) -> list[dict[str, Any]]:
    """Return the added weights for programs."""
    folder = models_folder()
    return [
        {
            "name": name,
            "kind": part.kind,
            "path": str(folder / part.path),
            "bytes": part.bytes,
            "language": part.language,
            "licence": part.licence,
            "source": part.source,
            "present": (folder / part.path).exists(),
            "in_use": getattr(engines, part.kind) == folder / part.path,
        }
        for name, part in read_added(folder).items()
    ]


def added_table(engines: EngineChoice) -> Table | None:
    """Return the added weights as a table, None when there are none."""
    added = added_as_json(engines)
    if not added:
        return None
    table = Table(title="[bold]added[/]: your own", title_justify="left", title_style="", box=None, header_style="dim")
    for column in ("kind", "name", "language", "size", "here"):
        table.add_column(column, justify="right" if column == "size" else "left")
    for part in added:
        here = "[green]present[/]" if part["present"] else "[yellow]missing[/]"
        mark = " [green](in use)[/]" if part["in_use"] else ""
        table.add_row(part["kind"], escape(part["name"]) + mark, part["language"] or "?", _mib(part["bytes"]), here)
    return table


def _mib(count: int | None) -> str:
    return "?" if count is None else f"{count / MiB:,.1f} MiB"


def _ram(part: Part) -> str:
    return "?" if part.ram_mib is None else f"{part.ram_mib:,} MiB"


def check_files(files: Sequence[Listed]) -> list[Verdict]:
    """Check all files, with a bar on the terminal's error stream that disappears when it is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=sum(file.bytes for file in files))
        verdicts = []
        for file in files:
            progress.update(task, description=escape(file.path.name))
            verdicts.append(check_file(file, lambda count: progress.advance(task, count)))
        return verdicts


def _state(verdict: Verdict) -> str:
    return "ok" if verdict.ok else _WRONG[verdict.state]


def verdicts_as_json(name: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the comparison for programs; ``state`` is ok, missing, wrong size or wrong digest."""
    files = [{**asdict(verdict), "state": _state(verdict)} for verdict in verdicts]
    return {"version": 1, "set": name, "ok": all(verdict.ok for verdict in verdicts), "files": files}


def show_verdicts(name: str, verdicts: Sequence[Verdict], console: Console) -> None:
    """Print a line for each file, and what comes of it."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for verdict in verdicts:
        colour = "green" if verdict.ok else "bold red"
        table.add_row(f"[{colour}]{_state(verdict)}[/]", escape(verdict.name), escape(verdict.detail))
    console.print(table)
    if all(verdict.ok for verdict in verdicts):
        console.print(f"[green]{name}: all {len(verdicts)} files as listed[/]", highlight=False)
    else:
        console.print(f"[bold red]{name}: {_advice(name, verdicts)}[/]", highlight=False)


def _advice(name: str, verdicts: Sequence[Verdict]) -> str:
    chosen = catalogue().sets.get(name)
    if chosen is None or not chosen.ships:
        return f"not as listed; fetch them: pipit models pull {name}"
    if [verdict.name for verdict in verdicts] == [MANIFEST_NAME]:
        return "cannot be verified; in a checkout, tools/pocket/manifest.py writes the list"
    return "not as listed; these weights ship with Pipit: install it again"
