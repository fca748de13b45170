"""What somebody's weights are, told from their content: a Vosk folder, a GGUF file or a Piper voice."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipit.errors import BadInput
from pipit.models.catalogue import Kind
from pipit.models.checks import check_onnx, missing, require_file, truncated, wrong_format
from pipit.models.gguf import read_gguf_header
from pipit.models.languages import in_order
from pipit.models.manifest import MANIFEST_NAME
from pipit.models.vosk_files import check_vosk_folder

SETTINGS = ".json"
"""What follows a voice's name in that of its settings."""

_KINDS = "a Vosk folder or its .zip, a GGUF file, or a Piper voice (.onnx with .onnx.json beside it)"
_IN_NAME = re.compile(r"vosk-model-(?:small-|big-|spk-)?([a-z]{2,3})(?:-([a-z]{2}))?-")
_FIRST = 1024


@dataclass(frozen=True, slots=True)
class Found:
    """Weights of one kind: ``main`` is what the engine is given, the others lie beside or within it."""

    kind: Kind
    main: Path
    files: tuple[Path, ...]
    language: str = ""


def recognise(path: Path) -> Found:
    """Return what ``path`` is; raises ``WeightsError`` or ``BadInput`` that says what is wrong with it."""
    if path.is_dir():
        return _folder(path)
    if path.name.endswith(".onnx" + SETTINGS):
        return recognise(path.with_name(path.name.removesuffix(SETTINGS)))
    require_file(path, "what to add")
    with path.open("rb") as file:
        first = file.read(_FIRST)
    if first.startswith(b"GGUF"):
        return _model(path)
    if path.suffix == ".onnx":
        return _voice(path)
    raise wrong_format(path, _what_else(first), f"give {_KINDS}")


def is_archive(path: Path) -> bool:
    """Whether it begins like a ZIP archive."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _folder(path: Path) -> Found:
    if (path / "am").is_dir() or (path / "conf").is_dir() or (path / "graph").is_dir():
        check_vosk_folder(path)
        files = (file for file in sorted(path.rglob("*")) if file.is_file() and file.name != MANIFEST_NAME)
        return Found("recognizer", path, tuple(files), _vosk_language(path.name))
    visible = [inner for inner in path.iterdir() if not inner.name.startswith((".", "__"))]
    weights = [inner for inner in visible if inner.is_dir() or inner.suffix in (".gguf", ".onnx")]
    if len(weights) == 1:
        return recognise(weights[0])
    found = f"{len(weights)} things in it could be weights" if weights else "no weights in it"
    raise BadInput("weights-unclear", f"{path}: {found}", f"give {_KINDS}")


def _model(path: Path) -> Found:
    header = read_gguf_header(path)
    parts = header.values.get("split.count")
    if isinstance(parts, int) and parts > 1:
        raise wrong_format(path, f"the first of {parts} parts", "join them with llama-gguf-split --merge")
    if not header.architecture or header.architecture == "clip":
        raise wrong_format(path, "no language model", "give a language model in the GGUF format")
    return Found("model", path, (path,))


def _voice(path: Path) -> Found:
    check_onnx(path)
    beside = path.with_name(path.name + SETTINGS)
    if not beside.is_file():
        raise missing(beside, "the voice's settings, which belong beside it")
    settings = _settings(beside)
    language, espeak = settings.get("language"), settings.get("espeak")
    told = language.get("code") if isinstance(language, dict) else None
    if not told and isinstance(espeak, dict):
        told = espeak.get("voice")
    return Found("voice", path, (path, beside), _tidy(str(told or "")))


def _settings(path: Path) -> Mapping[str, Any]:
    require_file(path, "the voice's settings")
    try:
        settings = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        raise truncated(path, f"no whole JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise wrong_format(path, "not JSON") from error
    if not isinstance(settings, dict) or not {"audio", "phoneme_id_map"} <= settings.keys():
        raise wrong_format(path, "not the settings of a Piper voice")
    return settings


def _vosk_language(name: str) -> str:
    """Vosk's folders tell their language in their name only; ``cn`` is its word for Chinese."""
    found = _IN_NAME.match(name + "-")
    if found is None:
        return ""
    code = {"cn": "zh", "kz": "kk", "ua": "uk", "vn": "vi"}.get(found[1], found[1])
    return _tidy(f"{code}-{found[2].upper()}" if found[2] else code)


def _tidy(code: str) -> str:
    try:
        return in_order(code)
    except ValueError:
        return ""


def _what_else(first: bytes) -> str:
    text = first.lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page, not weights"
    if first.startswith(b"version https://git-lfs"):
        return "a pointer of git-lfs, not the file itself: git lfs pull"
    if first.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        return "a packed archive other than .zip: unpack it first"
    return "neither of the kinds that Pipit knows"
