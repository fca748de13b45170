"""What Pipit says of itself, honestly."""

from __future__ import annotations

from functools import cache

from pipit.fsm.intents.asked import Asked
from pipit.fsm.intents.sayings import Sayings

WHO = "I'm Pipit, a small voice assistant. I run offline, on this device."
_SKILLS = (
    "(skills|abilities|functions|capabilities|features|talents|strengths|powers|options|commands|tricks|skill set"
    "|purpose|job)"
)
_DO = "(do|help [me|us] with|assist [me|us] with|offer [me|us]|answer|handle|manage|understand)"
_ABLE = (
    "(good (at|for)|best at|able to do|capable of [doing]|useful for"
    "|(made|built|designed|trained|programmed) (for|to do))"
)
_THINGS = "(else|all|things|exactly|(kind|kinds|sort|sorts|type|types) of (things|stuff|tasks))"
_MINE = "(my|our) (data|voice|words|information|conversations|recordings|secrets)"
_NET = "(internet|wifi|network|cloud|web|internet connection|connection)"
_SAYINGS = {
    "can": f"what [{_THINGS}] (can you|you can|could you|are you able to|do you) {_DO} [for (me|us)|here|today|best]"
    f" | what [else] (are you|you are) [really] {_ABLE} | what are you (there|here) for | what are you for"
    f" | what is (possible|in your power) [here|with you]"
    " | what have you learned [to do] | (introduce|describe|explain) yourself and what you [can] do"
    " | how (do|can|should) i (use|talk to|speak to) you | what (can i|i can) do (with you|here)"
    " | what you were (made|built) (for|to do)"
    " | how (can|could|do|would) you (help|assist|be of (help|use|service|assistance)) [to] [me|us]"
    " | how can you be (helpful|useful) [to (me|us)] | [how] can you help [me|us] | help [me|us]"
    " | i need [some|your] help"
    " | what (can|could|may|should|shall|might) i (ask [you] [for|about]|say [to you]|use you for|do with you"
    "|have you do)"
    " | what i can (ask [you] [for|about]|say [to you]|use you for|do with you) | what to (ask|say to) [you]"
    f" | what (is|are) (your|the) {_SKILLS} | your {_SKILLS} | about your {_SKILLS} | what your {_SKILLS} (is|are)"
    f" | (list|name|describe|explain|show|run through|go through|walk me through) (your {_SKILLS}|(what|everything"
    f"|all) you can do)"
    f" | [give me] a (tour|list|rundown|overview|summary) of (your {_SKILLS}|(what|everything|all) you can do)"
    f" | (what|which) {_SKILLS} (do you have|have you got) | do you have any [other] {_SKILLS}"
    " | what [all|else|things] do you know how to do | what you know how to do | (everything|all) you can do"
    " | (what|which) [(kind|kinds|sort|sorts) of] (questions|things|commands|requests|tasks) (can|may|could"
    "|should) i (ask|give) [you]"
    " | (what|which) (commands|questions|requests|tasks) (do|can) you (know|understand|take|answer|handle|do)"
    " | (is there|are there) (anything|other things) [else] you can do [for (me|us)]"
    " | what (use|good) are you [to (me|us)]"
    " | can you do (anything|something) [else|useful] [for (me|us)] | what have you been (made|built|designed) for"
    " | what can you help [me] with",
    "who": "(who|what) (are you|you are) [exactly|really] | who or what are you | (who|what) exactly are you"
    " | who is this"
    " | who (is [that|it]|am i|are we|do i have) (talking|speaking) [(to|with) [me|us]] | who is there"
    " | (who|what) is pipit [exactly|really] | who might you be"
    " | who i am (talking|speaking) (to|with) | (to whom|whom) am i (talking|speaking) [to]"
    " | what am i (talking|speaking) to"
    " | what is your [own|real|full|first] name | what your name is | your [own|real|full] name"
    " | say (your name|who you are)"
    " | (do|don't) you have a name | have you got a name | what name (do you have|do you go by|are you called by)"
    " | (what|how) (are you called|do (they|people|we|i) call you|(should|can|shall|may|could) (i|we) call you"
    "|do you call yourself)"
    " | what (you are called|i can call you|to call you|they call you|am i supposed to call you) | how do you call you"
    " | what (kind|sort) of (thing|assistant|machine|device) (are you|is this|is that)"
    " | introduce yourself [to (me|us)] [briefly]"
    " | [something|a (bit|little)|more] about (you|yourself|pipit) | are you pipit | is your name pipit",
    "machine": "are you [just|only|really] (a|an) [real] (robot|machine|computer|human|person|program|ai|human being)"
    " | are you [really|a] (human|real|artificial)"
    " | am i (talking|speaking) to a [real] (robot|machine|computer|human|person)",
    "hearing": "(can|do|could) you [still] hear (me|us) [now|well|okay|from here]"
    " | are you [still] (there|listening|awake)"
    " | is (anyone|anybody|someone) (there|listening|here)",
    "online": "are you [always|really] (online|offline|local) | is (this|it|everything) [really] (online|offline|local)"
    f" | are you connected [to (anything|something|anyone|the outside|[the|a|any] (server|{_NET}))]"
    " | are you (on|in) the (internet|cloud) | are you (running|working) (locally|offline|online)"
    f" | do you [really] (need|use|have|require|want) [an|the|a|any] {_NET} [to work|at all|for this]"
    f" | do you go online"
    f" | (do|can|will|could) you [also|even] (work|run|function) (offline|locally|(without|with no) [the|an|a"
    f"|any] {_NET})"
    " | do you have internet access | do you have access to the internet | can you go online"
    f" | (can|do) you (connect to|access|search|use) the (internet|web|cloud)"
    " | (do you run|are you running|where do you run) [in the cloud|on this device|on a server]",
    "private": f"(is|are) ({_MINE}|this|what i say|our talk|this conversation|everything) [kept] (private|safe"
    f"|secure|recorded"
    "|stored|shared|confidential) [with you|here]"
    f" | (do|will|can) you [ever] (send|share|upload|sell|give|store|keep|save|record|leak) ({_MINE}"
    f"|what i say) [away|anywhere"
    "|to anyone|to the cloud|online]"
    " | are you (private|safe|secure|spying [on (me|us)]|recording [me|us|this]|listening to me all the time"
    "|listening in)"
    f" | where (does|do) {_MINE} go | what happens (to|with) {_MINE} | where (is|are) {_MINE} [stored|kept]"
    f" | where do you (keep|store|save) {_MINE}"
    f" | who [else] (can hear|hears|is listening to|listens to) (me|us|this|what i say)"
    " | (can|does|could) (anyone|anybody|someone|somebody) [else] (hear|listen to) (me|us|this|what i say)"
    " | does anything leave (this|the) (board|device)",
    "model": "(what|which) [language] model (are you|do you use|do you run|are you running|is this)"
    " | how (big|large) (are you|is your model) | what size is your model"
    " | how (big|large) is the [language] model | are you a large language model",
}
_OWN = ("who", "machine")
"""What only the model knows, where it plays a role."""


@cache
def _sayings() -> Sayings:
    return Sayings(_SAYINGS)


def about(asked: Asked) -> str | None:
    """Answer what is asked about Pipit itself."""
    wanted = _sayings().named(asked.questions)
    if wanted is None or (asked.situation.in_role and wanted in _OWN):
        return None
    model = asked.situation.model
    return {
        "can": f"I'm Pipit, with {model}, offline on this device. I can tell the time and the date, do sums, "
        "convert units, spell words, roll dice, and talk a little. Nothing that you say leaves this device.",
        "who": WHO,
        "machine": "I'm a computer program, and no human being.",
        "hearing": "Yes, I can hear you.",
        "online": "I work offline. Everything stays on this device.",
        "private": "Nothing leaves this device. What I keep, I keep here.",
        "model": f"I'm Pipit, with {model}. It runs on this device alone.",
    }[wanted]
