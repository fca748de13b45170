"""From settings to loaded engines."""

from __future__ import annotations

from typing import Any

from pipit.device.config import Settings
from pipit.device.language import chosen_weights
from pipit.device.settings import EngineChoice
from pipit.models import Engines, LanguageModel, Recognizer, Voice, load
from pipit.models.cache import cache_folder
from pipit.models.load import EngineOptions, Weights

SCRIPTED = "scripted"


def weights_for(choice: EngineChoice) -> Weights:
    """Return where the chosen weights lie: the set's, what is named instead, or what speaks the chosen language."""
    return chosen_weights(choice)


def options_for(choice: EngineChoice) -> EngineOptions:
    """Return how the engines run; what is unset follows from the number of cores."""
    names = ("context_tokens", "threads", "prefill_threads", "voice_threads", "temperature", "seed")
    given: dict[str, Any] = {name: value for name in names if (value := getattr(choice, name)) is not None}
    return EngineOptions(**given, cache=cache_folder())


def load_all(settings: Settings) -> Engines:
    """Load the three engines beside each other; raises ``WeightsError`` that says which is missing or broken."""
    choice = settings.engines
    if choice.weights == SCRIPTED:
        from pipit.models.scripted import scripted_engines

        return scripted_engines()
    return load.load_engines(weights_for(choice), options_for(choice))


def load_recognizer(settings: Settings) -> Recognizer:
    """Load the recogniser alone."""
    if settings.engines.weights == SCRIPTED:
        return load_all(settings).recognizer
    return load.load_recognizer(weights_for(settings.engines))


def load_model(settings: Settings) -> LanguageModel:
    """Load the language model alone."""
    if settings.engines.weights == SCRIPTED:
        return load_all(settings).model
    return load.load_language_model(weights_for(settings.engines), options_for(settings.engines))


def load_voice(settings: Settings) -> Voice:
    """Load the voice alone."""
    if settings.engines.weights == SCRIPTED:
        return load_all(settings).voice
    return load.load_voice(weights_for(settings.engines), options_for(settings.engines))
