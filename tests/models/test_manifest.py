from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipit.errors import BadInput, WeightsError
from pipit.models.manifest import (
    MANIFEST_NAME,
    FileFacts,
    Manifest,
    make_manifest,
    read_manifest,
    verify,
    write_manifest,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a.bin").write_bytes(b"abc")
    (tmp_path / "b.bin").write_bytes(b"hello")
    (tmp_path / ".hidden").write_bytes(b"x")
    return tmp_path


def test_a_manifest_lists_sizes_and_digests(folder: Path) -> None:
    manifest = make_manifest(folder)
    assert list(manifest.files) == ["b.bin", "deep/a.bin"]
    assert manifest.files["deep/a.bin"] == FileFacts(
        bytes=3, sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_it_is_read_as_it_was_written_and_does_not_list_itself(folder: Path) -> None:
    manifest = make_manifest(folder)
    write_manifest(folder, manifest)
    assert read_manifest(folder / MANIFEST_NAME) == manifest == make_manifest(folder)
    assert [verdict.ok for verdict in verify(folder)] == [True, True]


def test_chosen_names_only(folder: Path) -> None:
    assert list(make_manifest(folder, ["b.bin"]).files) == ["b.bin"]


def test_each_kind_of_damage_has_its_name(folder: Path) -> None:
    (folder / "c.bin").write_bytes(b"gone soon")
    manifest = make_manifest(folder)
    (folder / "b.bin").write_bytes(b"hell")
    (folder / "c.bin").unlink()
    (folder / "deep/a.bin").write_bytes(b"abd")
    verdicts = {verdict.name: verdict for verdict in verify(folder, manifest)}
    assert {name: verdict.state for name, verdict in verdicts.items()} == {
        "b.bin": "size",
        "c.bin": "missing",
        "deep/a.bin": "digest",
    }
    assert verdicts["b.bin"].detail == "4 bytes, not 5"
    assert "not ba7816bf8f01" in verdicts["deep/a.bin"].detail


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=64), index=st.integers(0, 63), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found(data: bytes, index: int, bit: int, tmp_path: Path) -> None:
    file = tmp_path / "file.bin"
    file.write_bytes(data)
    manifest = make_manifest(tmp_path, ["file.bin"])
    assert verify(tmp_path, manifest)[0].ok
    changed = bytearray(data)
    changed[index % len(data)] ^= 1 << bit
    file.write_bytes(changed)
    assert verify(tmp_path, manifest)[0].state == "digest"


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "", "a\\b"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(ValidationError, match="out of the folder"):
        Manifest(files={name: FileFacts(bytes=1, sha256="0" * 64)})


def test_a_folder_without_a_manifest(folder: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        verify(folder)
    assert caught.value.code == "weights-missing"


@pytest.mark.parametrize("text", ["", "{}", '{"files": {"a": {"bytes": -1, "sha256": "x"}}}', "not json"])
def test_a_broken_manifest_is_refused(folder: Path, text: str) -> None:
    (folder / MANIFEST_NAME).write_text(text)
    with pytest.raises(BadInput, match=MANIFEST_NAME):
        verify(folder)
