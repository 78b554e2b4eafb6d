"""What several exercises of 10_gans share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import EPSILON
from autograder.judging.domain import Place, Reals, Tensor

NAN = float("nan")


@dataclass(frozen=True)
class Verdicts(Reals):
    """What a discriminator may say: between 0 and 1, in a wide place half of them near an end.

    An open end is never reached by rounding: 1 − 10⁻⁹ is the largest number below 1 where the type is float32.
    """

    low: float = 0.0
    high: float = 1.0
    reach: tuple[float, float] = (1e-6, 1.0)

    def corners(self, place: Place) -> tuple[float, ...]:
        return tuple(float(self._held(value, place)) for value in super().corners(place))

    def draw(self, place: Place, shape: tuple[int, ...]) -> np.ndarray:
        plain = super().draw(place, shape)
        if place.wide:
            near = np.exp(place.rng.uniform(math.log(self.reach[0]), math.log(0.5), size=shape))
            near = np.where(place.rng.random(shape) < 0.5, near, 1 - near)
            plain = np.where(place.rng.random(shape) < 0.5, plain, near)
        return self._held(plain, place)

    @staticmethod
    def _held(value: Any, place: Place) -> Any:
        return np.minimum(value, 1 - EPSILON[str(place.dtype).removeprefix("torch.")] / 2)


REAL = Tensor("N", Verdicts(), says=("D of real points",))
FAKE = Tensor("M", Verdicts(), says=("D of generated points",))
SIZES = {"N": (1, 6), "M": (1, 6)}


def averages(d_real: np.ndarray, d_fake: np.ndarray) -> tuple[float, float, float]:
    """E log D over real ones, E log(1 − D) over generated ones, and the size of what is rounded on the way."""
    log_real, log_fake = np.log(d_real), np.log1p(-d_fake)
    size = 1 + float(np.abs(log_real).mean() + np.abs(log_fake).mean())
    return math.fsum(log_real) / len(log_real), math.fsum(log_fake) / len(log_fake), size


def weights(place: Place, zeros: float = 0.0, axis: str = "n") -> torch.Tensor:
    """A distribution on so many values; zeros: how often one of them has no mass."""
    mass = place.rng.dirichlet(np.full(place.sizes[axis], 1.5)).clip(1e-4)
    mass = np.where(place.rng.random(len(mass)) < zeros, 0, mass)
    mass = mass if mass.any() else np.ones(len(mass))
    return place.tensor(mass / mass.sum())


def both_ways(function: Callable, names: tuple[str, ...]) -> dict[str, Callable]:
    """The same slip under several names."""
    return dict.fromkeys(names, function)
