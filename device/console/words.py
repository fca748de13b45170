"""Events as lines for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipit.device.console.lines import one_line
from pipit.fsm import Outcome, TurnRecord
from pipit.fsm import events as ev
from pipit.fsm.session import events as se


def told(event: ev.Event) -> bool:
    """Whether people are told of such an event."""
    return type(event) in _TELL


def tell(event: ev.Event) -> list[str]:
    """Return its lines, none when there is nothing to tell."""
    line = _TELL.get(type(event))
    return [shown for text in (line(event) if line else ()) if (shown := one_line(text))]


def _you(event: ev.FinalTranscript | ev.TextTyped) -> Iterator[str]:
    if event.text.strip():
        yield f"You: {event.text}"


def _state(event: ev.StateChanged) -> Iterator[str]:
    yield f"state {event.dest}"


def _failed(event: ev.Failed) -> Iterator[str]:
    yield f"failed: {event.part}: {event.message}"


def _lost(event: ev.MicLost) -> Iterator[str]:
    yield f"microphone lost: {event.reason or 'unplugged'}"


def _back(_: ev.MicBack) -> Iterator[str]:
    yield "microphone back"


def _speaker_lost(event: ev.SpeakerLost) -> Iterator[str]:
    yield f"speaker lost: {event.reason or 'unplugged'}"


def _speaker_back(_: ev.SpeakerBack) -> Iterator[str]:
    yield "speaker back"


def _ignored(event: ev.Ignored) -> Iterator[str]:
    yield f"ignored {event.of} while {event.state}"


def _ended(event: ev.TurnEnded) -> Iterator[str]:
    record = event.record
    if record.heard:
        yield f"Pipit: {record.heard}"
    if record.outcome is not Outcome.EMPTY or record.speech is not None:
        yield _outcome(record)


def _outcome(record: TurnRecord) -> str:
    match record.outcome:
        case Outcome.INTERRUPTED:
            silent = record.barge_in_ms
            return "interrupted" if silent is None else f"interrupted, silent after {silent:.1f} ms"
        case Outcome.EMPTY:
            return "nothing but noise"
        case Outcome.FAILED:
            return f"turn failed: {record.error or 'unknown'}"
    first = record.latency_ms.get("first_audio")
    return "done" if first is None else f"done, sound {first:.0f} ms after the last word"


def _session(event: se.SessionStart) -> Iterator[str]:
    yield f"session {event.session}: {event.title}"


def _phase(event: se.PhaseStart) -> Iterator[str]:
    yield f"phase {event.index + 1}: {event.phase}"


def _field(event: se.FieldSet) -> Iterator[str]:
    yield f"{event.field} = {event.value}"


def _kept(event: se.ArtifactAdded) -> Iterator[str]:
    yield f"{event.artifact} kept: {event.path}"


def _rests(event: se.Paused) -> Iterator[str]:
    yield f"session rests: {event.reason}"


def _goes_on(_: se.Resumed) -> Iterator[str]:
    yield "session goes on"


def _over(event: se.SessionEnd) -> Iterator[str]:
    yield f"session over: {event.reason}{', forced' if event.forced else ''}"


def _wrong(event: se.SessionError) -> Iterator[str]:
    yield f"error: {event.message}"


_TELL: dict[type[ev.Event], Callable[..., Iterator[str]]] = {
    ev.FinalTranscript: _you,
    ev.TextTyped: _you,
    ev.StateChanged: _state,
    ev.TurnEnded: _ended,
    ev.Failed: _failed,
    ev.MicLost: _lost,
    ev.MicBack: _back,
    ev.SpeakerLost: _speaker_lost,
    ev.SpeakerBack: _speaker_back,
    ev.Ignored: _ignored,
    se.SessionStart: _session,
    se.PhaseStart: _phase,
    se.FieldSet: _field,
    se.ArtifactAdded: _kept,
    se.Paused: _rests,
    se.Resumed: _goes_on,
    se.SessionEnd: _over,
    se.SessionError: _wrong,
}
