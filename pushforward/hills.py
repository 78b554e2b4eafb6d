"""Two hills of unequal weight, and by how much a chain of normal steps misses them: on grids, nothing is sampled."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

# step_moments(x, before, sigma, weights, means, s), mean and variance of x_{t−1} given x_t = x: see notebook 16
Moments = Callable[..., tuple[torch.Tensor, torch.Tensor]]

WEIGHTS = torch.tensor([1 / 3, 2 / 3], dtype=torch.float64)
MEANS = torch.tensor([-1.0, 1.0], dtype=torch.float64)
WIDTH = 0.3
_POINTS = 301  # of each grid: its steps are finer than any normal density that is summed over it


def density(x: torch.Tensor, added: float = 0.0) -> torch.Tensor:
    """Of the data after noise of variance `added`: Σ_k w_k N(x; m_k, 0.3² + added)."""
    hills = torch.distributions.Normal(MEANS, math.sqrt(WIDTH**2 + added))
    return hills.log_prob(x[:, None]).exp() @ WEIGHTS


def ends(sigma: float, T: int, step_moments: Moments, right_start: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """A grid and the density on it of x_0, where x_T ~ N(0, T sigma²) and each step back is normal with those moments.

    right_start: x_T has the density that the data have after T steps of noise.
    """
    x = _grid(T * sigma**2)
    start = torch.distributions.Normal(0.0, math.sqrt(T) * sigma)
    p = density(x, T * sigma**2) if right_start else start.log_prob(x).exp()
    for t in range(T, 0, -1):
        before = (t - 1) * sigma**2
        mean, variance = step_moments(x, before, sigma, WEIGHTS, MEANS, WIDTH)
        y = _grid(before)
        p = torch.distributions.Normal(mean, variance.sqrt()).log_prob(y[:, None]).exp() @ p * (x[1] - x[0])
        x = y
    return x, p


def missed(sigma: float, T: int, step_moments: Moments, right_start: bool = False) -> float:
    """KL(data ‖ end of the chain) in nats."""
    x, p = ends(sigma, T, step_moments, right_start)
    q = density(x)
    return float((q * (q.clamp_min(1e-300).log() - p.clamp_min(1e-300).log())).sum() * (x[1] - x[0]))


def _grid(added: float) -> torch.Tensor:
    reach = 1.8 + 6 * math.sqrt(WIDTH**2 + added)
    return torch.linspace(-reach, reach, _POINTS, dtype=torch.float64)
