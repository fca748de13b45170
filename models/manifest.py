"""Lists of files with their sizes and digests, and whether a folder agrees with one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipit.errors import BadInput
from pipit.models.checks import missing

MANIFEST_NAME = "MANIFEST.json"
"""Where a folder's own list lies."""

State = Literal["ok", "missing", "size", "digest"]
"""As it should be; not there; of another size; of the right size but with another content."""


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name:
        raise ValueError(f"{name!r} leads out of the folder")
    return name


RelativeName = Annotated[str, AfterValidator(_inside)]
"""A file's name within a folder, parts divided by ``/``; never one that leads out of it."""

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class FileFacts(BaseModel):
    """What one file must be like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int = Field(gt=0)
    sha256: Sha256


class Manifest(BaseModel):
    """The files of a folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: Mapping[RelativeName, FileFacts]


Advance = Callable[[int], None]
"""Called with the number of bytes just read."""

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one file."""

    name: str
    state: State
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether the file is as it should be."""
        return self.state == "ok"


def verify(folder: Path, manifest: Manifest | None = None) -> list[Verdict]:
    """Compare each file with the manifest, or with the one in the folder; reads every file whole.

    Raises ``WeightsError`` when there is no manifest, ``BadInput`` when it cannot be read.
    """
    chosen = manifest or read_manifest(folder / MANIFEST_NAME)
    return [verify_file(folder / name, name, facts) for name, facts in chosen.files.items()]


def make_manifest(folder: Path, names: Iterable[str] | None = None) -> Manifest:
    """Return the manifest of ``names``, or of all files in the folder but hidden ones and its own manifest."""
    found = sorted(_files(folder) if names is None else names)
    return Manifest(
        files={name: FileFacts(bytes=(folder / name).stat().st_size, sha256=digest(folder / name)) for name in found}
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the folder's own manifest, a line for each fact, so that a change of it reads well."""
    text = manifest.model_dump_json(indent=1) + "\n"
    (folder / MANIFEST_NAME).write_text(text, "utf-8")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises ``WeightsError`` when there is none, ``BadInput`` when it is not one.
    """
    if not path.is_file():
        raise missing(path, "the list of files")
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]["msg"]
        raise BadInput("manifest-invalid", f"{path} is no list of files ({first})", "fetch it again") from error


def digest(path: Path, advance: Advance = lambda _: None) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            total.update(piece)
            advance(len(piece))
    return total.hexdigest()


def verify_file(path: Path, name: str, facts: FileFacts, advance: Advance = lambda _: None) -> Verdict:
    """Compare one file with its facts; reads it whole."""
    try:
        if not path.is_file():
            return Verdict(name, "missing")
        size = path.stat().st_size
        if size != facts.bytes:
            return Verdict(name, "size", f"{size} bytes, not {facts.bytes}")
        found = digest(path, advance)
    except OSError as error:
        return Verdict(name, "digest", f"cannot be read ({error.strerror})")
    if found != facts.sha256:
        return Verdict(name, "digest", f"{found[:12]}, not {facts.sha256[:12]}")
    return Verdict(name, "ok")


def _files(folder: Path) -> Iterable[str]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        hidden = any(part.startswith((".", "__")) for part in name.parts)
        if path.is_file() and not hidden and name.as_posix() != MANIFEST_NAME:
            yield name.as_posix()
