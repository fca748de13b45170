"""The service: is it installed as shipped, does it run, why did it fail, and has its user what it needs."""

from __future__ import annotations

import os

from pipit.device.doctor.case import SERVICE, SERVICE_STATE, Case, Finding, join

_ASKED = "ActiveState,SubState,Result,NRestarts,StatusText,UnitFileState,ExecMainStatus"
_LOOK = "journalctl -u pipit -n 50 -o cat"
_INSTALL = "sudo pipit service install"
_SETTINGS = "etc/pipit/pipit.toml"
_RESULTS = {
    "watchdog": "it hung and was ended",
    "oom-kill": "the kernel ended it for want of memory",
    "exit-code": "it gave up",
    "signal": "it crashed",
    "core-dump": "it crashed",
    "timeout": "it did not start in time",
    "start-limit-hit": "it failed again and again",
}


def service(case: Case) -> list[Finding]:
    """Say how the service does."""
    if not case.unit:
        return [Finding("service", "ok", f"not installed; {_INSTALL} starts it with the board")]
    answer = case.machine.run(["systemctl", "show", "pipit.service", f"--property={_ASKED}"])
    if answer is None or answer.error:
        return [Finding("service", "warn", "installed, but systemd does not answer", "sudo systemctl status pipit")]
    told = dict(line.split("=", 1) for line in answer.text.splitlines() if "=" in line)
    return [_state(told), *_restarts(told)]


def _state(told: dict[str, str]) -> Finding:
    active, result = told.get("ActiveState", ""), told.get("Result", "success")
    if active in ("active", "reloading"):
        return Finding("service", "ok", f"running{', ' + told['StatusText'] if told.get('StatusText') else ''}")
    if active == "activating":
        waits = told.get("StatusText") or "it has not heard a frame of sound yet"
        return Finding("service", "warn", f"starting: {waits}", _LOOK)
    if active == "failed" or result != "success":
        code = told.get("ExecMainStatus", "")
        why = _RESULTS.get(result, result)
        if result == "exit-code" and code == "2":
            why = "a setting or a file cannot be used"
        return Finding("service", "fail", f"failed: {why} (exit code {code or '?'})", f"{_LOOK}; {_again()}")
    enabled = told.get("UnitFileState") == "enabled"
    what = "installed, not running" if enabled else "installed, not running, and not started with the board"
    return Finding("service", "warn", what, "sudo systemctl enable --now pipit")


def _restarts(told: dict[str, str]) -> list[Finding]:
    count = int(told["NRestarts"]) if told.get("NRestarts", "").isdigit() else 0
    if not count:
        return []
    times = "once" if count == 1 else f"{count} times"
    return [Finding("restarts", "warn", f"the service was started anew {times} since the board started", _LOOK)]


def _again() -> str:
    return "then: sudo systemctl reset-failed pipit && sudo systemctl restart pipit"


def service_user(case: Case) -> list[Finding]:
    """See whether the service's user is there, in the groups of sound and pins, and may read and write its own."""
    if not case.unit:
        return []
    user = case.machine.user(SERVICE, *case.service_groups)
    sysusers = "sudo systemd-sysusers pipit.conf"
    if user is None:
        return [Finding("service user", "fail", f"there is no user {SERVICE}", sysusers)]
    for name in ("audio", "gpio"):
        group = case.machine.group(name)
        if group is None:
            return [Finding("service user", "fail", f"there is no group {name}: the service cannot start", sysusers)]
        if group[0] not in user.groups:
            return [Finding("service user", "fail", f"{SERVICE} is not in the group {name}", join(name, user))]
    state, settings = case.machine.path(SERVICE_STATE), case.machine.path(_SETTINGS)
    if state.exists() and not user.may(state, os.R_OK | os.W_OK | os.X_OK):
        what = f"/{SERVICE_STATE} may not be written by {SERVICE}"
        return [Finding("service user", "fail", what, f"sudo chown -R {SERVICE}: /{SERVICE_STATE}")]
    if settings.exists() and not user.may(settings, os.R_OK):
        what = f"/{_SETTINGS} may not be read by {SERVICE}"
        return [Finding("service user", "fail", what, f"sudo chmod a+r /{_SETTINGS}")]
    groups = ", ".join(map(case.machine.group_name, sorted(user.groups)))
    return [Finding("service user", "ok", f"{SERVICE}, in {groups}")]
