"""A flow as a picture: its phases from top to bottom, branches side by side, ways back aside; for light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipit.device.flow.card import LINE, WIDTH, Card, card_of, draw_card, draw_mark
from pipit.device.flow.layout import Box, Edge, Layout, lay_out
from pipit.device.flow.look import MARGIN, STYLE
from pipit.device.svg import Element, add, document, shorten, width_of, wrap, write
from pipit.fsm.flow.course import END
from pipit.fsm.flow.outline import labelled_ways
from pipit.fsm.flow.schema import Flow

_TITLE = 74.0
"""Room for the title."""
_LEGEND = 46.0
_NARROWEST = 480.0
"""So that the title has room."""
_DOT = 14.0
_LABEL = 190.0
"""The widest line of a label."""
_LABEL_STEP = 15.0
_END_SIZE = (92.0, 30.0)
_CHANNEL = 26.0
"""Between two ways back."""
_BEGIN = "\n"
"""The node before the first phase; no phase is called so."""


@dataclass(frozen=True, slots=True)
class Way:
    """An edge with its words in lines."""

    edge: Edge
    words: tuple[str, ...] = ()


def draw(flow: Flow) -> str:
    """Return the picture as SVG."""
    cards = {phase.name: card_of(flow, phase) for phase in flow.phases}
    ways = _ways(flow)
    sizes = {_BEGIN: (_DOT, _DOT)} | {name: (WIDTH, card.height) for name, card in cards.items()}
    if any(way.edge.dest == END for way in ways):
        sizes[END] = _END_SIZE
    layout = lay_out(sizes, [way.edge for way in ways])
    channels = _channels(layout, ways)
    right = channels[-1][1] + channels[-1][0].edge.width if channels else layout.width
    root = _page(flow, max(right, _NARROWEST) + 2 * MARGIN, layout.height + _TITLE + _LEGEND + MARGIN)
    shift = MARGIN + max(_NARROWEST - right, 0.0) / 2
    body = add(root, "g", transform=f"translate({shift:.1f} {_TITLE:.1f})")
    _draw_ways(body, layout, ways)
    _draw_back(body, layout, channels)
    _draw_nodes(body, layout, cards)
    if any(item.required is not None for card in cards.values() for item in card.items):
        _draw_legend(root, layout.height + _TITLE + _LEGEND)
    return write(root)


def _draw_nodes(body: Element, layout: Layout, cards: Mapping[str, Card]) -> None:
    first = layout.nodes[_BEGIN]
    add(body, "circle", class_="dot", cx=first.x, cy=first.y + _DOT / 2, r=_DOT / 2)
    for name, card in cards.items():
        draw_card(body, card, layout.nodes[name].left, layout.nodes[name].y)
    if END in layout.nodes:
        _draw_end(body, layout.nodes[END])


def _ways(flow: Flow) -> list[Way]:
    """Return the edges; several that lead from one phase to the same one share their words."""
    words: dict[tuple[str, str], list[str]] = {(_BEGIN, flow.phases[0].name): []}
    for way, label in labelled_ways(flow):
        words.setdefault((way.source, way.to), []).extend([label] if label else [])
    return [_way(source, dest, labels) for (source, dest), labels in words.items()]


def _way(source: str, dest: str, labels: Sequence[str]) -> Way:
    lines = wrap(", or ".join(labels), _LABEL, LINE, 5) if labels else []
    width = max((width_of(line, LINE) for line in lines), default=0.0)
    return Way(Edge(source, dest, width + 12 if lines else 0.0, _LABEL_STEP * len(lines)), tuple(lines))


def _channels(layout: Layout, ways: Sequence[Way]) -> list[tuple[Way, float]]:
    """Return where the ways back run, right of everything, each with room for its words; short ones inside."""
    nodes, channels, x = layout.nodes, [], layout.width
    back = [way for way in ways if way.edge in layout.back]
    for way in sorted(back, key=lambda way: nodes[way.edge.source].rank - nodes[way.edge.dest].rank):
        x += _CHANNEL
        channels.append((way, x))
        x += way.edge.width
    return channels


def _page(flow: Flow, width: float, height: float) -> Element:
    root = document(width, height, f"The flow {flow.title}", STYLE)
    tip = add(add(root, "defs"), "marker", id="tip", viewBox="0 0 8 8", refX=7, refY=4, markerWidth=7, markerHeight=7)
    tip.set("orient", "auto")
    add(tip, "path", class_="tip", d="M0 0L8 4L0 8z")
    add(root, "rect", class_="paper", x=0.5, y=0.5, width=width - 1, height=height - 1, rx=14)
    add(root, "text", shorten(flow.title, width - 2 * MARGIN, 20), class_="title", x=MARGIN, y=38)
    facts = [flow.flow, f"{flow.order} order", *([f"{flow.minutes:g} minutes"] if flow.minutes else [])]
    add(root, "text", " · ".join(facts), class_="small", x=MARGIN, y=57)
    return root


# ---- ways -----------------------------------------------------------------------------------------------


def _draw_ways(body: Element, layout: Layout, ways: Sequence[Way]) -> None:
    for way in ways:
        if way.edge in layout.chains:
            add(body, "path", class_="way", d=_down(layout.chains[way.edge]))
    for way in ways:
        if way.words and way.edge in layout.chains:
            label = layout.chains[way.edge][1]
            _draw_words(body, way.words, label.x, label.y)


def _draw_back(body: Element, layout: Layout, channels: Sequence[tuple[Way, float]]) -> None:
    routes = [(way, x, *_aside(layout, way.edge, x, number)) for number, (way, x) in enumerate(channels)]
    for _, _, path, _ in routes:
        add(body, "path", class_="way back", d=path)
    for way, x, _, y in routes:
        _draw_words(body, way.words, x + 6 + way.edge.width / 2, y - way.edge.height / 2)


def _down(chain: Sequence[Box]) -> str:
    """Return a path through boxes: straight through each, in a curve between two."""
    steps = [f"M{chain[0].x:.1f} {chain[0].bottom:.1f}"]
    for upper, lower in pairwise(chain):
        last = lower is chain[-1]
        start, end = upper.bottom, lower.y - (2 if last else 0)
        middle = (start + end) / 2
        steps.append(f"C{upper.x:.1f} {middle:.1f} {lower.x:.1f} {middle:.1f} {lower.x:.1f} {end:.1f}")
        if not last:
            steps.append(f"V{lower.bottom:.1f}")
    return "".join(steps)


def _aside(layout: Layout, edge: Edge, x: float, number: int) -> tuple[str, float]:
    """Return the path of a way back through its channel at ``x``, and the height of its middle."""
    source, dest = layout.nodes[edge.source], layout.nodes[edge.dest]
    inwards = 6 * (3 - number % 4)  # an outer way leaves and comes in outside the inner ones
    low, high = source.bottom - 8 - inwards, dest.y + 8 + inwards
    turn = max(min(10.0, (low - high) / 2), 0.0)
    path = (
        f"M{source.right:.1f} {low:.1f}H{x - turn:.1f}Q{x:.1f} {low:.1f} {x:.1f} {low - turn:.1f}"
        f"V{high + turn:.1f}Q{x:.1f} {high:.1f} {x - turn:.1f} {high:.1f}H{dest.right + 2:.1f}"
    )
    return path, (low + high) / 2


def _draw_words(body: Element, words: Sequence[str], x: float, top: float) -> None:
    width = max((width_of(line, LINE) for line in words), default=0.0)
    if words:
        add(body, "rect", class_="ground", x=x - width / 2, y=top, width=width, height=_LABEL_STEP * len(words), rx=4)
    for number, line in enumerate(words):
        add(body, "text", line, class_="when", x=x, y=top + _LABEL_STEP * (number + 1) - 4)


# ---- the rest -------------------------------------------------------------------------------------------


def _draw_end(body: Element, box: Box) -> None:
    add(body, "rect", class_="end", x=box.left, y=box.y, width=box.width, height=box.height, rx=box.height / 2)
    add(body, "text", "the end", class_="done", x=box.x, y=box.y + 19.5)


def _draw_legend(root: Element, y: float) -> None:
    group = add(root, "g", transform=f"translate({MARGIN:.1f} {y:.1f})")
    x = 4.0
    for words, required in (("required", True), ("optional", False)):
        draw_mark(group, x, -4, required=required)
        add(group, "text", words, class_="small", x=x + 10, y=0)
        x += width_of(words, 11) + 34
