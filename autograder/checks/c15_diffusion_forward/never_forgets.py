"""diffusion.never_forgets: beta_t = c (t+1)^{−p} lies in (0, 1) for every t ≥ 1 and still keeps a share of x0 for ever: p > 1, 0 < c < 2^p."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np

from autograder.judging.compare import kind_of, show, values
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def remembered(c: float, p: float) -> float:
    """lim_t ∏_{s ≤ t} (1 − c (s+1)^{−p}) for 0 < c < 2^p, to 12 digits; 0 if p ≤ 1.

    The first 10⁴ factors are multiplied out; the logarithm of the rest is the sum of −c^k/k ζ(kp, 10⁴ + 2) over k ≥ 1.
    """
    if p <= 1:
        return 0.0
    head = 10_000
    with mpmath.workdps(30):
        terms = c * np.arange(2.0, head + 2) ** -p
        tail = mpmath.fsum(-(mpmath.mpf(c) ** k) / k * mpmath.zeta(k * p, head + 2) for k in range(1, 6))
        return float(mpmath.exp(math.fsum(np.log1p(-terms)) + tail))


def _half_a_digit(value: float, digits: int = 3) -> float:
    """What rounding to so many digits may change, and a little for the rounding of floats; 0 for 0."""
    return 0.501 * 10.0 ** (math.floor(math.log10(value)) - digits + 1) if value > 0 else 0.0


@exercise("diffusion.never_forgets", ("never_forgets", "never_forgets_either"), kind="witness")
class NeverForgets(Exercise):
    """beta_t = c (t+1)^{−p} lies in (0, 1) for every t ≥ 1 and still keeps a share of x0 for ever: p > 1, 0 < c < 2^p."""

    numbers = gate("the answer is three finite numbers (c, p, limit)")
    inside = gate("every beta_t, t = 1, 2, …, lies strictly between 0 and 1")
    keeps = pays("alpha_bar_t stays above a positive limit", 1)
    limit = pays("the limit that you state is the limit of alpha_bar_t, to three digits", 1)
    either = pays("never_forgets_either does the same with a p that is no whole number", 1)

    hints = (
        "The logarithm of alpha_bar_t is a sum of log(1 − beta_s), about −beta_s each. When does such a sum converge?",
        "The largest beta is the first one: it bounds c in terms of p.",
        "For some whole p the factors split into fractions that cancel: write out four of them. For other p, multiply many "
        "factors, and choose p so large that those after them no longer count.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield case(call("never_forgets"), about=(self.numbers, self.inside, self.keeps, self.limit))
        yield case(call("never_forgets_either"), about=(self.either,))

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = values(answer)
        good = found is not None and found.shape == (3,) and bool(np.isfinite(found).all())
        if case.asks[0].of == "never_forgets_either":
            yield self._judge_either(found) if good else self.either(False, "three finite numbers", kind_of(answer))
            return
        yield self.numbers(good, "three finite numbers", show(answer) if good or found is not None else kind_of(answer))
        if good:
            yield from self._judge_numbers(*map(float, found))

    def _judge_either(self, found: np.ndarray) -> Finding:
        """The laws of the first witness in one, and the p of the second."""
        c, p, limit = map(float, found)
        if p == round(p):
            return self.either(False, "a p that is no whole number", f"p = {show(p)}", mistake="a whole p again")
        broken = next((f for f in self._judge_numbers(c, p, limit) if not f.ok), None)
        if broken is None:
            return self.either(True)
        return self.either(False, broken.expected, broken.got, mistake=broken.mistake)

    def _judge_numbers(self, c: float, p: float, limit: float) -> Iterator[Finding]:
        inside = c > 0 and math.log2(c) < p
        yield self.inside(
            inside, f"0 < c < 2^p = {show(2.0**p) if abs(p) < 1000 else 'a number beyond floats'}", f"c = {show(c)}",
            mistake=None if inside else "a first step that is no probability",
        )  # fmt: skip
        if not inside:
            return
        yield self.keeps(
            p > 1, "a sum of beta_t that converges", f"p = {show(p)}: the sum of (t+1)^−p is infinite, alpha_bar tends to 0",
            mistake=None if p > 1 else "the betas add up to infinity",
        )  # fmt: skip
        true = remembered(c, p)
        right = p > 1 and limit > 0 and abs(limit - true) <= _half_a_digit(true)
        yield self.limit(
            right, show(true), show(limit), mistake=self._name_of(limit, c, p) if p > 1 and not right else None
        )

    @staticmethod
    def _name_of(limit: float, c: float, p: float) -> str | None:
        if abs(limit) < 1e-3 * remembered(c, p):
            return "the limit of beta, not of alpha_bar"
        first_order = 1 - c * float(mpmath.zeta(p) - 1)
        if abs(limit - first_order) < 1e-3 * abs(first_order):
            return "a sum where a product belongs"
        if abs(limit**2 - remembered(c, p)) < 1e-3 * remembered(c, p):
            return "the root of it"
        others = {
            "exp of minus the sum": math.exp(first_order - 1),
            "the first factor is lost": remembered(c, p) / (1 - c / 2**p),
            "what is lost, not what stays": 1 - remembered(c, p),
            "steps counted from 0": remembered(c, p) * (1 - c),
        }
        return next((name for name, value in others.items() if abs(limit - value) < 1e-3 * abs(value)), None)

    mistakes = (
        wrong(
            "a whole p again",
            {"never_forgets_either": lambda: (1.0, 2.0, 0.5)},
            "That p is a whole number. The second witness is to have a p between two of them, where no product cancels.",
        ),
        wrong(
            "the betas add up to infinity",
            lambda: (0.5, 1.0, 0.0),
            "beta_t tends to 0 here, but too slowly: the betas sum to infinity and alpha_bar goes to 0 all the same.",
        ),
        wrong(
            "a first step that is no probability",
            lambda: (4.0, 2.0, 0.5),
            "beta_1 = c / 2^p is the largest of all: it must be positive and stay below 1.",
        ),
        wrong(
            "the limit of beta, not of alpha_bar",
            lambda: (1.0, 2.0, 0.0),
            "beta_t tends to 0; the question is where the product of all 1 − beta_s goes.",
        ),
        wrong(
            "a sum where a product belongs",
            lambda: (1.0, 2.0, 2 - math.pi**2 / 6),
            "The betas were added up and taken from 1. That is only the first order of the product.",
        ),
        wrong(
            "the root of it",
            lambda: (1.0, 2.0, math.sqrt(0.5)),
            "This is the factor on x0. The limit asked for is that of alpha_bar, its square.",
        ),
        wrong(
            "exp of minus the sum",
            lambda: (1.0, 2.0, math.exp(1 - math.pi**2 / 6)),
            "log(1 − beta) was taken for −beta. That bounds the limit from above; the first betas are too large for it.",
        ),
        wrong(
            "the first factor is lost",
            lambda: (1.0, 2.0, 2 / 3),
            "The product begins with 1 − beta_1, at t = 1: this one begins with the second factor.",
        ),
        wrong(
            "what is lost, not what stays",
            lambda: (1.0, 3.0, 1 - remembered(1.0, 3.0)),
            "This is the share of the noise. The limit asked for is that of alpha_bar, the share of the signal.",
        ),
        wrong(
            "steps counted from 0",
            lambda: (0.5, 2.0, remembered(0.5, 2.0) / 2),
            "The product begins with 1 − beta_1 = 1 − c / 2^p. This one has a factor 1 − c, of a step 0, as well.",
        ),
    )
