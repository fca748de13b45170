"""A machine made of files, with programs that answer as written down; weights that look like weights."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipit.device.config import PREFIX, Settings
from pipit.device.doctor.case import Case
from pipit.device.doctor.machine import Answer, Machine, Room, User
from pipit.models.automaton import automaton
from pipit.models.fst_file import fst_bytes
from pipit.models.phrases import Words

MiB = 1 << 20
ANN = User("ann", 54321, frozenset({54321}))
"""A person who is neither root nor the owner of anything."""
NOW = datetime.fromisoformat("2026-11-21T12:00:00+00:00")

CaseOf = Callable[..., Case]


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    for name in ("CONFIG", "DATA", "STATE", "RUNTIME"):
        monkeypatch.setenv(f"XDG_{name}_{'DIR' if name == 'RUNTIME' else 'HOME'}", str(tmp_path / name.lower()))
    (tmp_path / "runtime").mkdir(0o700)
    monkeypatch.setenv("PIPIT_POCKET_DIR", str(tmp_path / "pocket"))
    monkeypatch.setenv("PIPIT_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)


@pytest.fixture
def case_of(tmp_path: Path) -> CaseOf:
    """Return a case: ``files`` of the machine by name, ``answers`` of its programs, ``settings`` by section."""

    def make(
        files: Mapping[str, str] | None = None,
        answers: Mapping[str, Answer] | None = None,
        settings: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Case:
        root = tmp_path / "root"
        root.mkdir(exist_ok=True)
        for name, text in (files or {}).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        told = answers or {}

        def run(command: Sequence[str]) -> Answer | None:
            return told.get(command[0])

        def python(code: str) -> Answer:
            return next((answer for part, answer in told.items() if part in code), Answer(""))

        facts = {"run": run, "python": python, "me": ANN, "now": lambda: NOW, "architecture": "aarch64", "cores": 4}
        facts |= {"room": lambda _: Room(8192 * MiB, 100_000, False)}
        thorough, config = more.pop("thorough", False), more.pop("config", None)
        return Case(Settings.model_validate(settings or {}), config, Machine(root=root, **(facts | more)), thorough)

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
