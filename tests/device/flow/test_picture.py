"""Pictures of flows: everything is in them, nothing runs over anything else, nothing breaks out of the markup."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipit.device.flow.layout import Edge, Layout, lay_out
from pipit.device.flow.picture import draw
from pipit.fsm.flow import Flow, Phase
from pipit.fsm.flow.load import load_flow, read_flow
from pipit.fsm.flow.outline import items_of, labelled_ways, title_of

SHIPPED = sorted((Path(__file__).resolve().parents[3] / "flows").glob("*.yaml"))
SVG = "{http://www.w3.org/2000/svg}"
MANY_WAYS = """\
flow: many
title: <script>alert("x")</script> & more
order: free
phases:
  - name: one
    kind: open
    say: "]]> <b>&amp;</b> --> <!--"
  - name: two
    collect: [{field: mood, type: choice, choices: [good, bad, fine, "<i>"], required: yes}]
    next:
      - {when: mood = good, to: three}
      - {when: mood = bad, to: four}
      - {when: mood = fine, to: one}
      - {when: 'mood = "<i>"', to: two}
      - {to: end}
  - {name: three, say: Three}
  - {name: four, say: Four}
"""


def _texts(svg: str) -> str:
    return "\n".join("".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 - our own


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_picture_has_every_phase_with_what_it_asks_for(path: Path) -> None:
    flow = load_flow(path)
    texts = _texts(draw(flow))
    assert flow.title in texts
    assert "the end" in texts
    for phase in flow.phases:
        assert title_of(phase) in texts
        assert phase.kind in texts
        assert all(item.name in texts for item in items_of(flow, phase))
    flat = " ".join(texts.split())
    for label in {label for _, label in labelled_ways(flow) if label}:
        assert " ".join(label.split()[:4]) in flat


def test_nothing_breaks_out_of_the_markup() -> None:
    flow = read_flow(MANY_WAYS, "many.yaml")
    svg = draw(flow)
    root = ET.fromstring(svg)  # noqa: S314 - our own
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= set(
        "svg title style defs marker path rect text tspan g circle".split()
    )
    assert '<script>alert("x")</script> & more' in _texts(svg)
    assert "]]> <b>&amp;</b> --> <!--" in " ".join(_texts(svg).split())


def test_ways_back_are_drawn_aside_with_their_words() -> None:
    flow = read_flow(MANY_WAYS, "many.yaml")
    root = ET.fromstring(draw(flow))  # noqa: S314 - our own
    back = [path for path in root.iter(f"{SVG}path") if "back" in path.get("class", "").split()]
    assert len(back) == 2
    cards = [
        float(re.findall(r"[\d.]+", g.get("transform", ""))[0])
        for g in root.iter(f"{SVG}g")
        if "card" in g.get("class", "")
    ]
    assert all(float(re.findall(r"H([\d.]+)", path.get("d", ""))[0]) > max(cards) for path in back)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_picture_is_for_light_and_dark_and_needs_nothing_else(path: Path) -> None:
    svg = draw(load_flow(path))
    assert "prefers-color-scheme:dark" in svg
    assert not re.search(r"href|url\((?!#)|https?://(?!www\.w3\.org)", svg)
    assert draw(load_flow(path)) == svg


WORDS = st.text(min_size=1, max_size=60).filter(lambda text: text.strip() != "")


@settings(max_examples=60)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6))
def test_any_words_make_a_picture(texts: list[tuple[str, str]]) -> None:
    phases = tuple(Phase(name=f"p{i}", title=title, say=say) for i, (title, say) in enumerate(texts))
    root = ET.fromstring(draw(Flow(flow="words", title=texts[0][0], phases=phases)))  # noqa: S314 - our own
    assert sum("card" in group.get("class", "").split() for group in root.iter(f"{SVG}g")) == len(texts)


# ---- layout ---------------------------------------------------------------------------------------------


@st.composite
def _graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[float, float]], list[Edge]]:
    names = [f"n{i}" for i in range(draw(st.integers(1, 9)))]
    sizes = {name: (draw(st.sampled_from([60.0, 200.0])), draw(st.sampled_from([30.0, 90.0]))) for name in names}
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=14, unique=True))
    return sizes, [Edge(*pair, *draw(st.sampled_from([(0.0, 0.0), (80.0, 30.0)]))) for pair in pairs]


@settings(max_examples=150)
@given(_graphs())
def test_nothing_lies_on_anything_else(graph: tuple[dict[str, tuple[float, float]], list[Edge]]) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    assert set(layout.chains) | set(layout.back) == set(edges)
    for layer in layout.layers:
        for one, other in combinations(layer, 2):
            assert one.right <= other.left + 0.01 or other.right <= one.left + 0.01
    assert min(box.left for layer in layout.layers for box in layer) >= -0.01
    for edge in layout.chains:
        _runs_down(layout, edge)


def _runs_down(layout: Layout, edge: Edge) -> None:
    chain = layout.chains[edge]
    assert chain[0] is layout.nodes[edge.source]
    assert chain[-1] is layout.nodes[edge.dest]
    assert [box.rank for box in chain] == list(range(chain[0].rank, chain[-1].rank + 1))
    assert all(upper.bottom < lower.y for upper, lower in pairwise(chain))


def test_branches_stand_side_by_side_and_a_chain_stands_straight() -> None:
    size = (100.0, 40.0)
    edges = [Edge("a", "b"), Edge("a", "c"), Edge("b", "d"), Edge("c", "d"), Edge("d", "e")]
    nodes = lay_out(dict.fromkeys("abcde", size), edges).nodes
    assert nodes["b"].y == nodes["c"].y
    assert nodes["a"].x == pytest.approx((nodes["b"].x + nodes["c"].x) / 2)
    assert nodes["d"].x == pytest.approx(nodes["e"].x)
