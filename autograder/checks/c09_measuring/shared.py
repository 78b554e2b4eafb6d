"""What several exercises of 09_measuring share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch

from autograder.judging.compare import exact

SMALL = 1e-3  # two distances that are to be told apart differ by this share at least: float32 keeps the order


def differing(names: list[str]) -> str:
    """Which numbers are not as they should be: "bias differs", "error and bias differ"."""
    *others, last = names or [""]
    listed = f"{', '.join(others)} and {last} differ" if others else f"{last} differs"
    return listed if last else ""


def apart(x: torch.Tensor, y: torch.Tensor) -> np.ndarray:
    """‖x_i − y_j‖ in float64 by differences, (n, m)."""
    return np.sqrt(((exact(x)[:, None] - exact(y)[None]) ** 2).sum(-1))


def distinct(*distances: np.ndarray) -> bool:
    """Whether no two of all these distances are so close that rounding could change their order."""
    every = np.sort(np.concatenate([d.ravel() for d in distances]))
    return bool((np.diff(every) > SMALL * 0.01 * every[1:]).all())


def upper(x: torch.Tensor) -> np.ndarray:
    """The distances between two different points of x, each once."""
    return apart(x, x)[np.triu_indices(len(x), 1)]


def until(draw: Callable[[], tuple], good: Callable[..., bool]) -> tuple:
    """Draw until it is good."""
    found: Iterator[tuple] = (drawn for drawn in iter(draw, None) if good(*drawn))
    return next(found)
