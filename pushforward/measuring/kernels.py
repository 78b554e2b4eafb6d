"""Maximum mean discrepancy: the distance between two means in the space of a kernel."""

from __future__ import annotations

import math

import torch

from pushforward.measuring.estimate import Estimate, pair


def kernel(x: torch.Tensor, y: torch.Tensor, h: float) -> torch.Tensor:
    """k(x_i, y_j) = exp(−‖x_i − y_j‖² / 2h²), the Gaussian kernel of bandwidth h.   x: (n, D); y: (m, D); (n, m)."""
    return torch.exp(-torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").pow(2) / (2 * h**2))


def median_distance(x: torch.Tensor, y: torch.Tensor, most: int = 500) -> float:
    """The usual bandwidth: the median distance between two different samples of both sets together."""
    x, y = pair(x, y)
    return float(torch.pdist(torch.cat([x[:most], y[:most]])).median())


def mmd(x: torch.Tensor, y: torch.Tensor, h: float | None = None) -> Estimate:
    """Unbiased MMD² = Σ_{i≠j} k(x_i, x_j)/n(n−1) + Σ_{i≠j} k(y_i, y_j)/m(m−1) − 2 Σ_ij k(x_i, y_j)/nm.

    x: (n, …); y: (m, …); h: the bandwidth, by default the median distance. It may be negative.
    error: of the first order, √(Var_x/n + Var_y/m) with the variances of the witness; where both laws are equal the
    first order vanishes, and what is left is of the order of 1/n.   (Gretton et al. 2012)
    """
    x, y = pair(x, y)
    h = median_distance(x, y) if h is None else h
    within_x, within_y, across = kernel(x, x, h), kernel(y, y, h), kernel(x, y, h)
    n, m = across.shape
    mean_x, mean_y = (within_x.sum(1) - 1) / (n - 1), (within_y.sum(1) - 1) / (m - 1)  # without k(x_i, x_i) = 1
    value = mean_x.mean() + mean_y.mean() - 2 * across.mean()
    witness_x, witness_y = mean_x - across.mean(1), mean_y - across.mean(0)
    variance = 4 * (witness_x.var() / n + witness_y.var() / m)
    noise = 2 * (within_x.var() / n**2 + within_y.var() / m**2 + 2 * across.var() / (n * m))  # of the second order
    return Estimate(float(value), math.sqrt(float(variance + noise)), n, m)
