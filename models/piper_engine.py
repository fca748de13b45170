"""Text to speech with Piper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipit.errors import EngineError
from pipit.models.cancel import CancelToken
from pipit.models.checks import check_onnx, require_file, truncated, wrong_format
from pipit.models.ending import native
from pipit.models.memory import out_of_memory, require_memory, voice_need
from pipit.models.ports import Samples


class PiperEngine:
    """A ``Voice`` on a Piper voice: ``name.onnx`` with ``name.onnx.json`` beside it."""

    def __init__(self, path: Path, threads: int = 2) -> None:
        """Load the voice; ``threads`` work on one clause. Raises ``WeightsError``."""
        check_onnx(path)
        settings = _read_settings(path.with_name(path.name + ".json"))
        require_memory(path, voice_need(path.stat().st_size))
        self._name = path.stem
        self._session = _CancellableSession(path, threads)
        self._voice = _open(path, self._session, settings)
        self._plain = _plain_levels()

    @property
    def name(self) -> str:
        """The engine, and the file's name without its ending."""
        return f"piper {self._name}"

    @property
    def sample_rate(self) -> int:
        """Samples per second, as the voice's settings say."""
        return int(self._voice.config.sample_rate)

    def synthesize(self, text: str, cancel: CancelToken) -> Iterator[Samples]:
        """Yield one chunk for each sentence of the clause.

        A text without letters or digits yields nothing: Piper would make a noise of it.
        """
        if not speakable(text):
            return
        with_options = self._session.begin()
        withdraw = cancel.on_cancel(with_options.stop)
        try:
            for chunk in self._voice.synthesize(text, self._plain):
                if cancel.cancelled:
                    return
                yield chunk.audio_int16_array.reshape(-1)
        except Exception as error:  # onnxruntime's own types are not public
            if not cancel.cancelled:
                raise EngineError("voice-failed", f"the voice {self._name} failed", str(error)) from error
        finally:
            withdraw()


def speakable(text: str) -> bool:
    """Whether ``text`` has anything that can be said."""
    return any(character.isalnum() for character in text)


class _Run:
    """The options of one synthesis; ``stop`` ends it at the next operation of the network."""

    def __init__(self, options: Any) -> None:
        self.options = options

    def stop(self) -> None:
        self.options.terminate = True


class _CancellableSession:
    """What Piper takes for its session: the same call, but every run can be stopped from another thread."""

    def __init__(self, path: Path, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Threads that spin between operations take a third of the processor from the language model.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._new_options = onnxruntime.RunOptions
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except MemoryError as error:
            raise out_of_memory(path, "onnxruntime could not allocate it") from error
        except Exception as error:  # onnxruntime's own types are not public
            raise _refused(path, error) from error
        self.begin()

    def begin(self) -> _Run:
        """Make the options that every run uses until the next call."""
        self._run = _Run(self._new_options())
        return self._run

    def run(self, outputs: list[str] | None, inputs: dict[str, Any]) -> Any:
        """Run the network as ``onnxruntime.InferenceSession.run`` does."""
        with native():
            return self._session.run(outputs, inputs, self._run.options)


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


def _open(path: Path, session: _CancellableSession, settings: dict[str, Any]) -> Any:
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
