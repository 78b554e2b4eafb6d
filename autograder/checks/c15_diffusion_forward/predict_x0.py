"""diffusion.predict_x0: x0 = (x_t − √(1 − alpha_bar_t) eps) / √alpha_bar_t, q_sample solved for x0."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import (
    SIZES,
    STEPS,
    Shares,
    alpha_bars,
    at_steps,
    each_step,
    factors,
    late,
    per_item,
    random_betas,
    random_steps,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

KEPT = Shares(ends="(]", reach=(1e-30, 1.0))  # a thousand steps leave less than any usual floor


def _recover(xt, t, eps, bars, *, root=True, noise=None, sign=-1.0):
    return _recovered_at(t - 1, xt, t, eps, bars, root=root, noise=noise, sign=sign)


def _recovered_at(index, xt, t, eps, bars, *, root=True, noise=None, sign=-1.0):
    bar = bars[index]
    spread = (1 - bar).sqrt() if noise is None else noise(bar)
    return (xt + sign * per_item(spread, xt) * eps) / per_item(bar.sqrt() if root else bar, xt)


def _scaled(t: torch.Tensor, bars: torch.Tensor, factor: Callable, x: torch.Tensor) -> torch.Tensor:
    return per_item(factor(bars[t - 1]), x) * x


@exercise("diffusion.predict_x0", ("predict_x0",))
class PredictX0(Exercise):
    """x0 = (x_t − √(1 − alpha_bar_t) eps) / √alpha_bar_t, q_sample solved for x0."""

    shape = gate("the result is a tensor of the shape of xt")
    solved = pays("noising the result with the same eps leads back to xt, at each item's own step", 1)

    hints = (
        "Write q_sample as an equation and solve it for x0.",
        "First take away what the noise added, then undo the scaling of the signal.",
        "Both factors are roots, taken at alpha_bar of the item's own t, which counts from 1.",
    )

    domain = {
        "predict_x0": Domain(
            {"xt": Tensor("B, ..."), "t": STEPS, "eps": Tensor("B, ..."), "alpha_bar": Tensor("T", KEPT)},
            sizes=SIZES,
            returns=Like("xt"),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape in ((2,), (3, 2), (3, 3), (3, 1, 4, 4)):
                steps = int(rng.integers(5, 12))
                bars = floats(np.array(alpha_bars(random_betas(rng, steps))[1:]), dtype, device)
                xt, eps = normal(rng, shape, dtype, device), normal(rng, shape, dtype, device)
                t = random_steps(rng, shape[0], steps, device)
                yield self.case_of("predict_x0", {"xt": xt, "t": t, "eps": eps, "alpha_bar": bars})

            for t, bars in each_step(rng, [1e-30, 1e-20, 1e-9, 1e-3, 0.5, 1 - 1e-4, 1], dtype, device):
                xt, eps = normal(rng, (len(t), 2), dtype, device), normal(rng, (len(t), 2), dtype, device)
                yield self.case_of("predict_x0", {"xt": xt, "t": t, "eps": eps, "alpha_bar": bars})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call("predict_x0", *given.values()), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.xt.shape), case.xt)
        yield self.shape(*shape)
        if not shape.ok:
            return
        xt, eps, bars = exact(case.xt), exact(case.eps), exact(case.alpha_bar)
        solved = np.empty_like(xt)
        for i, t in enumerate(case.t.tolist()):
            # q_sample is a line in x0: its value at 0 and its slope, followed back to xt[i]
            at_zero, slope = _noised(0.0, eps[i], bars[t - 1]), _noised(1.0, 0.0, bars[t - 1])
            solved[i] = (xt[i] - at_zero) / slope
        signal, noise, lost_signal, lost_noise = factors(at_steps(bars, case.t - 1, xt))
        size = abs(xt) + abs(eps) * noise  # the terms of the numerator
        lost = abs(xt) * lost_signal / signal + abs(eps) * lost_noise
        yield self.solved(*close(answer, solved, case.xt.dtype, size / signal, lost=lost / signal))

    mistakes = (
        wrong("divides by alpha_bar", lambda xt, t, eps, bars: _recover(xt, t, eps, bars, root=False), "x0 was multiplied by the root of alpha_bar: that root divides, not alpha_bar itself."),
        wrong("noise at full strength", lambda xt, t, eps, bars: _recover(xt, t, eps, bars, noise=torch.ones_like), "eps was subtracted unscaled. Only √(1 − alpha_bar_t) of it was added."),
        wrong("variance for standard deviation", lambda xt, t, eps, bars: _recover(xt, t, eps, bars, noise=lambda bar: 1 - bar), "The noise was added with its standard deviation √(1 − alpha_bar_t), not with the variance."),
        wrong("the noise is added again", lambda xt, t, eps, bars: _recover(xt, t, eps, bars, sign=1.0), "The noise was added a second time: take it away."),
        wrong("one step late", late(_recovered_at, 0), "alpha_bar[t] belongs to step t + 1: steps count from 1, tensors from 0.",
              also=(late(_recovered_at, 1), late(_recovered_at, 2))),
        wrong("half the bracket", lambda xt, t, eps, bars: xt - _scaled(t, bars, lambda bar: ((1 - bar) / bar).sqrt(), eps), "The whole bracket is divided by √alpha_bar_t, x_t and the noise alike. Here only one of them was.",
              also=(lambda xt, t, eps, bars: _scaled(t, bars, lambda bar: bar.rsqrt(), xt) - _scaled(t, bars, lambda bar: (1 - bar).sqrt(), eps),)),
        wrong("multiplies by the root", lambda xt, t, eps, bars: _scaled(t, bars, lambda bar: bar, _recover(xt, t, eps, bars)), "x0 was multiplied by √alpha_bar_t on the way to x_t: going back, divide by it.",
              also=(lambda xt, t, eps, bars: _scaled(t, bars, torch.sqrt, _recover(xt, t, eps, bars)),)),
        wrong("the factors swapped", lambda xt, t, eps, bars: _recover(xt, t, eps, 1 - bars), "√alpha_bar_t belongs to x0 and √(1 − alpha_bar_t) to eps: here they changed places."),
        wrong("clipped to the range of pictures", lambda xt, t, eps, bars: _recover(xt, t, eps, bars).clamp(-1, 1), "The result was clipped to [−1, 1]. Samplers of pictures do so afterwards; x_t = q_sample(x0) holds without it only."),
        wrong("one step for the whole batch", lambda xt, t, eps, bars: _recover(xt, t[:1].expand(len(t)), eps, bars), "Every item was led back from the step of the first one: index alpha_bar with all of t."),
        wrong("one step early", lambda xt, t, eps, bars: _recovered_at(t - 2, xt, t, eps, bars), "alpha_bar[t − 2] belongs to step t − 1: alpha_bar_t stands at index t − 1.",
              also=(lambda xt, t, eps, bars: _recovered_at((t - 2).clamp_min(0), xt, t, eps, bars),)),
    )  # fmt: skip


def _noised(x0: Any, eps: Any, bar: float) -> Any:
    return math.sqrt(bar) * x0 + math.sqrt(1 - bar) * eps
