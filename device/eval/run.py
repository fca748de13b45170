"""Plays all recordings under all conditions, on as many recognisers beside each other as there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from math import ceil
from pathlib import Path
from queue import SimpleQueue

from pipit.audio import RATE, Samples, WavClip
from pipit.device.eval.labels import Labelled
from pipit.device.eval.listener import Listener, room_around, room_s
from pipit.device.eval.mixing import Noise, mix
from pipit.device.eval.score import Column, Result
from pipit.device.eval.trial import Trial
from pipit.device.settings import Listen
from pipit.errors import BadInput
from pipit.fsm.flow.schema import Flow
from pipit.fsm.script import Listening
from pipit.models import Recognizer


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played, how it is heard, and on which day it was said."""

    flow: Flow
    labels: Sequence[Labelled]
    folder: Path | None
    """None: the labels' texts are read instead of recordings."""
    noise: Noise | None = None
    snrs: tuple[float, ...] = ()
    exact: bool = True
    """Whether the recogniser is told what may be said."""
    open_mic: bool = False
    today: date = date(2026, 1, 1)

    @property
    def conditions(self) -> tuple[float | None, ...]:
        """The SNR of each column; None is without noise."""
        return (None, *self.snrs)


def check_recordings(plan: Plan, listen: Listen) -> None:
    """Open everything once, so that what is missing is told before anything is played; raises ``BadInput``."""
    if plan.folder is None:
        silent = [each.name for each in plan.labels if not each.text]
        if silent:
            raise BadInput("label-text", f"{_and_more(silent)}: no text in the labels", "add it, or play recordings")
        return
    missing = [each.name for each in plan.labels if not (plan.folder / each.name).is_file()]
    if missing:
        raise BadInput("recording-missing", f"{plan.folder}: no {_and_more(missing)}", "give the recordings' folder")
    room = sum(room_s(Trial(plan.flow, plan.today).listening, listen)) if plan.open_mic else 0.0
    for each in plan.labels:
        seconds = WavClip(plan.folder / each.name).seconds
        if plan.noise is not None:
            plan.noise.stretch(each.name, ceil((seconds + room) * RATE))


def evaluate(
    plan: Plan, recognizers: Sequence[Recognizer], listen: Listen, done: Callable[[], None] = lambda: None
) -> list[Column]:
    """Return a column for each condition; ``done`` is called after each recording. Raises ``PipitError``."""
    if plan.folder is None:
        return [Column(None, tuple(_counted(done, (_read(plan, each) for each in plan.labels))))]
    idle: SimpleQueue[Listener] = SimpleQueue()
    for recognizer in recognizers:
        idle.put(Listener(recognizer, listen, open_mic=plan.open_mic))

    def play(each: Labelled, snr_db: float | None) -> Result:
        listener = idle.get()
        try:
            return _play(plan, each, snr_db, listener, listen)
        finally:
            idle.put(listener)

    with ThreadPoolExecutor(len(recognizers)) as pool:
        try:
            return [
                Column(snr, tuple(_counted(done, pool.map(play, plan.labels, [snr] * len(plan.labels)))))
                for snr in plan.conditions
            ]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _play(plan: Plan, each: Labelled, snr_db: float | None, listener: Listener, listen: Listen) -> Result:
    trial = Trial(plan.flow, plan.today)
    wanted = trial.listening if plan.exact else Listening(None, trial.listening.silence_ms)
    samples = _sound(plan, each, snr_db, wanted, listen)
    return _result(trial, each, listener.hear(samples, wanted))


def _sound(plan: Plan, each: Labelled, snr_db: float | None, wanted: Listening, listen: Listen) -> Samples:
    samples = WavClip((plan.folder or Path()) / each.name).samples()
    if plan.open_mic:
        samples = room_around(samples, wanted, listen)
    if plan.noise is None or snr_db is None:
        return samples
    return mix(samples, plan.noise.stretch(each.name, len(samples)), snr_db)


def _read(plan: Plan, each: Labelled) -> Result:
    return _result(Trial(plan.flow, plan.today), each, each.text)


def _result(trial: Trial, each: Labelled, heard: str) -> Result:
    return Result(each.name, heard, bool(heard) and trial.expects(heard), each.wanted, trial.told(heard))


def _counted(done: Callable[[], None], results: Iterable[Result]) -> Iterable[Result]:
    for result in results:
        done()
        yield result


def _and_more(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
