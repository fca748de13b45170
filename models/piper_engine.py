"""Text to speech with Piper."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipit.errors import EngineError
from pipit.models.aloud import aloud
from pipit.models.cancel import CancelToken
from pipit.models.checks import check_onnx, require_file, truncated, wrong_format
from pipit.models.frame_decoder import Floats
from pipit.models.memory import out_of_memory, require_memory, voice_need
from pipit.models.onnx_session import Session, Stop
from pipit.models.ports import Samples, Tell, untold
from pipit.models.voice_parts import VoiceParts, inputs_of, open_parts, speaker_of

_FULL_SCALE = 32_767


class PiperEngine:
    """A ``Voice`` on a Piper voice: ``name.onnx`` with ``name.onnx.json`` beside it.

    A voice of Piper's usual shape speaks a clause in pieces, the first after a fraction of the work; one of another
    shape speaks each sentence of a clause in one.
    """

    def __init__(self, path: Path, threads: int = 2, cache: Path | None = None) -> None:
        """Load the voice; ``threads`` work on one clause. Raises ``WeightsError``.

        What is made of the voice for the pieces is kept beside it or, where that cannot be written, in ``cache``.
        """
        check_onnx(path)
        settings = _read_settings(path.with_name(path.name + ".json"))
        require_memory(path, voice_need(path.stat().st_size))
        self._name = path.stem
        self._parts, self._session = _load(path, threads, cache)
        self._voice = _open(path, self._session, settings)
        self._plain = _plain_levels()
        self._english = str(self._voice.config.espeak_voice).startswith("en")

    @property
    def name(self) -> str:
        """The engine, and the file's name without its ending."""
        return f"piper {self._name}"

    @property
    def sample_rate(self) -> int:
        """Samples per second, as the voice's settings say."""
        return int(self._voice.config.sample_rate)

    @property
    def streams(self) -> bool:
        """Whether it speaks in pieces."""
        return self._parts is not None

    def synthesize(self, text: str, cancel: CancelToken, tell: Tell = untold) -> Iterator[Samples]:
        """Yield the clause in chunks, each ready to be played while the next is made.

        A text without letters or digits yields nothing: Piper would make a noise of it.
        """
        if not speakable(text):
            return
        stop = Stop()
        (self._parts or self._session).under(stop)
        withdraw = cancel.on_cancel(stop.stop)
        try:
            for sound in self._sounds(text, tell):
                if cancel.cancelled:
                    return
                yield _to_16_bit(sound)
        except Exception as error:  # onnxruntime's own types are not public
            if not cancel.cancelled:
                raise EngineError("voice-failed", f"the voice {self._name} failed", str(error)) from error
        finally:
            withdraw()

    def _sounds(self, text: str, tell: Tell) -> Iterator[Floats]:
        """Yield the sound of one sentence of the clause after the other, and tell how long all will be."""
        spoken = self._voice.phonemize(aloud(text) if self._english else text)
        sentences = [self._voice.phonemes_to_ids(phonemes) for phonemes in spoken if phonemes]
        symbols, samples = 0, 0
        for ids in sentences:
            length, chunks = self._sentence(ids)
            symbols, samples = symbols + len(ids), samples + length
            tell(samples * sum(map(len, sentences)) // symbols)
            yield from chunks

    def _sentence(self, ids: list[int]) -> tuple[int, Iterable[Floats]]:
        """Return how many samples the sentence has, and its sound in pieces, or in one if the voice has no parts."""
        if self._parts is None:
            sound = np.reshape(self._voice.phoneme_ids_to_audio(ids, self._plain), -1)
            return len(sound), (sound,)
        config, decoder = self._voice.config, self._parts.decoder
        scales = (config.noise_scale, config.length_scale, config.noise_w_scale)
        inputs = inputs_of(self._parts.encoder, ids, scales, config.default_speaker_id)
        frames = self._parts.encoder.run(None, inputs)[0]
        speaker = speaker_of(self._parts.network, config.default_speaker_id)
        return frames.shape[2] * decoder.grain.hop, decoder.sound(frames, speaker)


def _to_16_bit(sound: Floats) -> Samples:
    """Turn -1..1 into samples just as Piper does."""
    return (np.clip(sound, -1.0, 1.0) * np.float32(_FULL_SCALE)).astype(np.int16)


def _load(path: Path, threads: int, cache: Path | None) -> tuple[VoiceParts | None, Session]:
    """Return the halves, if it has any, and what Piper may take for its session."""
    try:
        parts = open_parts(path, threads, cache)
        return parts, parts.encoder if parts else Session(path, threads)
    except MemoryError as error:
        raise out_of_memory(path, "onnxruntime could not allocate it") from error
    except Exception as error:  # onnxruntime's own types are not public
        raise _refused(path, error) from error


def speakable(text: str) -> bool:
    """Whether ``text`` has anything that can be said."""
    return any(character.isalnum() for character in text)


def _refused(path: Path, error: Exception) -> Exception:
    if "alloc" in str(error).lower():
        return out_of_memory(path, "onnxruntime could not allocate it")
    return wrong_format(path, "onnxruntime cannot read it", "give a Piper voice, or fetch it again")


def _read_settings(path: Path) -> dict[str, Any]:
    require_file(path, "the voice's settings")
    try:
        text = path.read_text("utf-8")
        settings = json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated"):
            raise truncated(path, f"{len(text)} characters, the JSON goes on") from error
        raise wrong_format(path, f"not JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise wrong_format(path, "not JSON") from error
    if not isinstance(settings, dict):
        raise wrong_format(path, "not the settings of a voice")
    return settings


def _open(path: Path, session: Session, settings: dict[str, Any]) -> Any:
    from piper import PiperVoice
    from piper.config import PiperConfig

    try:
        voice = PiperVoice(session=session, config=PiperConfig.from_dict(settings))
        # espeak-ng opens its data at its first call: better now than in the first reply.
        voice.phonemize("ready")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise wrong_format(path.with_name(path.name + ".json"), f"not the settings of a voice: {error}") from error
    return voice


def _plain_levels() -> Any:
    """Settings under which a quiet clause stays quiet; by default every clause is brought to full level."""
    from piper.config import SynthesisConfig

    return SynthesisConfig(normalize_audio=False)
