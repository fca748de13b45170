from __future__ import annotations

import os
import struct
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.models import CancelToken, Message
from pipit.models.llama_engine import LlamaModel
from pipit.models.llama_states import _HEAD, SavedStates, common
from pipit.models.load import Weights

from .random_gguf import Shape, write_model

SYSTEM = "You are Pipit, a small offline voice assistant. You answer in one short sentence, and never in a list. "
PHASE = "Now ask whether the brakes of the forklift hold, and whether the horn can be heard across the hall."
CLOCKS = ("Now: Monday, nine in the morning.", "Now: Friday, half past four in the afternoon.")
SAID = ("tell me a joke", "what is your name", "set a timer for ten minutes", "what is the time", "good night")
KEY = "k" * 32

Open = Callable[..., LlamaModel]


@pytest.fixture
def open_model(weights: Weights) -> Iterator[Open]:
    opened: list[LlamaModel] = []

    def open_one(cache: Path | None = None, path: Path | None = None, **options: float) -> LlamaModel:
        chosen: dict[str, object] = {"threads": 1, "prefill_threads": 1, "cache": cache, **options}
        opened.append(LlamaModel(path or weights.model, **chosen))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for model in opened:
        model.close()


def prompt(said: str, system: str = SYSTEM) -> list[Message]:
    return [Message("system", system), Message("user", said)]


def reply(model: LlamaModel, messages: list[Message], tokens: int = 24) -> str:
    return "".join(model.generate(messages, CancelToken(), tokens))


def first(model: LlamaModel, messages: list[Message]) -> int:
    """Return the tokens that were evaluated up to the first of the reply."""
    before = model.evaluated_tokens
    reply(model, messages, 1)
    return model.evaluated_tokens - before


def files(cache: Path) -> list[Path]:
    return sorted((cache / "states").iterdir())


def test_a_cold_start_does_not_read_the_system_prompt_again(open_model: Open, tmp_path: Path) -> None:
    messages = prompt("tell me a joke")
    whole = first(open_model(tmp_path), messages)
    assert whole == open_model().count(messages)
    rest = first(open_model(tmp_path), messages)
    assert rest < whole - 20
    assert first(open_model(tmp_path), prompt("good night")) < whole - 20
    assert len(files(tmp_path)) == 1


def test_replies_are_the_same_with_and_without_a_saved_state(open_model: Open, tmp_path: Path) -> None:
    for temperature in (0.0, 1.2):
        plain = open_model(temperature=temperature)
        saved = [open_model(tmp_path, temperature=temperature)]
        for said in SAID:
            wanted = reply(open_model(temperature=temperature), prompt(said))
            saved.append(open_model(tmp_path, temperature=temperature))
            assert reply(plain, prompt(said)) == wanted
            assert [reply(model, prompt(said)) for model in (saved[0], saved[-1])] == [wanted, wanted]


def test_replies_are_the_same_however_the_prompt_was_read(open_model: Open, tmp_path: Path) -> None:
    """Word by word while it was said, with words that changed, and after other prompts in between."""
    reply(open_model(tmp_path), prompt("hello"))
    for said in SAID:
        wanted = reply(open_model(), prompt(said))
        words = said.split()
        model = open_model(tmp_path)
        for count in range(1, len(words) + 1):
            model.prefill(prompt(" ".join(words[:count])), CancelToken())
            model.prefill(prompt(" ".join([*words[: count - 1], "perhaps"])), CancelToken())
        model.prefill(prompt("something else", PHASE), CancelToken())
        assert reply(model, prompt(said)) == wanted


@pytest.mark.parametrize("tokenizer", ["llama", "gpt2"])
def test_other_models_reply_the_same_too(open_model: Open, tmp_path: Path, tokenizer: str) -> None:
    path = write_model(tmp_path / "random.gguf", Shape(layers=3, tokenizer=tokenizer), seed=4)
    for said in SAID:
        wanted = reply(open_model(path=path, context_tokens=1024), prompt(said))
        for _ in range(2):
            assert reply(open_model(tmp_path, path, context_tokens=1024), prompt(said)) == wanted


