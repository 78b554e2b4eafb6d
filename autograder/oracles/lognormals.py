"""Oracles for the log-normal by quadrature of its density; no error function in here. Everything in float64."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_FAR = 9.0  # deviations, beyond which less than 10⁻¹⁸ lies
_LEGENDRE = np.polynomial.legendre.leggauss(80)  # to 15 digits for the smooth integrands below, as far out as that
_HERMITE = np.polynomial.hermite_e.hermegauss(20)  # exact for polynomials in log z up to degree 39


def log_density(z: Any, mu: Any, sigma: Any) -> Any:
    """log q(z) of the log-normal, z > 0."""
    return -(((np.log(z) - mu) / sigma) ** 2) / 2 - np.log(z * sigma * math.sqrt(2 * math.pi))


def cdf(a: np.ndarray, mu: float, sigma: float) -> np.ndarray:
    """Q(a) = ∫ q(z) dz up to a: a half up to the median e^mu, and from there by quadrature in log z. 0 for a ≤ 0."""
    a = np.asarray(a, dtype=np.float64)
    positive = np.where(a > 0, a, 1.0)
    end = np.clip(np.log(positive), mu - _FAR * sigma, mu + _FAR * sigma)
    part = _integral(lambda u: np.exp(log_density(np.exp(u), mu, sigma) + u), mu, end)
    return np.where(a > 0, 0.5 + part, 0.0)


def normal_cdf(t: np.ndarray) -> np.ndarray:
    """F(t) of N(0, 1): a half up to 0, and from there by quadrature of the density."""
    end = np.clip(np.asarray(t, np.float64), -_FAR, _FAR)
    return 0.5 + _integral(lambda u: np.exp(-(u**2) / 2) / math.sqrt(2 * math.pi), 0.0, end)


def kl(mu: float, sigma: float, prior_mu: float, prior_sigma: float) -> float:
    """KL(LogN(mu, sigma²) ‖ LogN(prior_mu, prior_sigma²)) in nats: E_q[log q − log p] by quadrature in log z.

    Both densities are taken in log z (with their factor 1/z they would be lost in e^mu), at log z = mu + sigma node.
    """
    nodes, weights = _HERMITE
    away = (mu - prior_mu + sigma * nodes) / prior_sigma
    log_ratio = (away**2 - nodes**2) / 2 + math.log(prior_sigma) - math.log(sigma)
    return float(weights @ log_ratio / weights.sum())


def _integral(f: Any, start: float, end: np.ndarray) -> np.ndarray:
    nodes, weights = _LEGENDRE
    half = (end - start) / 2
    return half * (f(start + half[..., None] * (1 + nodes)) @ weights)
