"""How the first sound comes later with a longer answer, and with a longer history: it must not."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median

import numpy as np

from pipit.device.bench.board import Board
from pipit.device.bench.first_audio import go_on_aloud
from pipit.device.bench.rigs import settings
from pipit.errors import Failure
from pipit.fsm import events as ev
from pipit.models import Engines


@dataclass(frozen=True, slots=True)
class Growth:
    """``slope`` in parts of the first value for each unit of ``sizes``."""

    unit: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def slope(self) -> float:
        """Return how much a unit adds, over the first value."""
        return float(np.polyfit(self.sizes, self.seconds, 1)[0] / self.seconds[0])


def with_answer(engines: Engines, question: str, lengths: tuple[int, ...], repeats: int) -> Growth:
    """Let it answer with at most so many tokens."""
    found = []
    for tokens in lengths:
        with Board(engines, settings(tokens=tokens)) as board:
            found.append(median(_first_sound(board, question) for _ in range(repeats)))
    return Growth("tokens of the answer", lengths, tuple(found))


def with_history(engines: Engines, frames: tuple[bytes, ...], turns: int) -> Growth:
    """Ask aloud again and again, in one conversation; the first sound counts from the last word on."""
    found = []
    with Board(engines, settings(tokens=12)) as board:
        board.refresh()
        for _ in range(turns):
            found.append(go_on_aloud(board, frames).first_audio_s)
            board.wait(ev.TurnEnded)
            time.sleep(board.settings.listen.gate_tail_ms / 1000 + 0.1)
            board.forget_events()
    return Growth("turns before", tuple(range(turns)), tuple(found))


def _first_sound(board: Board, question: str) -> float:
    board.refresh()
    return _ask(board, question)


def _ask(board: Board, question: str) -> float:
    at = board.ask(question)
    first = board.card.first_after(at, 60.0)
    if first is None:
        raise Failure("bench-stuck", "no answer within 60 s")
    return first - at
