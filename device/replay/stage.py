"""The stage: a microphone that plays a scenario, and a speaker that keeps what it is given.

It sets the pace. By default the next 20 ms come only when nobody has anything left to do, so a replay is as
fast as the machine and always the same; in real time they come when a clock says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pipit.audio import FRAME_MS, FRAME_SAMPLES, RATE, Frame, Playback, Samples, WavClip
from pipit.audio.frames import SILENCE
from pipit.device.replay.scenario import Scenario, Step
from pipit.errors import BadInput, DeviceLost, Failure
from pipit.fsm import Activity, State
from pipit.fsm import events as ev

if TYPE_CHECKING:
    from pipit.device.app import Assistant

_STUCK_S = 300.0
"""An engine that works so long for 20 ms of audio will not come back."""
_BUSY = (State.THINKING, State.SPEAKING)


class Sink(Protocol):
    """Where the assistant's sound goes."""

    def write(self, turn: str, samples: Samples, at: int) -> None:
        """Take what was audible from sample ``at`` (16 kHz) on."""


@dataclass(slots=True)
class ClipRun:
    """A recording that was played into the microphone; pauses of a polite speaker split it in pieces."""

    path: Path
    start: int
    end: int
    pieces: list[tuple[int, int, int]]
    """(sample in the audio, sample in the recording, length)."""

    def within(self, sample: int) -> float | None:
        """Return the second within the recording that was heard at a sample of the audio."""
        for at, offset, length in reversed(self.pieces):
            if sample >= at:
                return (offset + min(sample - at, length)) / RATE
        return None


