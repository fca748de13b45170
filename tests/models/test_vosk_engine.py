from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pipit.models import CancelToken, Recognizer
from pipit.models.load import Weights
from pipit.models.piper_engine import PiperEngine
from pipit.models.vosk_engine import VoskRecognizer

from .hearing import hear

Recording = Callable[[str], bytes]
TIMER = "set_a_timer_for_ten_minutes"


def test_is_a_recognizer(recognizer: VoskRecognizer) -> None:
    assert isinstance(recognizer, Recognizer)


def test_hears_the_words_of_a_recording(recognizer: VoskRecognizer, recording: Recording) -> None:
    assert hear(recognizer, recording(TIMER), 640) == "set a timer for ten minutes"


@pytest.mark.parametrize("step", [640, 2_000, 6_400, 1_000_000])
def test_the_size_of_the_pieces_does_not_change_the_words(
    recognizer: VoskRecognizer, recording: Recording, step: int
) -> None:
    pcm = recording("tell_me_a_joke")
    assert hear(recognizer, pcm, step) == "tell me a joke"


def test_partials_grow_to_the_final_words(recognizer: VoskRecognizer, recording: Recording) -> None:
    pcm, partials = recording(TIMER), []
    for start in range(0, len(pcm), 6_400):
        recognizer.feed(pcm[start : start + 6_400])
        partials.append(recognizer.partial())
    lengths = [len(partial.split()) for partial in partials]
    assert partials[0] == ""
    assert max(lengths) - min(lengths) >= 5
    assert any(0 < length < 6 for length in lengths)
    assert lengths == sorted(lengths)
    assert recognizer.final() == partials[-1]


def test_a_long_pause_loses_no_words(recognizer: VoskRecognizer, recording: Recording) -> None:
    """Vosk ends the utterance in the pause; for us it goes on."""
    pause = bytes(2 * 16_000 * 4)
    pcm = recording("tell_me_a_joke") + pause + recording(TIMER)
    for start in range(0, len(pcm), 6_400):
        recognizer.feed(pcm[start : start + 6_400])
    assert recognizer.partial().startswith("tell me a joke ")
    assert recognizer.final() == "tell me a joke set a timer for ten minutes"


def test_the_next_utterance_begins_anew(recognizer: VoskRecognizer, recording: Recording) -> None:
    assert hear(recognizer, recording(TIMER), 6_400)
    assert recognizer.partial() == ""
    assert hear(recognizer, recording("tell_me_a_joke"), 6_400) == "tell me a joke"


def test_reset_drops_the_words(recognizer: VoskRecognizer, recording: Recording) -> None:
    recognizer.feed(recording(TIMER))
    recognizer.reset()
    assert (recognizer.partial(), recognizer.final()) == ("", "")
    assert hear(recognizer, recording("tell_me_a_joke"), 6_400) == "tell me a joke"


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_reset_drops_the_sound_that_was_not_searched_yet(
    recognizer: VoskRecognizer, recording: Recording, share: float
) -> None:
    pcm = recording(TIMER)
    recognizer.feed(pcm[: round(len(pcm) * share) // 2 * 2])
    recognizer.reset()
    assert hear(recognizer, recording("tell_me_a_joke"), 6_400) == "tell me a joke"


def test_nothing_fed_is_nothing_heard(recognizer: VoskRecognizer) -> None:
    recognizer.feed(b"")
    assert (recognizer.partial(), recognizer.final(), recognizer.final()) == ("", "", "")


def test_silence_has_no_words(recognizer: VoskRecognizer) -> None:
    assert hear(recognizer, bytes(2 * 16_000), 6_400) == ""


def test_two_recognizers_do_not_disturb_each_other(
    recognizer: VoskRecognizer, weights: Weights, recording: Recording
) -> None:
    other = VoskRecognizer(weights.recognizer)
    first, second = recording(TIMER), recording("tell_me_a_joke")
    for start in range(0, max(len(first), len(second)), 6_400):
        recognizer.feed(first[start : start + 6_400])
        other.feed(second[start : start + 6_400])
    assert (recognizer.final(), other.final()) == ("set a timer for ten minutes", "tell me a joke")


def test_it_understands_the_voice(recognizer: VoskRecognizer, voice: PiperEngine) -> None:
    assert voice.sample_rate == 16_000
    text = "Turn on the living room lamp."
    sound = np.concatenate(list(voice.synthesize(text, CancelToken())))
    heard = hear(recognizer, np.pad(sound, 6_000).astype("<i2").tobytes(), 6_400).split()
    said = text.lower().strip(".").split()
    assert sum(word in heard for word in said) >= 4, heard
