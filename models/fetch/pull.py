"""A set of weights: what is missing is fetched, proved, unpacked, and only then put where it is used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pipit.errors import Failure, PipitError, WeightsError
from pipit.models.catalogue import Entry
from pipit.models.fetch.archive import unpack
from pipit.models.fetch.files import disk_errors, place_file, place_folder, remove, require_space, stage
from pipit.models.fetch.http import new_client
from pipit.models.fetch.mirror import mirrored
from pipit.models.fetch.only_one import only_one
from pipit.models.fetch.parallel import in_parallel
from pipit.models.fetch.part import Part
from pipit.models.fetch.patience import Patience
from pipit.models.fetch.transfer import Job, Wanted, fetch
from pipit.models.fetch.watch import Silent, Watch
from pipit.models.manifest import (
    MANIFEST_NAME,
    FileFacts,
    make_manifest,
    read_manifest,
    verify_file,
    write_manifest,
)

_UNPACKS_TO = 3
"""Times the archive's size, asked for before it is there; what it really takes is asked for before it is unpacked."""


@dataclass(frozen=True, slots=True)
class Order:
    """The files of one engine's weights; an archive is unpacked to ``path``."""

    path: str
    files: tuple[Wanted, ...]
    unpack: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one file: it was ``here`` already and as listed, or it was ``fetched``."""

    name: str
    state: Literal["here", "fetched"]
    bytes: int
    sha256: str


def order_of(entry: Entry, mirrors: str = "") -> Order:
    """Return what to fetch for an entry of the catalogue."""
    files = (Wanted(file.name, mirrored(file.url, mirrors), file.bytes, file.sha256) for file in entry.files)
    return Order(entry.path, tuple(files), entry.unpack)


def pull(
    orders: Sequence[Order],
    folder: Path,
    watch: Watch | None = None,
    patience: Patience | None = None,
    threads: int = 4,
) -> list[Fetched]:
    """Have all files in ``folder``, as they are listed.

    Raises the first error when all that can be done is done; what came is kept, and another call goes on from there.
    """
    looking = watch or Silent()
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder, looking.say), disk_errors(folder):
        _tidy(folder)
        here = [file for order in orders for file in _here(order, folder, looking)]
        names = {file.name for file in here}
        for name in names:
            part_of(folder, name).clear()  # of a pull that died just after it had put the file into its place
        missing = [replace(order, files=tuple(f for f in order.files if f.name not in names)) for order in orders]
        _require_room(missing, folder)
        return here + _fetch_all([order for order in missing if order.files], folder, looking, patience, threads)


def part_of(folder: Path, name: str) -> Part:
    """Return where a file lies while it comes."""
    return Part(stage(folder) / f"{name.replace('/', '__')}.part")


def _tidy(folder: Path) -> None:
    """Remove what an unpacking that was killed left behind; parts of files stay."""
    for path in stage(folder).glob("unpack-*"):
        remove(path)


def _here(order: Order, folder: Path, watch: Watch) -> list[Fetched]:
    if order.unpack:
        return [_fetched(file, "here") for file in order.files if unpacked_as_listed(folder / order.path)]
    return [_fetched(file, "here") for file in order.files if _as_listed(file, folder, watch)]


def _as_listed(file: Wanted, folder: Path, watch: Watch) -> bool:
    if file.bytes is None or file.sha256 is None:
        return False
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        watch.at(file.name, "checking", done, file.bytes)

    whole = verify_file(folder / file.name, file.name, FileFacts(bytes=file.bytes, sha256=file.sha256), advance).ok
    if whole:
        watch.at(file.name, "done", file.bytes, file.bytes)
    return whole


def unpacked_as_listed(folder: Path) -> bool:
    """Whether an unpacked folder is as the list says that was written when it was unpacked."""
    try:
        files = read_manifest(folder / MANIFEST_NAME).files
    except PipitError:
        return False
    return bool(files) and all(verify_file(folder / name, name, facts).ok for name, facts in files.items())


def _require_room(orders: Sequence[Order], folder: Path) -> None:
    need = 0
    for order in orders:
        for file in order.files:
            size = file.bytes or 0
            need += max(0, size - part_of(folder, file.name).size) + (_UNPACKS_TO * size if order.unpack else 0)
    if need:
        require_space(folder, need)


def _fetch_all(
    orders: Sequence[Order], folder: Path, watch: Watch, patience: Patience | None, threads: int
) -> list[Fetched]:
    if not orders:
        return []
    stop, chosen = threading.Event(), patience or Patience()
    with new_client(chosen) as client:

        def work(order: Order, file: Wanted) -> Callable[[], Fetched]:
            job = Job(client, file, part_of(folder, file.name), watch, stop, chosen)
            return lambda: _fetch_one(job, order, folder)

        fetched, failed = in_parallel([work(order, file) for order in orders for file in order.files], stop, threads)
    if failed:
        raise _first(failed)
    return fetched


def _first(failed: Sequence[PipitError]) -> PipitError:
    """Several files mostly fail for one reason; one line says it, and how many."""
    first = failed[0]
    more = f" (and {len(failed) - 1} more of the files)" if len(failed) > 1 else ""
    return Failure(first.code, first.message + more, first.hint) if more else first


def _fetch_one(job: Job, order: Order, folder: Path) -> Fetched:
    """Fetch a file and put it in its place: from here on it may be loaded."""
    digest = fetch(job)
    size = job.part.size
    with disk_errors(folder):
        if order.unpack:
            _unpack(job, folder / order.path)
        else:
            place_file(job.part.path, folder / job.wanted.name)
        job.part.clear()
    job.watch.at(job.wanted.name, "done", size, size)
    return Fetched(job.wanted.name, "fetched", size, digest)


def _unpack(job: Job, target: Path) -> None:
    scratch = job.part.path.with_name(f"unpack-{target.name}")
    remove(scratch)
    found = unpack(job.part.path, scratch, lambda done, total: job.watch.at(job.wanted.name, "unpacking", done, total))
    if found.name != target.name and found != scratch:
        raise WeightsError("archive", f"{job.wanted.name} holds {found.name}, not {target.name}", "report it")
    write_manifest(found, make_manifest(found, _not_empty(found)))
    place_folder(found, target)
    remove(scratch)


def _not_empty(folder: Path) -> list[str]:
    """Of an empty file there is nothing to compare; Kaldi's may well be."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    return sorted(path.relative_to(folder).as_posix() for path in files if path.name != MANIFEST_NAME)


def _fetched(file: Wanted, state: Literal["here", "fetched"]) -> Fetched:
    return Fetched(file.name, state, file.bytes or 0, file.sha256 or "")
