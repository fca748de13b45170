"""Draws the pictures of the docs from the code, so that they cannot tell anything else than it does.

python tools/pictures.py                                   writes docs/pictures/turn-machine.* and README's diagram
python tools/pictures.py --check                           exits 1 naming what is stale
python tools/pictures.py --timeline out/demo/timeline.svg  also takes over a timeline
"""

import argparse
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pipit.device.svg import SANS, Element, add, document, number, width_of, write
from pipit.device.timeline.look import EDGE, INK, MUTED, PAPER, RED, STATES
from pipit.fsm.machine import ACTIVE, TABLE, Row, State

ROOT = Path(__file__).resolve().parent.parent
PICTURES = Path("docs/pictures")
BEGIN, END = "<!-- turn machine -->", "<!-- /turn machine -->"
TURN = "turn"
"""Stands for every state of a turn, where all of them leave on the same trigger to the same state."""


@dataclass(frozen=True)
class Arrow:
    """Everything that leads from one state to another."""

    source: str
    dest: str
    triggers: tuple[str, ...]
    interrupts: bool = False

    @property
    def label(self) -> str:
        return " / ".join(self.triggers)


def arrows(table: Sequence[Row] = TABLE) -> list[Arrow]:
    """Merge the table's rows by source and destination, in the table's order."""
    merged: dict[tuple[str, str], list[Row]] = {}
    for row in table:
        for source, dest in ends(row):
            merged.setdefault((source, dest), []).append(row)
    return [
        Arrow(*ends_, tuple(dict.fromkeys(r.trigger for r in rows)), any(r.action == "barge_in" for r in rows))
        for ends_, rows in merged.items()
    ]


def ends(row: Row) -> Iterator[tuple[str, str]]:
    sources = [source.value for source in row.sources]
    if row.dest and set(ACTIVE) <= set(row.sources):
        sources = [s.value for s in row.sources if s not in ACTIVE] + [TURN]
    dest = TURN if row.returns and row.dest in ACTIVE else row.dest.value if row.dest else ""
    for source in sources:
        yield source, dest or source


# ---- Mermaid ------------------------------------------------------------------------------------------


def mermaid(table: Sequence[Row] = TABLE) -> str:
    """Return the turn machine as a Mermaid diagram, flat, as its layout of nested states is poor."""
    order = [*(state.value for state in State), TURN]
    found = sorted(arrows(table), key=lambda arrow: order.index(arrow.source))
    lines = ["stateDiagram-v2", "    direction LR", f'    state "any state of a turn" as {TURN}', "    [*] --> idle"]
    lines += [f"    {arrow.source} --> {arrow.dest}: {arrow.label}" for arrow in found]
    return "\n".join(lines) + "\n"


def readme(text: str, diagram: str) -> str:
    """Return README with the diagram between its markers; unchanged when it has none."""
    block = f"{BEGIN}\n```mermaid\n{diagram}```\n{END}"
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: block, text, flags=re.DOTALL)


# ---- SVG ----------------------------------------------------------------------------------------------

WIDTH, HEIGHT, LINE = 1180, 500, 262
BOX_W, BOX_H = 108, 44
PLACES = {
    "suspended": (92, 96),
    "idle": (92, LINE),
    "listening": (346, LINE),
    "transcribing": (534, LINE),
    "pending": (722, LINE),
    "thinking": (880, LINE),
    "speaking": (1070, LINE),
}
GROUP = (256, 34, WIDTH - 256 - 22, 296)
STYLE = f"""
text{{font-family:{SANS};font-size:12px;fill:{INK};text-anchor:middle}}
.s{{font-size:14px;font-weight:600}} .t{{fill:{MUTED};font-weight:600;text-anchor:start}}
.a{{fill:none;stroke:{MUTED};stroke-width:1.4;marker-end:url(#tip)}}
.i{{fill:none;stroke:{RED};stroke-width:1.4;marker-end:url(#red)}}
.l{{stroke:{PAPER};stroke-width:6px;stroke-linejoin:round;paint-order:stroke}} .li{{fill:{RED}}}
.group{{fill:#f7f5ef;stroke:{EDGE};stroke-width:1.5}}
"""
Point = tuple[float, float]


