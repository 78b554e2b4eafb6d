"""What several exercises of 08_vae share: a decoder with known weights, and what it says, in numpy and float64."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import log_softmax

from autograder.judging.compare import exact
from autograder.judging.domain import Place
from autograder.judging.draw import floats
from autograder.judging.exercise import Mistake, wrong
from pushforward.answering.wire import Net

L = 17
LOG_2PI = math.log(2 * math.pi)
SQUARES = (  # what becomes of a variance, in words
    "E mu² − (E mu)² is right on paper. Far from 0 both are large, and their difference has lost its digits: take the mean "
    "off first."
)


@dataclass(frozen=True)
class Pixels:
    """log p(level k at pixel i | z) = k-th of log_softmax(W_i z + b_i).   W: (P, 17, d); b: (P, 17)."""

    W: np.ndarray
    b: np.ndarray

    def table(self, z: np.ndarray) -> np.ndarray:
        """log p of every level, (…, P, 17)."""
        return log_softmax(self.said(z), axis=-1)

    def said(self, z: np.ndarray) -> np.ndarray:
        return np.einsum("pld,...d->...pl", self.W, z) + self.b

    def log_p(self, z: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """log p of the level of each pixel, (…, P)."""
        index = np.broadcast_to(levels, (*z.shape[:-1], levels.shape[-1]))[..., None]
        return np.take_along_axis(self.table(z), index, -1)[..., 0]

    def slope(self, z: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """d log p(x | z) / d z, (B, d): of each pixel the row of its level, less the mean row."""
        own = self.W[np.arange(len(self.W)), levels]  # (B, P, d)
        return (own - np.einsum("bpl,pld->bpd", np.exp(self.table(z)), self.W)).sum(1)

    def rough(self, z: np.ndarray) -> np.ndarray:
        """How large the numbers are that a sound computation of log p(x | z) rounds, (…)."""
        largest = np.einsum("pld,...d->...pl", abs(self.W), abs(z)) + abs(self.b)
        return largest.max(-1).sum(-1) + 3 * len(self.W)


def drawn(rng: np.random.Generator, P: int, d: int, steep: float = 1.0) -> Pixels:
    """A decoder with weights of the size of `steep`, which float32 holds exactly."""
    W, b = steep * rng.normal(size=(P, L, d)), rng.normal(size=(P, L))
    return Pixels(*(part.astype(np.float32).astype(np.float64) for part in (W, b)))


def net(of: str, pixels: Pixels, dtype: torch.dtype, device: str = "cpu") -> Net:
    """The same as an argument. of: "level_log_p" or "level_table"."""
    weights = tuple(floats(part, dtype, device) for part in (pixels.W, pixels.b))
    return Net(of, weights, f"a decoder from {pixels.W.shape[2]} latents to {len(pixels.W)} pixels")


def net_of(of: str, place: Place, steep: float = 1.0) -> Net:
    """One of the sizes of that place, P and d."""
    return net(of, drawn(place.rng, place.sizes["P"], place.sizes["d"], steep), place.dtype, place.device)


def pixels_of(net: Net) -> Pixels:
    """What a net's weights say."""
    return Pixels(*(exact(part) for part in net.weights))


def levels_of(rng: np.random.Generator, B: int, P: int, device: str = "cpu") -> torch.Tensor:
    return torch.tensor(rng.integers(L, size=(B, P)), device=device)


def half_of_the_constant(less: Callable[[Callable[[int, float], float]], dict[str, Callable]]) -> Mistake:
    """A loss that lacks a part of −log N(x; mean, s² I). less: of cost(D, s), gives the loss that is too low by it."""
    return wrong(
        "half of the constant",
        less(lambda D, s: D * math.log(s)),
        "The constant is D/2 log 2π + D log s, both for each of the D pixels. A part of it is missing.",
        also=(
            less(lambda D, s: D / 2 * LOG_2PI),
            less(lambda D, s: (D - 1) * (LOG_2PI / 2 + math.log(s))),
        ),
    )
