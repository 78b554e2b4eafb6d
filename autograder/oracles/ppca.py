"""Oracles for the linear VAE: z ~ N(0, I), x | z ~ N(W z + b, s² I), q(z | x) = N(V (x − b), diag sigma²).

All as averages over data with mean b and covariance S, in nats; numpy, float64.
"""

from __future__ import annotations

import math

import numpy as np

LOG_2PI = math.log(2 * math.pi)


def log_likelihood(S: np.ndarray, W: np.ndarray, s: float) -> float:
    """−½ (D log 2π + log det C + tr C⁻¹S) with C = W Wᵀ + s² I."""
    C = W @ W.T + s**2 * np.eye(len(S))
    return -0.5 * (len(S) * LOG_2PI + float(np.linalg.slogdet(C)[1]) + float(np.trace(np.linalg.solve(C, S))))


def greatest(S: np.ndarray, d: int, s: float) -> float:
    """The largest log-likelihood of any W with d columns: the d largest eigenvalues of S are met, if above s²."""
    spectrum = np.linalg.eigvalsh(S)[::-1]
    met = np.where(np.arange(len(S)) < d, np.maximum(spectrum, s**2), s**2)
    return -0.5 * float((LOG_2PI + np.log(met) + spectrum / met).sum())


def bound(S: np.ndarray, W: np.ndarray, V: np.ndarray, sigma: np.ndarray, s: float) -> float:
    """The average ELBO: reconstruction by way of the error (I − W V)(x − b) and the noise W sigma eps, less the KL."""
    D = len(S)
    left = np.eye(D) - W @ V
    error = float(np.trace(left @ S @ left.T)) + float((sigma**2 * (W**2).sum(0)).sum())
    codes = np.einsum("ij,jk,ik->i", V, S, V)
    kl = 0.5 * float((sigma**2 + codes - 1 - 2 * np.log(sigma)).sum())
    return -0.5 * D * (LOG_2PI + 2 * math.log(s)) - error / (2 * s**2) - kl
