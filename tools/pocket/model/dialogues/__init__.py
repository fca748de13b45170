"""Dialogues for the pocket language model, written by chance from wordings and fillings."""

from .choice import SPLITS
from .conversation import DEMO_SHARE, INTRODUCTION, Dialogue, Message, render, write
from .scene import DONT_KNOW, UNCLEAR, Turn

__all__ = [
    "DEMO_SHARE",
    "DONT_KNOW",
    "INTRODUCTION",
    "SPLITS",
    "UNCLEAR",
    "Dialogue",
    "Message",
    "Turn",
    "render",
    "write",
]
