"""Runs one scenario through the assistant and writes what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipit.audio import AudioClock, WavClip
from pipit.device.app import Assistant
from pipit.device.config import Settings
from pipit.device.flow.find import resolve
from pipit.device.log import EventLog
from pipit.device.prompt import system_prompt
from pipit.device.replay.report import Recorder
from pipit.device.replay.scenario import Scenario, unmet
from pipit.device.replay.stage import Stage
from pipit.device.sessions import knowledge_for_replay, lead_sessions, record_in, told_of
from pipit.device.timeline import ClipSpan, draw_timeline
from pipit.fsm import events as ev
from pipit.fsm.flow.load import load_flow
from pipit.models import Engines

_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""The day of a replay that names none, so that it is the same on every day."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """``faults`` has a line for everything that the scenario expected and did not get."""

    report: dict[str, Any]
    events: list[dict[str, Any]]
    faults: list[str]
    folder: Path


def replay(
    scenario: Scenario,
    engines: Engines,
    settings: Settings,
    folder: Path,
    *,
    realtime: bool = False,
    journal: Path | None = None,
    subscribers: tuple[Callable[[ev.Event], None], ...] = (),
) -> ReplayResult:
    """Run the scenario; raises ``BadAudio`` before anything is played when a recording cannot be read.

    The sessions of its flows are kept in the ``journal`` folder, and without one only as long as the replay runs.
    """
    check_scenario(scenario)
    if scenario.open_mic is not None:
        listen = settings.listen.model_copy(update={"open_mic": scenario.open_mic})
        settings = settings.model_copy(update={"listen": listen})
    recorder = Recorder(folder, engines.voice.sample_rate)
    stage = Stage(scenario, recorder, realtime=realtime)
    clock = scenario.clock
    prompt = system_prompt(settings.reply, (lambda: clock) if clock else None)
    session = scenario.session_id()
    audio_clock = AudioClock()
    knowledge = knowledge_for_replay(settings.reply, settings.engines, clock)
    today = (clock or _NO_DAY).date()
    sessions = lead_sessions(prompt, audio_clock, record_in(journal), today=lambda: today, knowledge=knowledge)
    assistant = Assistant(engines, stage, settings, session, sessions, audio_clock)
    everyone: tuple[Callable[[ev.Event], None], ...] = (recorder, EventLog(), *subscribers)
    for subscriber in everyone:
        assistant.dialogue.subscribe(subscriber)
    stage.attach(assistant)
    if scenario.flow:
        assistant.post(ev.SessionOrder(verb="start", argument=scenario.flow))
    assistant.start()
    try:
        assistant.wait()
    except KeyboardInterrupt:
        assistant.stop()
        raise
    report = recorder.finish(session, engines, stage.clips, told_of(recorder.session))
    if stage.problem is not None:
        raise stage.problem
    spans = [ClipSpan(clip["name"], clip["start_s"], clip["end_s"]) for clip in report["clips"]]
    recorder.save("timeline.svg", draw_timeline(report, recorder.events, spans))
    return ReplayResult(report, recorder.events, unmet(scenario.expect, report, recorder.events), folder)


def check_scenario(scenario: Scenario) -> None:
    """Open every recording and the flow once, so that what is broken is told before the first word."""
    if scenario.flow:
        load_flow(resolve(scenario.flow.split()[0]))
    for step in scenario.steps:
        if step.clip is not None:
            next(WavClip(step.clip).blocks(), None)
