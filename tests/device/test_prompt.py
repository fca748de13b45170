"""The clock in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipit.device.prompt import clock_line, system_prompt
from pipit.device.settings import Reply
from pipit.fsm.fields.counting import below_hundred, ordinal, year
from pipit.fsm.intents.moment import part_of_day

ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
ORDINALS += [f"twenty {word}" for word in ORDINALS[:9]] + ["thirtieth", "thirty first"]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-05-03 15:42", "Sunday the third of May twenty twenty six, three forty two in the afternoon."),
        ("2026-11-21 00:00", "Saturday the twenty first of November twenty twenty six, twelve o'clock at night."),
        (
            "2026-11-21 12:00",
            "Saturday the twenty first of November twenty twenty six, twelve o'clock in the afternoon.",
        ),
        ("2026-01-01 11:05", "Thursday the first of January twenty twenty six, eleven oh five in the morning."),
        ("2027-12-31 18:09", "Friday the thirty first of December twenty twenty seven, six oh nine in the evening."),
        ("2028-02-29 12:10", "Tuesday the twenty ninth of February twenty twenty eight, twelve ten in the afternoon."),
        ("2026-08-12 23:59", "Wednesday the twelfth of August twenty twenty six, eleven fifty nine at night."),
        ("2030-06-20 05:20", "Thursday the twentieth of June twenty thirty, five twenty in the morning."),
    ],
)
def test_known_moments(moment: str, words: str) -> None:
    assert clock_line(datetime.fromisoformat(moment)) == f"Now: {words}"


def test_the_pattern_that_the_model_was_trained_on() -> None:
    monday = datetime(2027, 5, 3, 15, 42)
    assert clock_line(monday) == "Now: Monday the third of May twenty twenty seven, three forty two in the afternoon."


@pytest.mark.parametrize(("day", "word"), list(enumerate(ORDINALS, 1)))
def test_every_day_of_a_month(day: int, word: str) -> None:
    assert ordinal(day) == word


def test_there_were_as_many_as_days() -> None:
    assert len(ORDINALS) == 31


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (1970, "nineteen seventy"),
        (2000, "two thousand"),
        (2005, "two thousand and five"),
        (2026, "twenty twenty six"),
        (2100, "twenty one hundred"),
    ],
)
def test_years(n: int, words: str) -> None:
    assert year(n) == words


def test_numbers_are_words_without_hyphens() -> None:
    told = [below_hundred(n) for n in range(100)]
    assert len(set(told)) == 100
    assert all(word.isalpha() for text in told for word in text.split())
    assert (told[0], told[13], told[40], told[99]) == ("zero", "thirteen", "forty", "ninety nine")


def test_no_moment_of_a_day_has_a_digit() -> None:
    for minute in range(24 * 60):
        line = clock_line(datetime(2026, 11, 21, minute // 60, minute % 60))
        assert not any(c.isdigit() for c in line)
        assert "  " not in line
        assert " zero" not in line


def test_parts_of_a_day() -> None:
    parts = [part_of_day(hour) for hour in range(24)]
    night, morning, afternoon, evening = "at night", "in the morning", "in the afternoon", "in the evening"
    assert parts == [night] * 5 + [morning] * 7 + [afternoon] * 6 + [evening] * 4 + [night] * 2


def test_the_prompt_tells_the_moment_at_which_it_is_asked() -> None:
    moments = iter([datetime(2026, 11, 21, 7, 1), datetime(2026, 11, 21, 7, 2)])
    prompt = system_prompt(Reply(system="You are Pipit."), lambda: next(moments))
    assert prompt().splitlines()[0] == "You are Pipit."
    assert prompt().endswith("seven oh two in the morning.")


@pytest.mark.parametrize("clock", [True, False])
def test_without_a_clock_the_prompt_is_always_the_same(clock: bool) -> None:
    reply = Reply(system="You are Pipit.", clock=clock)
    assert system_prompt(reply, None)() == "You are Pipit."
    if not clock:
        assert system_prompt(reply, lambda: datetime(2026, 1, 1))() == "You are Pipit."
