"""What was handed to the speaker last, to be handed over once more when the device went before it had played it."""

from __future__ import annotations

from collections import deque

import numpy as np

from pipit.device.sound.convert import Signal


class Rewind:
    """Keeps the last ``longest`` samples and gives some of them again; one thread at a time."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._blocks: deque[Signal] = deque()
        self._kept = 0
        self._again: Signal = np.zeros(0, np.float32)

    def keep(self, block: Signal) -> None:
        """Note a block that is handed over."""
        self._blocks.append(block)
        self._kept += len(block)
        while self._kept - len(self._blocks[0]) >= self._longest:
            self._kept -= len(self._blocks.popleft())

    def back(self, samples: int) -> None:
        """Give the last ``samples`` once more, before anything else."""
        kept = np.concatenate([*self._blocks, self._again[:0]])
        unheard = kept[max(0, len(kept) - samples) :]
        self._again = np.concatenate([unheard, self._again])
        self._blocks.clear()
        self._kept = 0

    def take(self, samples: int) -> Signal:
        """Return what is to be given again, at most ``samples`` of it."""
        part, self._again = self._again[:samples], self._again[samples:]
        return part

    def forget(self) -> None:
        """Have nothing to give again."""
        if self._kept or len(self._again):
            self._blocks.clear()
            self._kept, self._again = 0, self._again[:0]
