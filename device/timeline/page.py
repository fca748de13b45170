"""Draws the page around the rows: title, legend, names of the lanes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipit.device.svg import Element, add, number, shorten, width_of
from pipit.device.timeline.look import BLOCK, LEFT, MARGIN, PLOT, SMALL, STATES, STRIP, WIDTH, WORDS, Lanes
from pipit.device.timeline.rows import clock
from pipit.device.timeline.story import Fields, Story, turns_of, words

HEAD = 106.0
"""Height of title and legend."""
ENTRY_GAP = 16.0


def draw_head(root: Element, report: Fields, story: Story) -> None:
    """Draw the title, what was replayed, and the legend."""
    _hatch(root)
    add(root, "text", "A conversation with Pipit", class_="h", x=MARGIN, y=38)
    add(root, "text", shorten(_summary(report, story), WIDTH - 2 * MARGIN, WORDS), class_="w", x=MARGIN, y=59)
    x = MARGIN
    for kind, name in _entries(story):
        _swatch(root, kind, x, 80.0)
        add(root, "text", name, class_="s", x=x + 17, y=84)
        x += 17 + width_of(name, SMALL) + ENTRY_GAP


def _summary(report: Fields, story: Story) -> str:
    turns = len(turns_of(report))
    parts = [f"{turns} turn{'' if turns == 1 else 's'}", f"{_length(story.end)} of sound"]
    engines = report.get("engines")
    if isinstance(engines, Mapping):
        parts += [words(engines[name]) for name in ("stt", "llm", "tts") if words(engines.get(name))]
    return "  ·  ".join(parts)


def _length(end: float) -> str:
    return f"{end:.1f} s" if end < 60 else clock(round(end))


def _entries(story: Story) -> Iterator[tuple[str, str]]:
    reached = {stretch.state for stretch in story.states}
    yield from ((state, state) for state in STATES if state in reached)
    if any(mark.kind == "endpoint" for mark in story.marks):
        yield "end", "end of speech noticed"
    if any(words.kind == "unheard" for words in story.replies):
        yield "unheard", "never heard"
    if any(mark.kind == "cut" for mark in story.marks):
        yield "cut", "cut short"


def _swatch(root: Element, kind: str, x: float, y: float) -> None:
    if kind in ("end", "cut"):
        add(root, "path", class_=kind, d=f"M{number(x + 6)} {number(y - 8)}v16")
    elif kind == "unheard":
        add(root, "rect", class_=kind, x=x, y=y - 6, width=13, height=12, rx=3)
    else:
        add(root, "rect", fill=STATES[kind], x=x, y=y - 6, width=12, height=12, rx=2)


def _hatch(root: Element) -> None:
    pattern = add(add(root, "defs"), "pattern", id="hatch", patternUnits="userSpaceOnUse", width=7, height=7)
    pattern.set("patternTransform", "rotate(45)")
    add(pattern, "rect", width=7, height=7, fill="#f7f5f0")
    add(pattern, "path", d="M0 0v7", stroke="#cfcabd", stroke_width=2)


def draw_row(root: Element, lanes: Lanes, top: float, story: Story) -> Element:
    """Draw the names of a row's lanes; returns the group that its contents go to."""
    middles = {"You": lanes.you + BLOCK / 2, "Pipit": lanes.pipit + BLOCK / 2}
    if story.held:
        middles["button"] = lanes.button + STRIP / 2
    if story.states:
        middles["state"] = lanes.states + STRIP / 2
    outer = add(root, "g", transform=f"translate({number(LEFT)} {number(top)})")
    for name, middle in middles.items():
        kind = "lane" if name[0].isupper() else "s"
        add(outer, "text", name, class_=kind, x=MARGIN - LEFT, y=middle + 4)
    return add(outer, "g")


def say_nothing(group: Element, lanes: Lanes) -> None:
    """Say that there was nothing."""
    add(group, "text", "Nothing was said.", class_="b m", x=PLOT / 2, y=(lanes.you + lanes.pipit + BLOCK) / 2)
