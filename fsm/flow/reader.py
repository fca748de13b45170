"""Reads conditions: either, both, negation, test, each a method that knows the ones below it."""

from __future__ import annotations

from pipit.fsm.flow.terms import KEYWORDS, SECONDS, SIGNS, And, Compare, Condition, Constant, Known, Not, OneOf, Or
from pipit.fsm.flow.tokens import ConditionError, Token, tokens

_DEEPEST = 20
_IN = "such as: truck in (seven, nine)"


def parse(text: str) -> Condition:
    """Read a condition; raises ``ConditionError`` with the column of what is wrong."""
    return _Reader(tokens(text)).whole()


class _Reader:
    """Recursive descent: either, both, negation, test."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    @property
    def _here(self) -> Token:
        return self._words[self._at]

    def _take(self) -> Token:
        token = self._here
        self._at += token.kind != "end"
        return token

    def _says(self, *options: str) -> bool:
        token = self._here
        return token.kind in ("word", "sign") and token.text.lower() in options

    def _skip(self, *options: str) -> bool:
        found = self._says(*options)
        self._at += found
        return found

    def whole(self) -> Condition:
        condition = self._either()
        if self._here.kind == "end":
            return condition
        before = self._words[self._at - 1]
        if self._here.kind in ("word", "number") and before.kind in ("word", "number"):
            hint = f'put several words in quotes: "{before.text} {self._here.text}"'
            raise ConditionError(self._here.column, f"{self._here.shown} does not belong here", hint)
        hint = "between two conditions stands 'and' or 'or'"
        raise ConditionError(self._here.column, f"{self._here.shown} does not belong here", hint)

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._skip("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._negation()]
        while self._skip("and"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _negation(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ConditionError(self._here.column, "this is nested too deeply", "use further rules")
        try:
            if self._skip("not"):
                return Not(self._negation())
            if self._says("("):
                return self._group()
            return self._test()
        finally:
            self._depth -= 1

    def _group(self) -> Condition:
        opened = self._take()
        condition = self._either()
        if not self._skip(")"):
            raise ConditionError(opened.column, "this bracket is never closed", "put a ) where it ends")
        return condition

    def _test(self) -> Condition:
        name = self._take()
        if name.kind != "word" or name.text.lower() in KEYWORDS:
            hint = "a condition begins with a field's name, such as: hours > 500"
            raise ConditionError(name.column, f"a field's name is expected here, not {name.shown}", hint)
        if self._says("not", "in"):
            return self._one_of(name)
        if self._skip("is"):
            return self._is(name)
        if self._says(*SIGNS):
            return Compare(name.text, self._take().text, self._constant(), name.column)
        return Compare(name.text, "=", Constant(True, column=name.column), name.column)

    def _is(self, name: Token) -> Condition:
        denied = self._skip("not")
        if self._says("set", "missing"):
            known = Known(name.text, name.column)
            return known if (self._take().text.lower() == "set") is not denied else Not(known)
        return Compare(name.text, "!=" if denied else "=", self._constant(), name.column)

    def _one_of(self, name: Token) -> Condition:
        denied = self._skip("not")
        if not self._skip("in") or not self._skip("("):
            raise ConditionError(self._here.column, f"a ( is expected here, not {self._here.shown}", _IN)
        values = [self._constant()]
        while self._skip(","):
            values.append(self._constant())
        if not self._skip(")"):
            raise ConditionError(self._here.column, f"a , or ) is expected here, not {self._here.shown}", _IN)
        found = OneOf(name.text, tuple(values), name.column)
        return Not(found) if denied else found

    def _constant(self) -> Constant:
        token = self._take()
        word = token.text.lower()
        if token.kind == "number":
            unit = self._here.text.lower() if self._says(*SECONDS) else ""
            self._at += bool(unit)
            return Constant(float(token.text), unit, token.column)
        if token.kind == "text":
            return Constant(token.text, column=token.column)
        if token.kind == "word" and word in ("yes", "no", "true", "false"):
            return Constant(word in ("yes", "true"), column=token.column)
        if token.kind == "word" and word not in KEYWORDS:
            return Constant(token.text, column=token.column)
        hint = "a number, a choice, yes or no, or a text in quotes"
        raise ConditionError(token.column, f"a value is expected here, not {token.shown}", hint)
