"""What a hand touches: pins, keys, the serial line. Only what the settings ask for is needed."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

from pipit.device.doctor.case import Case, Finding, join
from pipit.device.doctor.machine import User, owner_and_mode

_UDEV = "sudo pipit service install brings the udev rule; or add the user to the group of the device"

_PINS = "from pipit.device.controls.pins import prepare; prepare(); import {module}"
"""Prepared, lgpio leaves nothing in the folder where it is imported."""


def pins(case: Case) -> list[Finding]:
    """See whether the pins that are set can be had."""
    wanted = _wanted(case)
    if not wanted:
        return [Finding("pins", "ok", "none are set")]
    if twice := [pin for pin, count in Counter(wanted.values()).items() if count > 1]:
        names = " and ".join(name for name, pin in wanted.items() if pin == twice[0])
        return [Finding("pins", "fail", f"GPIO {twice[0]} is given to {names}", "give each a pin of its own")]
    if os.environ.get("GPIOZERO_PIN_FACTORY") == "mock":
        return [Finding("pins", "warn", "pins are only pretended", "unset GPIOZERO_PIN_FACTORY")]
    return [_chips(case, ", ".join(f"{name} {pin}" for name, pin in wanted.items()))]


def _wanted(case: Case) -> dict[str, int]:
    lights = case.settings.lights
    given = {"button.pin": case.settings.button.pin, "lights.led": lights.led}
    given |= {f"lights.rgb[{at}]": pin for at, pin in enumerate(lights.rgb or ())}
    return {name: pin for name, pin in given.items() if pin is not None}


def _chips(case: Case, told: str) -> Finding:
    chips = sorted(case.machine.path("dev").glob("gpiochip*"))
    if not chips:
        mend = "on a Raspberry Pi upgrade the kernel; elsewhere leave button.pin and [lights] unset, or button.key"
        return Finding("pins", "fail", f"{told}: this machine has no /dev/gpiochip*", mend)
    if refused := _refused(case, chips, os.R_OK | os.W_OK):
        path, user = refused
        if case.machine.group("gpio") is None:
            mend = f"sudo groupadd --system gpio && {_UDEV}"
            return Finding("pins", "fail", f"{case.machine.shown(path)}: there is no group gpio", mend)
        what = f"{told}: {case.machine.shown(path)} may not be opened by {user.name}"
        return Finding("pins", "fail", what, join("gpio", user))
    module = "lgpio" if case.machine.architecture == "aarch64" else "gpiozero"
    if error := case.machine.python(_PINS.format(module=module)).error:
        return Finding("pins", "fail", f"{module} cannot be imported: {error}", "make run installs it")
    return Finding("pins", "ok", told)


def key(case: Case) -> list[Finding]:
    """See whether keyboards may be read, where a key is the button."""
    if not (name := case.settings.button.key):
        return []
    boards = sorted(case.machine.path("dev/input").glob("event*"))
    if not boards:
        return [Finding("key", "fail", f"{name}: there is no keyboard", "plug one in, or unset button.key")]
    denied = [path for path in boards if _refused(case, [path], os.R_OK)]
    if len(denied) == len(boards):
        user = case.users[0]
        what = f"{name}: no keyboard may be read by {user.name}"
        return [Finding("key", "fail", what, f"sudo pipit service install; or {join('input', user)}")]
    return [Finding("key", "ok", f"{name}: {len(boards) - len(denied)} of {len(boards)} input devices can be read")]


def serial(case: Case) -> list[Finding]:
    """See whether the serial line is there and may be used."""
    if not (port := case.settings.console.port):
        return [Finding("serial", "ok", "no port is set")]
    path = case.machine.path(port)
    if not path.exists():
        there = [
            case.machine.shown(found)
            for kind in ("ttyGS", "ttyUSB", "ttyACM", "ttyAMA", "serial")
            for found in sorted(case.machine.path("dev").glob(f"{kind}*"))
        ]
        hint = f"set console.port to {' or '.join(there[:3])}" if there else _how(port)
        return [Finding("serial", "warn", f"{port} is not there; it is waited for", hint)]
    if refused := _refused(case, [path], os.R_OK | os.W_OK):
        number, mode = owner_and_mode(path)
        group = case.machine.group_name(number)
        what = f"{port} ({mode}, group {group}) may not be used by {refused[1].name}"
        return [Finding("serial", "fail", what, _serial_mend(group, refused[1], port))]
    if case.unit and not _let_through(case.unit, port, path.resolve().name):
        mend = f"sudo systemctl edit pipit: [Service] DeviceAllow={port} rw; then restart it"
        return [Finding("serial", "warn", f"{port}: the service's sandbox does not let it through", mend)]
    return [Finding("serial", "ok", port)]


def _let_through(unit: str, port: str, name: str) -> bool:
    """Tell whether the service's sandbox allows a port; ``ttyUSB0`` is of the kind ``char-ttyUSB``."""
    kind = re.escape(re.sub(r"\d+$", "", name))
    return re.search(rf"^DeviceAllow=(char-{kind}|{re.escape(port)})\b", unit, re.MULTILINE) is not None


def _how(port: str) -> str:
    if "ttyGS" in port:
        return "for a USB gadget: dtoverlay=dwc2 in config.txt, then sudo modprobe g_serial"
    return "plug it in; for the board's own: sudo raspi-config nonint do_serial_hw 0"


def _serial_mend(group: str, user: User, port: str) -> str:
    if group in ("root", "0"):
        return f"sudo chgrp dialout {port}; {join('dialout', user)}"
    if user.me:
        return join(group, user)
    return f"sudo systemctl edit pipit: [Service] SupplementaryGroups={group}, then restart it"


def _refused(case: Case, paths: list[Path], mode: int) -> tuple[Path, User] | None:
    return next(((path, user) for user in case.users for path in paths if not user.may(path, mode)), None)
