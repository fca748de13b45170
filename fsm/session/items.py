"""How a checklist speaks of what it asks for."""

from __future__ import annotations

from pipit.fsm.fields import Filling
from pipit.fsm.flow.schema import ArtifactSpec, FieldSpec
from pipit.fsm.session.scene import Scene


def name_of(spec: FieldSpec | ArtifactSpec) -> str:
    """Return what an item is called in the file."""
    return spec.field if isinstance(spec, FieldSpec) else spec.name


def words_of(spec: FieldSpec | ArtifactSpec) -> str:
    """Return what it is called, in words."""
    return name_of(spec).replace("_", " ").replace("-", " ")


def label_of(spec: FieldSpec | ArtifactSpec) -> str:
    """Return what it is called, to begin a sentence with."""
    words = words_of(spec)
    return words[:1].upper() + words[1:]


def echo_of(scene: Scene, field: str) -> str:
    """Return what is said of a value that needs no agreement."""
    spec = scene.spec(field)
    if spec is None or spec.type == "yes-no":
        return ""
    return "noted" if spec.type == "text" and spec.phrases is None else scene.say_value(field)


def asking_for(spec: ArtifactSpec) -> str:
    """Return how an artifact is asked for."""
    what = words_of(spec)
    return f"Please tell me about the {what}." if spec.kind == "voice-note" else f"Please add the file for {what}."


def told(found: Filling) -> str:
    """Return what stands in the way of values, in one text."""
    return " ".join(problem.message for problem in found.problems)


def join(*texts: str) -> str:
    """Join sentences."""
    return " ".join(text for text in texts if text)


def listed(items: tuple[str, ...]) -> str:
    """Return things as they are said: ``a, b and c``."""
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)
