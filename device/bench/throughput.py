"""Figure 10: how fast the model writes with everything else running, over the model alone."""

from __future__ import annotations

from statistics import median

from pipit.device.bench.board import Board, messages_for, prime
from pipit.device.bench.meter import Call
from pipit.device.bench.rigs import Rig, settings
from pipit.device.bench.table import Found
from pipit.fsm import events as ev
from pipit.models import CancelToken, Engines


def measure(rig: Rig, engines: Engines, question: str, repeats: int, tokens: int) -> Found:
    """Write the same reply alone and as part of the assistant, by turns."""
    if not rig.real:
        return Found(None, "a scripted model takes the time that it takes")
    alone, beside = [], []
    with Board(engines, settings(tokens=tokens)) as board:
        for _ in range(repeats):
            alone.append(_alone(board, question, tokens))
            board.refresh()
            board.ask(question)
            board.wait(ev.ReplyDone)
            beside.append(_rate(board.meter.of("reply")[-1]))
    value = median(b / a for a, b in zip(alone, beside, strict=True))
    how = f"median of {repeats} replies, {median(alone):.0f} tokens/s alone, {median(beside):.0f} beside ear and voice"
    return Found(value, how, 1.0)


def _alone(board: Board, question: str, tokens: int) -> float:
    board.refresh()
    prime(board.engines, board.settings)
    for _ in board.engines.model.generate(messages_for(board.settings, question), CancelToken(), tokens):
        pass
    return _rate(board.meter.of("reply")[-1])


def _rate(reply: Call) -> float:
    """Return the tokens a second after the first, by the clock."""
    first, last = reply.steps[0][1], reply.steps[-1][1]
    return (len(reply.steps) - 1) / (last - first) if last > first else 0.0
