from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipit.models.cache import cache_folder, fingerprint


def test_the_folder_is_the_one_named_then_systemds_then_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIPIT_CACHE_DIR", "CACHE_DIRECTORY", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/anna/.cache")
    assert cache_folder() == Path("/home/anna/.cache/pipit")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/pipit:/var/lib/other")
    assert cache_folder() == Path("/var/lib/pipit/cache")
    monkeypatch.setenv("CACHE_DIRECTORY", "/var/cache/pipit")
    assert cache_folder() == Path("/var/cache/pipit")
    monkeypatch.setenv("PIPIT_CACHE_DIR", "/tmp/mine")  # noqa: S108
    assert cache_folder() == Path("/tmp/mine")  # noqa: S108


@pytest.mark.parametrize("size", [0, 1, 5_000, 3_000_000])
def test_a_fingerprint_is_of_content_time_and_versions(tmp_path: Path, size: int) -> None:
    path = tmp_path / "weights"
    path.write_bytes(bytes(size))
    os.utime(path, ns=(0, 0))
    first = fingerprint(path, "1.0")
    assert first == fingerprint(path, "1.0")
    assert len(first) == 32
    others = {fingerprint(path, "1.1"), fingerprint(path)}
    path.write_bytes(bytes(size) + b"x")
    os.utime(path, ns=(0, 0))
    others.add(fingerprint(path, "1.0"))
    path.write_bytes(bytes(size))
    os.utime(path, ns=(0, 1))
    others.add(fingerprint(path, "1.0"))
    assert len(others | {first}) == 5


@pytest.mark.parametrize("at", [0, 100_000, 1_500_000, 2_999_999])
def test_weights_of_the_same_shape_and_time_differ(tmp_path: Path, at: int) -> None:
    """Other weights differ all over, so that any stretch of 100 kB is enough to tell."""
    path, data = tmp_path / "weights", bytearray(3_000_000)
    path.write_bytes(data)
    os.utime(path, ns=(0, 0))
    first = fingerprint(path)
    start = min(at, len(data) - 100_000)
    data[start : start + 100_000] = b"\1" * 100_000
    path.write_bytes(data)
    os.utime(path, ns=(0, 0))
    assert fingerprint(path) != first
