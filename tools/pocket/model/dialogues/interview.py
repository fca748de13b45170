"""What an interview asks for and how people evade it, and the sum of what was collected."""

from __future__ import annotations

from collections.abc import Callable

from . import fillings, spoken
from .choice import Chooser, ways
from .fields import FIELDS, Field
from .held_fields import HELD_FIELDS
from .scene import Turn
from .spoken import number

SUMMARY_TASK = "Task: summarise the fields in one sentence."


EVASIONS = ways("evasions")
FRAMES = ways("answer frames")
MADE_UP_NOUNS = ways("made up nouns")
MADE_UP_QUESTIONS = ways("made up questions")
MADE_UP_ANSWERS: tuple[Callable[[Chooser], str], ...] = (
    fillings.word,
    fillings.word,
    lambda choose: number(choose.between(1, 99)),
    fillings.name,
    lambda choose: choose.any(("the ", "a ", "my ", "one ", "some ")) + fillings.word(choose),
    lambda choose: f"{choose.any(fillings.ADJECTIVES)} {fillings.word(choose)}",
    lambda choose: f"{fillings.word(choose)} and {fillings.word(choose)}",
    lambda choose: f"{number(choose.between(2, 900))} {fillings.word(choose)}s",
    lambda choose: f"{choose.any(('in', 'at', 'on', 'near', 'behind', 'for'))} the {fillings.word(choose)}",
    lambda choose: f"the {choose.any(fillings.ADJECTIVES)} one with the {fillings.word(choose)}",
    lambda choose: choose.filling(fillings.COLOURS),
    lambda choose: choose.filling(fillings.PLACES),
    spoken.time_of_day,
    spoken.duration,
    fillings.city,
    lambda choose: "i " + choose.any(("have a ", "like the ", "want ", "need a ", "use the ")) + fillings.word(choose),
    lambda choose: "it is " + choose.any(fillings.ADJECTIVES),
    lambda choose: "since " + choose.any(spoken.WEEKDAYS + spoken.MONTHS).lower(),
    lambda choose: choose.any(spoken.MONTHS).lower() + " the " + spoken.ordinal(choose.between(1, 31)),
)
HELD_NOUNS = frozenset(field.noun for field in HELD_FIELDS.values())
SHOWN_FIELDS = {key: field for key, field in FIELDS.items() if key not in HELD_FIELDS and field.noun not in HELD_NOUNS}
"""The fields that training may name."""
LEADS = ("i am a ", "i am ", "i feel ", "at ", "on ")


def _made_up_field(choose: Chooser) -> Field:
    """A field nobody thought of: its noun can only be copied from the goal."""
    noun = ""
    while not noun or noun in HELD_NOUNS:
        noun = choose.way(MADE_UP_NOUNS).format(fillings.word(choose), fillings.word(choose))
    questions = tuple(choose.way(MADE_UP_QUESTIONS).format(noun) for _ in range(2))
    return Field(noun, questions, choose.any(MADE_UP_ANSWERS))


def draw_field(choose: Chooser) -> Field:
    """A field to ask for; half of the test's are fields that training never names."""
    if choose.split.held_wordings and choose.chance(0.5):
        return choose.any(list(HELD_FIELDS.values()))
    if choose.chance(0.3):
        return _made_up_field(choose)
    return choose.any(list(SHOWN_FIELDS.values()))


def summary_turn(choose: Chooser) -> Turn:
    """Fields as "key: value" lines, and one sentence that names them all."""
    fields = {**FIELDS, **HELD_FIELDS} if choose.split.held_wordings else SHOWN_FIELDS
    lines, parts = [], []
    for key in choose.rng.sample(list(fields), choose.between(1, 5)):
        value = fields[key].answer(choose)
        for lead in LEADS:
            value = value.removeprefix(lead)
        key = key if choose.chance(0.7) else fillings.made_up(choose)
        lines.append(f"{key}: {value}")
        parts.append(f"{key} is {value}")
    joined = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
    return Turn("summary", "\n".join(lines), f"To sum up, {joined}.", plain=True)
