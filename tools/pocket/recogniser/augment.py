"""Rooms, microphones, noises and levels, to make clean synthetic speech sound less clean and less alike."""

from __future__ import annotations

import numpy as np

from corpus import SAMPLE_RATE

_BANK_SECONDS = 40


def coloured_noise(rng: np.random.Generator, count: int, slope: float) -> np.ndarray:
    """Return noise of unit deviation whose power falls as frequency ** slope (0 white, 1 pink)."""
    spectrum = np.fft.rfft(rng.standard_normal(count).astype(np.float32))
    spectrum *= np.maximum(np.arange(len(spectrum)), 1.0) ** (-slope / 2)
    noise = np.fft.irfft(spectrum, count)
    return (noise / noise.std()).astype(np.float32)


def machine_hum(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return hum of unit deviation: harmonics of mains or of a motor, some hiss, sometimes throbbing."""
    time = np.arange(count) / SAMPLE_RATE
    base = rng.choice([50.0, 60.0, 100.0, 120.0, rng.uniform(35, 900)])
    tilt = rng.uniform(0.2, 1.6)
    hum = np.zeros(count)
    for harmonic in range(1, rng.integers(2, 12)):
        hum += np.sin(2 * np.pi * base * harmonic * time + rng.uniform(0, 6.3)) / harmonic**tilt
    if rng.random() < 0.4:
        hum *= 1 + rng.uniform(0.2, 1) * np.sin(2 * np.pi * rng.uniform(0.5, 12) * time)
    hum += rng.choice([0.03, 0.3, 1.0]) * rng.standard_normal(count)
    return (hum / hum.std()).astype(np.float32)


def clicks(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return knocks, clicks and taps: short decaying bursts on a quiet floor, unit deviation."""
    sound = 0.02 * rng.standard_normal(count)
    for _ in range(rng.integers(1, 9)):
        start, length = rng.integers(0, count), rng.integers(60, 3000)
        time = np.arange(length)
        ringing = np.sin(2 * np.pi * rng.uniform(100, 4000) / SAMPLE_RATE * time)
        burst = (ringing + rng.uniform(0, 2) * rng.standard_normal(length)) * np.exp(-time / (length / 5))
        end = min(count, start + length)
        sound[start:end] += rng.uniform(0.2, 1) * burst[: end - start]
    return (sound / sound.std()).astype(np.float32)


def cutlery(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return dishes and cutlery: ringing blows, alone and in heaps, unit deviation."""
    sound = 0.003 * rng.standard_normal(count)
    for _ in range(rng.poisson(count / SAMPLE_RATE * rng.uniform(0.5, 3)) + 1):
        heap = rng.integers(0, count)
        for _ in range(rng.integers(1, 6)):
            start = min(count - 1, heap + int(rng.exponential(1500)))
            time = np.arange(min(count - start, int(rng.uniform(800, 8000)))) / SAMPLE_RATE
            blow = 0.3 * rng.standard_normal(len(time)) * np.exp(-time / rng.uniform(0.002, 0.02))
            for _ in range(rng.integers(2, 7)):
                ringing = np.sin(2 * np.pi * rng.uniform(700, 7500) * time + rng.uniform(0, 6.3))
                blow += rng.uniform(0.1, 1) * ringing * np.exp(-time / rng.uniform(0.005, 0.15))
            sound[start : start + len(time)] += rng.uniform(0.05, 1) * blow
    return (sound / sound.std()).astype(np.float32)


def kitchen(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return what a kitchen may sound like: hum, running water and dishes, each more or less, unit deviation."""
    sound = machine_hum(rng, count) * rng.uniform(0, 0.7)
    sound += coloured_noise(rng, count, rng.uniform(0.2, 1.6)) * rng.uniform(0.1, 1)
    sound += cutlery(rng, count) * rng.uniform(0.2, 2)
    return (sound / sound.std()).astype(np.float32)


class Augmenter:
    """Random acoustic surroundings, seeded. Samples in and out are float32 in 16-bit range."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        count = _BANK_SECONDS * SAMPLE_RATE
        self._noises = [coloured_noise(self.rng, count, slope) for slope in (0.0, 0.4, 0.8, 1.2, 1.6, 2.0)]
        self._noises += [machine_hum(self.rng, count) for _ in range(12)]
        self._noises += [clicks(self.rng, SAMPLE_RATE * 4) for _ in range(6)]
        self._kitchens = [kitchen(self.rng, 10 * SAMPLE_RATE) for _ in range(12)]
        self._chatter: list[np.ndarray] = []

    def hear_chatter(self, speech: np.ndarray) -> None:
        """Remember some speech, to be murmured in the background later."""
        if len(self._chatter) < 400 and len(speech) > SAMPLE_RATE:
            self._chatter.append(speech.astype(np.float32) / (float(np.std(speech)) + 1.0))

    def surround(self, samples: np.ndarray) -> np.ndarray:
        """Put speech into a room, before a microphone, among noise, at some level."""
        sound = self._room_and_microphone(samples.astype(np.float32))
        if self.rng.random() < 0.8:
            power = float(np.sqrt(np.mean(sound**2) + 1.0))
            sound = sound + self.noise(len(sound)) * power * 10 ** (-self.rng.uniform(0, 32) / 20)
        return self.level(sound)

    def level(self, sound: np.ndarray) -> np.ndarray:
        """Scale to a random peak between full scale and 1/40, rarely clipped, and round to whole numbers."""
        gain = 32000.0 / (float(np.abs(sound).max()) + 1.0) * 10 ** (-self.rng.uniform(0, 32) / 20)
        sound = sound * np.float32(gain)
        if self.rng.random() < 0.05:
            sound = np.clip(sound * np.float32(self.rng.uniform(1, 4)), -20000, 20000)
        return np.round(sound)

    def noise(self, count: int) -> np.ndarray:
        """Return some noise of about unit deviation, whose loudness sometimes wanders."""
        kind = self.rng.random()
        if self._chatter and kind < 0.2:
            noise = self._babble(count)
        elif kind < 0.45:
            noise = self._cut(self._kitchens[self.rng.integers(len(self._kitchens))], count)
            if self._chatter and kind < 0.3:
                noise = noise + self._babble(count) * np.float32(self.rng.uniform(0.2, 1.5))
        else:
            noise = self._cut(self._noises[self.rng.integers(len(self._noises))], count)
        if self.rng.random() < 0.25:
            loudness = np.interp(np.arange(count), np.linspace(0, count, 6), self.rng.uniform(0, 1.5, 6))
            noise = noise * loudness.astype(np.float32)
        return noise

    def _cut(self, source: np.ndarray, count: int) -> np.ndarray:
        if len(source) < count:
            source = np.tile(source, count // len(source) + 1)
        start = self.rng.integers(0, len(source) - count + 1)
        return source[start : start + count]

    def _babble(self, count: int) -> np.ndarray:
        talk = np.zeros(count, np.float32)
        for _ in range(self.rng.integers(1, 6)):
            talk += self._cut(self._chatter[self.rng.integers(len(self._chatter))], count)
        return talk / (talk.std() + np.float32(1e-3))

    def _room_and_microphone(self, sound: np.ndarray) -> np.ndarray:
        """Apply echo and an equaliser in one go through the frequency domain."""
        echo = self._echo() if self.rng.random() < 0.5 else np.ones(1, np.float32)
        size = 1 << int(np.ceil(np.log2(len(sound) + len(echo))))
        spectrum = np.fft.rfft(sound, size)
        if len(echo) > 1:
            spectrum *= np.fft.rfft(echo, size)
        if self.rng.random() < 0.75:
            spectrum *= self._equaliser(len(spectrum))
        return np.fft.irfft(spectrum, size)[: len(sound)].astype(np.float32)

    def _echo(self) -> np.ndarray:
        """Return an impulse response: the direct sound, then noise that decays within 0.08 to 0.6 s."""
        time = self.rng.uniform(0.08, 0.6)
        count = int(SAMPLE_RATE * min(time, 0.4))
        echo = self.rng.standard_normal(count) * np.exp(-6.9 * np.arange(count) / (SAMPLE_RATE * time))
        echo *= self.rng.uniform(0.05, 0.7) / np.sqrt(np.sum(echo**2))
        echo[: int(self.rng.uniform(8, 80))] = 0.0
        echo[0] = 1.0
        return echo.astype(np.float32)

    def _equaliser(self, count: int) -> np.ndarray:
        """Return a smooth random response; some cut the treble as telephones do, or the bass."""
        hertz = np.linspace(0, SAMPLE_RATE / 2, count)
        knots = np.array([0, 150, 400, 1000, 2200, 4000, 8000])
        decibels = np.cumsum(self.rng.standard_normal(len(knots))) * 3.0
        decibels = np.clip(decibels - decibels[2:5].mean(), -18, 12)
        response = np.interp(hertz, knots, decibels)
        if self.rng.random() < 0.3:
            response -= np.where(hertz > self.rng.uniform(3300, 5500), self.rng.uniform(30, 90), 0.0)
        if self.rng.random() < 0.3:
            response -= np.where(hertz < self.rng.uniform(60, 350), 25.0, 0.0)
        return (10 ** (response / 20)).astype(np.float32)
