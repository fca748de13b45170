"""Flow files with one mistake each. The first line of a file is the message, and « stands where it has to point."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipit.fsm.flow.fault import FlowError
from pipit.fsm.flow.load import check_text, load_flow, read_flow

FOLDER = Path(__file__).parent / "wrong"
JARGON = set("pydantic tuple dict mapping scalar str int float bool token literal valid input null regex".split())
FILES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_there_are_enough_of_them() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("name", FILES)
def test_the_one_mistake_is_named_and_pointed_at(name: str) -> None:
    first, _, marked = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").partition("\n")
    before, _, after = marked.partition("«")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    errors = [fault for fault in check_text(before + after, "check.yaml") if fault.severity == "error"]
    assert [(e.line, e.column, f"# {e}") for e in errors] == [(line, column, first)]
    with pytest.raises(FlowError) as caught:
        read_flow(before + after, "check.yaml")
    assert str(caught.value) == f"check.yaml:{line}:{column}: {first[2:]}"


@pytest.mark.parametrize("name", FILES)
def test_no_message_speaks_of_the_machinery(name: str) -> None:
    message = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").partition("\n")[0].lower()
    outside_quotes = set(re.findall(r"[a-z]+", " ".join(message.split("'")[::2])))
    assert not outside_quotes & JARGON


HEAD = "flow: check\ntitle: A check\nphases:\n  - name: one\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", ":1:1: this file is empty: begin with a line such as 'flow: my-checklist'"),
        (b"\n\n  \n", ":1:1: this file is empty: begin with a line such as 'flow: my-checklist'"),
        (b"flow: a\ntitle: \xe4\n", ":2:8: this is no UTF-8 text (byte 0xe4): save it as UTF-8; a flow is a text file"),
        ("flow: a".encode("utf-16"), ":1:1: this file is UTF-16: save it as UTF-8"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", ":1:6: the letter U+0000 cannot stand in a text file: delete it"),
        (b"\x7fELF\x02\x01", ":1:1: the letter U+007F cannot stand in a text file: delete it"),
        (b"a: b\n" * 50_000, ":1:1: this file has 250000 letters: 200000 are the most"),
        (b"[" * 100_000, ":1:13: this is nested too deeply: a flow needs no more than a few levels"),
        (b'flow: "\\UFFFFFFFF"', ":1:8: the letter that this \\ stands for does not exist: remove it"),
        (b'flow: a\ntitle: "\\ud800"', ":2:8: this text has letters that nobody can say: remove the \\ from it"),
        (b"a: &a [x, x]\nb: &b [*a, *a]\n", ":1:4: a text cannot begin with * or &: put the text in quotes: "),
        (HEAD.encode() + b'    say: "Hello\n    goal: "x"\n', ":5:10: a quotation mark is opened here and not closed"),
    ],
)
def test_a_file_that_is_no_flow(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "check.yaml"
    path.write_bytes(data)
    with pytest.raises(FlowError) as caught:
        load_flow(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_several_faults_are_counted_and_sorted() -> None:
    text = HEAD + "    sey: Hello\n    listen: {retries: many}\n"
    with pytest.raises(FlowError) as caught:
        read_flow(text, "check.yaml")
    assert str(caught.value) == ("check.yaml:5:5: there is no 'sey' in a phase: did you mean 'say'? (and 1 more)")
    assert [fault.line for fault in caught.value.faults] == [5, 6]
    assert (caught.value.code, caught.value.exit_code) == ("flow", 2)


def test_windows_files_and_a_byte_order_mark_do_no_harm() -> None:
    text = "\ufeff" + (HEAD + "    sey: Hello\n").replace("\n", "\r\n")
    (fault,) = check_text(text, "check.yaml")
    assert (fault.line, fault.column) == (5, 5)


def test_a_missing_key_is_not_missed_twice() -> None:
    (fault,) = check_text("flow: check\ntitel: A check\nphases: [{name: one, say: Hello}]\n", "check.yaml")
    assert str(fault) == "there is no 'titel' in a flow: did you mean 'title'?"


def test_a_flow_has_room_for_a_hundred_phases() -> None:
    text = "flow: check\ntitle: A check\nphases:\n" + "".join(f"  - {{name: p{i}, say: Hello}}\n" for i in range(101))
    (fault,) = check_text(text, "check.yaml")
    assert (fault.line, fault.column, str(fault)) == (4, 3, "'phases' has more than 100 parts: make several of it")
    assert len(read_flow(text.replace("  - {name: p100, say: Hello}\n", ""), "check.yaml").phases) == 100
