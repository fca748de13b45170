"""Sound, pins, keys and the serial line: what is there, who may use it, who uses it already."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from pipit.device.doctor import hand_checks, running, sound_checks
from pipit.device.doctor.machine import Answer, User

CARDS = " 0 [Device         ]: USB-Audio - USB Audio Device\n                      C-Media at usb-1\n"
BOTH = {"proc/asound/cards": CARDS, "proc/asound/card0/pcm0c/info": "", "proc/asound/card0/pcm0p/info": ""}


def set_mode(case: Any, name: str, mode: int) -> None:
    (case.machine.root / name).chmod(mode)


@pytest.mark.parametrize(
    ("files", "status", "what"),
    [
        ({}, "warn", "no sound card: recordings only"),
        ({"proc/asound/cards": "--- no soundcards ---\n"}, "warn", "no sound card: recordings only"),
        ({"proc/asound/cards": CARDS, "proc/asound/card0/pcm0p/info": ""}, "warn", "none can record"),
        ({"proc/asound/cards": CARDS, "proc/asound/card0/pcm0c/info": ""}, "warn", "none can play"),
        (BOTH, "ok", "USB-Audio - USB Audio Device"),
    ],
)
def test_sound_cards(files: dict[str, str], status: str, what: str, case_of: Any) -> None:
    finding = sound_checks.cards(case_of(files))
    assert finding.status == status
    assert what in finding.what
    assert bool(finding.mend) == (status != "ok")


def test_a_card_that_is_not_ours_to_open(case_of: Any) -> None:
    case = case_of({**BOTH, "dev/snd/pcmC0D0c": ""})
    set_mode(case, "dev/snd/pcmC0D0c", 0o660)
    finding = sound_checks.cards(case)
    assert (finding.status, finding.what) == ("fail", "/dev/snd/pcmC0D0c may not be opened by ann")
    assert finding.mend.startswith("sudo usermod -aG audio ann")
    member = User("ann", 54321, frozenset({os.getegid()}))
    assert sound_checks.cards(case_of(BOTH, me=member)).status == "ok"


def listing(rates: list[int], wanted: str = "", problem: str = "") -> dict[str, Answer]:
    device = {"name": "USB Audio", "rates": rates}
    one = {"wanted": wanted, "chosen": "" if problem else "USB Audio", "problem": problem}
    told = {"inputs": [device], "outputs": [device], "input": one, "output": one}
    return {"devices_as_json": Answer(json.dumps(told))}


@pytest.mark.parametrize(
    ("answers", "status", "what"),
    [
        (listing([16000, 44100]), "ok", "USB Audio: 16, 44.1 kHz"),
        (listing([]), "fail", "USB Audio: no usual rate opens"),
        (listing([16000], "headset", "no device is called 'headset'"), "fail", "no device is called 'headset'"),
        (listing([16000], "", "there is no such device"), "warn", "there is no such device"),
    ],
)
def test_rates_that_open(answers: dict[str, Answer], status: str, what: str, case_of: Any) -> None:
    microphone, speaker = sound_checks.rates(case_of(BOTH, answers))
    assert (microphone.name, microphone.status, microphone.what) == ("microphone", status, what)
    assert (speaker.name, speaker.status) == ("speaker", status)


def test_without_cards_no_rates_are_tried(case_of: Any) -> None:
    assert sound_checks.rates(case_of({}, {"devices_as_json": Answer("", "it must not be asked")})) == []


def test_sound_that_cannot_be_asked(case_of: Any) -> None:
    (finding,) = sound_checks.rates(case_of(BOTH, {"devices_as_json": Answer("", "it died of SIGABRT")}))
    assert (finding.status, finding.what) == ("fail", "they cannot be asked: it died of SIGABRT")


def test_what_is_in_use_is_left_in_peace(case_of: Any) -> None:
    sub = "proc/asound/card0/pcm0c/sub0/"
    busy = {f"{sub}status": "state: RUNNING\nowner_pid   : 812\n", f"{sub}hw_params": "access: X\nrate: 48000 (1/1)\n"}
    case = case_of({**BOTH, **busy}, {"devices_as_json": Answer("", "it must not be asked")})
    (finding,) = sound_checks.rates(case)
    assert finding.status == "ok"
    assert finding.what.endswith("card0/pcm0c is open by process 812 at 48000 Hz")
    closed = case_of({**BOTH, f"{sub}status": "closed\n"})
    assert sound_checks.in_use(closed) == []


@pytest.fixture
def assistant(tmp_path: Path) -> Any:
    """Something that listens where an assistant would."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "runtime/pipit.sock"))
        server.listen()
        yield server


def test_an_assistant_that_runs_is_seen_and_its_sound_left_in_peace(assistant: Any, case_of: Any) -> None:
    case = case_of(BOTH, {"devices_as_json": Answer("", "it must not be asked")})
    found = running.running_assistant(case)
    assert found
    assert found.pid == os.getpid()
    assert "an assistant answers at" in running.running(case)[0].what
    assert "not tried" in sound_checks.rates(case)[0].what


