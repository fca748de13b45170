"""What there is to show of a conversation, read from its events and its report.

All times are seconds of audio. What does not belong together, or is missing, is left out: a picture is drawn of
what is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipit.audio.frames import RATE
from pipit.fsm.transcript import clean

Fields = Mapping[str, Any]

TYPED_S = 1.0
"""A typed turn takes no time; so wide is its block."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of audio time."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ClipSpan:
    """When a recording was played into the microphone, in seconds of audio."""

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Words(Span):
    """Something said. ``kind`` is ``you``, ``noise`` or ``typed``; ``pipit`` or ``unheard``."""

    text: str
    kind: str
    turn: int
    """Number of the turn, from 1; 0 when it is unknown."""


@dataclass(frozen=True, slots=True)
class Partial:
    """The recogniser's words so far; ``fresh`` is what they have more than before."""

    at: float
    fresh: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant. ``kind`` is ``endpoint``, ``cut`` (the reply was cut short) or ``failed``."""

    at: float
    kind: str
    text: str
    short: str
    """The same where there is little room."""


@dataclass(frozen=True, slots=True)
class Stretch(Span):
    """The machine in one state."""

    state: str


@dataclass(frozen=True, slots=True)
class Story:
    """All of it, each list in order of time."""

    clips: Sequence[ClipSpan]
    said: Sequence[Words]
    partials: Sequence[Partial]
    replies: Sequence[Words]
    held: Sequence[Span]
    states: Sequence[Stretch]
    marks: Sequence[Mark]
    end: float


def seconds(value: object) -> float | None:
    """Return a time that can be drawn, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and 0 <= value < 1e7 else None


def at(event: Fields) -> float:
    """Return an event's time."""
    return seconds(event.get("at")) or 0.0


def words(value: object) -> str:
    """Return a text, or none."""
    return value if isinstance(value, str) else ""


def span(value: object) -> Span | None:
    """Return a pair of times as a stretch."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        return None
    start, end = seconds(value[0]), seconds(value[1])
    return None if start is None or end is None or end < start else Span(start, end)


def turns_of(report: Fields) -> list[Fields]:
    """Return the report's turns."""
    turns = report.get("turns")
    return [t for t in turns if isinstance(t, Mapping)] if isinstance(turns, Sequence) else []


def named(events: Iterable[Fields], *names: str) -> Iterator[Fields]:
    """Return the events of these names."""
    return (event for event in events if event.get("event") in names)


def taken(event: Fields) -> bool:
    """Tell whether an event did something, rather than being noted as not valid in its state."""
    return event.get("event") != "Ignored"


def number_turns(report: Fields, events: Sequence[Fields]) -> dict[str, int]:
    """Number the turns from 1, in the report's order, then those that only the events know."""
    ids = [words(t.get("turn_id")) for t in turns_of(report)]
    ids += [words(e.get("turn")) for e in named(events, "TurnStarted")]
    return {turn: count for count, turn in enumerate(dict.fromkeys(filter(None, ids)), 1)}


# ---- the person ---------------------------------------------------------------------------------------


def said_by_you(report: Fields, events: Sequence[Fields], numbers: Mapping[str, int]) -> list[Words]:
    """Return what was said into the microphone, or typed."""
    empty = {t.get("turn_id") for t in turns_of(report) if t.get("outcome") == "empty"}
    groups: dict[tuple[str, str], list[Fields]] = {}
    names = ("SpeechStarted", "PartialTranscript", "Endpoint", "TooLong", "FinalTranscript")
    for event in named(events, *names):
        groups.setdefault((words(event.get("session")), str(event.get("utterance"))), []).append(event)
    blocks = [b for group in groups.values() if (b := _utterance(group, numbers, empty)) is not None]
    for event in named(events, "TextTyped"):
        number = numbers.get(words(event.get("turn")), 0)
        blocks.append(Words(at(event), at(event) + TYPED_S, words(event.get("text")), "typed", number))
    return sorted(blocks, key=lambda b: b.start)


