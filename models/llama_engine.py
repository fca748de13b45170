"""The language model, with llama.cpp."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipit.errors import EngineError
from pipit.models.cache import fingerprint
from pipit.models.cancel import CancelToken
from pipit.models.gguf import read_gguf_header
from pipit.models.llama_native import AbortFlag, Context
from pipit.models.llama_prompt import Prompter
from pipit.models.llama_sampler import Sampler, new_sampler
from pipit.models.llama_states import SavedStates, common
from pipit.models.memory import model_need, require_memory
from pipit.models.ports import Message

_WORTH_READING = 8
"""Tokens that a saved state must bring: fewer are evaluated as fast as a file is read."""


class LlamaModel:
    """A ``LanguageModel`` on a GGUF file.

    What was evaluated stays in the context. A new prompt is compared with it from the beginning, and only
    from the first token that differs is anything evaluated: the words of a person who is still talking are
    read as they come, and the system prompt is read once.
    """

    def __init__(
        self,
        path: Path,
        context_tokens: int = 512,
        threads: int = 2,
        prefill_threads: int = 2,
        temperature: float = 0.0,
        seed: int = 7,
        cache: Path | None = None,
    ) -> None:
        """Load the file; raises ``WeightsError``.

        ``context_tokens`` is for prompt and reply together and never more than the model was trained for.
        ``threads`` work on each token of a reply, ``prefill_threads`` on a prompt. ``temperature`` 0 always
        picks the likeliest token; above it the choice is drawn, and ``seed`` makes the same prompt draw the
        same reply. With a folder for ``cache``, what was read of system prompts is kept there for the next start.
        """
        header = read_gguf_header(path)
        require_memory(path, model_need(path.stat().st_size, header, context_tokens))
        self._path = path
        self._temperature, self._seed = temperature, seed
        self._context = Context(path, context_tokens, threads, prefill_threads)
        self._prompter = Prompter(self._context, path)
        self._states = SavedStates(cache / "states", fingerprint(path, _version())) if cache else None

    @property
    def name(self) -> str:
        """The engine, and the file's name without its ending."""
        return f"llama.cpp {self._path.stem}"

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and reply may have together."""
        return self._context.size

    @property
    def evaluated_tokens(self) -> int:
        """How many tokens were evaluated since the model was loaded; what was reused does not count."""
        return self._context.evaluated

    def use_threads(self, threads: int, prefill_threads: int) -> None:
        """Work on each token of a reply, and on a prompt, with so many threads from the next call on."""
        self._context.use_threads(threads, prefill_threads)

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens of the rendered prompt."""
        return len(self._prompter.tokens(messages))

    def prefill(self, messages: Sequence[Message], cancel: CancelToken) -> None:
        """Evaluate the prompt; raises ``EngineError`` (``prompt-too-long``)."""
        with self._watching(cancel):
            self._read(messages, self._prompt(messages), cancel)

    def generate(
        self, messages: Sequence[Message], cancel: CancelToken, max_tokens: int, grammar: str = ""
    ) -> Iterator[str]:
        """Yield the reply in pieces of whole characters.

        It ends with the model's own end, after ``max_tokens``, when the context is full, or when cancelled.
        With ``grammar`` the own end comes only where the grammar ends. Raises ``EngineError``
        (``prompt-too-long``, ``grammar-refused``, ``grammar-stuck``).
        """
        prompt = self._prompt(messages)
        sampler = new_sampler(self._context, self._temperature, self._seed, grammar)
        try:
            with self._watching(cancel):
                if self._read(messages, prompt, cancel):
                    room = min(max_tokens, self.context_tokens - len(prompt))
                    yield from whole_characters(self._write(sampler, cancel, room, names=bool(grammar)))
        finally:
            sampler.close()

    def close(self) -> None:
        """Free the memory; nothing may be called afterwards."""
        self._context.close()

    def _prompt(self, messages: Sequence[Message]) -> list[int]:
        tokens = self._prompter.tokens(messages)
        if len(tokens) >= self.context_tokens:
            raise EngineError(
                "prompt-too-long",
                f"the prompt has {len(tokens)} tokens, {self.name} takes {self.context_tokens - 1}",
                "say it shorter or give the model a larger context",
            )
        return tokens

    def _read(self, messages: Sequence[Message], prompt: list[int], cancel: CancelToken) -> bool:
        """Make the context hold just ``prompt``, with the scores of what follows; False when cancelled."""
        if cancel.cancelled:
            return False
        context = self._context
        same = common(prompt, context.held)
        if same == len(prompt) == len(context.held) and context.scored:
            return True
        # The last token is evaluated in any case: its scores choose the first word of the reply.
        context.keep(min(same, len(prompt) - 1))
        if self._states and not self._open(self._states, prompt, self._prompter.opening(messages)):
            return False
        return context.evaluate(prompt[len(context.held) :])

    def _open(self, states: SavedStates, prompt: list[int], opening: int) -> bool:
        """Take the beginning of the prompt from a saved state, or save it; False when cancelled."""
        context = self._context
        if len(context.held) >= opening:
            return True
        state, count = states.best(prompt[:-1], whole=not context.rolls_back)
        if state and count >= len(context.held) + _WORTH_READING and (data := states.read(state)):
            if not context.restore(data, state.tokens):
                states.drop(state, "llama.cpp does not take it")
            context.keep(count)
        if len(context.held) < opening and states.wants(prompt[:opening]):
            if not context.evaluate(prompt[len(context.held) : opening], score=False):
                return False
            states.save(prompt[:opening], context.state())
        return True

    def _write(self, sampler: Sampler, cancel: CancelToken, room: int, names: bool) -> Iterator[bytes]:
        """Yield the bytes of the reply; with ``names`` control tokens by name, for a grammar counts them as text."""
        for left in range(room, 0, -1):
            token = sampler.next()
            if self._context.ends(token):
                return
            yield self._context.piece(token, special=names)
            if left == 1 or cancel.cancelled or not self._context.evaluate([token]):
                return

    @contextmanager
    def _watching(self, cancel: CancelToken) -> Iterator[None]:
        flag = AbortFlag()
        self._context.watch(flag)
        withdraw = cancel.on_cancel(flag.set)
        try:
            yield
        finally:
            withdraw()


def whole_characters(pieces: Iterable[bytes]) -> Iterator[str]:
    """Join bytes of UTF-8 to pieces of text that never end within a character.

    Bytes that are no UTF-8, and a character that never ends, are left out: nobody could speak them.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    for piece in pieces:
        if text := decoder.decode(piece):
            yield text


def _version() -> str:
    """Return what a saved state depends on beside the weights."""
    from llama_cpp import __version__

    return f"llama-cpp-python {__version__}"
