"""Every shipped flow from the first word to the export: people's recordings, real engines, a real journal."""

from __future__ import annotations

import base64
import html
import re
from pathlib import Path
from typing import Any

import pytest

from pipit.audio import WavClip
from pipit.device.flow.find import found_flows
from pipit.models import Engines

PHASES = {
    "barista": ["order"],
    "chat": ["talk"],
    "forklift-defect": ["intake", "walkround", "parts", "defects", "service", "review"],
    "forklift-fine": ["intake", "walkround", "parts", "review"],
    "forklift-hours": ["intake", "walkround", "parts", "service", "review"],
    "forklift-stopped": ["intake", "walkround", "parts", "defects", "stopped", "review"],
    "interview": ["welcome", "questions", "rating"],
    "wind-down": ["arrive", "breathe", "body", "place", "rest"],
    "wind-down-stop": ["arrive"],
}
CHECKS = [name for name in PHASES if name.startswith("forklift")]
every_scenario = pytest.mark.parametrize("name", PHASES)
every_check = pytest.mark.parametrize("name", CHECKS)


@every_scenario
def test_a_flow_goes_as_expected_from_its_first_word_to_its_last(led: Any, name: str) -> None:
    done = led(name)
    assert done.result.faults == []
    assert [event["name"] for event in done.named("phase_start")] == PHASES[name]
    heard = [turn for turn in done.result.report["turns"] if turn["transcript"] or turn["reply"]]
    assert {turn["outcome"] for turn in heard} <= {"done", "interrupted"}
    assert [event["event"] for event in done.happened].count("error") == 0


def test_every_phase_of_every_shipped_flow_is_heard(led: Any) -> None:
    reached: dict[str, set[str]] = {}
    for name in PHASES:
        flow = led(name).flow
        reached.setdefault(flow["flow"], set()).update(flow["visited"])
    from pipit.fsm.flow.load import load_flow

    shipped = {flow.name: load_flow(flow.path) for flow in found_flows() if flow.ships}
    assert reached == {name: {phase.name for phase in flow.phases} for name, flow in shipped.items()}


@every_scenario
def test_a_second_replay_gives_the_same_fields_and_events(led: Any, lead_anew: Any, name: str) -> None:
    first, second = led(name), lead_anew(name)
    assert second.flow["fields"] == first.flow["fields"]
    assert plain(second.result.events, second.flow["session"]) == plain(first.result.events, first.flow["session"])


def plain(events: list[dict[str, Any]], session: str) -> list[dict[str, Any]]:
    """Leave out the session's name: it has the time of day in it."""
    return [{key: value for key, value in event.items() if value != session} for event in events]


# ---- the record --------------------------------------------------------------------------------------------


@every_scenario
def test_the_export_has_what_was_answered_and_the_way_that_was_taken(led: Any, name: str) -> None:
    done = led(name)
    record = done.record()
    assert {field: held["value"] for field, held in record["fields"].items()} == done.flow["fields"]
    assert all(held["committed"] for held in record["fields"].values())
    assert all(held["by"] == "parser" for held in record["fields"].values())
    assert [e["name"] for e in record["events"] if e["event"] == "phase_start"] == PHASES[name]
    assert record["session"]["state"] == "ended"
    heard = [turn["transcript"] for turn in done.result.report["turns"] if turn["transcript"]]
    assert [e["said"] for e in record["events"] if e["event"] == "turn" and e["said"]] == heard


@every_check
def test_the_voice_note_can_be_played_and_holds_the_words(led: Any, engines: Engines, name: str) -> None:
    record = led(name).record()
    (note,) = record["artifacts"].values()
    clip = WavClip(Path(record["folder"]) / note["path"])
    assert clip.seconds == pytest.approx(note["seconds"], abs=0.01)
    engines.recognizer.expect(None)
    engines.recognizer.feed(clip.samples().tobytes())
    assert engines.recognizer.final() == "there is water on the floor"


