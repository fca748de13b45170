"""Weights of one's own: which were added to the models' folder, and what their files were like then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipit.errors import BadInput
from pipit.models.catalogue import Kind
from pipit.models.languages import Languages
from pipit.models.manifest import FileFacts, RelativeName

LOCK_NAME = "weights.lock.json"
"""In the models' folder: the digests of what no catalogue lists."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")


class Added(BaseModel):
    """Weights for one engine that a person added."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    path: RelativeName
    """What the engine is given, from the models' folder."""
    files: Mapping[RelativeName, FileFacts] = Field(min_length=1)
    """From the models' folder."""
    language: Languages = ""
    """Empty: not known."""
    licence: str = ""
    source: str = ""
    """Where it came from: an address or a path."""

    @property
    def bytes(self) -> int:
        """How large it is."""
        return sum(facts.bytes for facts in self.files.values())


class _Lock(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    added: Mapping[str, Added] = {}


def read_added(folder: Path) -> Mapping[str, Added]:
    """Return what was added to a models' folder; raises ``BadInput`` for a list that is none."""
    path = folder / LOCK_NAME
    try:
        return _Lock.model_validate_json(path.read_bytes()).added
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadInput("lock-unreadable", f"{path}: {error.strerror}", "check who may read it") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        hint = "correct it, or remove it and add your weights again"
        raise BadInput("lock-invalid", f"{path}: {place}: {first['msg']}", hint) from error


def in_json(added: Mapping[str, Added]) -> str:
    """Return the list as its file has it."""
    return _Lock(added=dict(sorted(added.items()))).model_dump_json(indent=1) + "\n"


def fit_name(name: str) -> str:
    """Return ``name``; raises ``BadInput`` when it cannot be a file's name everywhere."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            "weights-name", f"'{name}' cannot be a name", "give one of letters, digits, . _ + -: --name NAME"
        )
    return name
