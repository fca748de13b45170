"""Which token comes next: the likeliest or a drawn one, and under a grammar only what it allows."""

from __future__ import annotations

import codecs
import ctypes
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipit.errors import EngineError
from pipit.models.llama_native import Context, errors

_FIRST = 256
"""Tokens tried against a grammar before all the others are."""
_ENTRY = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""llama.cpp's ``llama_token_data``."""

Scores = NDArray[np.float32]
"""One for each token of the vocabulary."""
Entries = np.ndarray[Any, np.dtype[np.void]]
"""Of ``_ENTRY``, shape (n,)."""


class Sampler(Protocol):
    """Picks the tokens of one reply."""

    def next(self) -> int:
        """Return the token that follows what the context holds; raises ``EngineError``."""
        ...

    def close(self) -> None:
        """Give its memory back."""
        ...


class FreeSampler:
    """Picks whatever the model finds likely."""

    def __init__(self, context: Context, temperature: float, seed: int) -> None:
        """``temperature`` 0 takes the likeliest token."""
        self._context = context
        self._chain = _new_chain(context.lib, temperature, seed)

    def next(self) -> int:
        """Pick a token."""
        return int(self._context.lib.llama_sampler_sample(self._chain, self._context.ctx, -1))

    def close(self) -> None:
        """Give the chain back."""
        self._context.lib.llama_sampler_free(self._chain)


class GrammarSampler:
    """Picks the likeliest, or draws, among what a grammar allows.

    To ask the grammar about a whole vocabulary takes longer than a small model takes for the token itself. So,
    as llama.cpp's own programs do, the choice is made first and only checked; when it is refused, it is made
    again among the likeliest that are allowed, and among all tokens when none of these is.
    """

    def __init__(self, context: Context, temperature: float, seed: int, grammar: str) -> None:
        """Raises ``EngineError`` (``grammar-refused``) when ``grammar`` does not parse."""
        self._context = context
        self._grammar = _new_grammar(context, grammar)
        self._chain = _new_chain(context.lib, temperature, seed)
        self._text = codecs.getincrementaldecoder("utf-8")()
        self._count = int(context.lib.llama_vocab_n_tokens(context.vocab))

    def next(self) -> int:
        """Pick a token; raises ``EngineError`` (``grammar-stuck``) when no token goes on."""
        lib = self._context.lib
        scores = np.ctypeslib.as_array(self._context.scores(), (self._count,))
        token = int(lib.llama_sampler_sample(self._chain, self._context.ctx, -1))
        if not (len(self._allowed(np.array([token]), scores)) and self._is_text(token)):
            token = self._choose(scores)
        # llama.cpp ends the process when it is given a token that the grammar does not allow.
        lib.llama_sampler_accept(self._grammar, token)
        self._text.decode(self._piece(token))
        return token

    def close(self) -> None:
        """Give grammar and chain back."""
        self._context.lib.llama_sampler_free(self._chain)
        self._context.lib.llama_sampler_free(self._grammar)

    def _choose(self, scores: Scores) -> int:
        """Choose again, among allowed tokens only."""
        likeliest = np.argpartition(scores, -min(_FIRST, self._count))[-_FIRST:]
        for tokens in (likeliest, np.arange(self._count)):
            allowed = self._allowed(tokens, scores)
            while len(allowed):
                token = self._pick(allowed.copy())  # the chain sorts and cuts in place
                if self._is_text(token):
                    return token
                allowed = allowed[allowed["id"] != token]
        raise EngineError("grammar-stuck", "no token of the model goes on as the grammar wants", "give another grammar")

    def _allowed(self, tokens: NDArray[np.intp], scores: Scores) -> Entries:
        """Return the entries of those tokens that the grammar allows next."""
        entries: Entries = np.empty(len(tokens), _ENTRY)
        entries["id"], entries["logit"], entries["p"] = tokens, scores[tokens], 0
        self._context.lib.llama_sampler_apply(self._grammar, ctypes.byref(self._table(entries)))
        allowed: Entries = entries[np.isfinite(entries["logit"])]
        return allowed

    def _is_text(self, token: int) -> bool:
        """Whether the reply stays UTF-8: llama.cpp takes the bytes C0 A2 for a quotation mark, nobody else does."""
        state = self._text.getstate()
        try:
            self._text.decode(self._piece(token))
            begun, _ = self._text.getstate()
        except UnicodeDecodeError:
            return False
        finally:
            self._text.setstate(state)
        # Python refuses half a surrogate pair only at its third byte, when it is too late.
        return not b"\xed\xa0" <= begun < b"\xee"

    def _piece(self, token: int) -> bytes:
        return self._context.piece(token, special=True)

    def _pick(self, entries: Entries) -> int:
        table = self._table(entries)
        self._context.lib.llama_sampler_apply(self._chain, ctypes.byref(table))
        return int(table.data[table.selected].id)

    def _table(self, entries: Entries) -> Any:
        lib = self._context.lib
        data = entries.ctypes.data_as(ctypes.POINTER(lib.llama_token_data))
        return lib.llama_token_data_array(data=data, size=len(entries), selected=-1, sorted=False)


def new_sampler(context: Context, temperature: float, seed: int, grammar: str) -> Sampler:
    """Return what picks the tokens of one reply; an empty ``grammar`` allows everything."""
    if grammar:
        return GrammarSampler(context, temperature, seed, grammar)
    return FreeSampler(context, temperature, seed)


def _new_chain(lib: Any, temperature: float, seed: int) -> Any:
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    if temperature <= 0:
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
    else:
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_top_k(40))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_top_p(0.95, 1))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_temp(temperature))
        lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_dist(seed))
    return chain


def _new_grammar(context: Context, grammar: str) -> Any:
    errors.clear()
    text = grammar.encode("utf-8", "replace")
    sampler = None if b"\0" in text else context.lib.llama_sampler_init_grammar(context.vocab, text, b"root")
    if not sampler:
        detail = errors[0].splitlines()[0][:160] if errors else "llama.cpp cannot read it"
        raise EngineError("grammar-refused", f"the grammar for the reply does not parse ({detail})")
    return sampler
