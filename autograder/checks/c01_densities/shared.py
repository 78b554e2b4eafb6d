"""What several exercises of 01_densities share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from autograder.judging.domain import Made, Place


def spread_matrix(rng: np.random.Generator, D: int, low: float = 0.5, high: float = 2.0) -> np.ndarray:
    """A symmetric positive definite matrix (D, D) whose eigenvalues lie between low² and high²."""
    axes = np.linalg.qr(rng.normal(size=(D, D)))[0]
    return (axes * np.exp(2 * rng.uniform(np.log(low), np.log(high), size=D))) @ axes.T


def covariances(says: tuple[str, ...]) -> Made:
    """An argument (D, D); corners of it are very narrow and very wide."""

    def made(scale: float = 1.0) -> Callable[[Place], torch.Tensor]:
        def matrix(place: Place) -> torch.Tensor:
            found = place.tensor(scale**2 * spread_matrix(place.rng, place.sizes["D"]))
            return (found + found.T) / 2

        return matrix

    return Made(made(), (made(1e-3), made(30.0)), says)
