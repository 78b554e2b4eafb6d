"""What several exercises of 16_ddpm share: denoisers that the judge answers itself, as callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import EPSILON, kind_of, values
from autograder.judging.domain import Made
from pushforward.answering.wire import Plain

Denoiser = Callable[[np.ndarray, np.ndarray], np.ndarray]  # x_t (B, …) and t (B, 1, …) to a guess of eps


def smooth(place: Any = None) -> Denoiser:
    """A denoiser that depends on x_t and on t, differently at each time, and is exact for nothing."""
    return lambda x, t: (0.5 + 0.3 * np.cos(t)) * x + 0.4 * np.sin(0.7 * t)


def bent(place: Any = None) -> Denoiser:
    return lambda x, t: np.tanh(x) * np.cos(0.9 * t)


MODEL = Made(smooth, (smooth, bent), says=("takes x_t (B, …) and t (B,)", "gives eps (B, …)"))


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


def bars_of(beta: np.ndarray) -> np.ndarray:
    """ᾱ_0 = 1, ᾱ_1, …, ᾱ_T in float64."""
    return np.concatenate([[1.0], np.cumprod(1 - beta)])
