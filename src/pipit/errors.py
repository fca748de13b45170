"""The one error tree.

    PipitError                      code, message, hint; one line for a person
    ├── BadInput      (ValueError)    a file, a setting or a text that cannot be used      exit 2
    │   ├── BadAudio                    a recording that is none, or one we cannot decode
    │   └── BadConfig                   an unknown key, a value out of range
    └── Failure       (RuntimeError)  a part that did not do its work                      exit 1
        ├── EngineError                 recogniser, model or voice
        │   └── WeightsError              missing, truncated, wrong format, too large for memory
        └── DeviceLost  (OSError)       a microphone or speaker that went away

A leaf also inherits the builtin that fits, so callers that know nothing of Pipit can still catch it.
"""

from __future__ import annotations


class PipitError(Exception):
    """Root of everything that Pipit raises on purpose.

    ``code`` is stable and made for programs; ``message`` says what and where; ``hint`` says what to do.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """One line: what and where, then what to do."""
        text = f"{self.message}: {self.hint}" if self.hint else self.message
        return " ".join(text.split())


class BadInput(PipitError, ValueError):
    """What was given cannot be used; nothing was changed."""

    exit_code = 2


class BadAudio(BadInput):
    """A recording that cannot be read as sound."""


class BadConfig(BadInput):
    """A setting that does not exist or cannot have this value."""


class Failure(PipitError, RuntimeError):
    """The thing asked for failed although the input was good."""


class EngineError(Failure):
    """Recogniser, language model or voice failed while working."""


class WeightsError(EngineError):
    """Weights that are missing, truncated, of the wrong format, or too large for the memory."""


class DeviceLost(Failure, OSError):
    """A microphone or speaker went away."""
