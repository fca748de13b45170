"""Draws the rows of the timeline, lane by lane."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipit.device.svg import Element, add, number, shorten, width_of, wrap
from pipit.device.timeline.look import BLOCK, LINE, PARTIAL_LINES, PLOT, SMALL, STATES, STRIP, WORDS, Detail, Lanes
from pipit.device.timeline.paper import FOLD_S, Paper
from pipit.device.timeline.story import Mark, Span, Story, Words

PILL = 18.0
INSET = 7.0
TIGHT = 70.0
"""Narrower blocks have a narrower margin."""
BESIDE = 70.0
"""So wide a word may stand beside its block."""
STUB = 10.0
"""A piece of a recording too short to draw, at a row's edge."""
TICK_STEPS = (1, 2, 5, 10, 30, 60)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every lane needs to know: the paper, the lanes and the group of each row."""

    paper: Paper
    lanes: Lanes
    detail: Detail
    groups: list[Element]

    def scale(self, length: float) -> float:
        """Return a length in pixels."""
        return length / self.paper.row_s * PLOT

    def boxes(self, span: Span) -> Iterator[tuple[Element, float, float]]:
        """Yield the pieces of a stretch: the row's group, left edge and width."""
        for row, left, right in self.paper.pieces(span.start, span.end):
            yield self.groups[row], self.scale(left), self.scale(right - left)

    def point(self, instant: float) -> tuple[Element, float]:
        """Return the row's group and the place of an instant."""
        place = self.paper.place(instant)
        row = self.paper.row_of(place)
        return self.groups[row], self.scale(place - self.paper.rows[row].start)


class Paths:
    """Gathers what looks alike in a row into one path, which keeps long conversations small."""

    def __init__(self) -> None:
        self._strokes: dict[tuple[int, str], tuple[Element, list[str]]] = {}

    def add(self, group: Element, look: str, stroke: str) -> None:
        """Add a stroke to the path of this look."""
        self._strokes.setdefault((id(group), look), (group, []))[1].append(stroke)

    def box(self, group: Element, look: str, box: tuple[float, float, float, float]) -> None:
        """Add a rectangle: left, top, width, height."""
        left, top, width, height = map(number, box)
        self.add(group, look, f"M{left} {top}h{width}v{height}H{left}z")

    def draw(self, attribute: str) -> None:
        """Append the paths; the look is the value of ``attribute``."""
        for (_, look), (group, strokes) in self._strokes.items():
            add(group, "path", d="".join(strokes), **{attribute: look})


def draw_rows(sheet: Sheet, story: Story) -> None:
    """Draw all lanes, the quiet ones first."""
    _axis(sheet)
    _states(sheet, story)
    _folds(sheet)
    for span in story.held:
        for group, x, width in sheet.boxes(span):
            add(group, "rect", class_="held", x=x, y=sheet.lanes.button, width=max(width, 2), height=STRIP, rx=3)
    _endpoints(sheet, story.marks)
    for lane, blocks in ((sheet.lanes.you, story.said), (sheet.lanes.pipit, story.replies)):
        if sheet.detail.plain:
            _plain(sheet, blocks, lane)
        else:
            _lane(sheet, blocks, lane)
    _cuts(sheet, story.marks)
    if not sheet.detail.plain:
        _clips(sheet, story)
        _badges(sheet, story.said)
    if sheet.detail.partials:
        _partials(sheet, story)


# ---- words --------------------------------------------------------------------------------------------


def _lane(sheet: Sheet, blocks: Sequence[Words], y: float) -> None:
    for place, words in enumerate(blocks):
        until = blocks[place + 1].start if place + 1 < len(blocks) else math.inf
        _block(sheet, words, y, until)


def _plain(sheet: Sheet, blocks: Sequence[Words], y: float) -> None:
    paths = Paths()
    for words in blocks:
        for group, x, width in sheet.boxes(words):
            paths.box(group, words.kind, (x, y, max(width, 0.8), BLOCK))
    paths.draw("class")


