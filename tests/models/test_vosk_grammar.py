"""What may be said, and what was said: the recogniser with an exact grammar, on the real weights."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipit.errors import EngineError
from pipit.models.load import Weights
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Words
from pipit.models.vosk_decoder import Decoder, Heard
from pipit.models.vosk_engine import VoskRecognizer, accepted
from pipit.models.vosk_grammar import Grammars
from pipit.models.vosk_words import heard_words

from .hearing import ANSWER, CARD, DIGIT, TRUCK, any_of, hear

TIMER = "set_a_timer_for_ten_minutes"
ALARM = Seq((Words("set"), any_of("a timer", "an alarm"), Words("for"), any_of("ten", "five"), Words("minutes")))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [(ANSWER, "yes"), (ANSWER, "no thanks"), (TRUCK, "nine"), (TRUCK, "truck seven"), (DIGIT, "five")],
)
def test_what_is_expected_is_heard(
    recognizer: VoskRecognizer, say: Callable[[str], bytes], phrase: Phrase, text: str
) -> None:
    recognizer.expect(phrase)
    assert hear(recognizer, say(text)) == text


@pytest.mark.parametrize("phrase", [ANSWER, TRUCK, DIGIT, CARD])
@pytest.mark.parametrize("text", ["tell me a joke", "hello", "the kettle is on", "what time is it", "monday"])
def test_other_speech_is_heard_as_what_it_is(
    recognizer: VoskRecognizer, say: Callable[[str], bytes], phrase: Phrase, text: str
) -> None:
    pcm = say(text)
    recognizer.expect(None)
    anything = hear(recognizer, pcm)
    recognizer.expect(phrase)
    assert hear(recognizer, pcm) == anything != ""


@pytest.mark.parametrize("phrase", [ANSWER, DIGIT, TRUCK])
@pytest.mark.parametrize("level", [0, 30, 800])
def test_noise_is_no_answer(recognizer: VoskRecognizer, phrase: Phrase, level: int) -> None:
    recognizer.expect(phrase)
    noise = np.random.default_rng(level).standard_normal(32_000) * level
    assert hear(recognizer, noise.astype("<i2").tobytes()) == ""


def test_a_pause_within_does_not_end_the_phrase(recognizer: VoskRecognizer, say: Callable[[str], bytes]) -> None:
    phrase = Seq((Words("turn on the lamp"), Words("for ten minutes")))
    recognizer.expect(phrase)
    pcm = say("turn on the lamp") + bytes(2 * 16_000 * 3) + say("for ten minutes")
    assert hear(recognizer, pcm) == "turn on the lamp for ten minutes"


def test_the_partial_is_of_the_phrase(recognizer: VoskRecognizer, recording: Callable[[str], bytes]) -> None:
    recognizer.expect(ALARM)
    pcm, partials = recording(TIMER), []
    for start in range(0, len(pcm), 6_400):
        recognizer.feed(pcm[start : start + 6_400])
        partials.append(recognizer.partial())
    assert partials[-1] == "set a timer for ten minutes" == recognizer.final()
    assert recognizer.partial() == ""


def test_an_utterance_under_way_is_heard_as_it_began(
    recognizer: VoskRecognizer, recording: Callable[[str], bytes]
) -> None:
    pcm = recording("tell_me_a_joke")
    recognizer.feed(pcm[:8_000])
    recognizer.expect(Words("tell me a joke"))
    recognizer.feed(pcm[8_000:])
    assert recognizer._expected.search is None
    assert recognizer.final() == "tell me a joke"
    assert recognizer._expected.search is not None


def test_reset_drops_the_words_and_keeps_what_is_expected(
    recognizer: VoskRecognizer, say: Callable[[str], bytes]
) -> None:
    recognizer.expect(TRUCK)
    recognizer.feed(say("twelve"))
    recognizer.reset()
    assert (recognizer.partial(), recognizer.final()) == ("", "")
    assert hear(recognizer, say("nine")) == "nine"


def test_words_it_does_not_know_are_left_out(recognizer: VoskRecognizer, say: Callable[[str], bytes]) -> None:
    recognizer.expect(Alt((*ANSWER.options, Words("zyxwv please"))))
    assert hear(recognizer, say("yes please")) == "yes please"


@pytest.mark.parametrize("phrase", [Words("zyxwv"), Words(""), Alt(()), Opt(Words("zyxwv"))])
def test_a_phrase_that_cannot_be_heard_expects_anything(
    recognizer: VoskRecognizer, recording: Callable[[str], bytes], phrase: Phrase
) -> None:
    recognizer.expect(phrase)
    assert hear(recognizer, recording("tell_me_a_joke")) == "tell me a joke"


def test_too_much_expected_is_an_error_and_then_anything_may_be_said(
    recognizer: VoskRecognizer, recording: Callable[[str], bytes]
) -> None:
    known = sorted(heard_words(recognizer._path))
    recognizer.expect(ANSWER)
    with pytest.raises(EngineError) as caught:
        recognizer.expect(Seq((any_of(*known[:1000]), *[Opt(any_of(*known[:2000]))] * 40)))
    assert caught.value.code == "phrase-too-large"
    assert hear(recognizer, recording("tell_me_a_joke")) == "tell me a joke"


def test_without_a_place_for_files_it_is_an_error(recognizer: VoskRecognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/no-such-folder")
    with pytest.raises(EngineError) as caught:
        recognizer.expect(any_of("left", "right"))
    assert caught.value.code == "grammar-failed"
    assert "\n" not in str(caught.value)


def test_nothing_is_left_on_the_disk(
    recognizer: VoskRecognizer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    recognizer.expect(any_of("left", "right", "left again"))
    assert recognizer._next.search is not None
    assert not list(tmp_path.iterdir())


def test_lately_used_phrases_are_kept(weights: Weights) -> None:
    shared = Decoder(weights.recognizer, "test")
    grammars = Grammars(weights.recognizer, shared)
    first, second = grammars.decoder(ANSWER), grammars.decoder(any_of("left"))
    assert first is not second
    assert grammars.decoder(any_of("yes", "no", "yes please", "no thanks")) is first
    for word in "red green blue yellow".split():
        grammars.decoder(any_of(word))
    assert grammars.decoder(ANSWER) is not first
    assert len(grammars._kept) <= 4


def test_a_model_whose_graph_brings_the_words_along(recognizer_copy: Path, say: Callable[[str], bytes]) -> None:
    """As Vosk's own small models are made: no words.txt."""
    wanted = heard_words(recognizer_copy)
    move_words_into_graph(recognizer_copy)
    assert heard_words(recognizer_copy) == wanted
    recognizer = VoskRecognizer(recognizer_copy)
    assert hear(recognizer, say("tell me a joke")) == "tell me a joke"
    recognizer.expect(TRUCK)
    assert hear(recognizer, say("nine")) == "nine"


