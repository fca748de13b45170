"""A real person is understood, and an independent listener understands the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipit.audio import RATE, WavClip
from pipit.device.replay import from_wavs


@pytest.fixture(scope="module")
def listener() -> Any:
    """A recogniser that shares nothing with ours: pocketsphinx with its own models."""
    pocketsphinx = pytest.importorskip("pocketsphinx")
    return pocketsphinx.Decoder(samprate=RATE, loglevel="FATAL")


def words_heard(listener: Any, wav: Path) -> set[str]:
    samples = WavClip(wav).samples()
    listener.start_utt()
    listener.process_raw(samples.tobytes(), full_utt=True)
    listener.end_utt()
    return set(listener.hyp().hypstr.split()) if listener.hyp() else set()


def test_a_person_turns_the_lamp_on(run: Any, people: Path, listener: Any) -> None:
    result = run(from_wavs([people / "turn_on_living_room_lamp.wav"], open_mic=None))
    turns = [turn for turn in result.report["turns"] if turn["outcome"] != "empty"]
    assert [turn["transcript"] for turn in turns] == ["turn on the living room lamp"]
    assert turns[0]["outcome"] == "done"
    assert turns[0]["source"] == "turn_on_living_room_lamp.wav"
    said = set(turns[0]["reply"].lower().replace(",", "").replace(".", "").split())
    heard = words_heard(listener, result.folder / turns[0]["audio"])
    assert len(said & heard) >= len(said) / 2, (said, heard)
