"""Archives that were made to do harm, and some that are merely broken."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from pipit.errors import Failure, WeightsError
from pipit.models.fetch import archive as module
from pipit.models.fetch.archive import unpack


def packed(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_the_only_folder_is_what_was_meant(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("model/", b""), ("model/am/final.mdl", b"kaldi"), ("__MACOSX/x", b""))
    told: list[tuple[int, int]] = []
    inside = unpack(path, tmp_path / "out", lambda done, total: told.append((done, total)))
    assert inside == tmp_path / "out" / "model"
    assert (inside / "am" / "final.mdl").read_bytes() == b"kaldi"
    assert told[-1] == (5, 5)
    flat = unpack(packed(tmp_path / "b.zip", ("am/final.mdl", b"k"), ("conf", b"c")), tmp_path / "flat")
    assert flat == tmp_path / "flat"


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([("../out.txt", b"x")], "leads out"),
        ([("model/../../out.txt", b"x")], "leads out"),
        ([("/out.txt", b"x")], "leads out"),
        ([("..\\out.txt", b"x")], "leads out"),
        ([("C:out.txt", b"x")], "leads out"),
        ([(link("model/passwd"), b"/etc/passwd")], "a link"),
        ([("a", b"x"), ("./a", b"y")], "twice"),
        ([("zeros", bytes(100 << 20))], "would unpack to 100 MiB"),
        ([(f"f{number}", b"") for number in range(5_001)], "5001 files"),
        ([], "0 files"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_nothing_is_unpacked_of_what_means_harm(
    members: list[tuple[str | zipfile.ZipInfo, bytes]], says: str, tmp_path: Path
) -> None:
    path = packed(tmp_path / "a.zip", *members)
    with pytest.raises(WeightsError, match=says):
        unpack(path, tmp_path / "in" / "out")
    assert [found.name for found in tmp_path.iterdir()] == ["a.zip"]


def test_an_archive_that_says_it_is_smaller_than_it_is(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("zeros", bytes(90 << 20)))
    size = (90 << 20).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(WeightsError, match="cannot be unpacked"):
        unpack(path, tmp_path / "out")
    assert sum(found.stat().st_size for found in (tmp_path / "out").iterdir()) <= 1 << 20


@pytest.mark.parametrize("keep", [0, 4, 60, 400])
def test_a_cut_archive(keep: int, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("model/a", bytes(range(256)) * 9))
    path.write_bytes(path.read_bytes()[: min(keep, path.stat().st_size - 1)])
    with pytest.raises(WeightsError, match="cannot be unpacked"):
        unpack(path, tmp_path / "out")


def test_a_damaged_archive(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("model/a", b"right" * 100)
    path = tmp_path / "a.zip"
    path.write_bytes(data.getvalue().replace(b"right", b"wrong", 1))
    with pytest.raises(WeightsError, match="CRC"):
        unpack(path, tmp_path / "out")


def test_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 1 << 60)
    monkeypatch.setattr("pipit.models.fetch.files.RESERVE", 1 << 60)
    with pytest.raises(Failure, match="no room"):
        unpack(packed(tmp_path / "a.zip", ("a", b"x")), tmp_path / "out")
