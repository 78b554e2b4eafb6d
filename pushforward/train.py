"""The one training loop of the course, and how much work a demonstration or a training run may do."""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import torch
from torch import nn

from pushforward.errors import CourseError
from pushforward.waiting import with_bar

Amount = TypeVar("Amount")


def budget(full: Amount, graded: Amount, quick: Amount) -> Amount:
    """The one of three amounts (of steps, samples, …) that fits who is waiting.

    full: a student's own run; graded: stock nbgrader is marking; quick: a smoke test, where no quality is judged.
    The environment variable PUSHFORWARD_BUDGET chooses by name; without it, the run itself tells.
    """
    amounts = {"full": full, "graded": graded, "quick": quick}
    marking = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    name = os.environ.get("PUSHFORWARD_BUDGET") or ("graded" if marking else "full")
    if name not in amounts:
        raise CourseError(f"PUSHFORWARD_BUDGET is {name!r}: it can be full, graded or quick.")
    return amounts[name]


# --- the loop --------------------------------------------------------------------------------------------------


@dataclass
class History:
    """What happened: the loss of each step, and (step, loss) of each look at the validation data."""

    losses: list[float] = field(default_factory=list)
    valid: list[tuple[int, float]] = field(default_factory=list)


def train(
    step: Callable[[int], torch.Tensor | float],
    kept: nn.Module,
    steps: int,
    *,
    seed: int | None = None,
    average: float = 0.0,
    validate: Callable[[nn.Module], torch.Tensor | float] | None = None,
    every: int = 100,
    patience: int = 10,
    label: str = "training",
) -> History:
    """Call step(0), step(1), … and leave in `kept` what generalised: its moving average, the best state of it, or both.

    step: makes the optimisers' updates and returns the loss to be shown; kept: the network that is used afterwards,
    changed by step on whichever device it lives; seed: of all that is drawn on the way; average: share of the old in
    the moving average after each step (0: none); validate: a loss of the network on data that it does not see in
    training, asked for every so many steps; patience: so many looks in a row without a better one end the run.
    """
    if seed is not None:
        torch.manual_seed(seed)
    history, smooth = History(), copy.deepcopy(kept).requires_grad_(False)
    best, best_state, since = math.inf, None, 0
    bar = with_bar(range(steps), label)
    for k in bar:
        history.losses.append(_finite(step(k), k))
        _blend(smooth, kept, average)
        if k % 20 == 0:
            bar.set_postfix_str(f"loss {history.losses[-1]:.3f}", refresh=False)
        if validate is not None and (k + 1) % every == 0:
            with torch.no_grad():
                history.valid.append((k + 1, _finite(validate(smooth), k)))
            if history.valid[-1][1] < best:
                best, best_state, since = history.valid[-1][1], copy.deepcopy(smooth.state_dict()), 0
            elif (since := since + 1) == patience:
                break
    kept.load_state_dict(best_state or smooth.state_dict())
    return history


def descend(
    loss: torch.Tensor,
    optimiser: torch.optim.Optimizer,
    pace: torch.optim.lr_scheduler.LRScheduler,
    most: float = math.inf,
) -> torch.Tensor:
    """One update of all that the optimiser holds, and the pace's next rate. Returns the loss.

    most: gradients that are longer, all in one vector, are shortened to it.
    """
    optimiser.zero_grad()
    loss.backward()
    if most < math.inf:
        nn.utils.clip_grad_norm_([w for group in optimiser.param_groups for w in group["params"]], most)
    optimiser.step()
    pace.step()
    return loss


def _blend(smooth: nn.Module, now: nn.Module, average: float) -> None:
    """smooth ← average · smooth + (1 − average) · now."""
    with torch.no_grad():
        for old, new in zip(smooth.state_dict().values(), now.state_dict().values(), strict=True):
            if old.is_floating_point():
                old.lerp_(new, 1 - average)
            else:
                old.copy_(new)


def _finite(loss: torch.Tensor | float, k: int) -> float:
    value = loss.item() if isinstance(loss, torch.Tensor) else float(loss)
    if not math.isfinite(value):
        raise CourseError(
            f"The loss became {value} in step {k + 1}: try a smaller step size, or look for log(0) and 0/0."
        )
    return value
