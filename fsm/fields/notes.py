"""Free text: the words as they were said, without what only leads up to them."""

from __future__ import annotations

from pipit.fsm.fields.answers import Reading
from pipit.fsm.fields.assent import assent
from pipit.fsm.fields.hearing import Heard
from pipit.fsm.fields.names import name_words, same_name
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.transcript import clean

_LEADS = tuple(
    tuple(lead.split())
    for lead in (
        "please|so|okay|ok|hello|hi|good morning|i would say that|i would say|i'd say that|i'd say|note that"
        "|make a note that|write down that|write down|write that|put down that|put down|take down|add that|make a note"
    ).split("|")
)
_LINKS = frozenset({"is", "says", "reads", "that", "say", "be", "read"})
_NOTHING = frozenset({("nothing",), ("none",), ("nothing", "else"), ("nothing", "to", "add"), ("no", "note")})


def note(spec: FieldSpec, heard: Heard) -> Reading | None:
    """Read a free text; a mere "no" is none where the field may be left out."""
    start, end = _past_leads(spec, heard), len(heard.words)
    while end > start and heard.words[end - 1] in ("please", "thanks"):
        end -= 1
    said = tuple(heard.words[start:end])
    if not said or (not spec.required and (said in _NOTHING or _is_no(said))):
        return None
    words = clean(heard.said(start, end))
    return Reading(spec.field, words, heard.said(start, end)) if words else None


def _past_leads(spec: FieldSpec, heard: Heard) -> int:
    at = 0
    while (end := _past_one(spec, heard, at)) > at:
        at = end
    return at


def _past_one(spec: FieldSpec, heard: Heard, at: int) -> int:
    words, name = heard.words, name_words(spec.field)
    for lead in _LEADS:
        if tuple(words[at : at + len(lead)]) == lead:
            return at + len(lead)
    start = at + (words[at : at + 1] in (("the",), ("my",)))
    end = start + len(name)
    end_of_name = end + (words[end : end + 1] == ("should",))
    if same_name(words[start:end], name) and words[end_of_name : end_of_name + 1] and words[end_of_name] in _LINKS:
        return end_of_name + 1
    return at


def _is_no(said: tuple[str, ...]) -> bool:
    found = assent(said)
    return found is not None and not found[0] and len(said) <= 3