def _block(sheet: Sheet, words: Words, y: float, until: float) -> None:
    pieces = list(sheet.boxes(words))
    widest = max(pieces, key=lambda p: p[2], default=None)
    for piece in pieces:
        group, x, width = piece
        if sheet.detail.titles:
            group = add(group, "g")
            add(group, "title", _title(words))
        shown, round_ = max(width - 1, 1.5), min(6.0, width / 3)
        add(group, "rect", class_=words.kind, x=x + 0.5, y=y, width=shown, height=BLOCK, rx=round_)
        if piece is widest:
            room = sheet.scale(until - words.end) if math.isfinite(until) else PLOT
            _text(group, words, (x, y, width), min(room, PLOT - x - width))


def _title(words: Words) -> str:
    kinds = {"unheard": "never heard: ", "noise": "no turn: ", "typed": "typed: "}
    return kinds.get(words.kind, "") + (words.text or "nothing but noise")


def _text(group: Element, words: Words, box: tuple[float, float, float], beside: float) -> None:
    """Write into the block; a short word that its block is too narrow for stands beside it."""
    x, y, width = box
    inset = INSET if width > TIGHT else INSET / 2
    lines, left = wrap(words.text or words.kind, width - 2 * inset, WORDS, 3), x + inset
    if lines[:1] != [words.text] and width_of(words.text, WORDS) < min(beside - INSET, BESIDE):
        lines, left = [words.text], x + width + 4
    top = y + BLOCK / 2 - (len(lines) - 1) * LINE / 2 + WORDS * 0.36
    for place, line in enumerate(lines):
        kind = f"w t{words.kind}" + (" halo" if words.kind == "unheard" else "")
        add(group, "text", line, class_=kind, x=left, y=top + place * LINE)


def _badges(sheet: Sheet, said: Iterable[Words]) -> None:
    seen = {0}
    for words in said:
        if words.turn in seen:
            continue
        seen.add(words.turn)
        group, x = sheet.point(words.start)
        badge(group, words.turn, x + 2, sheet.lanes.you + 1)


def badge(group: Element, turn: int, x: float, y: float) -> None:
    """Draw the number of a turn."""
    text = str(turn)
    half = max(width_of(text, 9.5) / 2 + 3.5, 8)
    add(group, "rect", class_="dot", x=x - half, y=y - 8, width=2 * half, height=16, rx=8)
    add(group, "text", text, class_="n", x=x, y=y + 3.4)


def _partials(sheet: Sheet, story: Story) -> None:
    edges: dict[tuple[int, int], float] = defaultdict(lambda: -1.0)
    foot = sheet.lanes.you - 4
    for partial in story.partials:
        group, x = sheet.point(partial.at)
        add(group, "path", class_="tick", d=f"M{number(x)} {number(foot)}v-5")
        for line in range(PARTIAL_LINES):
            room = PLOT - x
            if edges[id(group), line] <= x and width_of(partial.fresh, SMALL) <= room:
                add(group, "text", partial.fresh, class_="s", x=x - 1, y=foot - 8 - 12 * line)
                edges[id(group), line] = x + width_of(partial.fresh, SMALL) + 5
                break


# ---- instants -----------------------------------------------------------------------------------------


def _endpoints(sheet: Sheet, marks: Iterable[Mark]) -> None:
    paths = Paths()
    top, length = sheet.lanes.you - 3, sheet.lanes.states - sheet.lanes.you + 3
    for mark in marks:
        if mark.kind == "endpoint":
            group, x = sheet.point(mark.at)
            paths.add(group, "end", f"M{number(x)} {number(top)}v{number(length)}")
    paths.draw("class")


def _cuts(sheet: Sheet, marks: Iterable[Mark]) -> None:
    """Say at each interruption how fast it fell silent."""
    paths = Paths()
    rows: dict[int, list[tuple[float, Mark]]] = defaultdict(list)
    top, foot = sheet.lanes.you - 3, sheet.lanes.states + STRIP
    for mark in (m for m in marks if m.kind != "endpoint"):
        place = sheet.paper.place(mark.at)
        row = sheet.paper.row_of(place)
        x = sheet.scale(place - sheet.paper.rows[row].start)
        rows[row].append((x, mark))
        paths.add(sheet.groups[row], "cut", f"M{number(x)} {number(top)}V{number(foot)}")
    paths.draw("class")
    for row, cuts in rows.items():
        _pills(sheet.groups[row], cuts, sheet.lanes.pills + 5)


