"""Keyboards made of pipes that carry the kernel's own records."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipit.device.controls.keynames import CODES, key_code
from pipit.device.controls.keys import DOWN, EV_KEY, EV_SYN, EVENT, SYN_DROPPED, UP, Keyboards, KeyButton, has_key
from pipit.device.settings import ButtonSettings
from pipit.errors import BadConfig, Failure
from pipit.fsm import events as ev

SPACE = 57
HEADER = Path("/usr/include/linux/input-event-codes.h")


class Desk:
    """Keyboards that are plugged in and pulled out, and a button that reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.posted, self.held = folder, list[ev.Event](), False
        keyboards = Keyboards(folder, has=lambda device, code: code == SPACE, held=lambda device, code: self.held)
        self.button = KeyButton(ButtonSettings(key="KEY_SPACE", bounce_ms=0), keyboards=keyboards)
        self._writers: dict[str, int] = {}
        self._thread: threading.Thread | None = None

    def plug(self, name: str) -> None:
        """A reader that opens a FIFO without waiting may find no writer yet, so the writer opens both ends."""
        os.mkfifo(self.folder / name)
        self._writers[name] = os.open(self.folder / name, os.O_RDWR)

    def pull(self, name: str) -> None:
        (self.folder / name).unlink()
        os.close(self._writers.pop(name))

    def send(self, name: str, *records: tuple[int, int, int]) -> None:
        os.write(self._writers[name], b"".join(EVENT.pack(1, 2, *record) for record in records))

    def raw(self, name: str, data: bytes) -> None:
        os.write(self._writers[name], data)

    def start(self) -> None:
        self.button.start(self.posted.append, lambda: 3.0)
        self._thread = threading.Thread(target=self.button.run)
        self._thread.start()

    def wait(self, what: Callable[[], object]) -> None:
        end = time.monotonic() + 8
        while not what():
            assert time.monotonic() < end, self.posted
            time.sleep(0.002)

    def names(self) -> list[str]:
        return [event.name for event in self.posted]

    def end(self) -> None:
        self.button.close()
        if self._thread is not None:
            self._thread.join(5)
            assert not self._thread.is_alive()
        assert self.button.devices == () or self._thread is None
        for writer in self._writers.values():
            os.close(writer)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.end()


def press(value: int, code: int = SPACE) -> tuple[int, int, int]:
    return (EV_KEY, code, value)


def test_a_key(desk: Desk) -> None:
    desk.plug("event0")
    desk.start()
    desk.send("event0", (4, 4, 57), press(DOWN), (EV_SYN, 0, 0))
    desk.wait(lambda: desk.names() == ["ButtonDown"])
    assert desk.posted[0].stamp == 3.0
    desk.send("event0", press(2), press(2), press(DOWN, code=30), press(UP, code=30))  # repeats, another key
    desk.send("event0", press(UP), (EV_SYN, 0, 0))
    desk.wait(lambda: desk.names() == ["ButtonDown", "ButtonUp"])


def test_records_that_come_in_pieces(desk: Desk) -> None:
    desk.plug("event0")
    desk.start()
    data = EVENT.pack(1, 2, *press(DOWN)) + EVENT.pack(1, 2, *press(UP))
    for at in range(0, len(data), 7):
        desk.raw("event0", data[at : at + 7])
        time.sleep(0.005)
    desk.wait(lambda: desk.names() == ["ButtonDown", "ButtonUp"])


def test_a_keyboard_that_is_pulled_out_lets_go_and_comes_back(desk: Desk) -> None:
    desk.plug("event3")
    desk.start()
    desk.send("event3", press(DOWN))
    desk.wait(lambda: desk.names() == ["ButtonDown"])
    desk.pull("event3")
    desk.wait(lambda: desk.names() == ["ButtonDown", "ButtonUp"])
    desk.wait(lambda: desk.button.devices == ())
    desk.plug("event3")
    desk.wait(lambda: desk.button.devices)
    desk.send("event3", press(DOWN))
    desk.wait(lambda: desk.names()[2:] == ["ButtonDown"])


def test_a_keyboard_that_comes_later(desk: Desk) -> None:
    desk.start()
    assert desk.button.devices == ()
    desk.plug("event1")
    desk.wait(lambda: desk.button.devices)
    desk.send("event1", press(DOWN))
    desk.wait(lambda: desk.names() == ["ButtonDown"])


def test_two_keyboards_are_one_button(desk: Desk) -> None:
    desk.plug("event0")
    desk.plug("event1")
    desk.start()
    desk.send("event0", press(DOWN))
    desk.wait(lambda: len(desk.posted) == 1)
    desk.send("event1", press(DOWN), press(UP))
    time.sleep(0.05)
    desk.send("event0", press(UP))
    desk.wait(lambda: desk.names() == ["ButtonDown", "ButtonUp"])


@pytest.mark.parametrize("held", [True, False])
def test_events_that_the_kernel_lost(desk: Desk, held: bool) -> None:
    desk.plug("event0")
    desk.start()
    desk.send("event0", press(DOWN))
    desk.wait(lambda: len(desk.posted) == 1)
    desk.held = held
    desk.send("event0", (EV_SYN, SYN_DROPPED, 0), press(UP))
    desk.wait(lambda: desk.names() == ["ButtonDown", "ButtonUp"])


def test_what_is_no_keyboard_is_opened_once(tmp_path: Path) -> None:
    (tmp_path / "event0").write_bytes(b"")
    asked: list[int] = []

    def has(device: int, code: int) -> bool:
        asked.append(code)
        return has_key(device, code)  # really asked: a plain file has no keys

    keyboards = Keyboards(tmp_path, has=has)
    assert list(keyboards.find(SPACE, set())) == []
    assert list(keyboards.find(SPACE, set())) == []
    assert asked == [SPACE]


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "event5").touch()

    def refuse(*args: object, **kwargs: object) -> int:
        raise PermissionError(13, "Permission denied")

    button = KeyButton(ButtonSettings(key="KEY_SPACE"), keyboards=Keyboards(tmp_path))
    monkeypatch.setattr("pipit.device.controls.keys.os.open", refuse)
    with pytest.raises(Failure, match=r"KEY_SPACE: .*event5: permission denied: sudo usermod -aG input") as caught:
        button.start(lambda event: None, lambda: 0.0)
    assert caught.value.code == "key-permission"


def test_nothing_stays_open(tmp_path: Path) -> None:
    def count() -> int:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a path for each would open more

    before = count()
    for runs in (True, False):
        folder = tmp_path / str(runs)
        folder.mkdir()
        desk = Desk(folder)
        desk.plug("event0")
        if runs:
            desk.start()
        else:
            desk.button.start(desk.posted.append, lambda: 0.0)
        desk.end()
        desk.button.close()
        desk.button.run()
    assert count() == before


def test_names_of_keys() -> None:
    assert key_code("KEY_SPACE") == key_code("space") == key_code("57") == SPACE
    with pytest.raises(BadConfig, match="there is no key 'KEY_SPAC': did you mean KEY_SPACE"):
        key_code("KEY_SPAC")
    for name in ("", "0", "9999", "??"):
        with pytest.raises(BadConfig):
            key_code(name)


def test_codes_are_the_kernels() -> None:
    if not HEADER.is_file():
        pytest.skip(f"no {HEADER}")
    found = re.findall(r"#define\s+(KEY_\w+)\s+(0x[0-9a-f]+|\d+)", HEADER.read_text())
    kernel = {name: int(code, 0) for name, code in found}
    assert {name: kernel.get(name) for name in CODES} == CODES
