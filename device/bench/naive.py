"""The plainest peer: one thing after the other. Its engines, alone, also give the least time that there is."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pipit.audio import FRAME_MS, FRAME_SAMPLES, RATE, Frame
from pipit.device.bench.board import hush, messages_for, prime
from pipit.device.bench.meter import first_clause, metered
from pipit.device.bench.speech import activity
from pipit.device.config import Settings
from pipit.fsm.clauses import speakable
from pipit.models import CancelToken, Engines


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Seconds, all after the last frame of speech."""

    first_audio_s: float
    final_s: float
    first_token_s: float
    clause_s: float
    """From the prompt until the first clause is sure."""
    voice_s: float
    """Of the first clause, to its first sound."""

    @property
    def engines_s(self) -> float:
        """The engines' least time, without the silence window."""
        return self.final_s + self.clause_s + self.voice_s


def one_by_one(engines: Engines, settings: Settings, frames: tuple[bytes, ...], window_s: float) -> OneByOne:
    """Hear a question, wait out the window, then transcribe, think it all, speak it all."""
    measured, meter = metered(engines)
    prime(measured, settings)
    meter.clear()
    last = _listen(measured, frames, window_s)
    said = measured.recognizer.final()
    text = "".join(measured.model.generate(messages_for(settings, said), CancelToken(), settings.reply.tokens))
    for _ in measured.voice.synthesize(speakable(text), CancelToken()):
        break
    first_audio = time.perf_counter() - last
    reply = meter.of("reply")[-1]
    clause_s, clause = first_clause(reply)
    for _ in measured.voice.synthesize(speakable(clause), CancelToken()):
        break
    voice = meter.of("voice")[-1].busy
    return OneByOne(first_audio, meter.of("final")[-1].busy, reply.steps[0][0], clause_s, voice)


def _listen(engines: Engines, frames: tuple[bytes, ...], window_s: float) -> float:
    """Take in frames as they come, until it was silent for the window; returns when speech ended."""
    hears, began, last, index = activity(), time.perf_counter(), 0, 0
    while not last or index - last < round(window_s * RATE / FRAME_SAMPLES):
        index += 1
        time.sleep(max(0.0, began + index * FRAME_MS / 1000 - time.perf_counter()))
        pcm = frames[index - 1] if index <= len(frames) else hush(index)
        if hears.is_speech(Frame(index, pcm)) or index <= len(frames):
            last = index
        engines.recognizer.feed(pcm)
    return began + last * FRAME_MS / 1000
