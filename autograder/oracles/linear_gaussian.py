"""Oracles for the model z ~ N(0, I), x | z ~ N(W z + b, s² I): joint, marginal and posterior are normal and known.

Everything in float64 and for one x of shape (D,), by way of the joint covariance of z and x; W is (D, d).
"""

from __future__ import annotations

import math

import numpy as np


def log_evidence(x: np.ndarray, W: np.ndarray, b: np.ndarray, s: float) -> float:
    """log p(x), the marginal N(b, W Wᵀ + s² I)."""
    covariance = W @ W.T + s**2 * np.eye(len(x))
    return log_normal(x, b, covariance)


def posterior(x: np.ndarray, W: np.ndarray, b: np.ndarray, s: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and covariance (d, d) of z given x, by conditioning the joint normal of (z, x)."""
    gain = np.linalg.solve(W @ W.T + s**2 * np.eye(len(x)), W).T
    return gain @ (x - b), np.eye(W.shape[1]) - gain @ W


def log_normal(x: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> float:
    """log N(x; mean, covariance) with a full covariance."""
    residual = x - mean
    log_det = float(np.linalg.slogdet(covariance)[1])
    return -0.5 * (float(residual @ np.linalg.solve(covariance, residual)) + log_det + len(x) * math.log(2 * math.pi))


def kl(mean_q: np.ndarray, cov_q: np.ndarray, mean_p: np.ndarray, cov_p: np.ndarray) -> float:
    """KL(N(mean_q, cov_q) ‖ N(mean_p, cov_p)) in nats, full covariances."""
    shift, ratio = mean_p - mean_q, np.linalg.solve(cov_p, cov_q)
    log_det = float(np.linalg.slogdet(ratio)[1])
    return 0.5 * (float(np.trace(ratio)) - len(shift) - log_det + float(shift @ np.linalg.solve(cov_p, shift)))


def cubature(d: int) -> np.ndarray:
    """2d points ±√d e_j of R^d whose plain average of a cubic polynomial is its expectation under N(0, I)."""
    axes = math.sqrt(d) * np.eye(d)
    return np.concatenate([axes, -axes])
