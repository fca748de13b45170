"""Just enough SVG: elements that escape themselves, and text that is measured before it is drawn.

Without a font at hand, widths are those of DejaVu Sans, which is wider than most, so that what fits here fits
everywhere.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

Element = ET.Element
SANS = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW = frozenset("ijlI.,:;'|!()[] tfr-")
_WIDE = frozenset("mwMWOQG@%—…")


def clean(text: str) -> str:
    """Return one line of text that XML can carry."""
    return " ".join(_FORBIDDEN.sub("\ufffd", text).split())


def number(value: float) -> str:
    """Return a coordinate, to a tenth."""
    return f"{round(value, 1):g}" if abs(value) < 1e5 else f"{value:.0f}"


def document(width: float, height: float, title: str, style: str) -> Element:
    """Return an empty picture that scales, with a name for those who cannot see it."""
    size = {"width": number(width), "height": number(height)}
    box = f"0 0 {size['width']} {size['height']}"
    root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, **size, "role": "img"})
    add(root, "title", title)
    add(root, "style", style)
    return root


def add(parent: Element, tag: str, content: str = "", **attributes: str | float) -> Element:
    """Append an element; ``class_`` and ``stroke_width`` become ``class`` and ``stroke-width``."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    texts = {name: clean(value) if isinstance(value, str) else number(value) for name, value in named.items()}
    element = ET.SubElement(parent, tag, texts)
    if content:
        element.text = clean(content)
    return element


def write(root: Element) -> str:
    """Return the document as text."""
    return ET.tostring(root, encoding="unicode") + "\n"


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is at this font size."""
    return sum(map(_em, text)) * size


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.38
    if letter in _WIDE or letter > "\u2e7f":
        return 1.0
    return 0.7 if letter.isupper() else 0.62


def shorten(text: str, width: float, size: float) -> str:
    """Return as much of the text as fits, ending in an ellipsis if that is not all; empty if hardly any does."""
    if width_of(text, size) <= width:
        return text
    room, kept = width - width_of("…", size), ""
    for letter in text:
        room -= _em(letter) * size
        if room < 0:
            break
        kept += letter
    whole = kept.rpartition(" ")[0]
    kept = (whole if len(whole) > len(kept) / 2 else kept).rstrip(" ,.;:")
    return f"{kept}…" if len(kept) > 1 else ""


def wrap(text: str, width: float, size: float, lines: int) -> list[str]:
    """Return the text in at most ``lines`` lines; the last one is shortened when there is more."""
    taken: list[str] = []
    words = text.split()
    while words and len(taken) < lines - 1:
        count = _fitting(words, width, size)
        if not count:
            break
        taken.append(" ".join(words[:count]))
        words = words[count:]
    rest = shorten(" ".join(words), width, size)
    return [*taken, rest] if rest else taken


def _fitting(words: list[str], width: float, size: float) -> int:
    count = 0
    while count < len(words) and width_of(" ".join(words[: count + 1]), size) <= width:
        count += 1
    return count
