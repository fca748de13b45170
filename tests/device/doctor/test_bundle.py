"""The bundle: what is in it, what must never be, and where it cannot be written."""

from __future__ import annotations

import json
import os
import string
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipit.device.cli import app
from pipit.device.doctor import Case, Finding
from pipit.device.doctor.bundle import Wish, collect, pack, target_for
from pipit.device.doctor.bundle.logs import tail_of, without_words
from pipit.device.doctor.bundle.redact import HIDDEN, redactor
from pipit.device.doctor.bundle.words import scrub
from pipit.device.doctor.examination import settings_or_defaults
from pipit.device.doctor.machine import Answer, Machine
from pipit.errors import BadInput, Failure
from pipit.fsm.journal import Journal
from pipit.fsm.journal.artifacts import place as keep
from pipit.fsm.session import events as se

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FINDINGS = [Finding("audio", "warn", "no sound card", "plug one in")]

secrets = st.text(string.ascii_letters + string.digits, min_size=10, max_size=24).filter(
    lambda text: any(char.isdigit() for char in text) and any(char.isalpha() for char in text)
)


def a_session(folder: Path, said: str, name: str = "chat-1") -> None:
    """A session in which ``said`` stands wherever a person's words can."""
    journal = Journal(folder, now=lambda: NOW)
    events: list[se.SessionEvent] = [
        se.SessionStart(flow="chat", title=said),
        se.PhaseStart(phase="talk", index=0),
        se.TurnKept(turn="t1", said=f"my code is {said}", heard=said, outcome="done"),
        se.FieldSet(phase="talk", field="code", value=said, words=said),
        se.QuestionAsked(phase="talk", question="q1", text=said),
        se.AnswerGiven(phase="talk", question="q1", text=said, enough=True),
        se.ArtifactAdded(phase="talk", artifact="note", path="note.wav", seconds=1.0),
        se.SessionError(code="stt-failed", message=f"no words in '{said}', nor in {said}"),
        se.PhaseTransition(source="talk", dest="end", override=said),
        se.Summary(text=said),
    ]
    journal.begin(name, "chat", said, f"flow: chat\ntitle: {said}\n", events)
    keep(journal.folder(name), "note.wav", np.zeros(1600, "<i2").tobytes())
    journal.close()


def log_lines(said: str) -> list[str]:
    """Lines of a log at level debug, with everything that may stand in one."""
    return [
        json.dumps({"event": "turn", "outcome": "done", "latency_ms": {"stt_final": 12.5}, "level": "info"}),
        json.dumps({"event": "final_transcript", "text": said, "words": [said], "level": "debug"}),
        json.dumps({"event": "failed", "code": "llm", "message": f"cannot read: {{'said': '{said}'}} {said}"}),
        json.dumps(
            {"event": "console", said: "key", "exception": f"Traceback (most recent call last):\nKeyError: {said}"}
        ),
        json.dumps({"event": "mirror", "detail": f"https://ann:{said}@mirror.example/x?key={said}"}),
        json.dumps({"event": "token", "token": said, "session": said + " " + said}),
        f"you said {said}",
        f"ValueError: {said}",
        '  File "/home/ann/pipit/fsm/ear.py", line 12 in run',
        "pipit.service: Main process exited, code=exited, status=1/FAILURE",
    ]


def case_with(case_of: Any, tmp_path: Path, said: str, logged: str = "S3cret0nlyL0gged") -> Case:
    """A machine where ``said`` is a secret of the configuration, ``logged`` one that only the logs hold."""
    config, log = tmp_path / "pipit.toml", tmp_path / "pipit.log"
    config.write_text(
        f'[[home]]\nnet = "{said}"\n'
        f'[wifi]\npassword = "{said}"\nother = "{said}"\n[reply]\nsystem = "The code is {said}."\n'
        f'[engines]\nmirror = "https://me:{said}@mirror.example"\n[log]\nfile = "{log}"\n'
    )
    log.write_text("\n".join(log_lines(logged)) + "\n")
    made = {
        "log": {"file": log},
        "reply": {"system": f"The code is {said}."},
        "engines": {"mirror": f"https://me:{said}@mirror.example"},
        "journal": {"folder": tmp_path / "journal"},
    }
    answers = {"journalctl": Answer("\n".join(log_lines(logged)))}
    files = {"etc/hostname": "annslaptop\n", "proc/cpuinfo": "Serial\t\t: 10000000abcdef99\n"}
    files["sys/class/net/wlan0/address"] = "dc:a6:32:01:02:03\n"
    case: Case = case_of(files, answers, made, config=config)
    return case


def everything(files: dict[str, bytes]) -> str:
    return "\n".join([*files, *(data.decode("utf-8", "replace") for data in files.values())])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=secrets, logged=secrets, spoken=secrets)
