"""The wordings, read from `wordings/` to train with and from `held.txt` for the test only.

A group is a line `= name` and a line for each way to say it; an indented line goes on with the one before.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def read(path: Path) -> dict[str, tuple[str, ...]]:
    """The ways of each group of a file."""
    groups: dict[str, list[str]] = {}
    current: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            current = groups.setdefault(line[2:], [])
        elif line.startswith(" "):
            current[-1] += " " + line.strip()
        elif line and not line.startswith("#"):
            current.append("" if line == "-" else line)
    return {name: tuple(ways) for name, ways in groups.items()}


def _shown() -> dict[str, str]:
    """Each group to train with as one grammar."""
    texts: dict[str, str] = {}
    for path in sorted((FOLDER / "wordings").glob("*.txt")):
        if path != FIELDS:
            texts |= {name: "|".join(ways) for name, ways in read(path).items()}
    return texts


FIELDS = FOLDER / "wordings" / "fields.txt"
SHOWN = _shown()
RULES = {name[1:-1]: text for name, text in SHOWN.items() if name.startswith("<")}
HELD = read(FOLDER / "held.txt")
