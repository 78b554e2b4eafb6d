"""Oracles for noise that is pushed forward: the sample at the quantile of its noise, and its derivatives.

Between two continuous distributions on the line there is one increasing map: each number goes to the number with the
same probability below it. Nothing here knows a formula for that map; it comes from scipy's distribution functions and
their inverses, its derivatives from differentiating the equation F(x) = Q(z; parameters) that defines it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from scipy import special, stats

LogTail = Callable[..., torch.Tensor]


@dataclass(frozen=True)
class Distribution:
    """One of scipy's distributions with its parameters. (scipy's own freezing writes a docstring each time.)"""

    family: Any
    parameters: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Callable[[Any], np.ndarray]:
        function = getattr(self.family, name)
        return lambda x: function(x, **self.parameters)


def normal(mu: Any, sigma: Any) -> Distribution:
    """N(mu, sigma²)."""
    return Distribution(stats.norm, {"loc": mu, "scale": sigma})


def lognormal(mu: Any, sigma: Any) -> Distribution:
    """The distribution of z with log z ~ N(mu, sigma²)."""
    return Distribution(stats.lognorm, {"s": sigma, "scale": np.exp(mu)})


STANDARD_NORMAL = normal(0.0, 1.0)
STANDARD_LOGNORMAL = lognormal(0.0, 1.0)


def same_quantile(x: np.ndarray, source: Distribution, target: Distribution) -> np.ndarray:
    """The number at which `target` has the probability below that `source` has below x.

    The smaller of the two tails is matched, so that nothing is lost where a distribution function rounds to 1.
    """
    below = source.cdf(x)
    with np.errstate(all="ignore"):
        return np.where(below <= 0.5, target.ppf(below), target.isf(source.sf(x)))


def deviations(x: np.ndarray, source: Distribution) -> np.ndarray:
    """The standard normal number at x's quantile, by the smaller tail's logarithm: it does not underflow."""
    below, above = source.logcdf(x), source.logsf(x)
    return np.where(below <= above, special.ndtri_exp(below), -special.ndtri_exp(above))


def normal_log_tail(side: torch.Tensor, z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """log of the probability below z (side 1) or above it (side −1) under N(mu, sigma²), for differentiating."""
    return torch.special.log_ndtr(side * (z - mu) / sigma)


def lognormal_log_tail(side: torch.Tensor, z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """The same of the log-normal; z > 0."""
    return normal_log_tail(side, z.log(), mu, sigma)


def implicit_derivatives(
    z: np.ndarray, x: np.ndarray, source: Distribution, log_tail: LogTail, mu: np.ndarray, sigma: np.ndarray
) -> dict[str, np.ndarray]:
    """∂z/∂mu, ∂z/∂sigma and ∂z/∂x of the z that cuts off the tail that x cuts off, all of the shape of z.

    With Q the logarithm of the smaller tail, ∂z/∂theta = −Q_theta / Q_z and ∂z/∂x = F'(x) / F(x) / Q_z.
    """
    below, above = source.logcdf(x), source.logsf(x)
    side = torch.tensor(np.broadcast_to(np.where(below <= above, 1.0, -1.0), z.shape).copy())
    at = [torch.tensor(np.broadcast_to(v, z.shape).astype(np.float64), requires_grad=True) for v in (z, mu, sigma)]
    by_z, by_mu, by_sigma = (g.numpy() for g in torch.autograd.grad(log_tail(side, *at).sum(), at))
    by_x = side.numpy() * np.exp(source.logpdf(x) - np.minimum(below, above))
    return {"mu": -by_mu / by_z, "sigma": -by_sigma / by_z, "x": by_x / by_z}


def normal_path(x: np.ndarray, source: Distribution, sigma: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The sample of N(0, sigma²) at x's quantile, and its derivatives by mu (at mu = 0), sigma and x.

    Every other mu shifts the sample, and exp makes a log-normal one of it; neither changes a quantile. So nothing is
    lost where sigma is small beside mu.
    """
    y = sigma * deviations(x, source)
    return y, implicit_derivatives(y, x, source, normal_log_tail, np.zeros_like(y), sigma)


def sum_to(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The sum over the axes along which something of that shape was broadcast: what a gradient does."""
    added = array.ndim - len(shape)
    stretched = tuple(i for i, n in enumerate(shape, added) if n == 1 and array.shape[i] != 1)
    return array.sum(axis=(*range(added), *stretched), keepdims=True).reshape(shape)
