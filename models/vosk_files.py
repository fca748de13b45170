"""A look at a Vosk model's folder before Kaldi reads it.

Kaldi ends the whole process on an empty configuration file and accepts a cut word list in silence, so a
little is checked here: that the files exist, are not empty and end where their own headers say.
"""

from __future__ import annotations

from pathlib import Path

from pipit.models.checks import require_file, require_folder, truncated, wrong_format
from pipit.models.fst_file import has_output_words

_ALWAYS = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf")
_WORDS = "graph/words.txt"
_ONE_GRAPH = ("graph/HCLG.fst",)
_TWO_GRAPHS = ("graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int")
_TAIL = 1 << 20


def check_vosk_folder(folder: Path) -> None:
    """Raise ``WeightsError`` when ``folder`` is no complete Vosk model."""
    require_folder(folder, "the recogniser")
    graphs = _ONE_GRAPH if (folder / _ONE_GRAPH[0]).exists() else _TWO_GRAPHS
    for name in _ALWAYS + graphs:
        require_file(folder / name, f"a file of the recogniser {folder.name}")
    for name in graphs:
        if name.endswith(".fst"):
            has_output_words(folder / name)  # raises
    if not graph_with_words(folder):
        require_file(folder / _WORDS, f"a file of the recogniser {folder.name}")
        _check_words(folder / _WORDS)
    _check_acoustic_model(folder / "am/final.mdl")
    _check_options(folder / "conf/mfcc.conf", needs="")
    _check_options(folder / "conf/model.conf", needs="endpoint.silence-phones")


def graph_with_words(folder: Path) -> Path | None:
    """Return the graph that brings the words along, as those of Vosk's small models do instead of ``words.txt``."""
    graph = folder / (_ONE_GRAPH[0] if (folder / _ONE_GRAPH[0]).exists() else "graph/Gr.fst")
    return graph if has_output_words(graph) else None


def takes_grammars(folder: Path) -> bool:
    """Whether a grammar can be set beside the words' pronunciations: they are a graph of their own."""
    return all((folder / name).exists() for name in ("graph/HCLr.fst", "graph/disambig_tid.int"))


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


def vosk_bytes(folder: Path, *names: str) -> int:
    """Return the size of all that Kaldi may read into memory, in bytes, or of the files of these names alone."""
    files = (path for path in folder.rglob("*") if path.is_file() and (not names or path.name in names))
    return sum(path.stat().st_size for path in files)
