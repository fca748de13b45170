"""Prints a conversation as it happens, for a person who watches."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape

from pipit.fsm import Outcome, TurnRecord
from pipit.fsm import events as ev

_STAGES = {"endpoint": "endpoint", "stt_final": "words", "first_clause": "model", "first_audio": "voice"}
"""Milestones at which one part hands over to the next, and what to call the part."""

_DEVICES: dict[type[ev.Event], str] = {
    ev.MicLost: "microphone",
    ev.MicBack: "microphone",
    ev.SpeakerLost: "speaker",
    ev.SpeakerBack: "speaker",
}


class ConversationPrinter:
    """A subscriber that writes one block a turn."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, event: ev.Event) -> None:
        """Take one published event."""
        if isinstance(event, ev.TurnEnded):
            self._print(event.record, event.at / 16_000)
        elif isinstance(event, ev.MicLost | ev.SpeakerLost):
            self._console.print(f"[red]{_DEVICES[type(event)]} lost[/]: {escape(event.reason)}")
        elif isinstance(event, ev.MicBack | ev.SpeakerBack):
            self._console.print(f"{_DEVICES[type(event)]} back")

    def _print(self, record: TurnRecord, at: float) -> None:
        if record.transcript:
            self._console.print(f"[bold cyan]  You[/]  {escape(record.transcript)}")
        match record.outcome:
            case Outcome.EMPTY if record.speech is None:
                return  # the model wrote something for the session alone
            case Outcome.EMPTY:
                self._console.print(f"[dim]       (nothing but noise, at {at:.1f} s)[/]")
                return
            case Outcome.FAILED:
                self._console.print(f"[red]       {record.error}[/]")
        unheard = record.reply[len(record.heard) :]
        dropped = f"[dim strike]{escape(unheard)}[/]" if unheard.strip() else ""
        if record.reply:
            self._console.print(f"[bold green]Pipit[/]  {escape(record.heard)}{dropped}")
        if record.barge_in_ms is not None:
            self._console.print(f"[yellow]       interrupted: silent after {record.barge_in_ms:.1f} ms[/]")
        if "first_audio" in record.latency_ms:
            self._console.print(f"[dim]       {waterfall(record.latency_ms)}[/]")


def waterfall(latency_ms: Mapping[str, float]) -> str:
    """Return how long the answer took and where the time went, in milliseconds."""
    parts, before = [], 0.0
    for milestone, name in _STAGES.items():
        if milestone in latency_ms:
            parts.append(f"{name} {latency_ms[milestone] - before:.0f}")
            before = latency_ms[milestone]
    return f"sound {before:.0f} ms after the last word: {' · '.join(parts)}"