@dataclass(frozen=True)
class Route:
    """How an arrow runs, and where its words stand."""

    path: str
    words: Point


def over(source: str, dest: str, height: float, out: float, into: float) -> Route:
    """Return an arc above the line of states, or below it when ``height`` is negative."""
    side = 1 if height > 0 else -1
    x1, x2, y = PLACES[source][0] + out, PLACES[dest][0] + into, LINE - side * BOX_H / 2
    return Route(
        f"M{x1} {y}C{x1} {y - height} {x2} {y - height} {x2} {y - 2 * side}", ((x1 + x2) / 2, y - 0.75 * height + 4)
    )


def along(source: str, dest: str) -> Route:
    """Return a straight arrow to the state on the right."""
    x1, x2 = PLACES[source][0] + BOX_W / 2, PLACES[dest][0] - BOX_W / 2 - 2
    return Route(f"M{x1} {LINE}H{x2}", ((x1 + x2) / 2, LINE - 8))


def routes() -> dict[tuple[str, str], Route]:
    """Return the way of every arrow; made by hand, so that none runs over another's words."""
    straight = ("listening", "transcribing", "pending", "thinking", "speaking")
    return {
        **{ends_: along(*ends_) for ends_ in pairwise(straight)},
        ("transcribing", "listening"): over("transcribing", "listening", 56, 0, 40),
        ("pending", "listening"): over("pending", "listening", 114, 0, 18),
        ("thinking", "listening"): over("thinking", "listening", 172, 0, -6),
        ("speaking", "listening"): over("speaking", "listening", 244, -20, -30),
        ("transcribing", "idle"): over("transcribing", "idle", -110, 0, 38),
        ("idle", "thinking"): over("idle", "thinking", -174, 10, 0),
        ("thinking", "idle"): over("thinking", "idle", -142, -22, 24),
        ("idle", "speaking"): over("idle", "speaking", -226, -6, -16),
        ("speaking", "idle"): over("speaking", "idle", -270, 14, -24),
        **upright_routes(),
    }


def upright_routes() -> dict[tuple[str, str], Route]:
    """Return the ways at the left, and the one from speaking to itself."""
    (x, _), (_, away) = PLACES["idle"], PLACES["suspended"]
    right, low, top, edge = x + BOX_W / 2, away + BOX_H / 2, LINE - BOX_H / 2, GROUP[0]
    loop, listening = PLACES["speaking"][0] + 10, PLACES["listening"][0] - BOX_W / 2 - 2
    brow = f"M{x - 18} {away - 22}C{x - 18} {away - 70} {x + 18} {away - 70} {x + 18} {away - 24}"
    mind = PLACES["thinking"][0] + 14
    thought = f"M{mind} {top}C{mind} {top - 44} {mind + 32} {top - 44} {mind + 32} {top - 2}"
    arch = f"M{loop} {top}C{loop} {top - 54} {loop + 36} {top - 54} {loop + 36} {top - 2}"
    return {
        ("idle", "listening"): Route(f"M{right} {LINE - 8}H{listening}", (200, LINE - 15)),
        ("turn", "idle"): Route(f"M{edge} {LINE + 12}H{right + 2}", (200, LINE + 28)),
        ("turn", "suspended"): Route(f"M{edge} {away - 10}H{right + 2}", (200, away - 18)),
        ("suspended", "turn"): Route(f"M{right} {away + 10}H{edge - 2}", (200, away + 26)),
        ("suspended", "suspended"): Route(brow, (x, away - 64)),
        ("idle", "suspended"): Route(f"M{x - 18} {top}V{low + 2}", (x - 34, (top + low) / 2 + 4)),
        ("suspended", "idle"): Route(f"M{x + 18} {low}V{top - 2}", (x + 36, (top + low) / 2 + 4)),
        ("speaking", "speaking"): Route(arch, (loop + 12, top - 48)),
        ("thinking", "thinking"): Route(thought, (PLACES["thinking"][0] + 32, top - 40)),
    }


