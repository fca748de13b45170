"""Whether the other assistant can be measured beside ours: it is an optional extra."""

from __future__ import annotations

from importlib.util import find_spec


def installed() -> bool:
    """Whether pipecat is here."""
    return find_spec("pipecat") is not None
