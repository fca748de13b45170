"""What was said and what was found out, told again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.sayings import Sayings

_AGAIN = "(again|once more|one more time|once again|a second time|one time more|one last time) [for (me|us)]"
_IT = (
    "(that|it|this|that one|what you [just] said|(the|your) last (one|thing|part|bit|sentence|answer|reply|words)"
    "|your (answer|reply|words))"
)
_AGO = "[again|just now|last|a moment ago|before]"
_SAYINGS = {
    "said": "what did i [just] say [just now|last] | repeat what i [just] said | say what i [just] said"
    " | what i [just] said | what was it that i said | what have i just said | what were my [last] words",
}
_HEARD = {
    "heard": f"{_AGAIN} | say {_AGAIN} | [the] same again | come again | pardon [me] | [i] beg your pardon"
    " | say what | you what | how was that"
    f" | (repeat|say|tell (me|us)|give (me|us)|run) {_IT} [(by|past|for) (me|us)] {_AGAIN}"
    f" | repeat [{_IT}|yourself|please] [for (me|us)]"
    " | repeating [that|it|yourself] | saying that again | go over that again | say what you [just] said"
    f" | what (did you [just] (say|tell me)|have you just said|were you saying|was that|was it [that] you said) {_AGO}"
    f" | what (was|is) (your [last] (answer|reply|sentence|word)|the last (thing|sentence|bit|part) [you said]) {_AGO}"
    " | what were your [last] words | what you [just] said | what was it that you said"
    " | [i] (did|could|can) not [quite|really] (hear|catch|get|make out) (that|it|you|what you [just] said"
    "|the last (bit|part|word)|a word|any of that|all of that)"
    " | i (did|could) not [quite|really] understand (you|what you [just] said)"
    " | i (missed|have missed) (that|what you [just] said|the (end|last (bit|part|word))) | i was not listening"
    " | (you were|that was|it was) too (fast|quiet|low)"
    " | (i|we) (only|just) (heard|caught|got) (half|a bit|some|a part|the beginning) of (it|that|what you said)"
    f" | let me hear (that|it) [{_AGAIN}] | (can|could|may) i hear (that|it) {_AGAIN}",
}
_FIELDS = {
    "fields": "what (have|did) i (told|tell|given|give) you [so far|until now|up to now]"
    " | what do you (have|know) so far"
    " | what have you (noted|written down|got|collected) [so far|until now]"
    " | sum up [what i (said|told you)] [so far] | summarise [what i (said|told you)] [so far]"
    " | summarize [what i (said|told you)] [so far] | what i (have told|told) you [so far]"
    " | read [me] back what i (said|told you) | give me a summary [so far] | what have we got so far"
    " | what do we have so far",
}
NOTHING_SAID = "I have said nothing yet."
_BRIEF = ("what", "sorry", "sorry what", "what sorry", "what please")
"""Asks for the last reply again, where there is one, and only as it stands: ``so what`` is something else."""
_GREETED = re.compile(r"(?:(?:hello|hi|hey|yes|yeah|no|and|there|pipit) )+(?:again|once more)\b")
"""No wish to hear it again: a person who comes back, or says so twice."""
_ENDS = (".", "!", "?", "…")


@cache
def _sayings() -> Sayings:
    return Sayings(_SAYINGS | _FIELDS)


@cache
def _again() -> Sayings:
    return Sayings(_HEARD)


def told(asked: Asked) -> str | None:
    """Repeat what was said or heard last, or sum up the session's fields."""
    situation = asked.situation
    match _wanted(asked):
        case "said" if situation.exchanges and (said := situation.exchanges[-1].said):
            return f"You said: {said.rstrip(' .')}."
        case "heard" if not situation.exchanges:
            return NOTHING_SAID
        case "heard":
            heard = situation.exchanges[-1].heard
            return heard if heard.endswith(_ENDS) else None  # of one that was cut nobody here knows the end
        case "fields" if situation.fields:
            return sum_up(situation.fields)
    return None


def _wanted(asked: Asked) -> str | None:
    whole = " ".join(asked.whole)
    if whole in _BRIEF:
        return "heard" if asked.situation.exchanges else None
    again = None if _GREETED.match(whole) else _again().named(asked.orders)
    return again or _sayings().named(asked.questions)


def sum_up(fields: Sequence[tuple[str, str]]) -> str:
    """Return fields and their values in one sentence."""
    parts = [f"{name} is {value}" for name, value in fields]
    return f"To sum up, {parts[0] if len(parts) == 1 else ', '.join(parts[:-1]) + ' and ' + parts[-1]}."
