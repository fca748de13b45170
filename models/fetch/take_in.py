"""From weights that were recognised to weights in the models' folder, listed with their digests."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipit.errors import BadInput
from pipit.models.added import LOCK_NAME, Added, fit_name, in_json, read_added
from pipit.models.catalogue import catalogue
from pipit.models.fetch.files import place_file, place_folder, require_space, write_text
from pipit.models.fetch.recognise import Found
from pipit.models.fetch.watch import Watch
from pipit.models.manifest import FileFacts, digest


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it; ``proved`` says that its digest was known before, ``already`` that it was there."""

    name: str
    added: Added
    proved: bool
    already: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What to add, and what its content does not tell."""

    source: str
    name: str = ""
    language: str = ""
    licence: str = ""
    sha256: str = ""
    """Of the file named by ``source``; empty: not known."""
    link: bool = False
    """Point to it instead of copying it."""


def is_address(source: str) -> bool:
    """Whether it is to be fetched."""
    return "://" in source


def take_in(wish: Wish, found: Found, folder: Path, scratch: Path, watch: Watch) -> Taken:
    """Put what was found into ``folder``, and its digests into the list there."""
    name = fit_name(wish.name or (found.main.name if found.kind == "recognizer" else found.main.stem))
    added = _describe(wish, found, name, watch)
    known = read_added(folder)
    already = name in known and known[name].files == added.files and (folder / added.path).exists()
    if already:
        added = known[name].model_copy(
            update={key: value for key in ("language", "licence") if (value := getattr(added, key))}
        )
    else:
        _require_free(name, found, added, known, folder)
        _place(found, folder / added.path, scratch, wish.link)
    write_text(folder / LOCK_NAME, in_json({**known, name: added}))
    watch.at(found.main.name, "done", added.bytes, added.bytes)
    return Taken(name, added, proved=already or bool(wish.sha256), already=already)


def _describe(wish: Wish, found: Found, name: str, watch: Watch) -> Added:
    base = name if found.kind == "recognizer" else name + found.main.suffix
    files = {
        inner: FileFacts(bytes=size, sha256=_digest(path, watch))
        for inner, path in _names(found, base)
        if (size := path.stat().st_size)  # of an empty file there is nothing to compare
    }
    source = wish.source if is_address(wish.source) else str(Path(wish.source).absolute())
    return Added(
        kind=found.kind,
        path=base,
        files=files,
        language=wish.language or found.language,
        licence=wish.licence,
        source=source,
    )


def _names(found: Found, base: str) -> list[tuple[str, Path]]:
    """Return where each file will lie, from the models' folder, and where it lies."""
    if found.kind == "recognizer":
        return [(f"{base}/{path.relative_to(found.main).as_posix()}", path) for path in found.files]
    return [(base + path.name.removeprefix(found.main.name), path) for path in found.files]


def _digest(path: Path, watch: Watch) -> str:
    size, done = path.stat().st_size, 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        watch.at(path.name, "checking", done, size)

    return digest(path, advance)


def _require_free(name: str, found: Found, added: Added, known: Mapping[str, Added], folder: Path) -> None:
    """Nothing that is there already is replaced by something else of its name."""
    listed = catalogue()
    taken = {*listed.sets, *listed.entries, *(entry.path for entry in listed.entries.values())}
    target = folder / added.path
    in_place = target.exists() and target.samefile(found.main)
    if name in taken or added.path in taken or name in known or (target.exists() and not in_place):
        hint = f"give it another: --name my-{name}"
        raise BadInput("weights-name", f"there are other weights called '{name}' in {folder}", hint)


def _place(found: Found, target: Path, scratch: Path, link: bool) -> None:
    if target.exists() and target.samefile(found.main):
        return  # it was put there by hand
    if found.main.is_relative_to(scratch):
        _move(found, target)
    elif link:
        for source, goal in _pairs(found, target):
            goal.unlink(missing_ok=True)
            goal.symlink_to(source.resolve())
    else:
        require_space(target.parent, sum(path.stat().st_size for path in found.files))
        _move(_copied(found, scratch), target)


def _pairs(found: Found, target: Path) -> list[tuple[Path, Path]]:
    """Return each path that is moved or linked by itself, and where to; what the engine is given comes last."""
    if found.kind == "recognizer":
        return [(found.main, target)]
    beside = (path for path in reversed(found.files))
    return [(path, target.with_name(target.name + path.name.removeprefix(found.main.name))) for path in beside]


def _move(found: Found, target: Path) -> None:
    for source, goal in _pairs(found, target):
        (place_folder if source.is_dir() else place_file)(source, goal)


def _copied(found: Found, scratch: Path) -> Found:
    copy = scratch / "copy"
    if found.kind == "recognizer":
        shutil.copytree(found.main, copy, copy_function=shutil.copyfile)
        return Found(found.kind, copy, ())
    copy.mkdir()
    files = tuple(Path(shutil.copyfile(path, copy / path.name)) for path in found.files)
    return Found(found.kind, copy / found.main.name, files)
