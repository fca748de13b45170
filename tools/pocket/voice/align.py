"""Gives every symbol that Piper would send its time in the teacher's speech.

A weighted edit distance between espeak-ng's symbols and flite's phones. Most units meet one phone; sometimes two
units meet one phone (r-coloured vowels) or one unit two phones (syllabic consonants), and either may have no partner.
"""

from dataclasses import dataclass

import numpy as np

from phones import END, GAP, START, Unit, units, unlikeness

TRUSTED = 1.0  # pairs that cost this or more are not learned from
LONELY, LONELY_PAUSE, LONELY_MARK = 2.0, 0.9, 0.6  # cost of a sound, a pause, a punctuation mark without a partner
MATCH, SKIP_UNIT, SKIP_PHONE, TWO_UNITS, TWO_PHONES = range(5)
STEPS = {MATCH: (1, 1), SKIP_UNIT: (1, 0), SKIP_PHONE: (0, 1), TWO_UNITS: (2, 1), TWO_PHONES: (1, 2)}
NEVER = float("inf")


@dataclass(frozen=True)
class Alignment:
    """Seconds and trust for each symbol, in the symbols' order."""

    seconds: np.ndarray
    trusted: np.ndarray  # bool


def _lonely_unit(unit: Unit) -> float:
    if unit.symbol == GAP:
        return 0.0
    return LONELY_MARK if unit.is_pause else LONELY


def _joined_units(first: Unit, second: Unit, phone: str) -> float:
    """The cost of two units that are one phone to flite."""
    if phone == "er" and second.symbol == "ɹ" and first.symbol != "ɹ" and first.phones:
        return 0.3
    if phone == "uw" and first.symbol == "j" and second.symbol == "u":
        return 0.5
    if second.symbol == "ə" and len(first.places) == 2 and phone in first.phones:
        return 0.8
    return NEVER


def _joined_phones(unit: Unit, first: str, second: str) -> float:
    """The cost of a syllabic consonant that flite speaks as a vowel and the consonant."""
    return 0.3 if unit.syllabic and first in ("ax", "ih", "ah") and second in unit.phones else NEVER


def _moves(us: list[Unit], phones: list[str], i: int, j: int) -> list[tuple[float, int]]:
    """The ways to arrive at i units and j phones, each with its own cost."""
    moves = []
    if i:
        moves.append((_lonely_unit(us[i - 1]), SKIP_UNIT))
    if j:
        moves.append((LONELY_PAUSE if phones[j - 1] == "pau" else LONELY, SKIP_PHONE))
    if i and j:
        moves.append((unlikeness(us[i - 1], phones[j - 1]), MATCH))
    if i > 1 and j:
        moves.append((_joined_units(us[i - 2], us[i - 1], phones[j - 1]), TWO_UNITS))
    if i and j > 1 and us[i - 1].syllabic:
        moves.append((_joined_phones(us[i - 1], phones[j - 2], phones[j - 1]), TWO_PHONES))
    return moves


def _path(us: list[Unit], phones: list[str]) -> list[tuple[int, float, int, int]]:
    """The cheapest way: (move, its cost, units so far, phones so far), from the start."""
    total = [[NEVER] * (len(phones) + 1) for _ in range(len(us) + 1)]
    chosen = [[(MATCH, 0.0)] * (len(phones) + 1) for _ in range(len(us) + 1)]
    total[0][0] = 0.0
    for i in range(len(us) + 1):
        for j in range(len(phones) + 1):
            for cost, move in _moves(us, phones, i, j):
                di, dj = STEPS[move]
                sum_ = total[i - di][j - dj] + cost
                if sum_ < total[i][j]:
                    total[i][j], chosen[i][j] = sum_, (move, cost)
    way, i, j = [], len(us), len(phones)
    while i or j:
        move, cost = chosen[i][j]
        way.append((move, cost, i, j))
        i, j = i - STEPS[move][0], j - STEPS[move][1]
    return way[::-1]


def align(symbols: list[str], phones: list[str], ends: np.ndarray) -> Alignment:
    """`symbols` with START and END; `ends` in seconds. The seconds add up to the last end."""
    if symbols[0] != START or symbols[-1] != END:
        raise ValueError("symbols need their start and end")
    us, lengths = units(symbols), np.diff(ends, prepend=0.0)
    seconds, trusted = np.zeros(len(symbols)), np.ones(len(symbols), bool)
    owner = us[0].places[-1]  # takes the time of phones without a partner
    for move, cost, i, j in _path(us, phones):
        taken_units, taken_phones = STEPS[move]
        places = [place for unit in us[i - taken_units : i] for place in unit.places]
        time = lengths[j - taken_phones : j].sum()
        if move == SKIP_PHONE:
            seconds[owner] += time
            trusted[owner] &= phones[j - 1] == "pau" and not us[i - 1].phones
            continue
        seconds[places] += time / len(places)
        if us[i - 1].phones:
            trusted[places] &= cost < TRUSTED
        if move != SKIP_UNIT or not us[i - 1].phones:
            owner = places[-1]
    return Alignment(seconds, trusted)
