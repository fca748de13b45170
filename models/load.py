"""Which weights, loaded how: from three paths to three engines."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipit.errors import EngineError, WeightsError
from pipit.models.checks import missing
from pipit.models.gguf import read_gguf_header
from pipit.models.memory import model_need, out_of_memory, require_memory, voice_need, vosk_need
from pipit.models.ports import Engines, LanguageModel, Recognizer, Voice

Loaded = TypeVar("Loaded")

Progress = Callable[[str, float], None]
"""Called with ``recognizer``, ``model`` or ``voice`` and the seconds it took, from the thread that loaded."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Where the three engines' weights are."""

    recognizer: Path
    """The folder of a Vosk model."""
    model: Path
    """A GGUF file."""
    voice: Path
    """A Piper voice (``.onnx``), its settings beside it (``.onnx.json``)."""


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How the engines run; the defaults leave a core to ear and mouth while a reply is written."""

    context_tokens: int = 512
    """Tokens of prompt and reply together."""
    threads: int = field(default_factory=lambda: max(1, min(3, usable_cores() - 1)))
    """Threads that write a reply."""
    prefill_threads: int = field(default_factory=lambda: max(1, min(4, usable_cores())))
    """Threads that read a prompt."""
    voice_threads: int = field(default_factory=lambda: max(1, min(2, usable_cores() // 2)))
    """Threads that speak a clause."""
    temperature: float = 0.0
    """0 always picks the likeliest token, 1 draws as the model is."""
    seed: int = 7
    """For the draw: the same prompt gets the same reply."""
    cache: Path | None = None
    """Folder for what is made from weights once; None: only beside them, if at all."""


def pocket_weights() -> Weights:
    """Return the weights that come with Pipit.

    ``PIPIT_POCKET_DIR`` names another folder of the same layout, for those who work on the weights.
    """
    folder = Path(os.environ.get("PIPIT_POCKET_DIR") or Path(__file__).parent / "pocket")
    return Weights(folder / "recogniser", folder / "model" / "pocket.gguf", folder / "voice" / "pocket.onnx")


def load_engines(weights: Weights, options: EngineOptions | None = None, progress: Progress | None = None) -> Engines:
    """Load the three engines beside each other, so that it takes as long as the slowest.

    Raises what failed first, a ``WeightsError`` or another ``EngineError``, after all three have ended.
    """
    chosen = options or EngineOptions()
    _require_room(weights, chosen)

    errors: list[Exception] = []

    def part(kind: str, load: Callable[[], Loaded]) -> Callable[[], Loaded]:
        return lambda: _load_part(kind, load, progress, errors)

    with ThreadPoolExecutor(max_workers=3, thread_name_prefix="load") as pool:
        recognizer = pool.submit(part("recognizer", lambda: load_recognizer(weights)))
        model = pool.submit(part("model", lambda: load_language_model(weights, chosen)))
        voice = pool.submit(part("voice", lambda: load_voice(weights, chosen)))
    if errors:
        raise errors[0]
    return Engines(recognizer.result(), model.result(), voice.result())


def needed_bytes(weights: Weights, context_tokens: int) -> int:
    """Return about how many bytes the three engines take together; raises ``WeightsError`` for what is not there."""
    try:
        return (
            vosk_need(weights.recognizer)
            + model_need(weights.model.stat().st_size, read_gguf_header(weights.model), context_tokens)
            + voice_need(weights.voice.stat().st_size)
        )
    except OSError as error:
        raise missing(Path(error.filename), "a file of the weights") from error


def _require_room(weights: Weights, options: EngineOptions) -> None:
    """Each engine asks for itself, but three that fit alone may not fit together."""
    try:
        need = needed_bytes(weights, options.context_tokens)
    except WeightsError:
        return  # the engine concerned says it better
    require_memory(weights.model, need)


def load_recognizer(weights: Weights) -> Recognizer:
    """Load the recogniser alone."""
    with _as_engine_errors(weights.recognizer):
        from pipit.models.vosk_engine import VoskRecognizer

        return VoskRecognizer(weights.recognizer)


def load_language_model(weights: Weights, options: EngineOptions) -> LanguageModel:
    """Load the language model alone."""
    with _as_engine_errors(weights.model):
        from pipit.models.llama_engine import LlamaModel

        return LlamaModel(
            weights.model,
            context_tokens=options.context_tokens,
            threads=options.threads,
            prefill_threads=options.prefill_threads,
            temperature=options.temperature,
            seed=options.seed,
            cache=options.cache,
        )


def load_voice(weights: Weights, options: EngineOptions) -> Voice:
    """Load the voice alone."""
    with _as_engine_errors(weights.voice):
        from pipit.models.piper_engine import PiperEngine

        return PiperEngine(weights.voice, threads=options.voice_threads, cache=options.cache)


def _load_part(kind: str, load: Callable[[], Loaded], progress: Progress | None, errors: list[Exception]) -> Loaded:
    begun = time.monotonic()
    try:
        engine = load()
    except Exception as error:
        errors.append(error)  # in the order in which they come
        raise
    if progress:
        progress(kind, time.monotonic() - begun)
    return engine


@contextmanager
def _as_engine_errors(path: Path) -> Iterator[None]:
    """Say what Python raises by itself in our own words."""
    try:
        yield
    except MemoryError as error:
        raise out_of_memory(path, "an allocation failed") from error
    except ImportError as error:
        raise EngineError("engine-missing", f"{path} cannot be loaded: {error}", "install Pipit again") from error
