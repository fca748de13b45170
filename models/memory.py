"""Whether weights fit into the memory that is left, asked before they are loaded.

Without the question a small board swaps, or the kernel ends the service in the middle of a turn.
"""

from __future__ import annotations

import resource
from collections.abc import Iterable
from pathlib import Path

from pipit.errors import WeightsError
from pipit.models.gguf import GgufHeader
from pipit.models.vosk_files import vosk_bytes

MiB = 1 << 20


def vosk_need(folder: Path) -> int:
    """Return about how many bytes a recogniser takes: its files twice (graphs unpack) and the decoder."""
    return 2 * vosk_bytes(folder) + 30 * MiB


def grammar_need(folder: Path) -> int:
    """Return about how many bytes one more recogniser of the same folder takes, for a phrase's small grammar."""
    return 2 * (vosk_bytes(folder) - vosk_bytes(folder, "G.fst", "Gr.fst", "HCLG.fst")) + 4 * MiB


def model_need(file_bytes: int, header: GgufHeader, context_tokens: int) -> int:
    """Return about how many bytes a language model takes: weights, keys and values, work space."""
    return file_bytes + context_tokens * header.cache_bytes_per_token + 48 * MiB


def voice_need(file_bytes: int) -> int:
    """Return about how many bytes a voice takes: the file, its weights unpacked, work space and espeak-ng."""
    return 2 * file_bytes + 30 * MiB


def require_memory(path: Path, need: int, available: int | None = None) -> None:
    """Raise ``WeightsError`` (``out-of-memory``) when ``need`` bytes are more than there are.

    ``available`` is for those who know better; otherwise ``available_bytes`` is asked. Where nothing can be
    known (no /proc) nothing is refused.
    """
    free = available_bytes() if available is None else available
    if free is not None and need > free:
        raise out_of_memory(path, f"about {need // MiB} MiB needed, {free // MiB} MiB free")


def out_of_memory(path: Path, detail: str) -> WeightsError:
    """Return the error for weights that do not fit."""
    return WeightsError(
        "out-of-memory",
        f"{path} does not fit into memory ({detail})",
        "choose smaller weights or end other programs",
    )


def available_bytes(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Return the bytes this process may still take: the least of machine, control group and own limit."""
    limits = [
        _machine(proc / "meminfo"),
        *_groups(proc / "self/cgroup", cgroups),
        _own_limit(proc / "self/statm"),
    ]
    return min((max(0, limit) for limit in limits if limit is not None), default=None)


def _machine(meminfo: Path) -> int | None:
    kibibytes = _table(meminfo).get("MemAvailable:")
    return None if kibibytes is None else kibibytes * 1024


def _own_limit(statm: Path) -> int | None:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    words = _read(statm).split()
    if limit == resource.RLIM_INFINITY or not words:
        return None
    return limit - int(words[0]) * resource.getpagesize()


def _groups(membership: Path, root: Path) -> Iterable[int]:
    """Yield what each control group (version 2) above this process leaves; file cache counts as free."""
    line = next((line for line in _read(membership).splitlines() if line.startswith("0::/")), None)
    if line is None:
        return
    group = root / line[len("0::/") :]
    for folder in (group, *group.parents):
        if not folder.is_relative_to(root):
            return
        limit, used = _read(folder / "memory.max").strip(), _read(folder / "memory.current").strip()
        if limit.isdigit() and used.isdigit():
            yield int(limit) - int(used) + _table(folder / "memory.stat").get("inactive_file", 0)


def _table(path: Path) -> dict[str, int]:
    rows = (line.split() for line in _read(path).splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace")
    except OSError:
        return ""
