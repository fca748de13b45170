"""From names to a choice of weights that is complete, proved, of one language, and fits into memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipit.device.language import chosen_weights
from pipit.device.settings import EngineChoice
from pipit.device.weights import Known, Listed, known_name, known_parts, known_set, listed_files
from pipit.errors import BadConfig, BadInput, WeightsError
from pipit.models.catalogue import KINDS, catalogue
from pipit.models.languages import family, speaks, split
from pipit.models.load import Weights, needed_bytes
from pipit.models.memory import MiB, available_bytes

_COMFORTABLE = 0.8
"""Of the free memory; above it a board is likely to swap."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be written under ``[engines]`` (None: removed), and what comes of it."""

    values: dict[str, str | None]
    weights: Weights
    parts: dict[str, Known | None]
    """What lists each engine's weights; None: nobody does."""

    @property
    def unlisted(self) -> list[Path]:
        """Weights that nothing can be compared with."""
        return [getattr(self.weights, kind) for kind, part in self.parts.items() if part is None]


def choose(names: Sequence[str], language: str, now: EngineChoice) -> Chosen:
    """Return what comes of using a set, weights for one engine, or several of them, instead of what is used now.

    A set takes the place of all three engines; anything else of its own kind alone. Raises ``BadInput`` for names that
    do not exist or do not go together, ``BadConfig`` for languages that do not.
    """
    sets = [name for name in map(known_name, names) if name in catalogue().sets]
    if len(sets) > 1:
        raise BadInput("use-sets", f"{' and '.join(sets)} are two sets", "name one set")
    values: dict[str, str | None] = {}
    if sets:
        values = {"weights": sets[0], **dict.fromkeys((*KINDS, "language"), None)}
    listed = {part.name: part for part in known_parts() if part.name not in catalogue().sets}
    spoken: list[str] = []
    for part in (listed[name] for name in names if name not in sets):
        if values.get(part.kind):
            raise BadInput("use-twice", f"{part.name} is a second {part.kind}", "name one of a kind")
        values[part.kind] = str(part.path)
        spoken += split(part.language)[:1] if part.kind != "model" else []
    if language or spoken:
        values["language"] = language or _one_of(spoken)
    choice = _with(now, values)
    if values.get("language") and _is_plain(choice):
        values["language"] = None
        choice = _with(now, values)
    return _chosen(values, choice)


def in_use(now: EngineChoice) -> Chosen:
    """Return what is used now."""
    known_set(now.weights)
    return _chosen({}, now)


def _chosen(values: dict[str, str | None], choice: EngineChoice) -> Chosen:
    weights, known = chosen_weights(choice), known_parts()
    parts: dict[str, Known | None] = {
        kind: next((p for p in known if p.kind == kind and p.path == getattr(weights, kind)), None) for kind in KINDS
    }
    return Chosen(values, weights, parts)


def _with(now: EngineChoice, values: dict[str, str | None]) -> EngineChoice:
    kept = {key: value for key, value in now.model_dump(exclude_unset=True).items() if key not in values}
    try:
        return EngineChoice.model_validate({**kept, **{key: value for key, value in values.items() if value}})
    except ValidationError as error:
        raise BadInput("use-language", f"'{values.get('language')}' is no language", "such as en or de") from error


def _one_of(spoken: Sequence[str]) -> str:
    families = {family(code) for code in spoken}
    if len(families) > 1:
        what = f"these weights are of {len(families)} languages: {', '.join(sorted(families))}"
        raise BadConfig("languages", what, "choose a recogniser and a voice of one language")
    return spoken[0] if len(set(spoken)) == 1 else next(iter(families))


def _is_plain(choice: EngineChoice) -> bool:
    """Prompts are in English anyway; where the set is too, there is nothing to write down."""
    usual = catalogue().weights(choice.weights).voice
    return family(choice.language) == "en" and any(
        speaks(part.language, "en") for part in known_parts() if part.path == usual
    )


def files_of(chosen: Chosen) -> list[Listed]:
    """Return the files of all weights that are used, each with its facts."""
    names = dict.fromkeys(part.name for part in chosen.parts.values() if part)
    return [file for name in names for file in listed_files(name)]


def require_present(chosen: Chosen) -> None:
    """Raise ``WeightsError`` that says what to fetch, or what is missing."""
    for kind, part in chosen.parts.items():
        path: Path = getattr(chosen.weights, kind)
        if path.exists():
            continue
        hint = "correct the path under [engines]"
        if part is not None:
            hint = f"fetch it: pipit models pull {_pulled_by(part, chosen)}"
            hint = hint if part.name in catalogue().entries else f"add it again: pipit models add {path.name}"
        raise WeightsError("weights-missing", f"the {kind} {path.name} is not here ({path.parent})", hint)


def _pulled_by(part: Known, chosen: Chosen) -> str:
    """Return the set that brings all of it, if one was named, else the part."""
    name = chosen.values.get("weights") or ""
    return name if name and part.name in catalogue().sets[name].chosen().values() else part.name


def memory_word(chosen: Chosen, context_tokens: int, anyway: bool) -> str:
    """Return a warning when memory is short, empty when it is not; raises ``WeightsError`` when it will not do."""
    need, free = needed_bytes(chosen.weights, context_tokens), available_bytes()
    if free is None or need <= _COMFORTABLE * free:
        return ""
    word = f"{need // MiB:,} MiB of memory needed, {free // MiB:,} MiB free"
    if need > free and not anyway:
        hint = "choose smaller weights or end other programs, a running assistant too; --anyway does it all the same"
        raise WeightsError("out-of-memory", word, hint)
    return f"{word}: the board may swap"
