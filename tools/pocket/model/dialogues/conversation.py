"""Whole dialogues: a system prompt, turns by chance, some replies cut short, some old turns dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import (
    echo,
    errands,
    fillings,
    house,
    interview,
    judging,
    memory,
    picking,
    pieces,
    planning,
    smalltalk,
    summing,
    unknown,
)
from .choice import SPLITS, Chooser, ways
from .noise import as_heard
from .scene import Scene, Skill, Turn
from .spoken import Clock

INTRODUCTION = "You are Pipit, a small offline voice assistant."
SKILLS: tuple[tuple[float, float, Skill], ...] = (
    (34, 24, smalltalk.fixed),
    (0, 50, smalltalk.dwelt_on),
    (8, 11, unknown.unknown),
    (4, 4, unknown.unclear),
    (5, 10, echo.repeat),
    (3, 8, echo.again),
    (4, 4, pieces.joke),
    (4, 4, pieces.fact),
    (5, 3, pieces.story),
    (1, 2, pieces.calm),
    (10, 6, house.switch),
    (2, 3, house.switch_it),
    (1, 1.5, house.all_lights),
    (1, 1.5, house.blinds),
    (1, 1.5, house.heat),
    (2, 3, house.ask_state),
    (7, 4, planning.set_timer),
    (1.5, 2, planning.cancel_timer),
    (2, 2, planning.ask_timer),
    (3, 3, planning.set_alarm),
    (5, 7, planning.remind),
    (8, 5, planning.calendar),
    (9, 5, memory.tell_name),
    (8, 7, memory.ask_name),
    (7, 7, memory.tell_fact),
    (8, 9, memory.ask_fact),
    (6, 7, memory.put),
    (6, 8, memory.find),
)
"""Weight in the test, weight in training, and skill: training dwells on what is hard and left to the model."""
PERSONAS = ways("personas")
"""What a flow's author makes of the assistant; it answers as before."""
DEMO: tuple[Skill, ...] = (
    memory.tell_name,
    house.switch,
    pieces.story,
    memory.ask_name,
    planning.set_timer,
    smalltalk.fixed,
    pieces.joke,
    planning.calendar,
    smalltalk.fixed,
)
TELLING: tuple[Skill, ...] = (
    memory.tell_fact,
    memory.tell_fact,
    memory.tell_fact,
    memory.put,
    memory.put,
    memory.tell_name,
    house.switch,
    planning.set_timer,
)
ASKING: tuple[Skill, ...] = (
    memory.ask_fact,
    memory.ask_fact,
    memory.ask_fact,
    memory.find,
    memory.find,
    memory.ask_name,
    house.ask_state,
    house.switch_it,
    planning.ask_timer,
    planning.cancel_timer,
    echo.again,
)
NOT_TOLD = ("You haven't", "I don't know about", "There is no")
UNTOLD_LEFT_OUT = 0.5  # of what a plan would ask for and was never told: the rest teaches to say so
CUT_DIALOGUES = 0.25  # of conversations have replies cut by the person
CUT_TURNS = 0.25  # of the turns in those
CUT_STORIES = 0.6  # of the stories in those: long replies are what people interrupt
DROP_DIALOGUES = 0.2  # of conversations have lost their oldest turns


@dataclass(frozen=True)
class Mix:
    """How often what is written: shares of all dialogues, and each skill's weight in open talk."""

    judged: float
    summarised: float
    demo: float
    """Share of the conversations that have the demonstration's turns among theirs."""
    recall: float
    """Share of the others in which several things are told and then asked for."""
    persona: float
    """Share of the conversations that are led in a flow's own role instead of Pipit's."""
    weights: tuple[float, ...]
    picked: float = 0.0
    ended: float = 0.0
    """Shares of all dialogues in which words are picked, and sessions summed up; the test has tests of their own."""
    go_on: float = 0.3
    """Share of the cut stories that are asked for again."""


TEST = Mix(0.16, 0.1, 0.2, 0.0, 0.0, tuple(weight for weight, _, _ in SKILLS))
TRAINING = Mix(0.27, 0.02, 0.12, 0.33, 0.1, tuple(weight for _, weight, _ in SKILLS), 0.15, 0.05, 0.7)


@dataclass(frozen=True)
class Message:
    """One message as the chat template gets it; `learn` marks the replies that training teaches."""

    role: str
    text: str
    learn: bool = False


@dataclass(frozen=True)
class Dialogue:
    """A system prompt and the turns in view."""

    system: str
    turns: tuple[Turn, ...]

    def messages(self) -> list[Message]:
        """The dialogue as messages, a cut reply as the person heard it."""
        messages = [Message("system", self.system)]
        for turn in self.turns:
            messages.append(Message("user", turn.user))
            heard = turn.reply if turn.heard is None else turn.heard
            messages.append(Message("assistant", heard, turn.taught and turn.heard is None))
        return messages


def render(messages: list[Message]) -> str:
    """The text that the chat template makes of messages."""
    space = {"user": " "}
    return "".join(f"<|{one.role}|>{space.get(one.role, '')}{one.text}<|end|>" for one in messages)


