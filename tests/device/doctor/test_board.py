"""The board and what it runs on: heat, power, speed, memory that is full, the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipit.device.doctor import board_checks, checks
from pipit.device.doctor.machine import Answer


@pytest.mark.parametrize(
    ("facts", "status", "what"),
    [
        ({}, "ok", "Raspberry Pi 5 Model B Rev 1.0, aarch64, 4 cores"),
        ({"cores": 1}, "warn", "Raspberry Pi 5 Model B Rev 1.0, aarch64, 1 core"),
        ({"architecture": "armv7l"}, "fail", "Raspberry Pi 5 Model B Rev 1.0, armv7l, 4 cores"),
    ],
)
def test_a_board_tells_its_name(facts: dict[str, Any], status: str, what: str, case_of: Any) -> None:
    finding = board_checks.board(case_of({"proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0"}, **facts))
    assert (finding.status, finding.what, bool(finding.mend)) == (status, what, status != "ok")


@pytest.mark.parametrize(
    ("flags", "status", "what"),
    [
        ("0", "ok", "never"),
        ("50000", "warn", "since it was started: power too weak, throttled"),
        ("50005", "fail", "now: power too weak, throttled"),
        ("0x8", "fail", "now: too hot"),
    ],
)
def test_throttling(flags: str, status: str, what: str, case_of: Any) -> None:
    (finding,) = board_checks.throttling(case_of({"sys/devices/platform/soc/soc:firmware/get_throttled": f"{flags}\n"}))
    assert finding.status == status
    assert what in finding.what


def test_throttling_by_vcgencmd(case_of: Any) -> None:
    case = case_of({}, {"vcgencmd": Answer("throttled=0x80008\n")})
    assert [f.status for f in board_checks.throttling(case)] == ["fail"]
    assert board_checks.throttling(case_of({}, {"vcgencmd": Answer("", "can't open /dev/vcio")})) == []
    assert board_checks.throttling(case_of()) == []


@pytest.mark.parametrize(("milli", "status"), [("45000", "ok"), ("74000", "warn"), ("81200", "fail")])
def test_the_hottest_sensor_counts(milli: str, status: str, case_of: Any) -> None:
    zones = {"thermal_zone0/temp": "30000\n", "thermal_zone1/temp": f"{milli}\n", "thermal_zone2/temp": "none"}
    (finding,) = board_checks.temperature(case_of({f"sys/class/thermal/{name}": text for name, text in zones.items()}))
    assert finding.status == status
    assert board_checks.temperature(case_of({f"sys/class/thermal/{name}": "" for name in zones})) == []


@pytest.mark.parametrize(
    ("governor", "most", "driver", "status"),
    [
        ("ondemand", 2400000, "cpufreq-dt", "ok"),
        ("powersave", 2400000, "cpufreq-dt", "warn"),
        ("powersave", 2400000, "intel_pstate", "ok"),
        ("ondemand", 1500000, "cpufreq-dt", "warn"),
    ],
)
def test_a_processor_that_is_held_back(governor: str, most: int, driver: str, status: str, case_of: Any) -> None:
    folder = "sys/devices/system/cpu/cpu0/cpufreq/"
    files = {"scaling_governor": governor, "scaling_max_freq": str(most), "scaling_driver": driver}
    (finding,) = board_checks.speed(
        case_of({folder + k: v for k, v in {**files, "cpuinfo_max_freq": "2400000"}.items()})
    )
    assert (finding.status, bool(finding.mend)) == (status, status != "ok")


def test_a_board_of_one_speed_has_none_to_tell(case_of: Any) -> None:
    assert board_checks.speed(case_of()) == []


@pytest.mark.parametrize(
    ("rows", "status", "what"),
    [
        ("", "ok", "none"),
        ("/dev/zram0 partition 1048576 524288 100\n", "ok", "/dev/zram0 (512 of 1024 MiB used)"),
        ("/var/swap file 204800 1024 -2\n", "ok", "/var/swap (1 of 200 MiB used)"),
        ("/var/swap file 204800 102400 -2\n", "warn", "replies wait for the disk"),
    ],
)
def test_swap(rows: str, status: str, what: str, case_of: Any) -> None:
    (finding,) = board_checks.swap(case_of({"proc/swaps": f"Filename Type Size Used Priority\n{rows}"}))
    assert finding.status == status
    assert what in finding.what


@pytest.mark.parametrize(("told", "status"), [(True, "fail"), (False, "warn")])
def test_a_clock_that_was_never_set(told: bool, status: str, case_of: Any) -> None:
    case = case_of(settings={"reply": {"clock": told}}, now=lambda: datetime(1970, 1, 1, tzinfo=UTC))
    (finding,) = checks.clock(case)
    assert (finding.status, finding.what) == (status, "it says 1970-01-01: the journal gets wrong dates")
    assert "set-ntp" in finding.mend


@pytest.mark.parametrize(
    ("files", "answer", "status", "what"),
    [
        ({}, "yes\n", "ok", ", synchronised"),
        ({"run/systemd/timesync/synchronized": ""}, "no\n", "ok", ", synchronised"),
        ({}, "no\n", "warn", "nothing keeps it"),
        ({"sys/class/rtc/rtc0/name": ""}, "no\n", "warn", "battery"),
        ({}, None, "ok", "nobody here tells"),
    ],
)
def test_whether_the_clock_is_synchronised(
    files: dict[str, str], answer: str | None, status: str, what: str, case_of: Any
) -> None:
    (finding,) = checks.clock(case_of(files, {"timedatectl": Answer(answer)} if answer else {}))
    assert finding.status == status
    assert what in finding.what
