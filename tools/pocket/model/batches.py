"""Batches of tokens: fresh dialogues sorted by length, and exercises in copying."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import torch
from tokenizers import Tokenizer
from torch import Tensor

from dialogues import Dialogue, Message, Mix, picking, render, write
from dialogues.judging import VERDICT_OPENING, verdict
from tokens import SPECIAL

POOL = 256  # dialogues written at a time, then sorted by length so that little is padded
COPY_LENGTH = 48
COPY_ROWS = 24


DECISION_WEIGHT = 8.0  # of a verdict's first differing token: all that follows from it costs next to nothing

OPENING, OPENING_WEIGHT = 4, 2.0  # tokens of a reply that tell what was understood; the rest mostly follows

PICK_WEIGHT = 4.0  # of the few words that are pointed at: a whole dialogue teaches no more than these

Row = tuple[list[int], list[float]]
"""The ids of a dialogue, and how much each counts."""


@dataclass(frozen=True)
class Batch:
    """Token ids [rows, time], and how much it counts to predict each of them; most count nothing."""

    ids: Tensor
    weights: Tensor


@cache
def _decision(tokenizer: Tokenizer) -> int:
    """Where in a verdict its judgement stands, counted in tokens."""
    verdicts = (tokenizer.encode(render([Message("assistant", verdict(missing))])).ids for missing in ("", "?"))
    return next(index for index, (one, other) in enumerate(zip(*verdicts, strict=False)) if one != other)


def encode(tokenizer: Tokenizer, dialogue: Dialogue, limit: int) -> Row:
    """A dialogue as ids, with the learned replies and their end weighted; turns that do not fit are left out.

    Messages are encoded one by one, which equals encoding the rendered text, since control tokens part them.
    """
    ids: list[int] = []
    weights: list[float] = []
    weight = PICK_WEIGHT if dialogue.system == picking.system() else 1.0
    for message in dialogue.messages():
        piece = tokenizer.encode(render([message])).ids
        if message.role == "user" and len(ids) + len(piece) > limit:
            break
        counts = [0.0] + [weight * message.learn] * (len(piece) - 1)
        if message.learn and message.text.startswith(VERDICT_OPENING):
            counts[_decision(tokenizer)] = DECISION_WEIGHT
        elif message.learn and weight == 1.0:
            counts[1 : 1 + OPENING] = [OPENING_WEIGHT] * min(OPENING, len(piece) - 1)
        ids += piece
        weights += counts
    return ids[:limit], weights[:limit]


def _stack(rows: list[Row]) -> Batch:
    """Rows padded on the right to the longest."""
    time = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), time, dtype=torch.long)
    weights = torch.zeros(len(rows), time)
    for row, (row_ids, row_weights) in enumerate(rows):
        ids[row, : len(row_ids)] = torch.tensor(row_ids)
        weights[row, : len(row_ids)] = torch.tensor(row_weights)
    return Batch(ids, weights)


def _grouped(rows: list[Row], tokens: int) -> list[Batch]:
    """Rows of like length together, about `tokens` tokens in each batch."""
    groups: list[list[Row]] = [[]]
    for row in sorted(rows, key=lambda row: len(row[0])):
        if groups[-1] and (len(groups[-1]) + 1) * len(row[0]) > tokens:
            groups.append([])
        groups[-1].append(row)
    return [_stack(group) for group in groups]


def dialogues(
    tokenizer: Tokenizer, first_seed: int, tokens: int, limit: int, mix: Callable[[], Mix]
) -> Iterator[tuple[int, Batch]]:
    """Batches without end, each with the seed from which a resumed training goes on.

    `mix` is asked for each pool, since it changes in the course of a training.
    """
    seed = first_seed
    while True:
        now = mix()
        rows = [encode(tokenizer, write(seed + index, mix=now), limit) for index in range(POOL)]
        seed += POOL
        batches = _grouped([row for row in rows if any(row[1])], tokens)
        random.Random(seed).shuffle(batches)
        for batch in batches:
            yield seed, batch


def copying(vocabulary: int, generator: torch.Generator) -> Batch:
    """Random tokens and the same tokens again: the quickest way to teach a network to look back and copy."""
    half = torch.randint(len(SPECIAL), vocabulary, (COPY_ROWS, COPY_LENGTH), generator=generator)
    weights = torch.zeros(COPY_ROWS, 2 * COPY_LENGTH)
    weights[:, COPY_LENGTH + 1 :] = 1.0
    return Batch(torch.cat([half, half], 1), weights)


def question(tokenizer: Tokenizer, messages: list[Message]) -> list[int]:
    """The ids of a history up to where the assistant is to speak."""
    return tokenizer.encode(render(messages) + "<|assistant|>").ids
