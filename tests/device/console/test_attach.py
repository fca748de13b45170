"""``pipit console`` and standard input: a person at one end, the assistant at the other."""

from __future__ import annotations

import os
import pty
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipit.device.console import StdinConsole, UnixSocketConsole, attach, paths, socket_to_reach, socket_to_serve
from pipit.device.settings import ConsoleSettings
from pipit.errors import BadInput, Failure
from pipit.fsm import events as ev

from .fakes import Cable, FakeControl, Terminal, Threads, eventually

NONE = ConsoleSettings()


@pytest.fixture
def path(control: FakeControl, tmp_path: Path, threads: Threads) -> Iterator[Path]:
    server = UnixSocketConsole(control, tmp_path / "pipit.sock", threads.spawn)
    server.open()
    threads.spawn("console-socket", server.run)
    yield tmp_path / "pipit.sock"
    server.close()


class Person:
    """Somebody's input and output, as pipes; used as ``with Person() as person``."""

    def __enter__(self) -> Person:
        self.read_fd, self.typing = os.pipe()
        self.reading, self.write_fd = os.pipe()
        self.left = False
        return self

    def types(self, text: str, and_leaves: bool = True) -> None:
        os.write(self.typing, text.encode())
        if and_leaves:
            self.leaves()

    def leaves(self) -> None:
        if not self.left:
            self.left = True
            os.close(self.typing)

    def saw(self) -> str:
        return os.read(self.reading, 65536).decode()

    def __exit__(self, *_: object) -> None:
        self.leaves()
        for fd in (self.read_fd, self.reading, self.write_fd):
            os.close(fd)


def test_piped_commands_are_all_answered_before_it_ends(path: Path) -> None:
    with Person() as person:
        person.types("mute on\nstatus\nmute off")  # the last without its end
        started = time.monotonic()
        attach(str(path), NONE, person.read_fd, person.write_fd)
        assert time.monotonic() - started < 1
        seen = person.saw().splitlines()
    assert seen[:2] == ["ok", "state: idle"]
    assert seen[-2:] == ["ok", "ok"]


def test_the_configured_socket_is_found(path: Path) -> None:
    with Person() as person:
        person.types("mute on\n")
        attach("", ConsoleSettings(socket=path), person.read_fd, person.write_fd)
        assert person.saw() == "ok\n"


def test_a_serial_port_is_attached_to(cable: Cable, threads: Threads) -> None:
    asked: list[str] = []

    def assistant() -> None:
        asked.append(cable.terminal.line())
        cable.terminal.send("ok\r\n")

    threads.spawn("assistant", assistant)
    with Person() as person:
        person.types("mute on\n")
        attach(str(cable.link), NONE, person.read_fd, person.write_fd)
        assert person.saw() == "ok\r\n"
    assert asked == ["mute on"]


def test_events_come_while_the_person_types_nothing(path: Path, control: FakeControl, threads: Threads) -> None:
    with Person() as person:
        threads.spawn("attached", lambda: attach(str(path), NONE, person.read_fd, person.write_fd))
        person.types("events on\n", and_leaves=False)
        assert person.saw() == "ok\n"
        control.publish(ev.MicBack())
        assert person.saw() == "microphone back\n"
        person.leaves()
        threads.all[-2].join(2)
        eventually(lambda: not control.subscribers)
        eventually(lambda: not [t for t in threads.all if t.name == "attached" and t.is_alive()])


