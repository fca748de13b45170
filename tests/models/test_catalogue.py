from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipit.errors import BadConfig, BadInput
from pipit.models import catalogue as module
from pipit.models.catalogue import Catalogue, catalogue, models_folder, read_catalogue
from pipit.models.load import pocket_weights
from pipit.models.manifest import verify

TEXT = Path(module.__file__).with_name("catalogue.toml").read_text("utf-8")


def test_every_set_has_three_engines() -> None:
    assert set(catalogue().sets) == {"pocket", "board", "roomy"}
    assert [name for name, chosen in catalogue().sets.items() if chosen.default] == ["board"]
    for name in ("board", "roomy"):
        paths = catalogue().weights(name, Path("/models"))
        assert {paths.model.suffix, paths.voice.suffix} == {".gguf", ".onnx"}
        assert paths.recognizer.parent == paths.model.parent == paths.voice.parent == Path("/models")


def test_what_an_engine_is_given_is_what_was_fetched() -> None:
    for entry in catalogue().entries.values():
        names = [file.name for file in entry.files]
        assert names[0] == (f"{entry.path}.zip" if entry.unpack else entry.path)
        assert all(file.url.endswith("/" + file.name) for file in entry.files)
        if entry.kind == "voice":
            assert names[1] == f"{entry.path}.json"


def test_no_two_files_are_the_same() -> None:
    files = [file for entry in catalogue().entries.values() for file in entry.files]
    assert len({file.sha256 for file in files}) == len({file.name for file in files}) == len(files)


def test_models_need_more_memory_than_their_files() -> None:
    for entry in catalogue().entries.values():
        assert entry.ram_mib * 2**20 > entry.download_bytes


def test_the_pocket_set_is_shipped() -> None:
    assert catalogue().weights("pocket") == pocket_weights()


def test_an_unknown_set_names_the_known(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="board, pocket, roomy"):
        catalogue().weights("huge", tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("bytes = 4885", "bytes = 0", "greater than 0"),
        ('sha256 = "efe19c', 'sha256 = "EFE', "match pattern"),
        ('url = "https://alpha', 'url = "http://alpha', "only https"),
        ("/resolve/v1.0.0/", "/resolve/main/", "revision"),
        ('name = "en_US-lessac-medium.onnx.json"', 'name = "../x"', "out of the folder"),
        ('model = "qwen2.5-0.5b-instruct"', 'model = "en_US-lessac-medium"', "not listed"),
        ('voice = "en_US-lessac-medium"', 'voice = "nobody"', "not listed"),
        ("ram_mib = 540", "ram = 540", "ram"),
        ("[sets.pocket]", "[sets.pocket", "not TOML"),
    ],
)
def test_a_wrong_catalogue_is_refused_in_one_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TEXT
    path = tmp_path / "catalogue.toml"
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(BadInput, match=says) as caught:
        read_catalogue(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.toml"):
        read_catalogue(tmp_path / "none.toml")


def test_fetched_files_can_be_verified(tmp_path: Path) -> None:
    parts = tomllib.loads(TEXT)
    file = parts["entries"]["en_US-lessac-medium"]["files"][1]
    file["bytes"], file["sha256"] = 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    entry = Catalogue.model_validate(parts).entries["en_US-lessac-medium"]
    (tmp_path / file["name"]).write_bytes(b"abc")
    assert [verdict.state for verdict in verify(tmp_path, entry.manifest())] == ["missing", "ok"]


def test_where_fetched_weights_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIPIT_MODELS_DIR", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/anna/data")
    assert models_folder() == Path("/home/anna/data/pipit/models")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/pipit:/var/lib/other")
    assert models_folder() == Path("/var/lib/pipit/models")
    monkeypatch.setenv("PIPIT_MODELS_DIR", "/mnt/models")
    assert models_folder() == Path("/mnt/models")
