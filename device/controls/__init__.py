"""What a hand and an eye have to do with: button, lights, earcons.

``buttons`` and ``lights`` make what the settings ask for. A button's ``start`` claims its device, its ``run`` wants
a thread of its own, its ``follow`` a subscription; lights and earcons only want a subscription.
"""

from collections.abc import Callable

from pipit.device.controls.button import Edge, GpioButton, ScriptedButton
from pipit.device.controls.earcons import Earcon, Earcons, earcon
from pipit.device.controls.keys import KeyButton
from pipit.device.controls.lights import LedLights, Lights, LightsOn, Look, RgbLights, ScriptedLights
from pipit.device.controls.presses import Press, Presses
from pipit.device.controls.switch import Button, Switch, nothing
from pipit.device.settings import ButtonSettings, LightSettings

__all__ = [
    "Button",
    "Earcon",
    "Earcons",
    "Edge",
    "GpioButton",
    "KeyButton",
    "LedLights",
    "Lights",
    "LightsOn",
    "Look",
    "Press",
    "Presses",
    "RgbLights",
    "ScriptedButton",
    "ScriptedLights",
    "Switch",
    "buttons",
    "earcon",
    "lights",
]


def buttons(settings: ButtonSettings, on_long_press: Callable[[], None] = nothing) -> list[Button]:
    """Return the buttons that are set, claimed by their ``start``; raises ``BadConfig`` for an unknown key."""
    made: list[Button] = []
    if settings.pin is not None:
        made.append(GpioButton(settings, on_long_press))
    if settings.key:
        made.append(KeyButton(settings, on_long_press))
    return made


def lights(settings: LightSettings) -> list[Lights]:
    """Return the lights that are set, claimed; raises ``Failure`` in one line, and then holds no pin."""
    made: list[Lights] = []
    try:
        if settings.led is not None:
            made.append(LedLights(settings.led))
        if settings.rgb is not None:
            made.append(RgbLights(settings.rgb))
    except BaseException:
        for each in made:
            each.close()
        raise
    return made
