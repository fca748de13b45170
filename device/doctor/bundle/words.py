"""Messages without what people said: only words that stand in Pipit's own code are let through.

A message of Pipit's is made of such words, with a path or a name in between. What else stands there, and whatever is
quoted, may be a person's, and becomes an ellipsis.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pipit

GONE = "…"
_LONGEST = 500
_QUOTED = re.compile(r"""\{.*|\[.*\]|"[^"]*"?|'[^']*\s[^']*'?|“[^”]*”?|«[^»]*»?""", re.DOTALL)
_TOKEN = re.compile(r"[\w'-]+")
_PART = re.compile(r"[^\W\d_]+|\d+")
_LONGEST_NUMBER = 3
_RUN = re.compile(rf"{GONE}(?:[\s,.;:!?'/_-]*{GONE})+")


@cache
def _known() -> frozenset[str]:
    """Return the words of the package's code, in small letters; what its flows and weights hold is not looked at."""
    folder = Path(pipit.__file__).parent
    files = [path for part in ("audio", "models", "fsm", "device") for path in (folder / part).rglob("*.py")]
    text = " ".join(path.read_text("utf-8", "replace") for path in [folder / "errors.py", *files])
    return frozenset(word.lower() for word in re.findall(r"[^\W\d_]+", text))


def scrub(message: str) -> str:
    """Return a message with only such words in it, on one line."""
    bare = _QUOTED.sub(GONE, " ".join(message.split())[:_LONGEST])
    kept = _TOKEN.sub(lambda found: found[0] if _is_ours(found[0]) else GONE, bare)
    return _RUN.sub(GONE, kept)


def _is_ours(token: str) -> bool:
    parts = _PART.findall(token.lower())
    if any(part.isdigit() for part in parts):  # a number, or one with its unit; never letters and digits mixed
        return len(parts) == 1 and len(parts[0]) <= _LONGEST_NUMBER
    return all(part in _known() for part in parts)
