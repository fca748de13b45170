"""A scenario: what a person does, when, and what must come of it. Read from YAML, or made of a list of WAVs."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipit.errors import BadInput

ACTIONS = ("play", "hold", "press", "release", "text", "say", "send", "order", "cancel", "unplug", "plug")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Step(_Strict):
    """One thing that the person does, and when. Just one action a step."""

    play: Path | None = None
    """A recording, spoken into the open microphone."""
    hold: Path | None = None
    """A recording, spoken while the button is held."""
    press: bool = False
    """Button down; while the assistant speaks, this interrupts it."""
    release: bool = False
    """Button up."""
    text: str | None = None
    """A typed turn."""
    say: str | None = None
    """What the assistant is told to say as it stands."""
    send: bool = False
    """Answer now."""
    order: str | None = None
    """What button or console tell the session: ``pause``, ``complete``, ``override WHY``, ``start FLOW`` …"""
    cancel: bool = False
    """Drop the turn."""
    unplug: bool = False
    """The microphone goes away."""
    plug: bool = False
    """The microphone comes back."""

    when: Literal["idle", "speaking", "now"] = "idle"
    """Wait until the assistant is idle; until its voice is audible; or only for the step before."""
    after_s: float = Field(default=0.4, ge=0, le=3600)
    """Then wait so many seconds of audio."""
    let_go_s: float = Field(default=0.0, ge=0, le=10)
    """With ``hold``: the button goes up so many seconds before the recording ends."""
    at_s: float | None = Field(default=None, ge=0)
    """Or: at this second of the audio, whatever the assistant does."""

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        if len(self.actions()) != 1:
            raise ValueError(f"a step has just one of: {', '.join(ACTIONS)}")
        return self

    def actions(self) -> list[str]:
        """Return the actions that are set."""
        return [name for name in ACTIONS if getattr(self, name) not in (None, False)]

    @property
    def clip(self) -> Path | None:
        """The recording of the step, if it has one."""
        return self.play or self.hold


class ExpectedTurn(_Strict):
    """What one turn must be; what is not said may be anything."""

    transcript: str | None = None
    outcome: Literal["done", "interrupted", "empty", "failed"] | None = None
    reply_has: tuple[str, ...] = ()
    """Words that the reply must hold, whatever their case."""
    heard_is_part: bool = False
    """What was heard must be a proper prefix of the reply."""


class LatencyBound(_Strict):
    """``stage`` must come within ``at_most`` times ``of``, both in ms after the last word: a ratio, not a time."""

    stage: Literal["endpoint", "stt_final", "llm_first_token", "first_clause", "tts_first_audio", "first_audio"]
    of: Literal["endpoint", "stt_final", "llm_first_token", "first_clause", "tts_first_audio"] = "endpoint"
    at_most: float = Field(gt=0)


class Expectations(_Strict):
    """What must come of a scenario."""

    turns: tuple[ExpectedTurn, ...] | None = None
    """Just these turns, in this order."""
    events: tuple[str, ...] = ()
    """These events, in this order; others may lie between."""
    fields: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """What the flow's fields must hold in the end."""
    phase: str | None = None
    """The flow's phase in the end."""
    ended: bool | None = None
    """Whether the flow's session is over."""
    latency: tuple[LatencyBound, ...] = ()
    """For every turn that was answered."""


class Scenario(_Strict):
    """A whole conversation from the person's side."""

    scenario: str
    """What it shows, in a line."""
    open_mic: bool | None = None
    """Overrides the configuration."""
    flow: str | None = None
    """A flow that is started at once: its name or file, and if wanted ``continue``, ``restart`` or ``new``."""
    polite: bool = False
    """Recordings pause while the assistant thinks and speaks, as a person would who waits for the answer."""
    clock: datetime | None = None
    """The time that the assistant is told; unset: none, so that replays are alike."""
    tail_s: float = Field(default=0.6, ge=0, le=60)
    """Silence after the last step."""
    patience_s: float = Field(default=120.0, gt=0, le=7200)
    """Longest wait, in seconds of audio, for a step's ``when``."""
    steps: tuple[Step, ...] = Field(min_length=1)
    expect: Expectations = Expectations()

    def session_id(self) -> str:
        """Return an id that is the same for the same scenario and recordings."""
        facts = [self.model_dump_json(exclude={"steps"})]
        for step in self.steps:
            size = step.clip.stat().st_size if step.clip and step.clip.is_file() else 0
            facts.append(f"{step.actions()}{step.clip.name if step.clip else step.text or step.say}{size}{step.at_s}")
        return "replay-" + hashlib.sha256("\n".join(facts).encode()).hexdigest()[:8]


