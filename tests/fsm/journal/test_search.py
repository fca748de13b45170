"""Search: finds what was said and found out, whatever is typed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipit.errors import BadInput
from pipit.fsm.journal import Journal
from pipit.fsm.session import events as se


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    journal = Journal.open(tmp_path_factory.mktemp("journal"))
    _tell(journal, "one", "forklift-check", "the brakes squeal", "Noted: brakes.")
    _tell(journal, "two", "forklift-check", "everything is fine", "Good.")
    _tell(journal, "talk", "chat", "tell me about Café brakes and brakes and brakes", "A brake slows a wheel.")
    field = se.FieldSet(session="one", phase="intake", field="left_fork", value="worn out", words="it is worn out")
    ready = se.FieldSet(session="one", phase="intake", field="ready", value=True, words="sure")
    note = se.ArtifactAdded(session="one", phase="intake", artifact="walkaround", path="intake/walkaround.wav")
    journal.append("one", [field, ready, note, se.PhaseTransition(session="one", source="intake", dest="review")])
    journal.append("one", [se.Summary(session="one", text="Truck seven needs new pads.")])
    yield journal
    journal.close()


def _tell(journal: Journal, session: str, flow: str, words: str, heard: str) -> None:
    journal.begin(session, flow, flow, "", [se.SessionStart(session=session, flow=flow, title=flow)])
    journal.append(session, [se.TurnKept(session=session, said=words, heard=heard, outcome="done")])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("squeal", {("one", "said")}),
        ("Noted", {("one", "reply")}),
        ("fine", {("two", "said")}),
        ("every fi", set()),
        ("everything fi", {("two", "said")}),
        ("EVERYTHING F", {("two", "said")}),
        ("cafe", {("talk", "said")}),
        ("left fork", {("one", "field")}),
        ("left_fork", {("one", "field")}),
        ("worn", {("one", "field")}),
        ("ready yes", {("one", "field")}),
        ("walkar", {("one", "artifact")}),
        ("new pads", {("one", "summary")}),
        ("brakes", {("one", "said"), ("one", "reply"), ("talk", "said")}),
        ("brak wheel", set()),
        ("nothing like it", set()),
        ("", set()),
        ("  ?! ", set()),
        ('"everything" AND (fine', set()),
        ("text: squeal", set()),
        ("squeal*", {("one", "said")}),
        ("-squeal", {("one", "said")}),
        ("'; DROP TABLE words; --", set()),
    ],
)
def test_words_are_found_and_operators_are_words(journal: Journal, text: str, found: set[tuple[str, str]]) -> None:
    assert {(hit.session, hit.kind) for hit in journal.search(text)} == found


def test_best_comes_first_with_the_matching_words_marked(journal: Journal) -> None:
    first = journal.search("brakes")[0]
    assert first.text.count("brakes") == 3 or first.text == "Noted: brakes."
    for hit in journal.search("brakes"):
        assert hit.marks
        assert {hit.snippet[start:end] for start, end in hit.marks} == {"brakes"}
    field = journal.search("worn")[0]
    assert (field.name, field.flow) == ("left_fork", "forklift-check")


def test_a_scope_leaves_out_all_else(journal: Journal) -> None:
    assert {hit.session for hit in journal.search("brakes", "flow:chat")} == {"talk"}
    assert {hit.session for hit in journal.search("brakes", "session:one")} == {"one"}
    assert journal.search("brakes", "flow:ch%") == ()
    assert journal.search("brakes", "session:gone") == ()
    for scope in ("", "flow", "flow:", "everything", "title:x"):
        with pytest.raises(BadInput, match="give all, flow:NAME or session:ID"):
            journal.search("brakes", scope)


NASTY = st.text(st.one_of(st.characters(), st.sampled_from("\"'*()-+^:{}[]~\0 \n\udc80NEARORNOT")), max_size=60)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NASTY)
@example('"')
@example('a" OR "b')
@example("NEAR(a b, 5)")
@example("* * *")
@example("²½ⅷ٣")
@example("a" * 5_000)
def test_any_text_is_safe(journal: Journal, text: str) -> None:
    for hit in journal.search(text):
        assert hit.session in ("one", "two", "talk")
        assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=st.text("abcdefghijklmnopqrstuvwxyzäöüéñ", min_size=3, max_size=12), cut=st.integers(1, 12))
def test_what_was_said_is_found_by_its_beginning(journal: Journal, word: str, cut: int) -> None:
    journal.append("talk", [se.TurnKept(session="talk", said=f"x {word} y", heard="", outcome="done")])
    found = journal.search(f"x {word[:cut]}", "session:talk")
    assert any(f"x {word}" in hit.text for hit in found) or len(found) == 50


def test_a_thousand_turns_are_searched_in_no_time(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    journal.begin("s", "chat", "Chat", "", [])
    turns = [se.TurnKept(session="s", said=f"word{n} and some more", heard="yes", outcome="done") for n in range(5_000)]
    journal.append("s", turns)
    start = time.perf_counter()
    assert len(journal.search("word4999")) == 1
    assert len(journal.search("word49")) == 50
    assert time.perf_counter() - start < 1
    journal.close()
