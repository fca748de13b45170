"""What has come of a file so far, and from which version of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from pipit.models.fetch.files import write_text


@dataclass(frozen=True, slots=True)
class Version:
    """What the server said about the file that the part is of."""

    url: str = ""
    etag: str = ""
    modified: str = ""
    total: int | None = None

    def validator(self, url: str) -> str:
        """Return what makes a server go on only with the same version; empty when there is nothing of the kind."""
        if url != self.url:
            return ""
        # a weak tag says "about the same": bytes may differ
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified


@dataclass(frozen=True, slots=True)
class Part:
    """A file that grows at its end only, so that it can be gone on with whenever and however it stopped."""

    path: Path

    @property
    def size(self) -> int:
        """How many bytes have come."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def _side(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    @property
    def version(self) -> Version:
        """What it is a part of; an empty one when that is not known."""
        try:
            known = Version(**json.loads(self._side.read_text("utf-8")))
            sound = all(isinstance(text, str) for text in (known.url, known.etag, known.modified))
            return known if sound and isinstance(known.total, int | None) else Version()
        except (OSError, ValueError, TypeError):
            return Version()

    def remember(self, version: Version) -> None:
        """Write down what comes now, before it comes."""
        write_text(self._side, json.dumps(asdict(version)))

    def clear(self) -> None:
        """Begin anew."""
        self._side.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def forget(self) -> None:
        """Leave nothing behind once the file was moved to its place."""
        self._side.unlink(missing_ok=True)

    @contextmanager
    def appending(self) -> Iterator[BinaryIO]:
        """Open its end; unbuffered, so that what came is there even after ``kill -9``."""
        with self.path.open("ab", buffering=0) as file:
            yield file