def test_no_secret_leaks(
    said: str, logged: str, spoken: str, case_of: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("leak")
    a_session(folder / "journal", spoken)
    case = case_with(case_of, folder, said, logged)
    config = Finding("config", "fail", f"pipit.toml: reply.tokens = '{logged}'", f"did you mean '{logged}'?")
    crash = Finding("x", "fail", f"the check itself failed: KeyError: {logged}")
    files = collect(case, [config, crash, Finding("disk", "ok", f"token={logged}")], Wish())
    for secret in (said, logged, spoken):
        assert secret not in everything(files)
    assert "my code is" not in everything(files)


def test_secrets_of_the_settings_stay_even_with_all_that_was_said(case_of: Any, tmp_path: Path) -> None:
    a_session(tmp_path / "journal", "a tall latte")
    files = collect(case_with(case_of, tmp_path, "s3cretw0rd99"), FINDINGS, Wish(transcripts=True))
    assert "s3cretw0rd99" not in everything(files)
    assert "my code is a tall latte" in files["sessions/chat-1.json"].decode()


def test_what_is_inside(case_of: Any, tmp_path: Path) -> None:
    a_session(tmp_path / "journal", "latte")
    files = collect(case_with(case_of, tmp_path, "s3cretw0rd99"), FINDINGS, Wish())
    assert sorted(files) == [
        "README.txt",
        "findings.json",
        "findings.txt",
        "logs/file.txt",
        "logs/journal.txt",
        "sessions/chat-1.json",
        "settings.json",
        "versions.json",
    ]
    report = json.loads(files["sessions/chat-1.json"])
    assert report["session"]["phase"] == "talk"
    turn = next(event for event in report["events"] if event["event"] == "turn")
    assert (turn["outcome"], turn["said_words"], "said" in turn) == ("done", 4, False)
    error = next(event for event in report["events"] if event["event"] == "error")
    assert error["code"] == "stt-failed"
    told = json.loads(files["settings.json"])
    assert told["unknown_in_file"] == 3
    assert told["in_effect"]["reply"]["tokens"] == 120
    assert json.loads(files["findings.json"])["worst"] == "warn"
    assert json.loads(files["versions.json"])["packages"]["vosk"]
    assert "nothing that anybody said" in files["README.txt"].decode()
    log = [json.loads(line) for line in files["logs/file.txt"].decode().splitlines() if line.startswith("{")]
    assert log[0] == {"event": "turn", "outcome": "done", "latency_ms": {"stt_final": 12.5}, "level": "info"}
    assert log[2]["code"] == "llm"


def test_audio_only_when_it_is_asked_for(case_of: Any, tmp_path: Path) -> None:
    a_session(tmp_path / "journal", "latte")
    case = case_with(case_of, tmp_path, "s3cretw0rd99")
    assert not any(name.startswith("audio/") for name in collect(case, FINDINGS, Wish()))
    files = collect(case, FINDINGS, Wish(audio=True))
    assert files["audio/chat-1/note.wav"].startswith(b"RIFF")
    assert "voice notes of these sessions" in files["README.txt"].decode()
    note = tmp_path / "journal/sessions/chat-1/note.wav"
    note.unlink()
    note.symlink_to("/etc/passwd")
    files = collect(case, FINDINGS, Wish(audio=True))
    assert "audio/chat-1/note.wav" not in files
    assert "not in the session's folder" in files["README.txt"].decode()


def test_the_machine_and_its_people_have_no_name(case_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/annika")
    monkeypatch.setenv("MY_API_TOKEN", "t0kent0ken")
    clean = redactor(case_with(case_of, tmp_path, "s3cretw0rd99").machine)
    told = "annslaptop dc:a6:32:01:02:03 10000000abcdef99 /home/annika/x /home/bob/y ann@example.org t0kent0ken"
    assert clean.text(told) == "[host] [serial] [serial] ~/x ~/y [mail] [hidden]"
    assert clean.text("01:23:45:67:89:ab") == "[mac]"
    assert clean.text("/home/annikas/x") == "~/x"
    assert clean.text("Authorization: Bearer abcdef123456") == f"Authorization: {HIDDEN}"
    assert clean.value(
        {"max_tokens": 120, "llm_first_token": 3.5, "token": 1234, "api_key": "x", "list": ["password=abc"]}
    ) == {
        "max_tokens": 120,
        "llm_first_token": 3.5,
        "token": HIDDEN,
        "api_key": HIDDEN,
        "list": [f"password={HIDDEN}"],
    }


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("the disk is full", "the disk is full"),
        ("no device is called 'Xylanders Qwertz'", "no device is called …"),
        ('event 3 of chat-1 cannot be read: {"said": "hello"', "event 3 of chat-1 cannot be read: …"),
        ("the code xk33jq and 123456", "the code … and …"),
    ],
)
def test_a_message_keeps_only_pipits_own_words(message: str, left: str) -> None:
    assert scrub(message).replace("of …", "of chat-1") == left


def test_lines_that_are_not_pipits_are_only_counted() -> None:
    assert without_words("hello out there") == "… (15 characters)"
    assert without_words("RuntimeError: hello") == "RuntimeError: …"
    assert without_words("[1, 2]") == "… (6 characters)"


