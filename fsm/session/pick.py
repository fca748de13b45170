"""Where no parser understands an answer: the model points at the words that are it, and can invent none."""

from __future__ import annotations

from pipit.fsm.fields import question
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.script import Judge
from pipit.models.grammar import choice_of
from pipit.models.ports import Message

NOTHING = "nothing"
_LONGEST = 6
_MOST_WORDS = 24


def pick(spec: FieldSpec, said: str) -> Judge:
    """Ask for the run of words in ``said`` that answers a field's question, or ``nothing``."""
    runs = spans(said)
    return Judge(prompt(spec, said), choice_of((*runs, NOTHING)), max(len(run) for run in (*runs, NOTHING)) + 1)


def prompt(spec: FieldSpec, said: str) -> tuple[Message, ...]:
    """Return what the model is told; the pocket model is taught these very words."""
    system = f"You copy the words that answer the question, or you write {NOTHING}."
    return (Message("system", system), Message("user", f"Question: {question(spec)} Answer: {said}"))


def picked(text: str | None, said: str) -> str | None:
    """Return the words that the model chose, if they were said; None for nothing, be that a word of theirs or not."""
    words = (text or "").strip()
    return words if words != NOTHING and words in spans(said) else None


def spans(said: str) -> tuple[str, ...]:
    """Return every run of up to six of the words said, each once."""
    words = said.split()[:_MOST_WORDS]
    ends = [(i, j) for i in range(len(words)) for j in range(i + 1, min(i + _LONGEST, len(words)) + 1)]
    return tuple(dict.fromkeys(" ".join(words[i:j]) for i, j in ends))