def _utterance(group: Sequence[Fields], numbers: Mapping[str, int], empty: set[Any]) -> Words | None:
    start, end, text, turn = at(group[0]), at(group[-1]), "", ""
    for event in group:
        turn = words(event.get("turn")) or turn
        text = words(event.get("text")) if "text" in event else text
        first, last = seconds(event.get("start")), seconds(event.get("end"))
        start = start if first is None else first / RATE
        end = end if last is None else last / RATE
    text = clean(text)
    if end - start < 0.02 and not text:
        return None
    kind = "noise" if turn in empty or not text else "you"
    return Words(start, max(end, start + 0.1), text, kind, numbers.get(turn, 0))


def partials_of(events: Sequence[Fields]) -> list[Partial]:
    """Return how the transcripts grew."""
    found: list[Partial] = []
    before: dict[str, str] = {}
    for event in named(events, "PartialTranscript"):
        key, text = str(event.get("utterance")), clean(words(event.get("text")))
        fresh = _fresh(before.get(key, "").split(), text.split())
        before[key] = text
        if fresh:
            found.append(Partial(at(event), fresh, text))
    return sorted(found, key=lambda p: p.at)


def _fresh(old: Sequence[str], new: Sequence[str]) -> str:
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    return " ".join(new[same:])


def held_spans(events: Sequence[Fields], end: float) -> list[Span]:
    """Return when the button was down; one that never came up is down to the end."""
    spans: list[Span] = []
    down: float | None = None
    for event in events:
        name = event.get("of") if event.get("event") == "Ignored" else event.get("event")
        if name == "ButtonDown" and down is None:
            down = at(event)
        elif name == "ButtonUp" and down is not None:
            spans.append(Span(down, max(at(event), down)))
            down = None
    return spans if down is None else [*spans, Span(down, max(end, down))]


# ---- the machine --------------------------------------------------------------------------------------


def states_of(events: Sequence[Fields], end: float) -> list[Stretch]:
    """Return what the machine did, without a gap; nothing when the events do not say."""
    moves = list(named(events, "StateChanged"))
    if not moves:
        return []
    stretches, since, state = [], 0.0, words(moves[0].get("source"))
    for move in moves:
        now = max(at(move), since)
        if now > since:
            stretches.append(Stretch(since, now, state))
        since, state = now, words(move.get("dest"))
    return [*stretches, Stretch(since, max(end, since), state)]


def marks_of(report: Fields, events: Sequence[Fields]) -> list[Mark]:
    """Return endpoints, interruptions and failures."""
    silent = {t.get("turn_id"): seconds(t.get("barge_in_ms")) for t in turns_of(report)}
    marks = [Mark(at(e), "endpoint", "end of speech noticed", "") for e in named(events, "Endpoint")]
    cause: Fields = {}
    for event in events:
        if event.get("event") in ("ButtonDown", "SpeechStarted", "Cancel"):
            cause = event
        if event.get("event") == "TurnEnded" and (mark := _ending(event, cause, silent)) is not None:
            marks.append(mark)
    return sorted(marks, key=lambda m: m.at)


def _ending(event: Fields, cause: Fields, silent: Mapping[Any, float | None]) -> Mark | None:
    record = event.get("record")
    outcome = record.get("outcome") if isinstance(record, Mapping) else None
    if isinstance(record, Mapping) and outcome == "failed":
        return Mark(at(event), "failed", f"failed: {words(record.get('error')) or 'unknown'}", "failed")
    if outcome != "interrupted":
        return None
    did = {"ButtonDown": "pressed", "SpeechStarted": "interrupted", "Cancel": "cancelled"}
    how, ms = did.get(words(cause.get("event")), "stopped"), silent.get(event.get("turn"))
    if ms is None:
        return Mark(at(event), "cut", how, how)
    return Mark(at(event), "cut", f"{how}: silent after {milliseconds(ms)}", milliseconds(ms))


def milliseconds(ms: float) -> str:
    """Return a latency as a person reads it."""
    if ms >= 10_000:
        return f"{ms / 1000:.1f} s"
    return f"{ms:.0f} ms" if ms >= 10 or ms == int(ms) else f"{ms:.1f} ms"
