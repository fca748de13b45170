"""Small sounds: how they are made, and when they are heard."""

from __future__ import annotations

import numpy as np
import pytest

from pipit.audio import Samples
from pipit.device.controls import Earcon, Earcons, earcon
from pipit.fsm import events as ev
from pipit.fsm.turn import Outcome, TurnRecord

RATES = (8000, 16_000, 22_050, 44_100, 48_000)
SECONDS = {Earcon.LISTENING: 0.12, Earcon.DONE: 0.14, Earcon.ERROR: 0.24}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("kind", list(Earcon))
def test_no_clicks_right_length_soft_and_always_the_same(kind: Earcon, rate: int) -> None:
    sound = earcon(kind, rate).astype(int)
    assert abs(len(sound) - SECONDS[kind] * rate) <= 2
    assert abs(sound[0]) <= 8
    assert abs(sound[-1]) <= 8
    assert abs(int(np.abs(sound).max()) - 3277) <= 1  # -20 dBFS
    steepest = 3277 * 2 * np.pi * 900 * 1.3 / rate  # a pure tone of its highest pitch, and an overtone
    assert np.abs(np.diff(sound)).max() <= steepest
    assert abs(sound.mean()) < 60
    earcon.cache_clear()
    assert np.array_equal(earcon(kind, rate), sound)


def pitch(sound: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 16_000))
    return float(spectrum.argmax())


@pytest.mark.parametrize(("kind", "rises"), [(Earcon.LISTENING, True), (Earcon.DONE, False), (Earcon.ERROR, False)])
def test_rising_and_falling(kind: Earcon, rises: bool) -> None:
    sound = earcon(kind, 16_000)
    first, second = pitch(sound[: len(sound) // 2]), pitch(sound[len(sound) // 2 :])
    assert (second > 1.2 * first) if rises else (first > 1.2 * second)


def heard(*events: ev.Event, enabled: bool = True) -> list[Earcon]:
    played: list[Earcon] = []
    names = {earcon(kind, 22_050).tobytes(): kind for kind in Earcon}

    def play(samples: Samples, rate: int) -> None:
        assert rate == 22_050
        played.append(names[samples.tobytes()])

    earcons = Earcons(play, enabled, 22_050)
    for event in events:
        earcons(event)
    return played


def changed(source: str, dest: str) -> ev.StateChanged:
    return ev.StateChanged(source=source, dest=dest)


def ended(outcome: Outcome, reply: str = "", said: str = "") -> ev.TurnEnded:
    return ev.TurnEnded(record=TurnRecord("s-001", outcome, "", reply, said, None, "", {}, None))


BY_BUTTON = (ev.ButtonDown(), ev.TurnStarted(), changed("idle", "listening"))
BY_VOICE = (ev.SpeechStarted(utterance=1, start=0), ev.TurnStarted(), changed("idle", "listening"))
TO_IDLE = changed("transcribing", "idle")


def test_listening_only_by_button() -> None:
    assert heard(*BY_BUTTON) == [Earcon.LISTENING]
    assert heard(*BY_VOICE) == []
    assert heard(*BY_BUTTON, ended(Outcome.DONE), changed("speaking", "idle"), *BY_VOICE) == [Earcon.LISTENING]
    assert heard(ev.ButtonDown(), ended(Outcome.INTERRUPTED), changed("speaking", "listening")) == []


def test_nothing_was_understood() -> None:
    assert heard(*BY_BUTTON, ended(Outcome.EMPTY), TO_IDLE) == [Earcon.LISTENING, Earcon.DONE]
    assert heard(*BY_VOICE, ended(Outcome.EMPTY), TO_IDLE) == []  # else it would hear itself for ever
    barged = (ev.ButtonDown(), ended(Outcome.INTERRUPTED), ev.TurnStarted(), changed("speaking", "listening"))
    assert heard(*barged, ended(Outcome.EMPTY), TO_IDLE) == [Earcon.DONE]


def test_errors_sound_once_until_somebody_does_something() -> None:
    broken = (*BY_VOICE, ended(Outcome.FAILED), TO_IDLE)
    assert heard(*broken, *broken, *broken) == [Earcon.ERROR]
    assert heard(*broken, ended(Outcome.DONE), *broken) == [Earcon.ERROR] * 2
    assert heard(*broken, ev.ButtonDown(), *broken).count(Earcon.ERROR) == 2
    assert heard(ev.MicLost(), ended(Outcome.FAILED), changed("speaking", "idle")) == [Earcon.ERROR]


def test_an_apology_that_was_heard_needs_no_sound() -> None:
    assert heard(ended(Outcome.FAILED, "Sorry.", "Sorry.")) == []
    assert heard(ended(Outcome.FAILED, "Once upon a time.", "Once")) == [Earcon.ERROR]


def test_switched_off() -> None:
    assert heard(*BY_BUTTON, ended(Outcome.EMPTY), ev.MicLost(), enabled=False) == []
