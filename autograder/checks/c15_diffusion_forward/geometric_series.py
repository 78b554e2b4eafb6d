"""diffusion.geometric_series (long: five lines, each with mistakes of its own): From x_t = √alpha x_{t−1} + √(1 − alpha) eps_{t−1} to x_t | x_0 ~ N(√alpha^t x_0, (1 − alpha^t) I), line by line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import Shares
from autograder.judging.compare import arithmetic, exact
from autograder.judging.derivation import Line, Term, judge_chain
from autograder.judging.domain import Domain, Like, Number, Tensor, Wholes
from autograder.judging.draw import PYTHON, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, pays, wrong

ALPHA = Number(Shares(reach=(1e-6, 1.0)))


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

    domain = {
        "unroll_once": Domain(
            {"x_prev": Tensor("..."), "eps_new": Tensor("..."), "alpha": ALPHA},
            returns=dict.fromkeys(("signal", "new_noise"), Like("x_prev")),
            most=16,
            draws=2,
        ),
        "unroll_twice": Domain(
            {"x_prev2": Tensor("..."), "eps_old": Tensor("..."), "eps_new": Tensor("..."), "alpha": ALPHA},
            returns=dict.fromkeys(("signal", "old_noise", "new_noise"), Like("x_prev2")),
            most=16,
            draws=2,
        ),
        "unroll_all": Domain(
            {
                "x0": Tensor("..."),
                "eps": Tensor("t, ...", says=("eps[k] like x0", "eps[0] entered first")),
                "alpha": ALPHA,
            },
            sizes={"t": (1, 8, 50)},
            returns={"signal": Like("x0"), "noise": Like("eps")},
            most=20,
            draws=2,
        ),
        "variance_sum": Domain({"t": Number(Wholes(1)), "alpha": ALPHA}),
        "variance_closed": Domain({"t": Number(Wholes(1)), "alpha": ALPHA}),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape, lines in (((2,), (0, 1, 2)), ((2, 3), (0, 1, 2)), ((), (2,))):  # x0 may be a number in line 3
                alpha, t = float(rng.uniform(0.5, 0.95)), int(rng.integers(3, 7))
                x0, eps = normal(rng, shape, dtype, device), normal(rng, (t, *shape), dtype, device)
                yield self._path_case(x0, eps, alpha, lines)
        for t in (1, 4, int(rng.integers(5, 30))):
            alpha = float(rng.uniform(0.5, 0.95))
            yield self._variance_case(t, alpha)
        for t in (150, 1000):  # long, and yet not at its limit
            yield self._variance_case(t, 1 - float(rng.uniform(0.1, 1)) / t)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        line = list(self.domain).index(name)
        if line >= 3:
            return self._variance_case(**given, lines=(line,))
        x, *eps, alpha = given.values()
        return self._path_case(x, eps[0] if line == 2 else torch.stack(eps), alpha, (line,))

    def _variance_case(self, t: int, alpha: float, lines: tuple[int, ...] = (3, 4)) -> Case:
        asks = tuple(call(self.names[k], t, alpha).about(self.laws[k]) for k in lines)
        return case(*asks, about=tuple(self.laws[k] for k in lines), path=None, alpha=alpha, t=t, lines=lines)

    def _path_case(self, x0: torch.Tensor, eps: torch.Tensor, alpha: float, lines: tuple[int, ...] = (0, 1, 2)) -> Case:
        """Lines 1 to 3 about the same x_t: they start one step, two steps and all steps before it."""
        path = [x0]  # x_0, …, x_{t−1}
        for noise in eps[:-1]:
            path.append(math.sqrt(alpha) * path[-1] + math.sqrt(1 - alpha) * noise)
        begins = ((path[-1], eps[-1]), (*path[-2:-1], *eps[-2:]), (x0, eps))
        asks = tuple(call(self.names[k], *begins[k], alpha).about(self.laws[k]) for k in lines)
        about = tuple(self.laws[k] for k in lines)
        return case(*asks, about=about, path=path, eps=eps, alpha=alpha, t=len(eps), lines=lines)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        lines = self._unrolled(case) if case.path is not None else self._variance(case)
        dtype = PYTHON if case.path is None else case.eps.dtype
        yield from judge_chain(lines, answers, dtype, first=case.lines[0] + 1)

    # The oracle is the process itself, run with everything but one input set to zero (its impulse response).

    @staticmethod
    def _run(x: np.ndarray, noises: list[np.ndarray], alpha: float) -> np.ndarray:
        for noise in noises:
            x = math.sqrt(alpha) * x + math.sqrt(1 - alpha) * noise
        return x

    def _unrolled(self, case: Case) -> list[Line]:
        silent = [np.zeros(case.path[0].shape)] * case.t
        path, eps = [exact(x) for x in case.path], exact(case.eps)

        def alone(noises: np.ndarray) -> list[np.ndarray]:
            """What each noise becomes if it enters first and the later ones are silent."""
            return [self._run(silent[0], [e, *silent[: len(noises) - 1 - k]], case.alpha) for k, e in enumerate(noises)]

        def signal(steps: int) -> np.ndarray:
            return self._run(path[-steps], silent[:steps], case.alpha)

        whole = {0: _sum, 1: _sum, 2: lambda t: t["signal"] + t["noise"].sum(0)}
        terms = {
            0: lambda: {"signal": signal(1), "new_noise": alone(eps[-1:])[0]},
            1: lambda: dict(zip(("signal", "old_noise", "new_noise"), (signal(2), *alone(eps[-2:])), strict=True)),
            2: lambda: {"signal": signal(case.t), "noise": np.stack(alone(eps))},
        }
        return [Line(self.laws[k], _terms(case, terms[k]()), whole[k]) for k in case.lines]

    def _variance(self, case: Case) -> list[Line]:
        t, (powers, variance) = case.t, _series(case.t, case.alpha)
        series = {
            "factor": Term(1 - case.alpha, 1.0),
            "powers": Term(powers, [(1 + k) * p for k, p in enumerate(powers)]),
        }
        closed = {"variance": Term(variance, 1 + t * case.alpha**t)}
        lines = {
            3: Line(self.series, series, lambda t: t["factor"] * t["powers"].sum()),
            4: Line(self.closed, closed, lambda t: t["variance"]),
        }
        return [lines[k] for k in case.lines]

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
        wrong(
            "a standard deviation in a variance",
            {"variance_sum": lambda t, alpha: {"factor": math.sqrt(1 - alpha), "powers": [alpha**k for k in range(t)]}},
            "The factor is a variance: √(1 − alpha), which multiplies each noise, squared.",
        ),
        wrong(
            "the factor is left in the denominator",
            {"variance_closed": lambda t, alpha: {"variance": (1 - alpha**t) / (1 - alpha)}},
            "(1 − alpha^t)/(1 − alpha) is the sum of the powers alone: the factor 1 − alpha in front cancels it.",
        ),
        wrong(
            "the signal without roots",
            {
                "unroll_all": lambda x, eps, alpha: {
                    "signal": alpha ** len(eps) * x,
                    "noise": _unrolled(x, eps, alpha, lambda k, t: t - 1 - k)["noise"],
                }
            },
            "Each step multiplies the signal by √alpha: after t steps it is √alpha^t, the root of alpha^t.",
        ),
        wrong(
            "what is left, not what came in",
            {"variance_closed": lambda t, alpha: {"variance": alpha**t}},
            "alpha^t is the share of the signal that is left. The noise makes up the rest of a variance of one.",
        ),
    )


def _unrolled(x: torch.Tensor, eps: torch.Tensor, alpha: float, power: Callable[[int, int], int]) -> dict:
    t = len(eps)
    noise = [math.sqrt(1 - alpha) * math.sqrt(alpha) ** power(k, t) * e for k, e in enumerate(eps)]
    return {"signal": math.sqrt(alpha) ** t * x, "noise": torch.stack(noise)}


def _terms(case: Case, terms: dict[str, np.ndarray]) -> dict[str, Term]:
    """Each with the rounding of t products. In float32, 1 − alpha may be rounded relative to 1, too, and the root be
    taken of an alpha^t that has sunk below all normal numbers: their root is 10⁻¹⁹.
    """
    lost = case.t if case.eps.dtype == PYTHON else case.t + 1 / (1 - case.alpha)
    largest = max(float(abs(exact(given)).max(initial=0)) for given in (case.path[0], case.eps))
    return {name: Term(value, lost * abs(value) + 1e-13 * largest) for name, value in terms.items()}


def _sum(terms: dict[str, np.ndarray]) -> np.ndarray:
    return sum(terms.values())


def _series(t: int, alpha: float) -> tuple[list[float], float]:
    """1, alpha, …, alpha^(t − 1) to thirty digits, and what the process's own recursion makes of the variance."""
    with mpmath.workdps(30):
        powers, variance = [mpmath.mpf(1)], mpmath.mpf(0)
        for _ in range(t):
            powers.append(powers[-1] * alpha)
            variance = alpha * variance + (1 - mpmath.mpf(alpha))
        return [float(power) for power in powers[:t]], float(variance)
