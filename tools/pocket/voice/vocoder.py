"""A source-filter vocoder without any weights, written so that it can live inside an ONNX graph.

Pulses and noise are mixed band by band and filtered by the mel-cepstrum with minimum phase. Frames of 5 ms = 80
samples at 16 kHz; analysis with a Hann window of 160 samples and a DFT of 480, so that the filter may ring for 20 ms.
Shapes: B utterances, T frames, K = 241 frequencies.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

RATE, HOP, WINDOW, POINTS = 16_000, 80, 160, 480
FREQUENCIES = POINTS // 2 + 1
WARP = 0.42  # the teacher's all-pass constant for 16 kHz
ORDER = 24
HIGHEST_HARMONIC = 7_800.0  # Hz
BAND_EDGES, BAND_SLOPE = (850.0, 1800.0, 3950.0, 6250.0), 200.0  # Hz; measured on the teacher's five filters
NOISE_ROWS = 251  # the noise repeats after so many frames; a prime, 1.255 s


def cepstrum_to_spectrum() -> tuple[np.ndarray, np.ndarray]:
    """(25, K) each: log magnitude and phase are mel-cepstrum @ these."""
    omega = np.linspace(0, np.pi, FREQUENCIES)
    warped = omega + 2 * np.arctan(WARP * np.sin(omega) / (1 - WARP * np.cos(omega)))
    angles = np.outer(np.arange(ORDER + 1), warped)
    return np.cos(angles), -np.sin(angles)


def bands_to_frequencies() -> np.ndarray:
    """(5, K): how much each band says about each frequency; columns add up to 1."""
    hertz = np.linspace(0, RATE / 2, FREQUENCIES)
    above = [np.ones(FREQUENCIES)]
    for edge in BAND_EDGES:
        ramp = np.clip((hertz - edge + BAND_SLOPE) / (2 * BAND_SLOPE), 0, 1)
        above.append(np.sin(np.pi / 2 * ramp) ** 2)
    above.append(np.zeros(FREQUENCIES))
    return -np.diff(np.array(above), axis=0)


def _transforms() -> tuple[np.ndarray, np.ndarray]:
    """Windowed DFT (2K, 1, WINDOW) and its inverse (2K, 1, POINTS), real parts first."""
    k = np.arange(FREQUENCIES)[:, None]
    window = np.sin(np.pi * (np.arange(WINDOW) + 0.5) / WINDOW) ** 2
    ahead = 2 * np.pi * k * np.arange(WINDOW) / POINTS
    back = 2 * np.pi * k * np.arange(POINTS) / POINTS
    weight = np.where((k == 0) | (k == FREQUENCIES - 1), 1.0, 2.0) / POINTS
    dft = np.concatenate([np.cos(ahead) * window, -np.sin(ahead) * window])
    inverse = np.concatenate([np.cos(back) * weight, -np.sin(back) * weight])
    return dft[:, None], inverse[:, None]


class Vocoder(nn.Module):
    """Parameters to samples. `sharpening` raises c2.. a little against the dullness of averaged spectra."""

    def __init__(self, sharpening: float = 0.0) -> None:
        super().__init__()
        raised = np.ones((ORDER + 1, 1))
        raised[2:] += sharpening
        real, imaginary = cepstrum_to_spectrum()
        dft, inverse = _transforms()
        noise = np.random.default_rng(5).standard_normal((NOISE_ROWS, HOP))
        for name, value in {
            "log_magnitude": real * raised,
            "phase": imaginary * raised,
            "bands": bands_to_frequencies(),
            "dft": dft,
            "inverse": inverse,
            "noise": noise,
            "within": np.arange(HOP) / HOP,
        }.items():
            self.register_buffer(name, torch.tensor(value, dtype=torch.float32))

    def pulses(self, f0: Tensor) -> Tensor:
        """(B, T) Hz, above 0 everywhere, to band-limited pulses of unit power, (B, T * HOP)."""
        following = torch.cat([f0[:, 1:], f0[:, -1:]], 1)
        cycles = ((f0 + following) * (0.5 * HOP / RATE)).double()  # floats would lose the phase in long texts
        start = torch.cumsum(cycles, 1) - cycles
        start = (start - torch.floor(start)).float()[..., None]
        x = self.within
        phase = start + HOP / RATE * (f0[..., None] * x + 0.5 * (following - f0)[..., None] * x * x)
        phase = phase - torch.floor(phase + 0.5)
        partials = 2 * torch.floor(HIGHEST_HARMONIC / f0)[..., None] + 1
        below = torch.sin(math.pi * phase)
        at_peak = below.abs() < 1e-3
        ratio = torch.sin(partials * math.pi * phase) / torch.where(at_peak, torch.ones_like(below), below)
        pulse = torch.where(at_peak, partials.expand_as(ratio), ratio)
        return (pulse * torch.sqrt(f0 / RATE)[..., None]).reshape(f0.shape[0], -1)

    def hiss(self, frames: Tensor) -> Tensor:
        """The same noise on every call: rows of a fixed table, in order; (1, frames * HOP)."""
        return self.noise[torch.remainder(torch.arange(frames), NOISE_ROWS)].reshape(1, -1)

    def forward(self, f0: Tensor, cepstra: Tensor, strengths: Tensor, noise: Tensor) -> Tensor:
        """(B, T), (B, T, 25), (B, T, 5) in 0..1, (B, T * HOP) to samples (B, T * HOP) at the teacher's level."""
        batch, frames = f0.shape
        sources = torch.stack([self.pulses(f0), noise], 1).reshape(batch * 2, 1, -1)
        spectra = functional.conv1d(functional.pad(sources, (HOP, 0)), self.dft, stride=HOP)
        spectra = spectra.reshape(batch, 2, 2, FREQUENCIES, -1)
        voiced = (strengths @ self.bands).transpose(1, 2)[:, None]
        real, imaginary = (spectra[:, 0] * voiced + spectra[:, 1] * (1 - voiced)).unbind(1)
        magnitude = torch.exp(cepstra @ self.log_magnitude).transpose(1, 2)
        angle = (cepstra @ self.phase).transpose(1, 2)
        a, b = magnitude * torch.cos(angle), magnitude * torch.sin(angle)
        shaped = torch.cat([real * a - imaginary * b, real * b + imaginary * a], 1)
        samples = functional.conv_transpose1d(shaped, self.inverse, stride=HOP)[:, 0]
        return samples[:, HOP : HOP + frames * HOP]
