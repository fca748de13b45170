"""The timeline, drawn from conversations made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from pipit.device.svg import shorten, width_of, wrap
from pipit.device.timeline import ClipSpan, draw_timeline
from pipit.fsm.machine import State
from pipit.fsm.turn import MILESTONES

SVG = "{http://www.w3.org/2000/svg}"
STORY = ["Once upon a time a small bird ", "lived by a wide river. ", "It sang. ", "The end."]


@dataclass
class Made:
    """A conversation made by hand; every turn says when it ended."""

    events: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    clips: list[ClipSpan] = field(default_factory=list)

    def add(self, name: str, at: float, turn: str = "", **fields: Any) -> None:
        self.events.append({"event": name, "session": "s", "turn": turn, "at": round(at, 3), **fields})

    def hear(self, start: float, said: str, turn: str) -> float:
        count, end = len(self.turns) + 1, start + len(said) / 15
        self.clips.append(ClipSpan(said.replace(" ", "_") + ".wav", start - 0.3, end + 0.8))
        self.add("TurnStarted", start + 0.2, turn)
        self.add("StateChanged", start + 0.2, turn, source="idle", dest="listening")
        self.add("SpeechStarted", start + 0.2, turn, utterance=count, start=round(start * 16_000))
        words = said.split()
        for n in range(len(words)):
            self.add("PartialTranscript", start + 0.3 * (n + 1), turn, utterance=count, text=" ".join(words[: n + 1]))
        bounds = {"start": round(start * 16_000), "end": round(end * 16_000)}
        self.add("Endpoint", end + 0.3, turn, utterance=count, **bounds)
        self.add("FinalTranscript", end + 0.3, turn, utterance=count, text=said)
        return end

    def turn(self, start: float, said: str, clauses: list[str], pressed_after: float | None = None) -> float:
        turn = f"s-{len(self.turns) + 1:03d}"
        end = self.hear(start, said, turn)
        for n, (source, dest) in enumerate([("listening", "thinking"), ("thinking", "speaking")]):
            self.add("StateChanged", end + 0.4 + n / 10, turn, source=source, dest=dest)
        first = now = end + 0.7
        for n, text in enumerate(clauses):
            self.add("Clause", first, turn, index=n, text=text)
        self.add("PlaybackStarted", first, turn)
        for n, text in enumerate(clauses):
            now += len(text) / 14
            if pressed_after is None or now < first + pressed_after:
                self.add("ClauseSpoken", now, turn, index=n)
        reply = "".join(clauses)
        last = now if pressed_after is None else first + pressed_after
        outcome = "done" if pressed_after is None else "interrupted"
        heard = reply if pressed_after is None else reply[: round(pressed_after * 14)].rsplit(" ", 1)[0]
        if pressed_after is not None:
            self.add("ButtonDown", last, turn)
            self.add("ButtonUp", last + 0.5)
        self.add("TurnEnded", last, turn, record={"outcome": outcome, "heard": heard, "reply": reply})
        self.add("StateChanged", last, turn, source="speaking", dest="idle")
        latency = {name: 300 + 50 * n for n, name in enumerate(MILESTONES)}
        self.turns.append(
            {"turn_id": turn, "transcript": said, "reply": reply, "heard": heard, "outcome": outcome}
            | {"span_s": [start, end], "playback_s": [first, last], "latency_ms": latency}
            | {"barge_in_ms": None if pressed_after is None else 11.8}
        )
        return last

    def draw(self) -> str:
        engines = {"stt": "ears", "llm": "a <mind>", "tts": "voice"}
        return draw_timeline({"version": 1, "engines": engines, "turns": self.turns}, self.events, self.clips)


def parsed(picture: str) -> ET.Element:
    root = ET.fromstring(picture)  # noqa: S314 - our own
    assert root.tag == f"{SVG}svg"
    return root


def texts(picture: str, kind: str = "") -> Iterator[str]:
    for element in parsed(picture).iter(f"{SVG}text"):
        if kind in element.get("class", "").split() or not kind:
            yield element.text or ""


def shapes(picture: str, kind: str) -> list[ET.Element]:
    return [e for e in parsed(picture).iter() if e.get("class") == kind]


def interrupted() -> str:
    made = Made()
    end = made.turn(1.0, "tell me a story", STORY, pressed_after=3.0)
    made.turn(end + 0.3, "what is my name", ["Your name is Anna."])
    return made.draw()


def test_says_what_was_said_and_answered() -> None:
    made = Made()
    made.turn(1.0, "turn on the living room lamp", ["The living room lamp is on."])
    picture = made.draw()
    assert " ".join(texts(picture, "tyou")) == "turn on the living room lamp"
    assert " ".join(texts(picture, "tpipit")) == "The living room lamp is on."
    assert shapes(picture, "unheard") == []
    assert shapes(picture, "cut") == []


def test_is_alone_and_harmless() -> None:
    picture = interrupted()
    root = parsed(picture)
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        *("svg", "title", "style", "defs", "pattern", "g", "rect", "path", "text")
    }
    assert "href" not in picture
    assert "@import" not in picture
    assert "url(" not in picture.replace("url(#hatch)", "")


def test_a_reply_cut_short_shows_what_nobody_heard() -> None:
    picture = interrupted()
    unheard = [e for e in parsed(picture).iter(f"{SVG}g") if any(r.get("class") == "unheard" for r in e)]
    assert len(unheard) == 1
    title = unheard[0].findtext(f"{SVG}title", "")
    assert title.startswith("never heard: ")
    heard = "Once upon a time a small bird lived by a"
    assert f"{heard} {title.removeprefix('never heard: ')}" == "".join(STORY)
    assert "hatch" in {e.get("id") for e in parsed(picture).iter(f"{SVG}pattern")}


def test_a_press_says_how_fast_it_fell_silent() -> None:
    assert "pressed: silent after 12 ms" in texts(interrupted())
    assert len(shapes(interrupted(), "held")) == 1


def test_partials_grow_above_the_words() -> None:
    small = list(texts(interrupted(), "s"))
    at = small.index("tell")
    assert small[at : at + 4] == ["tell", "me", "a", "story"]


def test_every_turn_has_its_latencies() -> None:
    titles = [t.text or "" for t in parsed(interrupted()).iter(f"{SVG}title")]
    assert titles.count("end of speech: 300 ms, at 300 ms") == 2
    assert titles.count("first sound: 50 ms, at 550 ms") == 2


def test_names_are_escaped() -> None:
    made = Made()
    made.turn(1.0, "a <b> & 'c' \x00\ud800", ["</svg><script>alert(1)</script>"])
    made.clips[0] = ClipSpan('<a href="x">&amp;\x07', 0.5, 9.0)
    picture = made.draw()
    assert '<a href="x">&amp;\ufffd' in texts(picture)
    assert "<script" not in picture
    picture.encode()


def test_silence_is_folded_away() -> None:
    made = Made()
    end = made.turn(1.0, "hello", ["Hello."])
    made.turn(end + 600, "hello again", ["Hello again."])
    picture = made.draw()
    assert "idle" in texts(picture, "m")
    assert float(parsed(picture).get("height", "")) < 800


def test_an_hour_is_a_small_file() -> None:
    made, now, count = Made(), 1.0, 0
    while now < 3600:
        count += 1
        now = made.turn(now + 0.5, "tell me a story", STORY, pressed_after=3.0 if count % 3 == 0 else None)
    picture = made.draw()
    assert len(picture.encode()) < 1_000_000
    assert str(len(made.turns)) in texts(picture, "n")


def test_an_hour_of_short_turns_is_a_small_file() -> None:
    made, now = Made(), 1.0
    while now < 3600:
        now = made.turn(now + 0.2, "yes", ["Yes. ", "Oh. ", "No."], pressed_after=0.5)
    assert len(made.draw().encode()) < 1_000_000


def test_nothing_was_said() -> None:
    for report in ({}, {"version": 1, "turns": [], "engines": {}}):
        picture = draw_timeline(report, [], [])
        assert "Nothing was said." in texts(picture)
    assert "Nothing was said." in texts(draw_timeline({}, [], [ClipSpan("noise.wav", 0.0, 30.0)]))


def test_same_input_same_picture() -> None:
    assert interrupted() == interrupted()


def test_ignored_events_change_nothing() -> None:
    made = Made()
    made.turn(1.0, "hello", ["Hello."])
    before = made.draw()
    ignored = {"event": "Ignored", "session": "s", "turn": "", "at": 1.5, "of": "Endpoint", "state": "idle"}
    made.events.insert(3, ignored)
    assert made.draw() == before


def test_a_button_is_held_until_it_comes_up_even_when_that_changes_nothing() -> None:
    made = Made()
    made.turn(1.0, "hello", ["Hello."])
    made.add("Ignored", 1.2, of="ButtonDown", state="listening")
    made.add("Ignored", 1.7, of="ButtonUp", state="idle")
    made.clips.append(ClipSpan("later.wav", 3.0, 30.0))
    bars = shapes(made.draw(), "held")
    assert len(bars) == 1
    assert float(bars[0].get("width", "")) < 100


def test_a_wait_of_next_to_nothing_is_drawn() -> None:
    turns = [{"turn_id": "s-001", "latency_ms": {"endpoint": 5e-324}}]
    assert parsed(draw_timeline({"turns": turns}, [], [])) is not None


def test_text_is_fitted_before_it_is_drawn() -> None:
    text = "the quick brown fox jumps over the lazy dog"
    assert wrap(text, 1000, 12, 3) == [text]
    lines = wrap(text, 90, 12, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(width_of(line, 12) <= 90 for line in lines)
    assert shorten("hello", 3, 12) == ""
    assert wrap(text, 2, 12, 3) == []


anything = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)
text = st.text(max_size=40)
time = st.floats(0, 4000) | st.floats() | st.integers(-5, 10**12)
few = st.integers(0, 3)
turn = st.sampled_from(["", "s-001", "s-002", "s-003"])
state = st.sampled_from([s.value for s in State]) | text
record = st.fixed_dictionaries(
    {"outcome": st.sampled_from(["done", "interrupted", "empty", "failed"]), "heard": text, "reply": text},
    optional={"error": text},
)
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "SpeechStarted": {"utterance": few, "start": time},
    "PartialTranscript": {"utterance": few, "text": text},
    "Endpoint": {"utterance": few, "start": time, "end": time},
    "FinalTranscript": {"utterance": few, "text": text},
    "TooLong": {"utterance": few, "start": time, "end": time},
    "Clause": {"index": few, "text": text},
    "ClauseSpoken": {"index": few},
    "StateChanged": {"source": state, "dest": state},
    "TurnEnded": {"record": record},
    "Ignored": {"of": st.sampled_from(["ButtonDown", "ButtonUp", "Cancel"]), "state": state},
    "Failed": {"part": text, "code": text, "message": text},
    "TextTyped": {"text": text},
    **{name: {} for name in ("TurnStarted", "ButtonDown", "ButtonUp", "Cancel", "PlaybackStarted", "PlaybackDone")},
}
events = st.one_of(
    *(
        st.fixed_dictionaries({"event": st.just(name), "session": st.just("s"), "turn": turn, "at": time, **fields})
        for name, fields in FIELDS.items()
    )
)
turns = st.fixed_dictionaries(
    {"turn_id": turn},
    optional={
        "transcript": text,
        "reply": text,
        "heard": text,
        "outcome": st.sampled_from(["done", "interrupted", "empty", "failed"]),
        "span_s": anything | st.lists(time, max_size=3),
        "playback_s": anything | st.lists(time, max_size=3),
        "latency_ms": anything | st.dictionaries(st.sampled_from(MILESTONES), time | st.none()),
        "barge_in_ms": time | st.none(),
    },
)
clips = st.builds(ClipSpan, text, st.floats(0, 4000), st.floats(0, 4000))


@settings(max_examples=60)
@given(st.lists(turns, max_size=4), st.lists(events, max_size=30), st.lists(clips, max_size=4))
def test_whatever_happened_is_a_picture(
    turns: list[dict[str, Any]], events: list[dict[str, Any]], clips: list[ClipSpan]
) -> None:
    picture = draw_timeline({"turns": turns}, events, clips)
    parsed(picture)
    assert "nan" not in json.dumps([e.attrib for e in parsed(picture).iter() if "title" not in e.tag]).lower()
    assert len(picture.encode()) < 1_000_000
