"""What the two halves of the coder share: intervals in exact arithmetic, and a table that gives frequencies.

A row x owns the interval [low, low + width) / total^D, where width is the product of its frequencies, and each place
cuts the interval of the places before it in the order of the values.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pushforward.data import digits


def interval(x: list[int], freq: list[list[int]]) -> tuple[int, int, int]:
    """(low, width, whole): the row's share of [0, 1) is [low / whole, (low + width) / whole)."""
    low, width, whole = 0, 1, 1
    for value, row in zip(x, freq, strict=True):
        low, width, whole = low * sum(row) + width * sum(row[:value]), width * row[value], whole * sum(row)
    return low, width, whole


def shortest(low: int, width: int, whole: int) -> str:
    """The shortest bits all of whose continuations lie in the interval."""
    length = 0
    while True:
        first = -((-low << length) // whole)
        if (first + 1) * whole <= (low + width) << length:
            return format(first, f"0{length}b") if length else ""
        length += 1


def holds(bits: str, low: int, width: int, whole: int) -> tuple[bool, bool]:
    """Whether 0.bits lies in the interval, and whether it does whatever bits follow."""
    value, one = int(bits or "0", 2), 1 << len(bits)
    begins = low * one <= value * whole < (low + width) * one
    return begins, begins and (value + 1) * whole <= (low + width) * one


@dataclass(frozen=True)
class Table:
    """Frequencies of the next value by its place and the value before it:  (D, K + 1, K), index K for the start."""

    freq: np.ndarray

    def __call__(self, known: np.ndarray) -> np.ndarray:
        """(N, d) → (N, K): those of place d + 1."""
        N, d = known.shape
        before = known[:, -1] if d else np.full(N, self.freq.shape[2])
        return self.freq[d, before]

    def rows(self, x: np.ndarray) -> np.ndarray:
        """(N, D) → (N, D, K)."""
        return np.stack([self(x[:, :d]) for d in range(x.shape[1])], axis=1)


def random_table(rng: np.random.Generator, D: int, K: int, total: int, sharp: float = 2.0) -> Table:
    share = rng.exponential(size=(D, K + 1, K)) ** sharp
    return Table(whole_numbers(share, total))


@functools.cache
def digit_table(total: int = 2**12) -> tuple[Table, np.ndarray]:
    """Counts of the training digits, each level by the one before it, and the test digits (447, 64)."""
    train, test = (digits(part)[0].flatten(1).long().numpy() for part in ("train", "test"))
    before = np.concatenate([np.full((len(train), 1), 17), train[:, :-1]], axis=1)
    counts = np.full((64, 18, 17), 0.05)
    for d in range(64):
        np.add.at(counts[d], (before[:, d], train[:, d]), 1)
    return Table(whole_numbers(counts, total)), test


def whole_numbers(share: np.ndarray, total: int) -> np.ndarray:
    """Frequencies ≥ 1 in about these shares."""
    K = share.shape[-1]
    f = 1 + np.floor(share / share.sum(-1, keepdims=True) * (total - K)).astype(np.int64)
    first = f.argmax(-1, keepdims=True)
    np.put_along_axis(f, first, np.take_along_axis(f, first, -1) + total - f.sum(-1, keepdims=True), -1)
    return f
