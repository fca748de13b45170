"""Lights and devices in rooms."""

from __future__ import annotations

from . import fillings
from .choice import Chooser, ways
from .scene import Scene, Turn
from .spoken import number

DEVICES = ("light", "light", "lamp", "lamp", "fan", "heater", "radio", "television", "lights", "music")
STATES = ("on", "off")
ASK_POLITELY = (
    "",
    "",
    "",
    "",
    "can you ",
    "could you ",
    "please ",
    "i want you to ",
    "would you ",
    "will you please ",
)
SWITCH = ways("switch")
SWITCH_IT = ways("switch it")
ALL_LIGHTS = ways("all lights")
BLINDS = ways("blinds")
HEAT = ways("heat")
ASK_STATE = ways("ask state")


def _is(device: str) -> str:
    return "are" if device.endswith("s") else "is"


def _room(choose: Chooser) -> str:
    """A room; made-up ones teach that any room may be named, closed lists are not split."""
    return fillings.made_up(choose, 2) if choose.chance(0.08) else choose.any(fillings.ROOMS)


def switch(scene: Scene) -> Turn:
    """Turn a device in a room on or off."""
    choose = scene.choose
    room, device, state = _room(choose), choose.any(DEVICES), choose.any(STATES)
    user = choose.any(ASK_POLITELY) + choose.way(SWITCH).format(room=room, device=device, state=state)
    scene.learn(f"switch:{room} {device}", state)
    scene.learn("switched", f"{room} {device}")
    return Turn("switch", user, f"Okay, the {room} {device} {_is(device)} {state}.")


def switch_it(scene: Scene) -> Turn | None:
    """Turn the device last switched the other way."""
    named = scene.recall("switched")
    if named is None:
        return None
    state = "off" if scene.recall(f"switch:{named}") == "on" else "on"
    scene.learn(f"switch:{named}", state)
    user = scene.choose.way(SWITCH_IT).format(state=state)
    return Turn("switch", user, f"Okay, the {named} {_is(named)} {state}.")


def all_lights(scene: Scene) -> Turn:
    """Turn every light on or off."""
    state = scene.choose.any(STATES)
    for key in scene.keys("switch:"):
        scene.drop(key)
    scene.drop("switched")
    user = scene.choose.any(ASK_POLITELY) + scene.choose.way(ALL_LIGHTS).format(state=state)
    return Turn("switch", user, f"Okay, all the lights are {state}.")


def blinds(scene: Scene) -> Turn:
    """Open or close the blinds of a room."""
    choose = scene.choose
    verb, state = choose.any((("open", "open"), ("close", "closed")))
    room = _room(choose)
    user = choose.way(BLINDS).format(room=room, verb=verb, state=state)
    return Turn("switch", user, f"Okay, the {room} blinds are {state}.")


def heat(scene: Scene) -> Turn:
    """Set a room's heater to a temperature."""
    choose = scene.choose
    room, degrees = _room(choose), number(choose.between(5, 30))
    user = choose.way(HEAT).format(room=room, degrees=degrees)
    return Turn("switch", user, f"Okay, the {room} heater is set to {degrees} degrees.")


def ask_state(scene: Scene) -> Turn:
    """Whether a device is on, as far as this conversation tells."""
    choose = scene.choose
    told = [key.removeprefix("switch:") for key in scene.keys("switch:")]
    named = choose.any(told) if told and choose.chance(0.7) else f"{_room(choose)} {choose.any(DEVICES[:6])}"
    state = scene.recall(f"switch:{named}")
    room, device = named.rsplit(" ", 1)
    user = choose.way(ASK_STATE).format(room=room, device=device)
    if state is None:
        return Turn("state", user, f"I don't know about the {named}.")
    return Turn("state", user, f"The {named} {_is(device)} {state}.")
