"""An interview's verdicts, asked for as Pipit does: by its own engine, prompt and grammar."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dialogues import Turn, judging
from dialogues.choice import SPLITS, Chooser
from pipit.fsm.session.interview import read_verdict
from pipit.models import CancelToken
from pipit.models.llama_engine import LlamaModel


@dataclass
class Tally:
    """Verdicts on answers of each kind: how many, parsed, right, and right with a further question that fits."""

    asked: Counter[str] = field(default_factory=Counter)
    parsed: int = 0
    right: Counter[str] = field(default_factory=Counter)
    fitting: int = 0
    lacking: int = 0
    """Answers that are not enough and were found to be."""
    wrong: list[str] = field(default_factory=list)

    def note(self, turn: Turn, text: str) -> None:
        """Count one verdict as Pipit reads it."""
        found, wanted = read_verdict(text), read_verdict(turn.reply)
        self.asked[turn.kind] += 1
        if found is None or wanted is None:
            return
        self.parsed += _is_json(text)
        if found[0] == wanted[0]:
            self.right[turn.kind] += 1
            if not wanted[0]:
                self.lacking += 1
                self.fitting += found[1] in {(read_verdict(one) or wanted)[1] for one in (turn.reply, *turn.accept)}
        else:
            self.wrong.append(f"[{turn.kind}] {turn.user!r} -> {text}")

    def lines(self, split: str) -> Iterator[str]:
        """The figures."""
        total, right = self.asked.total(), self.right.total()
        full = self.right["judge full"] / max(1, self.asked["judge full"])
        others = total - self.asked["judge full"]
        rest = (right - self.right["judge full"]) / max(1, others)
        yield (
            f"verdicts as Pipit asks for them, {split}: {self.parsed} of {total} parse, {right} right "
            f"({100 * right / total:.1f} %; with full answers and others weighed alike {50 * (full + rest):.1f} %)"
        )
        if self.fitting:  # of cases written out no question is known that would fit
            yield f"  further questions that fit: {self.fitting} of {self.lacking}"
        yield "  " + "  ".join(f"{kind} {self.right[kind]}/{count}" for kind, count in sorted(self.asked.items()))


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def verdicts(path: Path, count: int, show: int) -> Iterator[str]:
    """Verdicts in trained language, where all is held out, and on the cases that are written out."""
    model = LlamaModel(path, threads=1, prefill_threads=1)
    drawn = {
        split: [judging.asked(Chooser(f"verdicts {split} {seed}", SPLITS[split])) for seed in range(count)]
        for split in ("train", "held")
    }
    for name, cases in {**drawn, "written out": list(judging.written_cases())}.items():
        tally = Tally()
        for turn, step in cases:
            tally.note(turn, "".join(model.generate(step.messages, CancelToken(), step.max_tokens, step.grammar)))
        yield from tally.lines(name)
        yield from (f"  WRONG {wrong}" for wrong in tally.wrong[:show])
    model.close()
