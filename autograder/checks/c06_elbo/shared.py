"""What several exercises of 06_elbo share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import EPSILON, FACTOR
from autograder.oracles import gaussians

PYTHON = torch.float64  # the type of Python's own floats


SINGLE = torch.float32  # that of torch.tensor(s) for a Python float s, whatever the type of x: precise enough here


LOG_2PI = math.log(2 * math.pi)


BENT = 3e-9  # torch's softplus is linear beyond 20, where it is wrong by e⁻²⁰ = 2·10⁻⁹


def normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: torch.dtype, device: str) -> torch.Tensor:
    return torch.tensor(rng.normal(size=shape), dtype=dtype, device=device)


def random_spread(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    dtype: torch.dtype,
    device: str,
    low: float = 0.2,
    high: float = 2.0,
) -> torch.Tensor:
    """Positive numbers, even on a logarithmic scale."""
    drawn = np.exp(rng.uniform(math.log(low), math.log(high), size=shape))
    return torch.tensor(drawn, dtype=dtype, device=device)


def has_keys(answer: Any, wanted: tuple[str, ...]) -> bool:
    return isinstance(answer, dict) and answer.keys() == set(wanted)


def allowing(slack: Any, dtype: torch.dtype) -> Any:
    """The scale that lets `slack` pass as it is, whatever the type's precision."""
    return slack / (FACTOR * EPSILON[str(dtype).removeprefix("torch.")])


def kl_by_quadrature(mu: np.ndarray, sigma: np.ndarray, prior_mu: np.ndarray, prior_sigma: np.ndarray) -> float:
    rows = zip(mu, sigma, prior_mu, prior_sigma, strict=True)
    return sum(gaussians.kl(m, s**2, pm, ps**2) for m, s, pm, ps in rows)


NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
