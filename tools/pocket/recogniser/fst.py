"""Weighted automata: built here, compiled and rearranged by OpenFst's own tools (Debian libfst-tools)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

EPSILON = 0
_PLUGIN = "olabel_lookahead-fst.so"


class Fst:
    """A transducer under construction; state 0 is the start. Weights are costs: minus natural logarithms."""

    def __init__(self) -> None:
        self.states = 0
        self.arcs: list[tuple[int, int, int, int, float]] = []
        self.final: dict[int, float] = {}

    def state(self) -> int:
        """Add a state and return its number."""
        self.states += 1
        return self.states - 1

    def arc(self, source: int, target: int, reads: int, writes: int, cost: float = 0.0) -> None:
        """Add an arc."""
        self.arcs.append((source, target, reads, writes, cost))

    def write_text(self, path: Path) -> None:
        """Write OpenFst's text form; the first line's source is the start state."""
        lines = [f"{a} {b} {i} {o} {w:.4f}" for a, b, i, o, w in sorted(self.arcs, key=lambda arc: arc[0] != 0)]
        lines += [f"{state} {cost:.4f}" for state, cost in self.final.items()]
        path.write_text("\n".join(lines) + "\n")


def plugin_folder() -> Path | None:
    """Find the folder with OpenFst's look-ahead types (Debian libfst22-plugins-base), or None."""
    found = sorted(Path("/usr/lib").glob(f"*/fst/**/{_PLUGIN}")) + sorted(Path("/usr/lib").glob(f"*/{_PLUGIN}"))
    return found[0].parent if found else None


def _run(*command: str | Path) -> None:
    folder = plugin_folder()
    if folder is None:
        raise RuntimeError("OpenFst's plugins are missing: apt-get install libfst22-plugins-base")
    environment = dict(os.environ, LD_LIBRARY_PATH=f"{folder}:{folder.parent}")
    subprocess.run([str(part) for part in command], check=True, env=environment)


def write_lookahead(transducer: Fst, path: Path, scratch: Path) -> dict[int, int]:
    """Write HCLr: sorted by word and ready to look ahead. Return the new number of each word that got one."""
    text, plain, arranged, pairs = (scratch / name for name in ("hcl.txt", "hcl.fst", "hcl_sorted.fst", "relabel.txt"))
    transducer.write_text(text)
    _run("fstcompile", text, plain)
    _run("fstarcsort", "--sort_type=olabel", plain, arranged)
    _run("fstconvert", "--fst_type=olabel_lookahead", f"--save_relabel_opairs={pairs}", arranged, path)
    numbers = [line.split() for line in pairs.read_text().splitlines()]
    return {int(old): int(new) for old, new in numbers}


def write_grammar(acceptor: Fst, path: Path, scratch: Path) -> None:
    """Write Gr, with words numbered as the last `write_lookahead` into the same scratch folder decided."""
    text, plain, renamed, arranged = (scratch / n for n in ("g.txt", "g.fst", "g_renamed.fst", "g_sorted.fst"))
    pairs = scratch / "relabel.txt"
    acceptor.write_text(text)
    _run("fstcompile", text, plain)
    _run("fstrelabel", f"--relabel_ipairs={pairs}", f"--relabel_opairs={pairs}", plain, renamed)
    _run("fstarcsort", "--sort_type=ilabel", renamed, arranged)
    _run("fstconvert", "--fst_type=const", arranged, path)
