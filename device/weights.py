"""Weights on this machine: which files a set has, and whether they are as listed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipit.errors import BadInput, Failure, WeightsError
from pipit.models.added import read_added
from pipit.models.catalogue import KINDS, Entry, Kind, WeightsSet, catalogue, models_folder
from pipit.models.load import pocket_weights
from pipit.models.manifest import MANIFEST_NAME, Advance, FileFacts, Verdict, read_manifest, verify_file


def known_set(name: str) -> str:
    """Return ``name``; raises ``BadInput`` with the nearest right one when there is no such set."""
    return _known(name, sorted(catalogue().sets), "set of weights")


def known_name(name: str) -> str:
    """Return the name of a set, of weights of the catalogue or of added ones; raises ``BadInput`` as ``known_set``."""
    return _known(
        name,
        [*sorted(catalogue().sets), *sorted(catalogue().entries), *read_added(models_folder())],
        "set and no weights",
    )


def _known(name: str, names: Sequence[str], what: str) -> str:
    if name in names:
        return name
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(names)}"
    raise BadInput("unknown-set", f"there is no {what} called '{name}'", hint)


def pocket_folder() -> Path:
    """Return the folder of the set that ships."""
    return pocket_weights().recognizer.parent


@dataclass(frozen=True, slots=True)
class Known:
    """Weights for one engine that somebody lists: the pocket set, the catalogue, or the list of added ones."""

    name: str
    kind: Kind
    path: Path
    language: str


def known_parts() -> list[Known]:
    """Return all weights for one engine that are listed, whether they are here or not; the shipped come first."""
    folder, pocket = models_folder(), pocket_weights()
    language = next(chosen.language for chosen in catalogue().sets.values() if chosen.ships)
    shipped = {"recognizer": pocket.recognizer, "model": pocket.model, "voice": pocket.voice}
    return [
        *(Known("pocket", kind, shipped[kind], language) for kind in KINDS),
        *(Known(name, entry.kind, folder / entry.path, entry.language) for name, entry in catalogue().entries.items()),
        *(Known(name, part.kind, folder / part.path, part.language) for name, part in read_added(folder).items()),
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that should be there; without facts it is the list itself that is missing."""

    name: str
    path: Path
    facts: FileFacts | None
    remark: str = ""

    @property
    def bytes(self) -> int:
        """How many bytes there are to read."""
        return self.facts.bytes if self.facts else 0


def listed_files(name: str) -> list[Listed]:
    """Return the files of a set, or of weights for one engine, each with its facts.

    Raises ``BadInput`` for a list that is none, ``Failure`` for a folder that may not be read.
    """
    folder, chosen = models_folder(), catalogue().sets.get(known_name(name))
    try:
        if chosen is None:
            return list(_of_part(name, folder))
        if chosen.ships:
            remark = "there is no list of the pocket set's files: nothing to compare with"
            return list(_from_list(pocket_folder(), "", remark))
        return [file for entry in _entries(chosen) for file in _of_entry(entry, folder)]
    except OSError as error:
        raise Failure("weights-unreadable", f"{error.filename}: {error.strerror}", "check who may read it") from error


def check_file(file: Listed, advance: Advance = lambda _: None) -> Verdict:
    """Compare one file with its facts; reads it whole."""
    if file.facts is None:
        return Verdict(file.name, "missing", file.remark)
    return verify_file(file.path, file.name, file.facts, advance)


def _entries(chosen: WeightsSet) -> Iterator[Entry]:
    """Yield the set's entries, and of its further models those that were fetched."""
    known, folder = catalogue().entries, models_folder()
    yield from (known[name] for name in chosen.chosen().values())
    yield from (known[name] for name in chosen.other_models if (folder / known[name].path).exists())


def _of_part(name: str, folder: Path) -> Iterator[Listed]:
    if entry := catalogue().entries.get(name):
        yield from _of_entry(entry, folder)
        return
    files = read_added(folder)[name].files
    yield from (Listed(inner, folder / inner, facts) for inner, facts in files.items())


def _of_entry(entry: Entry, folder: Path) -> Iterator[Listed]:
    if not entry.unpack:
        yield from (Listed(file.name, folder / file.name, file) for file in entry.files)
        return
    unpacked = folder / entry.path
    if not unpacked.is_dir():
        yield Listed(entry.path, unpacked, None, "not fetched, or not unpacked")
    else:
        yield from _from_list(unpacked, f"{entry.path}/", "it was unpacked without a list of its files")


def _from_list(folder: Path, prefix: str, remark: str) -> Iterator[Listed]:
    path = folder / MANIFEST_NAME
    try:
        files = read_manifest(path).files
    except WeightsError:
        files = {}
    else:
        remark = "it lists no files"
    if not files:
        yield Listed(prefix + MANIFEST_NAME, path, None, remark)
    yield from (Listed(prefix + name, folder / name, facts) for name, facts in files.items())
