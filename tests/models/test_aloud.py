"""Written English as it is read aloud, down to the sounds that the voice is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.models import CancelToken
from pipit.models.aloud import aloud
from pipit.models.piper_engine import PiperEngine

SAME_SOUNDS = [
    ("It is 3:45.", "It is three forty five."),
    ("at 10:05", "at ten oh five"),
    ("at 7:00", "at seven o'clock"),
    ("by 7:00 pm", "by seven PM"),
    ("3pm", "three PM"),
    ("I met her at 7 p.m. We ate.", "I met her at seven PM. We ate."),
    ("It costs $5.", "It costs five dollars."),
    ("$1", "one dollar"),
    ("€2.50", "two euros fifty"),
    ("£3 million", "three million pounds"),
    ("21 °C", "twenty one degrees Celsius"),
    ("-5 °C", "minus five degrees Celsius"),
    ("10%", "ten percent"),
    ("12 km", "twelve kilometers"),
    ("1 kg", "one kilogram"),
    ("60 km/h", "sixty kilometers per hour"),
    ("5 min and 10 s.", "five minutes and ten seconds."),
    ("Dr. Smith, Mr. Brown and Mrs. Green", "Doctor Smith, Mister Brown and Missus Green"),
    ("No. 7, St. Mary", "number seven, Saint Mary"),
    ("e.g. tea, i.e. a drink", "for example tea, that is a drink"),
    ("Milk, tea, etc.", "Milk, tea, et cetera."),
    ("red vs. blue, approx. 5", "red versus blue, approximately five"),
    ("the 2nd and the 21st of May", "the second and the twenty first of May"),
    ("28 Nov 2026", "twenty eight November twenty twenty six"),
    ("on Nov. 3", "on November third"),
    ("In 1905 and by 1900", "In nineteen oh five and by nineteen hundred"),
    ("in 2005", "in two thousand five"),
    ("2 1/2 cups, ¾ full", "two and a half cups, three quarters full"),
    ("2 x 3", "two times three"),
    ("2x4", "two by four"),
    ("7 \u2212 4", "seven minus four"),
    ("from 9-5", "from nine to five"),
    ("Call 555-1234", "Call five five five, one two three four"),
]


@pytest.mark.parametrize(("written", "said"), SAME_SOUNDS)
def test_it_sounds_as_if_it_had_been_written_in_words(voice: PiperEngine, written: str, said: str) -> None:
    sounds = [voice._voice.phonemize(text) for text in (aloud(written), said)]
    assert sounds[0] == sounds[1]


@pytest.mark.parametrize(
    "text",
    [
        "I have 3 sons and 5 million ideas.",
        "version 2.0.1",
        "may 3 people come in?",
        "the 5 A batteries",
        "It's 12:30:15 now",
        "11/28/2026",
        "USB, LED and 12B",
        "in 20264 ways",
        "a m is a letter",
        "Now: stop; wait, go!",
    ],
)
def test_what_is_no_time_unit_or_date_stays_as_it_is(text: str) -> None:
    assert aloud(text) == text


@given(st.text(max_size=60))
def test_whatever_is_written_something_is_left_to_say(text: str) -> None:
    assert any(map(str.isalnum, text)) <= any(map(str.isalnum, aloud(text)))


@given(st.text("abc .,!?'\n", max_size=60))
def test_words_alone_are_never_changed(text: str) -> None:
    assert aloud(text) == text


def test_the_voice_reads_so(voice: PiperEngine) -> None:
    written, said = (
        b"".join(part.tobytes() for part in voice.synthesize(text, CancelToken()))
        for text in ("The bus to St. Mary leaves at 10:05 pm.", "The bus to Saint Mary leaves at ten oh five PM.")
    )
    assert written == said


def test_a_voice_of_another_language_reads_what_is_written(voice: PiperEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "_english", False)
    spoken: list[str] = []
    monkeypatch.setattr(voice._voice, "phonemize", lambda text: spoken.append(text) or [])
    list(voice.synthesize("um 7:00 Uhr", CancelToken()))
    assert spoken == ["um 7:00 Uhr"]
