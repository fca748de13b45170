"""Vosk's decoding graph: from phones' transitions to words (HCLr), from words to sentences (Gr), and lists.

HCL is a prefix tree of all pronunciations, written by hand rather than composed: the phones need no
context, so a phone is just an arc that enters it and a loop that stays in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from fst import EPSILON, Fst, write_grammar, write_lookahead
from general import pairs
from language import BackoffModel, to_fst
from lexicon import Lexicon
from phones import PHONE_ID, SILENCE, UNKNOWN, placed, position_of

UNKNOWN_WORD = "[unk]"
_SILENCE_BETWEEN = 0.3
_SILENCE_FIRST = 0.5
_UNKNOWN_COST = 9.0


def loop_transition(phone: int) -> int:
    """Return the transition id of staying in a phone."""
    return 2 * phone - 1


def enter_transition(phone: int) -> int:
    """Return the transition id of entering a phone."""
    return 2 * phone


class _Tree:
    """The prefix tree under construction; `stay` is each placed phone's probability to last another frame."""

    def __init__(self, stay: dict[str, float]) -> None:
        self.fst = Fst()
        self._stay = stay
        self.start, self.loop, self.end = (self.fst.state() for _ in range(3))
        self._nodes: dict[tuple[str, ...], int] = {(): self.loop}
        self._exits: dict[str, int] = {}
        self.fst.final[self.loop] = 0.0
        self._silences()

    def add(self, pronunciation: list[str], word: int) -> None:
        """Add a pronunciation; the word is written on its last phone's arc."""
        names = tuple(placed(pronunciation))
        for depth in range(1, len(names)):
            if names[:depth] not in self._nodes:
                self._nodes[names[:depth]] = self._enter(self._nodes[names[: depth - 1]], names[depth - 1], EPSILON)
        source, last = self._nodes[names[:-1]], names[-1]
        if last in self._exits:
            self._enter(source, last, word, into=self._exits[last])
        else:
            self._exits[last] = self._enter(source, last, word)
            self.fst.arc(self._exits[last], self.end, EPSILON, EPSILON)

    def add_unknown(self, word: int) -> None:
        """Add the word for anything else: three phones of noise and speech."""
        node = self.loop
        for place in "BIE":
            node = self._enter(node, f"{UNKNOWN}_{place}", word if place == "B" else EPSILON)
        self.fst.arc(node, self.end, EPSILON, EPSILON)

    def _silences(self) -> None:
        for source, chance in ((self.start, _SILENCE_FIRST), (self.end, _SILENCE_BETWEEN)):
            self.fst.arc(source, self.loop, EPSILON, EPSILON, -math.log(1 - chance))
            silent = self._enter(source, SILENCE, EPSILON, cost=-math.log(chance))
            self.fst.arc(silent, self.loop, EPSILON, EPSILON)

    def _enter(self, source: int, name: str, word: int, *, into: int | None = None, cost: float = 0.0) -> int:
        """Add an arc into a phone and, unless the state is there, the loop that stays in it."""
        phone, stay = PHONE_ID[name], self._stay[name]
        target = self.fst.state() if into is None else into
        self.fst.arc(source, target, enter_transition(phone), word, cost - math.log(1 - stay))
        if into is None:
            self.fst.arc(target, target, loop_transition(phone), EPSILON, -math.log(stay))
        return target


def build_graph(
    folder: Path, scratch: Path, lexicon: Lexicon, stay: dict[str, float], sentences: Iterable[str]
) -> None:
    """Write all of `graph/`; `sentences` teach the language model."""
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    words = ["<eps>", *lexicon.words, UNKNOWN_WORD]
    ids = {word: number for number, word in enumerate(words)}
    tree = _Tree(stay)
    for word, pronunciations in lexicon.pronunciations.items():
        for pronunciation in pronunciations:
            tree.add(pronunciation, ids[word])
    tree.add_unknown(ids[UNKNOWN_WORD])
    renumbered = write_lookahead(tree.fst, folder / "HCLr.fst", scratch)
    model = BackoffModel(lexicon.words, lexicon.frequency, sentences, pairs(set(lexicon.words)))
    write_grammar(to_fst(model, ids, UNKNOWN_WORD, _UNKNOWN_COST), folder / "Gr.fst", scratch)
    _write_lists(folder, {renumbered.get(number, number): word for word, number in ids.items()})


def _write_lists(folder: Path, word_of: dict[int, str]) -> None:
    lines = [f"{word_of[number]} {number}" for number in sorted(word_of)]
    (folder / "words.txt").write_text("\n".join(lines) + "\n")
    # No transition is a disambiguation symbol here; Vosk wants the list, so name one that does not exist.
    (folder / "disambig_tid.int").write_text("1000000\n")
    boundaries = [f"{number} {position_of(name)}" for name, number in PHONE_ID.items()]
    (folder / "phones" / "word_boundary.int").write_text("\n".join(boundaries) + "\n")
