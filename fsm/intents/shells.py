"""What people put around what they want: greetings, politeness and hesitation, in front and behind."""

from __future__ import annotations

import re
from functools import lru_cache

_NAME = "(?:(?:hey|hello|hi|okay|ok) )?pipit"
_OPENING = (
    "please|hey|hello|hi|okay|ok|so|now|and|oh|right|sorry|excuse me|pardon me|quick question|just|also|but|alright|no"
    "|by the way|yes|yeah|well|good|great|come on|let me see|i say|i mean|listen|look|honestly|actually"
    "|tell you what|another question|one more thing|if you don't mind"
)
_COULD = r"(?:can|could|would|will) you(?: (?:please|possibly|maybe|kindly|just))*"
_WONDER = (
    r"(?:i was|i am|i'm|we were|just|i)(?: just| only)? (?:wondering|wonder|curious)(?: if| whether)?"
    r"(?: (?:you|i) (?:can|could|might|would|may)(?: (?:please|possibly|maybe|just|be able to|have you))*)?"
)
_MIND = (
    "would you (?:be so kind as to|be kind enough to|be able to)|are you able to|be so kind and"
    "|(?:(?:is there )?any|is there a) (?:chance|way)(?: that)? you (?:can|could|would)|i (?:want|need"
    "|would like) you to"
)
_GENTLY = f"{_WONDER}|{_MIND}|{_NAME}|{_OPENING}|{_COULD}"

_TELL = "(?:tell|show) (?:me|us)|let (?:me|us) know"
_WISH = (
    "(?:i|we) (?:(?:just )?(?:want|wanted|need|would like|would love)|have) to (?:get to )?know|i wonder|i am wondering"
    "|(?:can|could|may|might) i (?:just )?(?:ask|know)(?: you)?|(?:i|we) (?:want|wanted|need|would like"
    "|have) to ask(?: you)?"
    "|let me ask(?: you)?|i (?:do not|don't|would not|wouldn't) (?:even )?know|i have no (?:idea|clue)|i am not sure"
)
_KNOW = (
    "(?:do|would)(?: not|n't)? you (?:happen to |still )?know"
    "|you (?:would|do)(?: not|n't) (?:happen to )?know|do you remember|remind (?:me|us)(?: of)?|you (?:do not )?know"
    "|(?:do )?(?:you )?(?:have )?(?:you )?(?:got )?(?:any|an) (?:idea|clue)(?: of| about)?"
    "|(?:would|do) you mind (?:telling|reminding|showing) (?:me|us)"
)
_SAY = "(?:say|explain|give)(?= (?:what|which|who|how|the))|explain to (?:me|us)"
_LEAD = re.compile(rf"(?:(?:{_TELL}|{_WISH}|{_KNOW}|{_COULD} (?:{_TELL}|say)|{_GENTLY}) )+")
_GENTLE_LEAD = re.compile(rf"(?:(?:(?:would|do) you mind|{_GENTLY}) )+")
_ASKING_LEAD = re.compile(rf"(?:(?:{_TELL}|{_WISH}|{_KNOW}|{_COULD} (?:{_TELL}|say)|{_SAY}|{_GENTLY}) )+")
_TAIL = re.compile(
    r"(?: (?:please|thanks|thank you|pipit|then|for me|if you can|if possible|right now|actually|again"
    r"|(?<!just )now))+$"
)
_ENDS = (
    r"please|thanks|thank you|pipit|then|if you can|right now|actually|now|exactly|precisely|anyway"
    r"|though|at (?:the|this) moment|mate|love|dear|darling|buddy|my friend|sir|by any chance|by the way|okay|really"
    r"|if (?:you don't mind|i may ask|you know|possible)|do you (?:know|think)|(?:can|could) you tell me|would you"
    r"|could you"
    r"|can you|will you|i wonder|quickly|sorry|here|already|i asked"
)
_ENDING = re.compile(rf"(?: (?:{_ENDS}))+$")
_ASIDE = re.compile(rf"(?: (?:{_ENDS}|again|for (?:me|us)))+$")
_NOTHING = re.compile(r"(?!)")
_LONG = {"i'm": "i am", "you're": "you are", "can't": "can not", "cannot": "can not", "i'll": "i will"}
_LONG |= {f"{verb}n't": f"{verb} not" for verb in "do did could was is does would are have".split()}


def core(text: str) -> tuple[int, int]:
    """Return which words are left when politeness is taken away; all of them when nothing else would be."""
    return _within(text, _LEAD, _TAIL)


@lru_cache(maxsize=4)
def questions(whole: str, inner: str) -> tuple[str, ...]:
    """Return what a sentence may come down to, if it is a question: as it is, and with less and less around it."""
    said = _long(whole)
    cut = _cut(said, _ASKING_LEAD, _ASIDE), _cut(said, _ASKING_LEAD, _NOTHING)
    return tuple(dict.fromkeys((whole, inner, _long(inner), *cut)))


@lru_cache(maxsize=4)
def orders(whole: str) -> tuple[str, ...]:
    """Return the same for an order: ``can you say stop`` is none to stop."""
    return tuple(dict.fromkeys((whole, _long(whole), _cut(_long(whole), _GENTLE_LEAD, _ENDING))))


def _long(text: str) -> str:
    return " ".join(_LONG.get(word, word) for word in text.split()) if "'" in text or "cannot" in text else text


def _cut(text: str, lead: re.Pattern[str], tail: re.Pattern[str]) -> str:
    start, end = _within(text, lead, tail)
    return " ".join(text.split()[start:end])


def _within(text: str, lead: re.Pattern[str], tail: re.Pattern[str]) -> tuple[int, int]:
    count = text.count(" ") + 1
    behind = tail.search(text)
    end = count - (behind.group().count(" ") if behind else 0)
    ahead = lead.match(" ".join(text.split()[:end]) + " ")
    start = ahead.group().count(" ") if ahead else 0
    return (start, end) if start < end else (0, count)