def _pills(group: Element, cuts: Sequence[tuple[float, Mark]], y: float) -> None:
    """Put each label where it touches its line and no other label: first the long one, else the short one."""
    edge = 0.0
    for place, (x, mark) in enumerate(cuts):
        following = cuts[place + 1][0] if place + 1 < len(cuts) else PLOT + 2 * PILL
        for text in (mark.text, mark.short):
            width = width_of(text, 12.2) + 16
            left = max(min(x - 14, following - PILL - width), edge)
            touches = left <= x - 8 <= left + width - 16 or (left == 0.0 and x < PILL)
            if touches and left + width <= PLOT + PILL:
                add(group, "rect", class_="pill", x=left, y=y, width=width, height=PILL, rx=PILL / 2)
                add(group, "text", text, class_="pt m", x=left + width / 2, y=y + 13)
                edge = left + width + 3
                break


# ---- strips -------------------------------------------------------------------------------------------


def _states(sheet: Sheet, story: Story) -> None:
    paths = Paths()
    for stretch in story.states:
        colour = STATES.get(stretch.state, STATES["idle"])
        for group, x, width in sheet.boxes(stretch):
            paths.box(group, colour, (x, sheet.lanes.states, max(width, 0.8), STRIP))
    paths.draw("fill")


def _clips(sheet: Sheet, story: Story) -> None:
    y = sheet.lanes.clips + 12
    edges: dict[int, float] = defaultdict(float)
    for clip in story.clips:
        pieces = list(sheet.boxes(Span(clip.start_s, max(clip.end_s, clip.start_s))))
        widest = max(pieces, key=lambda p: p[2], default=None)
        named = next((p for p in pieces if p[2] >= width_of(clip.name, SMALL)), widest)
        for piece in pieces:
            group, x, width = piece
            if piece is not widest and width < STUB:
                continue
            add(group, "path", class_="clip", d=f"M{number(x)} {number(y + 4)}v-4h{number(width)}v4")
            name = shorten(clip.name, min(max(width, 60), PLOT - x), SMALL) if piece is named else ""
            if name and x >= edges[id(group)]:
                add(group, "text", name, class_="s", x=x, y=y - 4)
                edges[id(group)] = x + width_of(name, SMALL) + 6


def _axis(sheet: Sheet) -> None:
    step = next(
        (s for s in TICK_STEPS if sheet.paper.row_s / s <= sheet.detail.ticks), math.ceil(sheet.paper.row_s / 10)
    )
    y, top = sheet.lanes.axis, sheet.lanes.you - 3
    lines: dict[int, list[str]] = defaultdict(list)
    for shown in sheet.paper.shown:
        for tick in range(math.ceil(shown.start / step), math.floor(shown.end / step) + 1):
            group, x = sheet.point(tick * step)
            lines[id(group)].append(f"M{number(x)} {number(top)}V{number(y + 4)}")
            add(group, "text", clock(tick * step), class_="s m", x=x, y=y + 16)
    for group in sheet.groups:
        if lines[id(group)]:
            group.insert(0, Element("path", {"class": "g", "d": "".join(lines[id(group)])}))


def clock(instant: int) -> str:
    """Return an instant as on a watch; under a minute in seconds."""
    minutes, rest = divmod(instant, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}" if minutes else f"{rest} s"


def _folds(sheet: Sheet) -> None:
    """A band with two slashes where silence was folded away, and how much of it."""
    y, top, width = sheet.lanes.states, sheet.lanes.you - 3, sheet.scale(FOLD_S)
    for fold in sheet.paper.folds:
        row = sheet.paper.row_of(fold.paper + FOLD_S / 2)
        group, x = sheet.groups[row], sheet.scale(fold.paper - sheet.paper.rows[row].start)
        add(group, "rect", class_="fold", x=x, y=top, width=width, height=y + STRIP - top)
        for shift in (-5, 1):
            slash = f"M{number(x + width / 2 + shift)} {number(y + STRIP + 3)}l5 {number(-STRIP - 6)}"
            add(group, "path", class_="slash", d=slash)
        for line, text in enumerate((_lasted(fold.lasted), "idle")):
            add(group, "text", text, class_="s m", x=x + width / 2, y=sheet.lanes.pills + 4 + 13 * line)


def _lasted(length: float) -> str:
    return f"{length:.0f} s" if length < 100 else clock(round(length))
