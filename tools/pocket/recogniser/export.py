"""Puts a trained net and its graph together into a folder that Vosk 0.3.45 opens."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from corpus import Corpus
from dataset import STRIDE
from features import BANDS, HIGH_HERTZ, HOP, LOW_HERTZ
from kaldi import write_model
from net import AcousticNet, exported_layers
from phones import PHONE_ID, SILENCE, UNKNOWN

ACOUSTIC_SCALE = 0.55
_LASTING = 0.9  # chance that silence or an unknown word lasts another frame
_LABEL_SECONDS = STRIDE * HOP / 16000

_FEATURES = f"""--use-energy=false
--num-mel-bins={BANDS}
--num-ceps={BANDS}
--low-freq={LOW_HERTZ:.0f}
--high-freq={HIGH_HERTZ:.0f}
--dither=0
"""

_DECODER = f"""--min-active=200
--max-active=3000
--beam=12.0
--lattice-beam=4.0
--acoustic-scale={ACOUSTIC_SCALE}
--frame-subsampling-factor={STRIDE}
--endpoint.silence-phones={PHONE_ID[SILENCE]}
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


def staying_chances(corpus: Path) -> dict[str, float]:
    """Return the chance that each placed phone lasts another 30 ms, from average durations in a corpus."""
    seconds: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for utterance in Corpus(corpus).utterances:
        begin = 0.0
        for phone, end in utterance.labels:
            seconds[phone] += end - begin
            counts[phone] += 1
            begin = end
    chances = {}
    for name in PHONE_ID:
        base = name.split("_")[0]
        if base in (SILENCE, UNKNOWN):
            chances[name] = _LASTING
            continue
        frames = max(seconds[base] / max(counts[base], 1) / _LABEL_SECONDS, 1.2)
        chances[name] = float(np.clip(1 - 1 / frames, 0.3, 0.9))
    return chances


def export_model(net: AcousticNet, priors: np.ndarray, stay: dict[str, float], folder: Path) -> None:
    """Write `am/` and `conf/`."""
    for name in ("am", "conf"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_model(folder / "am" / "final.mdl", exported_layers(net), BANDS, stay, priors)
    (folder / "conf" / "mfcc.conf").write_text(_FEATURES)
    (folder / "conf" / "model.conf").write_text(_DECODER)
