"""Timers, alarms, reminders, the time and the date."""

from __future__ import annotations

from collections.abc import Callable

from . import fillings, spoken
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
SET_TIMER = ways(
    "set a timer for {time} | set a {time} timer | start a timer for {time} | timer for {time} | "
    "start a {time} timer | set the timer to {time} | timer {time} | give me a timer for {time} | "
    "i need a timer for {time} | put a timer on for {time} | set timer {time} | "
    "start the timer for {time} | make a timer for {time} | a timer for {time} | "
    "set a timer of {time} | set a new timer for {time} | set timer for {time} | a {time} timer | "
    "start a timer of {time} | set another timer for {time} | set a timer {time} | "
    "run a timer for {time} | set the timer for {time} | start timer {time} | set my timer to {time} | "
    "add a timer for {time} | i'd like a timer for {time} | {time} timer please | "
    "let me have a timer for {time}",
    held=(
        "begin a timer of {time} | count down {time} | let a timer run for {time} | "
        "i want a timer of {time} | set me a timer for {time}"
    ),
)
CANCEL_TIMER = ways(
    "cancel the timer | stop the timer | delete the timer | cancel my timer | turn off the timer | "
    "forget the timer | remove the timer | end my timer | cancel that timer",
    held="clear the timer | i don't need the timer any more | drop the timer",
)
ASK_TIMER = ways(
    "how long is my timer | what timer did i set | is there a timer running | how long is the timer | "
    "do i have a timer | what is my timer set to | is a timer running | what is the timer set for | "
    "did i set a timer",
    held="tell me about my timer | have i set a timer | what about my timer",
)
SET_ALARM = ways(
    "wake me up at {time} | set an alarm for {time} | alarm at {time} | wake me at {time} | "
    "set the alarm to {time} | i need an alarm at {time} | set my alarm for {time} | alarm for {time} | "
    "put an alarm on for {time} | i want to wake up at {time} | set alarm for {time} | "
    "set an alarm at {time} | please wake me at {time} | i have to get up at {time} | "
    "make an alarm for {time} | i'd like an alarm for {time} | can you wake me at {time} | "
    "set the alarm clock for {time}",
    held="give me an alarm at {time} | start an alarm for {time} | get me up at {time}",
)
REMIND_IN = ways(
    "remind me to {task} in {time} | remind me in {time} to {task} | in {time} remind me to {task} | "
    "tell me to {task} in {time} | set a reminder to {task} in {time} | "
    "make a reminder to {task} in {time}",
    held="don't let me forget to {task} in {time} | give me a reminder in {time} to {task}",
)
REMIND_AT = ways(
    "remind me to {task} at {time} | at {time} remind me to {task} | remind me at {time} to {task} | "
    "set a reminder to {task} at {time} | make a reminder to {task} at {time} | "
    "tell me to {task} at {time}",
    held="i need to {task} at {time} remind me | give me a reminder at {time} to {task}",
)
ASK_TIME = ways(
    "what time is it | what's the time | tell me the time | do you know the time | time please | "
    "what is the time | what time do we have | how late is it | give me the time | "
    "what time is it now | can you tell me what time it is | can you tell me the time | "
    "what is the time now | what time is it please | could you tell me the time | what's the time now | "
    "do you have the time | i want to know the time | is it late | what does the clock say | "
    "please tell me the time | tell me what time it is",
    held="what is the current time | do you know what time it is | i need to know the time | the time please",
)
ASK_DATE = ways(
    "what's the date | what is the date today | what date is it | tell me the date | "
    "what's today's date | which date is it today | what is the date | do you know the date | "
    "what is today's date | what's the date today | can you tell me the date | "
    "what is the date of today | tell me today's date | i want to know the date",
    held="give me the date | what date do we have | today's date please",
)
ASK_DAY = ways(
    "what day is it | which day is it | what day is today | what day of the week is it | "
    "what day is it today | what weekday is it | which day is today | can you tell me what day it is | "
    "do you know what day it is | what day of the week is today",
    held="tell me the day | which day of the week is it today | what day do we have",
)
ASK_TOMORROW = ways(
    "what day is tomorrow | which day is tomorrow | what day is it tomorrow | what day will it be tomorrow",
    held="tell me what day tomorrow is | what's tomorrow",
)
ASK_MONTH = ways(
    "what month is it | which month is it | what month are we in | what's the month",
    held="tell me the month | which month do we have",
)
ASK_YEAR = ways(
    "what year is it | which year is it | what year are we in | what's the year",
    held="tell me the year | which year do we have",
)

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
    task = choose.filling(fillings.TASKS)
    if choose.chance(0.55):
        time, wordings, joint = spoken.duration(choose), REMIND_IN, "in"
    else:
        time, wordings, joint = spoken.time_of_day(choose), REMIND_AT, "at"
    user = choose.way(wordings).format(task=task, time=time)
    return Turn("reminder", user, f"Okay, I'll remind you to {task.replace('my ', 'your ')} {joint} {time}.")
