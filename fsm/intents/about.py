"""What Pipit says of itself, honestly."""

from __future__ import annotations

from functools import cache

from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.sayings import laid_out

_SAYINGS = {
    "can": "what (can you|you can) do [for me|for us|here] | how can you help [me|us]"
    " | what (can|could) i ask [you] | what are you (good at|able to do)"
    " | what are your (skills|abilities|functions) | what do you know how to do | what else can you do"
    " | what kind of things can you do | what questions can i ask [you] | what can you help [me] with",
    "online": "are you (online|offline) | are you connected [to the (internet|cloud|web)]"
    " | are you (on|in) the (internet|cloud)"
    " | do you (need|use|have) [an|the] (internet|wifi|internet connection|network)"
    " | do you work (offline|without internet|without the internet) | do you have internet access",
    "private": "is (my data|this|what i say) (private|safe|recorded)"
    " | do you (send|share|upload|sell) my (data|voice|words) [away|anywhere|to anyone]"
    " | are you (private|recording me|spying on me|listening to me all the time)"
    " | where (does|do) my (data|words|voice) go | who can hear (me|us|this)"
    " | does anything leave (this|the) (board|device)",
    "model": "(what|which) [language] model (are you|do you use|do you run|are you running|is this)"
    " | how (big|large) (are you|is your model) | what size is your model"
    " | how (big|large) is the [language] model | are you a large language model",
}


@cache
def _sayings() -> dict[str, str]:
    return laid_out(_SAYINGS)


def about(asked: Asked) -> str | None:
    """Answer what is asked about Pipit itself."""
    model = asked.situation.model
    match _sayings().get(asked.text):
        case "can":
            return (
                f"I'm Pipit, with {model}, offline on this device. I can tell the time and the date, do sums, "
                "convert units, spell words, roll dice, and talk a little. Nothing that you say leaves this device."
            )
        case "online":
            return "I work offline. Everything stays on this device."
        case "private":
            return "Nothing leaves this device. What I keep, I keep here."
        case "model":
            return f"I'm Pipit, with {model}. It runs on this device alone."
    return None
