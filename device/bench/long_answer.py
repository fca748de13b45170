"""Figures 5 and 13: one long answer; how far its stages run beside each other, and whether its sound has gaps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipit.audio import Samples
from pipit.device.bench.board import Board
from pipit.device.bench.card import LOUD
from pipit.device.bench.rigs import settings
from pipit.device.bench.table import Found
from pipit.fsm import events as ev
from pipit.models import Engines


def measure(engines: Engines, question: str, tokens: int) -> tuple[Found, Found]:
    """Ask for it by text, and hear it to its end."""
    chosen = settings(tokens=tokens)
    with Board(engines, chosen) as board:
        board.refresh()
        board.card.keeps = True
        began = board.ask(question)
        done = board.wait(ev.TurnEnded, 300.0)[0] - began
        sound = np.concatenate(board.card.kept)
        rate = board.engines.voice.sample_rate
        voices = board.meter.of("voice")
        thought = board.meter.busy("reply")
        spoke = board.meter.busy("voice")
        lengths = [sum(int(size) for _, _, size in call.steps) for call in voices]
        latency = chosen.sound.latency_ms / 1000
    stages = {"model": thought, "voice": spoke, "playing": sum(lengths) / rate}
    in_turn, longest = sum(stages.values()), max(stages.values())
    share = (in_turn - done) / (in_turn - longest) if in_turn > longest else 1.0
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in stages.items())
    how = f"one answer of {len(lengths)} clauses: {told}, together {done:.2f} s"
    more = {"stages_s": stages, "together_s": done, "device_s": latency}
    return Found(share, how, 1.0, more=more), _gaps(sound, lengths, voices_keep_up(board, rate), rate)


def voices_keep_up(board: Board, rate: int) -> bool:
    """Whether every clause was voiced before the one before it was over."""
    first = next(at for at, e in board.events() if isinstance(e, ev.PlaybackStarted))
    spoken_until, kept_up = first, True
    for call, following in pairwise(board.meter.of("voice")):
        spoken_until += sum(int(size) for _, _, size in call.steps) / rate
        kept_up = kept_up and bool(following.steps) and following.steps[0][1] <= spoken_until
    return kept_up


def _gaps(sound: Samples, lengths: list[int], kept_up: bool, rate: int) -> Found:
    loud = np.flatnonzero(np.abs(sound) >= LOUD)
    span = int(loud[-1] - loud[0]) + 1 if len(loud) else 0
    period = rate // 100
    silent = max(0, span - sum(lengths))
    how = f"{span / rate:.2f} s from the first sound to the last, {sum(lengths) / rate:.2f} s of clauses"
    if not kept_up:
        how += "; synthesis was slower than speech here"
    return Found(float(-(-silent // period)) if silent > period // 2 else 0.0, how, 0.0, more={"kept_up": kept_up})
