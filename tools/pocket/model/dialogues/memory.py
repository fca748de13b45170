"""What the person tells about themselves and their things, and asks for later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import fillings
from .choice import Chooser, Wordings, ways
from .scene import Scene, Turn
from .spoken import number, title, yours


@dataclass(frozen=True)
class Fact:
    """One thing a person may tell about themselves."""

    tell: Wordings
    told: str
    ask: Wordings
    answer: str
    missing: str
    draw: Callable[[Chooser], str]
    proper: bool = False
    """A proper noun: heard in lower case, said with capitals."""


def _kin(who: str) -> Fact:
    """The name of a relative, friend or animal."""
    return Fact(
        ways("kin told", who=who),
        f"Okay, your {who} is called {{}}.",
        ways("kin asked", who=who),
        f"Your {who} is called {{}}.",
        f"your {who}'s name",
        fillings.name,
        proper=True,
    )


def _favourite(what: str, verb: str, draw: Callable[[Chooser], str]) -> Fact:
    """A favourite colour, food or drink."""
    return Fact(
        ways("favourite told", what=what, verb=verb),
        f"Okay, your favourite {what} is {{}}.",
        ways("favourite asked", what=what, verb=verb),
        f"Your favourite {what} is {{}}.",
        f"your favourite {what}",
        draw,
    )


def _or_made_up(options: list[str]) -> Callable[[Chooser], str]:
    """One of a list, now and then a made-up word."""
    return lambda choose: fillings.made_up(choose) if choose.chance(0.2) else choose.filling(options)


def _digits(choose: Chooser) -> str:
    """A number to remember: digits one by one, or a small number."""
    if choose.chance(0.5):
        return " ".join(number(choose.between(0, 9)) for _ in range(choose.between(2, 4)))
    return number(choose.between(1, 99))


NAME = Fact(
    ways("name told"),
    "Nice to meet you, {}. How can I help?",
    ways("name asked"),
    "Your name is {}.",
    "your name",
    fillings.name,
    proper=True,
)
FACTS: dict[str, Fact] = {
    "city": Fact(
        ways("city told"),
        "Okay, you live in {}.",
        ways("city asked"),
        "You live in {}.",
        "where you live",
        fillings.city,
        proper=True,
    ),
    "job": Fact(
        ways("job told"),
        "Okay, you work as a {}.",
        ways("job asked"),
        "You work as a {}.",
        "your job",
        _or_made_up(fillings.JOBS),
    ),
    "age": Fact(
        ways("age told"),
        "Okay, you are {} years old.",
        ways("age asked"),
        "You are {} years old.",
        "your age",
        lambda choose: number(choose.between(5, 99)),
    ),
    "number": Fact(
        ways("number told"),
        "Okay, the number is {}.",
        ways("number asked"),
        "The number is {}.",
        "a number",
        _digits,
    ),
    "colour": _favourite("colour", "love", _or_made_up(fillings.COLOURS)),
    "food": _favourite("food", "love", _or_made_up(fillings.FOODS)),
    "drink": _favourite("drink", "like", _or_made_up(fillings.DRINKS)),
    "hobby": _favourite("hobby", "like", _or_made_up(fillings.HOBBIES)),
    "dog": _kin("dog"),
    "cat": _kin("cat"),
    "sister": _kin("sister"),
    "brother": _kin("brother"),
    "friend": _kin("best friend"),
    "wife": _kin("wife"),
    "husband": _kin("husband"),
    "son": _kin("son"),
    "daughter": _kin("daughter"),
}

PUT = ways("put")
FIND = ways("find")
CORRECTION = ("actually ", "no ", "sorry ", "no wait ")


def _say(fact: Fact, value: str) -> str:
    return title(value) if fact.proper else value


def _tell(scene: Scene, key: str, fact: Fact) -> Turn:
    value = fact.draw(scene.choose)
    again = key in scene.known and scene.choose.chance(0.4)
    user = (scene.choose.any(CORRECTION) if again else "") + scene.choose.way(fact.tell).format(value)
    scene.learn(key, value)
    kind = "name told" if key == "name" else "fact told"
    return Turn(kind, user, fact.told.format(_say(fact, value)), plain=scene.choose.chance(0.6))


def _ask(scene: Scene, key: str, fact: Fact) -> Turn:
    value = scene.recall(key)
    reply = fact.answer.format(_say(fact, value)) if value else f"You haven't told me {fact.missing} yet."
    kind = "name asked" if key == "name" else "fact asked"
    return Turn(kind, scene.choose.way(fact.ask), reply)


def tell_name(scene: Scene) -> Turn:
    """The person introduces themselves."""
    return _tell(scene, "name", NAME)


def ask_name(scene: Scene) -> Turn:
    """The person asks for their own name."""
    return _ask(scene, "name", NAME)


def tell_fact(scene: Scene) -> Turn:
    """The person tells something about their life."""
    key = scene.choose.any(list(FACTS))
    return _tell(scene, key, FACTS[key])


def ask_fact(scene: Scene) -> Turn:
    """The person asks for something told; one time in five for something that was not."""
    told = [key for key in scene.known if key in FACTS]
    key = scene.choose.any(told) if told and scene.choose.chance(0.8) else scene.choose.any(list(FACTS))
    return _ask(scene, key, FACTS[key])


def _are(thing: str) -> str:
    return "are" if thing.endswith("s") else "is"


def put(scene: Scene) -> Turn:
    """The person says where a thing is."""
    choose = scene.choose
    thing = fillings.made_up(choose, 2) if choose.chance(0.25) else choose.filling(fillings.THINGS)
    place = choose.filling(fillings.PLACES) if choose.chance(0.75) else f"in the {fillings.word(choose)}"
    scene.learn("thing:" + thing, place)
    user = choose.way(PUT).format(thing=thing, place=place, are=_are(thing))
    return Turn("thing put", user, f"Okay, the {thing} {_are(thing)} {yours(place)}.")


def find(scene: Scene) -> Turn:
    """The person looks for a thing."""
    choose = scene.choose
    told = [key.removeprefix("thing:") for key in scene.keys("thing:")]
    thing = choose.any(told) if told and choose.chance(0.8) else choose.filling(fillings.THINGS)
    place = scene.recall("thing:" + thing)
    user = choose.way(FIND).format(thing=thing, are=_are(thing))
    if place is None:
        return Turn("thing asked", user, f"You haven't told me where the {thing} {_are(thing)}.")
    return Turn("thing asked", user, f"The {thing} {_are(thing)} {yours(place)}.")
