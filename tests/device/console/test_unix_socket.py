"""The console on a UNIX socket: who may, how many, and what was there before."""

from __future__ import annotations

import contextlib
import grp
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipit.device.console import SerialConsole, UnixSocketConsole
from pipit.errors import BadConfig, Failure
from pipit.fsm import events as ev

from .fakes import Cable, FakeControl, Terminal, Threads, eventually


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "pipit.sock"


@pytest.fixture
def server(control: FakeControl, path: Path, threads: Threads) -> Iterator[UnixSocketConsole]:
    server = UnixSocketConsole(control, path, threads.spawn, clients=3)
    server.open()
    threads.spawn("console-socket", server.run)
    yield server
    started = time.monotonic()
    server.close()
    threads.join()
    assert time.monotonic() - started < 1
    assert not path.exists()


@contextlib.contextmanager
def connected(path: Path) -> Iterator[Terminal]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(str(path))
        yield Terminal(client.fileno())


@pytest.mark.usefixtures("server")
def test_two_clients_are_served_at_once_and_each_sees_events_if_it_wants(path: Path, control: FakeControl) -> None:
    with connected(path) as one, connected(path) as two, connected(path) as three:
        assert one.ask("events on") == two.ask("mode json") == two.ask("events on") == ["ok"]
        control.publish(ev.StateChanged(source="idle", dest="listening"))
        assert one.line() == "state listening"
        assert two.line().startswith('{"event": "StateChanged"')
        assert three.ask("mute on") == ["ok"]


@pytest.mark.usefixtures("server")
def test_a_serial_line_and_a_socket_are_served_at_once(
    path: Path, control: FakeControl, cable: Cable, threads: Threads
) -> None:
    port = SerialConsole(control, str(cable.link))
    threads.spawn("console-serial", port.run)
    with connected(path) as client:
        client.ask("events on")
        cable.terminal.ask("events on")
        control.publish(ev.MicBack())
        assert client.line() == cable.terminal.line() == "microphone back"
        port.close()
        assert client.ask("status")[-1] == "ok"


@pytest.mark.usefixtures("server")
def test_one_too_many_is_told_so_and_has_a_place_later(path: Path) -> None:
    with connected(path) as one, connected(path) as two, connected(path) as three:
        for client in (one, two, three):
            client.ask("mute on")
        with connected(path) as fourth:
            assert fourth.line() == "error: 3 consoles are open already"
    eventually(lambda: _answers(path))


def _answers(path: Path) -> bool:
    try:
        with connected(path) as client:
            client.send("\n")
            return client.line(1.0) == "ok"
    except (OSError, EOFError):
        return False


@pytest.mark.usefixtures("server")
def test_who_shuts_his_half_gets_his_answers_first(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(str(path))
        client.sendall(b"events on\nhelp\nstatus\n")
        client.shutdown(socket.SHUT_WR)
        terminal = Terminal(client.fileno())
        assert [terminal.answer()[-1] for _ in range(3)] == ["ok"] * 3
        with pytest.raises(EOFError):
            terminal.line()


@pytest.mark.usefixtures("server")
def test_who_vanishes_in_the_midst_of_events_costs_nothing(path: Path, control: FakeControl) -> None:
    with connected(path) as client:
        client.ask("events on")
        client.send("help\n" * 500)
    for _ in range(1000):
        control.publish(ev.MicBack())
    eventually(lambda: not control.subscribers)


@pytest.mark.usefixtures("server")
def test_a_second_server_is_refused_and_the_first_lives_on(path: Path, control: FakeControl, threads: Threads) -> None:
    second = UnixSocketConsole(control, path, threads.spawn)
    with pytest.raises(Failure, match="an assistant is listening there already"):
        second.open()
    second.close()
    with connected(path) as client:
        assert client.ask("status")[-1] == "ok"


def test_of_many_that_start_at_once_one_gets_the_path(control: FakeControl, path: Path, threads: Threads) -> None:
    path.parent.mkdir()
    _leave_stale(path)
    servers = [UnixSocketConsole(control, path, threads.spawn) for _ in range(8)]
    refused: list[Failure] = []
    gate = threading.Barrier(len(servers))

    def start(server: UnixSocketConsole) -> None:
        gate.wait()
        try:
            server.open()
        except Failure as error:
            refused.append(error)

    for server in servers:
        threads.spawn("start", lambda server=server: start(server))
    threads.join()
    assert len(refused) == 7
    for server in servers:
        server.close()
    assert not path.exists()


def _leave_stale(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(path))


def test_a_stale_socket_is_replaced(control: FakeControl, path: Path, threads: Threads) -> None:
    path.parent.mkdir()
    _leave_stale(path)
    server = UnixSocketConsole(control, path, threads.spawn)
    threads.spawn("console-socket", server.run)
    eventually(lambda: _answers(path))
    server.close()


@pytest.mark.usefixtures("server")
def test_only_owner_and_group_may(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o660


def test_it_belongs_to_the_group_when_there_is_one(control: FakeControl, path: Path, threads: Threads) -> None:
    mine = os.getgroups() or [os.getgid()]
    server = UnixSocketConsole(control, path, threads.spawn, group=grp.getgrgid(mine[-1]).gr_name)
    server.open()
    assert path.stat().st_gid == mine[-1]
    server.close()
    other = UnixSocketConsole(control, path, threads.spawn, group="no-such-group")
    other.open()
    assert path.exists()
    other.close()


def test_what_is_no_socket_is_left_alone(control: FakeControl, path: Path, threads: Threads) -> None:
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(BadConfig, match="a file that is no socket"):
        UnixSocketConsole(control, path, threads.spawn).open()
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["x" * 150, "../run/pipit.sock/below"])
def test_a_path_that_cannot_be_is_one_line(control: FakeControl, path: Path, threads: Threads, name: str) -> None:
    path.parent.mkdir()
    path.write_text("a file")
    with pytest.raises(BadConfig, match="no console can listen here") as caught:
        UnixSocketConsole(control, path.parent / name, threads.spawn).open()
    assert "\n" not in str(caught.value)


def test_closed_before_it_runs_it_leaves_nothing(control: FakeControl, path: Path, threads: Threads) -> None:
    server = UnixSocketConsole(control, path, threads.spawn)
    server.open()
    server.close()
    server.run()
    assert not path.exists()


def test_a_successor_keeps_its_socket_when_the_first_closes_late(
    control: FakeControl, path: Path, threads: Threads
) -> None:
    first, second = (UnixSocketConsole(control, path, threads.spawn) for _ in range(2))
    first.open()
    path.unlink()
    second.open()
    first.close()
    assert path.exists()
    second.close()


def test_out_of_threads_a_client_is_let_go_and_the_server_lives(
    control: FakeControl, path: Path, threads: Threads
) -> None:
    def no_more(name: str, target: object) -> None:
        raise RuntimeError("can't start new thread")

    server = UnixSocketConsole(control, path, no_more)
    server.open()  # a path that exists is not yet one that listens
    threads.spawn("console-socket", server.run)
    for _ in range(3):
        with connected(path) as client, pytest.raises(EOFError):
            client.line()
    server.close()
