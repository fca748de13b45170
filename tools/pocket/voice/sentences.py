"""Makes the list of sentences that the teacher speaks: half an assistant's, half general English."""

from pathlib import Path
from random import Random

from general import Sampler
from templates import HERE, Templates, read_slots

LONGEST = 130  # characters; longer ones cost a batch more than they teach
ASSISTANT_SHARE, LISTING_SHARE = 0.52, 0.08


def read(path: Path) -> list[str]:
    """The sentences of a file, without empty lines and `#` comments."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def held_out() -> dict[str, list[str]]:
    """The test sentences by the name of their set."""
    return {name: read(HERE / f"held_out_{name}.txt") for name in ("assistant", "general")}


def write(path: Path, count: int, seed: int) -> None:
    """Writes `count` different sentences, one a line, none of them held out."""
    rng = Random(seed)
    general = Sampler(rng)
    templates = Templates(rng, read(HERE / "patterns.txt"), read_slots(HERE / "slots.txt"))
    banned = {sentence.lower() for group in held_out().values() for sentence in group}
    made: dict[str, None] = {}
    while len(made) < count:
        text = _drawn(rng, templates, general)
        if len(text) <= LONGEST and text.lower() not in banned:
            made[text] = None
    path.write_text("\n".join(made) + "\n", encoding="utf-8")


def _drawn(rng: Random, templates: Templates, general: Sampler) -> str:
    kind = rng.random()
    if kind < ASSISTANT_SHARE:
        return templates.sentence()
    return general.listing() if kind < ASSISTANT_SHARE + LISTING_SHARE else general.sentence()
