"""Where things lie that are made from weights once and can be made again at any time."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

_SAMPLES, _SAMPLE = 32, 16 << 10


def cache_folder() -> Path:
    """Return the folder; it need not exist.

    ``PIPIT_CACHE_DIR`` wins; a service has a folder that systemd gives it; a person has one of their own.
    """
    if chosen := os.environ.get("PIPIT_CACHE_DIR"):
        return Path(chosen)
    for name, inside in (("CACHE_DIRECTORY", "."), ("STATE_DIRECTORY", "cache")):
        if given := os.environ.get(name):
            return Path(given.split(":")[0]) / inside
    import platformdirs

    return platformdirs.user_cache_path("pipit")


def fingerprint(path: Path, *more: str) -> str:
    """Return a name for the content of ``path`` together with ``more``, such as versions.

    A digest of the whole would read hundreds of MB from a slow card at every start. So it is one of size, time of
    the last change, and half a MB spread evenly from the first byte (where all tensors are described) to the last:
    other weights of the same shape differ in nearly every block, and a file changed in place has another time.
    """
    facts = path.stat()
    total = hashlib.sha256(repr((facts.st_size, facts.st_mtime_ns, more)).encode())
    last = max(facts.st_size - _SAMPLE, 0)
    with path.open("rb") as file:
        for at in sorted({last * n // (_SAMPLES - 1) for n in range(_SAMPLES)}):
            file.seek(at)
            total.update(file.read(_SAMPLE))
    return total.hexdigest()[:32]


def tell(event: str, path: Path, error: Exception | str) -> None:
    """Log that something of the cache is of no use; it is made anew."""
    import structlog

    structlog.get_logger().warning(event, file=str(path), detail=" ".join(str(error).split()))
