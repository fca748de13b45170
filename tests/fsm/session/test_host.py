"""Sessions are started, left and taken up, by voice and by order, and never see each other's state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipit.audio import AudioClock
from pipit.errors import BadInput, PipitError
from pipit.fsm.chat import Chat
from pipit.fsm.flow.schema import Flow
from pipit.fsm.journal import Journal
from pipit.fsm.journal.errors import SessionInUse
from pipit.fsm.session import events as se
from pipit.fsm.session.host import Sessions, Surroundings
from pipit.fsm.session.record import JournalRecord, MemoryRecord, Record
from pipit.fsm.session.rehearsal import Rehearsal
from pipit.fsm.session.state import SessionState, fold

from .stage import TODAY, Shelf, flow_of

TWO = """
name: two
say: Two questions.
collect:
  - {field: colour, type: choice, choices: [red, green], required: true}
  - {field: size, type: number, required: true, ask: 'How large?'}
"""
LAST = "{name: last, title: the end, collect: [{field: fine, type: yes-no, required: true, ask: 'Is it fine?'}]}"
OPEN = "{name: talk, kind: open}"


def renamed(flow: Flow, name: str, title: str) -> Flow:
    return flow.model_copy(update={"flow": name, "title": title})


CHECK = renamed(flow_of(TWO, LAST, closing="Checked."), "check", "Daily check")
OTHER = renamed(flow_of(TWO, LAST), "other", "The other one")
CHAT = renamed(flow_of(OPEN), "chat", "Free conversation")


class House:
    """A host with some flows, spoken to in text."""

    def __init__(self, record: Record | None = None, home: str | None = None, shelf: Shelf | None = None) -> None:
        self.shelf = shelf or Shelf(CHECK, OTHER, CHAT)
        self.record = record or MemoryRecord()
        self.clock = AudioClock()
        around = Surroundings(self.clock, lambda: TODAY, lambda: "You are Pipit.")
        self.host = Sessions(Chat(lambda: "You are Pipit."), self.shelf, self.record, around, home)
        self.rehearsal = Rehearsal(self.host, self.clock)

    def say(self, words: str) -> str:
        return " ".join(self.rehearsal.say(words))

    def order(self, verb: str, argument: str = "") -> str:
        try:
            self.host.order(verb, argument)
        finally:
            self.said = " ".join(self.rehearsal.run_on())
        return self.said

    @property
    def state(self) -> SessionState:
        return self.host.state or SessionState()


def half(house: House | None = None) -> House:
    """Return a house with a check of which half is done, and left."""
    house = house or House(home="chat")
    house.order("start", "check")
    house.say("red")
    house.order("stop")
    return house


# ---- starting ----------------------------------------------------------------------------------------------


def test_an_order_starts_a_flow() -> None:
    house = House()
    assert house.order("start", "check") == "Two questions."
    assert (house.state.flow, house.state.phase) == ("check", "two")


@pytest.mark.parametrize("words", ["start the daily check", "Please begin the daily check.", "let's do my check"])
def test_words_in_free_talk_start_a_flow(words: str) -> None:
    house = House(home="chat")
    house.order("start", "chat")
    assert house.say(words) == "Two questions."
    assert house.state.flow == "check"


@pytest.mark.parametrize("words", ["start the car", "when does the daily check start", "check"])
def test_other_words_in_free_talk_are_talk(words: str) -> None:
    house = House(home="chat")
    house.order("start", "chat")
    assert house.say(words) == f"(the model answers: {words})"


def test_words_within_a_checklist_start_nothing() -> None:
    house = House()
    house.order("start", "check")
    house.say("start the other one")
    assert house.state.flow == "check"


def test_a_length_may_be_given() -> None:
    house = House()
    house.order("start", "check new 12.5")
    assert house.state.minutes == 12.5


@pytest.mark.parametrize("argument", ["", "new", "check quickly", "check new -5"])
def test_an_order_that_cannot_be_read_is_refused(argument: str) -> None:
    house = House()
    with pytest.raises(BadInput):
        house.order("start", argument)
    assert house.host.state is None


def test_an_unknown_flow_leaves_the_session_that_is_led() -> None:
    house = House()
    house.order("start", "check")
    with pytest.raises(BadInput):
        house.order("start", "nowhere")
    assert house.state.flow == "check"
    assert not house.state.paused


# ---- what to do with one that is unfinished --------------------------------------------------------------


def test_an_unfinished_session_is_asked_about() -> None:
    house = half()
    assert house.state.flow == "chat", "it went home"
    assert (
        house.say("start the daily check") == "There is an unfinished Daily check, at two. Continue, restart, or new?"
    )
    assert house.say("purple") == "Please say continue, restart, or new."
    assert house.say("continue please") == "We were at two, step 1 of 2. How large?"
    assert house.state.values() == {"colour": "red"}


@pytest.mark.parametrize("by_voice", [True, False])
def test_continue(by_voice: bool) -> None:
    house = half()
    if by_voice:
        house.say("start the daily check")
    said = house.say("continue") if by_voice else house.order("start", "check continue")
    assert said == "We were at two, step 1 of 2. How large?"
    assert len([name for name in house.record.events if "check" in name]) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("by_voice", [True, False])
def test_restart_ends_the_one_before(by_voice: bool) -> None:
    house = half()
    if by_voice:
        house.say("start the daily check")
    said = house.say("start over") if by_voice else house.order("start", "check restart")
    assert said == "Two questions."
    assert house.state.values() == {}
    assert house.record.state("check-1").ended == "replaced"
    unfinished = house.record.unfinished("check")
    assert unfinished == house.state.id


@pytest.mark.parametrize("by_voice", [True, False])
def test_new_leaves_the_one_before_as_it_is(by_voice: bool) -> None:
    house = half()
    before = house.record.unfinished("check")
    if by_voice:
        house.say("start the daily check")
    said = house.say("a new one") if by_voice else house.order("start", "check new")
    assert said == "Two questions."
    assert before
    assert before != house.state.id
    assert not house.record.state(before).ended
    assert house.record.state(before).values() == {"colour": "red"}


@pytest.mark.parametrize("end", ["stop", "cancel", "quit"])
def test_a_person_may_want_none_of_it(end: str) -> None:
    house = half()
    house.say("start the daily check")
    assert house.say(end) == "All right. It stays as it is."
    assert house.state.flow == "chat"
    house.say("start the daily check")
    house.order("stop")
    assert house.say("hello") == "(the model answers: hello)"


def test_free_talk_is_continued_without_a_question() -> None:
    house = House(home="chat")
    house.order("start", "chat")
    house.say("hello")
    house.order("start", "check")
    house.order("start", "chat")
    assert [exchange.said for exchange in house.state.exchanges] == ["hello"]


# ---- leaving and ending ------------------------------------------------------------------------------------


def test_a_session_that_is_over_gives_way_to_free_talk() -> None:
    house = House(home="chat")
    house.order("start", "check")
    assert house.say("red and size five") != ""
    assert house.say("yes").startswith("Checked.")
    assert house.state.flow == "chat"
    assert house.say("thank you") == "(the model answers: thank you)"


def test_without_a_home_there_is_talk_that_forgets() -> None:
    house = House()
    house.order("start", "check")
    house.say("stop")
    assert house.say("hello") == "(the model answers: hello)"
    assert house.host.state is None
    assert house.record.unfinished("check"), "the session rests"


def test_a_session_that_has_ended_is_not_resumed() -> None:
    house = House(home="chat")
    house.order("start", "check")
    session = house.state.id
    house.order("end", "force")
    with pytest.raises(BadInput, match="has ended"):
        house.order("resume", session)
    assert house.state.flow == "chat", "and it is not left without anybody"


def test_a_session_is_resumed_by_name_and_the_latest_without_one() -> None:
    house = half(House())
    session = house.record.latest()
    assert house.order("resume", session).startswith("We were at two")
    other = House(house.record)
    assert other.order("resume").startswith("We were at two")


@pytest.mark.parametrize(("verb", "argument"), [("resume", "nothing-1"), ("resume", ""), ("skip", ""), ("back", "")])
def test_an_order_without_a_session_is_refused(verb: str, argument: str) -> None:
    with pytest.raises(BadInput):
        House().order(verb, argument)


# ---- the file changes --------------------------------------------------------------------------------------


def change(shelf: Shelf) -> None:
    shelf.sources["check"] = shelf.sources["check"].replace("How large?", "How big?").replace("the end", "the finish")


def delete(shelf: Shelf) -> None:
    del shelf.sources["check"]


def break_it(shelf: Shelf) -> None:
    shelf.sources["check"] = "flow: [check"


@pytest.mark.parametrize("meanwhile", [change, delete, break_it])
def test_a_session_goes_on_with_the_file_that_it_began_with(meanwhile: Callable[[Shelf], None], tmp_path: Path) -> None:
    house = half(House(JournalRecord(Journal.open(tmp_path))))
    meanwhile(house.shelf)
    assert house.order("start", "check continue") == "We were at two, step 1 of 2. How large?"
    house.say("five")
    assert house.say("yes").startswith("Checked.")


def test_a_new_session_needs_a_sound_file(tmp_path: Path) -> None:
    house = half(House(JournalRecord(Journal.open(tmp_path))))
    break_it(house.shelf)
    with pytest.raises(PipitError):
        house.order("start", "check new")


# ---- two of them -------------------------------------------------------------------------------------------

ANSWERS = {"check": ["red", "seven", "yes"], "other": ["green", "nine hundred", "no"]}
VALUES = {
    "check": {"colour": "red", "size": 7, "fine": True},
    "other": {"colour": "green", "size": 900, "fine": False},
}


def interleave(house: House, order: list[str]) -> None:
    """Answer one question at a time, of whichever session is named; those that are left are finished in the end."""
    left = {name: list(answers) for name, answers in ANSWERS.items()}
    for name in [*order, *(name for name in left for _ in range(3))]:
        if left[name]:
            house.order("start", f"{name} continue")
            house.say(left[name].pop(0))


def check_apart(house: House, events: dict[str, list[se.SessionEvent]]) -> None:
    for session, told in events.items():
        assert {event.session for event in told} == {session}
        state = fold(told)
        assert state.values() == VALUES[state.flow]
        assert state.ended == "complete"
        said = {event.said for event in told if isinstance(event, se.TurnKept)} - {""}
        assert said == set(ANSWERS[state.flow])


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["check", "other"]), max_size=6))
def test_two_sessions_in_any_order_share_nothing(order: list[str]) -> None:
    record = MemoryRecord()
    house = House(record)
    interleave(house, order)
    assert len(record.events) == 2
    check_apart(house, record.events)


@settings(max_examples=8)
@given(order=st.lists(st.sampled_from(["check", "other"]), min_size=2, max_size=6))
def test_nor_do_they_in_a_journal(tmp_path_factory: pytest.TempPathFactory, order: list[str]) -> None:
    journal = Journal.open(tmp_path_factory.mktemp("journal"))
    house = House(JournalRecord(journal))
    interleave(house, order)
    sessions = [row.id for row in journal.sessions()]
    check_apart(house, {session: list(journal.events(session)) for session in sessions})
    assert [journal.committed(session) for session in sessions] == [
        VALUES[journal.state(session).flow] for session in sessions
    ]
    journal.close()


# ---- two processes -----------------------------------------------------------------------------------------


def test_a_session_that_another_process_leads_is_refused(tmp_path: Path) -> None:
    first = House(JournalRecord(Journal.open(tmp_path)), home="chat")
    first.order("start", "check")
    second = House(JournalRecord(Journal.open(tmp_path)), home="chat")
    with pytest.raises(SessionInUse):
        second.order("start", "check continue")
    assert second.state.flow == "chat"
    second.say("start the daily check")
    assert "cannot" in second.say("continue")
    assert second.say("hello") == "(the model answers: hello)"


def test_two_processes_talk_each_in_a_session_of_its_own(tmp_path: Path) -> None:
    houses = [House(JournalRecord(Journal.open(tmp_path)), home="chat") for _ in range(2)]
    for house in houses:
        assert house.say("hello") == "(the model answers: hello)"
    assert houses[0].state.id != houses[1].state.id


def test_a_home_that_is_broken_leaves_plain_talk() -> None:
    shelf = Shelf(CHECK)
    house = House(home="chat", shelf=shelf)
    assert house.say("hello") == "(the model answers: hello)"
    assert house.order("start", "check") == "Two questions."
    house.say("red size five")
    assert house.say("yes").startswith("Checked.")
    assert house.say("hello") == "(the model answers: hello)"


def test_free_talk_that_has_grown_long_begins_anew_at_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipit.fsm.session.host.LONGEST_TALK", 3)
    house = House(home="chat")
    house.order("start", "chat")
    first = house.state.id
    for words in ("hello", "how are you", "fine"):
        house.say(words)
    again = House(house.record, home="chat")
    again.order("start", "chat")
    assert again.state.id != first
    before = house.record.state(first)
    assert (before.ended, before.summary) == ("replaced", "Free conversation, 3 turns.")
