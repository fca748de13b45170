"""Configuration: where values come from, and what a person reads when one is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel

from pipit.device.config import PREFIX, Settings, config_path, load_settings
from pipit.errors import BadConfig
from pipit.nearest import nearest_key


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def toml(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "pipit.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def refused(path: Path | None = None) -> BadConfig:
    """Return the error, which must be a line that a person can use."""
    with pytest.raises(BadConfig) as caught:
        load_settings(path)
    text = str(caught.value)
    assert "\n" not in text
    assert 10 < len(text) < 400
    assert caught.value.exit_code == 2
    return caught.value


def settings_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    for name, info in model.model_fields.items():
        yield f"{prefix}{name}", info.description
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from settings_of(info.annotation, f"{prefix}{name}.")


KEYS = dict(settings_of(Settings))


# ---- where values come from --------------------------------------------------------------------------------


def test_without_a_file_there_are_defaults() -> None:
    settings = load_settings()
    assert settings.engines.weights == "pocket"
    assert settings.listen.silence_ms == 500
    assert settings.log.level == "warning"
    assert settings.reply.brain().reply_tokens == settings.reply.tokens


def test_the_ear_gets_its_settings() -> None:
    ear = Settings(listen={"silence_ms": 700, "longest_s": 12.5, "open_mic": False}).listen.ear()  # type: ignore[arg-type]
    assert ear.endpoint.silence_ms == 700
    assert ear.endpoint.longest_ms == 12_500
    assert not ear.open_mic


def test_a_file_changes_only_what_it_names(toml: Callable[[str], Path]) -> None:
    settings = load_settings(toml('[listen]\nsilence_ms = 650\n[reply]\nsystem = "Du bist ein Vögelchen."\n'))
    assert settings.listen.silence_ms == 650
    assert settings.listen.preroll_ms == 300
    assert settings.reply.system == "Du bist ein Vögelchen."


def test_the_environment_beats_the_file(toml: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = toml("[listen]\nsilence_ms = 650\nhold_off_ms = 100\n")
    monkeypatch.setenv("PIPIT_LISTEN__SILENCE_MS", "900")
    settings = load_settings(path)
    assert settings.listen.silence_ms == 900
    assert settings.listen.hold_off_ms == 100
    assert settings == load_settings(toml("[listen]\nsilence_ms = 900\nhold_off_ms = 100\n"))


def test_a_whole_section_may_stand_in_one_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPIT_LISTEN", '{"silence_ms": 800}')
    assert load_settings().listen.silence_ms == 800


HEAVY = {"asyncio", "numpy.random", "pydantic_settings", "rich", "ssl", "structlog"}


@pytest.mark.parametrize(
    ("variable", "loads"),
    [
        ("PIPIT_POCKET_DIR=/pocket", set()),
        ("PIPIT_LISTEN__BET_MS=60", {"asyncio", "pydantic_settings", "ssl"}),
    ],
)
def test_what_reads_variables_is_only_loaded_where_one_is_a_setting(variable: str, loads: set[str]) -> None:
    code = "import pipit.device.app, pipit.device.sound, pipit.device.config as c, sys; c.load_settings();"
    environment = dict(os.environ, **dict([variable.split("=")]))
    command = [sys.executable, "-c", code + "print(*sys.modules)"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stdout.split()) == loads


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().listen.silence_ms = 3


def test_the_file_is_the_chosen_one_or_the_persons_own(
    toml: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "config" / "pipit" / "pipit.toml"
    own.parent.mkdir(parents=True)
    own.write_text("[listen]\nsilence_ms = 111\n")
    assert config_path() == own
    assert load_settings().listen.silence_ms == 111
    monkeypatch.setenv("PIPIT_CONFIG", str(toml("[listen]\nsilence_ms = 222\n")))
    assert load_settings().listen.silence_ms == 222


@pytest.mark.parametrize("name", ["PIPIT_MODELS_DIR", "PIPIT_POCKET_DIR", "PIPIT_RECORDINGS"])
def test_variables_of_other_parts_are_left_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/somewhere")
    load_settings()


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_setting_says_what_it_is(key: str) -> None:
    description = KEYS[key]
    assert description
    assert description.strip()[-1] in ".?"


def test_times_name_their_unit() -> None:
    named = [key for key in KEYS if re.search(r"silence|hold|tail|preroll|start|longest|speech", key)]
    assert named
    assert all(key.endswith(("_ms", "_s")) for key in named)


# ---- keys that do not exist --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("[listen]\nsilense_ms = 700", "listen.silense_ms", "listen.silence_ms"),
        ("[listn]\nsilence_ms = 700", "listn.silence_ms", "listen.silence_ms"),
        ("silence_ms = 700", "silence_ms", "listen.silence_ms"),
        ("[reply]\nsilence_ms = 700", "reply.silence_ms", "listen.silence_ms"),
        ("[engines]\nmodell = 'x'", "engines.modell", "engines.model"),
        ("[engines]\nWeights = 'board'", "engines.Weights", "engines.weights"),
        ("[engine]", "engine", "engines"),
        ("[log.file]\nname = 'x'", "log.file.name", "log.file"),
        ("lgo = 3", "lgo", "log"),
        (
            '["a\\nb"]\nzzz = 1',
            "a b.zzz",
            "the sections are listen, engines, reply, sound, button, lights, console, journal, log",
        ),
    ],
)
def test_an_unknown_key_in_the_file(text: str, wrong: str, right: str, toml: Callable[[str], Path]) -> None:
    path = toml(text)
    error = refused(path)
    assert error.code == "config-unknown-key"
    assert str(error).startswith(f"{path}: there is no setting '{wrong}'")
    assert right in error.hint


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("PIPIT_LISTEN__SILENSE_MS", "PIPIT_LISTEN__SILENCE_MS"),
        ("PIPIT_LISTEN_SILENCE_MS", "PIPIT_LISTEN__SILENCE_MS"),
        ("pipit_listen__silense_ms", "PIPIT_LISTEN__SILENCE_MS"),
        ("PIPIT_LSITEN", "PIPIT_LISTEN"),
        ("PIPIT_CONFG", "PIPIT_CONFIG"),
        ("PIPIT_MODEL_DIR", "PIPIT_MODELS_DIR"),
    ],
)
def test_an_unknown_variable_names_the_right_variable(name: str, right: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    error = refused()
    assert error.code == "config-unknown-key"
    assert f"variable {name}" in error.message
    assert error.hint == f"did you mean '{right}'?"


def test_an_unknown_key_within_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPIT_LISTEN", '{"silense_ms": 700}')
    error = refused()
    assert (error.code, error.hint) == ("config-unknown-key", "did you mean 'listen.silence_ms'?")
    assert "variable PIPIT_LISTEN" in error.message


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, str]:
    """A known key, and the same with one letter of its last part dropped, or two neighbours swapped."""
    key = draw(st.sampled_from(sorted(KEYS)))
    head, dot, tail = key.rpartition(".")
    at = draw(st.integers(0, len(tail) - 2))
    swapped = tail[:at] + tail[at + 1] + tail[at] + tail[at + 2 :]
    wrong = head + dot + draw(st.sampled_from([swapped, tail[:at] + tail[at + 1 :]]))
    assume(wrong not in KEYS)
    return key, wrong


@given(misspelt())
def test_one_wrong_letter_always_finds_the_right_key(pair: tuple[str, str]) -> None:
    right, wrong = pair
    assert nearest_key(wrong, set(KEYS)) == right


@given(misspelt())
def test_one_wrong_letter_in_a_key_without_its_section_finds_that_name(pair: tuple[str, str]) -> None:
    right, wrong = (key.rpartition(".")[2] for key in pair)
    assume(len(right) > 4)
    assert nearest_key(wrong, set(KEYS)).rpartition(".")[2] == right


# ---- values and files that cannot be used ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[listen]\nsilence_ms = 'long'", "listen.silence_ms = 'long'"),
        ("[listen]\nsilence_ms = 7.5", "listen.silence_ms = 7.5"),
        ("[listen]\nsilence_ms = 3", "listen.silence_ms = 3"),
        ("[listen]\naggressiveness = 4", "listen.aggressiveness = 4"),
        ("[listen]\nlongest_s = nan", "listen.longest_s = nan"),
        ("[log]\nlevel = 'loud'", "log.level = 'loud'"),
        ("[engines]\nthreads = 0", "engines.threads = 0"),
        ("listen = 3", "listen = 3"),
        ("[[listen]]", "listen"),
        ("[reply]\nsystem = 'a\\nb'\nclock = 'of\\ncourse'", "reply.clock"),
        ("[listen]\nstart_ms = 400\nstart_window_ms = 200", "start_window_ms"),
        ("[engines]\ncontext_tokens = 128\n[reply]\ntokens = 128", "engines.context_tokens = 128"),
    ],
)
def test_a_value_that_cannot_be(text: str, named: str, toml: Callable[[str], Path]) -> None:
    path = toml(text)
    error = refused(path)
    assert named in str(error)
    assert str(path) in str(error)


def test_a_wrong_variable_is_blamed_not_the_file(toml: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = toml("[listen]\nsilence_ms = 650\n")
    monkeypatch.setenv("PIPIT_LISTEN__SILENCE_MS", "soon")
    error = refused(path)
    assert error.message == "variable PIPIT_LISTEN__SILENCE_MS: listen.silence_ms = 'soon'"


def test_a_section_in_a_variable_must_be_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPIT_LISTEN", "{silence")
    error = refused()
    assert error.code == "config-value"
    assert "PIPIT_LISTEN" in error.message


@pytest.mark.parametrize("text", ["[listen", "silence_ms =", "a = 1\na = 2", '"'])
def test_broken_toml_says_where(text: str, toml: Callable[[str], Path]) -> None:
    error = refused(toml(text))
    assert error.code == "config-syntax"
    assert "TOML" in error.hint


def test_a_binary_file_is_no_configuration(tmp_path: Path) -> None:
    path = tmp_path / "pipit.toml"
    path.write_bytes(b"RIFF\xff\xfe\x00\x00WAVE")
    assert refused(path).code == "config-syntax"


def test_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "no.toml"
    assert refused(path).code == "config-missing"
    monkeypatch.setenv("PIPIT_CONFIG", str(path))
    assert str(path) in refused().message


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "config-unreadable"


@contextmanager
def nobody() -> Iterator[None]:
    """Root may read everything; be somebody else for a while."""
    me = os.geteuid()
    if not me:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_a_file_that_may_not_be_read(toml: Callable[[str], Path]) -> None:
    path = toml("")
    path.chmod(0)
    with nobody():
        error = refused(path)
    assert (error.code, error.hint) == ("config-unreadable", "check its permissions")
