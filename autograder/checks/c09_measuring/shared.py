"""What several exercises of 09_measuring share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import Verdict, exact, kind_of, number, show
from autograder.judging.domain import Made, Place
from autograder.judging.draw import floats

SMALL = 1e-3  # two distances that are to be told apart differ by this share at least: float32 keeps the order


def parts_of(answer: Any, names: tuple[str, ...]) -> dict[str, float] | None:
    """The answer's numbers by name if it is a dictionary of just these numbers, else None."""
    if not isinstance(answer, dict) or set(answer) != set(names):
        return None
    found = {name: number(answer[name]) for name in names}
    return None if None in found.values() else found


def has_parts(answer: Any, names: tuple[str, ...]) -> Verdict:
    """Whether it is a dictionary of these numbers."""
    ok = parts_of(answer, names) is not None
    came = f"a dict with {show(sorted(answer))}" if isinstance(answer, dict) else kind_of(answer)
    return Verdict(ok, f"a dict of the numbers {', '.join(names)}", came)


def differing(names: list[str]) -> str:
    """Which numbers are not as they should be: "bias differs", "error and bias differ"."""
    *others, last = names or [""]
    listed = f"{', '.join(others)} and {last} differ" if others else f"{last} differs"
    return listed if last else ""


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
