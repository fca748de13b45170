from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipit.errors import EngineError, WeightsError
from pipit.models import CancelToken, Engines, LanguageModel, Message, Recognizer, Voice, load
from pipit.models.gguf import read_gguf_header
from pipit.models.load import EngineOptions, Weights, load_engines, pocket_weights
from pipit.models.memory import model_need, voice_need, vosk_need
from pipit.models.scripted import scripted_engines


def test_loads_three_engines_and_tells_of_each(weights: Weights) -> None:
    told: dict[str, float] = {}
    engines = load_engines(weights, EngineOptions(threads=1, prefill_threads=1), progress=told.__setitem__)
    assert isinstance(engines.recognizer, Recognizer)
    assert isinstance(engines.model, LanguageModel)
    assert isinstance(engines.voice, Voice)
    assert set(told) == {"recognizer", "model", "voice"}
    assert all(seconds > 0 for seconds in told.values())
    reply = "".join(engines.model.generate([Message("user", "hello")], CancelToken(), 30))
    assert next(engines.voice.synthesize(reply, CancelToken())).size


def test_options_reach_the_model(weights: Weights) -> None:
    engines = load_engines(weights, EngineOptions(context_tokens=64))
    assert engines.model.context_tokens == 64


@pytest.mark.parametrize("part", ["recognizer", "model", "voice"])
def test_missing_weights_are_named(weights: Weights, tmp_path: Path, part: str) -> None:
    paths = {"recognizer": weights.recognizer, "model": weights.model, "voice": weights.voice}
    paths[part] = tmp_path / "gone"
    with pytest.raises(WeightsError, match="gone") as caught:
        load_engines(Weights(**paths))
    assert caught.value.code == "weights-missing"


class Parts:
    """Loaders under control, in place of the three real ones."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        engines = scripted_engines()
        self.done: list[str] = []
        self.results = {
            "load_recognizer": engines.recognizer,
            "load_language_model": engines.model,
            "load_voice": engines.voice,
        }
        self.before = dict.fromkeys(self.results, lambda: None)
        for name in self.results:
            monkeypatch.setattr(load, name, lambda *_, name=name: self._load(name))

    def _load(self, name: str) -> object:
        try:
            self.before[name]()
        finally:
            self.done.append(name)
        return self.results[name]


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    return Parts(monkeypatch)


NOWHERE = Weights(Path("a"), Path("b"), Path("c"))


def test_the_three_load_at_the_same_time(parts: Parts) -> None:
    together = threading.Barrier(3, timeout=5)
    parts.before = dict.fromkeys(parts.results, together.wait)
    assert isinstance(load_engines(NOWHERE), Engines)


def test_the_first_error_wins_and_the_others_are_waited_for(parts: Parts) -> None:
    failed = threading.Event()

    def first() -> None:
        raise EngineError("first", "the voice fails at once")

    def second() -> None:
        assert failed.wait(5)
        raise EngineError("second", "the model fails later")

    def slow() -> None:
        # Once a future is done its thread is idle: the voice has failed for certain.
        while "load_voice" not in parts.done:
            failed.wait(0.001)
        threading.Timer(0.05, failed.set).start()
        assert failed.wait(5)

    parts.before = {"load_voice": first, "load_language_model": second, "load_recognizer": slow}
    with pytest.raises(EngineError) as caught:
        load_engines(NOWHERE)
    assert caught.value.code == "first"
    assert sorted(parts.done) == ["load_language_model", "load_recognizer", "load_voice"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("load")]


@pytest.mark.parametrize(
    ("raised", "code"), [(MemoryError(), "out-of-memory"), (ImportError("no vosk"), "engine-missing")]
)
def test_what_python_raises_becomes_an_engine_error(
    weights: Weights, monkeypatch: pytest.MonkeyPatch, raised: Exception, code: str
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr("pipit.models.vosk_engine.VoskRecognizer", fail)
    with pytest.raises(EngineError) as caught:
        load.load_recognizer(weights)
    assert caught.value.code == code
    assert str(weights.recognizer) in str(caught.value)


def test_three_that_do_not_fit_together_are_refused(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    header, size = read_gguf_header(weights.model), weights.model.stat().st_size
    needs = [vosk_need(weights.recognizer), model_need(size, header, 512), voice_need(weights.voice.stat().st_size)]
    free = sum(needs) - 1
    assert max(needs) < free
    monkeypatch.setattr("pipit.models.memory.available_bytes", lambda: free)
    with pytest.raises(WeightsError) as caught:
        load_engines(weights, EngineOptions(context_tokens=512))
    assert caught.value.code == "out-of-memory"
    monkeypatch.setattr("pipit.models.memory.available_bytes", lambda: free + 1)
    assert load_engines(weights, EngineOptions(context_tokens=512)).model.name


def test_the_pocket_set_is_beside_the_code_or_where_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPIT_POCKET_DIR", "/elsewhere")
    assert pocket_weights().model == Path("/elsewhere/model/pocket.gguf")
    monkeypatch.delenv("PIPIT_POCKET_DIR")
    assert pocket_weights().voice == Path(load.__file__).parent / "pocket/voice/pocket.onnx"


def test_defaults_follow_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {1: (1, 1, 1), 2: (1, 2, 1), 4: (3, 4, 2), 16: (3, 4, 2)}
    for cores, threads in wanted.items():
        monkeypatch.setattr(load, "usable_cores", lambda cores=cores: cores)
        options = EngineOptions()
        assert (options.threads, options.prefill_threads, options.voice_threads) == threads


def test_importing_the_package_brings_in_no_engine() -> None:
    heavy = {"vosk", "llama_cpp", "piper", "onnxruntime", "pydantic", "jinja2", "requests"}
    code = f"import sys, pipit.models, pipit.models.load; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"