@every_check
def test_the_page_has_the_voice_note_within_and_every_phase_in_order(led: Any, name: str) -> None:
    done = led(name)
    page, record = done.exported("html"), done.record()
    (sound,) = re.findall(r'<audio[^>]* src="data:audio/(?:x-)?wav;base64,([^"]+)"', page)
    (note,) = record["artifacts"].values()
    assert base64.b64decode(sound) == (Path(record["folder"]) / note["path"]).read_bytes()
    titles = ["Which truck", "The walk round", "The five parts"]
    found = [html.unescape(title) for title in re.findall(r"<h2>([^<]+)</h2>", page)]
    assert found[:3] == titles
    assert len(found) >= len(PHASES[name])
    assert f"{record['fields']['hours']['value']} h" in page


# ---- what is particular to each ----------------------------------------------------------------------------


def test_a_sentence_with_two_answers_is_read_back_one_by_one_and_put_right(led: Any) -> None:
    replies = led("forklift-defect").replies()
    assert replies[1:4] == [
        "Truck: seven. Is that right?",
        "Hours: eleven hundred hours. Is that right?",
        "Hours: twelve hundred hours. Is that right?",
    ]
    hours = [event["value"] for event in led("forklift-defect").named("field_set") if event["field"] == "hours"]
    assert hours == [1100, 1200]


def test_a_question_between_answers_is_answered_and_changes_nothing(led: Any) -> None:
    replies = led("forklift-defect").replies()
    assert "We are at the five parts, step 3 of 7. Still missing: brakes, horn, lights." in replies


def test_what_is_skipped_is_kept_as_such(led: Any) -> None:
    assert led("forklift-defect").record()["skipped"] == ["review/note"]
    assert led("forklift-hours").record()["skipped"] == ["service/handover"]


def test_an_interview_asks_further_and_knows_what_about(led: Any) -> None:
    questions = led("interview").record()["questions"]
    further = [question for question in questions if question["parent"]]
    assert further
    assert {question["parent"] for question in further} <= {"first-task", "obstacle", "liking", "change"}
    assert all(question["answer"] for question in questions)
    assert all(any(map(str.isalpha, question["text"])) for question in questions)


def test_an_evening_of_two_minutes_ends_in_two_minutes_however_long_the_pause(led: Any) -> None:
    record = led("wind-down").record()
    assert 115 < record["session"]["elapsed"] <= 120
    asked, again = (
        next(e for e in record["events"] if e["event"] == name) for name in ("session_pause", "session_resume")
    )
    assert again["at"] - asked["at"] > 30
    replies = led("wind-down").replies()
    paused = next(n for n, reply in enumerate(replies) if reply.startswith("Paused."))
    assert replies[paused + 1] == replies[paused - 1]  # the thread is taken up where it was left


def test_an_evening_can_be_stopped_in_the_middle_of_a_sentence(led: Any) -> None:
    record = led("wind-down-stop").record()
    (end,) = (event for event in record["events"] if event["event"] == "session_end")
    assert end["forced"]
    assert led("wind-down-stop").result.report["turns"][0]["outcome"] == "interrupted"


def test_free_talk_remembers_what_was_said_before(led: Any) -> None:
    prompts = [event["messages"] for event in led("chat").result.events if event["event"] == "Prompted"]
    before = [message["text"] for message in prompts[-1][:-1]]
    assert "hello my name is anna" in before
    assert prompts[-1][-1]["text"] == "what is my name"


def test_what_was_not_ordered_leaves_no_gap_in_the_order(led: Any) -> None:
    said = led("barista").replies()[-2:]
    assert "One large dark roast latte soy milk a bit of sugar, coming up." in " ".join(said)


def test_what_was_said_and_answered_is_found_again(led: Any) -> None:
    from pipit.fsm.journal import Journal

    journal = Journal.open(led("forklift-defect").journal, read_only=True)
    assert {hit.kind for hit in journal.search("right light")} >= {"field", "said"}
    journal.close()
