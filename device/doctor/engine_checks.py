"""What can be wrong with weights and engines, found without loading any."""

from __future__ import annotations

import importlib.metadata
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pipit.device.doctor.checks import Case, Finding, MiB, Status, read_text
from pipit.device.engines import SCRIPTED, weights_for
from pipit.device.weights import check_file, known_set, listed_files
from pipit.errors import WeightsError
from pipit.models.catalogue import catalogue, models_folder
from pipit.models.checks import check_onnx, require_file
from pipit.models.gguf import read_gguf_header
from pipit.models.load import Weights
from pipit.models.memory import available_bytes, model_need, voice_need, vosk_need
from pipit.models.vosk_files import check_vosk_folder

ENGINES = {
    "vosk": "vosk",
    "llama_cpp": "llama-cpp-python",
    "piper": "piper-tts",
    "onnxruntime": "onnxruntime",
    "webrtcvad": "webrtcvad-wheels",
}
"""Modules and the packages that bring them."""

_PIP = f"{sys.executable} -m pip install --force-reinstall --no-deps"

_FEATURES = {
    "avx": "AVX",
    "avx2": "AVX2",
    "fma": "FMA",
    "f16c": "F16C",
    "avx512f": "AVX512",
    "asimd": "NEON",
    "asimddp": "DOTPROD",
    "asimdhp": "FP16_VA",
    "i8mm": "MATMUL_INT8",
    "sve": "SVE",
}
"""The processor's names in /proc/cpuinfo, and llama.cpp's."""

_TIMEOUT_S = 60
_COMFORTABLE = 0.8
"""Of the free memory; above it the board is likely to swap."""


def weights(case: Case) -> list[Finding]:
    """See whether the three engines' weights are there and are what they should be."""
    choice = case.settings.engines
    if choice.weights == SCRIPTED:
        return [Finding("weights", "ok", "scripted engines: none are needed")]
    known_set(choice.weights)
    chosen = weights_for(choice)
    parts: tuple[tuple[str, Path, Callable[[Path], object]], ...] = (
        ("recogniser", chosen.recognizer, check_vosk_folder),
        ("model", chosen.model, read_gguf_header),
        ("voice", chosen.voice, _check_voice),
    )
    return [_weights_of(case, *part) for part in parts]


def _weights_of(case: Case, name: str, path: Path, check: Callable[[Path], object]) -> Finding:
    try:
        check(path)
    except WeightsError as error:
        return Finding(name, "fail", error.message, _fetch(case))
    return Finding(name, "ok", str(path))


def _check_voice(path: Path) -> None:
    check_onnx(path)
    require_file(path.with_name(path.name + ".json"), "the voice's settings")


def _fetch(case: Case) -> str:
    engines = case.settings.engines
    if engines.recognizer or engines.model or engines.voice:
        return "correct the paths under [engines] in the configuration"
    return _again(engines.weights)


def _again(name: str) -> str:
    if catalogue().sets[name].ships:
        return "these weights ship with Pipit: install it again"
    return f"fetch the files of '{name}' that models/catalogue.toml lists into {models_folder()}"


def digests(case: Case) -> list[Finding]:
    """Compare every file of the chosen set with its digest, where a list of them is there."""
    name = case.settings.engines.weights
    if name not in catalogue().sets:
        return []
    verdicts = [check_file(file) for file in listed_files(name) if file.path.exists() and file.facts]
    wrong = [verdict for verdict in verdicts if not verdict.ok]
    if wrong:
        what = ", ".join(f"{verdict.name} ({verdict.detail})" for verdict in wrong)
        return [Finding("digests", "fail", what, _again(name))]
    if not verdicts:
        return [Finding("digests", "warn", f"nothing to compare the set '{name}' with", f"pipit models verify {name}")]
    return [Finding("digests", "ok", f"{len(verdicts)} file{'s' if len(verdicts) > 1 else ''} as listed")]


def memory(case: Case) -> list[Finding]:
    """See whether the weights fit, before they are loaded."""
    choice = case.settings.engines
    if choice.weights not in catalogue().sets:
        return []
    need, free = sum(_need(case, weights_for(choice))), available_bytes()
    if not need:
        return []  # nothing is known of weights that are not there
    if free is None:
        return [Finding("memory", "warn", "this system does not tell how much is free")]
    status: Status = "fail" if need > free else "warn" if need > _COMFORTABLE * free else "ok"
    mend = "" if status == "ok" else "choose smaller weights ([engines] weights), or end other programs"
    return [Finding("memory", status, f"{need // MiB:,} MiB needed, {free // MiB:,} MiB free", mend)]


def _need(case: Case, chosen: Weights) -> list[int]:
    """Return the bytes that each part takes: by its files, or by the catalogue while they are missing."""
    try:
        header = read_gguf_header(chosen.model)
        size, context = chosen.model.stat().st_size, case.settings.engines.context_tokens
        voice = chosen.voice.stat().st_size
        return [vosk_need(chosen.recognizer), model_need(size, header, context), voice_need(voice)]
    except (WeightsError, OSError):
        known = catalogue()
        names = known.sets[case.settings.engines.weights].chosen().values()
        return [known.entries[name].ram_mib * MiB for name in names if name]


def engines(_: Case) -> list[Finding]:
    """Import each engine in a process of its own: one built for another processor would end this one."""
    return [_engine(module, package) for module, package in ENGINES.items()]


def _engine(module: str, package: str) -> Finding:
    error = _python(f"import {module}")[1]
    if error:
        mend = _rebuild() if module == "llama_cpp" else f"{_PIP} {package}"
        return Finding(package, "fail", f"cannot be imported: {error}", mend)
    try:
        return Finding(package, "ok", importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return Finding(package, "warn", "it is not the package that Pipit names", f"{_PIP} {package}")


def _rebuild() -> str:
    """Return the command that builds llama.cpp anew for this processor, in the version that Pipit wants."""
    wanted = importlib.metadata.requires("pipit") or ["llama-cpp-python"]
    pinned = next(line for line in wanted if line.startswith("llama-cpp-python"))
    return f"CMAKE_ARGS=-DGGML_NATIVE=ON {_PIP} --no-cache-dir --no-binary :all: {pinned}"


def native(case: Case) -> list[Finding]:
    """See whether llama.cpp uses what this processor can do: without it replies take several times as long."""
    info, error = _python("import llama_cpp; print(llama_cpp.llama_print_system_info().decode())")
    if error:
        return []  # the check of the engines says it
    used = set(re.findall(r"(\w+) = 1", info))
    able = set(read_text(case.root / "proc/cpuinfo").split())
    wanted = [name for flag, name in _FEATURES.items() if flag in able]
    unused = [name for name in wanted if name not in used]
    if unused:
        return [Finding("llama.cpp", "warn", f"built without {', '.join(unused)}: replies are slower", _rebuild())]
    return [Finding("llama.cpp", "ok", f"built for this processor ({', '.join(wanted) or 'nothing special'})")]


def _python(code: str) -> tuple[str, str]:
    """Run ``code`` in another Python; return what it printed, and the last line of what went wrong."""
    command = [sys.executable, "-P", "-c", code]
    try:
        run = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return "", f"no answer within {_TIMEOUT_S} s"
    if run.returncode < 0:
        return "", f"it died of {signal.Signals(-run.returncode).name}; it may be built for another processor"
    lines = run.stderr.strip().splitlines()
    return run.stdout, "" if run.returncode == 0 else lines[-1] if lines else f"exit code {run.returncode}"
