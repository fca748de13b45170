"""From what a person said to typed fields, and back."""

from pipit.fsm.fields.answers import Filling, Problem, Reading
from pipit.fsm.fields.assent import agreement
from pipit.fsm.fields.grammar import phrase_of
from pipit.fsm.fields.listening import phase_phrase
from pipit.fsm.fields.matching import match, words_of
from pipit.fsm.fields.mending import correction
from pipit.fsm.fields.patterns import PatternError, pattern
from pipit.fsm.fields.reading import read, read_all
from pipit.fsm.fields.saying import question, spoken

__all__ = [
    "Filling",
    "PatternError",
    "Problem",
    "Reading",
    "agreement",
    "correction",
    "match",
    "pattern",
    "phase_phrase",
    "phrase_of",
    "question",
    "read",
    "read_all",
    "spoken",
    "words_of",
]
