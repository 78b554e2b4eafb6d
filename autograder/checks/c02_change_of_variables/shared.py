"""What several exercises of 02_change_of_variables share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import exact
from autograder.judging.domain import Made, Place
from autograder.judging.draw import floats
from autograder.oracles.precise import Precise
from pushforward.answering.maps import MAPS
from pushforward.answering.wire import Net

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def net_of(name: str, numbers: Sequence[float], dtype: torch.dtype, device: str = "cpu") -> Net:
    """A map with scalar parameters; reports show its formula with the numbers put in."""
    weights = tuple(floats(n, dtype, device) for n in numbers)
    return Net(name, weights, MAPS[name].with_numbers(*numbers))


def in_high_precision(net: Net) -> Precise:
    """The same map in high precision, with the parameters as the student's type holds them."""
    return Precise(MAPS[net.architecture], [exact(w).tolist() for w in net.weights])


def random_signed(rng: np.random.Generator, low: float, high: float) -> float:
    """Evenly from (low, high) or from its mirror image."""
    return float(rng.uniform(low, high) * rng.choice([-1, 1]))


HAIR = mpmath.mpf(10) ** -15  # half the width of the intervals whose mass is weighed


def mass_between(base: Net, a: Any, b: Any) -> Any:
    """The base's mass between two numbers, in high precision: both are counted from the nearer tail."""
    mu, sigma = (mpmath.mpf(float(w)) for w in base.weights)
    below = mpmath.ncdf if base.architecture == "log_normal" else lambda u: 1 / (1 + mpmath.exp(-u))
    u, v = sorted(((a - mu) / sigma, (b - mu) / sigma))
    return below(-u) - below(-v) if u > 0 else below(v) - below(u)


def log_mass_around(base: Net, a: Any, b: Any, length: Any) -> float:
    """log(mass / length) of an interval so short that this is the log density in its middle."""
    return float(mpmath.log(mass_between(base, a, b) / length))


def random_matrix(rng: np.random.Generator, d: int, sign: int = 0) -> np.ndarray:
    """Invertible, condition number at most 5, not symmetric; the determinant has this sign, or either if that is 0."""
    left, right = (np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(2))
    A = left @ np.diag(rng.uniform(0.5, 2.5, size=d)) @ right
    A[0] *= np.sign(np.linalg.det(A)) * sign if sign else 1
    return A


def invertible(size: str, *phrases: str) -> Made:
    """An argument that is an invertible matrix: of any size, mirroring or not, diagonal, triangular, badly scaled."""

    def some(change: Callable[[np.random.Generator, np.ndarray], np.ndarray], sign: int = 0) -> Callable:
        def make(place: Place) -> torch.Tensor:
            return place.tensor(change(place.rng, random_matrix(place.rng, place.sizes[size], sign)))

        return make

    any_scale = some(lambda rng, A: A * 10 ** rng.uniform(-4, 4))
    uneven = some(lambda rng, A: A * 10 ** rng.uniform(-0.5, 0.5, size=(len(A), 1)))
    diagonal = some(lambda rng, A: np.diag(np.diag(A) + 2 * np.sign(np.diag(A))))
    triangular = some(lambda rng, A: np.tril(A, -1) + 2 * np.eye(len(A)))
    scales = tuple(some(lambda rng, A, scale=scale: A * scale) for scale in (1e-5, 1e5))
    mirrors = tuple(some(lambda rng, A: A, sign) for sign in (1, -1))
    says = f"({size}, {size}), invertible"
    return Made(any_scale, (*mirrors, *scales, uneven, diagonal, triangular), (says, *phrases))


def log_normal_cov(y: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """log N(y; 0, covariance) of each row, by Cholesky's factor of the covariance."""
    factor = np.linalg.cholesky(covariance)
    white = np.linalg.solve(factor, y.T)
    return -0.5 * (white**2).sum(axis=0) - np.log(np.diag(factor)).sum() - len(factor) * HALF_LOG_2PI


def log_standard_normal(z: torch.Tensor) -> torch.Tensor:
    return -(z**2).sum(-1) / 2 - z.shape[-1] * HALF_LOG_2PI


def on_support(x: torch.Tensor, inside: torch.Tensor, log_p: torch.Tensor) -> torch.Tensor:
    return torch.where(inside, log_p, torch.full_like(log_p, -math.inf))
