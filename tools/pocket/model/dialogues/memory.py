"""What the person tells about themselves and their things, and asks for later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import fillings
from .choice import Chooser, Wordings, ways
from .scene import Scene, Turn
from .spoken import number, title


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
        ways(
            f"my {who} is called {{}} | my {who}'s name is {{}} | i have a {who} called {{}} | "
            f"the name of my {who} is {{}} | i have a {who} named {{}} | my {who} is named {{}}",
            held=f"we call my {who} {{}} | you should know my {who} is called {{}}",
        ),
        f"Okay, your {who} is called {{}}.",
        ways(
            f"what is my {who} called | what's my {who}'s name | what is the name of my {who} | "
            f"do you know my {who}'s name | what is my {who}'s name",
            held=f"tell me the name of my {who} | how is my {who} called",
        ),
        f"Your {who} is called {{}}.",
        f"your {who}'s name",
        fillings.name,
        proper=True,
    )


def _favourite(what: str, verb: str, draw: Callable[[Chooser], str]) -> Fact:
    """A favourite colour, food or drink."""
    return Fact(
        ways(
            f"my favourite {what} is {{}} | {{}} is my favourite {what} | "
            f"the {what} i like best is {{}} | i {verb} {{}} it's my favourite {what} | "
            f"remember my favourite {what} is {{}}",
            held=f"my best {what} is {{}} | please note my favourite {what} is {{}}",
        ),
        f"Okay, your favourite {what} is {{}}.",
        ways(
            f"what's my favourite {what} | what is my favourite {what} | which {what} do i like best | "
            f"do you know my favourite {what} | which {what} is my favourite",
            held=f"tell me my favourite {what} | do you remember my favourite {what}",
        ),
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
    ways(
        "my name is {} | i am {} | i'm {} | call me {} | you can call me {} | i'm called {} | "
        "this is {} speaking | hi i'm {} | the name is {} | hello my name is {} | hi my name is {} | "
        "hello i am {} | my name's {} | hello there my name is {} | hello i'm {} | hey my name is {} | "
        "good morning my name is {} | hello pipit my name is {} | please call me {} | "
        "well my name is {} | my first name is {} | good evening my name is {} | hello i'm called {} | "
        "hi call me {} | hello it's {} | it's {} here | you are talking to {} | my friends call me {} | "
        "remember my name is {} | hi there my name is {} | good day i'm {} | yes my name is {}",
        held="people call me {} | hello this is {} | hi there i'm {} | they call me {} | good evening i am {}",
    ),
    "Nice to meet you, {}. How can I help?",
    ways(
        "what is my name | what's my name | who am i | do you know my name | tell me my name | "
        "do you remember my name | say my name | can you tell me my name | what was my name | "
        "and what is my name | what is my name again | so what is my name | please tell me my name | "
        "what did i say my name was | and who am i | do you know what my name is | "
        "did i tell you my name | can you say my name | tell me who i am | can you tell me who i am | "
        "what is my name please | you know my name right | do you recall my name",
        held="what am i called | can you remember my name | do you know who i am | do you still know my name",
    ),
    "Your name is {}.",
    "your name",
    fillings.name,
    proper=True,
)
FACTS: dict[str, Fact] = {
    "city": Fact(
        ways(
            "i live in {} | i'm from {} | my home is in {} | i come from {} | we live in {} | "
            "i am from {} | my city is {}",
            held="my home town is {} | i moved to {}",
        ),
        "Okay, you live in {}.",
        ways(
            "where do i live | what city do i live in | where am i from | do you know where i live | "
            "which city do i live in",
            held="tell me where i live | which city is my home",
        ),
        "You live in {}.",
        "where you live",
        fillings.city,
        proper=True,
    ),
    "job": Fact(
        ways(
            "i work as a {} | i'm a {} | i am a {} | my job is {} | i have a job as a {}",
            held="i earn my money as a {} | at work i am a {}",
        ),
        "Okay, you work as a {}.",
        ways(
            "what's my job | what is my job | what do i do for work | what do i work as | do you know my job",
            held="tell me my job | do you remember my job",
        ),
        "You work as a {}.",
        "your job",
        _or_made_up(fillings.JOBS),
    ),
    "age": Fact(
        ways(
            "i'm {} years old | i am {} years old | my age is {} | i just turned {}",
            held="i am {} years of age | i have turned {}",
        ),
        "Okay, you are {} years old.",
        ways(
            "how old am i | what's my age | what is my age | do you know how old i am",
            held="tell me my age | do you remember my age",
        ),
        "You are {} years old.",
        "your age",
        lambda choose: number(choose.between(5, 99)),
    ),
    "number": Fact(
        ways(
            "my lucky number is {} | remember the number {} | my number is {} | please remember the number {}",
            held="the number is {} | note the number {}",
        ),
        "Okay, the number is {}.",
        ways(
            "what was the number | what's my number | what is the number | which number was it | "
            "what is my lucky number",
            held="tell me the number | do you remember the number",
        ),
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

PUT = ways(
    "remember the {thing} {are} {place} | the {thing} {are} {place} | "
    "remember that my {thing} {are} {place} | i put the {thing} {place} | my {thing} {are} {place} | "
    "i left the {thing} {place} | remember i put the {thing} {place} | "
    "remember my {thing} {are} {place} | i put my {thing} {place}",
    held=(
        "note that the {thing} {are} {place} | keep in mind the {thing} {are} {place} | "
        "please note my {thing} {are} {place}"
    ),
)
FIND = ways(
    "where {are} the {thing} | where {are} my {thing} | where did i put the {thing} | "
    "where did i leave my {thing} | do you know where the {thing} {are} | where did i put my {thing} | "
    "i can't find the {thing} | do you know where my {thing} {are}",
    held="where can i find the {thing} | have you seen my {thing} | tell me where the {thing} {are}",
)
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
    return Turn("thing put", user, f"Okay, the {thing} {_are(thing)} {place.replace('my ', 'your ')}.")


def find(scene: Scene) -> Turn:
    """The person looks for a thing."""
    choose = scene.choose
    told = [key.removeprefix("thing:") for key in scene.keys("thing:")]
    thing = choose.any(told) if told and choose.chance(0.8) else choose.filling(fillings.THINGS)
    place = scene.recall("thing:" + thing)
    user = choose.way(FIND).format(thing=thing, are=_are(thing))
    if place is None:
        return Turn("thing asked", user, f"You haven't told me where the {thing} {_are(thing)}.")
    return Turn("thing asked", user, f"The {thing} {_are(thing)} {place.replace('my ', 'your ')}.")
