"""What can be wrong with the engines, found without loading any into this process."""

from __future__ import annotations

import importlib.metadata
import re
import sys

from pipit.device.doctor.case import Case, Finding

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


def engines(case: Case) -> list[Finding]:
    """Import each engine in a process of its own: one built for another processor would end this one."""
    return [_engine(case, module, package) for module, package in ENGINES.items()]


def _engine(case: Case, module: str, package: str) -> Finding:
    error = case.machine.python(f"import {module}").error
    if error:
        error += "; it may be built for another processor" if error.startswith("it died") else ""
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
    answer = case.machine.python("import llama_cpp; print(llama_cpp.llama_print_system_info().decode())")
    if answer.error:
        return []  # the check of the engines says it
    used = set(re.findall(r"(\w+) = 1", answer.text))
    able = set(case.machine.read("proc/cpuinfo").split())
    wanted = [name for flag, name in _FEATURES.items() if flag in able]
    unused = [name for name in wanted if name not in used]
    if unused:
        return [Finding("llama.cpp", "warn", f"built without {', '.join(unused)}: replies are slower", _rebuild())]
    return [Finding("llama.cpp", "ok", f"built for this processor ({', '.join(wanted) or 'nothing special'})")]