def test_a_line_keeps_where_the_machine_was_and_when() -> None:
    line = {"event": "StateChanged", "at": 0.84, "source": "idle", "dest": "listening", "text": "hello", "index": "my"}
    told = {"event": "StateChanged", "at": 0.84, "source": "idle", "dest": "listening", "text": "…", "index": None}
    assert json.loads(without_words(json.dumps(line))) == told


def test_a_log_is_read_from_its_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("".join(f"line {number:07}\n" for number in range(200_000)))
    lines = tail_of(path)
    assert len(lines) == 2000
    assert lines[-1] == "line 0199999"


@pytest.mark.parametrize("journal", [b"no database at all" * 400, None])
def test_broken_journal_configuration_and_no_weights(journal: bytes | None, case_of: Any, tmp_path: Path) -> None:
    config = tmp_path / "pipit.toml"
    config.write_text('[listen\npassword = "s3cretw0rd99"')
    if journal:
        (tmp_path / "state/pipit").mkdir(parents=True)
        (tmp_path / "state/pipit/journal.db").write_bytes(journal)
    case = Case(settings_or_defaults(config), config, Machine(root=tmp_path / "root"))
    files = collect(case, FINDINGS, Wish())
    assert "s3cretw0rd99" not in everything(files)
    assert json.loads(files["settings.json"])["readable"] is False
    assert ("journal-damaged" in files["README.txt"].decode()) == bool(journal)


# ---- the file ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty one."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_one_archive_for_the_owner_only(folder: Path) -> None:
    target = target_for(folder / "report.tar.gz", NOW)
    size = pack(target, {"README.txt": b"hello", "logs/file.txt": b""}, NOW)
    assert size == target.stat().st_size
    assert target.stat().st_mode & 0o777 == 0o600
    with tarfile.open(target) as archive:
        assert archive.getnames() == ["report/README.txt", "report/logs/file.txt"]
        assert {member.uname for member in archive} == {""}
    assert list(folder.iterdir()) == [target]


def test_nothing_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "report.tar.gz"
    there.write_bytes(b"precious")
    with pytest.raises(BadInput, match="there already"):
        target_for(there, NOW)
    with pytest.raises(BadInput, match="there already"):  # it came in between
        pack(there, {"a": b""}, NOW)
    assert there.read_bytes() == b"precious"
    monkeypatch.chdir(tmp_path)
    assert target_for(None, NOW).name == "pipit-report-20261121-1200.tar.gz"
    (tmp_path / "pipit-report-20261121-1200.tar.gz").touch()
    assert target_for(None, NOW).name == "pipit-report-20261121-1200-2.tar.gz"


@pytest.mark.parametrize("folder", ["/proc", "/no/such/folder"])
def test_a_folder_that_cannot_be_written(folder: str) -> None:
    with pytest.raises(BadInput, match=f"^{folder}: ") as error:
        target_for(Path(folder) / "report.tar.gz", NOW)
    assert error.value.exit_code == 2


def test_a_bundle_has_a_bound(folder: Path) -> None:
    with pytest.raises(Failure, match="64 MiB"):
        pack(folder / "report.tar.gz", {"a": bytes(65 << 20)}, NOW)
    assert list(folder.iterdir()) == []


def test_a_disk_that_fills_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failure, match="No space left"):
        pack(folder / "report.tar.gz", {"a": b"x"}, NOW)
    assert list(folder.iterdir()) == []


def test_a_memory_stick_without_links(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    pack(folder / "report.tar.gz", {"a": b"x"}, NOW)
    assert [path.name for path in folder.iterdir()] == ["report.tar.gz"]


# ---- the command ---------------------------------------------------------------------------------------------


def test_the_command_tells_what_will_be_inside_then_writes(tmp_path: Path) -> None:
    target = tmp_path / "report.tar.gz"
    result = CliRunner().invoke(app, ["doctor", "--bundle", str(target), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["worst"] == "fail"  # there are no weights; the bundle was written all the same
    assert told["bundle"]["bytes"] == target.stat().st_size
    lines = result.stderr.strip().splitlines()
    assert lines[0] == "The bundle will hold:"
    assert lines[-1].startswith(f"{target}: ")


def test_the_command_as_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "STATE_DIRECTORY", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # put back afterwards
    result = CliRunner().invoke(app, ["doctor", "--service", "--json"])
    found = {finding["name"]: finding["what"] for finding in json.loads(result.stdout)["findings"]}
    assert "/var/lib/pipit/journal.db" in found["journal"]
    assert "/var/lib/pipit/.config/pipit/flows" in found["flows"]


def test_the_command_without_a_bundle(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["doctor", "--json"]).exit_code == 1  # no weights
    refused = CliRunner().invoke(app, ["doctor", str(tmp_path / "x.tar.gz")])
    assert isinstance(refused.exception, BadInput)
