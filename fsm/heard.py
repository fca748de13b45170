"""What a person heard of a reply, from the count of samples that were played."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipit.audio.playback import Played


def heard_text(clauses: Sequence[str], played: Sequence[Played]) -> str:
    """Return the prefix of the reply whose words were played to their end.

    ``clauses`` are the consecutive slices of the reply, ``played`` what became of each. Within a clause the
    words are placed by their share of the characters, since a voice speaks at a nearly even pace. Of a clause that
    is still being made the share is that of its expected length: what was made so far is not all of its words.
    """
    heard = ""
    for text, part in zip(clauses, played, strict=False):
        if part.whole and part.played >= part.written:
            heard += text
            continue
        return (heard + _words_within(text, part.played / max(part.written, part.expected, 1))).strip()
    return heard.strip()


def _words_within(text: str, share: float) -> str:
    said = text.rstrip()
    # never all of it: the device took the last sample, but the clause was not said to be whole
    limit = min(int(len(said) * share), len(said) - 1)
    ends = [gap.start() for gap in re.finditer(r"(?<=\S)\s", said) if gap.start() <= limit]
    return said[: ends[-1]] if ends else ""
