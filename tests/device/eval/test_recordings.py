"""Labelled recordings on the real engines: spoken by the pocket voice, and by people where there are recordings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import Result

from pipit.audio import RATE, WavClip, write_wav
from pipit.device.config import Settings
from pipit.device.eval.listener import Listener
from pipit.errors import BadInput
from pipit.fsm.script import ANYTHING
from pipit.models import CancelToken, Engines

Eval = Callable[..., Result]
Label = Callable[[dict[str, Any]], Path]

SPOKEN = {
    "latte.wav": (
        "can I have a large latte with soy milk",
        {"coffeeDrink": "latte", "size": "large", "milkAmount": "soy milk"},
    ),
    "mocha.wav": ("give me a dark roast iced mocha", {"coffeeDrink": "iced mocha", "roast": "dark roast"}),
    "wrong.wav": ("make me a double shot espresso", {"coffeeDrink": "espresso", "numberOfShots": "triple shot"}),
}


@pytest.fixture(scope="module")
def spoken(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three orders, of which one is labelled wrongly, and of a hiss."""
    folder = tmp_path_factory.mktemp("orders")
    for name, (text, _) in SPOKEN.items():
        sound = np.concatenate(list(engines.voice.synthesize(text, CancelToken())))
        write_wav(folder / name, np.pad(sound, engines.voice.sample_rate // 5), engines.voice.sample_rate)
    hiss = np.random.default_rng(1).normal(size=10 * RATE) * 300
    write_wav(folder / "hiss.wav", hiss.astype(np.int16), RATE)
    return folder


@pytest.fixture
def labels(label: Label) -> Path:
    return label({name: {"intent": "order", "slots": slots} for name, (_, slots) in SPOKEN.items()})


def report(result: Any) -> dict[str, Any]:
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


@pytest.mark.parametrize("way", [(), ("--open-mic",), ("--open",), ("--jobs", 1)])
def test_spoken_orders(evaluate: Eval, labels: Path, spoken: Path, way: tuple[Any, ...]) -> None:
    found = report(evaluate("barista", labels, spoken, "--json", *way))
    (column,) = found["conditions"]
    # the grammar leaves it open whether "a" or "an" was said, and so does the voice
    heard = {each["file"]: each["heard"].replace(" an ", " a ") for each in column["results"]}
    assert heard == {name: text.lower().replace(" an ", " a ") for name, (text, _) in SPOKEN.items()}
    assert (column["right"], column["accepted"], column["rejected"], column["unheard"]) == (2, 3, 0, 0)
    assert column["confusions"] == [
        {"field": "numberOfShots", "wanted": "triple shot", "got": "double shot", "count": 1}
    ]
    microphone, grammar = (
        "open" if option in way else other for option, other in (("--open-mic", "held"), ("--open", "exact"))
    )
    assert found["heard"] == {"grammar": grammar, "microphone": microphone}
    assert found["engines"]["recognizer"].startswith("vosk ")
    assert len(found["engines"]["sha256"]) == 64


def test_a_column_for_each_level_and_the_same_every_time(evaluate: Eval, labels: Path, spoken: Path) -> None:
    asked = ("barista", labels, spoken, "--noise", spoken / "hiss.wav", "--snr", "30,-30", "--json")
    found = report(evaluate(*asked))
    assert [column["snr_db"] for column in found["conditions"]] == [None, 30.0, -30.0]
    clean, loud, drowned = found["conditions"]
    assert clean["right"] == loud["right"] == 2
    assert drowned["right"] == 0
    assert found["noise"] == {"file": "hiss.wav", "seed": 7}
    assert report(evaluate(*asked)) == found


def test_other_speech_is_rejected_and_silence_is_nothing(evaluate: Eval, label: Label, spoken: Path) -> None:
    write_wav(spoken / "silence.wav", np.zeros(RATE, np.int16), RATE)
    labels = label({"silence.wav": {"slots": {}}})
    (column,) = report(evaluate("barista", labels, spoken, "--json"))["conditions"]
    assert (column["right"], column["accepted"], column["rejected"], column["unheard"]) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--noise", "hiss.wav", "--snr", "loud"), "--snr 'loud' is no list of decibels"),
        (("--noise", "hiss.wav"), "--noise and --snr belong together"),
        (("--snr", "6"), "--noise and --snr belong together"),
        (("--noise", "short.wav", "--snr", "6"), "short.wav lasts 0.1 s, latte.wav needs"),
        (("--noise", "gone.wav", "--snr", "6"), "gone.wav: no such file"),
    ],
)
def test_what_cannot_be_mixed(evaluate: Eval, labels: Path, spoken: Path, more: tuple[str, ...], says: str) -> None:
    write_wav(spoken / "short.wav", np.ones(RATE // 10, np.int16), RATE)
    result = evaluate("barista", labels, spoken, *(spoken / each if each.endswith(".wav") else each for each in more))
    assert isinstance(result.exception, BadInput)
    assert says in str(result.exception)


def test_recordings_that_cannot_be_played(evaluate: Eval, label: Label, labels: Path, spoken: Path) -> None:
    (spoken / "text.wav").write_text("no sound")
    for given, says in (
        ((labels,), "no folder of recordings"),
        ((labels, spoken.parent), "no latte.wav and 2 more"),
    ):
        result = evaluate("barista", *given)
        assert isinstance(result.exception, BadInput)
        assert says in str(result.exception)
    result = evaluate("barista", label({"text.wav": {"slots": {}}}), spoken)
    assert isinstance(result.exception, BadInput)
    assert "text.wav: is not a recording" in str(result.exception)


def test_an_output_that_cannot_be_written(evaluate: Eval, label: Label, tmp_path: Path) -> None:
    labels = label({"a": {"slots": {}, "text": "hello"}})
    result = evaluate("barista", labels, "--text", "--out", tmp_path)
    assert "choose another place with --out" in str(result.exception)


PARTS = ("size", "roast", "numberOfShots", "coffeeDrink")


def order_of(slots: dict[str, str]) -> str:
    """Return an order in words."""
    extras = [slots[name] for name in ("sugarAmount", "milkAmount") if name in slots]
    said = [slots[name] for name in PARTS if name in slots]
    return " ".join(["Could I have a", *said, *(["with", " and ".join(extras)] if extras else []), "please"])


@pytest.fixture
def orders(people: Path) -> Path:
    folder = people / "barista"
    if not (folder / "label.json").is_file():
        pytest.skip(f"no {folder / 'label.json'} (set PIPIT_RECORDINGS)")
    return folder


def test_the_words_of_every_order_are_read_right(evaluate: Eval, label: Label, orders: Path) -> None:
    told = json.loads((orders / "label.json").read_text())
    texts = label({name: {"slots": each["slots"], "text": order_of(each["slots"])} for name, each in told.items()})
    (column,) = report(evaluate("barista", texts, "--text", "--json"))["conditions"]
    assert column["confusions"] == []
    assert (column["right"], column["accepted"]) == (len(told), len(told))


@pytest.mark.timeout(300)
def test_people_order_coffee(evaluate: Eval, orders: Path) -> None:
    """A low bound: these weights know most of these speakers, so the share says little about others."""
    found = report(evaluate("barista", orders / "label.json", orders, "--json", "--limit", 20))
    (column,) = found["conditions"]
    assert column["recordings"] == 20
    assert column["share"] >= 0.8
    assert column["accepted"] >= 16


def test_speech_that_never_ends_is_no_part_of_the_next_recording(engines: Engines, spoken: Path) -> None:
    listener = Listener(engines.recognizer, Settings().listen, open_mic=True)
    latte, mocha = (WavClip(spoken / f"{name}.wav").samples() for name in ("latte", "mocha"))
    assert listener.hear(np.pad(latte[: len(latte) * 3 // 4], (RATE, 0)), ANYTHING) == ""
    assert listener.hear(np.pad(mocha, RATE), ANYTHING) == "give me a dark roast iced mocha"
