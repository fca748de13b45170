"""Finds when each phone of known words was spoken by a person, as pocketsphinx hears it.

It knows people better than a net that has only heard synthesisers.
"""

from __future__ import annotations

import numpy as np
import pocketsphinx

from corpus import SAMPLE_RATE
from phones import PHONES, SILENCE

_OWN = {  # words that pocketsphinx lacks
    "digium": "D IH JH IY AH M",
    "rerecord": "R IY R IH K AO R D",
    "touchtone": "T AH CH T OW N",
    "undelete": "AH N D IH L IY T",
    "unmute": "AH N M Y UW T",
    "unmuted": "AH N M Y UW T IH D",
}
_FRAME = 0.01  # of pocketsphinx, in seconds

Labels = list[tuple[str, float]]


class Aligner:
    """pocketsphinx, made to hear given words."""

    def __init__(self) -> None:
        self._decoder = pocketsphinx.Decoder(
            samprate=SAMPLE_RATE, loglevel="FATAL", bestpath=False, beam=1e-70, wbeam=1e-50, pbeam=1e-70
        )
        for word, phones in _OWN.items():
            self._decoder.add_word(word, phones)

    def align(self, samples: np.ndarray, words: str) -> tuple[Labels, float] | None:
        """Return phones with their ends in seconds and how well they fit; None where they do not."""
        if any(self._decoder.lookup_word(word) is None for word in words.split()):
            return None
        self._decoder.set_align_text(words)
        if not self._heard(samples) or self._decoder.hyp() is None:
            return None
        self._decoder.set_alignment()
        if not self._heard(samples):
            return None
        labels: Labels = []
        score = frames = 0
        for phone in (phone for word in self._decoder.get_alignment() for phone in word):
            name = phone.name if phone.name in PHONES else SILENCE
            labels.append((name, (phone.start + phone.duration) * _FRAME))
            if name != SILENCE:
                score, frames = score + phone.score, frames + phone.duration
        return labels, score / max(frames, 1)

    def _heard(self, samples: np.ndarray) -> bool:
        """Let the decoder hear a whole utterance; False where it gives up."""
        try:
            self._decoder.start_utt()
            self._decoder.process_raw(samples.tobytes(), full_utt=True)
            self._decoder.end_utt()
        except RuntimeError:
            return False
        return True
