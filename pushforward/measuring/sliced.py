"""Sliced Wasserstein distance: the earth mover on lines, where sorting solves the problem."""

from __future__ import annotations

import numpy as np
import torch

from pushforward.measuring.estimate import Estimate, measured, pair


def _quantiles(x: torch.Tensor, n: int) -> torch.Tensor:
    """The sorted columns of x at the levels (i + ½)/n: the quantile function of the samples, a step function."""
    ordered = x.sort(0).values
    at = ((torch.arange(n, dtype=torch.float64, device=x.device) + 0.5) / n * len(x)).long()
    return ordered[at]


def sliced_wasserstein(x: torch.Tensor, y: torch.Tensor, directions: int = 200, seed: int = 0) -> float:
    """√(mean over directions u of W₂²(uᵀx, uᵀy)), with W₂² on a line the mean squared difference of quantiles.

    x: (n, …); y: (m, …). Directions are drawn evenly, from the seed. Not zero between two samples of one law: divide by
    what two fresh sets of data give.   (Bonneel et al. 2015)
    """
    x, y = pair(x, y)
    drawn = np.random.default_rng(seed).normal(size=(x.shape[1], directions))
    u = torch.from_numpy(drawn / np.linalg.norm(drawn, axis=0))
    n = max(len(x), len(y))
    return float((_quantiles(x @ u, n) - _quantiles(y @ u, n)).pow(2).mean().sqrt())


def sliced(x: torch.Tensor, y: torch.Tensor) -> Estimate:
    """`sliced_wasserstein` with its standard error, by the jackknife over 10 blocks."""
    return measured(sliced_wasserstein, x, y)
