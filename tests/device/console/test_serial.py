"""The serial console on ptys: the line drops, comes back, was never there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial
from structlog.testing import capture_logs

from pipit.device.console import SerialConsole
from pipit.device.console.serial_port import open_port, why
from pipit.fsm import events as ev

from .fakes import Cable, FakeControl, Threads, eventually


def served(console: SerialConsole, is_so: bool = True) -> None:
    """Wait until it has the line, or has noticed that it has not; opening drops what was sent before."""
    eventually(lambda: (console._session is not None) is is_so)


@pytest.fixture
def console(control: FakeControl, cable: Cable, threads: Threads) -> Iterator[SerialConsole]:
    console = SerialConsole(control, str(cable.link))
    threads.spawn("console-serial", console.run)
    served(console)
    yield console
    started = time.monotonic()
    console.close()
    threads.join()
    assert time.monotonic() - started < 1


@pytest.mark.usefixtures("console")
def test_it_answers_with_ends_of_line_for_bare_terminals(cable: Cable) -> None:
    cable.terminal.send("mute on\r")
    eventually(lambda: cable.terminal.skim() or cable.terminal._rest == b"ok\r\n")


def test_a_pulled_cable_is_waited_for_and_served_again(
    console: SerialConsole, cable: Cable, control: FakeControl
) -> None:
    for _ in range(3):
        assert cable.terminal.ask("status")[-1] == "ok"
        assert cable.terminal.ask("events on") == ["ok"]
        cable.pull()
        served(console, False)
        assert not control.subscribers
        control.publish(ev.MicLost())
        cable.plug()
        served(console)
    assert cable.terminal.ask("status")[-1] == "ok"


def test_half_a_line_before_a_pull_is_forgotten(console: SerialConsole, cable: Cable, control: FakeControl) -> None:
    cable.terminal.ask("mute on")
    cable.terminal.send("say half a wo")
    cable.pull()
    served(console, False)
    cable.plug()
    served(console)
    assert cable.terminal.ask("mute off") == ["ok"]
    assert control.calls == [("mute", True), ("mute", False)]


def test_a_port_that_is_not_there_is_waited_for_and_said_once(
    control: FakeControl, tmp_path: Path, threads: Threads
) -> None:
    link = tmp_path / "ttyACM0"
    console = SerialConsole(control, str(link))
    with capture_logs() as logged:
        threads.spawn("console-serial", console.run)
        time.sleep(0.5)
    cable = Cable(link)
    served(console)
    assert cable.terminal.ask("mute on") == ["ok"]
    console.close()
    threads.join()
    cable.pull()
    assert [entry["waiting"] for entry in logged] == [f"{link}: no such port"]


def test_close_ends_the_waiting_at_once(control: FakeControl, tmp_path: Path, threads: Threads) -> None:
    console = SerialConsole(control, str(tmp_path / "nothing"))
    threads.spawn("console-serial", console.run)
    time.sleep(0.4)
    started = time.monotonic()
    console.close()
    threads.join()
    assert time.monotonic() - started < 0.5


def test_close_ends_a_line_that_nobody_reads(control: FakeControl, cable: Cable, threads: Threads) -> None:
    console = SerialConsole(control, str(cable.link))
    threads.spawn("console-serial", console.run)
    served(console)
    cable.terminal.send("help\n" * 300)
    time.sleep(0.2)
    started = time.monotonic()
    console.close()
    threads.join()
    assert time.monotonic() - started < 1


def test_closed_before_it_runs_it_does_not_run(control: FakeControl, cable: Cable) -> None:
    console = SerialConsole(control, str(cable.link))
    console.close()
    console.run()


def test_why_a_port_cannot_be_had(cable: Cable, tmp_path: Path) -> None:
    with open_port(str(cable.link), 9600):
        with pytest.raises(serial.SerialException) as busy:
            open_port(str(cable.link), 9600)
        assert why(busy.value, "P") == "P: in use by another program"
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="configure") as wrong:
        open_port(str(tmp_path / "file"), 9600)
    assert "\n" not in why(wrong.value, "P")
    assert why(PermissionError(13, "no"), "P") == "P: no permission: add the user to the group 'dialout'"
