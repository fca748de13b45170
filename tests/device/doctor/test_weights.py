"""Weights and engines: there, whole, small enough, built for this processor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pipit.device.doctor import Case, Finding, engine_checks, examine, weights_checks
from pipit.device.doctor.machine import Answer, run_program, run_python
from pipit.device.engines import weights_for
from pipit.device.settings import EngineChoice
from pipit.models.manifest import make_manifest, write_manifest

MiB = 1 << 20


def statuses(findings: list[Finding]) -> dict[str, str]:
    return {finding.name: finding.status for finding in findings}


@pytest.fixture
def of(case_of: Any) -> Any:
    return lambda thorough=False, **engines: case_of(settings={"engines": engines}, thorough=thorough)


def test_missing_weights_fail_and_say_how_to_get_them(of: Any) -> None:
    findings = weights_checks.weights(of(weights="board"))
    assert [(f.name, f.status) for f in findings] == [(name, "fail") for name in ("recogniser", "model", "voice")]
    assert {f.mend for f in findings} == {"pipit models pull board"}
    assert all("missing" in f.what for f in findings)


def test_missing_pocket_weights_are_not_to_be_pulled(of: Any) -> None:
    findings = weights_checks.weights(of())
    assert {f.status for f in findings} == {"fail"}
    assert all("install it again" in f.mend for f in findings)


def test_a_path_of_ones_own_is_the_thing_to_correct(pocket: Path, of: Any) -> None:
    findings = weights_checks.weights(of(model="/no/such.gguf"))
    assert statuses(findings) == {"recogniser": "ok", "model": "fail", "voice": "ok"}
    assert "[engines]" in findings[1].mend


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("model/pocket.gguf", b"PK\3\4", "model"),
        ("model/pocket.gguf", b"GGUF\3", "model"),
        ("voice/pocket.onnx", b"", "voice"),
        ("voice/pocket.onnx.json", None, "voice"),
        ("recogniser/conf/model.conf", b"", "recogniser"),
    ],
)
def test_damaged_weights(name: str, data: bytes | None, part: str, pocket: Path, of: Any) -> None:
    if data is None:
        (pocket / name).unlink()
    else:
        (pocket / name).write_bytes(data)
    found = statuses(weights_checks.weights(of()))
    assert [key for key, status in found.items() if status == "fail"] == [part]


def test_an_unknown_set_is_told_once_with_the_nearest(of: Any) -> None:
    given = (weights_checks.weights, weights_checks.digests, weights_checks.memory)
    (finding,) = examine(of(weights="bord"), given)
    assert (finding.status, finding.mend) == ("fail", "did you mean 'board'?")


def test_scripted_engines_need_nothing(of: Any) -> None:
    case = of(weights="scripted")
    assert statuses(weights_checks.weights(case)) == {"weights": "ok"}
    assert weights_checks.digests(case) == weights_checks.memory(case) == []


def test_digests(pocket: Path, of: Any) -> None:
    assert statuses(weights_checks.digests(of())) == {"digests": "warn"}
    write_manifest(pocket, make_manifest(pocket))
    assert weights_checks.digests(of())[0].what == "10 files, every byte as listed"
    (pocket / "voice/pocket.onnx").write_bytes(b"\x08\x09")
    (finding,) = weights_checks.digests(of())
    assert finding.status == "fail"
    assert finding.what.startswith("voice/pocket.onnx")


def test_large_weights_are_read_whole_only_when_asked(pocket: Path, of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_checks, "_READ_AT_ONCE", 100)
    write_manifest(pocket, make_manifest(pocket))
    (pocket / "voice/pocket.onnx").write_bytes(b"\x08\x09")
    (quick,) = weights_checks.digests(of())
    assert (quick.status, quick.what) == ("ok", "10 files of the right size; --thorough reads every byte")
    assert weights_checks.digests(of(thorough=True))[0].status == "fail"
    (pocket / "voice/pocket.onnx").write_bytes(b"\x08\x09\x10")
    assert weights_checks.digests(of())[0].what == "voice/pocket.onnx (3 bytes, not 2)"


def with_memory(case_of: Any, free: int, total: int, weights: str = "pocket") -> Case:
    text = f"MemTotal: {total // 1024} kB\nMemAvailable: {free // 1024} kB\n"
    case: Case = case_of({"proc/meminfo": text}, settings={"engines": {"weights": weights}})
    return case


@pytest.mark.parametrize(
    ("factor", "total", "status", "mend"),
    [
        (2.0, 4.0, "ok", ""),
        (1.1, 4.0, "warn", "end other programs"),
        (0.5, 4.0, "fail", "end other programs"),
        (0.5, 0.9, "fail", "a board with more memory"),
    ],
)
def test_memory_is_asked_before_loading(
    factor: float, total: float, status: str, mend: str, pocket: Path, case_of: Any
) -> None:
    parts = dict(weights_checks.needs(case_of(), weights_for(EngineChoice())))
    assert list(parts) == ["recogniser", "grammars", "model", "cache of 512 tokens", "voice"]
    need = sum(parts.values())
    (finding,) = weights_checks.memory(with_memory(case_of, round(need * factor), round(need * total)))
    assert finding.status == status
    assert finding.mend.startswith(mend)
    assert bool(finding.mend) == (status != "ok")


def test_memory_of_weights_that_are_not_there_is_the_catalogues(case_of: Any) -> None:
    (finding,) = weights_checks.memory(with_memory(case_of, 900 * MiB, 2048 * MiB, "board"))
    assert finding.status == "fail"
    assert finding.what.startswith("1,010 MiB needed (recogniser ")
    assert finding.what.endswith("900 MiB free")
    assert finding.mend == "end other programs (ps aux --sort -rss), or pipit models use pocket"
    assert weights_checks.memory(with_memory(case_of, 900 * MiB, 2048 * MiB)) == []


def test_an_engine_that_dies_or_is_missing_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case_of: Any
) -> None:
    (tmp_path / "crashing.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(engine_checks, "ENGINES", {"crashing": "crashing", "no_such_engine": "gone", "wave": "rich"})
    died, gone, well = engine_checks.engines(case_of(python=run_python))
    assert (died.status, gone.status, well.status) == ("fail", "fail", "ok")
    assert "SIGILL" in died.what
    assert "another processor" in died.what
    assert "No module named 'no_such_engine'" in gone.what
    assert sys.executable in gone.mend


def test_features_that_llama_cpp_leaves_unused(case_of: Any) -> None:
    told = {"llama_cpp": Answer("CPU : NEON = 1 | ARM_FMA = 1 | OPENMP = 1 | ")}
    (finding,) = engine_checks.native(case_of({"proc/cpuinfo": "Features\t: fp asimd asimdhp asimddp\n"}, told))
    assert (finding.status, finding.what) == ("warn", "built without DOTPROD, FP16_VA: replies are slower")
    assert "GGML_NATIVE=ON" in finding.mend
    assert "llama-cpp-python==" in finding.mend
    plain = case_of({"proc/cpuinfo": "Features\t: fp asimd\n"}, told)
    assert [f.status for f in engine_checks.native(plain)] == ["ok"]


def test_programs_that_are_missing_slow_or_fail() -> None:
    assert run_program(["no-such-program-at-all"]) is None
    slow = run_program(["sleep", "5"], 0.1)
    assert slow
    assert slow.error == "no answer within 0.1 s"
    failed = run_program(["sh", "-c", "echo one; echo two >&2; exit 3"])
    assert failed == Answer("one\n", "two")
    killed = run_program(["sh", "-c", "kill -9 $$"])
    assert killed
    assert killed.error == "it died of SIGKILL"
