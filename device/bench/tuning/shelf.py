"""Engines for one number of threads after the other: only what has changed is loaded again, never two of a kind."""

from __future__ import annotations

import gc

from pipit.models import Engines, LanguageModel, Recognizer, Voice
from pipit.models.load import EngineOptions, Weights, load_engines, load_voice


class Shelf:
    """Call it with options to get the engines; those that it gave before must not be used any more."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._kept: tuple[Recognizer, LanguageModel] | None = None
        self._voice: Voice | None = None
        self._voice_threads = 0

    def __call__(self, options: EngineOptions) -> Engines:
        """Return engines that run like this; raises ``WeightsError``."""
        if self._kept is None:
            engines = load_engines(self._weights, options)
            self._kept = engines.recognizer, engines.model
            self._voice, self._voice_threads = engines.voice, options.voice_threads
        recognizer, model = self._kept
        _use_threads(model, options)
        return Engines(recognizer, model, self._voice_for(options))

    def _voice_for(self, options: EngineOptions) -> Voice:
        if self._voice is None or self._voice_threads != options.voice_threads:
            self._voice = None
            gc.collect()  # the next one needs the memory of the one before
            self._voice = load_voice(self._weights, options)
            self._voice_threads = options.voice_threads
        return self._voice


def _use_threads(model: LanguageModel, options: EngineOptions) -> None:
    from pipit.models.llama_engine import LlamaModel

    if isinstance(model, LlamaModel):
        model.use_threads(options.threads, options.prefill_threads)
