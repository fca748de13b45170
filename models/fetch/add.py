"""Taking in weights of one's own, from a path or an address."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipit.errors import BadInput, WeightsError
from pipit.models.added import fit_name
from pipit.models.fetch.archive import unpack
from pipit.models.fetch.files import disk_errors, place_file, remove, stage
from pipit.models.fetch.http import new_client
from pipit.models.fetch.mirror import mirrored
from pipit.models.fetch.only_one import only_one
from pipit.models.fetch.patience import Patience
from pipit.models.fetch.pull import part_of
from pipit.models.fetch.recognise import SETTINGS, is_archive, recognise
from pipit.models.fetch.take_in import Taken, Wish, is_address, take_in
from pipit.models.fetch.transfer import Job, Wanted, fetch
from pipit.models.fetch.watch import Silent, Watch
from pipit.models.manifest import digest


@dataclass(frozen=True, slots=True)
class _Way:
    """Where to and how."""

    folder: Path
    scratch: Path
    watch: Watch
    patience: Patience
    mirrors: str
    stop: threading.Event = field(default_factory=threading.Event)


def add(
    wish: Wish, folder: Path, watch: Watch | None = None, patience: Patience | None = None, mirrors: str = ""
) -> Taken:
    """Have somebody's weights in ``folder``, known by name.

    Raises ``WeightsError`` or ``BadInput`` for what is not weights, ``Failure`` for what cannot be fetched.
    """
    looking = watch or Silent()
    remote = is_address(wish.source)
    if not remote and not Path(wish.source).exists():
        raise BadInput("add-missing", f"there is no {wish.source}", "give a file, a folder or an https address")
    if remote and wish.link:
        raise BadInput("add-link", "an address cannot be linked", "leave --link away")
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder, looking.say), disk_errors(folder):
        scratch = stage(folder) / "unpack-added"
        remove(scratch)
        scratch.mkdir()
        way = _Way(folder, scratch, looking, patience or Patience(), mirrors)
        try:
            path = _fetched(wish, way) if remote else _local(wish)
            return take_in(wish, recognise(_unpacked(path, wish, way)), folder, scratch, looking)
        finally:
            remove(scratch)


def _local(wish: Wish) -> Path:
    path = Path(wish.source).absolute()
    if wish.sha256 and (not path.is_file() or digest(path) != wish.sha256.lower()):
        raise WeightsError("add-digest", f"{path} does not have the SHA-256 that was given", "get it again")
    return path


def _fetched(wish: Wish, way: _Way) -> Path:
    """Fetch the file, and a voice's settings from beside it."""
    url = wish.source.replace("/blob/", "/resolve/", 1) if "huggingface.co/" in wish.source else wish.source
    name = fit_name(unquote(Path(urlsplit(url).path).name))
    if name.endswith(".onnx" + SETTINGS):
        url, name = url.replace(".onnx" + SETTINGS, ".onnx", 1), name.removesuffix(SETTINGS)
    main = _fetch(Wanted(name, mirrored(url, way.mirrors), sha256=wish.sha256.lower() or None), way)
    if name.endswith(".onnx"):
        beside = urlsplit(url)._replace(path=urlsplit(url).path + SETTINGS).geturl()
        _fetch(Wanted(name + SETTINGS, mirrored(beside, way.mirrors)), way)
    return main


def _fetch(wanted: Wanted, way: _Way) -> Path:
    part = part_of(way.folder, f"added-{wanted.name}")
    with new_client(way.patience) as client:
        fetch(Job(client, wanted, part, way.watch, way.stop, way.patience))
    target = way.scratch / "fetched" / wanted.name
    size = part.size
    place_file(part.path, target)
    part.clear()
    way.watch.at(wanted.name, "done", size, size)
    return target


def _unpacked(path: Path, wish: Wish, way: _Way) -> Path:
    if not is_archive(path):
        return path
    if wish.link:
        raise BadInput("add-link", f"{path} is an archive and cannot be linked", "leave --link away")
    inside = way.scratch / path.stem
    return unpack(path, inside, lambda done, total: way.watch.at(path.name, "unpacking", done, total))
