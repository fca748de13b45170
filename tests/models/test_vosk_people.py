"""People's recordings, heard with an exact grammar."""

from __future__ import annotations

import json
from itertools import permutations

from pipit.models.phrases import Alt, Opt, Phrase, Seq, Words
from pipit.models.vosk_engine import VoskRecognizer

from .hearing import ANSWER, CARD, DIGIT, PEOPLE, TRUCK, any_of, clip, hear, people


@people
def test_digits_of_people(recognizer: VoskRecognizer) -> None:
    """Single digits at 8 kHz: expected, they come out right more often than in open hearing."""
    names = "zero one two three four five six seven eight nine".split()
    right = {}
    for phrase in (DIGIT, None):
        recognizer.expect(phrase)
        paths = sorted((PEOPLE / "digits").glob("*.wav"))
        right[phrase] = sum(hear(recognizer, clip(path)) == names[int(path.name[0])] for path in paths)
    assert right[DIGIT] >= 50
    assert right[DIGIT] > right[None] >= 46


@people
def test_what_people_say_otherwise_is_no_digit_and_no_yes(recognizer: VoskRecognizer) -> None:
    others = ["go_forward", "turn_on_living_room_lamp", "librivox_0880", "librivox_0930", "cards_001", "cards_003"]
    for phrase in (DIGIT, ANSWER, TRUCK):
        recognizer.expect(phrase)
        heard = [hear(recognizer, clip(PEOPLE / f"{name}.wav")) for name in others]
        assert all(len(words.split()) > 2 for words in heard), heard
    recognizer.expect(CARD)
    assert hear(recognizer, clip(PEOPLE / "cards_001.wav")) == "ten of clubs"


def orders() -> Phrase:
    """Every coffee order of the recordings, and some more."""
    start = any_of(
        *"brew/can i get/can i have/could i get/could i have/i want/get me/give me/i'd like/make me/may i have".split(
            "/"
        )
    )
    shots = Seq((any_of("single", "double", "triple"), Words("shot")))
    roast = Seq((any_of("light", "medium", "dark"), Words("roast")))
    size = Alt(
        (any_of("small", "medium", "large"), Seq((any_of("eight", "twelve", "sixteen", "twenty"), Words("ounce"))))
    )
    before = Alt(tuple(Seq(tuple(Opt(part) for part in order)) for order in permutations((size, roast, shots))))
    drink = any_of(
        *"americano/cappuccino/espresso/latte/mocha/iced mocha/coffee/drip coffee/house coffee/iced coffee".split("/")
    )
    amount = Opt(any_of("a little bit of", "a bit of", "some", "a lot of", "lots of"))
    milk = Seq((amount, any_of("milk", "skim milk", "whole milk", "soy milk", "almond milk", "cream")))
    sugar = Seq((amount, any_of("sugar", "brown sugar", "sweetener")))
    both = [Seq((a, Words("and"), b)) for a, b in ((milk, sugar), (sugar, milk))]
    tail = Opt(Seq((Words("with"), Alt((milk, sugar, *both)))))
    return Seq((Opt(start), Opt(any_of("a", "an", "some")), before, drink, tail, Opt(Words("please"))))


@people
def test_coffee_orders_of_people(recognizer: VoskRecognizer) -> None:
    """Every ninth: these were not trained on, their speakers were."""
    recognizer.expect(orders())
    labels = json.loads((PEOPLE / "barista/label.json").read_text())
    right = 0
    for name in (chosen := sorted(labels)[::9]):
        words = hear(recognizer, clip(PEOPLE / "barista" / name))
        right += all(value.strip() in words for value in labels[name]["slots"].values())
    assert right >= len(chosen) - 1
