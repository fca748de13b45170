"""The harness: turns, joins, noise, interruptions, faults and loss, driven by recordings through the whole loop."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipit.audio import WavClip, write_wav
from pipit.device.config import Settings
from pipit.device.replay import Scenario, from_wavs, read_scenario
from pipit.device.settings import Listen, Reply
from pipit.errors import BadAudio, BadInput, EngineError
from pipit.models.scripted import Script, scripted_engines

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = ROOT / "tests" / "recordings"
TIMER = ROOT / "device" / "demo" / "set_a_timer_for_ten_minutes.wav"
PAUSE = RECORDINGS / "set_a_timer_pause_for_ten_minutes.wav"
STORY = "Once there was a small bird. It lived in a tall tree, near a blue lake. Every day it sang a song."


def scenario(*steps: dict[str, Any], **more: Any) -> Scenario:
    return Scenario.model_validate({"scenario": "test", "steps": steps, **more})


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def outcomes(report: dict[str, Any]) -> list[str]:
    return [turn["outcome"] for turn in report["turns"]]


# ---- real engines ------------------------------------------------------------------------------------------


def test_speech_that_pauses_is_one_turn(run: Any) -> None:
    short = Settings(listen={"silence_ms": 300, "hold_off_ms": 400})  # type: ignore[arg-type]
    result = run(from_wavs([PAUSE], open_mic=None), settings=short)
    assert [turn["transcript"] for turn in result.report["turns"]] == ["set a timer for ten minutes"]
    assert names(result.events).count("SpeechStarted") == 2
    assert names(result.events).count("Prompted") == 1


def test_in_real_time_too(run: Any) -> None:
    result = run(from_wavs([TIMER], open_mic=None), realtime=True)
    turn = result.report["turns"][0]
    assert (turn["transcript"], turn["outcome"]) == ("set a timer for ten minutes", "done")
    # silence and hold-off are most of the wait; a loaded machine may need three times as long
    assert turn["latency_ms"]["endpoint"] <= turn["latency_ms"]["first_audio"] < 4 * turn["latency_ms"]["endpoint"]


def test_push_to_talk_and_open_microphone_hear_the_same(run: Any) -> None:
    open_mic, pushed = (run(from_wavs([TIMER], open_mic=mode), str(mode)) for mode in (True, False))
    assert open_mic.report["turns"][0]["reply"] == pushed.report["turns"][0]["reply"]
    assert "ButtonDown" in names(pushed.events)
    assert "ButtonDown" not in names(open_mic.events)


def test_typed_and_spoken_get_the_same_answer(run: Any) -> None:
    typed = run(scenario({"text": "set a timer for ten minutes"}), "typed").report["turns"][0]
    spoken = run(from_wavs([TIMER], open_mic=None), "spoken").report["turns"][0]
    assert typed["reply"] == spoken["reply"]
    assert typed["speech_s"] is None


# ---- scripted engines: timing and failure ------------------------------------------------------------------


def scripted(**script: Any) -> Any:
    return scripted_engines(Script(**script))


def test_fillers_are_no_turn_for_the_model(run: Any) -> None:
    result = run(from_wavs([TIMER], open_mic=None), engines=scripted(transcripts=("um uh",)))
    assert outcomes(result.report) == ["empty"]
    assert "Prompted" not in names(result.events)


def test_a_press_before_any_sound_joins_the_words(run: Any) -> None:
    steps = ({"hold": TIMER}, {"hold": TIMER, "when": "now", "after_s": 0.0})
    engines = scripted(transcripts=("my name is", "anna"), replies=("Hello Anna.",))
    result = run(scenario(*steps, open_mic=False), engines=engines)
    last = [event for event in result.events if event["event"] == "Prompted"][-1]
    assert last["messages"][-1]["text"].endswith("anna")
    assert sum(m["text"].count("my name is") for m in last["messages"]) == 1


def test_an_interrupted_reply_is_cut_where_it_was_heard(run: Any) -> None:
    steps = ({"hold": TIMER}, {"hold": TIMER, "when": "speaking", "after_s": 2.0})
    engines = scripted(transcripts=("tell me a story", "stop"), replies=(STORY, "Okay."))
    report = run(scenario(*steps, open_mic=False), engines=engines).report
    cut = report["turns"][0]
    assert outcomes(report) == ["interrupted", "done"]
    assert STORY.startswith(cut["heard"])
    assert 0 < len(cut["heard"]) < len(STORY)
    assert cut["playback_s"][1] - cut["playback_s"][0] == pytest.approx(2.0, abs=0.05)


def test_cancel_by_word_of_the_scenario(run: Any) -> None:
    steps = ({"text": "tell me a story"}, {"cancel": True, "when": "speaking", "after_s": 1.0})
    report = run(scenario(*steps), engines=scripted(replies=(STORY,))).report
    assert outcomes(report) == ["interrupted"]


def test_a_second_send_starts_no_second_turn(run: Any) -> None:
    steps = ({"text": "tell me a story"}, {"text": "and another", "when": "speaking", "after_s": 0.5})
    result = run(scenario(*steps), engines=scripted(replies=(STORY,)))
    assert outcomes(result.report) == ["done"]
    assert [e["of"] for e in result.events if e["event"] == "Ignored"] == ["TextTyped"]


@pytest.mark.parametrize(("part", "says"), [("model", "Sorry"), ("voice", ""), ("recognizer", "")])
def test_a_part_that_fails_ends_its_turn_and_nothing_else(run: Any, part: str, says: str) -> None:
    broken = {part: {1: EngineError("engine-broke", "it broke")}}
    steps = ({"hold": TIMER}, {"hold": TIMER})
    surely = Settings(listen=Listen(bet_ms=0))  # an answer that is thought ahead may fail for free
    told = {"engines": scripted(failures=broken, replies=("Fine.",)), "settings": surely}
    result = run(scenario(*steps, open_mic=False), **told)
    first, second = result.report["turns"]
    assert (first["outcome"], first["error"]) == ("failed", "engine-broke")
    assert first["reply"].startswith(says)
    assert second["outcome"] == "done"


def test_a_model_that_says_nothing_apologises(run: Any) -> None:
    report = run(scenario({"text": "hello"}), engines=scripted(replies=("",))).report
    assert (report["turns"][0]["outcome"], report["turns"][0]["error"]) == ("failed", "empty-reply")
    assert report["turns"][0]["audio"]


@pytest.mark.parametrize("when", ["now", "speaking"])
def test_a_microphone_may_go_and_come_back(run: Any, when: str) -> None:
    steps = (
        {"play": TIMER} if when == "now" else {"text": "tell me a story"},
        {"unplug": True, "when": when, "after_s": 0.2, **({"at_s": 1.2} if when == "now" else {})},
        {"plug": True, "when": "now", "after_s": 0.5},
        {"play": TIMER},
    )
    result = run(scenario(*steps), engines=scripted(replies=(STORY,), transcripts=("hello",)))
    assert names(result.events).count("MicLost") == 1
    assert names(result.events).count("MicBack") == 1
    assert outcomes(result.report)[-1] == "done"


GONE = {"unplug": True, "when": "speaking", "after_s": 0.7}
BACK = {"plug": True, "when": "now", "after_s": 0.5}
FIRST = {"hold": {"hold": TIMER}, "speech": {"play": TIMER}, "answer": {"text": "tell me a story"}}


@pytest.mark.parametrize("phase", FIRST)
def test_a_microphone_that_goes_at_any_moment_comes_back_and_the_turn_goes_on(run: Any, phase: str) -> None:
    before, states = set(threading.enumerate()), set()
    for n in range(20):
        gone = {"when": "speaking", "after_s": 0.2 * n} if phase == "answer" else {"at_s": 0.55 + 0.12 * n}
        back = {"plug": True, "when": "now", "after_s": 0.3}
        steps = (FIRST[phase], {"unplug": True, **gone}, back, {"text": "and now"})
        engines = scripted(replies=(STORY, "Good."), transcripts=("hello",))
        result = run(scenario(*steps, open_mic=phase != "hold"), f"{phase}-{n}", engines=engines)
        said = "tell me a story" if phase == "answer" else "hello"
        turns = [(t["transcript"], t["outcome"], t["heard"]) for t in result.report["turns"]]
        assert turns == [(said, "done", STORY), ("and now", "done", "Good.")], n
        moves = [(e["source"], e["dest"]) for e in result.events if e["event"] == "StateChanged"]
        (left,) = [source for source, dest in moves if dest == "suspended"]
        assert ("suspended", left) in moves
        states.add(left)
    assert set(threading.enumerate()) == before
    assert states >= {"hold": {"listening"}, "speech": {"listening", "pending"}, "answer": {"speaking"}}[phase]


def test_a_reply_sounds_as_if_there_had_been_no_gap(run: Any) -> None:
    spoken = []
    for name, gap in (("whole", ()), ("gap", (GONE, BACK))):
        result = run(scenario({"text": "hi"}, *gap), name, engines=scripted(replies=(STORY,)))
        spoken.append(WavClip(result.folder / "turn-001.wav").samples())
    whole, gap = spoken
    assert np.array_equal(whole, gap)


def test_who_hangs_up_while_the_microphone_is_gone_gets_no_answer(run: Any) -> None:
    steps = ({"text": "hi"}, GONE, {"cancel": True, "when": "now"}, BACK, {"text": "hello"})
    result = run(scenario(*steps), engines=scripted(replies=(STORY, "Hello.")))
    assert outcomes(result.report) == ["interrupted", "done"]
    assert result.report["turns"][0]["heard"] != STORY


def test_a_turn_is_bounded(run: Any) -> None:
    settings = Settings(listen={"longest_s": 1.0})  # type: ignore[arg-type]
    result = run(scenario({"hold": TIMER}, {"text": "hi"}, open_mic=False), settings=settings, engines=scripted())
    assert [(t["outcome"], t["error"]) for t in result.report["turns"]] == [
        ("failed", "utterance-too-long"),
        ("done", None),
    ]


def test_memory_drops_the_oldest_whole_and_never_the_system_prompt(run: Any) -> None:
    steps = [{"text": f"this is remark number {n} about the weather"} for n in range(12)]
    engines = scripted(replies=("Yes, it is like that today.",), context_tokens=100)
    settings = Settings(reply=Reply(tokens=20))
    result = run(scenario(*steps), engines=engines, settings=settings)
    prompts = [event for event in result.events if event["event"] == "Prompted"]
    assert prompts[-1]["dropped"] > 0
    for prompt in prompts:
        roles = [m["role"] for m in prompt["messages"]]
        assert roles[0] == "system"
        assert roles[1:] == ["user", "assistant"] * (len(roles) // 2 - 1) + ["user"]
        assert engines.model.count([]) <= 80


def test_no_thread_is_left_behind(run: Any) -> None:
    before = set(threading.enumerate())
    run(scenario({"text": "hello"}), engines=scripted())
    assert set(threading.enumerate()) == before


def test_what_is_said_as_it_stands_is_heard_and_not_remembered(run: Any) -> None:
    steps = ({"say": "Good morning. The kettle is on."}, {"text": "hello"}, {"say": "…"})
    result = run(scenario(*steps), engines=scripted(replies=("Hello.",)))
    said, answered = result.report["turns"]
    assert (said["outcome"], said["heard"], said["transcript"]) == ("done", "Good morning. The kettle is on.", "")
    assert said["audio"]
    assert answered["reply"] == "Hello."
    prompts = [event for event in result.events if event["event"] == "Prompted"]
    assert [[m["role"] for m in p["messages"]] for p in prompts] == [["system", "user"]]
    assert [e["of"] for e in result.events if e["event"] == "Ignored"] == ["Say"]


def test_what_is_said_as_it_stands_can_be_interrupted(run: Any) -> None:
    steps = ({"say": STORY}, {"cancel": True, "when": "speaking", "after_s": 1.5})
    said = run(scenario(*steps), engines=scripted()).report["turns"][0]
    assert said["outcome"] == "interrupted"
    assert STORY.startswith(said["heard"])
    assert said["heard"] != STORY


def test_the_clock_of_a_scenario_is_told(run: Any) -> None:
    told = scenario({"text": "should i go to bed already"}, clock="2026-05-03T15:42:00")
    result = run(told, engines=scripted())
    system = next(e for e in result.events if e["event"] == "Prompted")["messages"][0]["text"]
    assert "three forty two in the afternoon" in system


# ---- scenarios ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("scenario: x\nsteps: [{pley: a.wav}]", r"steps\.1\.pley.*did you mean 'play'"),
        ("scenario: x\nsteps: []", "steps"),
        ("scenario: x\nsteps: [{}]", "just one of"),
        ("scenario: x\nsteps: [{press: true, release: true}]", "just one of"),
        ("scenario: x\nsteps: [{text: hi, when: later}]", "when"),
        ("a: [", r":\d+:\d+"),
        ("- just a list", "no scenario"),
        ("", "no scenario"),
    ],
)
def test_a_wrong_scenario_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "talk.yaml"
    path.write_text(text)
    with pytest.raises(BadInput) as caught:
        read_scenario(path)
    line = str(caught.value)
    assert "\n" not in line
    assert str(path) in line
    assert re.search(says, line), line


def test_expectations_that_are_not_met_are_told(run: Any) -> None:
    expect = {
        "turns": [{"transcript": "hello", "outcome": "done", "reply_has": ["moon"], "heard_is_part": True}],
        "events": ["TurnEnded", "TurnStarted"],
        "latency": [{"stage": "first_audio", "of": "first_clause", "at_most": 0.0001}],
    }
    result = run(scenario({"hold": TIMER}, open_mic=False, expect=expect), engines=scripted(transcripts=("hi",)))
    told = "\n".join(result.faults)
    for what in ("transcript is 'hi'", "no 'moon'", "no proper prefix", "event TurnStarted", "first_audio"):
        assert what in told


def test_a_step_that_never_comes_is_told(run: Any) -> None:
    stuck = scenario({"press": True, "when": "speaking"}, patience_s=1.0)
    with pytest.raises(BadInput, match="waited 1 s"):
        run(stuck, engines=scripted())


def test_broken_recordings_are_told_before_the_first_word(run: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound here")
    with pytest.raises(BadAudio, match=r"bad\.wav"):
        run(from_wavs([TIMER, bad], open_mic=None), engines=scripted())
    assert not (tmp_path / "out").exists()


def test_a_recording_without_speech_is_an_empty_turn(run: Any, tmp_path: Path) -> None:
    import numpy as np

    write_wav(tmp_path / "nothing.wav", np.zeros(16_000, np.int16), 16_000)
    report = run(from_wavs([tmp_path / "nothing.wav", TIMER], open_mic=None), engines=scripted()).report
    assert [(t["source"], t["outcome"]) for t in report["turns"]] == [("nothing.wav", "empty"), (TIMER.name, "done")]
