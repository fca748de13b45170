"""What was said and what was found out, told again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.sayings import laid_out

_SAYINGS = {
    "said": "what did i [just] say [just now|last] | repeat what i [just] said | say what i [just] said"
    " | what i [just] said | what was it that i said | what have i just said | what were my [last] words",
    "heard": "what did you [just] say [just now|last] | repeat what you [just] said | say what you [just] said"
    " | what you [just] said | what was it that you said | what were your [last] words"
    " | say that [once] [again] | repeat that | say it [again] | repeat yourself"
    " | repeat your (answer|last answer|reply) | say that one more time",
    "fields": "what (have|did) i (told|tell|given|give) you [so far|until now|up to now]"
    " | what do you (have|know) so far"
    " | what have you (noted|written down|got|collected) [so far|until now]"
    " | sum up [what i (said|told you)] [so far] | summarise [what i (said|told you)] [so far]"
    " | summarize [what i (said|told you)] [so far] | what i (have told|told) you [so far]"
    " | read [me] back what i (said|told you) | give me a summary [so far] | what have we got so far"
    " | what do we have so far",
}
_ENDS = (".", "!", "?", "…")


@cache
def _sayings() -> dict[str, str]:
    return laid_out(_SAYINGS)


def told(asked: Asked) -> str | None:
    """Repeat what was said or heard last, or sum up the session's fields."""
    situation = asked.situation
    match _sayings().get(asked.text):
        case "said" if situation.exchanges and (said := situation.exchanges[-1].said):
            return f"You said: {said.rstrip(' .')}."
        case "heard" if situation.exchanges:
            heard = situation.exchanges[-1].heard
            return heard if heard.endswith(_ENDS) else None  # of one that was cut nobody here knows the end
        case "fields" if situation.fields:
            return sum_up(situation.fields)
    return None


def sum_up(fields: Sequence[tuple[str, str]]) -> str:
    """Return fields and their values in one sentence."""
    parts = [f"{name} is {value}" for name, value in fields]
    return f"To sum up, {parts[0] if len(parts) == 1 else ', '.join(parts[:-1]) + ' and ' + parts[-1]}."
