"""Figure 3: what is thought for nothing when people pause, and that none of it is heard."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from pipit.audio import RATE, Samples, write_wav
from pipit.device.app import Assistant
from pipit.device.bench.meter import metered
from pipit.device.bench.speech import spoken
from pipit.device.bench.table import Found
from pipit.device.config import Settings
from pipit.device.replay import Scenario, from_wavs
from pipit.device.replay.stage import Stage
from pipit.fsm import State
from pipit.fsm.chat import Chat
from pipit.models import Engines

PAUSES_MS = ((), (300,), (), (120, 420), (), (240,), (), (600,))
"""Pauses within the utterances, in turn: half of the people speak without one."""
_WORDS = ("what_is_my_name", "tell_me_a_story", "turn_on_the_living_room_lamp")


class Witness:
    """The speaker of a replay, which objects to sound while the person has the word."""

    def __init__(self) -> None:
        self.leaks = 0
        self.assistant: Assistant | None = None

    def write(self, turn: str, samples: Samples, at: int) -> None:
        """Count what is heard although nothing was asked yet."""
        state = self.assistant.dialogue.state if self.assistant else State.SPEAKING
        if state not in (State.THINKING, State.SPEAKING, State.IDLE):
            self.leaks += int(np.count_nonzero(samples))


def measure(engines: Engines, utterances: int, *, real_time: bool) -> Found:
    """Replay the same pausing speakers with and without betting, under the settings that Pipit ships with."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = from_wavs(_recordings(Path(folder), utterances), open_mic=True)
        betting = _replayed(engines, Settings(), scenario, real_time)
        plain = _replayed(engines, _betting(Settings(), 0), scenario, real_time)
    leaks = betting[1]
    wasted = max(0.0, 1 - plain[0] / betting[0])
    pace = "in real time" if real_time else "as fast as possible: a bet is always thought to its end"
    how = f"{utterances} utterances, half with pauses, {pace}; leaked: {leaks} samples; windows as shipped"
    more = {"leaks": leaks, "placed": betting[2], "called": betting[3]}
    return Found(wasted if not leaks else float("inf"), how, 0.0, more=more)


def _betting(base: Settings, bet_ms: int) -> Settings:
    return base.model_copy(update={"listen": base.listen.model_copy(update={"bet_ms": bet_ms})})


def _recordings(folder: Path, utterances: int) -> list[Path]:
    paths = []
    for number in range(utterances):
        pauses = PAUSES_MS[number % len(PAUSES_MS)]
        pieces: list[Samples] = [np.zeros(RATE // 2, np.int16)]
        for part, pause in enumerate((*pauses, 0)):
            said = np.frombuffer(b"".join(spoken(_WORDS[(number + part) % len(_WORDS)])), np.int16)
            pieces += [said, np.zeros(RATE * pause // 1000, np.int16)]
        paths.append(folder / f"{number}.wav")
        write_wav(paths[-1], np.concatenate(pieces), RATE)
    return paths


def _replayed(engines: Engines, chosen: Settings, scenario: Scenario, real_time: bool) -> tuple[float, int, int, int]:
    """Return seconds of engines' work (processor where they compute), leaks, and bets placed and called."""
    measured, meter = metered(engines)
    witness = Witness()
    stage = Stage(scenario, witness, realtime=real_time)
    witness.assistant = assistant = Assistant(measured, stage, chosen, "bench", Chat(lambda: chosen.reply.system))
    stage.attach(assistant)
    assistant.start()
    assistant.wait()
    bets = assistant.dialogue.bets
    return meter.busy(), witness.leaks, bets.placed, bets.called
