"""The pictures: a turn as a waterfall, how soon presses silence, what first audio grows with. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipit.device.bench.run import Result
from pipit.device.bench.table import Figure
from pipit.errors import BadInput


def require() -> None:
    """Raise ``BadInput`` where matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise BadInput("bench-plots", "matplotlib is not installed", "pip install 'pipit[bench]'") from error


def draw(result: Result, folder: Path) -> list[Path]:
    """Draw what was measured into ``folder``; raises ``BadInput`` where matplotlib is missing."""
    require()
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "pipit"
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, draws in (("turn", _turn), ("presses", _presses), ("growth", _growth)):
        picture, axes = pyplot.subplots(figsize=(8, 4))
        if draws(result, axes):
            made.append(folder / f"{name}.svg")
            picture.tight_layout()
            picture.savefig(made[-1], metadata={"Date": None})
        pyplot.close(picture)
    return made


def _of(result: Result, *numbers: int) -> list[Figure]:
    return [found for found in result.figures if found.number in numbers and found.value is not None]


def _turn(result: Result, axes: Any) -> bool:
    turns = [found for found in _of(result, 1, 2) if "stages" in found.more]
    for row, found in enumerate(turns):
        before = 0.0
        for n, (name, end) in enumerate(found.more["stages"].items()):
            first = row == 0
            axes.barh(row, max(end - before, 0) * 1e3, left=before * 1e3, color=f"C{n}", label=name if first else None)
            before = max(before, end)
    axes.set_yticks(range(len(turns)), [f"{f.engines}{', betting' if f.number == 2 else ''}" for f in turns])
    axes.set_xlabel("ms after the last word")
    axes.set_title("A turn")
    if turns:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return bool(turns)


def _presses(result: Result, axes: Any) -> bool:
    for found in _of(result, 7, 8):
        key, what = ("silent_ms", "silent") if found.number == 7 else ("quiet_ms", "engines quiet")
        values: Sequence[float] = sorted(found.more[key])
        shares = [(n + 1) / len(values) for n in range(len(values))]
        axes.step(values, shares, where="post", label=f"{found.engines}: {what}")
    axes.set_xlabel("ms after the press")
    axes.set_ylabel("share of presses")
    axes.set_title("Press to silence")
    found_any = bool(_of(result, 7, 8))
    if found_any:
        axes.legend()
    return found_any


def _growth(result: Result, axes: Any) -> bool:
    for name, grown in result.growth.items():
        first, most = grown.seconds[0], max(grown.sizes) or 1
        label = f"{name}: {grown.slope * 100:+.2f} % each, up to {most}"
        axes.plot([size / most for size in grown.sizes], [s / first for s in grown.seconds], marker="o", label=label)
    axes.set_xlabel("length of the answer, or turns before, over the most")
    axes.set_ylabel("first audio ÷ that of the first")
    axes.set_ylim(bottom=0)
    axes.set_title("What first audio grows with")
    if result.growth:
        axes.legend(loc="lower right")
    return bool(result.growth)
