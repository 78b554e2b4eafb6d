"""flow.series_rest: what n terms of log det(I + J) leave out, at most D Σ_{k>n} L^k / k; the terms that are needed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np

from autograder.judging.compare import is_number, number, show
from autograder.judging.domain import Domain, Number, Reals, Wholes
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

REST, NEEDED, SLOW = NAMES = "series_rest", "terms_needed", "slow_slope"
DIGITS, NEAR, OFF = 60, 1e-6, 0.1
_L, _D = Number(Reals(0.05, 0.95, "[]")), Number(Wholes(1, 64))


def rest(L: float, D: int, n: int) -> Any:
    """D (−log(1 − L) − Σ_{k≤n} L^k / k), with so many digits that nothing cancels."""
    with mpmath.workdps(DIGITS + int(-n * math.log10(L))):
        exact = mpmath.mpf(L)
        return D * (-mpmath.log1p(-exact) - mpmath.fsum(exact**k / k for k in range(1, n + 1)))


def _tail(L: float, D: int, n: int, first: int = 1, over: bool = True, sign: int = 1) -> float:
    total, k = 0.0, n + first
    while True:
        term = L**k / (k if over else 1)
        if term < 1e-18 * abs(total) or k > n + 5000:
            return D * total
        total, k = total + sign ** (k - n - first) * term, k + 1


def _least(L: float, D: int, tolerance: float, rest_of: Any, n: int = 1, most: int = 10000) -> int:
    while rest_of(L, D, n) > tolerance and n < most:
        n += 1
    return n


@exercise("flow.series_rest", NAMES)
class SeriesRest(Exercise):
    """D Σ_{k>n} L^k / k. The oracle subtracts, with sixty digits more than cancel."""

    form = gate("a rest and a slope are numbers, a count of terms is a whole number")
    bound = pays("the rest is D times the tail of Σ L^k / k, right to six digits however small it is", 2)
    count = pays("the number of terms is the least that leaves no more than the tolerance")
    slow = pays("the witness is a slope between −1 and 1 for which n terms are off by 0.1 or more")

    hints = (
        "The trace of Jᵏ is a sum of D eigenvalues to the power of k, none of them larger than L. What is the worst sum of "
        "all terms after the n-th?",
        "−log(1 − L) minus the first n terms is the same number, but two nearly equal numbers are subtracted. Add the terms "
        "that are left out, until they no longer count.",
        "For the witness, D = 1: near which end of (−1, 1) does log(1 + j) run away from every polynomial?",
    )
    domain = {
        REST: Domain({"L": _L, "D": _D, "n": Number(Wholes(1, 60))}, draws=6, most=20),
        NEEDED: Domain({"L": _L, "D": _D, "tolerance": Number(Reals(1e-8, 0.1, "[]"))}, draws=6, most=20),
        SLOW: Domain({"n": Number(Wholes(1, 40))}, draws=3, most=8),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of(REST, {"L": 0.5, "D": 1, "n": 1})
        yield self.case_of(REST, {"L": 0.5, "D": 3, "n": 2})
        yield self.case_of(REST, {"L": 0.95, "D": 2, "n": 60})  # where hundreds of terms count
        yield self.case_of(NEEDED, {"L": 0.5, "D": 1, "tolerance": 0.1})
        yield self.case_of(NEEDED, {"L": 0.9, "D": 8, "tolerance": 1e-3})
        yield self.case_of(NEEDED, {"L": 0.05, "D": 1, "tolerance": 0.1})  # no term at all would do
        yield self.case_of(NEEDED, {"L": 0.95, "D": 64, "tolerance": 1e-8})  # the most that are ever needed, 381
        yield self.case_of(SLOW, {"n": 1})
        for n in (5, 20, 60):
            given = {"L": float(rng.uniform(0.1, 0.9)), "D": int(rng.integers(2, 60))}
            yield self.case_of(REST, {**given, "n": n})
            yield self.case_of(NEEDED, {**given, "tolerance": float(10 ** rng.uniform(-7, -1))})
            yield self.case_of(SLOW, {"n": int(rng.integers(2, 40))})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        law = {REST: self.bound, NEEDED: self.count, SLOW: self.slow}[name]
        return case(call(name, **given), about=(self.form, law), name=name, given=given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        formed = is_number(answer)
        got = number(answer)
        whole = formed.ok and math.isfinite(got) and (case.name != NEEDED or got == int(got))
        yield self.form(whole, "a whole number" if case.name == NEEDED else formed.expected, formed.got)
        if whole:
            yield {REST: self._rest, NEEDED: self._needed, SLOW: self._slow}[case.name](got, **case.given)

    def _rest(self, got: float, L: float, D: int, n: int) -> Finding:
        want = float(rest(L, D, n))
        return self.bound(abs(got - want) <= NEAR * want, show(want), show(got))

    def _needed(self, got: float, L: float, D: int, tolerance: float) -> Finding:
        n = int(got)
        if not 1 <= n <= 2000:
            return self.count(False, "a number of terms between 1 and 2000", show(n))
        slack = 1 + NEAR  # where the rest is the tolerance up to rounding, both are right
        least = rest(L, D, n) <= tolerance * slack and (n == 1 or rest(L, D, n - 1) > tolerance / slack)
        told = f"{n} terms, which leave {float(rest(L, D, n)):.4g}"
        return self.count(least, f"the least n with a rest of at most {tolerance:.4g}", told)

    def _slow(self, got: float, n: int) -> Finding:
        wanted = f"−1 < j < 1, {n} terms off by {OFF} or more"
        if not -1 < got < 1:
            return self.slow(False, wanted, show(got), mistake="a slope that is not allowed")
        with mpmath.workdps(DIGITS):
            j = mpmath.mpf(got)
            off = abs(mpmath.log1p(j) - mpmath.fsum((-1) ** (k + 1) * j**k / k for k in range(1, n + 1)))
        return self.slow(off >= OFF, wanted, f"{show(got)}, off by {float(off):.3g}", mistake="a tame slope")

    mistakes = (
        wrong(
            "two nearly equal numbers subtracted",
            {REST: lambda L, D, n: D * (-math.log1p(-L) - sum(L**k / k for k in range(1, n + 1)))},
            "The formula is right, but for many terms its two parts agree in nearly all digits, and what is left is rounding. "
            "Add up the terms of the tail.",
            also=({REST: lambda L, D, n: D * (-math.log(1 - L) - sum(L**k / k for k in range(1, n + 1)))},),
        ),
        wrong(
            "a geometric series",
            {REST: lambda L, D, n: D * L ** (n + 1) / (1 - L)},
            "This bounds the tail without the 1/k. It is a valid bound, but not the tail.",
            also=({REST: lambda L, D, n: D * L ** (n + 1) / ((n + 1) * (1 - L))},),
        ),
        wrong(
            "the dimension forgotten",
            {REST: lambda L, D, n: _tail(L, 1, n)},
            "A trace adds D eigenvalues: all of them may be as large as L.",
        ),
        wrong(
            "the last term counted as left out",
            {REST: lambda L, D, n: _tail(L, D, n, first=0)},
            "n terms are added, so the first one that is missing is the one with k = n + 1.",
        ),
        wrong(
            "only the first term left out",
            {REST: lambda L, D, n: D * L ** (n + 1) / (n + 1)},
            "All later terms are missing, too, and in the worst case all have the same sign.",
            also=({REST: lambda L, D, n: _tail(L, D, n, sign=-1)},),
        ),
        wrong(
            "a tail cut short",
            {REST: lambda L, D, n: D * sum(L**k / k for k in range(n + 1, n + 51))},
            "Terms were left out that count: for L near 1 they shrink slowly, and hundreds are needed. Go on until a term no "
            "longer changes the sum.",
            also=tuple(
                {REST: lambda L, D, n, ends=ends: D * sum(L**k / k for k in range(n + 1, ends(n)))}
                for ends in (
                    lambda n: n + 11,
                    lambda n: n + 21,
                    lambda n: n + 101,
                    lambda n: 100,
                    lambda n: 101,
                )
            ),
        ),
        wrong(
            "the tolerance on a single term",
            {NEEDED: lambda L, D, tolerance: _least(L, D, tolerance, lambda L, D, n: D * L ** (n + 1) / (n + 1))},
            "A small next term does not mean a small rest: for L near 1 the terms shrink slowly, and there are many.",
            also=(
                {NEEDED: lambda L, D, tolerance: _least(L, D, tolerance, lambda L, D, n: D * L**n / n)},
                {NEEDED: lambda L, D, tolerance: _least(L, D, tolerance, lambda L, D, n: L**n / n)},
            ),
        ),
        wrong(
            "one term too many or too few",
            {NEEDED: lambda L, D, tolerance: _least(L, D, tolerance, _tail) + 1},
            "The least number of terms is asked for whose rest is no more than the tolerance.",
            also=({NEEDED: lambda L, D, tolerance: _least(L, D, tolerance, _tail) - 1},),
        ),
        wrong(
            "no term at all",
            {NEEDED: lambda L, D, tolerance: _least(L, D, tolerance, _tail, n=0)},
            "The least n ≥ 1 is asked for, also where the whole sum is below the tolerance.",
        ),
        wrong(
            "a search that gives up",
            {NEEDED: lambda L, D, tolerance: _least(L, D, tolerance, _tail, most=200)},
            "For L near 1 the rest shrinks slowly, and hundreds of terms are needed. Search until the rest is small enough.",
            also=tuple(
                {NEEDED: lambda L, D, tolerance, most=most: _least(L, D, tolerance, _tail, most=most)}
                for most in (60, 99, 100, 199, 300)
            ),
        ),
        wrong(
            "a slope that is not allowed",
            {SLOW: lambda n: -1.0},
            "|j| must be below 1: at −1 the layer folds and log(1 + j) is −∞.",
        ),
        wrong(
            "a tame slope",
            {SLOW: lambda n: 0.5},
            "Here the series converges quickly. Go to where log(1 + j) has its cliff.",
            also=({SLOW: lambda n: -0.5}, {SLOW: lambda n: 0.9}, {SLOW: lambda n: 0.99}),
        ),
    )
