"""What is answered by code, before the model is asked."""

from pipit.fsm.intents.answer import INTENTS, Intent, answer
from pipit.fsm.intents.asked import Asked, Situation

__all__ = ["INTENTS", "Asked", "Intent", "Situation", "answer"]
