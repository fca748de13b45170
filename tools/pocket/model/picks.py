"""Words that are pointed at, asked for as Pipit does: by its own engine, prompt and grammar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dialogues import Turn, picking
from dialogues.choice import SPLITS, Chooser
from pipit.fsm.fields import Reading, read
from pipit.fsm.flow.schema import FieldSpec
from pipit.fsm.session.events import Value
from pipit.fsm.session.pick import NOTHING, pick, picked
from pipit.models import CancelToken
from pipit.models.llama_engine import LlamaModel

TODAY = date(2026, 5, 4)


@dataclass
class Tally:
    """Answers of each kind: how many, and of how many the right words were picked."""

    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    misled: int = 0
    """Wrong words in which a parser reads a value: the person would hear it read back."""
    wrong: list[str] = field(default_factory=list)

    def note(self, turn: Turn, spec: FieldSpec, said: str, text: str) -> None:
        """Count one answer as Pipit takes it."""
        words, wanted = picked(text, said), None if turn.reply == NOTHING else turn.reply
        self.asked[turn.kind] += 1
        value = _value(spec, words)
        if words == wanted or (value is not None and value == _value(spec, wanted)):
            self.right[turn.kind] += 1
            return
        self.misled += value is not None
        self.wrong.append(f"[{turn.kind}] {turn.user!r} -> {text!r}, wanted {turn.reply!r}")

    def lines(self, split: str) -> Iterator[str]:
        """The figures."""
        total, right = self.asked.total(), self.right.total()
        yield (
            f"words picked as Pipit asks for them, {split}: {right} of {total} right ({100 * right / total:.1f} %), "
            f"{self.misled} wrong ones would be read as a value"
        )
        yield "  " + "  ".join(f"{kind} {self.right[kind]}/{count}" for kind, count in sorted(self.asked.items()))


def _value(spec: FieldSpec, words: str | None) -> Value | None:
    """What a parser reads in the words; an open field keeps any."""
    if words is None or spec.type == "text":
        return words
    found = read(spec, words, TODAY)
    return found.value if isinstance(found, Reading) else None


def picks(path: Path, count: int, show: int) -> Iterator[str]:
    """Words picked in trained language, where all is held out, and in the cases that are written out."""
    model = LlamaModel(path, threads=1, prefill_threads=1)
    drawn = {
        split: [picking.drawn(Chooser(f"picks {split} {seed}", SPLITS[split])) for seed in range(count)]
        for split in ("train", "held")
    }
    for name, cases in {**drawn, "written out": list(picking.written_cases())}.items():
        tally = Tally()
        for turn, spec, said in cases:
            step = pick(spec, said)
            text = "".join(model.generate(step.messages, CancelToken(), step.max_tokens, step.grammar))
            tally.note(turn, spec, said, text)
        yield from tally.lines(name)
        yield from (f"  WRONG {wrong}" for wrong in tally.wrong[:show])
    model.close()
