"""Where the boxes of a graph go: in layers from top to bottom, with as few crossings as a few sweeps find.

Between any two layers of boxes lies one of labels, so that words never run over each other. Edges that lead back up
are not part of the layers; they are drawn aside.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

GAP = 28.0
"""Between neighbours in a layer."""
RISE = 22.0
"""Between two layers."""
_SWEEPS = 8


@dataclass(slots=True)
class Box:
    """Something with a place: a node, a label, or a bend of an edge. ``x`` is its middle, ``y`` its top."""

    name: str
    width: float
    height: float
    rank: int = 0
    x: float = 0.0
    y: float = 0.0

    @property
    def left(self) -> float:
        """Its left side."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """Its right side."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node to another; ``width`` and ``height`` are its label's, 0 for none."""

    source: str
    dest: str
    width: float = 0.0
    height: float = 0.0


@dataclass(slots=True)
class Layout:
    """``chains`` has, for each edge that leads down, the boxes that it runs through; ``back`` are the others."""

    nodes: dict[str, Box]
    chains: dict[Edge, list[Box]] = field(default_factory=dict)
    back: list[Edge] = field(default_factory=list)
    layers: list[list[Box]] = field(default_factory=list)

    @property
    def width(self) -> float:
        """How far it reaches to the right."""
        return max(box.right for layer in self.layers for box in layer)

    @property
    def height(self) -> float:
        """How far it reaches down."""
        return max(box.bottom for box in self.nodes.values())


def lay_out(sizes: Mapping[str, tuple[float, float]], edges: Sequence[Edge]) -> Layout:
    """Place nodes, given with their sizes, the first one at the top; what nothing leads to is placed there as well."""
    layout = Layout({name: Box(name, *size) for name, size in sizes.items()})
    layout.back = _leading_back(list(sizes), edges)
    down = [edge for edge in edges if edge not in layout.back]
    _rank(layout.nodes, down)
    layout.chains = {edge: _chain(layout.nodes, edge) for edge in down}
    last = max(box.rank for box in layout.nodes.values())
    layout.layers = [[] for _ in range(last + 1)]
    for box in (*layout.nodes.values(), *(bend for chain in layout.chains.values() for bend in chain[1:-1])):
        layout.layers[box.rank].append(box)
    above, below = _neighbours(layout.chains.values())
    _order(layout.layers, above, below)
    _place_across(layout.layers, above, below)
    _place_down(layout.layers)
    return layout


def _leading_back(names: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges that close a circle when everything is walked through from the first node on."""
    leaving: dict[str, list[Edge]] = {name: [] for name in names}
    for edge in edges:
        leaving[edge.source].append(edge)
    back: list[Edge] = []
    done: set[str] = set()
    for name in names:
        path, open_ = [(name, iter(leaving[name]))] if name not in done else [], {name}
        while path:
            here, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                done.add(here)
                open_.discard(here)
            elif following.dest in open_:
                back.append(following)
            elif following.dest not in done:
                path.append((following.dest, iter(leaving[following.dest])))
                open_.add(following.dest)
    return back


def _rank(nodes: Mapping[str, Box], edges: Sequence[Edge]) -> None:
    """Put every node below all that lead to it; nodes have even ranks, labels odd ones."""
    changed = True
    while changed:
        changed = False
        for edge in edges:
            lowest = nodes[edge.source].rank + 2
            if nodes[edge.dest].rank < lowest:
                nodes[edge.dest].rank = lowest
                changed = True


def _chain(nodes: Mapping[str, Box], edge: Edge) -> list[Box]:
    source, dest = nodes[edge.source], nodes[edge.dest]
    name = f"{edge.source} to {edge.dest}"
    label = Box(name, max(edge.width, 8.0), edge.height, source.rank + 1)
    bends = [Box(name, 8.0, 0.0, rank) for rank in range(source.rank + 2, dest.rank)]
    return [source, label, *bends, dest]


Near = dict[int, list[Box]]
"""The boxes next to a box, by its ``id``: boxes change, so they are no keys."""


def _neighbours(chains: Iterable[Sequence[Box]]) -> tuple[Near, Near]:
    above: Near = {}
    below: Near = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            above.setdefault(id(lower), []).append(upper)
            below.setdefault(id(upper), []).append(lower)
    return above, below


def _order(layers: list[list[Box]], above: Near, below: Near) -> None:
    """Sort each layer by the middle of its neighbours, downwards and upwards; keep the order with fewest crossings."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers, below)
    places = {id(box): place for layer in layers for place, box in enumerate(layer)}
    for sweep in range(_SWEEPS):
        near, order = (above, layers[1:]) if sweep % 2 == 0 else (below, layers[-2::-1])
        for layer in order:
            layer.sort(key=lambda box: _middle([places[id(other)] for other in near.get(id(box), [])], places[id(box)]))
            places |= {id(box): place for place, box in enumerate(layer)}
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    layers[:] = best


def _middle(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _crossings(layers: Sequence[Sequence[Box]], below: Near) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        places = {id(box): place for place, box in enumerate(lower)}
        seen: list[int] = []
        for end in (place for box in upper for place in sorted(places[id(other)] for other in below.get(id(box), []))):
            count += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return count


def _place_across(layers: Sequence[Sequence[Box]], above: Near, below: Near) -> None:
    """Draw each box to the middle of its neighbours, as far as those beside it give way."""
    for layer in layers:
        _give_way(layer, [0.0] * len(layer))
    for sweep in range(2 * _SWEEPS + 1):
        near, order = (above, layers) if sweep % 2 == 0 else (below, layers[::-1])
        for layer in order:
            wanted = [_middle([other.x for other in near.get(id(box), [])], box.x) for box in layer]
            _give_way(layer, wanted)
    left = min(box.left for layer in layers for box in layer)
    for layer in layers:
        for box in layer:
            box.x -= left


def _give_way(layer: Sequence[Box], wanted: Sequence[float]) -> None:
    """Place a layer as near as can be to where its boxes want to be, in order and without overlaps.

    Boxes that would overlap form a group, whose place is the mean of what its members want.
    """
    offsets = [0.0]
    for one, other in pairwise(layer):
        offsets.append(offsets[-1] + (one.width + other.width) / 2 + GAP)
    groups: list[list[float]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        groups.append([want - offset])
        while len(groups) > 1 and _middle(groups[-2], 0) > _middle(groups[-1], 0):
            groups[-2:] = [groups[-2] + groups[-1]]
    starts = [_middle(group, 0) for group in groups for _ in group]
    for box, start, offset in zip(layer, starts, offsets, strict=True):
        box.x = start + offset


def _place_down(layers: Sequence[Sequence[Box]]) -> None:
    y = 0.0
    for layer in layers:
        height = max((box.height for box in layer), default=0.0)
        for box in layer:
            # a node hangs from the top of its layer, a label stands in the middle of it
            box.y = y + ((height - box.height) / 2 if box.rank % 2 else 0.0)
        y += height + RISE