def test_the_assistant_that_goes_away_is_an_error_unless_it_was_asked_to(
    control: FakeControl, tmp_path: Path, threads: Threads, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = UnixSocketConsole(control, tmp_path / "s", threads.spawn)
    server.open()
    threads.spawn("console-socket", server.run)
    monkeypatch.setattr(control, "quit", server.close)
    monkeypatch.setattr(control, "say", lambda _: server.close())
    with Person() as person:
        person.types("quit\n", and_leaves=False)
        attach(str(tmp_path / "s"), NONE, person.read_fd, person.write_fd)
        assert person.saw() == "ok\n"
    threads.join()
    server = UnixSocketConsole(control, tmp_path / "s", threads.spawn)
    server.open()
    threads.spawn("console-socket", server.run)
    with Person() as person:
        person.types("say bye\n", and_leaves=False)
        with pytest.raises(Failure, match="the assistant is gone"):
            attach(str(tmp_path / "s"), NONE, person.read_fd, person.write_fd)


def test_a_reader_that_has_seen_enough_ends_it(path: Path) -> None:
    read_fd, typing = os.pipe()
    reading, write_fd = os.pipe()
    os.close(reading)
    os.write(typing, b"help\n")
    attach(str(path), NONE, read_fd, write_fd)
    for fd in (read_fd, typing, write_fd):
        os.close(fd)


def test_where_nobody_is_the_error_says_what_to_do(tmp_path: Path) -> None:
    stale, plain = tmp_path / "stale", tmp_path / "plain"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(stale))
    plain.touch()
    for target in (stale, tmp_path / "missing"):
        with pytest.raises(Failure, match=f"{target}: nothing listens there: is Pipit running"):
            attach(str(target), NONE)
    with pytest.raises(BadInput, match="neither a socket nor a serial port"):
        attach(str(plain), NONE)
    with pytest.raises(BadInput, match="/dev/ttyNONE: no such port"):
        attach("/dev/ttyNONE", NONE)
    with pytest.raises(BadInput, match="/dev/null"):
        attach("/dev/null", NONE)
    with pytest.raises(Failure):
        attach(str(tmp_path / ("x" * 200)), NONE)


def test_where_the_socket_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    service = tmp_path / "service" / "console.sock"
    monkeypatch.setattr(paths, "SERVICE_SOCKET", service)
    assert socket_to_serve(NONE) == socket_to_reach(NONE) == tmp_path / "pipit.sock"
    service.parent.mkdir()
    assert socket_to_serve(NONE) == service
    assert socket_to_reach(NONE) == tmp_path / "pipit.sock"
    service.touch()
    assert socket_to_reach(NONE) == service
    chosen = ConsoleSettings(socket=tmp_path / "mine")
    assert socket_to_serve(chosen) == socket_to_reach(chosen) == tmp_path / "mine"


# ---- standard input ----------------------------------------------------------------------------------------


def test_standard_input_is_served_until_it_ends(control: FakeControl) -> None:
    with Person() as person:
        person.types("mute on\nfoo\n")
        StdinConsole(control, person.read_fd, person.write_fd).run()
        assert person.saw() == "ok\nerror: unknown command 'foo'; help lists them\n"
        assert os.get_blocking(person.write_fd), "other parts of the process write there"


def test_standard_input_of_a_terminal_is_left_at_once(control: FakeControl, threads: Threads) -> None:
    master, slave = pty.openpty()
    console = StdinConsole(control, slave, slave)
    threads.spawn("console-stdin", console.run)
    terminal = Terminal(master)
    terminal.send("mute on\n")
    assert (terminal.line(), terminal.line()) == ("mute on", "ok"), "a terminal echoes by itself"
    started = time.monotonic()
    console.close()
    threads.join()
    assert time.monotonic() - started < 1
    assert os.get_blocking(slave)
    os.close(master)
    os.close(slave)


def test_output_that_nobody_reads_does_not_keep_standard_input_open(control: FakeControl, threads: Threads) -> None:
    with Person() as person:
        console = StdinConsole(control, person.read_fd, person.write_fd)
        threads.spawn("console-stdin", console.run)
        person.types("help\n" * 800, and_leaves=False)
        time.sleep(0.2)
        started = time.monotonic()
        console.close()
        threads.join()
        assert time.monotonic() - started < 1


def test_standard_input_closed_before_it_runs(control: FakeControl) -> None:
    with Person() as person:
        console = StdinConsole(control, person.read_fd, person.write_fd)
        console.close()
        console.run()
