"""Structured logs: one JSON object a line, with the stage latencies of every turn."""

from __future__ import annotations

import contextlib
import logging
import sys
from io import FileIO
from typing import Any, TextIO, cast

import structlog

from pipit.device.settings import Log
from pipit.errors import Failure
from pipit.fsm import events as ev


class LogStream:
    """Where lines go. A full disk or a closed pipe costs lines, never a turn; it is said once."""

    def __init__(self, file: TextIO | FileIO) -> None:
        self._file = file
        self._complained = False

    def write(self, line: str) -> None:
        """Write one line in one go, so that lines of several processes do not mix."""
        try:
            if isinstance(self._file, FileIO):
                self._file.write(line.encode("utf-8", "replace"))
            else:
                self._file.write(line)
        except (OSError, ValueError) as error:  # ValueError: it was closed
            self._complain(error)

    def flush(self) -> None:
        """Flush what the terminal's stream holds."""
        try:
            self._file.flush()
        except (OSError, ValueError) as error:
            self._complain(error)

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            with contextlib.suppress(OSError, ValueError):
                print(f"log lines are being lost: {error}", file=sys.stderr)


def set_up(settings: Log) -> None:
    """Send logs to the chosen file, or to standard error."""
    try:
        file = FileIO(settings.file, "a") if settings.file else sys.stderr
    except OSError as error:
        raise Failure("log-file", f"{settings.file}: {error.strerror}", "choose another log.file") from error
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, LogStream(file))),
        cache_logger_on_first_use=False,
    )


class EventLog:
    """Writes events to the log: turns and failures always, the rest when debugging."""

    def __init__(self) -> None:
        self._log: Any = structlog.get_logger()

    def __call__(self, event: ev.Event) -> None:
        """Take one published event."""
        if isinstance(event, ev.TurnEnded):
            record = event.record
            self._log.info(
                "turn",
                session=event.session,
                turn=event.turn,
                outcome=str(record.outcome),
                error=record.error or None,
                latency_ms=record.latency_ms,
                barge_in_ms=record.barge_in_ms,
            )
        elif isinstance(event, ev.Failed | ev.MicLost | ev.SpeakerLost):
            self._log.warning(event.name, **_facts(event))
        else:
            self._log.debug(event.name, **_facts(event))


def _facts(event: ev.Event) -> dict[str, Any]:
    facts = ev.as_dict(event)
    facts.pop("event")  # the line's own name
    return facts