def test_a_socket_that_nobody_serves_is_no_assistant(assistant: Any, case_of: Any) -> None:
    assistant.close()
    assert running.running(case_of())[0].what == "no assistant is running"


CHIP = {"dev/gpiochip0": "", "etc/group": "gpio:x:997:\n"}
PIN = {"button": {"pin": 17}}


@pytest.mark.parametrize(
    ("files", "answers", "mode", "status", "what"),
    [
        ({}, {}, 0, "fail", "this machine has no /dev/gpiochip*"),
        (CHIP, {}, 0o660, "fail", "/dev/gpiochip0 may not be opened by ann"),
        ({"dev/gpiochip0": ""}, {}, 0o600, "fail", "there is no group gpio"),
        (CHIP, {"lgpio": Answer("", "No module named 'lgpio'")}, 0o666, "fail", "lgpio cannot be imported"),
        (CHIP, {}, 0o666, "ok", "button.pin 17"),
    ],
)
def test_pins(
    files: dict[str, str], answers: dict[str, Answer], mode: int, status: str, what: str, case_of: Any
) -> None:
    case = case_of(files, answers, PIN)
    if files:
        set_mode(case, "dev/gpiochip0", mode)
    (finding,) = hand_checks.pins(case)
    assert finding.status == status
    assert what in finding.what
    assert bool(finding.mend) == (status != "ok")


def test_pins_that_are_not_wanted_or_wanted_twice(case_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hand_checks.pins(case_of())[0].what == "none are set"
    twice = hand_checks.pins(case_of(settings={**PIN, "lights": {"rgb": (22, 17, 27)}}))[0]
    assert (twice.status, twice.what) == ("fail", "GPIO 17 is given to button.pin and lights.rgb[1]")
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    assert hand_checks.pins(case_of(settings=PIN))[0].status == "warn"


@pytest.mark.parametrize(("mode", "status"), [(0o600, "fail"), (0o644, "ok")])
def test_a_key_as_the_button(mode: int, status: str, case_of: Any) -> None:
    case = case_of({"dev/input/event0": ""}, settings={"button": {"key": "KEY_SPACE"}})
    set_mode(case, "dev/input/event0", mode)
    assert hand_checks.key(case)[0].status == status
    assert hand_checks.key(case_of()) == []


def test_a_key_without_a_keyboard(case_of: Any) -> None:
    assert hand_checks.key(case_of(settings={"button": {"key": "KEY_SPACE"}}))[0].status == "fail"


PORT = {"console": {"port": "/dev/ttyUSB0"}}


def test_a_serial_port_that_is_not_there(case_of: Any) -> None:
    (finding,) = hand_checks.serial(case_of(settings=PORT))
    assert (finding.status, finding.what) == ("warn", "/dev/ttyUSB0 is not there; it is waited for")
    (finding,) = hand_checks.serial(case_of({"dev/ttyACM0": ""}, settings=PORT))
    assert finding.mend == "set console.port to /dev/ttyACM0"
    assert hand_checks.serial(case_of())[0].status == "ok"


def test_a_serial_port_and_its_group(case_of: Any) -> None:
    files = {"dev/ttyUSB0": "", "etc/group": f"dialout:x:{os.getegid()}:\n"}
    case = case_of(files, settings=PORT, me=User("ann", 54321, frozenset()))
    set_mode(case, "dev/ttyUSB0", 0o660)
    (finding,) = hand_checks.serial(case)
    assert (finding.status, "group dialout" in finding.what) == ("fail", True)
    assert "dialout" in finding.mend
    member = case_of(files, settings=PORT, me=User("ann", 54321, frozenset({os.getegid()})))
    set_mode(member, "dev/ttyUSB0", 0o660)
    assert hand_checks.serial(member)[0].status == "ok"


UNIT = {"etc/systemd/system/pipit.service": "[Service]\nDeviceAllow=char-ttyGS rw\n"}


def test_a_serial_port_that_the_sandbox_hides(case_of: Any) -> None:
    case = case_of({**UNIT, "dev/ttyUSB0": "", "dev/ttyGS0": ""}, settings=PORT)
    set_mode(case, "dev/ttyUSB0", 0o666)
    set_mode(case, "dev/ttyGS0", 0o666)
    (finding,) = hand_checks.serial(case)
    assert (finding.status, "sandbox" in finding.what) == ("warn", True)
    dropped = {"etc/systemd/system/pipit.service.d/port.conf": "[Service]\nDeviceAllow=char-ttyUSB rw\n"}
    assert hand_checks.serial(case_of({**UNIT, **dropped}, settings=PORT))[0].status == "ok"
    assert hand_checks.serial(case_of(settings={"console": {"port": "/dev/ttyGS0"}}))[0].status == "ok"
