"""What several exercises of 15_diffusion_forward share."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import (
    kind_of,
)

PYTHON = torch.float64  # the type of Python's own floats


def random_betas(rng: np.random.Generator, steps: int, low: float = 0.01, high: float = 0.3) -> np.ndarray:
    return rng.uniform(low, high, size=steps)


def normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: torch.dtype, device: str) -> torch.Tensor:
    return torch.tensor(rng.normal(size=shape), dtype=dtype, device=device)


def floats(array: np.ndarray, dtype: torch.dtype, device: str) -> torch.Tensor:
    return torch.tensor(array, dtype=dtype, device=device)


def random_steps(rng: np.random.Generator, batch: int, last: int, device: str) -> torch.Tensor:
    """Random steps 1…last with both ends among them."""
    t = rng.integers(1, last + 1, size=batch)
    t[0], t[-1] = last, 1
    return torch.tensor(t, device=device)


def per_item(values: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """(B,) → (B, 1, …) so that it multiplies a batch item by item."""
    return values.reshape(-1, *[1] * (like.dim() - 1))


def alpha_bars(beta: np.ndarray) -> list[float]:
    """ᾱ_0 = 1, ᾱ_1, …, ᾱ_T, by exact rational arithmetic."""
    bars = [Fraction(1)]
    for b in beta:
        bars.append(bars[-1] * (1 - Fraction(float(b))))
    return [float(bar) for bar in bars]


def counted_from_zero(steps: int) -> tuple[Callable, ...]:
    """What indexing with t itself does at t = T: an error, the last entry by a clamp, the first by wrapping round."""
    return (lambda t: in_range(t, steps), lambda t: t.clamp_max(steps - 1), lambda t: t % steps)


def in_range(index: torch.Tensor, length: int) -> torch.Tensor:
    """The index, or the IndexError that it would raise (a GPU would give up the whole process instead)."""
    if bool((index >= length).any()):
        raise IndexError(f"index {int(index.max())} is out of bounds for dimension 0 with size {length}")
    return index


def late(at: Callable, way: int) -> Callable:
    """A function of (…, t, …, schedule) that takes t for an index, in one of the three ways."""
    return lambda *args: at(counted_from_zero(len(args[-1]))[way](time_of(args)), *args)


def time_of(args: tuple) -> torch.Tensor:
    return next(a for a in args if not a.is_floating_point())


def kinds_of(answer: Any) -> str:
    if isinstance(answer, (tuple, list)):
        return f"({', '.join(kind_of(item) for item in answer[:4])})"
    return kind_of(answer)
