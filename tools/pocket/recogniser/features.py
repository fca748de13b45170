"""Log-mel features exactly as Kaldi computes them (40 bands, 25 ms every 10 ms, no dither), and its MFCC.

The net is trained on log-mel energies; Vosk feeds it MFCC. Both differ by a constant invertible matrix, which
the export folds into the first layer.
"""

from __future__ import annotations

import numpy as np

from corpus import SAMPLE_RATE

BANDS = 40
WINDOW, HOP, FFT = 400, 160, 512
LOW_HERTZ, HIGH_HERTZ = 20.0, 7600.0
LIFTER = 22.0
_PREEMPHASIS = np.float32(0.97)
_FLOOR = np.float32(np.finfo(np.float32).eps)
DIGITAL_SILENCE = float(np.log(_FLOOR))  # in all bands, where samples are exactly zero
_POVEY = ((0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))) ** 0.85).astype(np.float32)
_banks: dict[float, np.ndarray] = {}


def _mel(hertz: np.ndarray) -> np.ndarray:
    return 1127.0 * np.log1p(hertz / 700.0)


def mel_bank(warp: float = 1.0) -> np.ndarray:
    """Return (FFT / 2, BANDS) triangles; `warp` stretches the frequency axis like another vocal tract."""
    key = round(warp, 2)
    if key not in _banks:
        edges = np.linspace(_mel(np.array(LOW_HERTZ)), _mel(np.array(HIGH_HERTZ)), BANDS + 2)
        bins = _mel(np.arange(FFT // 2) * SAMPLE_RATE / FFT * key)[:, None]
        rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
        falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
        _banks[key] = np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)
    return _banks[key]


def log_mel(samples: np.ndarray, warp: float = 1.0) -> np.ndarray:
    """Turn samples (16 kHz, 16-bit range) into (frames, BANDS) log energies, float32."""
    sound = np.asarray(samples, np.float32)
    if len(sound) < WINDOW:
        sound = np.pad(sound, (0, WINDOW - len(sound)))
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - _PREEMPHASIS * before) * _POVEY, FFT)[:, : FFT // 2]
    power = spectrum.real**2 + spectrum.imag**2
    return np.log(np.maximum(power @ mel_bank(warp), _FLOOR))


def mfcc_matrix() -> np.ndarray:
    """Return M (BANDS, BANDS), float64, with mfcc = M @ log_mel: Kaldi's cosine transform and lifter."""
    index = np.arange(BANDS)
    cosine = np.sqrt(2.0 / BANDS) * np.cos(np.pi / BANDS * (index[None, :] + 0.5) * index[:, None])
    cosine[0] = np.sqrt(1.0 / BANDS)
    lifter = 1.0 + 0.5 * LIFTER * np.sin(np.pi * index / LIFTER)
    return cosine * lifter[:, None]
