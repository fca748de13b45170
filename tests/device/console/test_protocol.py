"""Bytes to lines to answers, without any line: whatever comes is answered, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.device.console.lines import LIMIT, Line, LineReader, one_line
from pipit.device.console.protocol import COMMANDS, Desk, answer
from pipit.device.console.session_words import USAGE
from pipit.fsm import events as ev

from .fakes import FakeControl


def texts(*pieces: bytes) -> list[str]:
    reader = LineReader()
    return [line.error or line.text for piece in pieces for line in reader.feed(piece)]


@pytest.fixture
def desk() -> Desk:
    return Desk(FakeControl(), lambda _: None)


def ask(desk: Desk, text: str) -> list[str]:
    return answer(desk, Line(text))


# ---- lines -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_any_end_of_line_ends_one_line(end: bytes) -> None:
    assert texts(b"status" + end + b"help" + end) == ["status", "help"]


def test_a_line_may_come_in_pieces_even_between_cr_and_lf() -> None:
    assert texts(b"sta", b"tus\r", b"\nhe", b"lp\n") == ["status", "help"]


def test_backspace_takes_back_whole_characters_and_stops_at_the_start() -> None:
    assert texts("\b\bsayé\x7f hü\b\bhi\n".encode()) == ["say hi"]


def test_nul_bytes_of_a_serial_break_are_no_part_of_a_line() -> None:
    assert texts(b"\0\0sta\0tus\n") == ["status"]


def test_the_longest_line_passes_and_a_byte_more_is_one_error_then_it_goes_on() -> None:
    assert texts(b"x" * LIMIT + b"\n") == ["x" * LIMIT]
    assert texts(b"x" * (LIMIT + 1)) == ["line longer than 1024 bytes"], "said at once: its end may never come"
    assert texts(b"x" * 100_000, b"x\n", b"status\n") == ["line longer than 1024 bytes", "status"]


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"ask caf\xe9\n", "not text: byte 0xe9 at 8"), (b"status\x1b[A\n", "not text: character 0x1b at 7")],
)
def test_a_garbled_line_says_where(raw: bytes, says: str) -> None:
    assert texts(raw) == [says]


def test_one_line_keeps_letters_and_drops_what_steers_a_terminal() -> None:
    assert one_line("a\x1b[2J\n\tüß–\u202e\udc80 b\0") == "a[2J üß– b"


# ---- commands ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("press", ("post", ev.ButtonDown())),
        ("RELEASE", ("post", ev.ButtonUp())),
        ("send", ("post", ev.Send())),
        ("cancel", ("post", ev.Cancel())),
        ("ask what  time is it", ("post", ev.TextTyped(text="what  time is it"))),
        ("say Good morning.", ("say", "Good morning.")),
        ("mute on", ("mute", True)),
        ("mute OFF", ("mute", False)),
        ("volume 0.5", ("volume", 0.5)),
        ("log debug", ("log_level", "debug")),
        ("quit", ("quit",)),
    ],
)
def test_a_command_asks_one_thing_of_the_assistant(desk: Desk, line: str, call: tuple[object, ...]) -> None:
    assert ask(desk, line) == ["ok"]
    assert desk.control.calls == [call]  # type: ignore[attr-defined]


def test_play_hears_a_recording_with_blanks_in_its_name(desk: Desk, tmp_path: Path) -> None:
    wav = tmp_path / "what time.wav"
    wav.touch()
    assert ask(desk, f"play {wav}") == ["ok"]
    assert desk.control.calls == [("play", wav)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("statsu", "unknown command 'statsu'; did you mean 'status'?"),
        ("xyzzy", "unknown command 'xyzzy'; help lists them"),
        ("x" * 600, "unknown command 'xxxxxxxxxxxxxxxxxxxxxxxx…'; help lists them"),
        ("session fly", f"session takes {USAGE}"),
        ("session start", "session start takes FLOW [continue|restart|new] [MINUTES]"),
        ("session pause it", "session pause takes nothing"),
        ("session search", "session search takes TEXT"),
        ("phase", "phase takes complete, or override WHY"),
        ("phase override", "phase takes complete, or override WHY"),
        ("say", "say takes TEXT"),
        ("press now", "press takes nothing"),
        ("events maybe", "events takes on|off"),
        ("mode", "mode takes json|text"),
        ("log loud", "log takes debug|info|warning|error"),
        ("volume loud", "volume takes a number from 0 to 2, 1 is as the voice gave it"),
        ("volume nan", "volume takes a number from 0 to 2, 1 is as the voice gave it"),
        ("volume 2.1", "volume takes a number from 0 to 2, 1 is as the voice gave it"),
        ("play /no/such.wav", "/no/such.wav: no such file: check the name"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_does_nothing(desk: Desk, line: str, says: str) -> None:
    assert ask(desk, line) == [f"error: {says}"]
    assert not desk.control.calls  # type: ignore[attr-defined]


def test_what_breaks_behind_the_console_is_an_error_line(desk: Desk) -> None:
    desk.control.breaks = KeyError("de\nvice")  # type: ignore[attr-defined]
    assert ask(desk, "status") == ["error: internal: KeyError: 'de\\nvice'"]


def test_an_empty_line_is_answered_so_that_a_program_can_feel_for_the_line(desk: Desk) -> None:
    assert ask(desk, "") == ["ok"]


def test_help_lists_every_command_with_a_line(desk: Desk) -> None:
    *lines, end = ask(desk, "help")
    assert end == "ok"
    assert [line.split()[0] for line in lines] == list(COMMANDS)
    assert all(len(line) <= 80 for line in lines), "fits a plain terminal"


def test_status_and_latency_for_people_and_for_programs(desk: Desk) -> None:
    told = ["state: idle", "turn: none", "microphone.open: yes", "microphone.frames: 120000123", "queues: 0, 2", "ok"]
    assert ask(desk, "status") == told
    assert ask(desk, "latency") == ["first_audio: 812.5 ms", "barge_in_ms: 0.3 ms", "ok"]
    assert ask(desk, "mode json") == ["ok"]
    line, end = ask(desk, "status")
    assert (json.loads(line), end) == ({"status": desk.control.status()}, "ok")
    assert json.loads(ask(desk, "latency")[0]) == {"latency": {"first_audio": 812.5, "barge_in_ms": 0.3}}
    assert set(json.loads(ask(desk, "help")[0])["help"]) == {command.usage for command in COMMANDS.values()}
    assert ask(desk, "mode text") == ["ok"]
    assert ask(desk, "status") == told


# ---- anything ----------------------------------------------------------------------------------------------

WORDS = st.sampled_from([name.encode() for name in COMMANDS]).flatmap(
    lambda name: st.binary(max_size=12).map(lambda rest: name + b" " + rest)
)
LINES = st.lists(st.one_of(st.binary(max_size=40), WORDS, st.just(b"y" * 2000)), max_size=12)


@given(LINES, st.sampled_from([b"\n", b"\r\n"]), st.data())
def test_any_bytes_cut_anywhere_give_each_line_one_answer(lines: list[bytes], end: bytes, data: st.DataObject) -> None:
    clean = [line.replace(b"\r", b"").replace(b"\n", b"") for line in lines]
    sent = b"".join(line + end for line in clean)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=6)))
    reader, desk = LineReader(), Desk(FakeControl(), lambda _: None)
    pieces = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    answers = [answer(desk, line) for piece in pieces for line in reader.feed(piece)]
    assert len(answers) == len(clean)
    for shown in answers:
        ends = [line == "ok" or line.startswith("error: ") for line in shown]
        assert ends == [False] * (len(shown) - 1) + [True]
        assert all(line.isprintable() for line in shown)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_how_it_is_cut_makes_no_difference(pieces: list[bytes]) -> None:
    whole: Callable[[LineReader], list[Line]] = lambda reader: list(reader.feed(b"".join(pieces)))  # noqa: E731
    reader = LineReader(limit=50)
    assert [line for piece in pieces for line in reader.feed(piece)] == whole(LineReader(limit=50))
