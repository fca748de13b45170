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
SWITCH = ways(
    "turn {state} the {room} {device} | turn the {room} {device} {state} | "
    "switch {state} the {room} {device} | switch the {room} {device} {state} | "
    "{room} {device} {state} | turn {state} the {device} in the {room} | "
    "switch the {device} in the {room} {state} | put the {room} {device} {state} | "
    "turn {room} {device} {state} | turn the {device} {state} in the {room} | "
    "in the {room} turn {state} the {device} | switch {state} the {device} in the {room} | "
    "make sure the {room} {device} is {state} | the {room} {device} should be {state} | "
    "turn {state} the {device} in {room} | get the {room} {device} {state}",
    held=(
        "put {state} the {room} {device} | i want the {room} {device} {state} | "
        "set the {room} {device} to {state} | go and turn the {room} {device} {state} | "
        "switch the {device} {state} in the {room}"
    ),
)
SWITCH_IT = ways(
    "turn it {state} | turn it {state} again | switch it {state} | turn it back {state} | "
    "now turn it {state} | turn that {state} | switch it {state} again | okay turn it {state} now",
    held="switch that {state} again | you can turn it {state} now",
)
ALL_LIGHTS = ways(
    "turn {state} all the lights | all lights {state} | turn all the lights {state} | "
    "turn {state} every light | switch all lights {state} | turn the lights {state} everywhere | "
    "turn {state} the lights in the whole house",
    held="switch {state} every light | make all the lights go {state} | every light {state}",
)
BLINDS = ways(
    "{verb} the {room} blinds | {verb} the blinds in the {room} | the {room} blinds should be {state} | "
    "{verb} {room} blinds | please {verb} the blinds in the {room}",
    held="i want the {room} blinds {state} | get the {room} blinds {state}",
)
HEAT = ways(
    "set the {room} heater to {degrees} degrees | {room} heater to {degrees} degrees | "
    "heat the {room} to {degrees} degrees | set the heater in the {room} to {degrees} degrees | "
    "make the {room} {degrees} degrees warm | put the {room} heater at {degrees} degrees",
    held="turn the {room} heater to {degrees} degrees | warm the {room} to {degrees} degrees",
)
ASK_STATE = ways(
    "is the {room} {device} on | is the {device} in the {room} on | "
    "did you turn on the {room} {device} | is the {room} {device} still on | "
    "what about the {room} {device} | is the {room} {device} on or off | check the {room} {device} | "
    "is the {room} {device} off",
    held=("tell me if the {room} {device} is on | how is the {room} {device} | look if the {room} {device} is on"),
)


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
