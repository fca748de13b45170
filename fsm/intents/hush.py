"""Words that end something, where nothing is going on that they could end: a short word, and quiet."""

from __future__ import annotations

from functools import cache

from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.sayings import Sayings

_SAYINGS = {
    "Okay.": "stop [it|that|this|talking|speaking|reading|there|right there|everything|all that] | quit | abort"
    " | halt | cancel"
    " | (be|keep|stay|go|remain) (quiet|silent|still) | quiet [down] | silence | hush | shush | enough | pause | zip it"
    " | pipe down | knock it off | cut it out | give it a rest | shut (up|it|your mouth) | hold your tongue"
    " | (that is|this is|that was) ([quite|more than] enough|too much|plenty) | that will do | that'll do"
    " | no more [talking|of (that|this)]"
    " | i [have] (heard|had) enough | enough of (that|this) | say no more | not (another|one more) (word|sound)"
    " | i need a (moment|minute) | do be quiet | (end|finish) (it|that|this) [there|here|now] | you can stop [talking]"
    " | stop it (there|here) | (stop|end) the (story|joke|talk|reading) | give me some (quiet|silence)"
    " | (hold on|wait) [(a|one) (moment|second|minute)] | hold it | (one|just a) (moment|second|minute)"
    " | give me a (moment|second|minute) | do not (talk|speak|say anything) [any more]"
    " | (leave|let) me (alone|in peace|be) | (stop|quiet|enough|hush) (stop|quiet|enough|hush)",
    "All right.": "never mind [that|it|about (that|it)] | nevermind | forget [about] it"
    " | do not (bother|worry about it)"
    " | it does not matter | does not matter | no matter | drop it | leave it | let it be | no need",
}


@cache
def _sayings() -> Sayings:
    return Sayings(_SAYINGS)


def hush(asked: Asked) -> str | None:
    """Say no more than that it was heard."""
    return _sayings().named(asked.orders)