class Stage:
    """A ``Microphone`` for the ear; ``attach`` it to the assistant before that starts."""

    def __init__(self, scenario: Scenario, sink: Sink, *, realtime: bool = False) -> None:
        self.clips: list[ClipRun] = []
        self.problem: Exception | None = None
        self._scenario, self._sink, self._realtime = scenario, sink, realtime
        self._steps = iter(scenario.steps)
        self._step: Step | None = next(self._steps, None)
        self._ready_at: int | None = None
        self._waited_from = 0
        self._playing: _Player | None = None
        self._release_at: int | None = None
        self._index = 0
        self._unplugged = False
        self._closed = threading.Event()
        self._began = 0.0
        self._tail_from: int | None = None

    def attach(self, assistant: Assistant) -> None:
        """Let it watch the assistant's state, and pull its sound."""
        self._activity: Activity = assistant.activity
        self._playback: Playback = assistant.playback
        self._state: Callable[[], State] = lambda: assistant.dialogue.state
        self._post = assistant.post
        self._stamp = assistant.clock.stamp

    def close(self) -> None:
        """End the audio."""
        self._closed.set()

    def read(self) -> Frame | None:
        """Return the next 20 ms once it is time; None when the scenario is over."""
        if self._closed.is_set():
            return None
        self._pace()
        try:
            self._act()
        except Exception as error:
            self.problem = error
            return None
        self._pull()  # after the act: what is pressed now silences these 20 ms
        if self._closed.is_set() or self._over():
            return None
        frame = Frame(self._index, self._next_pcm())
        self._index += 1
        if self._unplugged:
            raise DeviceLost("microphone-lost", "the microphone was unplugged", "plug it in again")
        return frame

    # ---- pace and sound out --------------------------------------------------------------------------

    @property
    def _now(self) -> int:
        return self._index * FRAME_SAMPLES

    def _pace(self) -> None:
        if not self._realtime:
            self._settle()
            return
        self._began = self._began or time.perf_counter()
        late = self._began + self._index * FRAME_MS / 1000 - time.perf_counter()
        if late > 0:
            self._closed.wait(late)

    def _settle(self) -> None:
        """Wait until everybody is done."""
        waited = 0.0
        while not self._activity.wait_quiet(1.0) and not self._closed.is_set():
            waited += 1.0
            if waited >= _STUCK_S:
                raise Failure("engine-stuck", f"an engine was busy for {_STUCK_S:.0f} s with one moment of audio")

    def _pull(self) -> None:
        if not self._playback.busy or self._playback.paused:
            return
        turn = self._playback.turn
        samples = self._playback.pull(self._playback.rate * FRAME_MS // 1000)
        self._sink.write(turn, samples, self._now)
        if not self._realtime:
            self._settle()

    # ---- the person ----------------------------------------------------------------------------------

    def _act(self) -> None:
        """Do what is due; several steps may be due at once."""
        if self._release_at is not None and (self._playing is None or self._now >= self._release_at):
            self._release_at = None
            self._do(lambda: self._post(ev.ButtonUp(stamp=self._stamp())))
        while self._step is not None and self._free_for(self._step) and self._due(self._step):
            step, self._step = self._step, next(self._steps, None)
            self._ready_at, self._waited_from = None, self._now
            self._perform(step)

    def _free_for(self, step: Step) -> bool:
        """Whether nothing plays that must end first; a cable is pulled in the middle of a word."""
        cable = (step.unplug or step.plug) and (step.at_s is not None or step.when != "idle")
        return self._playing is None or cable

    def _due(self, step: Step) -> bool:
        if step.at_s is not None:
            return self._now >= step.at_s * RATE
        if self._ready_at is None:
            if self._waiting_for(step):
                self._check_patience(step)
                return False
            self._ready_at = self._now + round(step.after_s * RATE)
        elif step.when == "idle" and self._waiting_for(step):
            self._ready_at = None  # it had more to say
            return False
        return self._now >= self._ready_at

    def _waiting_for(self, step: Step) -> bool:
        if step.when == "now":
            return False
        if step.when == "idle":
            return not self._rests()
        return not self._playback.audible

    def _rests(self) -> bool:
        """Whether nothing more will come of itself; a turn that is suspended waits for the microphone."""
        state = self._state()
        return state is State.SUSPENDED or (state is State.IDLE and not self._playback.busy)

    def _check_patience(self, step: Step) -> None:
        if self._now - self._waited_from > self._scenario.patience_s * RATE:
            doing = step.actions()[0]
            what = f"a step '{doing}' waited {self._scenario.patience_s:g} s for the assistant to be {step.when}"
            raise BadInput("scenario-stuck", f"{what}, which is {self._state().value}", "change the step's 'when'")

    def _perform(self, step: Step) -> None:
        if step.clip is not None:
            self._playing = _Player(step.clip)
            if step.hold:
                self._do(lambda: self._post(ev.ButtonDown(stamp=self._stamp())))
                self._release_at = self._now + round((self._playing.seconds - step.let_go_s) * RATE)
            self.clips.append(ClipRun(step.clip, self._now, self._now, []))
        elif step.unplug or step.plug:
            self._unplugged = step.unplug
        else:
            self._do(lambda: self._post(self._event(step)))

    def _event(self, step: Step) -> ev.Event:
        stamp = self._stamp()
        if step.text is not None:
            return ev.TextTyped(text=step.text, stamp=stamp)
        if step.order is not None:
            verb, _, argument = step.order.partition(" ")
            return ev.SessionOrder(verb=verb, argument=argument.strip(), stamp=stamp)
        if step.say is not None:
            return ev.Say(text=step.say, stamp=stamp)
        kinds: dict[str, type[ev.Event]] = {
            "press": ev.ButtonDown,
            "release": ev.ButtonUp,
            "send": ev.Send,
            "cancel": ev.Cancel,
        }
        return kinds[step.actions()[0]](stamp=stamp)

    def _do(self, act: Callable[[], None]) -> None:
        act()
        if not self._realtime:
            self._settle()

    # ---- sound in ------------------------------------------------------------------------------------

    def _next_pcm(self) -> bytes:
        player = self._playing
        if player is None or (self._scenario.polite and self._release_at is None and self._state() in _BUSY):
            return SILENCE
        offset = player.position
        pcm = player.next()
        run = self.clips[-1]
        if pcm is None:
            self._playing = None
            run.end = self._now
            return SILENCE
        last = run.pieces[-1] if run.pieces else None
        if last is not None and last[0] + last[2] == self._now:
            run.pieces[-1] = (last[0], last[1], last[2] + FRAME_SAMPLES)
        else:
            run.pieces.append((self._now, offset, FRAME_SAMPLES))
        run.end = self._now + FRAME_SAMPLES
        return pcm

    def _over(self) -> bool:
        if self._step is not None or self._playing is not None or self._release_at is not None:
            self._tail_from = None
            return False
        if not self._rests():
            self._tail_from = None
            return False
        self._tail_from = self._tail_from if self._tail_from is not None else self._now
        return self._now - self._tail_from >= self._scenario.tail_s * RATE


class _Player:
    """Cuts a recording into frames, reading it as it goes."""

    def __init__(self, path: Path) -> None:
        self.position = 0
        clip = WavClip(path)
        self.seconds = clip.seconds
        self._blocks: Iterator[Samples] = clip.blocks()
        self._rest = np.zeros(0, np.int16)

    def next(self) -> bytes | None:
        """Return the next frame, padded with silence at the very end; None after it."""
        while len(self._rest) < FRAME_SAMPLES:
            block = next(self._blocks, None)
            if block is None:
                break
            self._rest = np.concatenate([self._rest, block])
        if not len(self._rest):
            return None
        frame, self._rest = self._rest[:FRAME_SAMPLES], self._rest[FRAME_SAMPLES:]
        self.position += FRAME_SAMPLES
        return bytes(np.pad(frame, (0, FRAME_SAMPLES - len(frame))).astype("<i2").tobytes())
