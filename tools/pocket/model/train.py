"""Training from nothing or from finished weights, boxed by the processor time it may use and by the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from zlib import crc32

import torch
from tokenizers import Tokenizer
from torch.nn import functional

from batches import Batch, copying, dialogues
from dialogues import TRAINING, Mix
from muon import Optimiser
from net import Pocket, Shape
from shipped import load_weights

BATCH_TOKENS = 3072
STARTED_RATE = 0.6  # of the full rate, where training goes on from finished weights
FULL_RATE_UNTIL = 0.4  # of the time; from there the rate falls in a line
LAST_RATE = 0.02
WARM_UP_STEPS = 20
COPYING_OFTEN_UNTIL = 0.1  # of the time; until then every 4th batch is an exercise in copying
COPYING_UNTIL = 0.3  # of the time; until then every 8th
REPORT_EVERY = 30.0  # seconds of processor time; a checkpoint is written at each fourth report
DEMO_FROM = 0.65  # of the time; from there many conversations have the demonstration's turns: they must sit
LATE_DEMO_SHARE = 0.25
FIRST_SEED = 1_000_000  # far from the tokenizer's and the test's seeds
STARTED_SEEDS = range(300_000_000, 450_000_000, 1_000_000)  # one for each file gone on from: dialogues new to it


@dataclass
class Progress:
    """How far a training has come; part of the checkpoint."""

    seconds: float = 0.0
    began: float = field(default_factory=time.time)
    """When it was begun; resumed, it goes on from there."""
    steps: int = 0
    tokens: int = 0
    seed: int = FIRST_SEED
    loss: float = 0.0
    """Mean loss per wanted token, smoothed over about 30 batches."""
    copying: float = 0.0
    """Loss of the last exercise in copying; it falls steeply once the network has learned to look back."""
    rate: float = 1.0
    """The highest learning rate, as a share of the full one."""


def rate_share(done: float, steps: int) -> float:
    """The share of the full learning rate when a share `done` (0 to 1) of the time is used."""
    falling = 1.0 if done < FULL_RATE_UNTIL else (1 - done) / (1 - FULL_RATE_UNTIL)
    return min(1.0, (steps + 1) / WARM_UP_STEPS) * max(LAST_RATE, falling)


def save(path: Path, content: object) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(content, part)
    part.replace(path)


def loss_of(net: Pocket, batch: Batch) -> torch.Tensor:
    """Cross-entropy over the tokens of a batch that count, by how much they do."""
    weights = batch.weights[:, 1:]
    wanted = weights > 0
    with torch.autocast("cpu", torch.bfloat16):
        scores = net.scores(net.features(batch.ids[:, :-1], wanted))
    each = functional.cross_entropy(scores.float(), batch.ids[:, 1:][wanted], reduction="none")
    return (each * weights[wanted]).sum() / weights.sum()


class Training:
    """A network, its optimiser and its progress, kept in one checkpoint file."""

    def __init__(
        self, tokenizer: Tokenizer, checkpoint: Path, seconds: float, clock_seconds: float, start: Path | None = None
    ) -> None:
        self.tokenizer, self.checkpoint = tokenizer, checkpoint
        self.budget, self.clock_budget = seconds, clock_seconds
        torch.manual_seed(1)
        self.net = Pocket(Shape(tokenizer.get_vocab_size()))
        self.optimiser = Optimiser(self.net)
        self.progress = Progress()
        if checkpoint.exists():
            self._resume()
        elif start is not None:
            load_weights(start, self.net)
            self.progress.rate = STARTED_RATE
            self.progress.seed = STARTED_SEEDS[crc32(start.read_bytes()) % len(STARTED_SEEDS)]

    def _resume(self) -> None:
        saved = torch.load(self.checkpoint, weights_only=True)
        self.net.load_state_dict(saved["weights"])
        self.optimiser.restore(saved["optimiser"])
        self.progress = Progress(**saved["progress"])

    def _save(self) -> None:
        save(
            self.checkpoint,
            {
                "shape": asdict(self.net.shape),
                "weights": self.net.state_dict(),
                "optimiser": self.optimiser.state(),
                "progress": asdict(self.progress),
            },
        )

    @property
    def done(self) -> float:
        """The share of the time that is used, 0 to 1 and a little more."""
        on_the_clock = (time.time() - self.progress.began) / self.clock_budget
        return max(self.progress.seconds / self.budget, on_the_clock)

    def _mix(self) -> Mix:
        return replace(TRAINING, demo=LATE_DEMO_SHARE) if self.done > DEMO_FROM else TRAINING

    def _batches(self) -> Iterator[tuple[bool, Batch]]:
        """Dialogues, with exercises in copying between them at first; the flag tells which."""
        stream = dialogues(
            self.tokenizer,
            self.progress.seed,
            BATCH_TOKENS,
            self.net.shape.context,
            self._mix,
        )
        generator = torch.Generator()
        for self.progress.seed, batch in stream:
            every = 4 if self.done < COPYING_OFTEN_UNTIL else 8
            if self.done < COPYING_UNTIL and self.progress.steps % every == every - 1:
                yield True, copying(self.net.shape.vocabulary, generator.manual_seed(self.progress.steps))
            yield False, batch

    def _step(self, batch: Batch) -> float:
        loss = loss_of(self.net, batch)
        loss.backward()
        self.optimiser.step(self.progress.rate * rate_share(self.done, self.progress.steps))
        self.progress.steps += 1
        self.progress.tokens += batch.ids.numel()
        return loss.item()

    def _report(self) -> None:
        progress = self.progress
        print(
            f"{progress.seconds:6.0f} of {self.budget:.0f} s  step {progress.steps}  "
            f"{progress.tokens / 1e6:.2f} M tokens  loss {progress.loss:.4f}  copying {progress.copying:.2f}",
            flush=True,
        )

    def run(self) -> None:
        """Train until the time is used."""
        start = time.process_time() - self.progress.seconds
        reports = int(self.progress.seconds / REPORT_EVERY)
        for is_copying, batch in self._batches():
            if self.done >= 1:
                break
            loss = self._step(batch)
            if is_copying:
                self.progress.copying = loss
            else:
                smooth = 0.97 if self.progress.loss else 0.0
                self.progress.loss = smooth * self.progress.loss + (1 - smooth) * loss
            self.progress.seconds = time.process_time() - start
            if self.progress.seconds > (reports + 1) * REPORT_EVERY:
                reports += 1
                self._report()
                if reports % 4 == 0:
                    self._save()
        self._save()
        self._report()
