"""density.curse: points of a grid, and draws of plain Monte Carlo, against the dimension."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import close, is_number, number
from autograder.judging.domain import Domain, Number, Reals, Wholes
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

V, D = Number(Reals(0, 4, "[]", reach=(1e-9, 1.0), also=(1e-12, 1 / 3)), ("as small as 1e-12",)), Number(Wholes(1, 400))


@exercise("density.curse", ("largest_dimension", "relative_variance", "draws_needed"))
class Curse(Exercise):
    """per_axis^d points of a grid; Var/(mean)² = (1 + v)^d − 1 of a product; n = that over error²."""

    one = gate("each answer is one number")
    grid = pays("the dimension is the largest whose grid the budget pays for, to the last point", 1)
    variance = pays("the relative variance of the product is (1 + v)^d − 1", 1)
    tiny = pays("for small v the relative variance keeps its digits", 0.5)
    draws = pays("the draws are the relative variance over the square of the relative error", 1)

    apart = True
    domain = {
        "largest_dimension": Domain({"per_axis": Number(Wholes(2, None, 1000)), "budget": Number(Wholes(1, None, 10**15))}),
        "relative_variance": Domain({"v": V, "d": D}),
        "draws_needed": Domain({"v": V, "d": D, "error": Number(Reals(0, 1, "(]"))}),
    }  # fmt: skip

    hints = (
        "A budget of 1000 points pays for exactly three dimensions of ten points each. What does a logarithm in floats make of that?",
        "The factors are independent, so E f² is a product, too: of the E f_i², each of which is (1 + v) times (E f_i)².",
        "The variance of a mean of n draws is that of one draw over n. The error is a standard deviation, no variance.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        pairs = [
            (10, 1000),
            (10, 999),
            (5, 5**3),
            (3, 3**5),
            (2, 2**40),
            (2, 2**40 - 1),
            (10, 10**15),
            (7, 7**6),
            (7, 1),
            (100, 99),
            (3, 3**39 - 1),  # beyond 2⁵³ not every whole number is a float
            (7, 7**22),
        ]
        pairs += [
            (int(a), int(a) ** int(k) - int(e))
            for a, k, e in zip(rng.integers(2, 12, 8), rng.integers(2, 12, 8), [0, 1] * 4, strict=True)
        ]
        for per_axis, budget in pairs:
            yield self.case_of("largest_dimension", {"per_axis": per_axis, "budget": budget})
        for v, d in (
            (1 / 3, 1),
            (1 / 3, 10),
            (1.0, 20),
            (0.0, 5),
            (1e-9, 3),
            (1e-12, 1),
            (1e-12, 200),
            (9e-7, 400),
            (2e-7, 400),
            (0.05, 300),
        ):
            yield self.case_of("relative_variance", {"v": v, "d": d})
            yield self.case_of("draws_needed", {"v": v, "d": d, "error": float(rng.uniform(0.005, 0.2))})
        for _ in range(6):
            v, d = float(rng.uniform(0.05, 2)), int(rng.integers(2, 60))
            yield self.case_of("relative_variance", {"v": v, "d": d})
            yield self.case_of("draws_needed", {"v": v, "d": d, "error": float(rng.uniform(0.005, 0.2))})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        small = 0 < given.get("v", 0) < 1e-4
        laws = {
            "largest_dimension": self.grid,
            "relative_variance": self.tiny if small else self.variance,
            "draws_needed": self.tiny if small else self.draws,
        }
        return case(call(name, *given.values()), about=(self.one, laws[name]), law=laws[name], **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        one = is_number(answer)
        yield self.one(*one)
        if not one.ok:
            return
        if case.asks[0].of == "largest_dimension":
            right = _dimension(case.per_axis, case.budget)
            yield case.law(number(answer) == right, str(right), f"{number(answer):g}")
            return
        with mpmath.workdps(60):
            right = mpmath.mpf(1 + mpmath.mpf(case.v)) ** case.d - 1
            if case.asks[0].of == "draws_needed":
                right /= mpmath.mpf(case.error) ** 2
        # (1 + v)^d by multiplication rounds d times
        yield case.law(*close(number(answer), float(right), torch.float32, float(right) * (1 + case.d / 100)))

    mistakes = (
        wrong(
            "a logarithm of floats",
            {"largest_dimension": lambda per_axis, budget: int(math.log(budget) / math.log(per_axis))},
            "log 1000 / log 10 is 2.9999999999999996 in floats, and cut off that is 2. Whole numbers have exact powers.",
            also=({"largest_dimension": lambda per_axis, budget: math.floor(math.log2(budget) / math.log2(per_axis) - 1e-12)},),
        ),
        wrong(
            "points for each axis divided up",
            {"largest_dimension": lambda per_axis, budget: budget // per_axis},
            "A grid has per_axis points along each axis, so per_axis times per_axis in the plane: a power, no product.",
        ),
        wrong(
            "one dimension too many",
            {"largest_dimension": lambda per_axis, budget: _dimension(per_axis, budget) + 1},
            "The grid of that dimension costs more than the budget.",
        ),
        wrong(
            "variances add up",
            {
                "relative_variance": lambda v, d: d * v,
                "draws_needed": lambda v, d, error: d * v / error**2,
            },
            "The variances of a sum of independent terms add up. Here the factors are multiplied, and so are 1 + v.",
        ),
        wrong(
            "variances are multiplied",
            {
                "relative_variance": lambda v, d: v**d,
                "draws_needed": lambda v, d, error: v**d / error**2,
            },
            "It is the second moments E f² that are multiplied, 1 + v each. The variance is what exceeds 1 in the end.",
        ),
        wrong(
            "the second moment for the variance",
            {
                "relative_variance": lambda v, d: (1 + v) ** d,
                "draws_needed": lambda v, d, error: (1 + v) ** d / error**2,
            },
            "This is E f² over (E f)². The variance is E f² − (E f)²: take 1 off.",
        ),
        wrong(
            "digits lost in a difference",
            {
                "relative_variance": lambda v, d: (1 + v) ** d - 1,
                "draws_needed": lambda v, d, error: ((1 + v) ** d - 1) / error**2,
            },
            "1 + 10⁻¹² keeps four digits of the 10⁻¹². math.expm1(d * math.log1p(v)) never adds the 1.",
        ),
        wrong(
            "error, not its square",
            {"draws_needed": lambda v, d, error: math.expm1(d * math.log1p(v)) / error},
            "The error falls like 1/√n: a tenth of it takes a hundred times as many draws.",
        ),
        wrong(
            "the root of the variance",
            {"draws_needed": lambda v, d, error: math.sqrt(math.expm1(d * math.log1p(v))) / error},
            "The error's square is the relative variance over n. Solve for n, and no root is left.",
            also=({"draws_needed": lambda v, d, error: math.sqrt(math.expm1(d * math.log1p(v))) / error**2},),
        ),
        wrong(
            "a logarithm, rounded",
            {"largest_dimension": lambda per_axis, budget: round(math.log(budget) / math.log(per_axis))},
            "999 points do not pay for three dimensions of ten, however near log 999 / log 10 comes to 3.",
            also=({"largest_dimension": lambda per_axis, budget: math.floor(math.log(budget) / math.log(per_axis) + 1e-9)},
                  {"largest_dimension": lambda per_axis, budget: math.ceil(math.log(budget) / math.log(per_axis))}),
        ),
        wrong(
            "strictly less",
            {"largest_dimension": lambda per_axis, budget: _dimension(per_axis, budget - 1)},
            "A grid that costs the whole budget, to the last point, is paid for: at most, and not less than.",
        ),
        wrong(
            "one axis at least",
            {"largest_dimension": lambda per_axis, budget: max(1, _dimension(per_axis, budget))},
            "If the budget is smaller than per_axis, not even one axis can be paid: 0.",
        ),
        wrong(
            "powers of floats",
            {"largest_dimension": lambda per_axis, budget: _divided(float(budget), per_axis)},
            "Beyond 2⁵³ floats skip whole numbers: budget and powers must stay int. Use //, or ** of ints.",
        ),
        wrong(
            "the limit of small factors",
            {
                "relative_variance": lambda v, d: math.expm1(d * v),
                "draws_needed": lambda v, d, error: math.expm1(d * v) / error**2,
            },
            "(1 + v)^d is e^(dv) for tiny v only: its logarithm is d log(1 + v).",
        ),
        wrong(
            "rounded to whole draws",
            {"draws_needed": lambda v, d, error: math.ceil(_draws(v, d, error))},
            "n is asked for as a real number: neither rounded up, nor kept from going below 1.",
            also=({"draws_needed": lambda v, d, error: max(1.0, _draws(v, d, error))},),
        ),
        wrong(
            "the dimension left out",
            {"draws_needed": lambda v, d, error: v / error**2},
            "That is for a single factor. f has d of them: its relative variance is (1 + v)^d − 1.",
        ),
        wrong(
            "the variance squared, too",
            {"draws_needed": lambda v, d, error: (math.expm1(d * math.log1p(v)) / error) ** 2},
            "The relative variance is a square already: it stands over the square of the error as it is.",
        ),
        wrong(
            "two errors for one",
            {"draws_needed": lambda v, d, error: 4 * _draws(v, d, error)},
            "error is the relative standard error itself, one standard deviation of the mean.",
        ),
    )  # fmt: skip


def _dimension(per_axis: int, budget: int) -> int:
    """How often the budget can be divided by the points of an axis."""
    d = 0
    while budget >= per_axis:
        budget, d = budget // per_axis, d + 1
    return d


def _divided(budget: float, per_axis: int) -> int:
    d = 0
    while budget >= per_axis:
        budget, d = budget / per_axis, d + 1
    return d


def _draws(v: float, d: int, error: float) -> float:
    return math.expm1(d * math.log1p(v)) / error**2
