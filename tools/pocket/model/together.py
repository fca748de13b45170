"""How good the intents and a GGUF are together, and the model on what is left to it.

    python tools/pocket/model/together.py models/pocket/model/pocket.gguf [--turns 500] [--show 40]

Asks the same turns as evaluate.py, of seeds that training never saw; what an intent answers the model never sees.
An intent is right if its reply is the wanted one. Where the model was taught to say that it does not know (sums,
spelling), the result is worked out again; of Pipit itself any of the intents' true replies will do. The fields of a
summary are given to the intent as the program holds them. Needs what evaluate.py needs, and Pipit itself.
"""

from __future__ import annotations

import argparse
import calendar
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from dialogues import DONT_KNOW, SPLITS, Dialogue, Turn, conversation, write
from dialogues.choice import Chooser
from dialogues.spoken import Clock, number
from evaluate import TEST_SEED, Speaker, is_right
from pipit.fsm.fields import numerals
from pipit.fsm.intents import Situation, answer
from pipit.fsm.memory import Exchange

MODEL = "a pocket model of four megabytes"
SUMMARY = "what have i told you so far"
NUMBERS = {number(n): n for n in range(200)}
OPERATIONS = {"plus": "+", "and": "+", "times": "*", "minus": "-", "divided by": "/"}
NOISE = ("uh", "um", "er", "like", "well", "the")
MOMENTS: dict[str, datetime] = {}  # by the line of the prompt that tells them
OF_ITSELF = ("can", "small talk")


class RealClock(Clock):
    """A clock whose weekday and date agree, as any real one's; training draws them apart."""

    @classmethod
    def draw(cls, choose: Chooser) -> Clock:
        clock = Clock.draw(choose)
        day = min(clock.day, calendar.monthrange(clock.year, clock.month + 1)[1])
        moment = datetime(clock.year, clock.month + 1, day, clock.hour, clock.minute)
        clock = replace(clock, day=day, weekday=moment.weekday())
        MOMENTS[clock.line] = moment
        return clock


@dataclass
class Tally:
    """Right and asked turns by kind, of the intents and of the model."""

    asked: dict[str, Counter[str]] = field(default_factory=lambda: {"intents": Counter(), "model": Counter()})
    right: dict[str, Counter[str]] = field(default_factory=lambda: {"intents": Counter(), "model": Counter()})
    wrong: list[str] = field(default_factory=list)

    @property
    def turns(self) -> int:
        return sum(counter.total() for counter in self.asked.values())

    def note(self, who: str, turn: Turn, said: str, good: bool) -> None:
        self.asked[who][turn.kind] += 1
        self.right[who][turn.kind] += good
        if not good:
            self.wrong.append(f"[{who}: {turn.kind}] {turn.user!r}\n    wanted {turn.reply!r}\n    said   {said!r}")

    def line(self, *who: str) -> str:
        asked = sum(self.asked[one].total() for one in who)
        right = sum(self.right[one].total() for one in who)
        return f"{right} of {asked}, {100 * right / max(1, asked):.1f} %"

    def table(self, who: str) -> str:
        return "  ".join(f"{kind} {self.right[who][kind]}/{count}" for kind, count in sorted(self.asked[who].items()))


def intended(dialogue: Dialogue, index: int) -> str | None:
    """What the intents reply to a turn."""
    now = next((MOMENTS[line] for line in dialogue.system.split("\n") if line in MOMENTS), None)
    turn, before = dialogue.turns[index], dialogue.turns[:index]
    exchanges = tuple(Exchange(one.user, one.reply if one.heard is None else one.heard) for one in before)
    if turn.kind == "summary":
        fields = tuple(tuple(line.split(": ", 1)) for line in turn.user.split("\n"))
        return answer(SUMMARY, Situation(now, exchanges, fields, MODEL))
    return None if "\n" in turn.user else answer(turn.user, Situation(now, exchanges, (), MODEL))


def is_good(turn: Turn, said: str) -> bool:
    """Whether an intent's reply is right."""
    if is_right(turn, said):
        return True
    if turn.kind == "clock":
        return said in ("It's noon.", "It's midnight.") and "twelve o'clock" in turn.reply
    if turn.kind in OF_ITSELF:
        return said == answer("what can you do" if turn.kind == "can" else turn.user, Situation(model=MODEL))
    return turn.reply == DONT_KNOW and (_sum_is_right(turn.user, said) or _spelling_is_right(turn.user, said))


def _sum_is_right(user: str, said: str) -> bool:
    words = [word for word in user.split() if word not in NOISE]
    told = re.sub(r".* (?:is|makes) ", "", said.rstrip(".")).removeprefix("about ").split()
    heard = numerals.number(told, 0)
    for first, sign, other in _operations(words):
        if sign == "/" and not other:
            return said == "Nothing can be divided by zero."
        if heard and heard[1] == len(told) and abs(_worked_out(first, sign, other) - heard[0]) < Fraction(6, 1000):
            return True
    return False


def _operations(words: list[str]) -> Iterator[tuple[Fraction, str, Fraction]]:
    """Every way to read two numbers with an operation between them."""
    places = range(len(words) + 1)
    read = {(i, j): NUMBERS[text] for i in places for j in places if (text := " ".join(words[i:j])) in NUMBERS}
    for (start, end), first in read.items():
        for said, sign in OPERATIONS.items():
            after = end + len(said.split())
            if " ".join(words[end:after]) == said:
                yield from ((Fraction(first), sign, Fraction(n)) for (at, _), n in read.items() if at == after > start)


def _worked_out(first: Fraction, sign: str, other: int) -> Fraction:
    match sign:
        case "+":
            return first + other
        case "-":
            return first - other
        case "*":
            return first * other
    return first / other if other else Fraction(10**9)


def _spelling_is_right(user: str, said: str) -> bool:
    word, _, letters = said.partition(" is spelled ")
    return word.lower() in user.split() and letters.rstrip(".").lower() == ", ".join(word.lower())


def _test_dialogue(speaker: Speaker, dialogue: Dialogue, tally: Tally) -> None:
    messages = dialogue.messages()
    for index, turn in enumerate(dialogue.turns):
        if not turn.taught:
            continue
        said = intended(dialogue, index)
        if said is not None:
            tally.note("intents", turn, said, is_good(turn, said))
            continue
        spoken = speaker.say(messages[: 2 + 2 * index])
        if spoken is None:
            return
        tally.note("model", turn, spoken, is_right(turn, spoken))


def test_split(speaker: Speaker, split: str, turns: int) -> Tally:
    """Ask about `turns` turns of one side of the language."""
    tally, seed = Tally(), TEST_SEED
    while tally.turns < turns:
        _test_dialogue(speaker, write(seed, split), tally)
        seed += 1
    return tally


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--turns", type=int, default=500, help="test turns for each split (default: 500)")
    parser.add_argument("--show", type=int, default=0, help="how many wrong replies of each split to print")
    arguments = parser.parse_args()
    conversation.Clock = RealClock
    speaker = Speaker(arguments.model)
    for split in SPLITS:
        tally = test_split(speaker, split, arguments.turns)
        print(f"\n{split}: together {tally.line('intents', 'model')}", flush=True)
        for who in ("intents", "model"):
            print(f"{who}: {tally.line(who)}\n  {tally.table(who)}")
        for wrong in tally.wrong[: arguments.show]:
            print(wrong)


if __name__ == "__main__":
    main()
