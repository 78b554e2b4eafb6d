"""What several exercises of 05_autoregressive share: causal nets that the judge answers itself, as callbacks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import EPSILON, NARROW, Verdict, kind_of
from autograder.judging.domain import Made, Place
from autograder.judging.exercise import Case
from pushforward.answering.wire import Plain
from pushforward.errors import CourseError

WHOLE = ("int64", *NARROW)


class Causal:
    """Logits of K values at every place, from all that is shown up to there: a recurrent net with fixed weights.

    shown: (B, D), whole numbers 0 … K, where K stands for the start;  gives (B, D, K).
    lift: added to all K logits of a place, and taken from those of the next, in turns.
    """

    def __init__(self, rng: np.random.Generator, K: int, width: int = 6, sharp: float = 1.5, lift: float = 0.0) -> None:
        self.K, self.lift = K, lift
        self.embedding = rng.normal(size=(K + 1, width))
        self.recur = rng.normal(size=(width, width)) / np.sqrt(width)
        self.out = sharp * rng.normal(size=(width, K))
        self.beat = rng.normal(size=width)

    def __call__(self, shown: np.ndarray) -> np.ndarray:
        state, logits = np.zeros((len(shown), self.embedding.shape[1])), []
        for d in range(shown.shape[1]):
            state = np.tanh(state @ self.recur + self.embedding[shown[:, d]] + np.sin(d * self.beat))
            logits.append(state @ self.out + self.lift * (-1) ** d)
        return np.stack(logits, axis=1)

    def conditionals(self, x: np.ndarray) -> np.ndarray:
        """p(· | x_<d) at every place, each computed from its own prefix:  (B, D) → (B, D, K)."""
        start = np.full((len(x), 1), self.K)
        rows = [self(np.concatenate([start, x[:, :d]], axis=1))[:, -1] for d in range(x.shape[1])]
        logits = np.stack(rows, axis=1)
        share = np.exp(logits - logits.max(axis=2, keepdims=True))
        return share / share.sum(axis=2, keepdims=True)


def net(place: Place) -> Causal:
    """One for K values, K being a size of the place."""
    return Causal(place.rng, place.sizes["K"])


def sure(place: Place) -> Causal:
    """One whose probabilities lie near 0 and 1."""
    return Causal(place.rng, place.sizes["K"], sharp=30.0)


NET = Made(net, (net, sure), says=("takes (B, D), int64, values 0 … K", "gives logits (B, D, K), causal"))
VALUES = Made(
    lambda place: torch.tensor(place.rng.integers(place.sizes["K"], size=(place.sizes["B"], place.sizes["D"]))),
    says=("(B, D)", "int64", "values 0 … K − 1"),
)
MANY = Made(lambda place: place.sizes["K"], says=("int ≥ 2",))


def all_rows(D: int, K: int) -> np.ndarray:
    """(K^D, D): every row there is."""
    return np.array(list(itertools.product(range(K), repeat=D)))


def reply(case: Case, args: list, kwargs: dict) -> torch.Tensor:
    """The logits of the case's net; what it was shown is noted in the case's calls."""
    given = [*args, *kwargs.values()]
    if len(given) != 1:
        raise CourseError(f"The net takes one tensor, and got {len(given)} arguments.")
    (shown,) = given
    if not (isinstance(shown, Plain) and shown.dtype in WHOLE and len(shown.shape) == 2):
        raise CourseError(f"The net takes whole numbers of shape (B, D), and got {kind_of(shown)}.")
    if shown.array.size and not 0 <= shown.array.min() <= shown.array.max() <= case.net.K:
        raise CourseError(f"The net takes values 0 … {case.net.K}, and got {shown.array.min()} … {shown.array.max()}.")
    case.calls.append(shown.array.copy())
    return torch.tensor(case.net(shown.array), device=shown.device)


def is_whole(answer: Any, shape: tuple[int, ...]) -> bool:
    """A tensor of whole numbers of that shape."""
    return isinstance(answer, Plain) and answer.kind == "tensor" and answer.dtype in WHOLE and answer.shape == shape


def has_levels(answer: Any, shape: tuple[int, ...], K: int) -> Verdict:
    """A tensor of whole numbers 0 … K − 1 of that shape."""
    whole = is_whole(answer, shape)
    within = whole and bool(((answer.array >= 0) & (answer.array < K)).all())
    beyond = f", values {answer.array.min()} … {answer.array.max()}" if whole and not within else ""
    return Verdict(within, f"an int64 tensor of shape {shape}, values 0 … {K - 1}", kind_of(answer) + beyond)


def real_reply(case: Case, args: list, kwargs: dict) -> tuple[torch.Tensor, ...]:
    """What the case's map of real numbers (B, D) gives, in the type of what it was shown; the call is noted."""
    given = [*args, *kwargs.values()]
    shown = given[0] if len(given) == 1 else None
    if not (isinstance(shown, Plain) and shown.dtype in EPSILON and len(shown.shape) == 2):
        raise CourseError(f"The net takes one tensor of shape (B, D), and got {', '.join(map(kind_of, given))}.")
    case.calls.append(shown.array.copy())
    parts = case.net(shown.array.astype(np.float64))
    return tuple(torch.tensor(part, dtype=getattr(torch, shown.dtype), device=shown.device) for part in parts)


Function = Callable[..., Any]
