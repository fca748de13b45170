"""Figure 9: processor time to the first sound of a sentence of 3 to 6 s, over that of the whole sentence in one.

    python tools/bench/first_sound.py VOICE.onnx ...

Both include espeak-ng and run on one thread, in turns; of each the least of several is taken. The whole is what
Piper does by itself: one run of the uncut network, with the settings of our sessions.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipit.models import CancelToken
from pipit.models.piper_engine import PiperEngine

SENTENCE = "The kettle is on the stove and the tea will be ready in four minutes."
ROUNDS = 7


def cpu_seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def whole_engine(path: Path) -> PiperEngine:
    """The same voice without its parts."""
    import pipit.models.piper_engine as module

    open_parts, module.open_parts = module.open_parts, lambda *_: None
    try:
        return PiperEngine(path, threads=1)
    finally:
        module.open_parts = open_parts


def say(voice: PiperEngine) -> list[np.ndarray]:
    return list(voice.synthesize(SENTENCE, CancelToken()))


def measure(path: Path) -> dict[str, object]:
    ours, whole = PiperEngine(path, threads=1), whole_engine(path)
    seconds = sum(map(len, say(whole))) / whole.sample_rate
    times = [
        (
            cpu_seconds(lambda: next(ours.synthesize(SENTENCE, CancelToken()))),
            cpu_seconds(lambda: say(ours)),
            cpu_seconds(lambda: say(whole)),
        )
        for _ in range(ROUNDS)
    ]
    first, streamed, one = map(min, zip(*times, strict=True))
    return {
        "voice": path.stem, "streams": ours.streams, "seconds": round(seconds, 2), "first/whole": round(first / one, 3),
        "streamed/whole": round(streamed / one, 3), "chunks": len(say(ours)), "cpu/audio": round(one / seconds, 4),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("voices", nargs="+", type=Path)
    for path in parser.parse_args().voices:
        print(json.dumps(measure(path)))


if __name__ == "__main__":
    main()
