"""``pipit bench --tune`` from the configuration to what is written into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pipit.device.bench.machine import machine
from pipit.device.bench.tuning.search import Load, Search, Tuned
from pipit.device.bench.tuning.shelf import Shelf
from pipit.device.bench.tuning.trial import measure
from pipit.device.config import Settings, load_settings
from pipit.device.doctor.running import assistant_at
from pipit.device.engines import SCRIPTED, options_for, weights_for
from pipit.device.fetch.config_edit import change, file_to_change, overruled, require_changeable
from pipit.errors import BadInput
from pipit.models.load import usable_cores

Begin = Callable[[int, Sequence[str]], Callable[[str], None]]
"""Is told how many trials there will be and what to know before them, and returns who is told of each."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``config`` None: the usual file; ``dry`` writes nothing."""

    config: Path | None = None
    dry: bool = False
    rounds: int = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found, and where it was written."""

    tuned: Tuned
    path: Path
    written: bool
    warnings: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        told = {"version": 1, **_rounded(asdict(self.tuned)), "config": str(self.path), "written": self.written}
        return {**told, "warnings": self.warnings, "machine": machine()}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def tune(wish: Wish, begin: Begin, load: Load | None = None, cores: int | None = None) -> Outcome:
    """Try, choose and write; ``load`` and ``cores`` take the place of the configured engines and this board's."""
    path, settings = file_to_change(wish.config), load_settings(wish.config)
    if not wish.dry:
        require_changeable(path)  # not after minutes of trials
    trial = partial(measure, settings=settings)
    search = Search(load or _shelf(settings), trial, cores or usable_cores(), wish.rounds)
    options, warnings = options_for(settings.engines), _others(settings)
    tuned = search.run(options, begin(search.most_trials(options), warnings))
    if not wish.dry:
        change(path, dict(tuned.chosen))
    over = overruled(dict(tuned.chosen))
    warnings += [f"the variable {name} wins over what stands in the file" for name in over]
    return Outcome(tuned, path, not wish.dry, warnings)


def _others(settings: Settings) -> list[str]:
    found = assistant_at(settings.console)
    return [f"an assistant is running (process {found.pid}): end it first, it takes its share"] if found else []


def _shelf(settings: Settings) -> Shelf:
    if settings.engines.weights == SCRIPTED:
        hint = "choose real ones: pipit models use pocket"
        raise BadInput("tune-scripted", "engines.weights = scripted: no number of threads makes them faster", hint)
    return Shelf(weights_for(settings.engines))
