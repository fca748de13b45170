"""Flows: conversations with a shape, as a YAML file tells it."""

from pipit.fsm.flow.schema import ArtifactSpec, FieldSpec, Flow, Listen, Next, Phase, Question

__all__ = ["ArtifactSpec", "FieldSpec", "Flow", "Listen", "Next", "Phase", "Question"]
