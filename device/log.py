"""Structured logs: one JSON object a line, with the stage latencies of every turn."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from pipit.device.config import Log
from pipit.errors import Failure
from pipit.fsm import events as ev


def set_up(settings: Log) -> None:
    """Send logs to the chosen file, or to standard error."""
    try:
        stream = settings.file.open("a", encoding="utf-8", buffering=1) if settings.file else sys.stderr
    except OSError as error:
        raise Failure("log-file", f"{settings.file}: {error.strerror}", "choose another log.file") from error
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
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
        elif isinstance(event, ev.Failed | ev.MicLost):
            self._log.warning(event.name, **_facts(event))
        else:
            self._log.debug(event.name, **_facts(event))


def _facts(event: ev.Event) -> dict[str, Any]:
    facts = ev.as_dict(event)
    facts.pop("event")
    if "event" in facts:
        facts["of"] = facts.pop("event")
    return facts
