"""Figures 1 and 2: from the last frame of speech to the first sound that is handed to the device."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from pipit.device.bench import peer
from pipit.device.bench.board import Board
from pipit.device.bench.naive import OneByOne, one_by_one
from pipit.device.bench.rigs import settings
from pipit.device.bench.speech import seconds, spoken
from pipit.device.bench.table import Found
from pipit.device.config import Settings
from pipit.errors import Failure
from pipit.fsm import events as ev
from pipit.models import Engines

BET_MS = 40
"""Within a window of 200 ms."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn; instants in seconds after the last frame of speech."""

    first_audio_s: float
    window_s: float
    stages: dict[str, float] = field(default_factory=dict)


def ask_aloud(board: Board, frames: tuple[bytes, ...]) -> Answer:
    """Say something as the first thing in a conversation, and wait for the first sound."""
    board.refresh()
    return go_on_aloud(board, frames)


def go_on_aloud(board: Board, frames: tuple[bytes, ...]) -> Answer:
    """Say something more, and wait for the first sound."""
    began = time.perf_counter()
    board.microphone.say(frames)
    first = board.card.first_after(began + seconds(frames), 60.0)
    if first is None:
        raise Failure("bench-stuck", "no answer within 60 s")
    board.wait(ev.PlaybackStarted)
    events = board.events()
    end = max(e.end for _, e in events if isinstance(e, ev.Endpoint))
    last = board.microphone.instant(end)
    wanted = {ev.FinalTranscript: "transcript", ev.FirstToken: "first token", ev.Clause: "first clause"}
    stages = {"silence window": board.window_s}
    for kind, name in wanted.items():
        stages[name] = next(at for at, e in events if isinstance(e, kind)) - last
    stages |= {"voice": board.meter.of("voice")[0].steps[0][1] - last, "first sound": first - last}
    return Answer(first - last, board.window_s, stages)


def measure(engines: Engines, repeats: int, *, quick: bool, tell: Callable[[str], None]) -> tuple[Found, Found]:
    """Return both figures."""
    frames = spoken()[:30] if quick else spoken()
    tell("answers, not betting")
    plain = _answers(engines, settings(), frames, repeats)
    tell("answers, betting")
    betting = _answers(engines, settings(bet_ms=BET_MS), frames, repeats)
    tell("peers")
    window = median(answer.window_s for answer in plain)
    alone = [one_by_one(engines, settings(), frames, window) for _ in range(repeats)]
    least = window + median(one.engines_s for one in alone)
    peers = _peers(engines, alone, frames, repeats, window)
    shares = {name: value / least for name, value in peers.items()}
    how = f"median of {repeats} turns, window {window * 1000:.0f} ms, least time {least * 1000:.0f} ms"
    soonest = max(window + settings().sound.period_ms / 1000, _soonest(alone, BET_MS))
    shipped = {} if quick else _shipped(engines, frames, alone)
    return (
        Found(_first(plain) / least, how, 1.0, shares, {"stages": _middle(plain).stages, "least_s": least}),
        Found(
            _first(betting) / least,
            f"{how}; bet after {BET_MS} ms",
            soonest / least,
            shares,
            {"stages": _middle(betting).stages, "shipped": shipped},
        ),
    )


def _first(answers: list[Answer]) -> float:
    return median(answer.first_audio_s for answer in answers)


def _answers(engines: Engines, chosen: Settings, frames: tuple[bytes, ...], repeats: int) -> list[Answer]:
    with Board(engines, chosen) as board:
        return [ask_aloud(board, frames) for _ in range(repeats)]


def _middle(answers: list[Answer]) -> Answer:
    return sorted(answers, key=lambda answer: answer.first_audio_s)[len(answers) // 2]


def _soonest(alone: list[OneByOne], bet_ms: int) -> float:
    """Return when an answer can be there that is begun after ``bet_ms``."""
    return bet_ms / 1000 + median(one.clause_s + one.voice_s for one in alone)


def _shipped(engines: Engines, frames: tuple[bytes, ...], alone: list[OneByOne]) -> dict[str, float]:
    """Return the ratio under the settings that Pipit ships with, and its window."""
    answer = _answers(engines, Settings(), frames, 1)[0]
    least = answer.window_s + median(one.engines_s for one in alone)
    return {"ratio": round(answer.first_audio_s / least, 4), "window_ms": round(answer.window_s * 1000)}


def _peers(
    engines: Engines, alone: list[OneByOne], frames: tuple[bytes, ...], repeats: int, window_s: float
) -> dict[str, float]:
    found = {"one after the other": median(one.first_audio_s for one in alone)}
    if peer.installed():
        from pipit.device.bench.pipecat_rig import first_audio

        found["pipecat tuned"] = median(first_audio(engines, settings(), frames, window_s) for _ in range(repeats))
        found["pipecat default"] = first_audio(engines, settings(), frames, window_s, more_s=0.6)
    return found
