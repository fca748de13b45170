"""Draws how button and light are wired to the 40-pin header of a Raspberry Pi.

python tools/wiring.py          writes docs/pictures/wiring.svg
python tools/wiring.py --check  exits 1 if it is stale
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipit.device.svg import SANS, Element, add, document, width_of, write
from pipit.device.timeline.look import AMBER, EDGE, INK, MUTED, PAPER, RED

ROOT = Path(__file__).resolve().parent.parent
PICTURE = Path("docs/pictures/wiring.svg")

BUTTON_PINS, LED_PINS = (9, 11), (14, 13)
"""Pins of the header, ground first: GPIO17 is pin 11, GPIO27 is pin 13."""
POWER = frozenset({1, 2, 4, 17})
GROUND = frozenset({6, 9, 14, 20, 25, 30, 34, 39})

WIDTH, HEIGHT = 980, 560
PITCH, FIRST, TOP_ROW = 40, 112, 296
PARTS, BEND = 116, 220
"""Heights of the parts, and of where ground wires turn."""
BLUE, BLACK, GREEN, SILVER = "#4a80c9", "#3b3a36", "#38966a", "#c9c5ba"
STYLE = f"""
text{{font-family:{SANS};font-size:12px;fill:{INK};text-anchor:middle}}
.h{{font-size:15px;font-weight:600}} .m{{fill:{MUTED}}} .n{{font-size:11px;fill:#fff;font-weight:600}}
.q{{font-size:11px;fill:{MUTED}}} .b{{fill:#2c5f45;font-size:11px}} .s{{text-anchor:start}}
.code{{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:13px;text-anchor:start}}
.w{{fill:none;stroke-width:4;stroke-linecap:round;stroke-linejoin:round}}
.under{{stroke:{PAPER};stroke-width:8;fill:none;stroke-linecap:round;stroke-linejoin:round}}
.leg{{fill:none;stroke:#a7a398;stroke-width:3;stroke-linecap:round}}
"""


def place(pin: int) -> tuple[float, float]:
    """Return where a pin lies: even ones at the board's edge, pin 1 at the left when USB is at the right."""
    return FIRST + (pin - 1) // 2 * PITCH, TOP_ROW + pin % 2 * PITCH


def drawing() -> str:
    """Return the picture."""
    title = "Wiring: a button from GPIO17 (pin 11) to ground (pin 9), an LED with 330 Ω from GPIO27 (pin 13) to ground"
    root = document(WIDTH, HEIGHT, title, STYLE)
    add(root, "rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=12, fill=PAPER, stroke=EDGE)
    draw_board(root)
    for pin in range(1, 41):
        draw_pin(root, pin)
    draw_wires(root)
    draw_button(root)
    draw_led(root)
    draw_words(root)
    return write(root)


def draw_board(root: Element) -> None:
    add(root, "rect", x=40, y=262, width=900, height=258, rx=18, fill="#d5ead9", stroke="#a9cdb3", stroke_width=1.5)
    for x, y in ((62, 284), (62, 498), (918, 284)):
        add(root, "circle", cx=x, cy=y, r=8, fill=PAPER, stroke="#a9cdb3", stroke_width=1.5)
    add(root, "rect", x=86, y=270, width=812, height=92, rx=8, fill="#4a4843")
    add(root, "rect", x=330, y=404, width=84, height=84, rx=6, fill=SILVER)
    add(root, "text", "Raspberry Pi", class_="b", x=372, y=450)
    for y, words in ((378, "USB"), (448, "USB")):
        add(root, "rect", x=876, y=y, width=78, height=56, rx=4, fill=SILVER, stroke="#a7a398")
        add(root, "text", words, class_="q", x=915, y=y + 32)


def draw_pin(root: Element, pin: int) -> None:
    x, y = place(pin)
    used = pin in (*BUTTON_PINS, *LED_PINS)
    fill = colour(pin) if used else "#6b6861"
    if pin in POWER:
        fill = "#a05a55"
    shape = {"fill": fill, "stroke": "#fff" if used else "#8d897f", "stroke_width": 2 if used else 1}
    if pin == 1:
        add(root, "rect", x=x - 12, y=y - 12, width=24, height=24, rx=3, **shape)
    else:
        add(root, "circle", cx=x, cy=y, r=13 if used else 12, **shape)
    add(root, "text", str(pin), class_="n", x=x, y=y + 4)


def colour(pin: int) -> str:
    if pin in GROUND:
        return BLACK
    return BLUE if pin in BUTTON_PINS else AMBER


def draw_wires(root: Element) -> None:
    """Wires of the inner row run up between two pins of the outer row, so that none seems to touch another."""
    (ground, talk), (dark, light) = BUTTON_PINS, LED_PINS
    half = PITCH / 2
    for pin, rest in (
        (ground, f"V{BEND}H96V{PARTS}H128"),
        (talk, f"V{PARTS}H232"),
        (light, f"V{PARTS}H470"),
        (dark, f"V{BEND}H744V{PARTS}H708"),
    ):
        x, y = place(pin)
        start = f"M{x} {y - 13}"
        path = f"{start}{rest}" if pin % 2 == 0 else f"M{x - 9} {y - 9}L{x - half} {y - half}{rest}"
        add(root, "path", class_="under", d=path)
        add(root, "path", class_="w", d=path, stroke=colour(pin))


def draw_button(root: Element) -> None:
    for x1, x2 in ((128, 148), (212, 232)):
        add(root, "path", class_="leg", d=f"M{x1} {PARTS}H{x2}")
    add(root, "rect", x=146, y=PARTS - 34, width=68, height=68, rx=9, fill="#56534c")
    add(root, "circle", cx=180, cy=PARTS, r=22, fill=RED, stroke="#a32f28", stroke_width=2)
    add(root, "text", "button", class_="h", x=180, y=PARTS - 48)


def draw_led(root: Element) -> None:
    add(root, "path", class_="leg", d=f"M470 {PARTS}H574")
    add(root, "rect", x=488, y=PARTS - 13, width=76, height=26, rx=8, fill="#ead9b4", stroke="#c4ad78")
    for x, band in ((502, "#e07b28"), (515, "#e07b28"), (528, "#7a4a22"), (548, "#c9a13b")):
        add(root, "rect", x=x, y=PARTS - 13, width=6, height=26, fill=band)
    add(root, "text", "330 Ω", class_="h", x=526, y=PARTS - 26)
    add(root, "path", class_="leg", d=f"M574 {PARTS}H640M672 {PARTS}H708")
    add(root, "circle", cx=656, cy=PARTS, r=31, fill="#ffe9b8", stroke=AMBER, stroke_width=2)
    triangle = f"M643 {PARTS - 15}V{PARTS + 15}L667 {PARTS}z"
    add(root, "path", d=triangle, fill=AMBER)
    add(root, "path", d=f"M669 {PARTS - 15}V{PARTS + 15}", stroke=INK, stroke_width=3)
    add(root, "path", class_="leg", d=f"M625 {PARTS}H643M670 {PARTS}H687")
    add(root, "text", "LED", class_="h", x=656, y=PARTS - 48)
    add(root, "text", "longer leg", class_="q", x=596, y=PARTS + 20)
    add(root, "text", "shorter", class_="q", x=712, y=PARTS - 14)


def label(root: Element, x: float, y: float, text: str, fill: str) -> None:
    """A name that lies on its wire."""
    wide = width_of(text, 12) + 20
    add(root, "rect", x=x - wide / 2, y=y - 11, width=wide, height=22, rx=11, fill=fill)
    tag = add(root, "text", text, x=x, y=y + 4)
    tag.set("style", "fill:#fff;font-weight:600")


def draw_words(root: Element) -> None:
    label(root, 192, BEND, "ground · pin 9", BLACK)
    label(root, 231, PARTS + 58, "GPIO17 · pin 11", BLUE)
    label(root, 402, PARTS, "GPIO27 · pin 13", "#b57a0f")
    label(root, 560, BEND, "ground · pin 14", BLACK)
    power = add(root, "text", "red: power, 5 V and 3.3 V; leave them alone", class_="q s", x=98, y=381)
    power.set("style", "fill:#93403a")
    for line, text in enumerate(("[button]", "pin = 17", "", "[lights]", "led = 27")):
        add(root, "text", text, class_="code", x=800, y=84 + 19 * line)
    add(root, "text", "pipit.toml", class_="q s", x=800, y=60)
    notes = (
        "The button needs no resistor:",
        "the pin's own pull-up holds it high.",
        "Unplug the power while you wire.",
    )
    for line, text in enumerate(notes):
        add(root, "text", text, class_="b s", x=480, y=432 + 18 * line)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description="Draw how button and light are wired.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the picture is stale")
    options = parser.parse_args(arguments)
    path, wanted = root / PICTURE, drawing()
    if path.is_file() and path.read_text(encoding="utf-8") == wanted:
        return 0
    if options.check:
        print(f"{PICTURE} is stale: run python tools/wiring.py", file=sys.stderr)
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(wanted, encoding="utf-8")
    print(f"wrote {PICTURE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
