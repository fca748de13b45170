"""Sessions summed up, asked for as Pipit does when one has ended: by its own engine and prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dialogues import summing
from dialogues.choice import SPLITS, Chooser
from pipit.fsm.session.summary import is_of
from pipit.models import CancelToken
from pipit.models.llama_engine import LlamaModel


@dataclass
class Tally:
    """Sessions of each kind: how many, and how many were summed up rightly, truly, and so that Pipit keeps it."""

    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    true: int = 0
    kept: int = 0
    kept_untrue: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, case: summing.Case, text: str) -> None:
        """Count one summary as Pipit takes it."""
        self.asked[case.turn.kind] += 1
        self.right[case.turn.kind] += text == case.turn.reply
        true, kept = _is_true(text, case), is_of(text, case.exchanges)
        self.true += true
        self.kept += kept
        self.kept_untrue += kept and not true
        if not true:
            self.wrong.append(f"[{case.turn.kind}] {case.turn.user!r} -> {text!r}, wanted {case.turn.reply!r}")

    def lines(self, split: str) -> Iterator[str]:
        """The figures."""
        total, right = self.asked.total(), self.right.total()
        yield (
            f"sessions summed up as Pipit asks for it, {split}: {right} of {total} as taught, {self.true} true in "
            f"every word; Pipit would keep {self.kept}, {self.kept_untrue} of them not true in every word"
        )
        yield "  " + "  ".join(f"{kind} {self.right[kind]}/{count}" for kind, count in sorted(self.asked.items()))


def _is_true(text: str, case: summing.Case) -> bool:
    """Whether it consists of one or two of the sentences that the session allows."""
    if text in case.true:
        return True
    return any(text.startswith(f"{one} ") and text[len(one) + 1 :] in case.true for one in case.true)


def sums(path: Path, count: int, show: int) -> Iterator[str]:
    """Sessions in trained language, and such where all is held out."""
    model = LlamaModel(path, threads=1, prefill_threads=1)
    for split in ("train", "held"):
        tally = Tally()
        for seed in range(count):
            case = summing.case(Chooser(f"sums {split} {seed}", SPLITS[split]))
            text = "".join(model.generate(case.step.messages, CancelToken(), case.step.max_tokens, case.step.grammar))
            tally.note(case, " ".join(text.split()))
        yield from tally.lines(split)
        yield from (f"  WRONG {wrong}" for wrong in tally.wrong[:show])
    model.close()
