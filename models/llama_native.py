"""The few calls of llama.cpp that Pipit needs, and the state behind them.

llama-cpp-python's own ``Llama`` class is not used: while it loads it sends the process's standard output and
error to nowhere, it keeps a table of all scores (batch by vocabulary), and it cannot leave out what a
cancelled turn does not need. Its bindings and its chat formatter are.
"""

from __future__ import annotations

import ctypes
import os
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from pipit.errors import EngineError, WeightsError
from pipit.models.checks import truncated, wrong_format
from pipit.models.ending import native
from pipit.models.memory import out_of_memory

BATCH = 128
"""Tokens evaluated at once: more would hardly be faster, need more memory, and lose more to a cancel."""

_ERROR_LEVEL = 4
_ABORTED = 2
errors: deque[str] = deque(maxlen=20)
"""llama.cpp's last complaints, oldest first."""
_started: list[Any] = []
_start_lock = Lock()


def bindings() -> Any:
    """Import llama.cpp, once, with its log kept here instead of on the terminal."""
    # By default OpenMP's threads spin while they wait for each other. Where another thread has work too, and beside
    # the ear and the mouth there always is one, a token then takes up to a hundred times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from llama_cpp import llama_cpp as lib

    with _start_lock:
        if not _started:

            def log(level: int, text: bytes, _: object) -> None:
                if level == _ERROR_LEVEL:
                    errors.append(text.decode("utf-8", "replace").strip())

            callback = lib.llama_log_callback(log)
            lib.llama_log_set(callback, ctypes.c_void_p(0))
            lib.llama_backend_init()
            _started.append(callback)  # llama.cpp keeps only the address
    return lib


class AbortFlag:
    """Two bytes that llama.cpp looks at between the nodes of its graph.

    The function it calls is libc's ``strlen``: 0 for an empty text, 1 once ``set`` has written. A Python
    function would wait for the interpreter's lock hundreds of times in every evaluation. Each task has a flag
    of its own, so that a late cancel of one turn never reaches the next.
    """

    _libc = ctypes.CDLL(None)

    def __init__(self) -> None:
        self._bytes = ctypes.create_string_buffer(2)

    @property
    def address(self) -> int:
        """Where the two bytes are."""
        return ctypes.addressof(self._bytes)

    def set(self) -> None:
        """Stop the evaluation that watches this flag."""
        self._bytes[0] = b"\x01"

    @classmethod
    def function(cls) -> int:
        """Return the address of the function that llama.cpp is to call."""
        address = ctypes.cast(cls._libc.strlen, ctypes.c_void_p).value
        assert address is not None  # noqa: S101 - the C library has strlen
        return address


