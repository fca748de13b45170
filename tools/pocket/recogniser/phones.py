"""The phone set: silence, CMUdict's 39 phones in four word positions, and one for words outside the list.

Positions only exist so that Vosk can tell where words begin and end; all positions of a phone share its two
outputs of the net ("pdfs"): one for its first frame, one for the rest. A frame here is 30 ms.
"""

from __future__ import annotations

SILENCE = "SIL"
UNKNOWN = "SPN"
PHONES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
).split()
VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
POSITIONS = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}

PLACED = [SILENCE] + [f"{p}_{place}" for p in PHONES for place in POSITIONS] + [f"{UNKNOWN}_{place}" for place in "BIE"]
PHONE_ID = {name: number for number, name in enumerate(PLACED, start=1)}

SILENCE_PDF = 0
UNKNOWN_PDF = 1 + 2 * len(PHONES)
PDF_COUNT = 2 + 2 * len(PHONES)
_INDEX = {name: index for index, name in enumerate(PHONES)}


def pdfs(phone: str) -> tuple[int, int]:
    """Return the outputs of a phone's first frame and of its other frames; the name may carry a position."""
    base = phone.split("_")[0]
    if base == SILENCE:
        return SILENCE_PDF, SILENCE_PDF
    if base == UNKNOWN:
        return UNKNOWN_PDF, UNKNOWN_PDF
    return 1 + 2 * _INDEX[base], 2 + 2 * _INDEX[base]


def placed(pronunciation: list[str]) -> list[str]:
    """Add word positions to a pronunciation."""
    if len(pronunciation) == 1:
        return [f"{pronunciation[0]}_S"]
    inner = [f"{phone}_I" for phone in pronunciation[1:-1]]
    return [f"{pronunciation[0]}_B", *inner, f"{pronunciation[-1]}_E"]


def position_of(name: str) -> str:
    """Return Kaldi's name for the position that a placed phone has in its word."""
    return "nonword" if name == SILENCE else POSITIONS[name[-1]]
