"""What is looked at in a file of weights before a native library opens it.

The libraries fail in their own ways on bad files: a text in a log, an exception of no type, for Kaldi even
the end of the process. These checks are cheap (the first and last bytes) and turn what goes wrong most often,
a download that stopped or a wrong file, into one sentence. Only ``verify`` in ``manifest.py`` proves that a
file is whole.
"""

from __future__ import annotations

from pathlib import Path

from pipit.errors import WeightsError

_AGAIN = "fetch it again; it may have been cut off"


def missing(path: Path, what: str) -> WeightsError:
    """Return the error for weights that are not there."""
    return WeightsError(
        "weights-missing",
        f"{what} is missing: {path}",
        "correct the path in the settings, or fetch a set: pipit models pull",
    )


def truncated(path: Path, detail: str) -> WeightsError:
    """Return the error for a file that ends too early."""
    return WeightsError("weights-truncated", f"{path} is incomplete ({detail})", _AGAIN)


def wrong_format(
    path: Path, detail: str, hint: str = "give a file of the right kind, or fetch it again"
) -> WeightsError:
    """Return the error for a file that is something else."""
    return WeightsError("weights-format", f"{path} cannot be used ({detail})", hint)


def require_file(path: Path, what: str) -> int:
    """Return the size of ``path`` in bytes.

    Raises ``WeightsError`` when there is no such file, when it cannot be read, or when it is empty.
    """
    if not path.is_file():
        raise missing(path, what)
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except OSError as error:
        raise wrong_format(path, error.strerror or "unreadable", "check who may read it") from error
    if not first:
        raise truncated(path, "0 bytes")
    return path.stat().st_size


def require_folder(path: Path, what: str) -> None:
    """Raise ``WeightsError`` unless ``path`` is a folder."""
    if path.is_file():
        raise wrong_format(path, f"{what} is a folder, this is a file", "unpack the archive and give its folder")
    if not path.is_dir():
        raise missing(path, what)


def check_onnx(path: Path) -> None:
    """Walk the outermost fields of an ONNX file, a protobuf message, to where the last must end.

    The graph is one field that spans nearly the whole file, so that a few reads find any cut.
    """
    size = require_file(path, "the voice")
    with path.open("rb") as file:
        while (at := file.tell()) < size:
            key = _varint(file.read(10))
            if key is None or key[0] >> 3 not in range(1, 64):
                raise wrong_format(path, "not an ONNX file")
            file.seek(at + key[1])
            end = _end_of_field(file.tell(), key[0] & 7, file.read(10))
            if end is None:
                raise wrong_format(path, "not an ONNX file")
            if end > size:
                raise truncated(path, f"{size} bytes, {end - size} or more are missing")
            file.seek(end)


def _end_of_field(at: int, wire: int, data: bytes) -> int | None:
    """Return where the field ends whose value begins at ``at``, None for a kind unknown to protobuf."""
    if wire in (1, 5):
        return at + (8 if wire == 1 else 4)
    value = _varint(data)
    if wire not in (0, 2) or value is None:
        return None
    return at + value[1] + (value[0] if wire == 2 else 0)


def _varint(data: bytes) -> tuple[int, int] | None:
    """Return a variable-length integer and its own length in bytes; what is cut off counts as ended."""
    value = 0
    for index, byte in enumerate(data):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80 or index == len(data) - 1 < 9:
            return value, index + 1
    return None