def test_of_a_prompt_with_the_time_at_its_end_the_rest_is_kept(open_model: Open, tmp_path: Path) -> None:
    morning, evening = (prompt("hello", SYSTEM + clock) for clock in CLOCKS)
    whole = first(open_model(tmp_path), morning)
    wanted = reply(open_model(), evening)
    model = open_model(tmp_path)
    assert first(model, evening) < whole - 20
    assert reply(model, evening) == wanted


def test_each_phase_has_a_state(open_model: Open, tmp_path: Path) -> None:
    model = open_model(tmp_path)
    for system in (SYSTEM, SYSTEM + PHASE, PHASE):
        reply(model, prompt("hello", system), 1)
    fresh = open_model(tmp_path)
    for system in (SYSTEM + PHASE, PHASE, SYSTEM):
        assert first(fresh, prompt("yes", system)) < 15


def test_what_people_say_is_not_saved_and_files_are_private(open_model: Open, tmp_path: Path) -> None:
    model = open_model(tmp_path)
    history = [*prompt("my name is Anna"), Message("assistant", "Hello Anna."), Message("user", "what is my name")]
    reply(model, history)
    (path,) = files(tmp_path)
    (state,) = model._states.states  # type: ignore[union-attr]
    text = b"".join(model._context.piece(token) for token in state.tokens).decode()
    assert SYSTEM.strip() in text
    assert "Anna" not in text
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_without_a_system_prompt_nothing_is_saved(open_model: Open, tmp_path: Path) -> None:
    reply(open_model(tmp_path), [Message("user", "hello " * 50)], 1)
    assert not (tmp_path / "states").exists()


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]


