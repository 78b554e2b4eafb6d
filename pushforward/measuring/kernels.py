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
    error: of both orders, √(4 V_x/n + 4 V_y/m + 2 S_xx/n² + 2 S_yy/m² + 4 S_xy/nm), with V the variance of the witness
    over one sample (freed from what the other samples add to it) and S that of what is left of a kernel value without
    the means of its row and column. Where both laws are equal the first order vanishes.   (Gretton et al. 2012)
    """
    x, y = pair(x, y)
    h = median_distance(x, y) if h is None else h
    within_x, within_y, across = kernel(x, x, h), kernel(y, y, h), kernel(x, y, h)
    n, m = across.shape
    mean_x, mean_y = (within_x.sum(1) - 1) / (n - 1), (within_y.sum(1) - 1) / (m - 1)  # without k(x_i, x_i) = 1
    value = mean_x.mean() + mean_y.mean() - 2 * across.mean()
    left_x, left_y = _left(within_x, mean_x, mean_x, True), _left(within_y, mean_y, mean_y, True)
    left = _left(across, across.mean(1), across.mean(0), False)
    first_x = ((mean_x - across.mean(1)).var() - left_x / n - left / m).clamp(min=0)
    first_y = ((mean_y - across.mean(0)).var() - left_y / m - left / n).clamp(min=0)
    variance = 4 * (first_x / n + first_y / m) + 2 * left_x / n**2 + 2 * left_y / m**2 + 4 * left / (n * m)
    return Estimate(float(value), math.sqrt(float(variance)), n, m)


def _left(k: torch.Tensor, of_row: torch.Tensor, of_column: torch.Tensor, within: bool) -> torch.Tensor:
    """Mean square of k_ij without the means of row i and column j; within a sample, of i ≠ j."""
    left = (k - of_row[:, None] - of_column[None] + of_row.mean()).pow(2)
    return (left.sum() - left.trace()) / (len(k) * (len(k) - 1)) if within else left.mean()
