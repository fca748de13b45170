"""What was said, made fit; and what of a reply was heard."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipit.audio import Played
from pipit.fsm.clauses import speakable
from pipit.fsm.heard import heard_text
from pipit.fsm.transcript import FILLERS, clean, is_noise, join


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("turn  on <unk> the   lamp", "turn on the lamp"),
        ("[unk] hello [NOISE]", "hello"),
        ("<UNK>", ""),
        ("  ", ""),
        ("a\tb\nc", "a b c"),
        ("the unk is kept", "the unk is kept"),
    ],
)
def test_marks_and_doubled_spaces_go(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_utterances_join() -> None:
    assert join(["set a timer", "", "<unk> for ten  minutes "]) == "set a timer for ten minutes"


@pytest.mark.parametrize("text", ["", "um", "uh um", "Mhm", "<unk>", "<unk> er [noise]", "the the", "a a a", "it it"])
def test_noise(text: str) -> None:
    assert is_noise(text)


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "no",
        "stop",
        "no no",
        "two two",
        "um stop",
        "the",
        "the lamp",
        "really really",
        "lamp lamp",
        "the a",
        "bye bye",
    ],
)
def test_words_that_count(text: str) -> None:
    assert not is_noise(text)


@given(st.lists(st.sampled_from(["lamp", "um", "<unk>", "on", "the", " ", "  "]), max_size=12))
def test_cleaning_is_done_once_and_for_all(words: list[str]) -> None:
    once = clean(" ".join(words))
    assert clean(once) == once
    assert "<" not in once
    assert "  " not in once
    assert once == once.strip()


@given(st.lists(st.sampled_from([*sorted(FILLERS), "<unk>", "[noise]"]), max_size=8))
def test_fillers_however_many_are_noise(words: list[str]) -> None:
    assert is_noise(" ".join(words))
    assert not is_noise(" ".join([*words, "lamp"]))


def test_speakable_drops_what_is_made_for_screens() -> None:
    assert speakable("**Bold** and `code`,\n- [a](b) # x") == "Bold and code, - a (b) x"
    assert speakable("Is it `ls`? **No**, *dear*.") == "Is it ls? No, dear."
    assert speakable("a .5 b") == "a .5 b"
    assert speakable("* * *") == ""


# ---- heard -----------------------------------------------------------------------------------------------

CLAUSES = ("Hello there.", " The kettle is on,", " and the tea is ready.")


def played(*shares: float, whole: bool = True, length: int = 1000) -> list[Played]:
    return [Played(length, round(length * share), whole) for share in shares]


def test_all_of_it() -> None:
    assert heard_text(CLAUSES, played(1, 1, 1)) == "Hello there. The kettle is on, and the tea is ready."


def test_nothing_of_it() -> None:
    assert heard_text(CLAUSES, []) == ""
    assert heard_text(CLAUSES, played(0, 0, 0)) == ""
    assert heard_text((), played(1, 1)) == ""


def test_half_a_clause_ends_at_a_word() -> None:
    assert heard_text(CLAUSES, played(1, 0.5, 0)) == "Hello there. The"
    assert heard_text(CLAUSES, played(1, 0.7, 0)) == "Hello there. The kettle"


def test_a_clause_that_is_not_whole_is_never_heard_whole() -> None:
    assert heard_text(["One two three"], played(1, whole=False)) == "One two"
    assert heard_text(["One two three.\n "], played(1, whole=False)) == "One two"
    assert heard_text(["Hello. "], played(1, whole=False)) == ""


def test_any_white_space_is_between_words() -> None:
    assert heard_text(["One\ntwo three four"], played(0.3)) == "One"


def test_a_clause_without_sound_does_not_stop_the_count() -> None:
    silent = Played(0, 0, True)
    assert heard_text(["Well.", " …", " Yes."], [Played(9, 9, True), silent, Played(9, 9, True)]) == "Well. … Yes."


WORDS = st.lists(st.text("abc.,é", min_size=1, max_size=6), min_size=1, max_size=8)
REPLIES = st.lists(WORDS.map(lambda words: " " + " ".join(words)), min_size=1, max_size=4)


def reply_after(clauses: list[str], lengths: list[int], heard: int, whole: int) -> str:
    """Return what was heard once so many samples were played and so many clauses were whole."""
    counts = []
    for n, length in enumerate(lengths[: len(clauses)]):
        part = min(heard, length)
        counts.append(Played(length, part, n < whole))
        heard -= part
    return heard_text(clauses, counts)


@given(REPLIES, st.lists(st.integers(1, 500), min_size=4, max_size=4), st.integers(0, 4))
def test_it_grows_word_by_word_with_the_samples(clauses: list[str], lengths: list[int], whole: int) -> None:
    reply = "".join(clauses).strip()
    total = sum(lengths[: len(clauses)])
    heard = [reply_after(clauses, lengths, n, whole) for n in range(0, total + 1, max(1, total // 60))]
    heard.append(reply_after(clauses, lengths, total, whole))
    for text in heard:
        assert reply.startswith(text)
        assert text == text.strip()
        assert text in ("", reply) or reply[len(text)].isspace()
    for before, after in pairwise(heard):
        assert after.startswith(before)
    assert (heard[-1] == reply) == (whole >= len(clauses))
    assert reply not in heard[:-2]
