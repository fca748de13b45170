"""A look at a Vosk model's folder before Kaldi reads it.

Kaldi ends the whole process on an empty configuration file and accepts a cut word list in silence, so a
little is checked here: that the files exist, are not empty and end where their own headers say.
"""

from __future__ import annotations

import struct
from pathlib import Path

from pipit.models.checks import require_file, require_folder, truncated, wrong_format

_ALWAYS = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt")
_ONE_GRAPH = ("graph/HCLG.fst",)
_TWO_GRAPHS = ("graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int")
_FST_MAGIC = struct.pack("<i", 2125659606)
_TAIL = 1 << 20


def check_vosk_folder(folder: Path) -> None:
    """Raise ``WeightsError`` when ``folder`` is no complete Vosk model."""
    require_folder(folder, "the recogniser")
    graphs = _ONE_GRAPH if (folder / _ONE_GRAPH[0]).exists() else _TWO_GRAPHS
    for name in _ALWAYS + graphs:
        require_file(folder / name, f"a file of the recogniser {folder.name}")
    _check_acoustic_model(folder / "am/final.mdl")
    _check_options(folder / "conf/mfcc.conf", needs="")
    _check_options(folder / "conf/model.conf", needs="endpoint.silence-phones")
    _check_words(folder / "graph/words.txt")
    for name in graphs:
        if name.endswith(".fst"):
            _check_graph(folder / name)


def _check_acoustic_model(path: Path) -> None:
    """Kaldi's model ends with the priors, a vector whose length says where the file must end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if not file.read(18).startswith(b"\0B<TransitionModel"):
            raise wrong_format(path, "not a Kaldi model")
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    at = tail.rfind(b"<Priors> ")
    vector = tail[at + 9 :]
    if at < 0 or len(vector) < 8:
        raise truncated(path, f"{size} bytes, its end is missing")
    if vector[:4] == b"FV \x04" and len(vector) < 8 + 4 * int.from_bytes(vector[4:8], "little"):
        raise truncated(path, f"{size} bytes, its end is missing")


def _check_options(path: Path, needs: str) -> None:
    """An empty or half a line makes Kaldi end the process instead of failing."""
    lines = [line.split("#", 1)[0].strip() for line in path.read_text("utf-8", "replace").splitlines()]
    options = [line for line in lines if line]
    for line in options:
        if not line.startswith("--") or "=" not in line:
            raise wrong_format(path, f"'{line[:40]}' is no option of Kaldi's")
    if needs and not any(line.startswith(f"--{needs}=") for line in options):
        raise truncated(path, f"--{needs} is missing")


def _check_words(path: Path) -> None:
    """The last line must be a word and its number."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 256))
        last = file.read().rsplit(b"\n", 2)
    if last[-1] or len(last[-2].split()) != 2:
        raise truncated(path, "its last line is cut")


def _check_graph(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) != _FST_MAGIC:
            raise wrong_format(path, "not an OpenFst graph")


def vosk_bytes(folder: Path) -> int:
    """Return the size of everything that Kaldi may read into memory, in bytes; 0 when there is nothing."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
