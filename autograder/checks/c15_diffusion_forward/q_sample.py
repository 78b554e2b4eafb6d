"""diffusion.q_sample: x_t = √alpha_bar_t x0 + √(1 − alpha_bar_t) eps, each item of the batch at its own step."""

from __future__ import annotations

from collections.abc import Iterator
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
from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

SHARES = Shares(ends="[]", reach=(1e-6, 1.0), also=(1e-3, 1 - 1e-4))  # far from both ends too: thresholds


def _mix(x0: torch.Tensor, eps: torch.Tensor, signal: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    return per_item(signal, x0) * x0 + per_item(noise, x0) * eps


def _mixed_at(index: torch.Tensor, x0, t, eps, bars) -> torch.Tensor:
    return _mix(x0, eps, bars[index].sqrt(), (1 - bars[index]).sqrt())


@exercise("diffusion.q_sample", ("q_sample",))
class QSample(Exercise):
    """x_t = √alpha_bar_t x0 + √(1 − alpha_bar_t) eps, each item of the batch at its own step."""

    shape = gate("the result is a tensor of the shape of x0")
    adds = gate("signal and noise simply add up")
    signal = pays("x0 is scaled by the root of alpha_bar at each item's own step", 1)
    noise = pays("eps is scaled by the root of 1 − alpha_bar at each item's own step", 1)

    hints = (
        "t counts from 1 and tensors from 0: which entry of alpha_bar belongs to t?",
        "alpha_bar[…] has shape (B,). Give it trailing axes of length 1 so that it multiplies item by item.",
        "The two factors squared add up to one: check that on a number.",
    )

    domain = {
        "q_sample": Domain(
            {"x0": Tensor("B, ..."), "t": STEPS, "eps": Tensor("B, ..."), "alpha_bar": Tensor("T", SHARES)},
            sizes=SIZES,
            most=24,
            returns=Like("x0"),
        )
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(given["x0"], given["t"], given["eps"], given["alpha_bar"])

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        x0, eps = torch.tensor([2.0, 1.0]), torch.tensor([-1.0, 3.0])
        yield self._case(x0, torch.tensor([2, 1]), eps, torch.tensor([0.81, 0.64, 0.25]))
        for dtype, device in arithmetic():
            for shape in ((2,), (4,), (3, 2), (4, 4), (3, 1, 3, 3)):
                steps = int(rng.integers(6, 12))
                bars = floats(np.array(alpha_bars(random_betas(rng, steps))[1:]), dtype, device)
                t = random_steps(rng, shape[0], steps, device)
                x0, eps = normal(rng, shape, dtype, device), normal(rng, shape, dtype, device)
                yield self._case(x0, t, eps, bars)

            for t, bars in each_step(rng, [0, 1e-9, 1e-6, 1e-3, 0.5, 1 - 1e-4, 1], dtype, device):
                x0, eps = normal(rng, (len(t), 2), dtype, device), normal(rng, (len(t), 2), dtype, device)
                yield self._case(x0, t, eps, bars)

    def _case(self, x0: torch.Tensor, t: torch.Tensor, eps: torch.Tensor, bars: torch.Tensor) -> Case:
        """The signal alone, the noise alone, and both."""
        asks = (
            call("q_sample", x0, t, 0 * eps, bars).about(self.shape, self.signal),
            call("q_sample", 0 * x0, t, eps, bars).about(self.shape, self.noise),
            call("q_sample", x0, t, eps, bars).about(self.shape, self.adds),
        )
        return case(*asks, x0=x0, eps=eps, t=t, bars=bars)

    def judge(self, case: Case, signal: Any, noise: Any, both: Any) -> Iterator[Finding]:
        shapes = [has_shape(answer, tuple(case.x0.shape), case.x0) for answer in (signal, noise, both)]
        yield self.shape(*next((shape for shape in shapes if not shape.ok), shapes[0]))
        if not all(shape.ok for shape in shapes):
            return
        x0, eps, dtype = exact(case.x0), exact(case.eps), case.x0.dtype
        on_x0, on_eps, lost_x0, lost_eps = factors(at_steps(exact(case.bars), case.t - 1, x0))
        kept, added = on_x0 * x0, on_eps * eps
        lost_x0, lost_eps = lost_x0 * abs(x0), lost_eps * abs(eps)
        yield self.signal(*close(signal, kept, dtype, lost=lost_x0))
        yield self.noise(*close(noise, added, dtype, lost=lost_eps))
        total = values(signal) + values(noise)
        yield self.adds(*close(both, total, dtype, abs(kept) + abs(added), lost=lost_x0 + lost_eps))

    mistakes = (
        wrong(
            "one step late",
            late(_mixed_at, 0),
            "alpha_bar[t] is alpha_bar at step t + 1, and there is none after the last: steps count from 1, tensors from 0.",
            also=(late(_mixed_at, 1), late(_mixed_at, 2)),
        ),
        wrong(
            "the root is missing on the signal",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1], (1 - bars[t - 1]).sqrt()),
            "x0 is multiplied by alpha_bar itself. alpha_bar is a share of the variance; the factor on x0 is its root.",
        ),
        wrong(
            "variance for standard deviation",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1].sqrt(), 1 - bars[t - 1]),
            "eps is multiplied by the variance 1 − alpha_bar: its root, the standard deviation, is the factor.",
        ),
        wrong(
            "roots on neither",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1], 1 - bars[t - 1]),
            "Both factors lack their root: this interpolates, and the variance shrinks half-way.",
        ),
        wrong(
            "noise at full strength",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1].sqrt(), torch.ones_like(bars[t - 1])),
            "The noise is not scaled: with √alpha_bar on x0 the variances add up to one only with √(1 − alpha_bar) on eps.",
        ),
        wrong(
            "one step for the whole batch",
            lambda x0, t, eps, bars: bars[t[0] - 1].sqrt() * x0 + (1 - bars[t[0] - 1]).sqrt() * eps,
            "Every item was noised to the step of the first one: index alpha_bar with all of t.",
        ),
        wrong(
            "the factors add up to one",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1].sqrt(), 1 - bars[t - 1].sqrt()),
            "eps is multiplied by 1 − √alpha_bar. The squares of the two factors add up to one: √(1 − alpha_bar).",
        ),
        wrong(
            "the factors swapped",
            lambda x0, t, eps, bars: _mix(x0, eps, (1 - bars[t - 1]).sqrt(), bars[t - 1].sqrt()),
            "√alpha_bar belongs to x0 and √(1 − alpha_bar) to eps: here they changed places.",
        ),
        wrong(
            "one step early",
            lambda x0, t, eps, bars: _mixed_at(t - 2, x0, t, eps, bars),
            "alpha_bar[t − 2] is alpha_bar at step t − 1: alpha_bar_t stands at index t − 1.",
            also=(lambda x0, t, eps, bars: _mixed_at((t - 2).clamp_min(0), x0, t, eps, bars),),
        ),
        wrong(
            "multiplied up once more",
            lambda x0, t, eps, bars: _mixed_at(t - 1, x0, t, eps, bars.cumprod(0)),
            "alpha_bar is the running product already. It was taken for alpha or beta, and multiplied up again.",
            also=(lambda x0, t, eps, bars: _mixed_at(t - 1, x0, t, eps, (1 - bars).cumprod(0)),),
        ),
        wrong(
            "the noise is taken away",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1].sqrt(), -(1 - bars[t - 1]).sqrt()),
            "The noise is added in x_t; it is taken away on the way back.",
        ),
    )
