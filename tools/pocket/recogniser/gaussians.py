"""What pocketsphinx's en-us acoustic model knows of people: the average spectrum of each part of each phone.

Only the statistics are read: means and weights of the Gaussians, and which of them a phone between two others
uses. The formats are CMU Sphinx's binary ones.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pocketsphinx

CEPSTRA = 13
PARTS = 3  # of a phone: beginning, middle, end
_WEIGHT_STEP = 1024 * np.log(1.0001)  # of a stored weight, a negative logarithm
_HEADER_END = b"endhdr\n"


class People:
    """Averages and deviations of the static cepstra (their mean over an utterance removed), by phone and neighbours."""

    def __init__(self) -> None:
        folder = Path(pocketsphinx.get_model_path()) / "en-us" / "en-us"
        means, variances = (_read_static(folder / name) for name in ("means", "variances"))
        self._read_definition((folder / "mdef").read_bytes())
        weights = _read_weights(folder / "sendump", means.shape[1], len(self._phone_of_state))
        phone = self._phone_of_state
        self.mean = np.einsum("sk,skc->sc", weights, means[phone])
        second = np.einsum("sk,skc->sc", weights, means[phone] ** 2 + variances[phone])
        self.deviation = np.sqrt(second - self.mean**2)

    def states(self, phone: str, before: str, after: str) -> np.ndarray:
        """Return the numbers (rows of `mean`) of a phone's three parts between two neighbours."""
        key = tuple(self._names.index(name) for name in (phone, before, after))
        sequence = self._sequence_of.get(key, self._names.index(phone))
        return self._sequences[sequence]

    def _read_definition(self, data: bytes) -> None:
        """Read `mdef`: phones with their neighbours, and the states of each."""
        start = 12 + int(np.frombuffer(data, "<i4", 1, 8)[0])
        ci_count, phone_count, state_count, _, senone_count, _, sequence_count, _, tree_count, _ = np.frombuffer(
            data, "<i4", 10, start
        )
        names = data[start + 40 :].split(b"\0", ci_count)[:ci_count]
        self._names = [name.decode() for name in names]
        at = start + 40 + sum(len(name) + 1 for name in names)
        at += -at % 4 + 8 * tree_count
        entries = np.frombuffer(data, [("sequence", "<i4"), ("tmat", "<i4"), ("context", "u1", 4)], phone_count, at)
        at += 12 * phone_count + 4
        states = np.frombuffer(data, "<u2", sequence_count * state_count, at)
        self._sequences = states.reshape(sequence_count, state_count).astype(int)
        self._sequence_of: dict[tuple[int, ...], int] = {}
        for sequence, (_, *context) in zip(entries["sequence"][ci_count:], entries["context"][ci_count:], strict=True):
            self._sequence_of.setdefault(tuple(int(number) for number in context), int(sequence))
        self._phone_of_state = np.zeros(senone_count, int)
        for number, sequence in enumerate(entries["sequence"][:ci_count]):
            self._phone_of_state[self._sequences[sequence]] = number
        for sequence, context in zip(entries["sequence"][ci_count:], entries["context"][ci_count:], strict=True):
            self._phone_of_state[self._sequences[sequence]] = context[1]


def _read_static(path: Path) -> np.ndarray:
    """Read the first stream of a file of Gaussians: (phones, densities, CEPSTRA)."""
    data = path.read_bytes()
    at = data.index(_HEADER_END) + len(_HEADER_END) + 4
    phones, streams, densities, *lengths = np.frombuffer(data, "<i4", 6, at)
    values = np.frombuffer(data, "<f4", phones * densities * sum(lengths), at + 4 * (4 + streams))
    whole = values.reshape(phones, -1)[:, : densities * CEPSTRA]
    return whole.reshape(phones, densities, CEPSTRA).astype(np.float64)


def _read_weights(path: Path, densities: int, states: int) -> np.ndarray:
    """Read the first stream's weights: (states, densities), each row summing to one."""
    data, at = path.read_bytes(), 0
    while True:
        length = int(np.frombuffer(data, "<i4", 1, at)[0])
        at += 4 + length
        if length == 0:
            break
    columns = int(np.frombuffer(data, "<i4", 2, at)[1])
    stored = np.frombuffer(data, "u1", densities * columns, at + 8).reshape(densities, columns)[:, :states]
    weights = np.exp(-_WEIGHT_STEP * stored.T.astype(float))
    return weights / weights.sum(axis=1, keepdims=True)
