"""What was heard of a clause that is spoken in many chunks, stopped at any sample while it is still being made."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from pipit.audio.clock import AudioClock
from pipit.audio.playback import Playback, Played
from pipit.fsm.heard import heard_text
from pipit.fsm.inbox import Activity, Inbox
from pipit.fsm.mouth import Mouth, MouthJob
from pipit.models import CancelToken
from pipit.models.ports import Samples
from pipit.models.scripted import ScriptedVoice

REPLY = ("The kettle is on,", " and the tea will be ready soon.", " Is there anything else?")
CHUNK = 7
PER_CHARACTER = 3
"""Samples."""


class Stopped(Exception):
    """The reply was stopped while it was made."""


class Room:
    """A mouth, and a device that pulls one sample for each that is allowed."""

    def __init__(self) -> None:
        self.playback = Playback(1000, lambda *_: None, lambda _: None, lambda _: None)
        voice = ScriptedVoice(1000, seconds_per_character=PER_CHARACTER / 1000, samples_per_chunk=CHUNK)
        inbox: Inbox[MouthJob] = Inbox(Activity(), 16)
        self.mouth = Mouth(voice, self.playback, inbox, AudioClock(), lambda _: None)
        self.heard: list[Samples] = []
        self.playback.begin("t")

    def speak(self, chunks: int, samples: int) -> str:
        """Make so many chunks of the reply, play so many samples, and stop: what was heard?"""
        write, left = self.playback.write, chunks

        def counted(turn: str, clause: int, sound: Samples, *lost: Callable[[], bool]) -> bool:
            nonlocal left
            if len(sound):
                if not left:
                    raise Stopped
                left -= 1
            return write(turn, clause, sound, *lost)

        self.playback.write = counted  # type: ignore[method-assign]
        try:
            for index, text in enumerate(REPLY):
                self.mouth.work(MouthJob("t", CancelToken(), index, text))
        except Stopped:
            pass
        self.heard.append(self.playback.pull(samples))
        return heard_text(REPLY, self.playback.flush())


LENGTHS = [len(text.strip()) * PER_CHARACTER for text in REPLY]
CHUNKS = sum(-(-length // CHUNK) for length in LENGTHS)


def made(chunks: int) -> int:
    """Return how many samples so many chunks are."""
    ends = [0]
    for length in LENGTHS:
        ends += [ends[-1] + min(CHUNK, length - start) for start in range(0, length, CHUNK)]
    return ends[chunks]


def test_what_was_heard_does_not_depend_on_how_much_was_made() -> None:
    total = sum(LENGTHS)
    told = [Room().speak(CHUNKS, samples) for samples in range(total + 1)]
    assert told[0] == ""
    assert told[-1] == "".join(REPLY)
    for chunks in range(CHUNKS):
        for samples in {0, 1, made(chunks) // 2, max(0, made(chunks) - 1), made(chunks)}:
            assert Room().speak(chunks, samples) == told[samples], (chunks, samples)


def test_words_come_one_after_the_other_as_samples_are_played() -> None:
    told = [Room().speak(CHUNKS, samples) for samples in range(sum(LENGTHS) + 1)]
    for before, after in pairwise(told):
        assert after.startswith(before)
        assert len(after.split()) - len(before.split()) <= 2, "a clause's last word is heard with its end"


@pytest.mark.parametrize("samples", range(0, LENGTHS[0], 5))
def test_a_word_is_heard_once_its_share_of_the_clause_was_played(samples: int) -> None:
    heard = Room().speak(2 + samples // CHUNK, samples)
    characters = samples / PER_CHARACTER
    words = [word for word, end in (("The", 3), ("kettle", 10), ("is", 13)) if end <= characters]
    assert heard.split() == words


def test_the_first_chunk_alone_is_no_whole_clause() -> None:
    assert heard_text(["One two three four"], [Played(10, 10, False, 100)]) == ""
    assert heard_text(["One two three four"], [Played(50, 50, False, 100)]) == "One two"


def test_a_clause_longer_than_it_was_told_counts_by_what_was_made() -> None:
    assert heard_text(["One two three four"], [Played(200, 100, False, 100)]) == "One two"


def test_chunks_follow_each_other_without_a_gap() -> None:
    room = Room()
    room.speak(CHUNKS, sum(LENGTHS))
    whole = ScriptedVoice(1000, seconds_per_character=PER_CHARACTER / 1000)
    (first,) = whole.synthesize(REPLY[0], CancelToken())
    assert np.array_equal(room.heard[0][: len(first)], first)
