"""Turns the teacher's parameters into what the net learns from: symbols, their times, and a row every 5 ms.

A row has 31 columns (see rows.py): log F0, drawn through unvoiced stretches, cepstrum and voicing strengths.
"""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from piper.phonemize_espeak import EspeakPhonemizer

from align import align
from phones import END, GAP, IDS, SAME, START
from questions import rises, with_rise
from teacher import Utterance

FRAME = 0.005  # seconds
LONGEST_LEAD, LONGEST_PAUSE, LONGEST_COMMA = 4, 40, 22  # frames of silence kept at the start, the end, a comma end
MISMATCH_LIMIT = 0.15  # a sentence with more symbols than this not trusted is left out
SPLIT_SHARE, BARE_SHARE, SEMICOLON_SHARE = 0.4, 0.06, 0.1


@dataclass(frozen=True)
class Item:
    """One utterance to learn."""

    ids: np.ndarray  # (symbols,) int64, Piper's ids without the pads between
    frames: np.ndarray  # (symbols,) float32, how long each lasts, not rounded
    trusted: np.ndarray  # (symbols,) bool
    rows: np.ndarray  # (time, 31) float32


def symbols_of(phonemizer: EspeakPhonemizer, text: str) -> list[str] | None:
    """Piper's symbols with start and end; None where Piper would make several utterances of the text."""
    parts = phonemizer.phonemize("en-us", text)
    if len(parts) != 1:
        return None
    return [START, *(symbol for symbol in parts[0] if symbol in IDS), END]


def _rows(utterance: Utterance) -> np.ndarray | None:
    voiced = utterance.f0 > 0
    if not voiced.any():
        return None
    places = np.arange(len(voiced))
    f0 = np.interp(places, places[voiced], utterance.f0[voiced])
    # Where F0 is 0 the teacher uses noise alone, whatever its strengths say.
    strengths = utterance.strengths * voiced[:, None]
    return np.column_stack([np.log(f0), utterance.cepstra, strengths]).astype(np.float32)


def item_of(text: str, symbols: list[str], utterance: Utterance) -> Item | None:
    """None where symbols and phones do not fit."""
    rows = _rows(utterance)
    aligned = align(symbols, utterance.phones, utterance.ends)
    if rows is None or 1 - aligned.trusted.mean() > MISMATCH_LIMIT:
        return None
    if rises(text):
        rows = with_rise(rows, symbols, aligned.seconds / FRAME)
    ids = np.array([IDS[s] for s in symbols], np.int64)
    return _trimmed(Item(ids, (aligned.seconds / FRAME).astype(np.float32), aligned.trusted, rows), LONGEST_PAUSE)


def _trimmed(item: Item, longest_end: int) -> Item:
    """Cuts long silence at both ends, in whole frames."""
    lead = int(max(0, item.frames[0] - LONGEST_LEAD))
    tail = int(max(0, item.frames[-1] - longest_end))
    frames = item.frames.copy()
    frames[0] -= lead
    frames[-1] -= tail
    return replace(item, frames=frames, rows=item.rows[lead : len(item.rows) - tail])


def split_at_comma(item: Item, rng: Random) -> tuple[Item, Item] | None:
    """Cuts an utterance in the pause after a comma, so that clauses spoken one by one are learned too."""
    pauses = np.flatnonzero((item.ids == IDS[","]) & (item.frames > 2 * LONGEST_LEAD))
    if not len(pauses):
        return None
    comma = int(rng.choice(list(pauses)))
    begin = item.frames[:comma].sum()
    cut = int(begin + 0.7 * item.frames[comma])  # most of the pause belongs to what came before
    left = item.frames[: comma + 3].copy()  # the comma, a gap, the end
    left[comma:] = (0, 0, cut - begin)
    left_ids = np.append(item.ids[: comma + 1], (IDS[GAP], IDS[END]))
    right = np.append(begin + item.frames[comma] - cut, item.frames[comma + 2 :]).astype(np.float32)
    right_ids = np.append(IDS[START], item.ids[comma + 2 :])
    trust = item.trusted
    first = Item(left_ids, left, np.append(trust[: comma + 1], (True, True)), item.rows[:cut])
    second = Item(right_ids, right, np.append(True, trust[comma + 2 :]), item.rows[cut:])
    return _trimmed(first, LONGEST_COMMA), _trimmed(second, LONGEST_PAUSE)


def _without_full_stop(item: Item) -> Item:
    keep = np.ones(len(item.ids), bool)
    keep[-2] = item.ids[-2] != IDS["."]
    return replace(item, ids=item.ids[keep], frames=item.frames[keep], trusted=item.trusted[keep])


def _with_semicolons(item: Item) -> Item:
    return replace(item, ids=np.where(item.ids == IDS[","], IDS[";"], item.ids))


def varied(items: Iterable[Item], rng: Random) -> Iterator[Item]:
    """Some as they are, some cut at a comma, some without a full stop, some with semicolons for commas."""
    for item in items:
        halves = split_at_comma(item, rng) if rng.random() < SPLIT_SHARE else None
        for part in halves or (item,):
            chance = rng.random()
            if chance < BARE_SHARE:
                yield _without_full_stop(part)
            elif chance < BARE_SHARE + SEMICOLON_SHARE:
                yield _with_semicolons(part)
            else:
                yield part


def items_of(sentences: list[str], utterances: Iterable[Utterance | None]) -> list[Item]:
    """Those sentences that the teacher spoke and that fit."""
    phonemizer, items = EspeakPhonemizer(), []
    for text, utterance in zip(sentences, utterances, strict=True):
        symbols = symbols_of(phonemizer, text)
        if utterance is None or symbols is None or not SAME.keys() & set(symbols):
            continue
        item = item_of(text, symbols, utterance)
        if item is not None:
            items.append(item)
    return items


def save(items: list[Item], path: Path) -> None:
    """Our own intermediate file; read back by `load` only."""
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(pickle.dumps(items, pickle.HIGHEST_PROTOCOL))
    unfinished.rename(path)


def load(path: Path) -> list[Item]:
    """What `save` wrote."""
    return pickle.loads(path.read_bytes())
