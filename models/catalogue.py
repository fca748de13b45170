"""The catalogue of weights: what there is, where it comes from, what it needs, and where it lies on this machine."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipit.errors import BadConfig, BadInput
from pipit.models.languages import Languages
from pipit.models.load import Weights, pocket_weights
from pipit.models.manifest import FileFacts, Manifest, RelativeName

Kind = Literal["recognizer", "model", "voice"]
KINDS: tuple[Kind, ...] = ("recognizer", "model", "voice")


def _pinned(url: str) -> str:
    if not url.startswith("https://"):
        raise ValueError("only https addresses are fetched")
    if "/resolve/main/" in url:
        raise ValueError("the address must name a revision: 'main' changes")
    return url


class RemoteFile(FileFacts):
    """A file to fetch."""

    name: RelativeName
    """Where it lies, from the models' folder."""
    url: Annotated[str, AfterValidator(_pinned)]


class Entry(BaseModel):
    """Weights for one engine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    files: tuple[RemoteFile, ...] = Field(min_length=1)
    unpack: bool = False
    """Whether the file is a ZIP archive to unpack where it lies."""
    path: RelativeName
    """What the engine is given, from the models' folder: a file, or a recogniser's folder."""
    licence: str
    language: Languages
    """Languages as their codes, such as ``en-US``; ``others`` for more than are named."""
    ram_mib: int = Field(gt=0)
    """About how many MiB of memory it takes while it works."""
    good_for: str

    @property
    def download_bytes(self) -> int:
        """How many bytes there are to fetch."""
        return sum(file.bytes for file in self.files)

    def manifest(self) -> Manifest:
        """Return the facts of its files as they are fetched, for ``verify``."""
        return Manifest(files={f.name: FileFacts(bytes=f.bytes, sha256=f.sha256) for f in self.files})


class WeightsSet(BaseModel):
    """Three entries that go together; the shipped set has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ships: bool = False
    """Whether it comes with Pipit and nothing is fetched."""
    default: bool = False
    """Whether it is fetched when nothing else is asked for."""
    recognizer: str = ""
    model: str = ""
    voice: str = ""
    other_models: tuple[str, ...] = ()
    """Models that fit as well."""
    language: Languages = ""
    """Of a set that ships; the others' entries tell theirs."""
    good_for: str

    def chosen(self) -> dict[Kind, str]:
        """Return the entries' names by kind."""
        return {"recognizer": self.recognizer, "model": self.model, "voice": self.voice}


class Catalogue(BaseModel):
    """All entries and sets by their names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: dict[str, Entry]
    sets: dict[str, WeightsSet]

    @model_validator(mode="after")
    def _sets_name_entries(self) -> Catalogue:
        for name, chosen in self.sets.items():
            wanted = [*chosen.chosen().items(), *(("model", other) for other in chosen.other_models)]
            for kind, entry in wanted:
                if chosen.ships and not entry:
                    continue
                if entry not in self.entries or self.entries[entry].kind != kind:
                    raise ValueError(f"the set '{name}' wants the {kind} '{entry}', which is not listed")
        return self

    def weights(self, name: str, folder: Path | None = None) -> Weights:
        """Return where a set's weights lie (or will, once fetched).

        ``folder`` is ``models_folder()`` unless given. Raises ``BadConfig`` for a set that does not exist.
        """
        if name not in self.sets:
            known = ", ".join(sorted(self.sets))
            raise BadConfig("unknown-set", f"there is no set of weights called '{name}'", f"choose one of {known}")
        if self.sets[name].ships:
            return pocket_weights()
        base = folder or models_folder()
        paths = {kind: base / self.entries[entry].path for kind, entry in self.sets[name].chosen().items()}
        return Weights(**paths)


def models_folder() -> Path:
    """Return the folder of fetched weights.

    ``PIPIT_MODELS_DIR`` wins; a service has the folder that systemd gives it; a person has one of their own.
    """
    if chosen := os.environ.get("PIPIT_MODELS_DIR"):
        return Path(chosen)
    if state := os.environ.get("STATE_DIRECTORY"):
        return Path(state.split(":")[0]) / "models"
    import platformdirs

    return platformdirs.user_data_path("pipit") / "models"


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue; raises ``BadInput`` that says which entry is wrong."""
    try:
        return Catalogue.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise BadInput("catalogue-missing", f"{path} cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("catalogue-invalid", f"{path} is not TOML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BadInput("catalogue-invalid", f"{path}: {place}: {first['msg']}") from error


@cache
def catalogue() -> Catalogue:
    """Return the catalogue that comes with Pipit."""
    return read_catalogue(Path(__file__).with_name("catalogue.toml"))
