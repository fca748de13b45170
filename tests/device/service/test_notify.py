"""What systemd is told, and that a systemd which is not there harms nobody."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.device.service.notify import Notify

from .conftest import Manager


def test_every_message(manager: Manager, notify: Notify) -> None:
    assert notify
    for send, message in (
        (notify.ready, {"READY": "1"}),
        (notify.watchdog, {"WATCHDOG": "1"}),
        (notify.stopping, {"STOPPING": "1"}),
    ):
        assert send()
        assert manager.next() == message
    assert notify.extend(1.5)
    assert manager.next() == {"EXTEND_TIMEOUT_USEC": "1500000"}


def test_reloading_tells_when(manager: Manager, notify: Notify) -> None:
    before = time.monotonic_ns() // 1000
    assert notify.reloading()
    message = manager.next()
    assert message["RELOADING"] == "1"
    assert before <= int(message["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000


def test_an_abstract_socket(abstract: Manager) -> None:
    assert Notify.from_environment({"NOTIFY_SOCKET": abstract.address}).ready()
    assert abstract.next() == {"READY": "1"}


def test_a_status_is_one_short_line(manager: Manager, notify: Notify) -> None:
    assert notify.status("no microphone\nWATCHDOG=1\n" + "é" * 500)
    message = manager.next()
    assert set(message) == {"STATUS"}
    assert message["STATUS"].startswith("no microphone WATCHDOG=1 é")
    assert len(message["STATUS"]) == 200


@pytest.mark.parametrize(
    "address", ["", "/nowhere/at/all", "/dev/null", "@pipit-nobody", "vsock:2:1", "a\0b", "x" * 300]
)
def test_nobody_listens(address: str) -> None:
    notify = Notify(address)
    assert not any((notify.ready(), notify.status("idle"), notify.watchdog(), notify.stopping(), notify.reloading()))


def test_a_manager_that_reads_nothing_delays_nothing(manager: Manager, notify: Notify) -> None:
    began = time.monotonic()
    sent = [notify.status(f"state {n}") for n in range(2000)]
    assert time.monotonic() - began < 2
    assert sent[0]
    assert not sent[-1]
    assert len(manager.drain()) == sum(sent)


def test_a_manager_that_went_away(tmp_path: Path) -> None:
    gone = Manager(str(tmp_path / "gone"))
    gone.close()
    assert not Notify(gone.address).watchdog()


@given(st.text(max_size=400))
def test_no_status_raises(text: str) -> None:
    assert not Notify("@pipit-nobody").status(text)
