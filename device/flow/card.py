"""The box of one phase: its name, its kind, what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipit.device.svg import Element, add, shorten, width_of, wrap
from pipit.fsm.flow.outline import Item, items_of, title_of
from pipit.fsm.flow.schema import Flow, Phase

WIDTH = 268.0
PAD = 14.0
HEAD, LINE, SMALL = 15.0, 12.5, 11.0
"""Font sizes."""
STEP = 19.0
_TOP, _TOP_WITHOUT_NAME = 46.0, 34.0
_MOST_ITEMS = 12
_DOT = 3.6


@dataclass(frozen=True, slots=True)
class Card:
    """What stands in a box, measured."""

    phase: Phase
    said: tuple[str, ...]
    items: tuple[Item, ...]
    more: int

    @property
    def height(self) -> float:
        """How high the box is."""
        rows = len(self.items) + (1 if self.more else 0)
        body = len(self.said) * 16 + (6 if self.said and rows else 0) + rows * STEP
        return self.top + (body + 10 if body else 0)

    @property
    def top(self) -> float:
        """Where what stands below the head begins."""
        return _TOP_WITHOUT_NAME if self.phase.name == title_of(self.phase) else _TOP


def card_of(flow: Flow, phase: Phase) -> Card:
    """Measure the box of a phase."""
    items = items_of(flow, phase)
    said = wrap(f"“{phase.say}”", WIDTH - 2 * PAD, SMALL + 0.5, 2) if phase.say else []
    return Card(phase, tuple(said), items[:_MOST_ITEMS], len(items[_MOST_ITEMS:]))


def draw_card(parent: Element, card: Card, left: float, top: float) -> None:
    """Draw the box with its upper left corner at a place."""
    phase = card.phase
    group = add(parent, "g", class_=f"card {phase.kind}", transform=f"translate({left:.1f} {top:.1f})")
    add(group, "title", phase.goal or title_of(phase))
    add(group, "rect", class_="box", width=WIDTH, height=card.height, rx=11)
    add(group, "rect", class_="bar", x=0, y=12, width=4, height=card.height - 24, rx=2)
    kind = width_of(phase.kind, SMALL) + 16
    add(group, "text", shorten(title_of(phase), WIDTH - 2 * PAD - kind - 8, HEAD), class_="head", x=PAD, y=23)
    if phase.name != title_of(phase):
        add(group, "text", shorten(phase.name, WIDTH - 2 * PAD - kind - 8, SMALL), class_="small", x=PAD, y=38)
    add(group, "rect", class_="chip", x=WIDTH - PAD - kind + 4, y=9, width=kind, height=19, rx=9.5)
    add(group, "text", phase.kind, class_="kind", x=WIDTH - PAD - kind / 2 + 4, y=22.5)
    y = card.top + 8
    for line in card.said:
        add(group, "text", line, class_="said", x=PAD, y=y)
        y += 16
    _draw_items(group, card, y + (6 if card.said else 0) + 2)


def _draw_items(group: Element, card: Card, y: float) -> None:
    for item, place in zip(card.items, _places(y), strict=False):
        _draw_item(group, item, place)
    if card.more:
        add(group, "text", f"and {card.more} more", class_="note", x=PAD + 14, y=y + len(card.items) * STEP)


def _places(y: float) -> Iterator[float]:
    while True:
        yield y
        y += STEP


def _draw_item(group: Element, item: Item, y: float) -> None:
    room = WIDTH - 2 * PAD - 14
    if item.required is not None:
        draw_mark(group, PAD + _DOT, y - 4, required=item.required)
    name = shorten(item.name, room * 0.62, LINE)
    line = add(group, "text", "", class_="item", x=PAD + (14 if item.required is not None else 0), y=y)
    add(line, "tspan", name)
    note = shorten(item.note, room - width_of(name, LINE) - 10, SMALL)
    if note:
        add(line, "tspan", note, class_="note", dx=8)


def draw_mark(group: Element, x: float, y: float, *, required: bool) -> None:
    """Draw the mark of what is required, or of what is not."""
    add(group, "circle", class_="needed" if required else "free", cx=x, cy=y, r=_DOT)
