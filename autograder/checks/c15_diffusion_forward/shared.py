"""What several exercises of 15_diffusion_forward share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import EPSILON, kind_of, values
from autograder.judging.domain import Place, Reals, Tensor, Wholes
from autograder.judging.draw import floats
from pushforward.answering.wire import Plain

# --- what may be given -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shares(Reals):
    """Numbers between 0 and 1, in a wide place half of them near an end, on a logarithmic scale.

    An open end is never reached by rounding: 1 − 10⁻⁹ is the largest number below 1 where the type is float32.
    coarse: the least number asked in float32, where a formula has 1 − x in it and a sound answer may not survive 0/0.
    """

    low: float = 0.0
    high: float = 1.0
    reach: tuple[float, float] = (1e-9, 1.0)
    coarse: float = 0.0

    def corners(self, place: Place) -> tuple[float, ...]:
        return tuple(float(self._held(value, place)) for value in super().corners(place))

    def draw(self, place: Place, shape: tuple[int, ...]) -> np.ndarray:
        rng = place.rng
        plain = super().draw(place, shape)
        if place.wide:
            near = np.exp(rng.uniform(np.log(self.reach[0]), np.log(0.5), size=shape))
            near = np.where(rng.random(shape) < 0.5, near, 1 - near)
            plain = np.where(rng.random(shape) < 0.5, plain, near)
        return self._held(plain, place)

    def _held(self, value: Any, place: Place) -> Any:
        if place.dtype == torch.float32:
            value = np.where(np.asarray(value) == 0, 0.0, np.maximum(value, self.coarse))
        below = 1 - EPSILON[str(place.dtype).removeprefix("torch.")] / 2
        return np.minimum(value, below) if self.ends[1] == ")" else value


STEPS = Tensor("B", Wholes(1, "T"))  # each item's own time
SIZES = {"B": (1, 4), "T": (1, 12, 1000)}


# --- what is asked ---------------------------------------------------------------------------------------------


def random_betas(rng: np.random.Generator, steps: int, low: float = 0.01, high: float = 0.3) -> np.ndarray:
    return rng.uniform(low, high, size=steps)


def random_steps(rng: np.random.Generator, batch: int, last: int, device: str) -> torch.Tensor:
    """Random steps 1…last with both ends among them."""
    t = rng.integers(1, last + 1, size=batch)
    t[0], t[-1] = last, 1
    return torch.tensor(t, device=device)


def each_step(
    rng: np.random.Generator, series: list[float], dtype: torch.dtype, device: str
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """(t, values): every step of a short series, which lies near its ends; and late steps of a long one."""
    yield torch.arange(1, len(series) + 1, device=device), floats(np.array(series), dtype, device)
    long = floats(rng.uniform(0.01, 0.99, size=1000), dtype, device)
    yield torch.tensor([1000, int(rng.integers(300, 900)), 1], device=device), long


def per_item(values: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """(B,) → (B, 1, …) so that it multiplies a batch item by item."""
    return values.reshape(-1, *[1] * (like.dim() - 1))


# --- oracles ---------------------------------------------------------------------------------------------------


def precise_bars(beta: np.ndarray) -> list[mpmath.mpf]:
    """ᾱ_0 = 1, ᾱ_1, …, ᾱ_T to sixty digits, their signs exactly: nothing underflows here."""
    with mpmath.workdps(60):
        bars = [mpmath.mpf(1)]
        for b in beta.tolist():
            bars.append(bars[-1] * (1 - mpmath.mpf(b)))
        return bars


def alpha_bars(beta: np.ndarray) -> list[float]:
    """ᾱ_0 = 1, ᾱ_1, …, ᾱ_T."""
    return [float(bar) for bar in precise_bars(beta)]


def noises(beta: np.ndarray) -> list[float]:
    """1 − ᾱ_0 = 0, 1 − ᾱ_1, …, 1 − ᾱ_T, no digit lost."""
    with mpmath.workdps(60):
        return [float(1 - bar) for bar in precise_bars(beta)]


def factors(bar: np.ndarray) -> tuple[np.ndarray, ...]:
    """√ᾱ and √(1 − ᾱ), and what is rounded on the way to them (`lost` of `close`).

    That is a logarithm, or, where √ᾱ is squared again and taken from 1, the 1 itself.
    """
    signal, noise = np.sqrt(bar), np.sqrt(1 - bar)
    by_log = 1 - np.log(np.where(bar > 0, bar, 1))
    by_square = np.where(bar < 1, 1 / np.where(bar < 1, noise, 1), 0)
    return signal, noise, signal * by_log, noise * by_log + by_square


def at_steps(values: np.ndarray, t: torch.Tensor, like: np.ndarray) -> np.ndarray:
    """values[t], with trailing axes so that it multiplies a batch item by item."""
    return values[t.cpu().numpy()].reshape(-1, *[1] * (like.ndim - 1))


# --- mistakes --------------------------------------------------------------------------------------------------


def counted_from_zero(steps: int) -> tuple[Callable, ...]:
    """What indexing with t itself does at t = T: an error, the last entry by a clamp, the first by wrapping round."""
    return (lambda t: in_range(t, steps), lambda t: t.clamp_max(steps - 1), lambda t: t % steps)


def in_range(index: torch.Tensor, length: int) -> torch.Tensor:
    """The index, or the IndexError that it would raise (a GPU would give up the whole process instead)."""
    if bool((index >= length).any()):
        raise IndexError(f"index {int(index.max())} is out of bounds for dimension 0 with size {length}")
    return index


def late(at: Callable, way: int) -> Callable:
    """A function of (…, t, …, schedule) that takes t for an index, in one of the three ways."""
    return lambda *args: at(counted_from_zero(len(args[-1]))[way](time_of(args)), *args)


def time_of(args: tuple) -> torch.Tensor:
    return next(a for a in args if not a.is_floating_point())


def kinds_of(answer: Any) -> str:
    if isinstance(answer, (tuple, list)):
        return f"({', '.join(kind_of(item) for item in answer[:4])})"
    return kind_of(answer)


# --- what the judge itself answers -----------------------------------------------------------------------------

Denoiser = Callable[[np.ndarray, np.ndarray], np.ndarray]  # x_t (B, …) and t (B, 1, …) to a guess of eps, or of x0


def smooth(place: Any = None) -> Denoiser:
    """A denoiser that depends on x_t and on t, differently at each time, and is exact for nothing."""
    return lambda x, t: (0.5 + 0.3 * np.cos(t)) * x + 0.4 * np.sin(0.7 * t)


def bent(place: Any = None) -> Denoiser:
    return lambda x, t: np.tanh(x) * np.cos(0.9 * t)


def answer(model: Denoiser, args: list, kwargs: dict) -> torch.Tensor:
    """The denoiser's answer, in the type and on the device of x_t."""
    given = [*args, *kwargs.values()]
    if len(given) != 2:
        raise TypeError(f"the model takes x_t and t, and got {len(given)} arguments")
    x, t = given
    if not (isinstance(x, Plain) and x.dtype in EPSILON and len(x.shape)):
        raise TypeError(f"x_t is a tensor of shape (B, …), and came as {kind_of(x)}")
    steps = values(t)
    if steps is None or steps.shape != x.shape[:1]:
        raise TypeError(f"t is a tensor of shape {x.shape[:1]}, one time for each item, and came as {kind_of(t)}")
    got = model(x.array.astype(np.float64), steps.reshape(-1, *[1] * (len(x.shape) - 1)))
    return torch.tensor(got, dtype=getattr(torch, x.dtype), device=x.device)
