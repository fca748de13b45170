"""Measures a voice: how well an independent listener understands it, and how long it computes.

    python tools/pocket/voice/evaluate.py models/pocket/voice/pocket.onnx [--flite rms,slt] [--keep DIR] [--mistakes]

The listener is pocketsphinx with the English model it comes with. It writes down 100 sentences that the voice was
never trained on (`held_out_*.txt`); the figure is its word error rate. `--flite` measures voices of flite's beside it:
rms is the teacher.
"""

import argparse
import re
import subprocess
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from piper import PiperVoice
from pocketsphinx import Decoder

from sentences import held_out

RATE = 16_000
LEVEL = 0.6  # peak of what the listener gets
MARGIN = RATE // 5  # samples of quiet around it
FLOOR = 2e-4  # a listener trained on microphones does not like digital silence
REPEATS = 3
Speaker = Callable[[str], np.ndarray]


def piper_speaker(voice: PiperVoice) -> Speaker:
    """Speech with the voice's own settings, -1..1."""
    return lambda text: np.concatenate([chunk.audio_float_array for chunk in voice.synthesize(text)])


def flite_speaker(voice: str) -> Speaker:
    """One of flite's own voices, through Debian's program."""

    def speak(text: str) -> np.ndarray:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            subprocess.run(["flite", "-voice", voice, "-t", text, "-o", file.name], check=True)
            with wave.open(file.name, "rb") as sound:
                return np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768

    return speak


def words_of(text: str) -> list[str]:
    """What is compared: lower-case words, one spelling for "okay", no marks of the listener's."""
    text = re.sub(r"\(\d+\)|<[^>]*>|\[[^\]]*\]", " ", text.lower().replace("okay", "ok"))
    return re.findall(r"[a-z']+", text)


def word_errors(said: list[str], heard: list[str]) -> int:
    """Substitutions, omissions and additions: the edit distance of two lists of words."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def listen(decoder: Decoder, samples: np.ndarray) -> str:
    """What the listener writes down."""
    samples = np.pad(samples * (LEVEL / max(1e-9, np.abs(samples).max())), MARGIN)
    samples = samples + FLOOR * np.random.default_rng(0).standard_normal(len(samples))
    decoder.start_utt()
    decoder.process_raw((samples * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found else ""


def errors_and_words(speak: Speaker, texts: list[str], mistakes: bool, keep: Path | None) -> tuple[int, int]:
    """How many words were misheard, of how many."""
    decoder, errors, count = Decoder(samprate=RATE, loglevel="FATAL"), 0, 0
    for number, text in enumerate(texts):
        samples = speak(text)
        if keep:
            _write(keep / f"{number:02d}.wav", samples)
        said, heard = words_of(text), words_of(listen(decoder, samples))
        wrong = word_errors(said, heard)
        errors, count = errors + wrong, count + len(said)
        if wrong and mistakes:
            print(f"  {wrong}  {' '.join(said)}\n     {' '.join(heard)}")
    return errors, count


def real_time_factor(path: Path, voice: PiperVoice, texts: list[str]) -> float:
    """CPU seconds for each second of speech on one thread, the best of a few runs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = [np.array([voice.phonemes_to_ids(p)]) for text in texts for p in voice.phonemize(text)]
    config = voice.config
    scales = np.array([config.noise_scale, config.length_scale, config.noise_w_scale], np.float32)
    spent, spoken = 0.0, 0.0
    for ids in inputs:
        feed = {"input": ids, "input_lengths": np.array([ids.shape[1]]), "scales": scales}
        times = []
        for _ in range(REPEATS):
            start = time.process_time()
            samples = session.run(None, feed)[0].size
            times.append(time.process_time() - start)
        spent, spoken = spent + min(times), spoken + samples / RATE
    return spent / spoken


def _write(path: Path, samples: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def report(path: Path, beside: list[str], keep: Path | None, mistakes: bool) -> None:
    """Prints the figures."""
    voice = PiperVoice.load(path)
    speakers = {"voice": piper_speaker(voice)} | {f"flite {name}": flite_speaker(name) for name in beside}
    sets = held_out()
    for name, speak in speakers.items():
        total = np.zeros(2, int)
        for group, texts in sets.items():
            found = errors_and_words(speak, texts, mistakes, keep / name / group if keep else None)
            total += found
            print(f"{name}: {100 * found[0] / found[1]:.1f} % word errors on {len(texts)} held-out sentences ({group})")
        count = sum(map(len, sets.values()))
        print(f"{name}: {100 * total[0] / total[1]:.1f} % word errors on all {count}", flush=True)
    factor = real_time_factor(path, voice, sets["assistant"])
    print(f"real-time factor {factor:.4f} on one thread; {path.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("voice", type=Path, help="an ONNX voice with its JSON beside it")
    parser.add_argument("--flite", metavar="VOICES", default="", help="measure these as well, such as rms,slt")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write what was spoken here")
    parser.add_argument("--mistakes", action="store_true", help="print what was misheard")
    options = parser.parse_args()
    report(options.voice, [name for name in options.flite.split(",") if name], options.keep, options.mistakes)


if __name__ == "__main__":
    main()
