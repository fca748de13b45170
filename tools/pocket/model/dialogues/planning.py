"""Timers, alarms, reminders, the time and the date."""

from __future__ import annotations

from collections.abc import Callable

from . import errands, spoken
from .choice import Wordings, ways
from .scene import Scene, Turn
from .spoken import Clock

ASK_POLITELY = (
    "",
    "",
    "",
    "",
    "",
    "can you ",
    "could you ",
    "please ",
    "would you ",
    "i want you to ",
    "will you ",
)
SET_TIMER = ways("set timer")
CANCEL_TIMER = ways("cancel timer")
ASK_TIMER = ways("ask timer")
SET_ALARM = ways("set alarm")
REMIND_IN = ways("remind in")
REMIND_AT = ways("remind at")
ASK_TIME = ways("ask time")
ASK_DATE = ways("ask date")
ASK_DAY = ways("ask day")
ASK_TOMORROW = ways("ask tomorrow")
ASK_MONTH = ways("ask month")
ASK_YEAR = ways("ask year")

CALENDAR: tuple[tuple[float, Wordings, Callable[[Clock], str], str], ...] = (
    (5, ASK_TIME, lambda clock: f"It's {clock.time}.", "I don't know what time it is."),
    (2, ASK_DATE, lambda clock: f"It's {clock.date}.", "I don't know what day it is."),
    (2, ASK_DAY, lambda clock: f"It's {spoken.WEEKDAYS[clock.weekday]}.", "I don't know what day it is."),
    (
        1,
        ASK_TOMORROW,
        lambda clock: f"Tomorrow is {spoken.WEEKDAYS[(clock.weekday + 1) % 7]}.",
        "I don't know what day it is.",
    ),
    (1, ASK_MONTH, lambda clock: f"It's {spoken.MONTHS[clock.month]}.", "I don't know what day it is."),
    (1, ASK_YEAR, lambda clock: f"It's {clock.spoken_year}.", "I don't know what day it is."),
)
"""Weight, wordings, the reply with a clock in the system prompt, the reply without."""


def calendar(scene: Scene) -> Turn:
    """A question about the time or the date."""
    weights = [row[0] for row in CALENDAR]
    _, wordings, reply, unknown = scene.choose.rng.choices(CALENDAR, weights)[0]
    return Turn("clock", scene.choose.way(wordings), reply(scene.clock) if scene.clock else unknown)


def set_timer(scene: Scene) -> Turn:
    """Start a timer."""
    time = spoken.duration(scene.choose)
    scene.learn("timer", time)
    user = scene.choose.any(ASK_POLITELY) + scene.choose.way(SET_TIMER).format(time=time)
    return Turn("timer", user, f"Timer set for {time}.")


def cancel_timer(scene: Scene) -> Turn:
    """Stop the timer; asked without one, that is said."""
    reply = "Timer cancelled." if scene.recall("timer") else "There is no timer running."
    scene.drop("timer")
    return Turn("timer", scene.choose.way(CANCEL_TIMER), reply)


def ask_timer(scene: Scene) -> Turn:
    """How long the timer was set for."""
    time = scene.recall("timer")
    reply = f"Your timer is set for {time}." if time else "There is no timer running."
    return Turn("timer", scene.choose.way(ASK_TIMER), reply)


def set_alarm(scene: Scene) -> Turn:
    """Be woken at a time of day."""
    time = spoken.time_of_day(scene.choose)
    return Turn("alarm", scene.choose.way(SET_ALARM).format(time=time), f"Alarm set for {time}.")


def remind(scene: Scene) -> Turn:
    """A reminder after a while or at a time of day."""
    choose = scene.choose
    task = errands.task(choose)
    if choose.chance(0.55):
        time, wordings, joint = spoken.duration(choose), REMIND_IN, "in"
    else:
        time, wordings, joint = spoken.time_of_day(choose), REMIND_AT, "at"
    user = choose.way(wordings).format(task=task, time=time)
    return Turn("reminder", user, f"Okay, I'll remind you to {spoken.yours(task)} {joint} {time}.")
