"""What the exercises on the digits share: levels, and log densities that the judge knows."""

from __future__ import annotations

import functools

import numpy as np
import torch

from autograder.judging.compare import exact
from autograder.judging.draw import floats
from pushforward.answering.wire import Net
from pushforward.data import digits

LEVELS = 17


@functools.cache
def rows(part: str) -> torch.Tensor:
    """Digits of "train" or "test", (n, 64), levels 0 … 16."""
    return digits(part)[0].flatten(1)


def hills(rng: np.random.Generator, D: int, dtype: torch.dtype, device: str) -> Net:
    """A log density of y (N, D): −½ Σ ((y_d − m_d)/s_d)² − Σ log s_d − D/2 log 2π, as a polynomial."""
    m, s = rng.normal(size=D), rng.uniform(0.5, 2.0, size=D)
    constant = -0.5 * (m / s) ** 2 - np.log(s) - 0.5 * np.log(2 * np.pi)
    c = np.stack([constant, m / s**2, -0.5 / s**2])
    return Net("polynomial", (floats(c, dtype, device), floats(0.0, dtype, device)), "a normal density")


def coefficients(log_p: Net) -> np.ndarray:
    """(3, D): what stands before 1, y_d and y_d²."""
    return exact(log_p.weights[0])
