from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.errors import EngineError
from pipit.models.automaton import Automaton, automaton
from pipit.models.phrases import Alt, Opt, Phrase, Seq, Slot, Words, unheard, without, words_of

phrases = st.recursive(
    st.sampled_from(["", "a", "b", "a b", "c a"]).map(Words),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: Seq(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Alt(tuple(parts))),
        inner.map(Opt),
        inner.map(lambda part: Slot("field", part)),
    ),
    max_leaves=8,
)


def sentences(phrase: Phrase) -> set[str]:
    """Every way to say it, the slow way."""
    if isinstance(phrase, Words):
        return {phrase.text}
    if isinstance(phrase, Alt):
        return set().union(*map(sentences, phrase.options))
    if isinstance(phrase, Opt):
        return {"", *sentences(phrase.part)}
    if isinstance(phrase, Slot):
        return sentences(phrase.part)
    return {" ".join(" ".join(ways).split()) for ways in itertools.product(*map(sentences, phrase.parts))}


def accepted(whole: Automaton, state: int = 0) -> set[str]:
    ways = {f"{word} {rest}".strip() for word, end in whole.arcs[state].items() for rest in accepted(whole, end)}
    return ways | ({""} if state in whole.ends else set())


@given(phrases)
def test_it_accepts_what_the_phrase_says_and_nothing_else(phrase: Phrase) -> None:
    assert accepted(automaton(phrase)) == sentences(phrase)


@given(phrases)
def test_no_two_states_go_on_alike(phrase: Phrase) -> None:
    whole = automaton(phrase)
    futures = [frozenset(accepted(whole, state)) for state in range(len(whole.arcs))]
    assert len(set(futures)) == len(futures)


@given(phrases, st.sets(st.sampled_from("abc")))
def test_without_words_only_the_other_sentences_are_left(phrase: Phrase, words: set[str]) -> None:
    left = without(phrase, words)
    wanted = {sentence for sentence in sentences(phrase) if not words.intersection(sentence.split())}
    assert (sentences(left) if left else set()) == wanted


def test_words_a_recognizer_does_not_know_are_named() -> None:
    phrase = Seq((Words("take the"), Opt(Slot("truck", Alt((Words("zyx"), Words("seven")))))))
    assert words_of(phrase) == {"take", "the", "zyx", "seven"}
    assert unheard(phrase, {"take", "the", "seven"}) == {"zyx"}


def test_what_may_come_in_any_order_stays_small() -> None:
    parts = tuple(Words(word) for word in "size roast shots milk".split())
    orders = Alt(tuple(Seq(order) for order in itertools.permutations(parts)))
    assert automaton(orders).size == 4 * 2**3


@pytest.mark.parametrize("ways", [lambda: many_words(), lambda: many_sets()])
def test_too_much_is_an_error_and_no_endless_work(ways: object) -> None:
    assert callable(ways)
    with pytest.raises(EngineError, match="more than 50000 arcs") as caught:
        automaton(ways())
    assert caught.value.code == "phrase-too-large"


def many_words() -> Phrase:
    return Alt(tuple(Words(f"word{n}") for n in range(60_000)))


def many_sets() -> Phrase:
    """Whether the word so many places before the end was an a: each answer needs a state of its own."""
    either = Alt((Words("a"), Words("b")))
    return Seq((*[Opt(either)] * 17, Words("a"), *[either] * 17))
