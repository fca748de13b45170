"""Buttons on gpiozero's mock pins and from scripts, and what the assistant does when they are pressed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import gpiozero
import numpy as np
import pytest
from gpiozero.pins.mock import MockFactory

from pipit.audio import FRAME_BYTES, AudioClock, Frame
from pipit.device.app import Assistant
from pipit.device.config import Settings
from pipit.device.controls import Edge, GpioButton, ScriptedButton, buttons
from pipit.device.sessions import lead_sessions
from pipit.device.settings import ButtonSettings, Listen
from pipit.errors import BadConfig, Failure
from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.chat import Chat
from pipit.fsm.session.record import MemoryRecord
from pipit.fsm.turn import Outcome
from pipit.models.scripted import Script, scripted_engines

PIN = 17


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.reset()


@pytest.fixture
def started() -> Iterator[Callable[[GpioButton | ScriptedButton, Callable[[ev.Event], None]], None]]:
    running: list[tuple[GpioButton | ScriptedButton, threading.Thread]] = []

    def start(button: GpioButton | ScriptedButton, post: Callable[[ev.Event], None]) -> None:
        button.start(post, lambda: 7.0)
        thread = threading.Thread(target=button.run, name="test-button")
        thread.start()
        running.append((button, thread))

    yield start
    for button, thread in running:
        button.close()
        thread.join(5)
        assert not thread.is_alive()


def soon(what: Callable[[], object], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.002)


class Ticking:
    """A microphone of silence, in 20 ms of its own."""

    def __init__(self, every_s: float = 0.002) -> None:
        self._every_s, self._index, self._closed = every_s, 0, threading.Event()

    def read(self) -> Frame | None:
        if self._closed.wait(self._every_s):
            return None
        self._index += 1
        return Frame(self._index - 1, bytes(FRAME_BYTES))

    def close(self) -> None:
        self._closed.set()


@pytest.fixture
def assistant() -> Iterator[Assistant]:
    script = Script(transcripts=("tell me a story",), replies=("One two three. " * 40,), seconds_per_token=0.02)
    settings = Settings(listen=Listen(open_mic=False))
    assistant = Assistant(scripted_engines(script), Ticking(), settings, "s", Chat(lambda: "Be brief."))
    assistant.start()
    yield assistant
    assistant.stop()
    assert assistant.crash is None


def test_press_hold_release_on_a_pin(pins: MockFactory, started: Callable[..., None]) -> None:
    posted: list[ev.Event] = []
    started(GpioButton(ButtonSettings(pin=PIN, bounce_ms=20)), posted.append)
    pins.pin(PIN).drive_low()
    assert posted == [ev.ButtonDown()]  # in the very call, before any debounce
    assert posted[0].stamp == 7.0
    time.sleep(0.03)
    pins.pin(PIN).drive_high()
    assert posted == [ev.ButtonDown(), ev.ButtonUp()]


def test_a_bouncing_pin(pins: MockFactory, started: Callable[..., None]) -> None:
    posted: list[ev.Event] = []
    started(GpioButton(ButtonSettings(pin=PIN, bounce_ms=60)), posted.append)
    for _ in range(5):
        pins.pin(PIN).drive_low()
        pins.pin(PIN).drive_high()
    assert posted == [ev.ButtonDown()]
    soon(lambda: len(posted) == 2)  # it ended up: told once the line was quiet, without a further edge
    assert posted[1] == ev.ButtonUp()


def test_a_button_that_is_down_from_the_start_waits(pins: MockFactory, started: Callable[..., None]) -> None:
    posted: list[ev.Event] = []
    pins.pin(PIN)._state = False
    pins.pin(PIN)._set_pull = lambda value: None
    started(GpioButton(ButtonSettings(pin=PIN, bounce_ms=0)), posted.append)
    assert posted == []
    pins.pin(PIN).drive_high()
    assert posted == []
    pins.pin(PIN).drive_low()
    assert posted == [ev.ButtonDown()]


def test_long_press_cancels_and_calls(pins: MockFactory, started: Callable[..., None]) -> None:
    posted: list[ev.Event] = []
    called = threading.Event()
    started(GpioButton(ButtonSettings(pin=PIN, long_press_s=0.5), called.set), posted.append)
    pins.pin(PIN).drive_low()
    assert called.wait(5)
    soon(lambda: len(posted) == 3)
    assert posted == [ev.ButtonDown(), ev.Cancel(), ev.ButtonUp()]
    pins.pin(PIN).drive_high()
    assert len(posted) == 3


def test_nothing_comes_after_close(pins: MockFactory) -> None:
    posted: list[ev.Event] = []
    before = threading.active_count()
    button = GpioButton(ButtonSettings(pin=PIN))
    button.start(posted.append, lambda: 0.0)
    button.close()
    button.close()
    button.run()
    assert posted == []
    assert threading.active_count() == before
    again = GpioButton(ButtonSettings(pin=PIN))
    again.start(posted.append, lambda: 0.0)  # the pin is free
    again.close()


def test_what_is_wrong_with_pins_is_one_line(pins: MockFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (GpioButton(ButtonSettings(pin=PIN)) for _ in range(2))
    first.start(lambda event: None, lambda: 0.0)
    with pytest.raises(Failure, match=r"button on GPIO17: the pin is in use: give button.pin") as caught:
        second.start(lambda event: None, lambda: 0.0)
    assert caught.value.code == "gpio-in-use"
    first.close()
    with pytest.raises(BadConfig, match=r"button.pin is not set"):
        GpioButton(ButtonSettings())
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    for factory in ("lgpio", "native", "nonsense"):
        monkeypatch.setenv("GPIOZERO_PIN_FACTORY", factory)
        with pytest.raises(Failure, match=r"no pins here .*run 'make run' once") as caught:
            second.start(lambda event: None, lambda: 0.0)
        assert caught.value.code == "gpio-missing"
        assert "\n" not in str(caught.value)


def test_lgpio_gets_a_folder_that_can_be_written(
    pins: MockFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LG_WD", str(tmp_path / "none"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    button = GpioButton(ButtonSettings(pin=PIN))
    button.start(lambda event: None, lambda: 0.0)
    button.close()
    assert os.environ["LG_WD"] == str(tmp_path)


def test_a_script_of_edges(started: Callable[..., None]) -> None:
    posted: list[tuple[float, ev.Event]] = []
    edges = [Edge(0.02, True), Edge(0.03, False), Edge(0.12, True), Edge(0.2, False)]
    button = ScriptedButton(ButtonSettings(bounce_ms=30), edges)
    began = time.monotonic()
    started(button, lambda event: posted.append((time.monotonic() - began, event)))
    soon(lambda: len(posted) == 4)
    assert [event for _, event in posted] == [ev.ButtonDown(), ev.ButtonUp()] * 2
    assert posted[1][0] >= 0.055  # the tap was shorter than the bounce: up came when the line was quiet


def test_what_the_settings_ask_for() -> None:
    assert buttons(ButtonSettings()) == []
    assert [type(button).__name__ for button in buttons(ButtonSettings(pin=4, key="KEY_SPACE"))] == [
        "GpioButton",
        "KeyButton",
    ]


# ---- with the assistant ------------------------------------------------------------------------------


def talk(assistant: Assistant, pin: object, until: State) -> None:
    pin.drive_low()  # type: ignore[attr-defined]
    soon(lambda: assistant.dialogue.state is State.LISTENING)
    time.sleep(0.05)
    pin.drive_high()  # type: ignore[attr-defined]
    soon(lambda: assistant.dialogue.state is until)
    time.sleep(0.05)


@pytest.mark.parametrize("state", [State.THINKING, State.SPEAKING])
def test_a_press_interrupts_and_the_next_pull_is_silent(
    assistant: Assistant, pins: MockFactory, started: Callable[..., None], state: State
) -> None:
    button = GpioButton(ButtonSettings(pin=PIN))
    records: list[ev.TurnEnded] = []
    assistant.dialogue.subscribe(button.follow)
    assistant.dialogue.subscribe(lambda e: records.append(e) if isinstance(e, ev.TurnEnded) else None)
    started(button, assistant.post)
    if state is State.THINKING:
        assistant.engines.model._seconds_per_prompt = 5.0  # type: ignore[attr-defined]
    talk(assistant, pins.pin(PIN), state)
    if state is State.SPEAKING:
        soon(lambda: assistant.playback.pull(160).any())
    pins.pin(PIN).drive_low()
    soon(lambda: records)
    after = np.concatenate([assistant.playback.pull(160) for _ in range(100)])
    assert not after.any()  # not one sample of the old reply
    assert [e.record.outcome for e in records] == [Outcome.INTERRUPTED]
    assert records[0].record.barge_in_ms is not None


def test_toggle_with_the_assistant(assistant: Assistant, pins: MockFactory, started: Callable[..., None]) -> None:
    button = GpioButton(ButtonSettings(pin=PIN, press="toggle", bounce_ms=5))
    assistant.dialogue.subscribe(button.follow)
    started(button, assistant.post)

    def tap() -> None:
        pins.pin(PIN).drive_low()
        time.sleep(0.02)
        pins.pin(PIN).drive_high()
        time.sleep(0.02)

    tap()
    soon(lambda: assistant.dialogue.state is State.LISTENING)
    tap()
    soon(lambda: assistant.dialogue.state is State.SPEAKING)
    tap()
    soon(lambda: assistant.dialogue.state is State.LISTENING)
    tap()
    soon(lambda: assistant.dialogue.state is State.SPEAKING)


def test_long_press_ends_the_turn_without_a_word(pins: MockFactory, started: Callable[..., None]) -> None:
    settings = Settings(listen=Listen(open_mic=False))
    assistant = Assistant(scripted_engines(Script(transcripts=("",))), Ticking(), settings, "s", Chat(lambda: ""))
    ended: list[ev.TurnEnded] = []
    assistant.dialogue.subscribe(lambda e: ended.append(e) if isinstance(e, ev.TurnEnded) else None)
    called = threading.Event()
    button = GpioButton(ButtonSettings(pin=PIN, long_press_s=0.5), called.set)
    assistant.dialogue.subscribe(button.follow)
    assistant.start()
    started(button, assistant.post)
    pins.pin(PIN).drive_low()
    soon(lambda: assistant.dialogue.state is State.LISTENING)
    assert called.wait(5)
    soon(lambda: assistant.dialogue.state is State.IDLE)
    assert [event.record.outcome for event in ended] == [Outcome.INTERRUPTED]
    pins.pin(PIN).drive_high()
    assistant.stop()
    assert assistant.crash is None
    assert len(ended) == 1


def test_long_press_puts_the_session_aside(pins: MockFactory, started: Callable[..., None]) -> None:
    clock, record = AudioClock(), MemoryRecord()
    sessions = lead_sessions(lambda: "", clock, record)
    settings = Settings(listen=Listen(open_mic=False))
    assistant = Assistant(scripted_engines(Script(transcripts=("",))), Ticking(), settings, "s", sessions, clock)
    button = GpioButton(ButtonSettings(pin=PIN, long_press_s=0.5), lambda: assistant.post(ev.SessionOrder(verb="stop")))
    assistant.dialogue.subscribe(button.follow)
    assistant.post(ev.SessionOrder(verb="start", argument="forklift-check"))
    assistant.start()
    started(button, assistant.post)
    soon(lambda: assistant.dialogue.turn is not None)
    pins.pin(PIN).drive_low()
    soon(lambda: record.state("forklift-check-1").paused == "stopped")
    pins.pin(PIN).drive_high()
    assert record.state("forklift-check-1").phase == "intake"
    assistant.post(ev.SessionOrder(verb="resume"))
    soon(lambda: record.state("forklift-check-1").paused == "")
    assistant.stop()
    assert assistant.crash is None


def test_not_one_sample_after_the_edge(pins: MockFactory) -> None:
    """Without a thread between: the edge itself silences, so the very next pull has nothing left of the reply."""
    assistant = Assistant(scripted_engines(Script()), Ticking(), Settings(), "s", Chat(lambda: "Be brief."))
    button = GpioButton(ButtonSettings(pin=PIN))
    button.start(assistant.dialogue.handle, assistant.clock.stamp)
    assistant.dialogue.handle(ev.TextTyped(text="tell me a story"))
    assert assistant.dialogue.turn is not None
    turn = assistant.dialogue.turn.id
    assistant.dialogue.handle(ev.Clause(turn=turn, index=0, text="Once upon a time."))
    assistant.playback.write(turn, 0, np.full(16_000, 5, np.int16))
    before = assistant.playback.pull(1600)
    pins.pin(PIN).drive_low()
    after = assistant.playback.pull(1600)
    assert np.count_nonzero(before) == 1600
    assert np.count_nonzero(after) == 0
    assert assistant.dialogue.state is State.LISTENING
    button.close()
