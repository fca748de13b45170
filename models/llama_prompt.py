"""From messages to the tokens of a prompt, by the chat template that the model file brings along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipit.errors import EngineError
from pipit.models.checks import wrong_format
from pipit.models.llama_native import Context
from pipit.models.llama_states import common
from pipit.models.ports import Message


class Prompter:
    """Renders and tokenizes prompts for one model."""

    def __init__(self, context: Context, path: Path) -> None:
        """Raises ``WeightsError`` when the file has no usable chat template."""
        from jinja2 import TemplateError
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._context = context
        lib, vocab = context.lib, context.vocab
        template = lib.llama_model_chat_template(context.model, None)
        if not template:
            raise wrong_format(path, "it has no chat template", "give a model made for chat ('instruct')")
        self._bos = int(lib.llama_vocab_bos(vocab))
        self._adds_bos = bool(lib.llama_vocab_get_add_bos(vocab)) and self._bos >= 0
        self._template_error = TemplateError
        self._asked: tuple[Message, ...] | None = None
        self._tokens: list[int] = []
        self._opened: Message | None = None
        self._opening: list[int] = []
        try:
            self._formatter = Jinja2ChatFormatter(
                template=template.decode(),
                bos_token=self._name(self._bos),
                eos_token=self._name(lib.llama_vocab_eos(vocab)),
            )
        except (TemplateError, UnicodeDecodeError) as error:
            raise wrong_format(path, f"its chat template cannot be used: {error}") from error

    def render(self, messages: Sequence[Message]) -> str:
        """Return the prompt as text, control tokens by their names, the opening of the reply included."""
        entries = [{"role": message.role, "content": self._harmless(message.text)} for message in messages]
        try:
            return str(self._formatter(messages=entries).prompt)
        except (ValueError, TypeError, self._template_error) as error:
            raise EngineError("prompt-refused", "the model's chat template refuses the messages", str(error)) from error

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """Return the prompt's tokens; the token that begins a text is there once if the model wants one.

        The last prompt's are kept: a prompt is counted, read ahead and answered in turn.
        """
        asked = tuple(messages)
        if asked != self._asked:
            self._tokens, self._asked = self._tokenize(messages), asked
        return self._tokens

    def opening(self, messages: Sequence[Message]) -> int:
        """Return how many tokens of the prompt come before anything is said: the system prompt's, 0 without one.

        Where it ends in a template is found by asking: it is what two prompts have in common that are otherwise
        as different as can be.
        """
        if not messages or messages[0].role != "system":
            return 0
        if messages[0] != self._opened:
            short, long = (self._tokenize([messages[0], Message("user", text)]) for text in ("0", "a b"))
            self._opening, self._opened = short[: common(short, long)], messages[0]
        return common(self._opening, self.tokens(messages))

    def _tokenize(self, messages: Sequence[Message]) -> list[int]:
        tokens = self._context.tokenize(self.render(messages), special=True)
        begun = tokens[:1] == [self._bos] or not self._adds_bos
        return tokens if begun else [self._bos, *tokens]

    def _harmless(self, text: str) -> str:
        """Take the names of control tokens out: what people say must not open or close a message."""
        while "<" in text or "[" in text:
            tokens = self._context.tokenize(text, special=True)
            kept = [t for t in tokens if not self._context.lib.llama_vocab_is_control(self._context.vocab, t)]
            if len(kept) == len(tokens):
                break
            # What is left may have closed up to another name: look again.
            text = b"".join(self._context.piece(token) for token in kept).decode("utf-8", "ignore")
        return text

    def _name(self, token: int) -> str:
        return self._context.piece(token, special=True).decode("utf-8", "ignore") if token >= 0 else ""
