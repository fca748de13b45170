"""Where flow files are: those that come with Pipit, and the user's own, which win."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

import pipit
from pipit.errors import BadInput
from pipit.fsm.flow.load import load_flow
from pipit.nearest import nearest_key

SUFFIXES = (".yaml", ".yml")
HOME = "chat"
"""The flow that is led when no other is."""


@dataclass(frozen=True, slots=True)
class FoundFlow:
    """A flow file; ``title`` is empty when it has a fault, and ``fault`` says which."""

    name: str
    path: Path
    ships: bool
    title: str = ""
    fault: str = ""


def shipped_folder() -> Path:
    """Return the folder of the flows that come with Pipit."""
    return Path(pipit.__file__).parent / "flows"


def users_folder() -> Path:
    """Return the folder for the user's own flows; it may not exist."""
    return platformdirs.user_config_path("pipit") / "flows"


def found_flows() -> tuple[FoundFlow, ...]:
    """Return every flow that can be called by its name, in the order of the names."""
    return tuple(_look_at(name, path) for name, path in sorted(_by_name().items()))


def resolve(name_or_path: str | Path) -> Path:
    """Return the file of a flow, by its name or its path; raises ``BadInput``."""
    path, text = Path(name_or_path), str(name_or_path)
    if path.suffix in SUFFIXES or path.parent != Path() or text.startswith("."):
        if path.is_file():
            return path
        raise BadInput("flow-missing", f"{path}: no such file", "pipit flow list shows the flows there are")
    known = _by_name()
    if text in known:
        return known[text]
    if path.is_file():
        return path
    near = nearest_key(text, known)
    hint = f"did you mean '{near}'?" if near else f"there are {', '.join(sorted(known))}; or give a file"
    raise BadInput("flow-unknown", f"there is no flow '{text}'", hint)


def _by_name() -> dict[str, Path]:
    return {path.stem: path for folder in (shipped_folder(), users_folder()) for path in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and path.is_file())
    except OSError:
        return  # a folder that is not there, or not ours to read, has no flows


def _look_at(name: str, path: Path) -> FoundFlow:
    ships = path.parent == shipped_folder()
    try:
        return FoundFlow(name, path, ships, load_flow(path).title)
    except BadInput as error:
        return FoundFlow(name, path, ships, fault=str(error))
