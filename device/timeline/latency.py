"""Draws where the time went between a person's last word and the first sound of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10

from pipit.device.svg import Element, add, number, shorten, width_of
from pipit.device.timeline.look import LEFT, MARGIN, SMALL, STAGES, WIDTH, WORDS
from pipit.device.timeline.rows import badge
from pipit.device.timeline.story import Fields, milliseconds, seconds, turns_of, words

NAMES = 250.0
"""Room for a turn's words."""
TOTALS = 130.0
BAR_LEFT = LEFT - 40 + NAMES
BARS = WIDTH - MARGIN - TOTALS - BAR_LEFT
ROW = 24.0
HEAD = 64.0
FOOT = 26.0


@dataclass(frozen=True, slots=True)
class Wait:
    """One turn's stages, each the milliseconds since the last word at which it ended."""

    turn: int
    said: str
    outcome: str
    stages: Sequence[tuple[str, float]]

    @property
    def total(self) -> float:
        """How long it took to the last milestone reached."""
        return self.stages[-1][1] if self.stages else 0.0


def waits_of(report: Fields, numbers: Mapping[str, int]) -> list[Wait]:
    """Return the turns whose latency is known."""
    waits = []
    for turn in turns_of(report):
        stages = list(_stages(turn.get("latency_ms")))
        if stages:
            number_ = numbers.get(words(turn.get("turn_id")), 0)
            waits.append(Wait(number_, words(turn.get("transcript")), words(turn.get("outcome")), stages))
    return waits


def _stages(latency: object) -> Iterator[tuple[str, float]]:
    floor_ = 0.0
    for name in STAGES:
        ms = seconds(latency.get(name)) if isinstance(latency, Mapping) else None
        if ms is not None:
            floor_ = max(floor_, ms)
            yield name, floor_


def height_of(waits: Sequence[Wait], most: int) -> float:
    """Return the room that the panel needs; none without latencies."""
    if not waits:
        return 0.0
    return HEAD + ROW * min(len(waits), most) + FOOT + (ROW if len(waits) > most else 0)


def draw_latency(root: Element, waits: Sequence[Wait], top: float, most: int) -> None:
    """Draw the panel: one bar a turn, stacked by stage."""
    if not waits:
        return
    group = add(root, "g", transform=f"translate(0 {number(top)})")
    add(group, "text", "After the last word", class_="b", x=MARGIN, y=14)
    said = "How long until the answer sounds, and where that time goes; times in milliseconds."
    add(group, "text", said, class_="s", x=MARGIN, y=31)
    _legend(group)
    shown = waits[:most]
    longest = max(1.0, *(wait.total for wait in shown))  # a scale of less than a millisecond says nothing
    _scale(group, longest, HEAD + ROW * len(shown))
    for place, wait in enumerate(shown):
        _bar(group, wait, HEAD + ROW * place, longest)
    if len(waits) > most:
        rest = f"and {len(waits) - most} more turns, in report.json"
        add(group, "text", rest, class_="s", x=BAR_LEFT, y=HEAD + ROW * len(shown) + FOOT + 6)


def _legend(group: Element) -> None:
    x = WIDTH - MARGIN - sum(width_of(name, SMALL) + 26 for name, _ in STAGES.values()) + 12
    for name, colour in STAGES.values():
        add(group, "rect", x=x, y=5, width=10, height=10, rx=2, fill=colour)
        add(group, "text", name, class_="s", x=x + 14, y=14)
        x += width_of(name, SMALL) + 26


def _scale(group: Element, longest: float, foot: float) -> None:
    step = _step(longest)
    for tick in range(int(longest / step) + 1):
        x = BAR_LEFT + BARS * tick * step / longest
        add(group, "path", class_="g", d=f"M{number(x)} {number(HEAD - 8)}V{number(foot)}")
        add(group, "text", f"{tick * step:g}", class_="s m", x=x, y=foot + 14)


def _step(longest: float) -> float:
    size = 10.0 ** (ceil(log10(longest)) - 1)
    return float(next(s for s in (size / 5, size / 2, size, size * 2) if longest / s <= 8))


def _bar(group: Element, wait: Wait, y: float, longest: float) -> None:
    if wait.turn:
        badge(group, wait.turn, MARGIN + 8, y + 7)
    said = shorten(wait.said or "(no words)", NAMES - 22, WORDS)
    add(group, "text", said, class_="w", x=MARGIN + 24, y=y + 11.5)
    before = 0.0
    for name, ms in wait.stages:
        x, width = BAR_LEFT + BARS * before / longest, BARS * (ms - before) / longest
        piece = add(group, "rect", x=x, y=y, width=width, height=14, fill=STAGES[name][1])
        add(piece, "title", f"{STAGES[name][0]}: {milliseconds(ms - before)}, at {milliseconds(ms)}")
        label = f"{ms - before:.0f}"
        if width_of(label, SMALL) + 6 < width:
            add(group, "text", label, class_="v", x=x + width / 2, y=y + 10.8)
        before = ms
    end = milliseconds(wait.total) + ("" if wait.outcome in ("done", "") else f", {wait.outcome}")
    add(group, "text", end, class_="w", x=BAR_LEFT + BARS * before / longest + 7, y=y + 11.5)
