"""diffusion.geometric_series: From x_t = √alpha x_{t−1} + √(1 − alpha) eps_{t−1} to x_t | x_0 ~ N(√alpha^t x_0, (1 − alpha^t) I), line by line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import PYTHON, normal
from autograder.judging.compare import arithmetic, exact
from autograder.judging.derivation import Line, Term, judge_chain
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, pays, wrong


@exercise(
    "diffusion.geometric_series",
    ("unroll_once", "unroll_twice", "unroll_all", "variance_sum", "variance_closed"),
    kind="derivation",
)
class GeometricSeries(Exercise):
    """From x_t = √alpha x_{t−1} + √(1 − alpha) eps_{t−1} to x_t | x_0 ~ N(√alpha^t x_0, (1 − alpha^t) I), line by line."""

    once = pays("line 1 is one step: the signal from x_{t−1} and the newest noise")
    twice = pays("line 2 puts the step before into the signal of line 1")
    all = pays("line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it")
    series = pays("line 4 is the variance of those t noises: a factor and the powers of alpha")
    closed = pays("line 5 is the closed form of the geometric series")

    hints = (
        "Replace x_{t−1} in line 1 by a whole step of its own. What multiplies that step's two terms?",
        "How many steps does eps_k still go through after it came in? Count for eps_0 and for eps_{t−1}.",
        "Independent noises: variances add, and each is the square of its factor. Then multiply the series by 1 − alpha.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape in ((2,), (2, 3)):
                alpha, t = float(rng.uniform(0.5, 0.95)), int(rng.integers(3, 7))
                x0, eps = normal(rng, shape, dtype, device), normal(rng, (t, *shape), dtype, device)
                yield self._path_case(x0, eps, alpha)
        for t in (1, 4, int(rng.integers(5, 30))):
            alpha = float(rng.uniform(0.5, 0.95))
            asks = (
                call("variance_sum", t, alpha).about(self.series),
                call("variance_closed", t, alpha).about(self.closed),
            )
            yield case(*asks, about=(self.series, self.closed), path=None, alpha=alpha, t=t)

    def _path_case(self, x0: torch.Tensor, eps: torch.Tensor, alpha: float) -> Case:
        """Lines 1 to 3 about the same x_t: they start one step, two steps and all steps before it."""
        path = [x0]  # x_0, …, x_{t−1}
        for noise in eps[:-1]:
            path.append(math.sqrt(alpha) * path[-1] + math.sqrt(1 - alpha) * noise)
        asks = (
            call("unroll_once", path[-1], eps[-1], alpha).about(self.once),
            call("unroll_twice", path[-2], eps[-2], eps[-1], alpha).about(self.twice),
            call("unroll_all", x0, eps, alpha).about(self.all),
        )
        return case(*asks, about=(self.once, self.twice, self.all), path=path, eps=eps, alpha=alpha, t=len(eps))

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.path is not None:
            yield from judge_chain(self._unrolled(case), answers, case.eps.dtype)
        else:
            yield from judge_chain(self._variance(case), answers, PYTHON, first=4)

    # The oracle is the process itself, run with everything but one input set to zero (its impulse response).

    @staticmethod
    def _run(x: np.ndarray, noises: list[np.ndarray], alpha: float) -> np.ndarray:
        for noise in noises:
            x = math.sqrt(alpha) * x + math.sqrt(1 - alpha) * noise
        return x

    def _unrolled(self, case: Case) -> list[Line]:
        eps, path = exact(case.eps), [exact(x) for x in case.path]
        silent = [0 * path[0]] * case.t

        def alone(noises: np.ndarray) -> list[np.ndarray]:
            """What each noise becomes if the others are silent."""
            rest = silent[: len(noises) - 1]
            return [self._run(silent[0], [*rest[:k], e, *rest[k:]], case.alpha) for k, e in enumerate(noises)]

        def signal(steps: int) -> np.ndarray:
            return self._run(path[-steps], silent[:steps], case.alpha)

        old, new = alone(eps[-2:])
        noise = np.stack(alone(eps))
        twice = {"signal": Term(signal(2)), "old_noise": Term(old), "new_noise": Term(new)}
        all = {
            "signal": Term(signal(case.t), case.t * abs(signal(case.t))),
            "noise": Term(noise, case.t * abs(noise)),
        }
        return [
            Line(self.once, {"signal": Term(signal(1)), "new_noise": Term(new)}, lambda t: sum(t.values())),
            Line(self.twice, twice, lambda t: sum(t.values())),
            Line(self.all, all, lambda t: t["signal"] + t["noise"].sum(0)),
        ]

    def _variance(self, case: Case) -> list[Line]:
        powers = [float(Fraction(case.alpha) ** k) for k in range(case.t)]
        variance = 0.0
        for _ in range(case.t):
            variance = case.alpha * variance + (1 - case.alpha)
        series = {"factor": Term(1 - case.alpha, 1.0), "powers": Term(powers, [case.t * p for p in powers])}
        return [
            Line(self.series, series, lambda t: t["factor"] * t["powers"].sum()),
            Line(self.closed, {"variance": Term(variance, float(case.t))}, lambda t: t["variance"]),
        ]

    mistakes = (
        wrong(
            "alpha where its root belongs",
            {"unroll_once": lambda x, new, alpha: {"signal": alpha * x, "new_noise": (1 - alpha) * new}},
            "Line 1 scales by alpha and 1 − alpha. Those are variances: the variables are scaled by their roots.",
        ),
        wrong(
            "the old noise has not shrunk",
            {
                "unroll_twice": lambda x, old, new, alpha: {
                    "signal": alpha * x,
                    "old_noise": math.sqrt(1 - alpha) * old,
                    "new_noise": math.sqrt(1 - alpha) * new,
                }
            },
            "The older noise sits inside x_{t−1}, so the factor √alpha of the last step multiplies it too.",
        ),
        wrong(
            "only one root of alpha on the signal",
            {
                "unroll_twice": lambda x, old, new, alpha: {
                    "signal": math.sqrt(alpha) * x,
                    "old_noise": math.sqrt(alpha * (1 - alpha)) * old,
                    "new_noise": math.sqrt(1 - alpha) * new,
                }
            },
            "Two steps multiply the signal by √alpha twice.",
        ),
        wrong(
            "the noises in reverse order",
            {"unroll_all": lambda x, eps, alpha: _unrolled(x, eps, alpha, lambda k, t: k)},
            "eps_0 enters first and is shrunk by all the later steps; eps_{t−1} enters last and is shrunk by none.",
        ),
        wrong(
            "one power too many",
            {"unroll_all": lambda x, eps, alpha: _unrolled(x, eps, alpha, lambda k, t: t - k)},
            "The step in which a noise enters does not shrink it: eps_k passes t − 1 − k later steps.",
        ),
        wrong(
            "powers of the root",
            {"variance_sum": lambda t, alpha: {"factor": 1 - alpha, "powers": [alpha ** (k / 2) for k in range(t)]}},
            "A factor √alpha^k on a variable is alpha^k on its variance.",
        ),
        wrong(
            "the series starts at alpha",
            {"variance_sum": lambda t, alpha: {"factor": 1 - alpha, "powers": [alpha ** (k + 1) for k in range(t)]}},
            "The newest noise has not shrunk at all: the first power is alpha⁰ = 1.",
        ),
        wrong(
            "the power outside",
            {"variance_closed": lambda t, alpha: {"variance": (1 - alpha) ** t}},
            "(1 − alpha)^t is the product of t factors; the sum of the series is 1 − alpha^t.",
        ),
        wrong(
            "the last power is off by one",
            {"variance_closed": lambda t, alpha: {"variance": 1 - alpha ** (t - 1)}},
            "A series of t terms, from alpha⁰ to alpha^{t−1}, telescopes to 1 − alpha^t.",
            also=({"variance_closed": lambda t, alpha: {"variance": 1 - alpha ** (t + 1)}},),
        ),
    )


def _unrolled(x: torch.Tensor, eps: torch.Tensor, alpha: float, power: Callable[[int, int], int]) -> dict:
    t = len(eps)
    noise = [math.sqrt(1 - alpha) * math.sqrt(alpha) ** power(k, t) * e for k, e in enumerate(eps)]
    return {"signal": math.sqrt(alpha) ** t * x, "noise": torch.stack(noise)}
