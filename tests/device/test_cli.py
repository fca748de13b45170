"""The command line: what a person types, what comes back, and the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PIPIT = [sys.executable, "-m", "pipit.device.cli"]
ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = ROOT / "tests" / "recordings"
JOKE = RECORDINGS / "tell_me_a_joke.wav"


def pipit(*words: str | Path, cwd: Path, timeout: float = 60, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [*PIPIT, *map(str, words)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "COLUMNS": "120", **env},
    )


def refused(done: subprocess.CompletedProcess[str], *says: str) -> None:
    """Exit code 2 and one line on standard error that says what and where."""
    assert done.returncode == 2, (done.stdout, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("pipit: ")
    for word in says:
        assert word in lines[0]


def test_replay_writes_all_its_parts(tmp_path: Path) -> None:
    done = pipit("replay", JOKE, "--out", "here", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tell me a joke" in done.stdout
    left = {path.name for path in (tmp_path / "here").iterdir()}
    assert left == {"report.json", "events.jsonl", "timeline.svg", "turn-001.wav"}


def test_replay_as_json_is_the_report_and_nothing_else(tmp_path: Path) -> None:
    done = pipit("replay", JOKE, "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == json.loads((tmp_path / "out/replay/report.json").read_text())
    assert done.stderr == ""


def test_logs_carry_the_latencies_of_every_turn(tmp_path: Path) -> None:
    pipit("replay", JOKE, cwd=tmp_path, PIPIT_LOG__LEVEL="info", PIPIT_LOG__FILE=str(tmp_path / "log"))
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    turns = [line for line in lines if line["event"] == "turn"]
    assert [turn["outcome"] for turn in turns] == ["done"]
    assert turns[0]["latency_ms"]["first_audio"] >= turns[0]["latency_ms"]["endpoint"] > 0


def test_say_then_listen(tmp_path: Path) -> None:
    said = pipit("say", "Turn on the living room lamp.", "--out", "lamp.wav", "--json", cwd=tmp_path)
    assert json.loads(said.stdout)["seconds"] > 1
    heard = pipit("listen", "lamp.wav", cwd=tmp_path)
    assert heard.returncode == 0
    assert {"living", "room"} <= set(heard.stdout.split())


def test_ask(tmp_path: Path) -> None:
    done = pipit("ask", "my name is anna", "--json", cwd=tmp_path)
    assert "anna" in json.loads(done.stdout)["reply"].lower()


@pytest.mark.parametrize("command", [[], ["run"], ["replay"], ["ask"], ["say"], ["listen"], ["doctor"]])
def test_help_has_an_example(tmp_path: Path, command: list[str]) -> None:
    done = pipit(*command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Usage: " in done.stdout
    assert not command or "Example: " in done.stdout


def test_help_loads_no_engine() -> None:
    heavy = "vosk llama_cpp piper numpy pydantic yaml sqlite3 transitions httpx matplotlib"
    code = f"import sys, pipit.device.cli; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- bad input ---------------------------------------------------------------------------------------------


def broken(folder: Path) -> dict[str, Path]:
    files = {name: folder / f"{name}.wav" for name in ("zero", "text", "header", "missing", "folder")}
    files["zero"].write_bytes(b"")
    files["text"].write_text("this is no sound\n" * 50)
    files["header"].write_bytes(JOKE.read_bytes()[:44])
    files["folder"].mkdir()
    return files


@pytest.mark.parametrize("what", ["zero", "text", "header", "missing", "folder"])
@pytest.mark.parametrize("command", ["replay", "listen"])
def test_what_is_no_recording_is_refused(tmp_path: Path, what: str, command: str) -> None:
    refused(pipit(command, broken(tmp_path)[what], cwd=tmp_path), f"{what}.wav")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["awful", "bad", "evil", "null"])
def test_hostile_recordings_are_refused(tmp_path: Path, people: Path, name: str) -> None:
    refused(pipit("replay", people / f"hostile_{name}.wav", cwd=tmp_path), f"hostile_{name}.wav")


def test_eight_bits_ninety_six_kilohertz_stereo_is_heard(tmp_path: Path) -> None:
    import soundfile
    import soxr

    samples, rate = soundfile.read(JOKE)
    wide = soxr.resample(samples, rate, 96_000)
    soundfile.write(tmp_path / "odd.wav", np.stack([wide, wide], axis=1), 96_000, subtype="PCM_U8")
    done = pipit("listen", "odd.wav", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "tell me a joke")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["replay"], "nothing to replay"),
        (["replay", "--scenario", "none.yaml"], "none.yaml"),
        (["say", "…"], "nothing to say"),
        (["ask", " "], "no question"),
        (["ask", "hi", "--config", "none.toml"], "none.toml"),
        (["models", "verify", "pockett"], "pocket"),
    ],
)
def test_wrong_words_are_one_line(tmp_path: Path, words: list[str], says: str) -> None:
    refused(pipit(*words, cwd=tmp_path), says)


def test_an_unknown_setting_names_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("[listen]\nsilense_ms = 700\n")
    refused(pipit("ask", "hi", "--config", "my.toml", cwd=tmp_path), "my.toml", "silense_ms", "silence_ms")
    refused(pipit("ask", "hi", cwd=tmp_path, PIPIT_LISTEN__SILENSE_MS="7"), "SILENSE_MS", "SILENCE_MS")


def test_missing_weights_say_where_and_what_to_do(tmp_path: Path) -> None:
    done = pipit("replay", JOKE, cwd=tmp_path, PIPIT_ENGINES__MODEL=str(tmp_path / "gone.gguf"))
    assert done.returncode == 1
    assert "gone.gguf" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    done = pipit("replay", JOKE, "--out", "taken", cwd=tmp_path)
    assert done.returncode == 1
    assert "taken" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


# ---- an hour -----------------------------------------------------------------------------------------------


def an_hour(path: Path, level: float) -> None:
    """Write an hour of noise, 8 kHz and 8 bits: 29 MB."""
    import soundfile

    source = np.random.default_rng(1)
    with soundfile.SoundFile(path, "w", 8000, 1, subtype="PCM_U8") as file:
        for _ in range(60):
            file.write(source.normal(0, level, 8000 * 60).clip(-1, 1))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("what", "level"), [("silence", 0.0), ("noise", 0.2)])
def test_an_hour_of_nothing_needs_no_more_memory_than_a_minute(tmp_path: Path, what: str, level: float) -> None:
    an_hour(tmp_path / "hour.wav", level)
    code = (
        "import re, runpy, sys\n"
        "sys.argv = ['pipit', 'replay', 'hour.wav', '--json']\n"
        "try:\n    runpy.run_module('pipit.device.cli', run_name='__main__')\n"
        # not ru_maxrss: that is handed down from the process that started this one
        "finally:\n    print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    turns: list[dict[str, Any]] = json.loads(done.stdout)["turns"]
    assert len(turns) < 10
    assert turns[-1]["outcome"] == "empty"
    kilobytes = int(done.stderr.split()[-1])
    assert kilobytes < 400_000, f"{what}: {kilobytes} kB"