def machine_svg(table: Sequence[Row] = TABLE) -> str:
    """Return the turn machine as a picture."""
    root = document(WIDTH, HEIGHT, "The turn machine: what leads from one state to the next", STYLE)
    defs = add(root, "defs")
    for name, colour in (("tip", MUTED), ("red", RED)):
        tip = add(defs, "marker", id=name, viewBox="0 0 8 8", refX=7, refY=4, markerWidth=7, markerHeight=7)
        tip.set("orient", "auto")
        add(tip, "path", d="M0 0L8 4L0 8z", fill=colour)
    add(root, "rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=12, fill=PAPER, stroke=EDGE)
    x, y, width, height = GROUP
    add(root, "rect", class_="group", x=x, y=y, width=width, height=height, rx=14)
    add(root, "text", "a turn", class_="t", x=x + 16, y=y + 24)
    draw_arrows(root, arrows(table))
    for state in State:
        draw_state(root, state.value)
    return write(root)


def draw_arrows(root: Element, found: Sequence[Arrow]) -> None:
    ways = routes()
    missing = [f"{a.source} -> {a.dest}" for a in found if (a.source, a.dest) not in ways]
    if missing:
        raise SystemExit(f"tools/pictures.py has no route for {', '.join(missing)}: add it in routes()")
    for arrow in found:
        way = ways[arrow.source, arrow.dest]
        add(root, "path", class_="i" if arrow.interrupts else "a", d=way.path)
    for arrow in found:
        way = ways[arrow.source, arrow.dest]
        lines = folded(arrow)
        top = way.words[1] - 14 * (len(lines) - 1)
        for line, text in enumerate(lines):
            kind = "l li" if arrow.interrupts else "l"
            add(root, "text", text, class_=kind, x=way.words[0], y=top + 14 * line)


def folded(arrow: Arrow) -> list[str]:
    """Return the words in lines that fit between two neighbours."""
    room = 90 if abs(PLACES.get(arrow.source, (0, 0))[0] - PLACES.get(arrow.dest, (0, 0))[0]) < 260 else 999
    lines = [arrow.triggers[0]]
    for trigger in arrow.triggers[1:]:
        if width_of(f"{lines[-1]} / {trigger}", 12) <= room:
            lines[-1] += f" / {trigger}"
        else:
            lines[-1] += " /"
            lines.append(trigger)
    return [f"{arrow.label}: barge-in"] if arrow.interrupts else lines


def draw_state(root: Element, name: str) -> None:
    x, y = PLACES[name]
    box = {"x": number(x - BOX_W / 2), "y": number(y - BOX_H / 2), "rx": "10"}
    add(root, "rect", width=BOX_W, height=BOX_H, fill=STATES[name], **box)
    add(root, "text", name, class_="s", x=x, y=y + 5)


# ---- files --------------------------------------------------------------------------------------------


def pictures(root: Path) -> dict[Path, str]:
    """Return what the files should hold."""
    wanted = {PICTURES / "turn-machine.mmd": mermaid(), PICTURES / "turn-machine.svg": machine_svg()}
    page = root / "README.md"
    if page.exists() and BEGIN in page.read_text(encoding="utf-8"):
        wanted[Path("README.md")] = readme(page.read_text(encoding="utf-8"), mermaid())
    return wanted


def stale(root: Path) -> list[Path]:
    """Return the files that tell something else than the code."""
    return [
        path
        for path, text in pictures(root).items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description="Draw the pictures of the docs from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 naming what is stale")
    parser.add_argument("--timeline", type=Path, metavar="SVG", help="a timeline to take over")
    options = parser.parse_args(arguments)
    old = stale(root)
    if options.check:
        for path in old:
            print(f"{path} is stale: run python tools/pictures.py", file=sys.stderr)
        return 1 if old else 0
    wanted = pictures(root)
    for path in old:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path}")
    return take_over(options.timeline, root) if options.timeline else 0


def take_over(timeline: Path, root: Path) -> int:
    if not timeline.is_file():
        print(f"{timeline}: no such file; make run writes it", file=sys.stderr)
        return 2
    shutil.copyfile(timeline, root / PICTURES / "timeline.svg")
    print(f"wrote {PICTURES / 'timeline.svg'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
