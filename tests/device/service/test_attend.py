"""Signals and reload, in a process of their own: what is measured is what systemd would see."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from .conftest import Manager

PROGRAM = """
import sys, threading, time
from pipit.audio import AudioClock
from pipit.device.service.attend import Service
from pipit.device.service.watchdog import Limits
from pipit.errors import BadConfig
from pipit.fsm import events as ev

ended, clock = threading.Event(), AudioClock()

class Assistant:
    def subscribe(self, subscriber):
        self.subscriber = subscriber
        return lambda: print("unsubscribed", flush=True)

    def quit(self):
        print("quit", flush=True)
        if "stuck" not in sys.argv:
            ended.set()

def reload():
    if "bad" in sys.argv:
        raise BadConfig("config-syntax", "pipit.toml: no TOML")
    print("reloaded", flush=True)
    if "anew" in sys.argv:
        again.set()
        ended.set()
    return "anew" in sys.argv

again = threading.Event()
with Service(reload) as service:
    while True:
        with service.attend(Assistant(), clock, Limits()):
            print("up", flush=True)
            while not ended.wait(0.02):
                clock.tick(clock.samples + 320)
        if not again.is_set() or service.ending:
            break
        if "slow" in sys.argv:
            print("between", flush=True)
            time.sleep(0.5)
        ended.clear()
        again.clear()
print("clean", flush=True)
"""


@contextmanager
def assistant(*words: str, socket: str = "") -> Iterator[subprocess.Popen[str]]:
    env = {"NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "300000"}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_two_seconds(number: signal.Signals, manager: Manager) -> None:
    with assistant(socket=manager.address) as process:
        manager.until(lambda m: "WATCHDOG" in m)
        began = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=5)
        assert time.monotonic() - began < 2
        assert (process.returncode, err) == (0, "")
        assert out.split() == ["quit", "unsubscribed", "clean"]
        assert "STOPPING" in str(manager.drain())


def test_the_second_signal_ends_it_hard() -> None:
    with assistant("stuck") as process:
        process.send_signal(signal.SIGTERM)
        assert process.stdout
        assert process.stdout.readline() == "quit\n"
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(2) == 128 + signal.SIGTERM


def test_hangup_reloads_and_says_so(manager: Manager) -> None:
    with assistant(socket=manager.address) as process:
        manager.until(lambda m: "WATCHDOG" in m)
        for _ in range(2):
            process.send_signal(signal.SIGHUP)
            assert process.stdout
            assert process.stdout.readline() == "reloaded\n"
            assert "MONOTONIC_USEC" in manager.until(lambda m: "RELOADING" in m)
            manager.until(lambda m: "READY" in m)
        manager.until(lambda m: "WATCHDOG" in m)


def test_a_reload_that_begins_anew_stays_one_service(manager: Manager) -> None:
    with assistant("anew", socket=manager.address) as process:
        manager.until(lambda m: "WATCHDOG" in m)
        for _ in range(3):
            process.send_signal(signal.SIGHUP)
            assert process.stdout
            assert [process.stdout.readline() for _ in range(3)] == ["reloaded\n", "unsubscribed\n", "up\n"]
            manager.until(lambda m: "RELOADING" in m)
            assert "RELOADING" not in manager.until(lambda m: "READY" in m or "RELOADING" in m)
        manager.until(lambda m: "WATCHDOG" in m)
        assert "STOPPING" not in str(manager.drain())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_no_signal_finds_it_without_a_handler_between_two_assistants(number: signal.Signals, manager: Manager) -> None:
    with assistant("anew", "slow", socket=manager.address) as process:
        process.send_signal(signal.SIGHUP)
        assert process.stdout
        while process.stdout.readline() != "between\n":
            pass
        process.send_signal(number)
        if number is signal.SIGHUP:
            assert process.stdout.readline() in ("up\n", "reloaded\n")
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=5)
        assert (process.returncode, err, out.split()[-1]) == (0, "", "clean")


def test_a_reload_that_fails_harms_nothing(manager: Manager) -> None:
    with assistant("bad", socket=manager.address) as process:
        manager.until(lambda m: "WATCHDOG" in m)
        process.send_signal(signal.SIGHUP)
        manager.until(lambda m: "RELOADING" in m)
        manager.until(lambda m: "READY" in m)
        manager.until(lambda m: "WATCHDOG" in m)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=5)
        assert process.returncode == 0
        assert "config-syntax" in out


def test_a_hangup_while_it_ends_is_nothing() -> None:
    with assistant() as process:
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGHUP)
        assert process.wait(2) == 0
