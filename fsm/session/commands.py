"""What steers a session by voice, understood without a model: whole sentences only, so no answer is mistaken."""

from __future__ import annotations

import re
from dataclasses import dataclass

_POLITE = re.compile(r"^(?:(?:please|okay|ok|hey|um|uh|can you|could you|let us|let's|now)\s+)+|\s+(?:please|now)$")

_SAYINGS = {
    "pause": "pause|hold on|wait|wait a moment|one moment|just a moment|give me a moment|take a break|pause it",
    "resume": "resume|continue|go on|carry on|go ahead|i am back|i'm back|keep going",
    "repeat": "repeat|repeat that|say that again|say it again|again|pardon|what did you say|what was that"
    "|what was the question|repeat the question|come again|once more",
    "back": "go back|back|previous|previous question|one back|go back one|back one",
    "skip": "skip|skip it|skip this|skip that|next|next one|next question|leave it out|move on",
    "stop": "stop|stop it|stop the session|end the session|end session|quit|stop here|finish here|cancel|goodbye|bye",
    "complete": "done|i am done|i'm done|complete|finished|i am finished|that is all|that's all|complete the phase"
    "|complete phase|ready|all done",
    "status": "where are we|where was i|where am i|what is missing|what's missing|what is left|what's left|status",
    "help": "help|what can i say|help me",
}
_VERBS = {saying: verb for verb, sayings in _SAYINGS.items() for saying in sayings.split("|")}
_OVERRIDE = re.compile(r"^(?:override|(?:complete|continue|go on|skip) anyway)(?: (?:because|since))? (.+)$")

SAYINGS = tuple(_VERBS)
"""Everything that is understood, for a recogniser's grammar."""


@dataclass(frozen=True, slots=True)
class Command:
    """``argument`` is the reason of an override."""

    verb: str
    argument: str = ""


def command_of(said: str) -> Command | None:
    """Return the command that a sentence is, and nothing for one that merely holds the words of one."""
    words = " ".join(re.sub(r"[^\w' ]+", " ", said.lower()).split())
    if why := _OVERRIDE.match(words):
        return Command("override", why.group(1))
    while words not in _VERBS and (shorter := _POLITE.sub("", words)) != words:
        words = shorter
    verb = _VERBS.get(words)
    return Command(verb) if verb else None
