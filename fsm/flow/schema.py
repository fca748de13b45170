"""What may stand in a flow file: one frozen model for each part, the unit in every name that has one.

``pipit flow check`` finds what these models cannot: a ``next`` to nowhere, a phase that nobody reaches.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9_-]{0,63}$")]
"""A name that a file name, a condition and a voice can bear: a letter, then letters, digits, ``-`` and ``_``."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]

MOST = 100
"""Phases of a flow, and fields of a phase: nobody would live through more of them."""

FieldType = Literal["text", "number", "choice", "yes-no", "date", "time", "duration"]
Kind = Literal["checklist", "interview", "guided", "open"]


class Part(BaseModel):
    """What every part of a flow file shares."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Listen(Part):
    """How it listens for an answer; what is left out is taken from the phase, then from the settings."""

    silence_ms: int | None = Field(default=None, ge=100, le=10_000)
    """Milliseconds of silence that end an answer."""
    timeout_s: float | None = Field(default=None, ge=1, le=3_600)
    """Seconds without an answer until something is done about it; unset: 20, in an open phase none."""
    retries: int | None = Field(default=None, ge=0, le=20)
    """How often it asks again; unset: 2."""
    on_timeout: Literal["repeat", "skip", "park"] | None = None
    """What is done each time: ask again, skip what is optional, or park the session. After the last retry,
    what is optional is skipped and else the session is parked."""


class FieldSpec(Part):
    """One thing to be found out."""

    field: Slug
    type: FieldType
    ask: Text | None = None
    """The question; unset: made from the name."""
    required: bool = False
    confirm: bool = False
    """Whether it is read back and has to be agreed to."""
    choices: tuple[Text, ...] | dict[Text, Text] = ()
    """For ``choice``: the values, or for each value the ways to say it (``a | b [c]``)."""
    phrases: Text | None = None
    """For ``text``: all that may be said (``(a | b) [c]``); the value is the words."""
    unit: Text | None = None
    min: float | None = None
    max: float | None = None
    listen: Listen = Listen()


class ArtifactSpec(Part):
    """Something to be kept beside the words."""

    name: Slug
    kind: Literal["voice-note", "file"]
    required: bool = False
    ask: Text | None = None


class Next(Part):
    """Where to go from here; the first whose condition holds is taken, one without a condition always."""

    to: Slug
    when: Text | None = None


class Question(Part):
    """One question of an interview."""

    id: Slug
    ask: Text
    want: Text | None = None
    """What a full answer tells; the model judges by it."""
    follow_ups: int = Field(default=1, ge=0, le=5)
    """The most further questions that an answer may lead to."""


class Phase(Part):
    """One stretch of the conversation."""

    name: Slug
    kind: Kind = "checklist"
    title: Text | None = None
    goal: Text | None = None
    say: Text | None = None
    """Spoken as it stands on entering; ``{field}`` is filled in."""
    prompt: Text | None = None
    """What the model is asked to say: once in a checklist, sentence after sentence in a guided phase."""
    collect: tuple[FieldSpec, ...] = Field(default=(), max_length=MOST)
    phrases: tuple[Text, ...] = Field(default=(), max_length=MOST)
    """Ways to say several fields at once: ``[a] {size} {drink} [with {milk}]``."""
    artifacts: tuple[ArtifactSpec, ...] = Field(default=(), max_length=MOST)
    questions: tuple[Question, ...] = Field(default=(), max_length=MOST)
    lines: tuple[Text, ...] = Field(default=(), max_length=500)
    """Guided: sentences spoken one by one as they stand; then the model goes on, where there is a prompt."""
    share: float = Field(default=1.0, gt=0, le=100)
    """Guided: how much of the session's length, in proportion to the other phases' shares."""
    pause_s: float = Field(default=2.0, ge=0, le=120)
    """Guided: seconds of quiet between two sentences."""
    listen: Listen = Listen()
    next_step: Text | None = None
    """What the person is to do next: spoken and shown as the phase ends."""
    next: tuple[Next, ...] = Field(default=(), max_length=20)


class Flow(Part):
    """A whole file."""

    flow: Slug
    title: Text
    order: Literal["strict", "free"] = "strict"
    """``strict``: one after the other; ``free``: ``next`` rules may branch."""
    minutes: float | None = Field(default=None, gt=0, le=240)
    """Guided: how long it lasts unless another length is asked for."""
    system: Text | None = None
    """Who the model is in this flow, in one or two sentences."""
    closing: Text | None = None
    """Spoken as the session ends."""
    phases: tuple[Phase, ...] = Field(min_length=1, max_length=MOST)

    def phase(self, name: str) -> Phase:
        """Return a phase by its name; raises ``KeyError``."""
        return self.phases[self.index(name)]

    def index(self, name: str) -> int:
        """Return a phase's place in the file, from 0; raises ``KeyError``."""
        for index, phase in enumerate(self.phases):
            if phase.name == name:
                return index
        raise KeyError(name)
