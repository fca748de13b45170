"""Coffee orders: six fields out of one sentence, for every order that people were recorded with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from itertools import permutations, product
from pathlib import Path

import pytest
import yaml

from pipit.fsm.fields import Reading, correction, match, phase_phrase, read_all
from pipit.fsm.flow import Flow, Phase

ROOT = Path(__file__).resolve().parents[3]
RECORDINGS = Path(os.environ.get("PIPIT_RECORDINGS", ROOT.parent / "shared" / "recordings"))
TODAY = date(2026, 11, 21)
LEADS = ("", "can I have", "I'd like", "um may I have")
Slots = dict[str, str]


@pytest.fixture(scope="module")
def order() -> Phase:
    return Flow.model_validate(yaml.safe_load((ROOT / "flows" / "barista.yaml").read_text())).phases[0]


@pytest.fixture(scope="module")
def labels() -> list[Slots]:
    path = RECORDINGS / "barista" / "label.json"
    if not path.is_file():
        pytest.skip(f"no {path} (set PIPIT_RECORDINGS)")
    told = json.loads(path.read_text()).values()
    return [{name: value.strip() for name, value in each["slots"].items()} for each in told]


def sentences(slots: Slots) -> Iterator[str]:
    """Say an order in every order of its parts; the lead-ins take turns."""
    before = [slots[name] for name in ("size", "roast", "numberOfShots") if name in slots]
    after = [slots[name] for name in ("milkAmount", "sugarAmount") if name in slots]
    ways = product(permutations(before), permutations(after))
    for index, ((head, tail), lead) in enumerate(product(ways, LEADS)):
        article = ("a", "", "an")[index % 3]
        ending = f"with {' and '.join(tail)}" if tail else ""
        words = [lead, article, *head, slots["coffeeDrink"], ending, "please" if index % 2 else ""]
        yield " ".join(" ".join(words).split())


def told(order: Phase, said: str, phrases: tuple[str, ...]) -> tuple[Slots, str]:
    filling = read_all(order.collect, said, "coffeeDrink", phrases, TODAY)
    assert not filling.problems, said
    return {reading.field: str(reading.value) for reading in filling.readings}, filling.rest


def test_every_order_is_understood_by_the_phase_s_patterns(order: Phase, labels: list[Slots]) -> None:
    count = 0
    for slots in labels:
        for said in sentences(slots):
            assert told(order, said, order.phrases) == (slots, ""), said
            count += 1
    assert count > 135 * len(LEADS)


def test_every_order_is_understood_without_patterns_too(order: Phase, labels: list[Slots]) -> None:
    for slots in labels:
        for said in list(sentences(slots))[:: len(LEADS)]:
            assert told(order, said, ())[0] == slots, said


def test_the_phase_s_grammar_holds_every_order(order: Phase, labels: list[Slots]) -> None:
    phrase = phase_phrase(order.collect, order.phrases, "coffeeDrink", ["stop"])
    assert phrase is not None
    for slots in labels:
        said = next(iter(sentences(slots))).lower()
        assert match(phrase, said) == slots, said


ONE = "a twelve ounce dark roast triple shot iced coffee with a lot of sweetener and a little bit of cream"


def test_an_order_of_every_part(order: Phase) -> None:
    assert told(order, f"make me {ONE}", order.phrases)[0] == {
        "size": "twelve ounce",
        "roast": "dark roast",
        "numberOfShots": "triple shot",
        "coffeeDrink": "iced coffee",
        "milkAmount": "a little bit of cream",
        "sugarAmount": "a lot of sweetener",
    }


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("large medium roast coffee", {"size": "large", "roast": "medium roast", "coffeeDrink": "coffee"}),
        ("a medium mocha no sorry a latte", {"size": "medium", "coffeeDrink": "latte"}),
        ("latte with soy milk but no sugar", {"coffeeDrink": "latte", "milkAmount": "soy milk"}),
        ("espresso without milk", {"coffeeDrink": "espresso"}),
        ("not a mocha an iced mocha", {"coffeeDrink": "iced mocha"}),
    ],
)
def test_orders_in_other_words(order: Phase, said: str, slots: Slots) -> None:
    assert told(order, said, order.phrases)[0] == slots


def test_a_part_of_an_order_is_put_right(order: Phase) -> None:
    known = {spec.field: (spec, "some sugar") for spec in order.collect}
    made = correction(known, "coffeeDrink", "no I said a large one", TODAY)
    assert made == Reading("size", "large", "large")
