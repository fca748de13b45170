"""Prints a conversation as it happens, for a person who watches."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from pipit.fsm import Outcome, TurnRecord
from pipit.fsm import events as ev

_STAGES = {
    "endpoint": "endpoint",
    "stt_final": "words",
    "llm_first_token": "first token",
    "first_clause": "first clause",
    "tts_first_audio": "voice",
    "first_audio": "sound",
}


class ConversationPrinter:
    """A subscriber that writes one block a turn."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, event: ev.Event) -> None:
        """Take one published event."""
        if isinstance(event, ev.TurnEnded):
            self._print(event.record, event.at / 16_000)
        elif isinstance(event, ev.MicLost):
            self._console.print(f"[red]microphone lost[/]: {escape(event.reason)}")

    def _print(self, record: TurnRecord, at: float) -> None:
        if record.transcript:
            self._console.print(f"[bold cyan]  You[/]  {escape(record.transcript)}")
        match record.outcome:
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
            self._console.print(f"[yellow]       button: silent after {record.barge_in_ms:.1f} ms[/]")
        if record.latency_ms:
            stages = " · ".join(f"{_STAGES[k]} {v:.0f}" for k, v in record.latency_ms.items())
            self._console.print(f"[dim]       ms after the last word: {stages}[/]")
