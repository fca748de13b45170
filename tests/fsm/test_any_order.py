"""Whatever happens in whatever order: legal states, one turn at a time, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipit.fsm import State
from pipit.fsm import events as ev
from pipit.fsm.turn import Outcome

from .fakes import Rig, World

# ---- events that come from nowhere -----------------------------------------------------------------------

WHOSE = st.sampled_from(["active", "active", "active", "none", "ended", "unknown"])
KINDS = st.sampled_from(
    [
        ev.ButtonDown,
        ev.ButtonUp,
        ev.TextTyped,
        ev.Send,
        ev.Cancel,
        ev.MicLost,
        ev.MicBack,
        ev.SpeechStarted,
        ev.PartialTranscript,
        ev.Endpoint,
        ev.FinalTranscript,
        ev.Settled,
        ev.TooLong,
        ev.Prompted,
        ev.FirstToken,
        ev.Clause,
        ev.ReplyDone,
        ev.ClauseVoiced,
        ev.PlaybackStarted,
        ev.ClauseSpoken,
        ev.PlaybackDone,
        ev.Failed,
    ]
)
Choice = tuple[type[ev.Event], str, int, str]
CHOICE = st.tuples(KINDS, WHOSE, st.integers(1, 4), st.sampled_from(["", "um", "hello there", "again"]))
BURSTS = st.sampled_from(["hear", "reply", "play", "full", "room"])


def event_of(rig: Rig, kind: type[ev.Event], whose: str, number: int, text: str) -> ev.Event:
    """Make an event of a kind, for the active turn or for one that it cannot be about."""
    active = rig.dialogue.turn.id if rig.dialogue.turn else ""
    ended = rig.checks.ended[0].turn if rig.checks.ended else "s-000"
    turn = {"active": active, "none": "", "ended": ended, "unknown": "t-999"}[whose]
    given: dict[str, object] = {
        "turn": turn if not issubclass(kind, ev.EarEvent) or number % 2 else "",
        "text": text,
        "utterance": number,
        "start": 0,
        "end": 320 * number,
        "index": number - 1,
        "messages": (),
        "part": ("ear", "model", "voice", "model")[number - 1],
        "code": "broken",
        "message": "it broke",
        "reason": "",
    }
    if issubclass(kind, ev.ButtonDown | ev.ButtonUp | ev.TextTyped | ev.Send | ev.Cancel | ev.MicLost | ev.MicBack):
        given["turn"] = ""
    return kind(**{name: given[name] for name in kind.__dataclass_fields__ if name in given})  # type: ignore[arg-type]


def burst(rig: Rig, what: str) -> None:
    match what:
        case "hear":
            rig.hear("hello", utterance=5)
        case "reply" if rig.state is State.THINKING:
            rig.reply("One two three.", " Four five six.")
        case "play":
            rig.play(700)
        case "full":
            rig.brain.full = rig.mouth.full = True
        case "room":
            rig.brain.full = rig.mouth.full = False


@given(st.booleans(), st.lists(st.one_of(CHOICE, BURSTS), max_size=50))
def test_any_events_leave_it_legal(full_duplex: bool, choices: list[Choice | str]) -> None:
    rig = Rig(full_duplex)
    for choice in choices:
        if isinstance(choice, str):
            burst(rig, choice)
            continue
        event, before = event_of(rig, *choice), rig.state
        published = rig.handle(event)
        ignored = [e for e in published if isinstance(e, ev.Ignored)]
        waited = isinstance(event, ev.MicBack)  # what is acted on only now may be ignored only now
        if ignored and not (waited or rig.brain.full or rig.mouth.full):
            assert [(e.of, e.state) for e in ignored] == [(event.name, before.value)]
            assert len(published) == 1
            assert rig.state is before
    rig.handle(ev.Cancel())
    assert rig.state in (State.IDLE, State.SUSPENDED)
    assert all(job.token.cancelled for job in [*rig.brain.taken, *rig.mouth.taken])


# ---- a whole assistant, its parts moving in any order ----------------------------------------------------

MOVES: dict[str, Callable[[World], None]] = {
    "speech": lambda world: world.frames(True, 4),
    "word": lambda world: world.frames(True, 1),
    "silence": lambda world: world.frames(False, 3),
    "long silence": lambda world: world.frames(False, 12),
    "button": lambda world: world.button(),
    "cancel": lambda world: world.events.append(ev.Cancel()),
    "unplug": lambda world: world.unplug(),
    "plug": lambda world: world.plug(),
    "send": lambda world: world.events.append(ev.Send()),
    "type": lambda world: world.events.append(ev.TextTyped(text="what time is it")),
    "handle": lambda world: world.handle(),
    "think": lambda world: world.think(),
    "speak": lambda world: world.speak(),
    "play": lambda world: world.play(),
    "settle": lambda world: world.settle(),
}


@settings(max_examples=250)
@given(st.booleans(), st.booleans(), st.lists(st.sampled_from(sorted(MOVES)), max_size=60))
# released, and pressed again before the ear has finished
@example(False, True, ["button", "handle", "speech", "settle", "button", "handle", "long silence", "button", "settle"])
# pressed just as speech began
@example(False, True, ["speech", "button", "handle", "handle", "silence", "settle"])
# speech opened it, the button ends it and is pressed again at once
@example(False, True, ["speech", "handle", "button", "button", "button", "settle", "speech"])
# told to stop just as the words were out
@example(False, True, ["button", "cancel", "speech", "long silence"])
# let go, pressed and let go again while nobody could hear it
@example(False, True, ["button", "speech", "handle", "unplug", "handle", "button", "button", "button", "settle"])
@example(False, True, ["button", "cancel", "speech"])
@example(False, True, ["button", "button", "word", "word", "word"])
def test_nobody_waits_for_ever(full_duplex: bool, open_mic: bool, moves: list[str]) -> None:
    world = World(full_duplex, open_mic)
    for move in moves:
        MOVES[move](world)
    world.plug()
    if world.pressed:
        world.button()
    world.live(False, 150)
    assert world.dialogue.state is State.IDLE
    turns = len(world.checks.ended)
    # and it hears the next one
    if open_mic:
        world.live(True, 10)
    else:
        world.button()
        world.live(True, 10)
        world.button()
    world.live(False, 150)
    assert world.dialogue.state is State.IDLE
    assert len(world.checks.ended) == turns + 1
    assert world.checks.ended[-1].record.outcome in (Outcome.DONE, Outcome.EMPTY, Outcome.FAILED)
