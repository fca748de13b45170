"""What a replay leaves behind: reply WAVs, ``events.jsonl``, ``report.json`` and ``timeline.svg``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from pipit.audio import RATE, Samples, WavWriter
from pipit.device.replay.stage import ClipRun
from pipit.errors import Failure
from pipit.fsm import TurnRecord
from pipit.fsm import events as ev
from pipit.fsm.session.events import SessionEvent
from pipit.fsm.turn import MILESTONES
from pipit.models import Engines

VERSION = 1


class Recorder:
    """Takes the assistant's sound and events while a replay runs; ``folder`` is made when missing."""

    def __init__(self, folder: Path, rate: int) -> None:
        self.folder = folder
        self.records: list[TurnRecord] = []
        self.events: list[dict[str, Any]] = []
        self.audible: dict[str, tuple[int, int]] = {}
        self.problem: Failure | None = None
        self.session: list[SessionEvent] = []
        """What happened in the flows' sessions."""
        self._rate = rate
        self._writer: WavWriter | None = None
        self._turn = ""
        self._jsonl = self._open()

    def _open(self) -> TextIO:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for old in self.folder.glob("turn-*.wav"):
                old.unlink()
            return (self.folder / "events.jsonl").open("w", encoding="utf-8")
        except OSError as error:
            raise self._cannot(error) from error

    def _cannot(self, error: OSError) -> Failure:
        return Failure("report-write", f"{self.folder}: {error.strerror}", "choose another folder with --out")

    # ---- while it runs -------------------------------------------------------------------------------

    def write(self, turn: str, samples: Samples, at: int) -> None:
        """Keep what was audible of a turn."""
        if turn != self._turn:
            self._finish_wav()
            self._turn = turn
        if self._writer is None:
            if not samples.any():
                return
            self._writer = WavWriter(self.folder / _wav_name(turn), self._rate)
            self.audible[turn] = (at, at)
        self._writer.write(samples)
        self.audible[turn] = (self.audible[turn][0], at + len(samples) * RATE // self._rate)

    def __call__(self, event: ev.Event) -> None:
        """Keep one published event; a full disk is told at the end, the conversation goes on."""
        entry = ev.as_dict(event)
        self.events.append(entry)
        if isinstance(event, ev.TurnEnded):
            self.records.append(event.record)
        if isinstance(event, SessionEvent):
            self.session.append(event)
        try:
            self._jsonl.write(json.dumps(entry, ensure_ascii=False) + "\n")
        except OSError as error:
            self.problem = self.problem or self._cannot(error)

    def _finish_wav(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = None

    # ---- afterwards ----------------------------------------------------------------------------------

    def finish(
        self, session: str, engines: Engines, clips: list[ClipRun], flow: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Write what is still open and the report; returns it. Raises ``Failure`` when the disk is full."""
        try:
            self._finish_wav()
            self._jsonl.close()
        except OSError as error:
            raise self._cannot(error) from error
        if self.problem is not None:
            raise self.problem
        report = self._report(session, engines, clips) | ({"flow": flow} if flow else {})
        self.save("report.json", json.dumps(report, indent=1, ensure_ascii=False) + "\n")
        return report

    def save(self, name: str, text: str) -> None:
        """Write a text file whole or not at all."""
        part = self.folder / f"{name}.part"
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(self.folder / name)
        except OSError as error:
            raise self._cannot(error) from error

    def _report(self, session: str, engines: Engines, clips: list[ClipRun]) -> dict[str, Any]:
        turns = [self._entry(record, clips) for record in self.records]
        said = {turn["clip"] for turn in turns}
        turns += [_nothing_said(session, n, run) for n, run in enumerate(clips) if n not in said]
        # in the order of the recordings: one that gave no turn stands where it was played
        turns.sort(key=lambda turn: turn["order"])
        kept = [{k: v for k, v in turn.items() if k not in ("clip", "order")} for turn in turns]
        names = {"stt": engines.recognizer.name, "llm": engines.model.name, "tts": engines.voice.name}
        spans = [{"name": r.path.name, "start_s": _s(r.start), "end_s": _s(r.end)} for r in clips]
        head = {"version": VERSION, "engines": names, "session_id": session, "turns": kept}
        return {**head, "clips": spans, "events": "events.jsonl"}

    def _entry(self, record: TurnRecord, clips: list[ClipRun]) -> dict[str, Any]:
        clip = _clip_of(record, clips)
        source = clips[clip] if clip is not None else None
        speech = record.speech
        within = [source.within(s) for s in speech] if source and speech else None
        audible = self.audible.get(record.turn_id)
        return {
            "clip": clip,
            "order": (speech[0] if speech else self._began(record.turn_id), record.turn_id),
            "turn_id": record.turn_id,
            "source": source.path.name if source else None,
            "speech_s": [round(s, 3) for s in within if s is not None] if within else None,
            "transcript": record.transcript,
            "reply": record.reply,
            "heard": record.heard,
            "outcome": str(record.outcome),
            "error": record.error or None,
            "audio": _wav_name(record.turn_id) if audible else None,
            "latency_ms": {name: record.latency_ms.get(name) for name in MILESTONES},
            "barge_in_ms": record.barge_in_ms,
            "span_s": [_s(s) for s in speech] if speech else None,
            "playback_s": [_s(s) for s in audible] if audible else None,
        }

    def _began(self, turn: str) -> int:
        started = (e["at"] for e in self.events if e["event"] == "TurnStarted" and e["turn"] == turn)
        return round(next(started, 0.0) * RATE)


def _clip_of(record: TurnRecord, clips: list[ClipRun]) -> int | None:
    if record.speech is None:
        return None
    begun = [n for n, run in enumerate(clips) if run.start <= record.speech[1] and run.end > record.speech[0]]
    return begun[0] if begun else None


def _nothing_said(session: str, number: int, run: ClipRun) -> dict[str, Any]:
    return {
        "clip": number,
        "order": (run.start, ""),
        "turn_id": f"{session}-clip-{number + 1}",
        "source": run.path.name,
        "speech_s": None,
        "transcript": "",
        "reply": "",
        "heard": "",
        "outcome": "empty",
        "error": None,
        "audio": None,
        "latency_ms": dict.fromkeys(MILESTONES),
        "barge_in_ms": None,
        "span_s": None,
        "playback_s": None,
    }


def _wav_name(turn: str) -> str:
    return f"turn-{turn.rpartition('-')[2]}.wav"


def _s(samples: int) -> float:
    return round(samples / RATE, 3)
