"""A measured number with what belongs to it, and how far it would move with other samples."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from pushforward.errors import CourseError


class Estimate(NamedTuple):
    """value ± error. error: the standard error; n, m: how many samples of each kind it was measured with."""

    value: float
    error: float
    n: int
    m: int

    def __str__(self) -> str:
        return f"{self.value:.4g} ± {self.error:.2g} (n = {self.n}, m = {self.m})"


Measure = Callable[[torch.Tensor, torch.Tensor], float]


def rows(x: torch.Tensor, least: int = 2) -> torch.Tensor:
    """Samples (n, …) as float64 rows (n, D) on the CPU. Raises CourseError for NaN, infinities or too few samples."""
    n = len(x) if x.dim() else 0
    if n < least:
        raise CourseError(f"There are only {n} samples: give {least} or more.")
    flat = x.detach().cpu().double().reshape(n, -1)
    if not bool(torch.isfinite(flat).all()):
        bad = int((~torch.isfinite(flat)).any(1).sum())
        raise CourseError(f"{bad} of {len(flat)} samples hold NaN or infinity: look at the model before measuring it.")
    return flat


def pair(x: torch.Tensor, y: torch.Tensor, least: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    """Two sets of samples as rows of the same width."""
    x, y = rows(x, least), rows(y, least)
    if x.shape[1] != y.shape[1]:
        raise CourseError(f"Samples of {x.shape[1]} and of {y.shape[1]} numbers cannot be compared.")
    return x, y


def jackknife_error(measure: Measure, x: torch.Tensor, y: torch.Tensor, parts: int = 10, seed: int = 0) -> float:
    """Standard error of measure(x, y), by leaving out one of `parts` random blocks of both sets at a time.

    The jackknife: √((g − 1)/g Σ_b (v_b − v̄)²) over g blocks. Unlike drawing with replacement it repeats no sample,
    which measures that look at nearest neighbours would take for a copy.
    """
    x, y = pair(x, y)
    parts = min(parts, len(x), len(y))
    if parts < 2:
        raise CourseError("A standard error needs two samples of each kind at least.")
    rng = np.random.default_rng(seed)
    blocks = [torch.from_numpy(rng.permutation(len(z)) % parts) for z in (x, y)]
    values = [float(measure(x[blocks[0] != b], y[blocks[1] != b])) for b in range(parts)]
    mean = math.fsum(values) / parts
    return math.sqrt((parts - 1) / parts * math.fsum((v - mean) ** 2 for v in values))


def measured(measure: Measure, x: torch.Tensor, y: torch.Tensor, parts: int = 10, seed: int = 0) -> Estimate:
    """measure(x, y) with its standard error."""
    return Estimate(float(measure(x, y)), jackknife_error(measure, x, y, parts, seed), len(x), len(y))
