"""Greetings, thanks and questions about Pipit itself: each has one fixed reply."""

from __future__ import annotations

from . import fillings
from .choice import Chooser, Wordings, ways
from .scene import Scene, Turn

WHO = "I'm Pipit, a small voice assistant. I run offline, on this device."
CAN = (
    "I'm a small pocket model, running offline on this device. I can switch lights, set timers, "
    "remember things, and tell a story or a joke."
)
FIXED: tuple[tuple[float, str, Wordings, str], ...] = (
    (4, "greeting", ways("hello"), "Hello! How can I help?"),
    (1, "greeting", ways("good morning"), "Good morning! How can I help?"),
    (1, "greeting", ways("good afternoon"), "Good afternoon! How can I help?"),
    (1, "greeting", ways("good evening"), "Good evening! How can I help?"),
    (4, "thanks", ways("thanks"), "You're welcome."),
    (3, "goodbye", ways("goodbye"), "Goodbye!"),
    (1, "goodbye", ways("good night"), "Good night! Sleep well."),
    (4, "who", ways("who"), WHO),
    (4, "can", ways("can"), CAN),
    (3, "small talk", ways("how are you"), "I'm fine, thank you. How are you?"),
    (2, "small talk", ways("fine"), "That's good to hear."),
    (1, "small talk", ways("not fine"), "I'm sorry to hear that."),
    (2, "small talk", ways("offline"), "No internet needed. Everything stays on this device."),
    (1, "small talk", ways("praise"), "Thank you, that's kind."),
    (1, "small talk", ways("blame"), "Sorry, I'm only a small model and I make mistakes."),
    (1, "small talk", ways("maker"), "I was trained from scratch, as a tiny open model."),
    (1, "small talk", ways("machine"), "I'm only a small computer program."),
    (1, "small talk", ways("hearing"), "Yes, I can hear you."),
    (1, "small talk", ways("singing"), "La la la. I'm better at stories."),
    (2, "stop", ways("stop"), "Okay."),
    (1, "yes", ways("yes"), "Okay."),
    (1, "no", ways("no"), "All right."),
)
"""Weight, kind, wordings, and the one reply to them."""
EXACT_KINDS = ("greeting", "goodbye", "thanks", "stop", "yes", "no")
WORD_LOST = 0.12
WORD_STRANGE = 0.12
LONG_ENOUGH = 5  # words, of which one may be lost


def fixed(scene: Scene) -> Turn:
    """A turn with one fixed answer."""
    _, kind, wordings, reply = scene.choose.rng.choices(FIXED, [row[0] for row in FIXED])[0]
    return Turn(kind, scene.choose.way(wordings), reply, plain=kind in EXACT_KINDS)


def _roughened(text: str, choose: Chooser) -> str:
    """A sentence with one word less, or with one that nobody knows: the rest still tells what is meant."""
    words = text.split()
    if len(words) < LONG_ENOUGH:
        return text
    place = choose.between(0, len(words) - 1)
    if choose.chance(WORD_LOST):
        return " ".join(words[:place] + words[place + 1 :])
    if choose.chance(WORD_STRANGE):
        return " ".join([*words[:place], fillings.word(choose), *words[place:]])
    return text


def dwelt_on(scene: Scene) -> Turn:
    """A turn with one fixed answer, each as often as any other, and not always in clean words: only to train with."""
    choose = scene.choose
    _, kind, wordings, reply = choose.any(FIXED)
    user = _roughened(choose.way(wordings), choose)
    return Turn(kind, user, reply, plain=kind in EXACT_KINDS and choose.chance(0.6))
