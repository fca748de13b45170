"""Trains the net on one CPU thread in bfloat16: as fast as two threads in full precision, and kinder to others.

The work is boxed by steps, optionally also by minutes of CPU time (not of the wall's clock), so that a busy machine
does not end up with a worse voice.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor

from net import FRAMES_A_STEP, VoiceNet
from phones import IDS, MARKS
from prepare import Item
from rows import LOUDNESS, ROW, STRENGTHS, TIMBRE

BATCH = 8
RATE, WARM_UP, FLOOR = 2e-3, 100, 0.02  # learning rate at its highest, steps to get there, share left at the end
CLIP = 1.0
PARTS = {"timbre": (TIMBRE, 3.0), "loudness": (LOUDNESS, 0.5), "f0": (slice(0, 1), 0.7), "voicing": (STRENGTHS, 1.0)}
REPORT, SAVE = 100, 500  # steps
VOICING_SCALE = 0.25
SEED = 3


@dataclass(frozen=True)
class Batch:
    """B padded items; masks are 1 where there is something (to learn)."""

    ids: Tensor  # (B, L)
    present: Tensor  # (B, 1, L)
    durations: Tensor  # (B, L)
    durations_count: Tensor  # (B, L) mask
    rows: Tensor  # (B, 2T, 31), normalised
    rows_count: Tensor  # (B, 2T) mask
    steps: Tensor  # (B, 1, T) mask


def new_net() -> VoiceNet:
    """Untrained, with one symbol for each of Piper's ids."""
    torch.manual_seed(SEED)
    return VoiceNet(max(IDS.values()) + 1, [IDS[m] for m in MARKS if m in IDS])


def set_scales(net: VoiceNet, items: list[Item]) -> None:
    """Mean and scale of the rows. All timbre columns share one scale, so that errors count as they are heard."""
    rows = np.concatenate([item.rows for item in items[:1000]])
    scale = rows.std(0)
    scale[TIMBRE] = scale[TIMBRE].mean()
    scale[STRENGTHS] = VOICING_SCALE
    net.mean.copy_(torch.from_numpy(rows.mean(0)))
    net.scale.copy_(torch.from_numpy(scale))


def batch_of(items: list[Item], net: VoiceNet) -> Batch:
    """Pads items to the longest."""
    count, longest = len(items), max(len(i.ids) for i in items)
    steps = max(math.ceil(len(i.rows) / FRAMES_A_STEP) for i in items)
    ids = torch.zeros(count, longest, dtype=torch.long)
    present, trusted, durations = (torch.zeros(count, longest) for _ in range(3))
    rows, rows_count = torch.zeros(count, steps * FRAMES_A_STEP, ROW), torch.zeros(count, steps * FRAMES_A_STEP)
    step_mask = torch.zeros(count, 1, steps)
    for b, item in enumerate(items):
        symbols, time_ = len(item.ids), len(item.rows)
        ids[b, :symbols] = torch.from_numpy(item.ids)
        present[b, :symbols] = 1
        trusted[b, :symbols] = torch.from_numpy(item.trusted.astype(np.float32))
        durations[b, :symbols] = torch.from_numpy(item.frames)
        rows[b, :time_] = (torch.from_numpy(item.rows) - net.mean) / net.scale
        rows_count[b, :time_] = torch.from_numpy(_trusted_frames(item))
        step_mask[b, 0, : math.ceil(time_ / FRAMES_A_STEP)] = 1
    counted = trusted * net.lasting[ids]
    return Batch(ids, present[:, None], durations, counted, rows, rows_count, step_mask)


def _trusted_frames(item: Item) -> np.ndarray:
    owners = np.searchsorted(np.cumsum(item.frames), np.arange(len(item.rows)) + 0.5, side="right")
    return item.trusted[np.minimum(owners, len(item.ids) - 1)].astype(np.float32)


def losses(net: VoiceNet, batch: Batch) -> dict[str, Tensor]:
    """The weighted parts of the loss; their sum is minimised. Absolute errors throughout."""
    encoded = net.encode(batch.ids, batch.present)
    logs = net.log_durations(encoded, batch.present).float()
    counted = batch.durations_count
    parts = {"duration": ((logs - torch.log1p(batch.durations)).abs() * counted).sum() / counted.sum()}
    x = net.spread(encoded, batch.durations, batch.steps.shape[2])
    errors = (net.decode(x * batch.steps, batch.steps).float() - batch.rows).abs() * batch.rows_count[..., None]
    for name, (columns, weight) in PARTS.items():
        part = errors[..., columns]
        parts[name] = weight * part.sum() / (batch.rows_count.sum() * part.shape[2])
    return parts


def _batches(items: list[Item], rng: Random) -> Iterator[list[Item]]:
    """For ever: batches of similar length, in another order and company every time."""
    while True:
        order = sorted(range(len(items)), key=lambda i: len(items[i].rows) * rng.uniform(0.9, 1.1))
        groups = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        rng.shuffle(groups)
        for group in groups:
            yield [items[i] for i in group]


def _rate(step: int, progress: float) -> float:
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return RATE * min(1.0, (step + 1) / WARM_UP) * (FLOOR + (1 - FLOOR) * cosine)


def train(items: list[Item], out: Path, steps: int, minutes: float | None) -> VoiceNet:
    """Trains for `steps`, or `minutes` of CPU time if that is over sooner; goes on from `out` + .part."""
    torch.set_num_threads(1)
    net, rng = new_net(), Random(SEED)
    set_scales(net, items)
    optimizer = torch.optim.AdamW(net.parameters(), RATE, betas=(0.9, 0.98), weight_decay=1e-4)
    unfinished, spent_before, step = out.with_suffix(".part"), 0.0, 0
    if unfinished.exists():
        state = torch.load(unfinished, weights_only=True)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent_before = state["step"], state["minutes"]
    start, seen = time.process_time(), []
    for group in _batches(items, rng):
        spent = spent_before + (time.process_time() - start) / 60
        progress = max(step / steps, spent / minutes if minutes else 0.0)
        if progress >= 1:
            break
        for choice in optimizer.param_groups:
            choice["lr"] = _rate(step, progress)
        seen.append(_step(net, optimizer, batch_of(group, net)))
        step += 1
        if step % REPORT == 0:
            print(f"  step {step}, {spent:.1f} CPU minutes: {_summary(seen[-REPORT:])}", flush=True)
        if step % SAVE == 0:
            state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "minutes": spent}
            torch.save(state, unfinished)
    torch.save(net.state_dict(), out)
    unfinished.unlink(missing_ok=True)
    return net


def _step(net: VoiceNet, optimizer: torch.optim.Optimizer, batch: Batch) -> dict[str, float]:
    with torch.autocast("cpu", torch.bfloat16):
        parts = losses(net, batch)
    optimizer.zero_grad()
    sum(parts.values()).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
    optimizer.step()
    return {name: float(part.detach()) for name, part in parts.items()}


def _summary(seen: list[dict[str, float]]) -> str:
    return ", ".join(f"{name} {np.mean([s[name] for s in seen]):.4f}" for name in seen[0])


def held_out_losses(net: VoiceNet, items: list[Item]) -> str:
    """One line on items never trained on."""
    net.eval()
    with torch.no_grad():
        seen = [losses(net, batch_of([item], net)) for item in items]
    return _summary([{name: float(part) for name, part in parts.items()} for parts in seen])
