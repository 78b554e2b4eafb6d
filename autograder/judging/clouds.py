"""Clouds of points: drawn for a probe, and as the domain of an argument."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from autograder.judging.domain import Made, Place
from autograder.judging.draw import floats


def cloud(rng: np.random.Generator, n: int, D: int, dtype: torch.dtype, device: str = "cpu") -> torch.Tensor:
    """Normal points (n, D) with another centre and another width in every column."""
    return floats(rng.normal(size=D) + rng.normal(size=(n, D)) * np.exp(0.5 * rng.normal(size=D)), dtype, device)


def clouds(size: str, scales: tuple[float, ...] = (1e-3, 1e3), shifts: tuple[float, ...] = (5.0,)) -> Made:
    """An argument of points (size, D) without ties; corners of it are very small, very wide and far from the origin."""

    def made(place: Place, scale: float = 1.0, shift: float = 0.0) -> torch.Tensor:
        n, D = place.sizes[size], place.sizes["D"]
        return place.tensor(scale * place.rng.normal(size=(n, D)) + shift)

    def scaled(scale: float) -> Callable[[Place], torch.Tensor]:
        return lambda place: made(place, scale=scale)

    def shifted(shift: float) -> Callable[[Place], torch.Tensor]:
        return lambda place: made(place, shift=shift)

    return Made(made, (*map(scaled, scales), *map(shifted, shifts)), (f"({size}, D)",))
