"""The other assistant, pipecat, on the same engines and the same frames, set for speed as its documentation says.

Only imported where it is installed. Engines work in threads, the transport is paced as ours is, and the turn ends with
the silence window at once; ``more_s`` is what it waits besides, 0.6 s by default.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import numpy as np
from loguru import logger
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams
from pipecat.frames import frames as pf
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

from pipit.audio import FRAME_MS, FRAME_SAMPLES, RATE, Frame
from pipit.device.bench.board import hush, messages_for, prime
from pipit.device.bench.speech import activity, seconds
from pipit.device.config import Settings
from pipit.fsm.clauses import speakable
from pipit.models import CancelToken, Engines

logger.remove()
_PATIENCE_S = 30.0


@dataclass(slots=True)
class Scene:
    """What is said and what came of it; instants by ``time.perf_counter``."""

    engines: Engines
    settings: Settings
    frames: tuple[bytes, ...]
    lead: int = 15
    """Frames of a quiet room before it."""
    spoken_at: float = 0.0
    writes: list[float] = field(default_factory=list)
    """When audible sound was handed to the device."""
    token: CancelToken = field(default_factory=CancelToken)
    over: bool = False


class _Activity(VADAnalyzer):
    """Our own voice activity."""

    def __init__(self, window_s: float) -> None:
        super().__init__(params=VADParams(stop_secs=window_s, start_secs=0.08, min_volume=0.0))
        self._hears, self._index = activity(), 0

    def num_frames_required(self) -> int:
        return FRAME_SAMPLES

    def voice_confidence(self, buffer: bytes) -> float:
        self._index += 1
        return float(self._hears.is_speech(Frame(self._index, bytes(buffer))))


class _Ear(BaseInputTransport):
    def __init__(self, params: TransportParams, scene: Scene) -> None:
        super().__init__(params)
        self._scene = scene

    async def start(self, frame: pf.StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._pump = asyncio.create_task(self._run())

    async def _run(self) -> None:
        scene, began, index = self._scene, time.perf_counter(), 0
        scene.spoken_at = began + scene.lead * FRAME_MS / 1000 + seconds(scene.frames)
        while not scene.over:
            index += 1
            await asyncio.sleep(max(0.0, began + index * FRAME_MS / 1000 - time.perf_counter()))
            at = index - 1 - scene.lead
            pcm = scene.frames[at] if 0 <= at < len(scene.frames) else hush(index)
            await self.push_audio_frame(pf.InputAudioRawFrame(audio=pcm, sample_rate=RATE, num_channels=1))


class _Mouth(BaseOutputTransport):
    def __init__(self, params: TransportParams, scene: Scene) -> None:
        super().__init__(params)
        self._scene = scene

    async def start(self, frame: pf.StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: pf.OutputAudioRawFrame) -> bool:
        if np.frombuffer(frame.audio, np.int16).any():
            self._scene.writes.append(time.perf_counter())
        await asyncio.sleep(len(frame.audio) / 2 / frame.sample_rate)
        return True


class _Recognizer(STTService):
    def __init__(self, scene: Scene) -> None:
        super().__init__(settings=STTSettings(model="bench", language=None), ttfs_p99_latency=0.05)
        self._scene = scene

    async def run_stt(self, audio: bytes) -> AsyncGenerator[pf.Frame | None, None]:
        await asyncio.to_thread(self._scene.engines.recognizer.feed, audio)
        yield None

    async def process_frame(self, frame: pf.Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, pf.VADUserStoppedSpeakingFrame):
            text = await asyncio.to_thread(self._scene.engines.recognizer.final)
            found = pf.TranscriptionFrame(text, "bench", time_now_iso8601())
            found.finalized = True
            await self.push_frame(found)


class _Model(LLMService):
    def __init__(self, scene: Scene) -> None:
        names = (
            "model system_instruction temperature max_tokens top_p top_k frequency_penalty presence_penalty seed "
            "user_turn_completion_config"
        )
        nothing = dict.fromkeys(names.split())
        super().__init__(settings=LLMSettings(**nothing, filter_incomplete_user_turns=False))
        self._scene = scene

    async def process_frame(self, frame: pf.Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, pf.LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        scene = self._scene
        said = str(frame.context.get_messages()[-1]["content"])
        scene.token = CancelToken()
        model, room = scene.engines.model, scene.settings.reply.tokens
        pieces = model.generate(messages_for(scene.settings, said), scene.token, room)
        await self.push_frame(pf.LLMFullResponseStartFrame())
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            await self._push_llm_text(piece)
        await self.push_frame(pf.LLMFullResponseEndFrame())


class _Voice(TTSService):
    def __init__(self, scene: Scene) -> None:
        chosen = TTSSettings(model="bench", voice="bench", language=None)
        rate = scene.engines.voice.sample_rate
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=chosen, sample_rate=rate)
        self._scene = scene

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[pf.Frame | None, None]:
        voice = self._scene.engines.voice
        chunks = voice.synthesize(speakable(text), CancelToken())
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            sound = chunk.astype("<i2").tobytes()
            yield pf.TTSAudioRawFrame(audio=sound, sample_rate=voice.sample_rate, num_channels=1, context_id=context_id)


def _worker(scene: Scene, window_s: float, more_s: float) -> PipelineWorker:
    out = scene.engines.voice.sample_rate
    params = TransportParams(
        audio_in_enabled=True, audio_out_enabled=True, audio_in_sample_rate=RATE, audio_out_sample_rate=out
    )
    turns = UserTurnStrategies(
        start=[VADUserTurnStartStrategy()], stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=more_s)]
    )
    user = LLMUserAggregatorParams(vad_analyzer=_Activity(window_s), user_turn_strategies=turns)
    both = LLMContextAggregatorPair(
        LLMContext(messages=[{"role": "system", "content": scene.settings.reply.system}]), user_params=user
    )
    parts = [_Ear(params, scene), _Recognizer(scene), both.user(), _Model(scene), _Voice(scene), _Mouth(params, scene)]
    rates = PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=out)
    return PipelineWorker(
        Pipeline([*parts, both.assistant()]), cancel_on_idle_timeout=False, enable_rtvi=False, params=rates
    )


async def _first_sound(scene: Scene) -> None:
    end = time.perf_counter() + _PATIENCE_S
    while not scene.writes and time.perf_counter() < end:
        await asyncio.sleep(0.005)


async def _perform(scene: Scene, window_s: float, more_s: float, act: _Act) -> float:
    worker = _worker(scene, window_s, more_s)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        return await act(scene, worker)
    finally:
        scene.over = True
        scene.token.cancel()
        await worker.cancel()
        await asyncio.wait([running], timeout=10)


class _Act:
    """What is done and measured in a scene."""

    async def __call__(self, scene: Scene, worker: PipelineWorker) -> float:
        """Return the figure."""
        raise NotImplementedError


class _FirstAudio(_Act):
    async def __call__(self, scene: Scene, worker: PipelineWorker) -> float:
        await _first_sound(scene)
        return scene.writes[0] - scene.spoken_at


class _Press(_Act):
    def __init__(self, after_s: float) -> None:
        self._after_s = after_s

    async def __call__(self, scene: Scene, worker: PipelineWorker) -> float:
        await _first_sound(scene)
        await asyncio.sleep(self._after_s)
        at = time.perf_counter()
        await worker.queue_frame(pf.InterruptionFrame())
        await asyncio.sleep(0.3)
        return max(scene.writes[-1] - at, 0.0) * 1000


class _Listen(_Act):
    async def __call__(self, scene: Scene, worker: PipelineWorker) -> float:
        await asyncio.sleep(1.0)
        cpu, began = time.process_time(), time.perf_counter()
        await asyncio.sleep(4.0)
        return (time.process_time() - cpu) / (time.perf_counter() - began) * FRAME_MS * 1000


def first_audio(
    engines: Engines, settings: Settings, frames: tuple[bytes, ...], window_s: float, more_s: float = 0.0
) -> float:
    """Return the seconds from the last frame of speech to the first sound handed to the device."""
    prime(engines, settings)
    return asyncio.run(_perform(Scene(engines, settings, frames), window_s, more_s, _FirstAudio()))


def silence_ms(engines: Engines, settings: Settings, frames: tuple[bytes, ...], after_s: float) -> float:
    """Return the milliseconds from a press to the last audible sound handed to the device."""
    prime(engines, settings)
    return asyncio.run(_perform(Scene(engines, settings, frames), 0.2, 0.0, _Press(after_s)))


def frame_us(engines: Engines, settings: Settings) -> float:
    """Return the microseconds of processor per 20 ms of a quiet room."""
    return asyncio.run(_perform(Scene(engines, settings, ()), 0.2, 0.0, _Listen()))
