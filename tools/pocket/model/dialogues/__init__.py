"""Dialogues for the pocket language model, written by chance from wordings and fillings."""

from .choice import SPLITS
from .conversation import INTRODUCTION, TRAINING, Dialogue, Message, Mix, render, write
from .scene import DONT_KNOW, UNCLEAR, Turn

__all__ = [
    "DONT_KNOW",
    "INTRODUCTION",
    "SPLITS",
    "TRAINING",
    "UNCLEAR",
    "Dialogue",
    "Message",
    "Mix",
    "Turn",
    "render",
    "write",
]
