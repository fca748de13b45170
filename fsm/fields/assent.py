"""Yes and no, in the ways people say them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipit.fsm.fields.hearing import hear

_STRONG_YES = ("yes", "yeah", "yep", "yup", "yes please", "yes it is", "correct", "affirmative", "absolutely")
_STRONG_NO = ("no", "nope", "nah", "no thanks", "no thank you", "no it isn't", "no it is not", "negative", "never")
_YES = (
    "that's right|that is right|that's correct|that is correct|that's it|that is it|that'll do|quite right|right|okay"
    "|ok|o k|sure|of course|exactly|indeed|certainly|definitely|go on|go ahead|do it|do that|do|please do|it is"
    "|it does|they are|they do|i do|i am|i have|i did|it has|there is|there are|fine|that's fine|good|perfect"
    "|sounds good|agreed|i agree|true|that's true|i think so|i guess so|no problem|no worries|no doubt|why not"
    "|you bet|all right|alright|you're right|great"
)
_NO = (
    "that's wrong|that is wrong|wrong|incorrect|that's not it|not really|not yet|not at all|no way|of course not"
    "|certainly not|definitely not|absolutely not|i don't think so|i do not think so|it isn't|it is not|it's not|isn't"
    "|it doesn't|it does not|they aren't|they don't|i don't|i do not|i'm not|i am not|i haven't|i didn't|it hasn't"
    "|there isn't|there aren't|that isn't right|that isn't it|that is not right|that's not right|that is not correct"
    "|that's not correct|that isn't correct|isn't right|isn't correct|not right|not correct|not quite|not true|false"
    "|that's false|don't|do not|please don't|stop that|neither|under no circumstances"
    "|not okay|not ok|not good|not fine|not all right"
)
_NEITHER = (
    "don't know|do not know|no idea|not sure|don't mind|can't say|yes and no|yes or no|maybe|perhaps|not wrong"
    "|isn't wrong|not incorrect|not false|yeah no|no yeah|no clue|don't care|dunno"
    "|no complaints|never better|never felt better|never been better"  # all is well, which the question makes yes or no
)
_LIGHT = frozenset(
    "it it's is are that that's this the a an i i'm we you they then so and but oh ah please thanks thank think"
    " guess says would say said sir now just very much all quite really well there".split()
)

SAID_YES = (*_STRONG_YES, *_YES.split("|"))
SAID_NO = (*_STRONG_NO, *_NO.split("|"))

_KINDS: dict[tuple[str, ...], bool | None] = {tuple(said.split()): None for said in _NEITHER.split("|")}
for _value, _table in ((True, SAID_YES), (False, SAID_NO)):
    _KINDS |= {tuple(said.split()): _value for said in _table}
_LONGEST = max(map(len, _KINDS))
_STRONG = frozenset(tuple(said.split()) for said in (*_STRONG_YES, *_STRONG_NO))

Mark = tuple[int, int, bool | None, bool]
"""Where it begins and ends, yes or no, and whether it is so whatever else is said."""


def agreement(said: str) -> bool | None:
    """Tell whether something is agreed to; None when it is neither or both."""
    found = assent(hear(said).words)
    return found[0] if found else None


def assent(words: Sequence[str]) -> tuple[bool, int, int] | None:
    """Return yes or no, and which words say so."""
    marks = list(_marks(words))
    if not marks or any(kind is None for _, _, kind, _ in marks):
        return None
    told = {i for start, end, _, _ in marks for i in range(start, end)}
    others = [i for i, each in enumerate(words) if i not in told and each not in _LIGHT]
    if others:
        # whatever the sentence goes on to say, it began with yes or no
        marks = [mark for mark in marks if mark[3]]
        if not marks or marks[0][0] > others[0]:
            return None
    if len({kind for _, _, kind, _ in marks}) != 1:
        return None
    last = next((mark for mark in reversed(marks) if not others or mark[1] <= others[0]), marks[0])
    return bool(marks[0][2]), marks[0][0], last[1]


def _marks(words: Sequence[str]) -> Iterator[Mark]:
    at = 0
    while at < len(words):
        sizes = range(min(_LONGEST, len(words) - at), 0, -1)
        size = next((size for size in sizes if tuple(words[at : at + size]) in _KINDS), 0)
        said = tuple(words[at : at + size])
        if size:
            yield at, at + size, _KINDS[said], said in _STRONG
        at += size or 1
