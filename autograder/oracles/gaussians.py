"""Oracles for Gaussians: Bayes' rule by precisions, divergences by quadrature. Everything in float64, one dimension."""

from __future__ import annotations

import math

import numpy as np

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(20)  # exact for polynomials up to degree 39


def condition(mean: np.ndarray, variance: float, x: np.ndarray, a: float, noise: float) -> tuple[np.ndarray, float]:
    """Posterior of z ~ N(mean, variance) after x = a z + N(0, noise) was seen, by adding precisions.

    Returns (mean, variance); a variance of 0 stays what it is. noise > 0.
    """
    if variance == 0:
        return mean, 0.0
    precision = 1 / variance + a**2 / noise
    return (mean / variance + a * x / noise) / precision, 1 / precision


def kl(mean_q: float, var_q: float, mean_p: float, var_p: float) -> float:
    """KL(N(mean_q, var_q) ‖ N(mean_p, var_p)) in nats as the expectation of log q − log p, by Gauss–Hermite
    quadrature, which is exact here: the log ratio of two normals is a polynomial of degree 2."""
    z = mean_q + math.sqrt(var_q) * _NODES
    log_q = -0.5 * (_NODES**2 + math.log(2 * math.pi * var_q))  # at the nodes themselves: (z − mean_q)² has lost digits
    return float(_WEIGHTS @ (log_q - log_normal(z, mean_p, var_p)) / _WEIGHTS.sum())


def log_normal(z: np.ndarray, mean: np.ndarray | float, variance: np.ndarray | float) -> np.ndarray:
    """log N(z; mean, variance), elementwise."""
    return -0.5 * ((z - mean) ** 2 / variance + np.log(2 * math.pi * variance))
