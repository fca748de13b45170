"""What can be wrong with weights, found without loading any: are they there, whole, and do they fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pipit.device.doctor.case import Case, Finding, MiB, Status
from pipit.device.doctor.running import memory_of, running_assistant
from pipit.device.engines import SCRIPTED, weights_for
from pipit.device.weights import Listed, check_file, known_set, listed_files
from pipit.errors import WeightsError
from pipit.models.catalogue import catalogue
from pipit.models.checks import check_onnx, require_file
from pipit.models.gguf import read_gguf_header
from pipit.models.load import Weights
from pipit.models.manifest import Verdict
from pipit.models.memory import available_bytes, grammar_need, model_need, voice_need, vosk_need
from pipit.models.vosk_files import check_vosk_folder, takes_grammars
from pipit.models.vosk_grammar import KEPT_BYTES

_COMFORTABLE = 0.8
"""Of the free memory; above it the board is likely to swap."""
_READ_AT_ONCE = 96 * MiB
"""So much is read and compared whole in any case: it takes a second."""


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
    return f"pipit models pull {name}"


def digests(case: Case) -> list[Finding]:
    """Compare the files of the chosen set with their list: whole where that is quick or asked for, else by size."""
    name = case.settings.engines.weights
    if name not in catalogue().sets:
        return []
    files = [file for file in listed_files(name) if file.path.exists() and file.facts]
    whole = case.thorough or sum(file.bytes for file in files) <= _READ_AT_ONCE
    verdicts = [check_file(file) if whole else _by_size(file) for file in files]
    if wrong := [verdict for verdict in verdicts if not verdict.ok]:
        what = ", ".join(f"{verdict.name} ({verdict.detail})" for verdict in wrong)
        return [Finding("digests", "fail", what, _again(name))]
    if not verdicts:
        return [Finding("digests", "warn", f"nothing to compare the set '{name}' with", f"pipit models verify {name}")]
    count = f"{len(verdicts)} file{'s' if len(verdicts) > 1 else ''}"
    told = f"{count}, every byte as listed" if whole else f"{count} of the right size; --thorough reads every byte"
    return [Finding("digests", "ok", told)]


def _by_size(file: Listed) -> Verdict:
    size = file.path.stat().st_size
    return Verdict(file.name, "ok" if size == file.bytes else "size", f"{size} bytes, not {file.bytes}")


def memory(case: Case) -> list[Finding]:
    """See whether the engines fit, before they are loaded; a running assistant's share is free for its successor."""
    choice = case.settings.engines
    if choice.weights not in catalogue().sets:
        return []
    parts = needs(case, weights_for(choice))
    if not parts:
        return []  # nothing is known of weights that are not there
    machine, running = case.machine, running_assistant(case)
    free = available_bytes(machine.path("proc"), machine.path("sys/fs/cgroup"))
    if free is None:
        return [Finding("memory", "warn", "this system does not tell how much is free", "free -m")]
    held = memory_of(case, running.pid) if running else 0
    told = ", ".join(f"{name} {size // MiB}" for name, size in parts)
    return [_memory(case, sum(size for _, size in parts), free + held, told, held)]


def _memory(case: Case, need: int, free: int, told: str, held: int) -> Finding:
    status: Status = "fail" if need > free else "warn" if need > _COMFORTABLE * free else "ok"
    there = f"{free // MiB:,} MiB free" + (f" ({held // MiB:,} of it held by the running assistant)" if held else "")
    what = f"{need // MiB:,} MiB needed ({told}), {there}"
    if status == "ok":
        return Finding("memory", status, what)
    found = re.search(r"^MemTotal:\s+(\d+)", case.machine.read("proc/meminfo"), re.MULTILINE)
    too_small = found is not None and need > _COMFORTABLE * int(found[1]) * 1024
    smaller = "pipit models use pocket" if case.settings.engines.weights != "pocket" else "a board with more memory"
    mend = smaller if too_small else f"end other programs (ps aux --sort -rss), or {smaller}"
    return Finding("memory", status, what, mend)


def needs(case: Case, chosen: Weights) -> Sequence[tuple[str, int]]:
    """Return the bytes that each part takes: by its files, or by the catalogue while they are missing."""
    context = case.settings.engines.context_tokens
    try:
        header, size = read_gguf_header(chosen.model), chosen.model.stat().st_size
        cache = context * header.cache_bytes_per_token
        return (
            ("recogniser", vosk_need(chosen.recognizer)),
            ("grammars", grammars_need(chosen.recognizer)),
            ("model", model_need(size, header, context) - cache),
            (f"cache of {context} tokens", cache),
            ("voice", voice_need(chosen.voice.stat().st_size)),
        )
    except (WeightsError, OSError):
        known = catalogue()
        names = known.sets[case.settings.engines.weights].chosen()
        return [(_KINDS[kind], known.entries[name].ram_mib * MiB) for kind, name in names.items() if name]


_KINDS = {"recognizer": "recogniser", "model": "model", "voice": "voice"}


def grammars_need(folder: Path) -> int:
    """Return the bytes that a flow's grammars take at most: decoders are kept up to a bound, and always one."""
    one = grammar_need(folder)
    return max(1, KEPT_BYTES // one) * one if takes_grammars(folder) else 0
