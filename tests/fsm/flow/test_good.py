"""Flows that are right, and that no harm done to their text leads to anything but a fault with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipit.fsm.flow.course import END, all_before, reached, ways
from pipit.fsm.flow.fault import FlowError
from pipit.fsm.flow.load import check_file, check_text, load_flow, read_flow
from pipit.fsm.flow.schema import Flow
from pipit.fsm.session.phases import following

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = sorted((ROOT / "flows").glob("*.yaml"))
WORDS_FILE = ROOT / "models" / "pocket" / "recogniser" / "graph" / "words.txt"
HEARD = frozenset(line.split()[0] for line in WORDS_FILE.read_text(encoding="utf-8").splitlines())
FORKLIFT = (ROOT / "flows" / "forklift-check.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_flow_has_no_fault_and_can_be_heard(path: Path) -> None:
    assert check_file(path, HEARD) == (path.read_text(encoding="utf-8"), ())
    assert load_flow(path).flow == path.stem


def test_every_kind_of_phase_ships() -> None:
    kinds = {phase.kind for path in SHIPPED for phase in load_flow(path).phases}
    assert kinds == {"checklist", "interview", "guided", "open"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_flow_survives_json(path: Path) -> None:
    flow = load_flow(path)
    assert Flow.model_validate_json(flow.model_dump_json()) == flow


def test_the_way_through_the_forklift_check() -> None:
    flow = load_flow(ROOT / "flows" / "forklift-check.yaml")
    found = ways(flow)
    assert [way.to for way in found if way.source == "parts"] == ["defects", "service", "review"]
    assert [way.to for way in found if way.source == "review"] == [END]
    assert reached("defects", found) == {"defects", "service", "stopped", "review", END}
    assert all_before(flow)["service"] == {"intake", "walkround", "parts", "defects"}
    assert all_before(flow)["intake"] == frozenset()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_ways_are_those_of_the_phase_machine(path: Path) -> None:
    flow = load_flow(path)
    for phase in flow.phases:
        assert {way.to for way in ways(flow) if way.source == phase.name} == set(following(flow, phase.name))


def test_words_of_yaml_stay_words() -> None:
    text = """\
flow: words
title: 12:30
phases:
  - name: "on"
    collect:
      - {field: ready, type: choice, choices: [yes, no, 010, 2026-11-21, off], required: on}
"""
    flow = read_flow(text, "words.yaml")
    assert (flow.title, flow.phases[0].name) == ("12:30", "on")
    assert flow.phases[0].collect[0].choices == ("yes", "no", "010", "2026-11-21", "off")
    assert flow.phases[0].collect[0].required is True


PHASE = "flow: a\ntitle: A\nphases:\n  - name: one\n    collect:\n      - "


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            PHASE + "{field: x, type: choice, choices: [seven, xyzzy]}",
            (6, 51),
            "the recogniser does not know 'xyzzy': give other ways to say it: 'choices: {value: one | another}'",
        ),
        (
            PHASE + "{field: x, type: choice, choices: {plugh: one | xyzzy blorb, two: two}}",
            (6, 57),
            "the recogniser does not know 'xyzzy', 'blorb': use words it knows",
        ),
        (
            PHASE + "{field: x, type: choice, choices: {plugh: xyzzy, two: two}}",
            (6, 44),
            "nothing that can be said for 'plugh' can be heard: add a way to say it in words that are known",
        ),
        (PHASE + '{field: x, type: text, phrases: "(one | xyzzy)"}', (6, 49), "the recogniser does not know 'xyzzy'"),
        (PHASE + "{field: x, type: number, unit: xyzzies}", (6, 40), "the recogniser does not know 'xyzzie'"),
        (
            PHASE + "{field: x, type: choice, choices: [seven, 25]}",
            (6, 51),
            "'25' is listened for as 'twenty five': write it in words, as it is said",
        ),
        (PHASE + "{field: x, type: choice, choices: [seven]}", (6, 43), "'x' has one choice only"),
        (PHASE + "{field: x, type: yes-no, confirm: yes}", (6, 34), "a yes that is read back asks for another yes"),
        (
            "flow: a\ntitle: A\nminutes: 3\nphases: [{name: one, say: Hello}]",
            (3, 1),
            "'minutes' has no effect: only guided phases keep to a length",
        ),
        (
            "flow: a\ntitle: A\nminutes: 0.1\nphases: [{name: one, kind: guided, lines: [" + "word " * 20 + "]}]",
            (4, 36),
            "these words take about 8 s to say, and this phase has 6 s",
        ),
        (
            "flow: a\ntitle: A\norder: free\nphases:\n  - {name: one, say: Hello}\n  - name: two\n    collect:\n"
            "      - {field: x, type: yes-no}\n    next: [{when: x, to: one}, {to: end}]",
            (9, 26),
            "'one' comes before this phase: what is known by then is not asked again",
        ),
        ("flow: b\ntitle: A\nphases: [{name: one, say: Hello}]", (1, 7), "the flow 'b' is in a file called a.yaml"),
    ],
)
def test_what_is_warned_of(text: str, place: tuple[int, int], message: str) -> None:
    found = [fault for fault in check_text(text, "a.yaml", HEARD) if str(fault).startswith(message)]
    assert [(fault.line, fault.column, fault.severity) for fault in found] == [(*place, "warning")]
    assert read_flow(text, "a.yaml").title == "A"


def _place_is_in(text: str, line: int, column: int) -> bool:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1


@st.composite
def _harmed(draw: st.DrawFn) -> str:
    lines = FORKLIFT.split("\n")
    for _ in range(draw(st.integers(1, 4))):
        at, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["delete", "swap", "insert", "cut", "indent", "copy"])):
            case "delete" if len(lines) > 1:
                del lines[at]
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "insert":
                column = draw(st.integers(0, len(lines[at])))
                piece = draw(st.text(max_size=6) | st.sampled_from("\"'{}[]:,-|>&*!%@#?\t\\<()\ufeff\x00"))
                lines[at] = lines[at][:column] + piece + lines[at][column:]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case "indent":
                lines[at] = draw(st.sampled_from([" ", "  ", "\t", "      "])) + lines[at]
            case "copy":
                lines.insert(other, lines[at])
    return "\n".join(lines)


@settings(max_examples=150)
@given(_harmed())
def test_harm_done_to_a_flow_is_a_fault_with_a_place_in_the_file(text: str) -> None:
    faults = check_text(text, "forklift-check.yaml", HEARD)
    assert all(_place_is_in(text, fault.line, fault.column) for fault in faults)
    assert all(str(fault).strip() and "\n" not in str(fault) for fault in faults)
    if any(fault.severity == "error" for fault in faults):
        with pytest.raises(FlowError):
            read_flow(text, "forklift-check.yaml")
    else:
        assert read_flow(text, "forklift-check.yaml").phases


@settings(max_examples=150)
@given(data=st.binary(max_size=200) | st.text(alphabet="ab:- \n\t{}[]\"'|>&*!%@#?,\\x0", max_size=80).map(str.encode))
def test_any_bytes_are_refused_in_one_line(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(data)
    with pytest.raises(FlowError) as caught:
        load_flow(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{path}:")
