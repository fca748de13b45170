"""What ``pipit models pull``, ``use`` and ``add`` do."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipit.device.fetch.bars import bars
from pipit.device.fetch.choose import choose, files_of, memory_word, require_present
from pipit.device.fetch.config_edit import change, file_to_change, overruled
from pipit.device.models_show import check_files
from pipit.device.settings import EngineChoice
from pipit.device.weights import known_name
from pipit.errors import BadInput, WeightsError
from pipit.models.catalogue import Entry, catalogue, models_folder
from pipit.models.fetch import Fetched, Taken, Wish, add, order_of, pull
from pipit.models.languages import in_order
from pipit.models.load import Weights

MIRROR = "PIPIT_MODELS_MIRROR"


def pull_named(name: str, mirror: str, quiet: bool) -> list[Fetched]:
    """Fetch a set, or weights of the catalogue for one engine; nothing for what ships or was added."""
    entries = _entries(known_name(name))
    orders = [order_of(entry, os.environ.get(MIRROR) or mirror) for entry in entries]
    with bars(sum(entry.download_bytes for entry in entries), quiet) as shown:
        try:
            return pull(orders, models_folder(), shown) if orders else []
        except KeyboardInterrupt:
            shown.say("stopped; what came is kept, and pulling again goes on from there")
            raise


def _entries(name: str) -> list[Entry]:
    known, chosen = catalogue().entries, catalogue().sets.get(name)
    if chosen is None:
        return [known[name]] if name in known else []
    return [known[part] for part in chosen.chosen().values() if part]


def add_named(wish: Wish, mirror: str, quiet: bool) -> Taken:
    """Take in weights of one's own."""
    if wish.sha256 and not re.fullmatch("[0-9a-fA-F]{64}", wish.sha256):
        raise BadInput("add-sha256", f"'{wish.sha256}' is no SHA-256", "64 hexadecimal digits")
    try:
        in_order(wish.language)
    except ValueError as error:
        raise BadInput("add-language", str(error), "such as --language de") from error
    with bars(quiet=quiet) as shown:
        return add(wish, models_folder(), shown, mirrors=os.environ.get(MIRROR) or mirror)


@dataclass(frozen=True, slots=True)
class Used:
    """What was written where."""

    config: Path
    values: dict[str, str | None]
    weights: Weights
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        parts = {kind: str(getattr(self.weights, kind)) for kind in ("recognizer", "model", "voice")}
        written = {"config": str(self.config), "engines": self.values}
        return {"version": 1, **written, "weights": parts, "warnings": self.warnings}


def use_named(names: Sequence[str], language: str, now: EngineChoice, config: Path | None, anyway: bool) -> Used:
    """Prove what was chosen, then write it down."""
    chosen = choose(names, language, now)
    require_present(chosen)
    wrong = [verdict for verdict in check_files(files_of(chosen)) if not verdict.ok]
    if wrong:
        what = ", ".join(f"{verdict.name} ({verdict.detail or verdict.state})" for verdict in wrong[:3])
        raise WeightsError(
            "weights-wrong", f"not as listed: {what}", f"pipit models pull {names[0]}; nothing was changed"
        )
    warnings = [f"nothing to compare {path} with" for path in chosen.unlisted]
    if word := memory_word(chosen, now.context_tokens, anyway):
        warnings.append(word)
    path = file_to_change(config)
    change(path, chosen.values)
    warnings += [f"the variable {name} wins over what was written" for name in overruled(chosen.values)]
    return Used(path, chosen.values, chosen.weights, warnings)
