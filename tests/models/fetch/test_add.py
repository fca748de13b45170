"""What somebody may give for weights, and what it is taken for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipit.errors import BadInput, PipitError
from pipit.models.added import LOCK_NAME, read_added
from pipit.models.fetch import Patience, Wish, add
from pipit.models.fetch.recognise import recognise
from pipit.models.load import pocket_weights

from .erring_server import Site, corrupt, cut

POCKET = pocket_weights()


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    path = tmp_path / "own" / "nl_NL-mies-low.onnx"
    path.parent.mkdir()
    shutil.copyfile(POCKET.voice, path)
    settings = json.loads(POCKET.voice.with_name(POCKET.voice.name + ".json").read_text())
    settings.pop("language", None)
    settings["espeak"] = {"voice": "nl"}
    path.with_name(path.name + ".json").write_text(json.dumps(settings))
    return path


def test_told_by_content(voice: Path) -> None:
    assert [recognise(path).kind for path in (POCKET.recognizer, POCKET.model)] == ["recognizer", "model"]
    for path in (voice, voice.with_name(voice.name + ".json"), voice.parent):
        found = recognise(path)
        assert (found.kind, found.main, found.language) == ("voice", voice, "nl")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("vosk-model-small-en-us-0.15", "en-US"),
        ("vosk-model-de-0.21", "de"),
        ("vosk-model-small-cn-0.22", "zh"),
        ("vosk-model-small-en-in-0.4", "en-IN"),
        ("my-model", ""),
    ],
)
def test_a_recognisers_language_is_in_its_name(name: str, language: str, tmp_path: Path) -> None:
    (tmp_path / name).symlink_to(POCKET.recognizer)
    assert recognise(tmp_path / name).language == language


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.gguf", b"<!DOCTYPE html><html>", "a web page"),
        ("a.gguf", b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        ("a.tar.gz", b"\x1f\x8b\x08", "unpack it first"),
        ("a.gguf", b"GGUF\x03\0", "incomplete"),
        ("a.gguf", b"", "0 bytes"),
        ("a.bin", b"something", "neither"),
        ("a.onnx", b"something else", "ONNX"),
        ("a.zip", b"PK\x03\x04 and no more", "cannot be unpacked"),
    ],
)
def test_what_is_no_weights(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(PipitError, match=says) as caught:
        add(Wish(str(path)), tmp_path / "models")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "models" / LOCK_NAME).exists()


def test_a_voice_without_its_settings(voice: Path, tmp_path: Path) -> None:
    beside = voice.with_name(voice.name + ".json")
    beside.write_text("{}")
    with pytest.raises(PipitError, match="not the settings of a Piper voice"):
        add(Wish(str(voice)), tmp_path / "models")
    beside.unlink()
    with pytest.raises(PipitError, match="settings, which belong beside it"):
        add(Wish(str(voice)), tmp_path / "models")


def test_copied_or_linked(voice: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    assert add(Wish(str(voice)), models).added.language == "nl"
    assert not (models / voice.name).is_symlink()
    add(Wish(str(voice), name="linked", link=True, language="nl-BE"), models)
    assert (models / "linked.onnx").resolve() == voice
    assert (models / "linked.onnx.json").is_symlink()
    add(Wish(str(POCKET.recognizer), name="ears", link=True), models)
    assert (models / "ears").is_symlink()
    known = read_added(models)
    assert {name: part.language for name, part in known.items()} == {
        "ears": "",
        "linked": "nl-BE",
        voice.stem: "nl",
    }
    assert [path.name for path in (models / ".fetch").iterdir()] == ["lock"]


def test_nothing_that_is_there_is_replaced(voice: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    add(Wish(str(voice)), models)
    assert add(Wish(str(voice), licence="CC0"), models).already
    assert read_added(models)[voice.stem].licence == "CC0"
    voice.write_bytes(voice.read_bytes() + b"\x08\x01")
    with pytest.raises(BadInput, match=f"--name my-{voice.stem}"):
        add(Wish(str(voice)), models)
    for name in ("pocket", "board", "vosk-small-en-us", "../x", "a b", ""):
        if name:
            with pytest.raises(BadInput):
                add(Wish(str(voice), name=name), models)
    assert add(Wish(str(voice), name="other"), models).added.path == "other.onnx"


def test_what_was_put_there_by_hand_is_listed_where_it_is(voice: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(voice.parent, models)
    add(Wish(str(models / voice.name)), models)
    assert (models / voice.name).read_bytes() == voice.read_bytes()
    assert voice.stem in read_added(models)


def test_from_an_address_that_errs(site: Site, voice: Path, tmp_path: Path, hurried: Patience) -> None:
    models = tmp_path / "models"
    site.put("/a%20b/voice.onnx", voice.read_bytes(), cut(100_000))
    site.put("/a%20b/voice.onnx.json", voice.with_name(voice.name + ".json").read_bytes())
    taken = add(Wish(f"{site.url}/a%20b/voice.onnx"), models, patience=hurried)
    assert (taken.name, taken.proved) == ("voice", False)
    assert "bytes=100000-" in site.ranges()
    site.put("/model.gguf", POCKET.model.read_bytes())
    site.always = corrupt
    with pytest.raises(PipitError, match="another file than the listed"):
        add(Wish(f"{site.url}/model.gguf", sha256="0" * 64), models, patience=hurried)
    with pytest.raises(BadInput, match="cannot be linked"):
        add(Wish(f"{site.url}/model.gguf", link=True), models, patience=hurried)
    assert not (models / "model.gguf").exists()


@pytest.mark.parametrize("text", ["", "{", '{"added": {"x": 1}}', '{"version": 2}'])
def test_a_list_that_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text(text)
    with pytest.raises(BadInput, match=LOCK_NAME):
        read_added(tmp_path)
