"""A picture of a conversation: who spoke when, what was said and heard, what the machine did, how long it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipit.device.svg import add, document, write
from pipit.device.timeline.latency import Wait, draw_latency, height_of, waits_of
from pipit.device.timeline.look import DETAILS, EDGE, MARGIN, PAPER, STYLE, WIDTH, Detail, stack
from pipit.device.timeline.page import HEAD, draw_head, draw_row, say_nothing
from pipit.device.timeline.paper import lay_out
from pipit.device.timeline.replies import replies_of
from pipit.device.timeline.rows import Sheet, draw_rows
from pipit.device.timeline.story import (
    ClipSpan,
    Fields,
    Story,
    at,
    held_spans,
    marks_of,
    number_turns,
    partials_of,
    said_by_you,
    states_of,
    taken,
)

__all__ = ["ClipSpan", "draw_timeline"]

LARGEST = 950_000
"""Bytes of a picture; a longer conversation is drawn in less detail."""
BETWEEN_ROWS = 18.0


def draw_timeline(report: Mapping[str, Any], events: Sequence[Mapping[str, Any]], clips: Sequence[ClipSpan]) -> str:
    """Return the picture of a replayed conversation as an SVG document.

    ``report`` is what report.json holds, ``events`` the lines of events.jsonl, ``clips`` when each recording was
    played into the microphone.
    """
    numbers = number_turns(report, events)
    story, waits = tell(report, events, clips, numbers), waits_of(report, numbers)
    picture = ""
    for detail in DETAILS:
        picture = _draw(report, story, waits, detail)
        if len(picture.encode()) <= LARGEST:
            break
    return picture


def tell(report: Fields, events: Sequence[Fields], clips: Sequence[ClipSpan], numbers: Mapping[str, int]) -> Story:
    """Gather all there is to draw."""
    done = [event for event in events if taken(event)]
    said = said_by_you(report, done, numbers)
    replies = replies_of(report, done, numbers)
    blocks = [*said, *replies]
    end = max([0.0, *(at(e) for e in events), *(b.end for b in blocks), *(c.end_s for c in clips)])
    states, marks = states_of(done, end), marks_of(report, done)
    held = held_spans(events, end)
    return Story(clips, said, partials_of(done), replies, held, states, marks, end)


def _draw(report: Fields, story: Story, waits: Sequence[Wait], detail: Detail) -> str:
    paper = lay_out(story, detail.row_s)
    pills = any(mark.kind != "endpoint" for mark in story.marks)
    lanes = stack(detail.partials and bool(story.partials), pills, bool(story.held))
    rows = len(paper.rows) * (lanes.height + BETWEEN_ROWS)
    height = HEAD + rows + height_of(waits, detail.latencies) + MARGIN / 2
    root = document(WIDTH, height, "Timeline of a conversation with Pipit", STYLE)
    add(root, "rect", x=0.5, y=0.5, width=WIDTH - 1, height=height - 1, rx=12, fill=PAPER, stroke=EDGE)
    draw_head(root, report, story)
    pitch = lanes.height + BETWEEN_ROWS
    groups = [draw_row(root, lanes, HEAD + i * pitch, story) for i in range(len(paper.rows))]
    draw_rows(Sheet(paper, lanes, detail, groups), story)
    if not (story.said or story.replies):
        say_nothing(groups[0], lanes)
    draw_latency(root, waits, HEAD + len(groups) * pitch, detail.latencies)
    return write(root)
