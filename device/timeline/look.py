"""Colours, sizes and names of the timeline: light paper of its own, so it reads on dark pages too."""

from __future__ import annotations

from dataclasses import dataclass

from pipit.device.svg import SANS

WIDTH = 1120.0
MARGIN = 28.0
GUTTER = 74.0
"""Room for the names of the lanes."""
LEFT = MARGIN + GUTTER
PLOT = WIDTH - LEFT - MARGIN

WORDS = 13.0
"""Font size of what is said."""
SMALL = 11.5
LINE = 15.0

PAPER, EDGE, INK, MUTED, GRID = "#fdfcf9", "#e2ded4", "#2a2926", "#6f6b63", "#ebe7de"
RED, AMBER = "#cf3f36", "#d99a22"

STATES = {
    "idle": "#e6e2d9",
    "listening": "#86b3ee",
    "transcribing": "#b3a1e6",
    "pending": "#f0d273",
    "thinking": "#f0a45e",
    "speaking": "#6fc59c",
    "suspended": "#d98f8a",
}
STAGES = {
    "endpoint": ("end of speech", "#86b3ee"),
    "stt_final": ("transcript", "#b3a1e6"),
    "llm_first_token": ("first token", "#f0d273"),
    "first_clause": ("first clause", "#f0a45e"),
    "tts_first_audio": ("voice", "#a5d8be"),
    "first_audio": ("first sound", "#4fae80"),
}
"""The milestones of a turn: the name of the stage that ends there, and its colour."""

STYLE = f"""
text{{font-family:{SANS};fill:{INK}}}
.h{{font-size:19px;font-weight:600}}
.b{{font-size:14px;font-weight:600}}
.w{{font-size:{WORDS}px}}
.s{{font-size:{SMALL}px;fill:{MUTED}}}
.m{{text-anchor:middle}} .e{{text-anchor:end}}
.lane{{font-size:12px;font-weight:600}}
.g{{stroke:{GRID};fill:none}}
.you{{fill:#dfebfb;stroke:#4a80c9}} .typed{{fill:#fff;stroke:#4a80c9;stroke-dasharray:4 3}}
.noise{{fill:#f1efe9;stroke:#b9b4a8}}
.pipit{{fill:#dbf1e5;stroke:#38966a}} .unheard{{fill:url(#hatch);stroke:#b4afa3;stroke-dasharray:4 3}}
.tyou,.ttyped{{fill:#16396b}} .tpipit{{fill:#0f4a31}} .tunheard,.tnoise{{fill:#77726a}}
.halo{{stroke:#f7f5f0;stroke-width:4px;stroke-linejoin:round;paint-order:stroke}}
.v{{font-size:{SMALL}px;text-anchor:middle}} .fold{{fill:#f3f0e8}} .slash{{stroke:{MUTED};fill:none}}
.held{{fill:{AMBER}}} .clip{{stroke:#b9b4a8;fill:none}} .tick{{stroke:#8fb1dd}}
.end{{stroke:#4a80c9;stroke-dasharray:2 3;fill:none}}
.cut{{stroke:{RED};stroke-width:1.6;fill:none}} .pill{{fill:{RED}}} .pt{{font-size:11.5px;font-weight:600;fill:#fff}}
.dot{{fill:#4a80c9}} .n{{font-size:9.5px;font-weight:700;fill:#fff;text-anchor:middle}}
"""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is drawn; a long conversation gets less of it, so that the file stays small."""

    row_s: float
    partials: bool
    titles: bool
    ticks: int
    """At most so many on a row's axis."""
    latencies: int
    plain: bool = False
    """Colours without words."""


DETAILS = (
    Detail(12.0, True, True, 16, 40),
    Detail(12.0, False, False, 8, 40),
    Detail(24.0, False, False, 8, 40),
    Detail(60.0, False, False, 8, 40, plain=True),
)


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where things lie within a row, from its top."""

    clips: float
    partials: float
    you: float
    pills: float
    pipit: float
    button: float
    states: float
    axis: float
    height: float


BLOCK = 50.0
PARTIAL_LINES = 2
STRIP = 13.0


def stack(partials: bool, pills: bool, button: bool) -> Lanes:
    """Stack the lanes that this conversation needs."""
    gaps = {
        "clips": 16.0,
        "partials": (PARTIAL_LINES * 12 + 13.0) if partials else 6.0,
        "you": BLOCK,
        "pills": 28.0 if pills else 10.0,
        "pipit": BLOCK + 10,
        "button": STRIP + 6 if button else 0.0,
        "states": STRIP + 4,
        "axis": 20.0,
    }
    places, y = {}, 0.0
    for lane, height in gaps.items():
        places[lane] = y
        y += height
    return Lanes(**places, height=y)
