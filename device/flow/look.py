"""Colours of a flow's picture, in light and in dark."""

from __future__ import annotations

from collections.abc import Mapping

from pipit.device.svg import SANS

MARGIN = 30.0

_LIGHT = {
    "paper": "#fdfcf9",
    "edge": "#e2ded4",
    "ink": "#2a2926",
    "muted": "#6f6b63",
    "box": "#ffffff",
    "line": "#d8d3c7",
    "way": "#8d887d",
    "red": "#cf3f36",
    "checklist": "#4a80c9",
    "interview": "#8a6fd1",
    "guided": "#38966a",
    "open": "#c77a24",
}
_DARK = {
    "paper": "#1d1f23",
    "edge": "#33363c",
    "ink": "#ecebe7",
    "muted": "#a3a097",
    "box": "#282b30",
    "line": "#41454d",
    "way": "#8f8c85",
    "red": "#ef7b72",
    "checklist": "#86b3ee",
    "interview": "#b9a6f2",
    "guided": "#6fc59c",
    "open": "#f0a45e",
}
_KINDS = ("checklist", "interview", "guided", "open")


def _colours(of: Mapping[str, str]) -> str:
    """Return the rules that have a colour: no variables, which many viewers do not know."""
    kinds = "".join(
        f".{kind} .bar,.{kind} .chip{{fill:{of[kind]}}}.{kind} .kind{{fill:{of['box']}}}" for kind in _KINDS
    )
    return f"""
text{{fill:{of["ink"]}}}
.paper{{fill:{of["paper"]};stroke:{of["edge"]}}}
.box{{fill:{of["box"]};stroke:{of["line"]}}}
.small,.note,.said,.done{{fill:{of["muted"]}}}
.ground{{fill:{of["paper"]}}}
.way{{stroke:{of["way"]}}} .tip,.dot{{fill:{of["way"]}}}
.end{{fill:{of["paper"]};stroke:{of["way"]}}}
.needed{{fill:{of["red"]}}} .free{{stroke:{of["muted"]}}}
{kinds}
"""


STYLE = f"""
text{{font-family:{SANS};font-size:12.5px}}
.title{{font-size:20px;font-weight:600}} .head{{font-size:15px;font-weight:600}} .item{{font-size:12.5px}}
.small,.note{{font-size:11px}} .said{{font-size:11.5px;font-style:italic}}
.kind{{font-size:11px;font-weight:600;text-anchor:middle}} .done{{font-size:12.5px;text-anchor:middle}}
.when{{font-size:12.5px;text-anchor:middle}}
.way{{fill:none;stroke-width:1.5;marker-end:url(#tip)}} .back{{stroke-dasharray:5 4}}
.end{{stroke-width:1.5}} .free{{fill:none;stroke-width:1.3}}
{_colours(_LIGHT)}
@media (prefers-color-scheme:dark){{{_colours(_DARK)}}}
"""