def from_wavs(wavs: Sequence[Path], *, open_mic: bool | None) -> Scenario:
    """Return the scenario of a person who says one recording after the other and waits for each answer."""
    push = open_mic is False
    steps = tuple(Step(hold=wav) if push else Step(play=wav) for wav in wavs)
    return Scenario(scenario="recordings", open_mic=open_mic, polite=True, steps=steps)


def read_scenario(path: Path) -> Scenario:
    """Read a scenario; raises ``BadInput`` with one line that says where, what and what instead."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput("scenario-unreadable", f"{path}: {error.strerror}", "give a scenario file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        why = getattr(error, "problem", None) or "it is not text"
        raise BadInput("scenario-syntax", f"{path}{where}: {why}", "it must be YAML") from error
    if not isinstance(values, dict):
        raise BadInput("scenario-syntax", f"{path}: no scenario", "begin with 'scenario: …' and 'steps:'")
    try:
        scenario = Scenario.model_validate(values)
    except ValidationError as error:
        raise _plain(path, error) from error
    return scenario.model_copy(update={"steps": tuple(_beside(step, path.parent) for step in scenario.steps)})


def _beside(step: Step, folder: Path) -> Step:
    """Recordings are named from the scenario's folder."""
    name = "play" if step.play else "hold"
    return step.model_copy(update={name: folder / step.clip}) if step.clip else step


def _plain(path: Path, error: ValidationError) -> BadInput:
    first = error.errors()[0]
    where = ".".join(str(p + 1) if isinstance(p, int) else p for p in first["loc"])
    if first["type"] != "extra_forbidden":
        message = first["msg"].removeprefix("Value error, ").lower()
        return BadInput("scenario-value", f"{path}: {where or 'scenario'}: {message}", "see pipit replay --help")
    key = str(first["loc"][-1])
    near = difflib.get_close_matches(key, _all_keys(), n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"a step may have: {', '.join(ACTIONS)}, when, after_s, at_s"
    return BadInput("scenario-unknown-key", f"{path}: {where}: there is no key '{key}'", hint)


def _all_keys() -> list[str]:
    models: tuple[type[BaseModel], ...] = (Scenario, Step, Expectations, ExpectedTurn, LatencyBound)
    return [name for model in models for name in model.model_fields]


def unmet(expect: Expectations, report: dict[str, Any], events: Sequence[dict[str, Any]]) -> list[str]:
    """Return a line for everything that did not come as it must."""
    faults: list[str] = []
    if expect.turns is not None:
        faults += _unmet_turns(expect.turns, report["turns"])
    names = iter([event["event"] for event in events])
    for wanted in expect.events:
        if wanted not in names:
            faults.append(f"event {wanted}: did not come, or not in this order")
            break
    faults += _unmet_session(expect, report.get("flow") or {})
    for turn in report["turns"]:
        faults += [fault for bound in expect.latency if (fault := _too_late(bound, turn))]
    return faults


def _unmet_turns(expected: Sequence[ExpectedTurn], turns: Sequence[dict[str, Any]]) -> list[str]:
    faults = [] if len(expected) == len(turns) else [f"turns: expected {len(expected)}, got {len(turns)}"]
    for number, (want, got) in enumerate(zip(expected, turns, strict=False), start=1):
        for key in ("transcript", "outcome"):
            wanted = getattr(want, key)
            if wanted is not None and got[key] != wanted:
                faults.append(f"turn {number}: {key} is '{got[key]}', expected '{wanted}'")
        faults += [
            f"turn {number}: the reply '{got['reply']}' has no '{word}'"
            for word in want.reply_has
            if word.lower() not in got["reply"].lower()
        ]
        part = got["reply"].startswith(got["heard"]) and got["heard"] != got["reply"]
        if want.heard_is_part and not part:
            faults.append(f"turn {number}: heard '{got['heard']}' is no proper prefix of '{got['reply']}'")
    return faults


def _unmet_session(expect: Expectations, got: dict[str, Any]) -> list[str]:
    fields = got.get("fields", {})
    faults = [
        f"field {name}: is {fields.get(name)!r}, expected {value!r}"
        for name, value in expect.fields.items()
        if fields.get(name) != value
    ]
    if expect.phase is not None and got.get("phase") != expect.phase:
        faults.append(f"phase: is {got.get('phase')!r}, expected {expect.phase!r}")
    if expect.ended is not None and bool(got.get("ended")) is not expect.ended:
        faults.append(f"session: is {'over' if got.get('ended') else 'not over'}")
    return faults


def _too_late(bound: LatencyBound, turn: dict[str, Any]) -> str:
    latency = turn["latency_ms"]
    if turn["outcome"] != "done" or any(latency.get(name) is None for name in (bound.stage, bound.of)):
        return ""
    allowed = bound.at_most * latency[bound.of]
    if latency[bound.stage] <= allowed:
        return ""
    return f"{turn['turn_id']}: {bound.stage} {latency[bound.stage]} ms is more than {bound.at_most} × {bound.of}"
