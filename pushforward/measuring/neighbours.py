"""Measures by nearest neighbours: precision and recall, density and coverage, and what gives copies away."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch

from pushforward.errors import CourseError
from pushforward.measuring.estimate import Estimate, pair


class Shares(NamedTuple):
    """precision and density: are the fakes where the data are? recall and coverage: are the data where fakes are?"""

    precision: float
    recall: float
    density: float
    coverage: float


def distances(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """‖x_i − y_j‖ as (n, m), by differences: the faster way by products loses small distances."""
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")


def radii(x: torch.Tensor, k: int) -> torch.Tensor:
    """The distance of each x_i to its k-th nearest other x_j; x: (n, D), k < n; returns (n,)."""
    if not 1 <= k < len(x):
        raise CourseError(f"A {k}-th nearest neighbour among {len(x) - 1} others does not exist.")
    return distances(x, x).fill_diagonal_(0).kthvalue(k + 1, dim=1).values


def precision_coverage(real: torch.Tensor, fake: torch.Tensor, k: int = 5) -> Shares:
    """With the balls B(x) that reach to the k-th nearest neighbour of x within its own set,

        precision = share of fakes in some B(real)         density  = mean number of B(real) that hold a fake, over k
        recall    = share of reals in some B(fake)         coverage = share of B(real) that hold some fake

    real: (n, …); fake: (m, …). Equal laws: coverage is near 1 − ½ᵏ at n = m (0.97 at k = 5), density near 1; precision
    and recall are near 1 too, and near 1 for some bad models. Compare at equal sizes and the same k.
    (Kynkäänniemi et al. 2019; Naeem et al. 2020)
    """
    real, fake = pair(real, fake)
    apart = distances(real, fake)  # (n, m)
    inside = apart <= radii(real, k)[:, None]
    caught = apart <= radii(fake, k)[None, :]
    return Shares(
        precision=float(inside.any(0).double().mean()),
        recall=float(caught.any(1).double().mean()),
        density=float(inside.double().sum(0).mean() / k),
        coverage=float(inside.any(1).double().mean()),
    )


def nearest(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The distance of each x_i to the nearest y_j, (n,)."""
    return distances(x, y).min(1).values


def neighbour_ratio(train: torch.Tensor, fake: torch.Tensor, test: torch.Tensor) -> Estimate:
    """Mean distance of a fake to the nearest training sample, over that of a fresh real one: 0 for copies, 1 at best.

    train: (N, …); fake: (n, …); test: (m, …), real ones that are not in train. Above 1: far from the data.
    error: of the ratio, √((s_f/√n)² + (ratio · s_t/√m)²) / mean distance of the test samples, the training set fixed.
    """
    train, fake = pair(train, fake)
    _, test = pair(train, test)
    ours, real = nearest(fake, train), nearest(test, train)
    if float(real.mean()) == 0:
        raise CourseError("Every test sample stands in the training set: give fresh ones.")
    ratio = float(ours.mean() / real.mean())
    variance = ours.var() / len(ours) + ratio**2 * real.var() / len(real)
    return Estimate(ratio, float(variance.sqrt() / real.mean()), len(fake), len(test))


def shares(real: torch.Tensor, fake: torch.Tensor, k: int = 5, parts: int = 10) -> dict[str, Estimate]:
    """`precision_coverage` by name, each with its standard error.

    error: both sets are dealt into `parts` blocks, the spread between blocks is divided by √parts. (Leaving blocks out,
    as for the other measures, exaggerates here: whether one ball holds one point is no smooth function.)
    """
    real, fake = pair(real, fake)
    parts = min(parts, len(real) // (k + 1), len(fake) // (k + 1))
    if parts < 2:
        raise CourseError(f"Standard errors at k = {k} need {2 * (k + 1)} samples of each kind at least.")
    rng = np.random.default_rng(0)
    dealt = [torch.from_numpy(rng.permutation(len(x)) % parts) for x in (real, fake)]
    blocks = [precision_coverage(real[dealt[0] == b], fake[dealt[1] == b], k) for b in range(parts)]
    values, errors = precision_coverage(real, fake, k), np.std(blocks, axis=0, ddof=1) / parts**0.5
    told = zip(Shares._fields, values, errors.tolist(), strict=True)
    return {name: Estimate(value, error, len(real), len(fake)) for name, value, error in told}
