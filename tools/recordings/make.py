"""Makes the recordings of "a person" for the demo conversation and the tests.

    python tools/recordings/make.py                  writes device/demo/*.wav, tests/recordings/*.wav and
                                                     tests/flows/recordings/*.flac
    python tools/recordings/make.py --check FOLDER   also listens to them with the Vosk model in FOLDER

The person is flite's female voice `slt`, made a little smaller, so it cannot be mistaken for the
assistant's own voice. Every file is 16 kHz mono 16-bit, quiet before and after, and the same on every run:
also the soft noise that stands for a room is drawn from a fixed seed. Needs Debian's `flite` (tried with
2.2-5) and `espeak-ng` (1.51, for one short word), numpy and scipy; `--check` needs vosk.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import wave
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

RATE = 16_000  # samples a second
BEFORE, AFTER = 0.35, 0.8  # seconds of room noise around the speech
PEAK = 10 ** (-6 / 20)  # of full scale
ROOM = 10 ** (-66 / 20)  # root mean square of the room noise, of full scale
EDGE_LEVEL = 0.004  # of the peak; flite's own silence lies below it
STRETCH = 1.12  # durations before resampling, so that the tempo stays natural
SMALLER = (25, 26)  # resampling by 25/26: a 4 % smaller speaker, clearer to the recogniser than slt as she is
FROM_ESPEAK = (320, 441)  # resampling from espeak-ng's 22,050 Hz
FADE = 0.01  # seconds, at both ends of each piece of speech


@dataclass(frozen=True)
class Recording:
    """One file: pieces of speech with a pause between them."""

    name: str
    pieces: tuple[str, ...]
    folder: str
    pause: float = 0.0  # seconds between the pieces
    by_espeak: bool = False  # flite's "um" is too short for a recogniser to tell from "town"

    @property
    def file(self) -> Path:
        """Where it goes, from the project's folder."""
        return Path(self.folder) / f"{self.name}.{'flac' if self.folder == FLOWS else 'wav'}"

    @property
    def words(self) -> str:
        """What a recogniser should write."""
        return " ".join(self.pieces)


DEMO, TESTS, FLOWS = "device/demo", "tests/recordings", "tests/flows/recordings"


def _plain(words: str, folder: str) -> Recording:
    return Recording(words.replace(" ", "_").replace("'", ""), (words,), folder)


# what people answer in the shipped flows
ANSWERS = (
    "truck seven with eleven hundred hours",
    "nine",
    "yes",
    "yes it does",
    "no",
    "no twelve hundred",
    "four hundred and thirty hours",
    "there is water on the floor",
    "the right light is off",
    "half past three",
    "please check the light again on monday",
    "please call the workshop in the morning",
    "where are we",
    "skip",
    "about ten minutes",
    "i don't know",
    "i like the timer in the kitchen",
    "please turn the volume up",
    "definitely",
    "pause",
    "continue",
    "stop",
    "goodbye",
    "i would like a large dark roast latte with soy milk and a bit of sugar",
)

RECORDINGS = (
    _plain("hello my name is anna", DEMO),
    _plain("turn on the living room lamp", DEMO),
    _plain("tell me a story", DEMO),
    _plain("what is my name", DEMO),
    _plain("set a timer for ten minutes", DEMO),
    _plain("tell me a joke", TESTS),
    _plain("what can you do", TESTS),
    Recording("um", ("um",), TESTS, by_espeak=True),
    Recording("set_a_timer_pause_for_ten_minutes", ("set a timer", "for ten minutes"), TESTS, pause=0.45),
    *(_plain(words, FLOWS) for words in ANSWERS),
)


def spoken(words: str, by_espeak: bool) -> np.ndarray:
    """The person's speech in -1..1 at RATE, without the silence around it."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        if by_espeak:
            command, change = ["espeak-ng", "-v", "en-us+f2", "-s", "120", "-w", file.name, words], FROM_ESPEAK
        else:
            setting = f"duration_stretch={STRETCH}"
            command = ["flite", "-voice", "slt", "--setf", setting, "-t", words, "-o", file.name]
            change = SMALLER
        subprocess.run(command, check=True)
        samples = resample_poly(_read(Path(file.name)), *change)
    return _faded(_trimmed(samples))


def _read(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64) / 32768


def _trimmed(samples: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(samples) > EDGE_LEVEL * np.abs(samples).max())
    margin = int(FADE * RATE)  # the fade must not eat a soft first or last sound
    return samples[max(0, loud[0] - margin) : loud[-1] + 1 + margin]


def _faded(samples: np.ndarray) -> np.ndarray:
    ramp = np.linspace(0, 1, int(FADE * RATE))
    shape = np.ones_like(samples)
    shape[: len(ramp)] = ramp
    shape[-len(ramp) :] = ramp[::-1]
    return samples * shape


def assembled(recording: Recording) -> np.ndarray:
    """The whole recording as 16-bit samples."""
    pieces = [spoken(words, recording.by_espeak) for words in recording.pieces]
    gap = np.zeros(int(recording.pause * RATE))
    speech = pieces[0]
    for piece in pieces[1:]:
        speech = np.concatenate([speech, gap, piece])
    speech *= PEAK / np.abs(speech).max()
    whole = np.concatenate([np.zeros(int(BEFORE * RATE)), speech, np.zeros(int(AFTER * RATE))])
    whole += _room_noise(len(whole), recording.name)
    return np.round(np.clip(whole, -1, 1) * 32767).astype("<i2")


def _room_noise(length: int, name: str) -> np.ndarray:
    """Softly low-passed noise, another stretch for every name."""
    white = np.random.default_rng(zlib.crc32(name.encode())).standard_normal(length + 4)
    soft = np.convolve(white, [0.1, 0.2, 0.4, 0.2, 0.1], mode="valid")
    return soft * (ROOM / soft.std())


def _write(path: Path, samples: np.ndarray) -> None:
    if path.suffix == ".flac":
        soundfile.write(path, samples, RATE)
        return
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def heard(model: object, path: Path) -> str:
    """What an open Vosk recogniser writes for a file."""
    from vosk import KaldiRecognizer

    recognizer = KaldiRecognizer(model, RATE)
    recognizer.AcceptWaveform(soundfile.read(path, dtype="int16")[0].tobytes())
    return json.loads(recognizer.FinalResult())["text"]


def check(folder: Path, out: Path) -> int:
    """Prints what the recogniser hears in each file; the number of files that it hears wrongly."""
    from vosk import Model, SetLogLevel

    SetLogLevel(-1)
    model, wrong = Model(model_path=str(folder)), 0
    for recording in RECORDINGS:
        text = heard(model, out / recording.file)
        good = text == recording.words
        wrong += not good and recording.folder != FLOWS  # a flow knows which answers to expect, an open one does not
        print(f"{'same ' if good else 'OTHER'} {recording.name}: {text!r}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2])
    parser.add_argument("--check", type=Path, metavar="FOLDER", help="a Vosk model to listen with")
    options = parser.parse_args()
    for program in ("flite", "espeak-ng"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: apt-get install {program}")
    for recording in RECORDINGS:
        (options.out / recording.folder).mkdir(parents=True, exist_ok=True)
        _write(options.out / recording.file, assembled(recording))
    return 1 if options.check and check(options.check, options.out) else 0


if __name__ == "__main__":
    sys.exit(main())
