"""Networks with known weights: made at random, and computed once more in numpy, with what their layers round."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import exact
from autograder.judging.domain import Made, Place
from autograder.judging.draw import floats
from pushforward.answering.wire import Net


def network(
    rng: np.random.Generator,
    sizes: tuple[int, ...],
    dtype: torch.dtype,
    device: str,
    gain: float = 1.0,
    label: str = "",
) -> Net:
    """A tanh network with these widths."""
    weights: list[torch.Tensor] = []
    for ins, outs in pairwise(sizes):
        weights.append(floats(gain * rng.normal(size=(outs, ins)) / np.sqrt(ins), dtype, device))
        weights.append(floats(0.3 * rng.normal(size=outs), dtype, device))
    return Net("mlp", tuple(weights), label or f"a network from {sizes[0]} to {sizes[-1]}")


def linear(matrix: Any, bias: Any, dtype: torch.dtype, label: str) -> Net:
    """v ↦ matrix v + bias, as a network of one layer: for questions that can be done by hand."""
    return Net("mlp", (floats(matrix, dtype), floats(bias, dtype)), label)


def takes_and_gives(ins: str, outs: str, *says: str, times: int = 1) -> Made:
    """A network between sizes of the domain ("d", or "D + d" for both side by side); times: so many outputs of each."""

    def make(place: Place) -> Net:
        first = sum(place.sizes[name.strip()] for name in ins.split("+"))
        return network(place.rng, (first, 5, times * place.sizes[outs]), place.dtype, place.device)

    return Made(make, (make,), says=says)


def forward(net: Net, x: np.ndarray) -> np.ndarray:
    """What it gives, in float64."""
    layers = [exact(weight) for weight in net.weights]
    for k in range(0, len(layers), 2):
        x = (np.tanh(x) if k else x) @ layers[k].T + layers[k + 1]
    return x


def rough_of(net: Net, size: np.ndarray) -> np.ndarray:
    """What is rounded on the way, where the input is rounded relative to `size`; tanh is no steeper than 1."""
    layers = [abs(exact(weight)) for weight in net.weights]
    for k in range(0, len(layers), 2):
        size = (size + 1 if k else size) @ layers[k].T + layers[k + 1]
    return size
