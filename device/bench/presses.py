"""Figures 7 and 8: what is still handed to the device after the button, and how long engines still work."""

from __future__ import annotations

import time
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from pipit.device.bench import peer
from pipit.device.bench.board import Board
from pipit.device.bench.rigs import settings
from pipit.device.bench.speech import spoken
from pipit.device.bench.table import Found
from pipit.fsm import events as ev
from pipit.models import Engines

_SETTLE_S = 0.25
"""After that nothing of the turn is left."""


class Press(NamedTuple):
    """``quiet_ms`` None: no engine was at work."""

    silent_ms: float
    loud: int
    """Audible samples handed over after the edge."""
    ordered: int
    """Of these, those that can have been handed over after silence was ordered."""
    quiet_ms: float | None


def measure(engines: Engines, question: str, repeats: int, *, slowest_s: float) -> tuple[Found, Found]:
    """Press ``repeats`` times while it speaks, and as often while it thinks, for up to ``slowest_s``."""
    chance = Random(7)  # noqa: S311 - when to press
    with Board(engines, settings()) as board:
        speaking = [_while_speaking(board, question, chance.uniform(0.0, 0.5)) for _ in range(repeats)]
        thinking = [_while_thinking(board, question, chance.uniform(0.0, slowest_s)) for _ in range(repeats)]
        period_ms = board.settings.sound.period_ms
    silence = _silence(speaking, period_ms, engines.voice.sample_rate * period_ms // 1000, _peers(engines, repeats))
    return silence, _quiet([*speaking, *thinking])


def _silence(presses: Sequence[Press], period_ms: int, period: int, peers: dict[str, float]) -> Found:
    silent = [press.silent_ms for press in presses]
    most = max((press.loud for press in presses), default=0)
    how = f"{len(presses)} presses while it speaks; at most {most} audible samples after the edge"
    more = {
        "after_order": max((press.ordered for press in presses), default=0),
        "silent_ms": [round(ms, 3) for ms in silent],
        "most_samples": most,
        "period_samples": period,
    }
    return Found(_p99(silent), how, float(period_ms), peers, more)


def _quiet(presses: Sequence[Press]) -> Found:
    quiet = [press.quiet_ms for press in presses if press.quiet_ms is not None]
    slower = max((press.silent_ms for press in presses if press.quiet_ms is not None), default=0.0)
    how = f"{len(quiet)} presses found an engine at work; silence meanwhile within {slower:.1f} ms"
    return Found(_p99(quiet), how, more={"quiet_ms": [round(ms, 3) for ms in quiet]})


def _p99(values: Sequence[float]) -> float | None:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(0.99 * (len(ranked) - 1)))] if ranked else None


def _while_speaking(board: Board, question: str, after_s: float) -> Press:
    board.refresh()
    board.card.first_after(board.ask(question), 60.0)
    time.sleep(after_s)
    return _press(board)


def _while_thinking(board: Board, question: str, after_s: float) -> Press:
    board.refresh()
    board.ask(question)
    time.sleep(after_s)
    return _press(board)


def _press(board: Board) -> Press:
    at = board.press()
    time.sleep(_SETTLE_S)
    _wait_quiet(board)
    silent, loud = board.card.after(at, at + 5.0)
    calls = [call for call in board.meter.calls if call.part in ("prefill", "reply", "voice")]
    ends = [call.ended for call in calls if call.began < at < call.ended]  # what it reads for the next turn is not that
    board.assistant.post(ev.ButtonUp())
    board.assistant.post(ev.Cancel())
    ordered = int(board.speaker.statistics()["last_flush_samples"])
    return Press((silent - at) * 1000, loud, ordered, (max(ends) - at) * 1000 if ends else None)


def _wait_quiet(board: Board) -> None:
    """Wait for an engine that is still in a call."""
    board.assistant.activity.wait_quiet(60.0)


def _peers(engines: Engines, repeats: int) -> dict[str, float]:
    if not peer.installed():
        return {}
    from pipit.device.bench.pipecat_rig import silence_ms

    chance = Random(7)  # noqa: S311 - when to press
    few = range(min(repeats, 8))
    found = [silence_ms(engines, settings(), spoken("tell_me_a_story"), chance.uniform(0.0, 0.5)) for _ in few]
    return {"pipecat, median": sorted(found)[len(found) // 2], "pipecat, most": max(found)}
