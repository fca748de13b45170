"""Figure 9: the first sound of a sentence over the synthesis of it all, as Piper does it."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Any

from pipit.device.bench.rigs import Rig
from pipit.device.bench.table import Found
from pipit.models import CancelToken, Voice
from pipit.models.load import EngineOptions, load_voice

_SENTENCE = "The train to the mountains leaves every morning at half past nine, and it takes about two hours."


def measure(rig: Rig, repeats: int) -> Found:
    """Return the ratio for one processor, beside Piper's own code on the same file."""
    if rig.weights is None:
        return Found(None, "a scripted voice speaks in one chunk")
    voice = load_voice(rig.weights, EngineOptions(voice_threads=1))
    piper = _piper(rig.weights.voice)
    _stream(voice), _whole(piper)  # warm
    firsts, totals, wholes, seconds = [], [], [], 0.0
    for _ in range(repeats):
        first, total, seconds = _stream(voice)
        firsts.append(first)
        totals.append(total)
        wholes.append(_whole(piper))
    whole = median(wholes)
    dearer = median(totals) / whole
    how = f"median of {repeats}, a sentence of {seconds:.1f} s; all its pieces take {dearer:.2f} × Piper's whole"
    return Found(median(firsts) / whole, how, peer={"Piper": 1.0}, more={"whole_ms": whole * 1e3})


def _stream(voice: Voice) -> tuple[float, float, float]:
    began, first, samples = time.thread_time(), 0.0, 0
    for chunk in voice.synthesize(_SENTENCE, CancelToken()):
        first = first or time.thread_time() - began
        samples += len(chunk)
    return first, time.thread_time() - began, samples / voice.sample_rate


def _piper(path: Path) -> Any:
    import json

    import onnxruntime
    from piper import PiperVoice
    from piper.config import PiperConfig

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    config = json.loads(path.with_name(path.name + ".json").read_text("utf-8"))
    return PiperVoice(session=session, config=PiperConfig.from_dict(config))


def _whole(piper: Any) -> float:
    began = time.thread_time()
    for _ in piper.synthesize(_SENTENCE):
        pass
    return time.thread_time() - began
