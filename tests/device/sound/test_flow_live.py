"""``pipit run --flow`` live: a person's voice into a virtual microphone leads a checklist to its end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import soundfile

from pipit.audio import WavClip
from pipit.fsm.journal import Journal
from pipit.models.load import load_recognizer, pocket_weights

from .assistant import Assistant, living
from .conftest import Server

RECORDINGS = Path(__file__).resolve().parents[2] / "flows" / "recordings"
RUN = (sys.executable, "-m", "pipit.device.cli", "run", "--live", "--flow", "forklift-check")
CALM_S = 0.8
"""Idle for so long, it waits for an answer."""
TO_THE_WALK = ("nine", "yes", "four_hundred_and_thirty_hours", "yes", "there_is_water_on_the_floor")
TO_THE_END = ("yes", "yes", "yes", "yes_it_does", "yes", "skip")
FIELDS = {"truck": "nine", "hours": 430, "tyres": True, "forks": True, "brakes": True, "horn": True, "lights": True}


def say(assistant: Assistant, server: Server, folder: Path, name: str, *, held: bool) -> None:
    """Say something once the assistant waits, with the button held or not, and let it take the turn."""
    until_it_waits(assistant)
    samples, rate = soundfile.read(RECORDINGS / f"{name}.flac", dtype="int16")
    wav, since = folder / f"{name}.wav", len(assistant.events)
    soundfile.write(wav, samples, rate)
    if held:
        assistant.do("press")
    subprocess.run(["paplay", "-d", "mic", wav], env=server.environment, check=True)
    if held:
        assistant.do("release")
    assert assistant.until_ended(since)["transcript"] == name.replace("_", " ")


def until_it_waits(assistant: Assistant, seconds: float = 30) -> None:
    calm_since, end = time.monotonic(), time.monotonic() + seconds
    while time.monotonic() - calm_since < CALM_S:
        assert time.monotonic() < end, assistant.told(0)
        if assistant.status()["state"] != "idle":
            calm_since = time.monotonic()
        time.sleep(0.05)


def lead(server: Server, folder: Path, names: Sequence[str], *, held: bool) -> None:
    """Run the assistant, say all that, and pull its plug once it has taken the last of it."""
    settings = {"journal__folder": folder / "journal", "listen__open_mic": str(not held).lower()}
    with living(server.environment, folder, RUN, **settings) as assistant:
        for name in names:
            say(assistant, server, folder, name, held=held)
        until_it_waits(assistant)


@pytest.mark.timeout(240)
def test_a_check_is_led_by_voice_and_goes_on_where_the_plug_was_pulled(pulse: Server, tmp_path: Path) -> None:
    lead(pulse, tmp_path, TO_THE_WALK, held=False)
    lead(pulse, tmp_path, ("continue", *TO_THE_END), held=True)
    journal = Journal.open(tmp_path / "journal", read_only=True)
    (row,) = (row for row in journal.sessions() if row.flow == "forklift-check")
    state = journal.state(row.id)
    assert (state.ended, dict(journal.committed(row.id))) == ("complete", FIELDS)
    assert list(state.visited) == ["intake", "walkround", "parts", "review"]
    note = WavClip(journal.folder(row.id) / state.artifacts["walkround"].path)
    recognizer = load_recognizer(pocket_weights())  # of its own: what was heard before shifts when partials come
    recognizer.feed(note.samples().tobytes())
    assert recognizer.final() == "there is water on the floor"
    journal.close()
