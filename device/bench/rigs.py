"""Which engines are measured, and how the assistant is set for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipit.device.config import Settings
from pipit.errors import BadInput
from pipit.models import Engines
from pipit.models.load import EngineOptions, Weights, load_engines, load_language_model, load_voice, pocket_weights
from pipit.models.scripted import ScriptedModel, ScriptedRecognizer, ScriptedVoice

NAMES = ("scripted", "random", "random-x-low", "pocket")
_VOICES = {"random": "medium.onnx", "random-x-low": "x_low.onnx"}
SAID = "what is my name"
REPLY = "Sure. It is half past nine in the morning, and the sun is out."
FINAL_S, PROMPT_S, TOKEN_S, CLAUSE_S = 0.040, 0.120, 0.025, 0.080
"""What the scripted engines take: about a small board's times, those of the peers' figures."""


@dataclass(frozen=True, slots=True)
class Rig:
    """Engines to be measured; ``weights`` None where there are none."""

    name: str
    load: Callable[[EngineOptions | None], Engines]
    weights: Weights | None = None

    @property
    def real(self) -> bool:
        """Whether the engines compute."""
        return self.weights is not None

    @property
    def drawn(self) -> bool:
        """Whether model and voice have random weights, and the ears are scripted."""
        return self.name in _VOICES


def cache() -> Path:
    """Return where the engines with random weights are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pipit" / "bench"


def scripted(replies: Sequence[str] = (REPLY,), seconds_per_character: float = 0.06, quick: bool = False) -> Engines:
    """Return engines of exactly known speed; quick ones are four times as fast."""
    pace = 0.25 if quick else 1.0
    return Engines(
        ScriptedRecognizer((SAID,), FINAL_S * pace, words_per_second=40.0),
        ScriptedModel(replies, PROMPT_S * pace, TOKEN_S * pace, context_tokens=4096),
        ScriptedVoice(seconds_per_clause=CLAUSE_S * pace, seconds_per_character=seconds_per_character),
    )


def rig(name: str) -> Rig:
    """Return the engines of a name; raises ``BadInput`` when they were not made yet."""
    if name == "scripted":
        return Rig(name, lambda _: scripted())
    if name == "pocket":
        weights = pocket_weights()
        return Rig(name, lambda options: load_engines(weights, options), weights)
    weights = Weights(Path(), cache() / "talker.gguf", cache() / _VOICES[name])
    for path, tool in ((weights.model, "talker.py"), (weights.voice, f"voice.py {weights.voice.stem}")):
        if not path.is_file():
            raise BadInput("bench-engines", f"no {path}", f"make it: tools/bench/{tool}")
    return Rig(name, lambda options: _random(weights, options), weights)


def _random(weights: Weights, options: EngineOptions | None) -> Engines:
    chosen = options or EngineOptions(context_tokens=1024, temperature=1.0)
    recognizer = ScriptedRecognizer((SAID,), FINAL_S, words_per_second=40.0)
    with ThreadPoolExecutor(2) as pool:  # beside each other, as the assistant loads its own
        model = pool.submit(load_language_model, weights, chosen)
        voice = pool.submit(load_voice, weights, chosen)
    return Engines(recognizer, model.result(), voice.result())


def settings(*, bet_ms: int = 0, silence_ms: int = 200, hold_off_ms: int = 0, tokens: int = 120) -> Settings:
    """Return the defaults, listening with the given windows; by default those of the peers."""
    base = Settings()
    listen = base.listen.model_copy(update={"bet_ms": bet_ms, "silence_ms": silence_ms, "hold_off_ms": hold_off_ms})
    reply = base.reply.model_copy(update={"tokens": tokens})
    return base.model_copy(update={"listen": listen, "reply": reply})
