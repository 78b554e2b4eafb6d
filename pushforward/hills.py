"""Two hills of unequal weight, and by how much a chain of normal steps misses them: on grids, nothing is sampled."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

# step_moments(x, before, sigma, weights, means, s), mean and variance of x_{t−1} given x_t = x: see notebook 16
Moments = Callable[..., tuple[torch.Tensor, torch.Tensor]]

WEIGHTS = torch.tensor([1 / 3, 2 / 3], dtype=torch.float64, device="cpu")  # whatever the default device is
MEANS = torch.tensor([-1.0, 1.0], dtype=torch.float64, device="cpu")
WIDTH = 0.3
_POINTS = 301  # of each grid: its steps are finer than any normal density that is summed over it


def density(x: torch.Tensor, added: float = 0.0) -> torch.Tensor:
    """Of the data after noise of variance `added`: Σ_k w_k N(x; m_k, 0.3² + added)."""
    return _normal(x[:, None], MEANS, WIDTH**2 + added) @ WEIGHTS


def ends(sigma: float, T: int, step_moments: Moments, right_start: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """A grid and the density on it of x_0, where x_T ~ N(0, T sigma²) and each step back is normal with those moments.

    right_start: x_T has the density that the data have after T steps of noise.
    """
    x = _grid(T * sigma**2)
    p = density(x, T * sigma**2) if right_start else _normal(x, 0.0, T * sigma**2)
    for t in range(T, 0, -1):
        before = (t - 1) * sigma**2
        mean, variance = step_moments(x, before, sigma, WEIGHTS, MEANS, WIDTH)
        y = _grid(before)
        p = _normal(y[:, None], mean, variance) @ p * (x[1] - x[0])
        x = y
    return x, p


def missed(sigma: float, T: int, step_moments: Moments, right_start: bool = False) -> float:
    """KL(data ‖ end of the chain) in nats."""
    x, p = ends(sigma, T, step_moments, right_start)
    q = density(x)
    return float((q * (q.clamp_min(1e-300).log() - p.clamp_min(1e-300).log())).sum() * (x[1] - x[0]))


def _normal(x: torch.Tensor, mean: torch.Tensor | float, variance: torch.Tensor | float) -> torch.Tensor:
    """The density N(x; mean, variance)."""
    return torch.exp(-((x - mean) ** 2) / (2 * variance)) / (2 * math.pi * variance) ** 0.5


def _grid(added: float) -> torch.Tensor:
    reach = 1.8 + 6 * math.sqrt(WIDTH**2 + added)
    return torch.linspace(-reach, reach, _POINTS, dtype=torch.float64, device="cpu")