def refused_by_llama(data: bytes) -> bytes:
    """A whole file, as far as its checksum goes, whose state makes no sense."""
    magic, key, count, _ = _HEAD.unpack(data[: _HEAD.size])
    packed = data[_HEAD.size : _HEAD.size + 4 * count]
    body = packed + bytes(200)
    return _HEAD.pack(magic, key, count, zlib.crc32(body)) + body


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "head": lambda data: data[:20],
    "tokens": lambda data: data[: _HEAD.size + 9],
    "half": lambda data: data[: len(data) // 2],
    "last byte": lambda data: data[:-1],
    "longer": lambda data: data + b"x",
    "magic": lambda data: flip(data, 0),
    "key": lambda data: flip(data, 20),
    "count": lambda data: flip(data, _HEAD.size - 8),
    "checksum": lambda data: flip(data, _HEAD.size - 1),
    "a token": lambda data: flip(data, _HEAD.size + 30),
    "the state": lambda data: flip(data, len(data) - 900),
    "zeros": lambda data: bytes(len(data)),
    "refused": refused_by_llama,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_told_of_once_and_made_anew(
    open_model: Open, tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = reply(open_model(tmp_path), prompt("tell me a joke"))
    (path,) = files(tmp_path)
    good = path.read_bytes()
    path.write_bytes(DAMAGES[damage](good))
    assert reply(open_model(tmp_path), prompt("tell me a joke")) == wanted
    output = capsys.readouterr()
    lines = (output.out + output.err).splitlines()
    harmless = damage == "a token"  # it is found when it is read, and here the prompt is no longer the file's
    assert len(lines) <= 1 if harmless else len(lines) == 1
    assert all("saved-state-ignored" in line for line in lines)
    assert good in [file.read_bytes() for file in files(tmp_path)]


def test_a_file_that_is_gone_is_no_matter(open_model: Open, tmp_path: Path) -> None:
    wanted = reply(open_model(tmp_path), prompt("tell me a joke"))
    model = open_model(tmp_path)
    files(tmp_path)[0].unlink()
    assert reply(model, prompt("tell me a joke")) == wanted
    assert len(files(tmp_path)) == 1


def test_other_weights_have_other_states(open_model: Open, tmp_path: Path) -> None:
    paths = [write_model(tmp_path / f"{n}.gguf", Shape(layers=2), seed=n) for n in range(2)]
    wanted = [reply(open_model(path=path), prompt("hello")) for path in paths]
    for _ in range(2):
        assert [reply(open_model(tmp_path, path), prompt("hello")) for path in paths] == wanted
    assert len(files(tmp_path)) == 2


def test_a_folder_that_cannot_be_written_costs_a_line(
    open_model: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "states").write_text("in the way")
    wanted = reply(open_model(), prompt("hello"))
    assert reply(open_model(tmp_path), prompt("hello")) == wanted
    assert capsys.readouterr().out.count("state-not-saved") == 1


def test_a_model_that_cannot_forget_a_part_takes_only_what_fits_whole(open_model: Open, tmp_path: Path) -> None:
    morning, evening = (prompt("hello", SYSTEM + clock) for clock in CLOCKS)
    whole = first(open_model(tmp_path), morning)
    wanted = reply(open_model(), evening)
    model = open_model(tmp_path)
    model._context.rolls_back = False
    assert first(model, evening) == whole + model.count(evening) - open_model().count(morning)
    assert reply(model, evening) == wanted
    again = open_model(tmp_path)
    again._context.rolls_back = False
    assert first(again, prompt("good night", SYSTEM + CLOCKS[0])) < whole - 20


def test_cancel_within_the_system_prompt_saves_nothing(open_model: Open, long_model_file: Path, tmp_path: Path) -> None:
    model, token = open_model(tmp_path, long_model_file, context_tokens=2048), CancelToken()
    messages = prompt("hello", SYSTEM * 40)
    working = threading.Thread(target=model.prefill, args=(messages, token))
    working.start()
    while not model.evaluated_tokens:
        pass
    token.cancel()
    working.join(10)
    assert not (tmp_path / "states").exists()
    plain = open_model(path=long_model_file, context_tokens=2048)
    assert reply(model, messages, 6) == reply(plain, messages, 6)
    assert len(files(tmp_path)) == 1


# ---- the files alone -------------------------------------------------------------------------------------


def test_files_stay_within_the_limit_and_the_longest_unused_goes(tmp_path: Path) -> None:
    states = SavedStates(tmp_path, KEY, limit=5_000)
    for n in range(6):
        states.save([n] * 20, bytes(1_000))
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (n, n))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 5_000
    kept = [n for n in range(6) if states.best([n] * 20, whole=True)[0]]
    assert kept == [2, 3, 4, 5]
    states.save([9] * 20, bytes(6_000))
    assert states.best([9] * 20, whole=False) == (None, 0), "larger than all the room"
    assert [state.tokens[0] for state in SavedStates(tmp_path, KEY).states if state] != []


def test_reading_keeps_a_file_from_going(tmp_path: Path) -> None:
    states = SavedStates(tmp_path, KEY, limit=2_500)
    states.save([1] * 20, bytes(1_000))
    (path,) = tmp_path.iterdir()
    os.utime(path, (1, 1))
    assert states.read(states.states[0]) == bytes(1_000)
    assert path.stat().st_mtime > 1


@given(st.lists(st.integers(0, 3), max_size=8), st.lists(st.integers(0, 3), max_size=8))
def test_common_is_what_both_begin_with(a: Sequence[int], b: Sequence[int]) -> None:
    count = common(a, b)
    assert a[:count] == b[:count]
    assert count in (len(a), len(b)) or a[count] != b[count]


@given(st.binary(max_size=120))
def test_no_file_is_taken_for_a_state(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"{KEY}-0.state"
        path.write_bytes(data if not data else struct.pack("<14s", b"PIPIT-STATE-1\n") + data)
        states = SavedStates(Path(name), KEY)
        assert all(states.read(state) is None for state in list(states.states))
