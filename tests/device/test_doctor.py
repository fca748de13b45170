"""The doctor: what it finds on this machine, on one made of files, and when a check itself breaks."""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipit.device.config import PREFIX, Settings
from pipit.device.doctor import as_json, checks, engine_checks, examine, render, settings_or_defaults, worst
from pipit.device.doctor.checks import Case, Finding
from pipit.device.settings import EngineChoice
from pipit.errors import Failure
from pipit.models.automaton import automaton
from pipit.models.fst_file import fst_bytes
from pipit.models.manifest import make_manifest, write_manifest
from pipit.models.phrases import Words

Root = Callable[[dict[str, str]], Case]


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PIPIT_POCKET_DIR", str(tmp_path / "pocket"))
    monkeypatch.setenv("PIPIT_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)


@pytest.fixture
def machine(tmp_path: Path) -> Root:
    """A machine made of files."""

    def make(files: dict[str, str]) -> Case:
        for name, text in files.items():
            path = tmp_path / "root" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Case(Settings(), root=tmp_path / "root")

    return make


@pytest.fixture
def pocket(tmp_path: Path) -> Path:
    """Files that look like weights from outside, which is as far as the doctor looks."""
    folder = tmp_path / "pocket"
    text = {
        "conf/mfcc.conf": "--dither=0\n",
        "conf/model.conf": "--endpoint.silence-phones=1\n",
        "graph/words.txt": "<eps> 0\nyes 1\n",
        "graph/disambig_tid.int": "7\n",
    }
    data = {name: content.encode() for name, content in text.items()}
    data["am/final.mdl"] = b"\0B<TransitionModel> <Priors> FV \x04" + struct.pack("<if", 1, 0.5)
    data["graph/HCLr.fst"] = data["graph/Gr.fst"] = fst_bytes(automaton(Words("yes")), {"yes": 1})
    files = {f"recogniser/{name}": content for name, content in data.items()}
    files["model/pocket.gguf"] = b"GGUF" + struct.pack("<IQQ", 3, 0, 0)
    files["voice/pocket.onnx"] = b"\x08\x08"
    files["voice/pocket.onnx.json"] = b"{}"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def case_of(**engines: object) -> Case:
    return Case(Settings(engines=EngineChoice.model_validate(engines)))


def statuses(findings: list[Finding]) -> dict[str, str]:
    return {finding.name: finding.status for finding in findings}


# ---- all of it ---------------------------------------------------------------------------------------------


def test_this_machine_can_run_pipit(pocket: Path) -> None:
    write_manifest(pocket, make_manifest(pocket))
    findings = examine(Settings())
    found = statuses(findings)
    for name in ("python", "board", "config", "clock", "disk", "data", *engine_checks.ENGINES.values()):
        assert found[name] in ("ok", "warn"), [f for f in findings if f.name == name]
    for name in ("recogniser", "model", "voice", "digests", "memory"):
        assert found[name] == "ok"
    assert all(finding.mend for finding in findings if finding.status == "fail")


def test_every_finding_is_one_line() -> None:
    for finding in examine(Settings()):
        assert "\n" not in finding.what + finding.mend
        assert finding.what


def broken(_: Case) -> Finding:
    raise ZeroDivisionError("two\nlines")


def refusing(_: Case) -> list[Finding]:
    raise Failure("x", "the thing is gone", "put it back")


def unreadable(_: Case) -> Finding:
    raise PermissionError(13, "Permission denied", "/secret")


def fine(_: Case) -> Finding:
    return Finding("fine", "ok", "all well")


def test_a_check_that_crashes_is_a_finding_and_the_others_go_on() -> None:
    first, second, third, fourth = examine(Settings(), None, (broken, refusing, unreadable, fine))
    assert (first.name, first.status) == ("broken", "fail")
    assert first.what == "the check itself failed: ZeroDivisionError: two lines"
    assert second == Finding("refusing", "fail", "the thing is gone", "put it back")
    assert (third.status, third.what) == ("fail", "/secret: Permission denied")
    assert fourth.status == "ok"


def test_the_worst_counts() -> None:
    ok, warn, fail = (Finding("n", status, "w") for status in ("ok", "warn", "fail"))  # type: ignore[arg-type]
    assert worst([]) == "ok"
    assert worst([ok, warn, ok]) == "warn"
    assert worst([warn, fail, ok]) == "fail"


def test_what_a_person_sees() -> None:
    out = StringIO()
    findings = [Finding("audio", "warn", "[no] card", "plug one in"), Finding("voice", "fail", "gone", "fetch it")]
    render(findings, Console(file=out, width=80))
    text = out.getvalue()
    assert "! warn  audio  [no] card" in text
    assert "→ plug one in" in text
    assert "1 to mend, 1 to know about" in text


def test_what_a_program_sees() -> None:
    told = as_json([Finding("audio", "warn", "no card", "plug one in")])
    assert json.loads(json.dumps(told)) == {
        "version": 1,
        "worst": "warn",
        "findings": [{"name": "audio", "status": "warn", "what": "no card", "mend": "plug one in"}],
    }


# ---- the machine -------------------------------------------------------------------------------------------


def test_a_board_tells_its_name(machine: Root) -> None:
    finding = checks.board(machine({"proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0"}))
    assert finding.what.startswith("Raspberry Pi 5 Model B Rev 1.0, ")


CARDS = " 0 [Device         ]: USB-Audio - USB Audio Device\n                      C-Media at usb-1\n"


@pytest.mark.parametrize(
    ("files", "status", "what"),
    [
        ({}, "warn", "no sound card: recordings only"),
        ({"proc/asound/cards": "--- no soundcards ---\n"}, "warn", "no sound card: recordings only"),
        ({"proc/asound/cards": CARDS, "proc/asound/card0/pcm0p/info": ""}, "warn", "none can record"),
        ({"proc/asound/cards": CARDS, "proc/asound/card0/pcm0c/info": ""}, "warn", "none can play"),
        (
            {"proc/asound/cards": CARDS, "proc/asound/card0/pcm0c/info": "", "proc/asound/card0/pcm0p/info": ""},
            "ok",
            "USB-Audio - USB Audio Device",
        ),
    ],
)
def test_sound_cards(files: dict[str, str], status: str, what: str, machine: Root) -> None:
    finding = checks.audio(machine(files))
    assert finding.status == status
    assert what in finding.what
    assert bool(finding.mend) == (status != "ok")


@pytest.mark.parametrize(
    ("flags", "status", "what"),
    [
        ("0", "ok", "never"),
        ("50000", "warn", "since it was started: power too weak, throttled"),
        ("50005", "fail", "now: power too weak, throttled"),
        ("0x8", "fail", "now: too hot"),
    ],
)
def test_throttling(flags: str, status: str, what: str, machine: Root) -> None:
    case = machine({"sys/devices/platform/soc/soc:firmware/get_throttled": f"{flags}\n"})
    (finding,) = checks.throttling(case)
    assert finding.status == status
    assert what in finding.what


def test_throttling_by_vcgencmd(machine: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "vcgencmd"
    program.write_text("#!/bin/sh\necho throttled=0x80008\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert [f.status for f in checks.throttling(machine({}))] == ["fail"]


def test_other_boards_have_no_throttling_to_ask(machine: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert checks.throttling(machine({})) == []


@pytest.mark.parametrize(("told", "status"), [(True, "fail"), (False, "warn")])
def test_a_clock_that_was_never_set(told: bool, status: str) -> None:
    settings = Settings.model_validate({"reply": {"clock": told}})
    finding = checks.clock(Case(settings, now=lambda: datetime(1970, 1, 1, tzinfo=UTC)))
    assert (finding.status, finding.what) == (status, "it says 1970-01-01")
    assert "set-ntp" in finding.mend


def test_the_data_folder_is_systemds_for_a_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert checks.data_folder() == tmp_path / "data" / "pipit"
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path / 'state'}:/other")
    assert checks.data_folder() == tmp_path / "state"


def test_trying_to_write_leaves_nothing_behind(tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert checks.writable(Case(Settings())).status == "ok"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("place", ["/proc/pipit", "/dev/null"])
def test_a_data_folder_that_cannot_be_written(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", place)
    finding = checks.writable(Case(Settings()))
    assert finding.status == "fail"
    assert "cannot be written" in finding.what
    assert finding.mend


def test_the_configuration_file_is_named_or_its_fault(tmp_path: Path) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text("[listen]\nsilence_ms = 700\n")
    assert checks.config(Case(Settings(), path)).what == f"{path} is valid"
    path.write_text("[listen]\nsilense_ms = 700\n")
    finding = checks.config(Case(Settings(), path))
    assert finding.status == "fail"
    assert "silense_ms" in finding.what
    assert finding.mend == "did you mean 'listen.silence_ms'?"


def test_a_broken_configuration_does_not_keep_the_rest_from_being_examined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pipit.toml"
    path.write_text("[listen")
    monkeypatch.setenv("PIPIT_LISTEN__SILENCE_MS", "soon")
    settings = settings_or_defaults(path)
    assert settings.listen.silence_ms == 500
    assert statuses(examine(settings, path, (checks.config, checks.python))) == {"config": "fail", "python": "ok"}


# ---- weights and engines -----------------------------------------------------------------------------------


def test_missing_weights_fail_and_say_how_to_get_them() -> None:
    findings = engine_checks.weights(case_of(weights="board"))
    assert [(f.name, f.status) for f in findings] == [(name, "fail") for name in ("recogniser", "model", "voice")]
    assert all("'board'" in f.mend and "catalogue.toml" in f.mend for f in findings)
    assert all("missing" in f.what for f in findings)


def test_missing_pocket_weights_are_not_to_be_pulled() -> None:
    findings = engine_checks.weights(case_of())
    assert {f.status for f in findings} == {"fail"}
    assert all("install it again" in f.mend for f in findings)


def test_a_path_of_ones_own_is_the_thing_to_correct(pocket: Path) -> None:
    findings = engine_checks.weights(case_of(model="/no/such.gguf"))
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
def test_damaged_weights(name: str, data: bytes | None, part: str, pocket: Path) -> None:
    if data is None:
        (pocket / name).unlink()
    else:
        (pocket / name).write_bytes(data)
    found = statuses(engine_checks.weights(case_of()))
    assert [key for key, status in found.items() if status == "fail"] == [part]


def test_an_unknown_set_is_told_once_with_the_nearest() -> None:
    given = (engine_checks.weights, engine_checks.digests, engine_checks.memory)
    (finding,) = examine(case_of(weights="bord").settings, None, given)
    assert (finding.status, finding.mend) == ("fail", "did you mean 'board'?")


def test_scripted_engines_need_nothing() -> None:
    case = case_of(weights="scripted")
    assert statuses(engine_checks.weights(case)) == {"weights": "ok"}
    assert engine_checks.digests(case) == engine_checks.memory(case) == []


def test_digests(pocket: Path) -> None:
    assert statuses(engine_checks.digests(case_of())) == {"digests": "warn"}
    write_manifest(pocket, make_manifest(pocket))
    assert engine_checks.digests(case_of())[0].what == "10 files as listed"
    (pocket / "voice/pocket.onnx").write_bytes(b"\x08\x09")
    (finding,) = engine_checks.digests(case_of())
    assert finding.status == "fail"
    assert finding.what.startswith("voice/pocket.onnx")


@pytest.mark.parametrize(("factor", "status"), [(2.0, "ok"), (1.1, "warn"), (0.5, "fail")])
def test_memory_is_asked_before_loading(
    factor: float, status: str, pocket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = sum(engine_checks._need(case_of(), engine_checks.weights_for(EngineChoice())))
    assert need > 100 << 20
    monkeypatch.setattr(engine_checks, "available_bytes", lambda: round(need * factor))
    (finding,) = engine_checks.memory(case_of())
    assert finding.status == status
    assert bool(finding.mend) == (status != "ok")


def test_memory_of_weights_that_are_not_there_is_the_catalogues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_checks, "available_bytes", lambda: 900 << 20)
    (finding,) = engine_checks.memory(case_of(weights="board"))
    assert (finding.status, finding.what) == ("fail", "1,010 MiB needed, 900 MiB free")
    assert engine_checks.memory(case_of()) == []


def test_an_engine_that_dies_or_is_missing_is_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "crashing.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(engine_checks, "ENGINES", {"crashing": "crashing", "no_such_engine": "gone", "wave": "rich"})
    died, gone, well = engine_checks.engines(case_of())
    assert (died.status, gone.status, well.status) == ("fail", "fail", "ok")
    assert "SIGILL" in died.what
    assert "another processor" in died.what
    assert "No module named 'no_such_engine'" in gone.what
    assert sys.executable in gone.mend


def test_features_that_llama_cpp_leaves_unused(machine: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_checks, "_python", lambda _: ("CPU : NEON = 1 | ARM_FMA = 1 | OPENMP = 1 | ", ""))
    slow = machine({"proc/cpuinfo": "Features\t: fp asimd asimdhp asimddp\n"})
    (finding,) = engine_checks.native(slow)
    assert (finding.status, finding.what) == ("warn", "built without DOTPROD, FP16_VA: replies are slower")
    assert "GGML_NATIVE=ON" in finding.mend
    assert "llama-cpp-python==" in finding.mend
    plain = machine({"proc/cpuinfo": "Features\t: fp asimd\n"})
    assert [f.status for f in engine_checks.native(plain)] == ["ok"]
