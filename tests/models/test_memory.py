from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipit.errors import WeightsError
from pipit.models.gguf import GgufHeader
from pipit.models.load import Weights
from pipit.models.memory import MiB, available_bytes, grammar_need, model_need, require_memory, voice_need, vosk_need

PATH = Path("weights.gguf")


def machine(root: Path, free_kib: int, group: str = "") -> tuple[Path, Path]:
    """A small /proc and /sys/fs/cgroup."""
    proc, groups = root / "proc", root / "cgroup"
    (proc / "self").mkdir(parents=True)
    groups.mkdir()
    (proc / "meminfo").write_text(f"MemTotal: 9000000 kB\nMemFree: 1 kB\nMemAvailable: {free_kib} kB\n")
    (proc / "self/statm").write_text("1000 10 10 1 0 10 0\n")
    (proc / "self/cgroup").write_text(f"0::{group}\n" if group else "1:cpu:/old\n")
    return proc, groups


def limit(folder: Path, most: str, used: int, cache: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {cache}\nactive_file 7\n")


def test_what_the_machine_has_left(tmp_path: Path) -> None:
    assert available_bytes(*machine(tmp_path, 512 * 1024)) == 512 * MiB


def test_the_tightest_group_decides(tmp_path: Path) -> None:
    proc, groups = machine(tmp_path, 512 * 1024, "/system.slice/pipit.service")
    limit(groups / "system.slice", str(100 * MiB), 40 * MiB)
    limit(groups / "system.slice/pipit.service", str(300 * MiB), 10 * MiB)
    assert available_bytes(proc, groups) == 60 * MiB


def test_cached_files_of_a_group_count_as_free(tmp_path: Path) -> None:
    proc, groups = machine(tmp_path, 512 * 1024, "/pipit")
    limit(groups / "pipit", str(100 * MiB), 90 * MiB, cache=30 * MiB)
    assert available_bytes(proc, groups) == 40 * MiB


def test_a_group_without_a_limit_says_nothing(tmp_path: Path) -> None:
    proc, groups = machine(tmp_path, 512 * 1024, "/pipit")
    limit(groups / "pipit", "max", 90 * MiB)
    assert available_bytes(proc, groups) == 512 * MiB


def test_a_full_group_has_nothing_left(tmp_path: Path) -> None:
    proc, groups = machine(tmp_path, 512 * 1024, "/pipit")
    limit(groups / "pipit", str(10 * MiB), 11 * MiB)
    assert available_bytes(proc, groups) == 0


def test_where_nothing_is_known_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_bytes(tmp_path, tmp_path) is None
    monkeypatch.setattr("pipit.models.memory.available_bytes", lambda: None)
    require_memory(PATH, 10**15)


def test_what_fits_passes_and_what_does_not_is_refused() -> None:
    require_memory(PATH, 100 * MiB, available=100 * MiB)
    with pytest.raises(WeightsError, match=r"weights\.gguf.*about 101 MiB needed, 100 MiB free") as caught:
        require_memory(PATH, 101 * MiB, available=100 * MiB)
    assert caught.value.code == "out-of-memory"


def test_a_larger_context_needs_more() -> None:
    values = {
        "general.architecture": "qwen2",
        "qwen2.block_count": 24,
        "qwen2.embedding_length": 896,
        "qwen2.attention.head_count": 14,
        "qwen2.attention.head_count_kv": 2,
    }
    header = GgufHeader(3, values)
    assert header.cache_bytes_per_token == 24 * 2 * (64 + 64) * 2
    assert model_need(0, header, 1024) - model_need(0, header, 512) == 512 * header.cache_bytes_per_token


def test_larger_files_need_more() -> None:
    assert voice_need(60 * MiB) > voice_need(3 * MiB) > 3 * MiB
    assert GgufHeader(3, {}).cache_bytes_per_token == 0


def test_a_grammar_needs_what_its_recognizer_shares_once_more(weights: Weights) -> None:
    assert 8 * MiB < grammar_need(weights.recognizer) < vosk_need(weights.recognizer) / 2


SCRIPT = """
import resource, sys
from pathlib import Path
import llama_cpp.llama_cpp, numpy
from pipit.errors import WeightsError
from pipit.models.llama_engine import LlamaModel
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 30 * 2**20,) * 2)
try:
    LlamaModel(Path(sys.argv[1]))
except WeightsError as error:
    print(error.code, error)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_a_process_with_a_limit_refuses_before_it_loads(weights: Weights) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(weights.model)], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.stdout.startswith("out-of-memory "), run
    assert str(weights.model) in run.stdout
    assert (run.returncode, run.stderr) == (0, "")