class Context:
    """A loaded model with one context: what it holds, evaluation, tokens."""

    def __init__(self, path: Path, context_tokens: int, threads: int, prefill_threads: int) -> None:
        lib = self.lib = bindings()
        errors.clear()
        self.model = _load_model(lib, path)
        self.vocab = lib.llama_model_get_vocab(self.model)
        self.size = min(context_tokens, lib.llama_model_n_ctx_train(self.model) or context_tokens)
        self.ctx = _new_context(lib, self.model, self.size, threads, prefill_threads)
        if not self.ctx:
            lib.llama_model_free(self.model)
            raise out_of_memory(path, f"no room for a context of {self.size} tokens")
        finalizer = weakref.finalize(self, _free, lib, self.ctx, self.model)
        finalizer.atexit = False  # a thread may still be at work when the program ends
        self.close: Callable[[], object] = finalizer
        self._memory = lib.llama_get_memory(self.ctx)
        self._stop = lib.ggml_abort_callback(AbortFlag.function())
        self._flag = AbortFlag()
        # A recurrent model has one state and no way back from it but to the beginning.
        self.rolls_back = not (lib.llama_model_is_recurrent(self.model) or lib.llama_model_is_hybrid(self.model))
        self._no_scores = (ctypes.c_int8 * BATCH)()
        self.held: list[int] = []
        self.evaluated = 0
        self.scored = False

    def use_threads(self, threads: int, prefill_threads: int) -> None:
        """Evaluate single tokens, and several at once, with so many threads from now on."""
        self.lib.llama_set_n_threads(self.ctx, threads, prefill_threads)

    def watch(self, flag: AbortFlag) -> None:
        """Let ``flag`` stop every evaluation from now on."""
        self.lib.llama_set_abort_callback(self.ctx, self._stop, ctypes.c_void_p(flag.address))
        self._flag = flag  # llama.cpp keeps only the address

    def keep(self, count: int) -> None:
        """Forget all but the first ``count`` tokens; some models can only forget everything."""
        if count < len(self.held):
            self.scored = False
            self._cut(count)

    def _cut(self, count: int) -> None:
        if self.lib.llama_memory_seq_rm(self._memory, 0, count, -1):
            del self.held[count:]
        else:
            self._clear()

    def evaluate(self, tokens: Sequence[int], score: bool = True) -> bool:
        """Append ``tokens``; False when the flag stopped it, and what was done until then is held.

        Only the last of them gets scores, which cost a third of a token's time in a small model; without ``score``
        not even that one.
        """
        for start in range(0, len(tokens), BATCH):
            part = tokens[start : start + BATCH]
            wanted = score and start + BATCH >= len(tokens)
            self.scored = False
            code = self._decode(part, wanted)
            if code:
                self._cut(len(self.held))
                if code == _ABORTED:
                    return False
                raise EngineError("model-failed", f"llama.cpp could not evaluate {len(part)} tokens", f"code {code}")
            self.held.extend(part)
            self.evaluated += len(part)
            self.scored = wanted
        return True

    def _decode(self, part: Sequence[int], score: bool) -> int:
        array = (self.lib.llama_token * len(part))(*part)
        batch = self.lib.llama_batch_get_one(array, len(part))
        if not score:  # what is left out here means: of the last
            batch.logits = ctypes.cast(self._no_scores, ctypes.POINTER(ctypes.c_int8))
        with native():
            return int(self.lib.llama_decode(self.ctx, batch))

    def state(self) -> bytes:
        """Return what is held, for ``restore``."""
        size = self.lib.llama_state_seq_get_size(self.ctx, 0)
        data = (ctypes.c_uint8 * size)()
        with native():
            written = self.lib.llama_state_seq_get_data(self.ctx, data, size, 0)
        return memoryview(data)[:written].tobytes()

    def restore(self, data: bytes, tokens: Sequence[int]) -> bool:
        """Hold just ``tokens``, of which ``data`` is the state; False, and nothing is held, when it does not fit."""
        self._clear()
        with native():
            taken = self.lib.llama_state_seq_set_data(
                self.ctx, (ctypes.c_uint8 * len(data)).from_buffer_copy(data), len(data), 0
            )
        if not taken:
            self._clear()
            return False
        self.held.extend(tokens)
        return True

    def _clear(self) -> None:
        self.lib.llama_memory_clear(self._memory, True)
        self.held.clear()
        self.scored = False

    def scores(self) -> Any:
        """Return the address of the scores of what follows, one float a token of the vocabulary."""
        return self.lib.llama_get_logits_ith(self.ctx, -1)

    def tokenize(self, text: str, special: bool) -> list[int]:
        """Return the tokens of ``text``; with ``special`` the names of control tokens become these tokens."""
        data = text.encode("utf-8", "replace")
        count = -(len(data) + 2)  # mostly enough; what is missing comes back as a negative number
        for _ in range(2):
            room = -count
            array = (self.lib.llama_token * room)()
            count = self.lib.llama_tokenize(self.vocab, data, len(data), array, room, False, special)
            if count >= 0:
                return list(array[:count])
        raise EngineError("model-failed", f"llama.cpp could not tokenize {len(data)} bytes")

    def piece(self, token: int, special: bool = False) -> bytes:
        """Return the bytes of one token; none for a control token unless ``special``."""
        buffer = ctypes.create_string_buffer(64)
        count = self.lib.llama_token_to_piece(self.vocab, token, buffer, 64, 0, special)
        if count < 0:
            buffer = ctypes.create_string_buffer(-count)
            count = self.lib.llama_token_to_piece(self.vocab, token, buffer, -count, 0, special)
        return buffer.raw[:count]

    def ends(self, token: int) -> bool:
        """Whether ``token`` ends a reply."""
        return bool(self.lib.llama_vocab_is_eog(self.vocab, token))


def _load_model(lib: Any, path: Path) -> Any:
    params = lib.llama_model_default_params()
    params.n_gpu_layers = 0
    # Mapped weights would be held twice once llama.cpp has repacked them for the processor.
    params.load_mode = lib.LLAMA_LOAD_MODE_NONE
    model = lib.llama_model_load_from_file(os.fsencode(path), params)
    if not model:
        raise _load_error(path, "; ".join(errors))
    return model


def _new_context(lib: Any, model: Any, size: int, threads: int, prefill_threads: int) -> Any:
    params = lib.llama_context_default_params()
    params.n_ctx = size
    params.n_batch = params.n_ubatch = min(BATCH, size)
    params.n_outputs_max = 1
    params.n_threads = threads
    params.n_threads_batch = prefill_threads
    params.no_perf = True
    return lib.llama_init_from_model(model, params)


def _load_error(path: Path, log: str) -> WeightsError:
    """Say which of our errors llama.cpp's log means."""
    lower = log.lower()
    if "alloc" in lower or "memory" in lower:
        return out_of_memory(path, "llama.cpp could not allocate it")
    if "not within the file bounds" in lower or "failed to read" in lower or "end of file" in lower:
        return truncated(path, f"{path.stat().st_size} bytes, some weights are missing")
    detail = log.splitlines()[0][:160] if log else "llama.cpp cannot read it"
    return wrong_format(path, detail, "give a language model in the GGUF format, or fetch it again")


def _free(lib: Any, ctx: Any, model: Any) -> None:
    lib.llama_free(ctx)
    lib.llama_model_free(model)