def _system(clock: Clock | None, *more: str) -> str:
    return "\n".join([INTRODUCTION, *([clock.line] if clock else []), *more])


def _cut(turn: Turn, choose: Chooser) -> Turn:
    """The turn with its reply cut after any word, rarely before the first."""
    words = turn.reply.split()
    if len(words) < 2:
        return turn
    least = 0 if choose.chance(0.1) else 1
    return replace(turn, heard=" ".join(words[: choose.between(least, len(words) - 1)]))


def _next(scene: Scene, plan: list[Skill], mix: Mix) -> Turn:
    """The next turn of a plan, or one by chance."""
    rest = echo.go_on(scene)
    if rest is not None and scene.choose.chance(mix.go_on):
        return rest
    while True:
        skill = plan.pop(0) if plan else scene.choose.rng.choices(SKILLS, mix.weights)[0][2]
        turn = skill(scene)
        if turn is not None:
            return turn


def _length(choose: Chooser) -> int:
    """How many turns: many short conversations, some that fill the context."""
    manner = choose.rng.random()
    if manner < 0.3:
        return choose.between(1, 5)
    return choose.between(6, 12) if manner < 0.75 else choose.between(13, 22)


def _if_told(skill: Skill) -> Skill:
    """The skill where it has something to remember, and less often where it has not."""

    def turn(scene: Scene) -> Turn | None:
        asked = skill(scene)
        if asked is not None and asked.reply.startswith(NOT_TOLD) and scene.choose.chance(UNTOLD_LEFT_OUT):
            return None
        return asked

    return turn


def _plan(choose: Chooser, mix: Mix) -> list[Skill]:
    """The skills a first demonstration uses, in any order; or things told and asked for; or nothing planned."""
    if choose.chance(mix.demo):
        plan = list(DEMO)
        if choose.chance(0.6):
            choose.rng.shuffle(plan)
        return plan
    if mix.recall and choose.chance(mix.recall):
        told = [choose.any(TELLING) for _ in range(choose.between(2, 6))]
        return told + [_if_told(choose.any(ASKING)) for _ in range(choose.between(3, 8))]
    return []


def _conversation(choose: Chooser, mix: Mix) -> Dialogue:
    """Open talk."""
    scene = Scene(choose, Clock.draw(choose) if choose.chance(0.5) else None)
    count, plan = _length(choose), _plan(choose, mix)
    cuts = choose.chance(CUT_DIALOGUES)
    first = choose.between(1, 6) if choose.chance(DROP_DIALOGUES) else 0  # the oldest turn that memory keeps
    alone = first + choose.between(0, 6)  # from this turn on, replies were made without the dropped turns
    for index in range(first + count):
        if first and index == alone:
            scene.forget_before(first)
        turn = as_heard(_next(scene, plan, mix), choose)
        if cuts and choose.chance(CUT_STORIES if turn.kind == "story" else CUT_TURNS):
            turn = _cut(turn, choose)
        if first and index < alone:
            turn = replace(turn, taught=False)
        scene.turns.append(turn)
    system = _system(scene.clock)
    if mix.persona and choose.chance(mix.persona):
        system = system.replace(INTRODUCTION, errands.fill(choose, choose.way(PERSONAS)))
    return Dialogue(system, tuple(scene.turns[first:]))


def _judged(choose: Chooser) -> Dialogue:
    """An interview's judge at work; Pipit asks for each verdict by itself."""
    turn, step = judging.asked(choose)
    return Dialogue(step.messages[0].text, (turn,))


def _summarised(choose: Chooser) -> Dialogue:
    """Collected fields summed up."""
    clock = Clock.draw(choose) if choose.chance(0.5) else None
    turns = tuple(interview.summary_turn(choose) for _ in range(choose.between(1, 2)))
    return Dialogue(_system(clock, interview.SUMMARY_TASK), turns)


def _picked(choose: Chooser) -> Dialogue:
    """A finger on the words that answer a question."""
    return Dialogue(picking.system(), (picking.drawn(choose)[0],))


def _ended(choose: Chooser) -> Dialogue:
    """A session that has ended, summed up."""
    case = summing.case(choose)
    return Dialogue(case.step.messages[0].text, (case.turn,))


def write(seed: int, split: str = "train", mix: Mix = TEST) -> Dialogue:
    """The dialogue of a seed; the same arguments give the same one everywhere."""
    choose = Chooser(f"{split} {seed}", SPLITS[split])
    share = choose.rng.random()
    shares = ((mix.judged, _judged), (mix.summarised, _summarised), (mix.picked, _picked), (mix.ended, _ended))
    for size, written in shares:
        if share < size:
            return written(choose)
        share -= size
    return _conversation(choose, mix)


def made_up_names(seed: int) -> str:
    """A line of names that no list has, for the tokenizer to see how names are built."""
    choose = Chooser(f"names {seed}", SPLITS["train"])
    return " ".join(fillings.made_up(choose, 2) for _ in range(8))
