"""Every look on gpiozero's mock pins, and dark again with no thread left."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import gpiozero
import pytest
import structlog
from gpiozero.pins.mock import MockFactory, MockPWMPin

from pipit.device.controls import LedLights, LightsOn, Look, RgbLights, ScriptedLights, lights
from pipit.device.settings import LightSettings
from pipit.errors import Failure
from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.machine import TABLE
from pipit.fsm.turn import Outcome, TurnRecord

LED, RGB = 27, (5, 6, 13)


@pytest.fixture(params=["plain", "dimmed"])
def pins(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[MockFactory]:
    factory = MockFactory(pin_class=MockPWMPin) if request.param == "dimmed" else MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.reset()


def levels(pins: MockFactory, *numbers: int) -> list[float]:
    return [float(pins.pin(number).state) for number in numbers]


def moved(pins: MockFactory, number: int) -> bool:
    """Whether a pin changes by itself."""
    pins.pin(number).clear_states()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        if len(pins.pin(number).states) > 1:
            return True
        time.sleep(0.005)
    return False


def changed(source: str, dest: str) -> ev.StateChanged:
    return ev.StateChanged(source=source, dest=dest)


def ended(outcome: Outcome) -> ev.TurnEnded:
    return ev.TurnEnded(record=TurnRecord("s-001", outcome, "", "", "", None, "x", {}, None))


@pytest.mark.parametrize("look", list(Look))
def test_every_look_and_dark_after_close(pins: MockFactory, look: Look) -> None:
    before = set(threading.enumerate())
    led, rgb = LedLights(LED), RgbLights(RGB)
    led.show(Look.SPEAKING)
    led.show(look)
    rgb.show(look)
    if look is Look.DARK:
        assert levels(pins, LED, *RGB) == [0, 0, 0, 0]
        assert set(threading.enumerate()) == before
    elif look is Look.LISTENING:
        assert levels(pins, LED, *RGB) == [1, 0, 0, 1]
        assert set(threading.enumerate()) == before
    else:
        assert moved(pins, LED)
        assert moved(pins, RGB[1] if look is Look.SPEAKING else RGB[0])
    led.close()
    rgb.close()
    assert levels(pins, LED, *RGB) == [0, 0, 0, 0]
    assert set(threading.enumerate()) == before


def test_an_error_blinks_and_goes_dark_by_itself(pins: MockFactory) -> None:
    before = set(threading.enumerate())
    led = LedLights(LED)
    on = LightsOn(led)
    pins.pin(LED).clear_states()
    for event in (ended(Outcome.FAILED), changed("listening", "idle")):
        on(event)
    end = time.monotonic() + 5
    while set(threading.enumerate()) != before:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert [bool(state.state) for state in pins.pin(LED).states].count(True) == 4
    assert levels(pins, LED) == [0]
    led.close()


def test_showing_takes_no_time(pins: MockFactory) -> None:
    on, taken = LightsOn(RgbLights(RGB)), []
    for row in TABLE * 3:
        for source in row.sources:
            began = time.perf_counter()
            on(changed(source.value, (row.dest or source).value))
            taken.append(time.perf_counter() - began)
    assert sorted(taken)[len(taken) // 2] < 0.01
    on(changed("speaking", "idle"))


def shown(*events: ev.Event) -> list[Look]:
    lights = ScriptedLights()
    on = LightsOn(lights)
    for event in events:
        on(event)
    return lights.shown


def test_looks_of_a_turn() -> None:
    states = [state.value for state in State if state is not State.SUSPENDED]
    events = [changed(*pair) for pair in zip(states, [*states[1:], "idle"], strict=True)]
    assert shown(*events) == [Look.LISTENING, Look.THINKING, Look.SPEAKING, Look.DARK]


def test_every_state_has_a_look() -> None:
    for state in State:
        shown(changed("idle", state.value))


def test_a_failure_is_seen_although_it_is_idle_at_once() -> None:
    failed = ev.Failed(part="voice", code="x", message="x")
    assert shown(failed, ended(Outcome.FAILED), changed("speaking", "idle")) == [Look.ERROR]
    assert shown(ended(Outcome.FAILED), changed("listening", "idle"), changed("idle", "listening")) == [
        Look.ERROR,
        Look.LISTENING,
    ]
    # the second failure in a row is seen as well
    again = [changed("idle", "listening"), ended(Outcome.FAILED), changed("listening", "idle")]
    assert shown(*again, *again) == [Look.LISTENING, Look.ERROR] * 2


def test_a_lost_microphone() -> None:
    lost = [changed("idle", "listening"), ev.MicLost(), changed("listening", "suspended")]
    assert shown(*lost)[-1] is Look.SUSPENDED
    assert shown(*lost, ev.MicBack(), changed("suspended", "idle"))[-1] is Look.DARK
    assert shown(*lost, ev.MicBack(), changed("suspended", "listening"))[-1] is Look.LISTENING
    assert shown(*lost, ended(Outcome.INTERRUPTED))[-1] is Look.SUSPENDED  # told to stop meanwhile
    assert shown(ev.MicLost(), ev.MicBack()) == [Look.SUSPENDED, Look.DARK]


def test_a_lost_speaker_shows_where_sound_is_missing() -> None:
    assert shown(ev.SpeakerLost(), changed("idle", "listening"), changed("listening", "speaking")) == [
        Look.SUSPENDED,
        Look.LISTENING,
        Look.SUSPENDED,
    ]
    assert shown(changed("thinking", "speaking"), ev.SpeakerLost(), ev.SpeakerBack()) == [
        Look.SPEAKING,
        Look.SUSPENDED,
        Look.SPEAKING,
    ]
    assert shown(ev.SpeakerLost(), ev.SpeakerBack()) == [Look.SUSPENDED, Look.DARK]


def test_lights_that_break_cost_no_turn_and_are_told_once() -> None:
    broken = ScriptedLights(broken=OSError("gone"))
    with structlog.testing.capture_logs() as logs:
        on = LightsOn(broken)
        for dest in ("listening", "thinking", "idle"):
            on(changed("idle", dest))
    assert [entry["event"] for entry in logs] == ["lights-failed"]


def test_what_the_settings_ask_for(pins: MockFactory) -> None:
    assert lights(LightSettings()) == []
    made: list[Any] = lights(LightSettings(led=LED, rgb=RGB))
    assert [type(each) for each in made] == [LedLights, RgbLights]
    for each in made:
        each.close()


def test_a_pin_twice_is_one_line_and_nothing_is_kept(pins: MockFactory) -> None:
    with pytest.raises(Failure, match=r"the pin is in use: give lights.rgb"):
        lights(LightSettings(led=LED, rgb=(LED, 6, 13)))
    LedLights(LED).close()
    LedLights(6).close()
