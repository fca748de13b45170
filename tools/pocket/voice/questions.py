"""A rising tone for questions that can be answered with yes or no.

The teacher lets every sentence fall. Listeners take a falling "Is that right?" for a statement, so what the net
learns is changed: from the last stressed vowel on, F0 climbs.
"""

import re

import numpy as np

from phones import IDS, SAME, VOWELS
from rows import LOG_F0

PRIMARY = "\u02c8"  # the mark before a stressed syllable
CLIMB = 0.65  # of log F0 at the very end, most of which makes up for the fall of the teacher
FALLING = frozenset("what which who whose whom where when why how knock".split(" "))


def rises(text: str) -> bool:
    """Whether a sentence is a yes/no question; "this or that?" and "what is it?" fall."""
    if not text.endswith("?"):
        return False
    clauses = [re.findall(r"[a-z]+", clause) for clause in re.split(r"[,;:]", text.lower())]
    openings = {words[0] for words in clauses if words}
    return not openings & FALLING and "or" not in clauses[-1]


def with_rise(rows: np.ndarray, symbols: list[str], frames: np.ndarray) -> np.ndarray:
    """The rows with F0 climbing from the last stressed vowel to the last sound; `frames` is time for each symbol."""
    starts = np.cumsum(frames) - frames
    sounds = [i for i, s in enumerate(symbols) if s in SAME and s in IDS]
    stresses = [i for i, s in enumerate(symbols) if s == PRIMARY]
    after = [i for i in sounds if i > (stresses[-1] if stresses else 0) and SAME[symbols[i]][0] in VOWELS]
    if not after:
        return rows
    begin, end = int(starts[after[0]]), int(starts[sounds[-1]] + frames[sounds[-1]])
    climb = np.zeros(len(rows), np.float32)
    climb[begin:] = CLIMB
    climb[begin:end] = np.linspace(0, CLIMB, end - begin)
    changed = rows.copy()
    changed[:, LOG_F0] += climb
    return changed