def move_words_into_graph(folder: Path) -> None:
    words, graph = folder / "graph/words.txt", folder / "graph/Gr.fst"
    pairs = [line.split() for line in words.read_text().splitlines()]
    entries = [struct.pack("<i", len(word.encode())) + word.encode() + struct.pack("<q", int(n)) for word, n in pairs]
    table = struct.pack("<iiqq", 2125658996, 0, len(pairs), len(pairs)) + b"".join(entries)
    data = graph.read_bytes()
    flags = 4 + 4 + len("const") + 4 + len("standard") + 4
    end = flags + 4 + 4 * 8
    graph.write_bytes(data[:flags] + struct.pack("<i", 2) + data[flags + 4 : end] + table + data[end:])
    words.unlink()


def test_the_words_of_the_pocket_recognizer(weights: Weights) -> None:
    words = heard_words(weights.recognizer)
    assert {"seven", "lamp", "i'd"} <= words
    assert not {"<eps>", "[unk]"} & words


@pytest.mark.parametrize(
    ("expected", "anything", "wins"),
    [
        (Heard("nine", -10), Heard("mine", -17), "nine"),
        (Heard("nine", -20), Heard("tell me a joke", -17), "tell me a joke"),
        (Heard("nine", -17), Heard("mine", -17.5), "mine"),
        (Heard("oh", -1), Heard("", -9), ""),
        (Heard("", -1), Heard("uh", -9), "uh"),
    ],
)
def test_the_likelier_by_a_margin_wins(expected: Heard, anything: Heard, wins: str) -> None:
    assert accepted(expected, anything).words == wins
