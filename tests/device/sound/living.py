"""The whole assistant, live, on engines that do what a test needs; started by ``assistant.py`` beside it."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pipit.device.config import Settings, load_settings
from pipit.device.live import run_live
from pipit.device.log import set_up
from pipit.errors import WeightsError
from pipit.models import CancelToken, Engines, Message
from pipit.models.scripted import ScriptedModel, ScriptedRecognizer, ScriptedVoice

PACE_S = 0.02
"""Of speech, for each character."""
STORY = "Once there was a small bird who sang all day."


class Levels(ScriptedRecognizer):
    """Its words are how loud it was, in order: ``low``, ``high``, ``low high`` …"""

    name = "levels"

    def __init__(self) -> None:
        super().__init__()
        self._words: list[str] = []

    def feed(self, pcm: bytes) -> None:
        for frame in np.frombuffer(pcm, "<i2").reshape(-1, 320):
            peak = int(np.abs(frame).max())
            word = "high" if peak > 5000 else "low" if peak > 500 else ""
            if word and self._words[-1:] != [word]:
                self._words.append(word)

    def partial(self) -> str:
        return " ".join(self._words)

    def final(self) -> str:
        text, self._words = self.partial(), []
        return text

    def reset(self) -> None:
        self._words = []


class Thinker(ScriptedModel):
    """Asked to ``think`` it takes until a file is there; asked for a ``story`` it tells one."""

    name = "thinker"

    def generate(
        self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int, grammar: str = ""
    ) -> Iterator[str]:
        asked = messages[-1].text
        go = Path(os.environ["TEST_GO"])
        while "think" in asked and not go.exists() and not cancel.cancelled:
            time.sleep(0.01)
        yield from re.findall(r"\s*\S+", STORY if "story" in asked else f"You said {asked}.")


def engines(settings: Settings) -> Engines:
    """Return engines of its own; ``engines.seed`` 13 stands for weights that are missing."""
    if settings.engines.seed == 13:
        raise WeightsError("weights-missing", "no such weights", "give others")
    return Engines(Levels(), Thinker(), ScriptedVoice(seconds_per_character=PACE_S))


def main() -> None:
    """Run until SIGTERM."""
    settings = load_settings()
    set_up(settings.log)
    run_live(settings, engines(settings), reread=load_settings, load=engines)


if __name__ == "__main__":
    sys.exit(main())
