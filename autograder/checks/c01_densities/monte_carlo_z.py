"""density.monte_carlo_z (long: three functions, each with the slips that students make in it).

Z by importance sampling with its error, and the proposal whose error bar lies.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, is_number, kind_of, number
from autograder.judging.domain import Domain, Number, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

PARTS = ("log_z", "relative_error")
LOGS = Reals(reach=(1e-3, 1e3), usual=(-5, 5))
MISSES, RUNS, DRAWS = 0.6, 2000, 1000
LUCK = 0.02  # what RUNS runs may lack of MISSES by chance


@exercise("density.monte_carlo_z", ("importance_z", "weight_variance", "lying_scale"))
class MonteCarloZ(Exercise):
    """Z = E_q[f/q], its error std(w)/√N; for a normal f and q = N(0, s²) the variance is finite if and only if s² > ½."""

    parts = gate("importance_z returns a dict of the numbers log_z and relative_error")
    one = gate("weight_variance and lying_scale return one number")
    log_z = pays("log_z is the logarithm of the mean weight, where a weight is f over q", 1)
    error = pays("relative_error is the standard error of the mean weight over that mean", 1)
    far = pays("both are right where f or q is beyond all floats", 1)
    variance = pays("the relative variance of the weights is the integral of f²/q over Z², less 1", 0.75)
    infinite = pays("it is infinite where q has tails too light for f", 0.75)
    lies = pays("with your scale, the truth lies outside of two reported errors in most runs", 1)

    apart = True
    domain = {
        "importance_z": Domain({"u": Tensor("N", LOGS), "log_q": Tensor("N", LOGS)}, sizes={"N": (2, 9)}),
        "weight_variance": Domain({"s": Number(Reals(0, math.inf, reach=(0.01, 1e3), also=(0.5, 0.7, 0.75, 1.0)))}),
    }

    hints = (
        "A draw from q that q likes is no evidence that f is large there: each draw is weighed with f/q.",
        "Divide all weights by the largest one: neither the relative error nor what is left of log Z notices.",
        "f²/q is exp(−x² + x²/2s²), up to a factor. For which s does that fall, and for which does it grow?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        three = torch.tensor([math.log(1.0), math.log(2.0), math.log(6.0)], dtype=torch.float64)
        yield self.case_of("importance_z", {"u": three, "log_q": 0 * three})
        yield self.case_of(
            "importance_z", {"u": three, "log_q": torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64).log1p()}
        )
        for dtype, device in arithmetic():
            for n, height in (
                (5, 0.0),
                (40, 0.0),
                (6, float(rng.uniform(200, 900))),
                (6, -float(rng.uniform(200, 900))),
            ):
                u = floats(height + rng.normal(size=n), dtype, device)
                yield self.case_of("importance_z", {"u": u, "log_q": floats(rng.normal(size=n), dtype, device)})
        for s in (
            1.0,
            2.0,
            0.8,
            0.72,
            float(rng.uniform(1.2, 6)),
            float(rng.uniform(0.75, 0.95)),
            0.5,
            0.7,
            float(rng.uniform(0.1, 0.6)),
        ):
            yield self.case_of("weight_variance", {"s": s})
        yield case(call("lying_scale"), about=(self.one, self.lies), seed=int(rng.integers(2**31)))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "weight_variance":
            light = 2 * given["s"] ** 2 <= 1  # beside an infinite one, one that is not: always ∞ is no answer
            asks = [call(name, given["s"]), *([call(name, 1.5)] if light else [])]
            return case(*asks, about=(self.one, self.infinite if light else self.variance), **given)
        far = max(float(given[key].double().abs().max()) for key in ("u", "log_q")) > 90
        return case(
            call(name, *given.values()),
            about=(self.parts, *((self.far,) if far else (self.log_z, self.error))),
            **given,
        )

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, *answers)

    def _judge_importance_z(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_parts(answer, PARTS)
        yield self.parts(*shape)
        if not shape.ok:
            return
        u, log_q, got = exact(case.u), exact(case.log_q), parts_of(answer, PARTS)
        log_z, error = _exactly(u, log_q)
        size = float((1 + abs(u) + abs(log_q)).max())
        right = {"log_z": close(got["log_z"], log_z, case.u.dtype, size), "relative_error": close(got["relative_error"], error, case.u.dtype, size)}  # fmt: skip
        laws = (self.far, self.far) if self.far in case.about else (self.log_z, self.error)
        for law, verdict in zip(laws, right.values(), strict=True):
            yield law(*verdict)

    def _judge_weight_variance(self, case: Case, *answers: Any) -> Iterator[Finding]:
        for s, answer in zip((case.s, 1.5), answers, strict=False):
            one = is_number(answer)
            yield self.one(*one)
            if one.ok:
                right = _variance(s)
                size = 1 + right * (1 + 1 / abs(2 * s**2 - 1))
                yield case.about[1](*close(number(answer), right, torch.float32, size))

    def _judge_lying_scale(self, case: Case, answer: Any) -> Iterator[Finding]:
        s = number(answer)
        good = s is not None and 0.05 <= s <= 20
        yield self.one(good, "a number from 0.05 to 20", kind_of(answer))
        if good:
            missed = _missed(s, case.seed)
            mistake = None if missed >= MISSES - LUCK else "tails too heavy to lie" if s > 0.72 else "a small lie"
            yield self.lies(
                missed >= MISSES - LUCK,
                f"missed in {MISSES:.0%} of {RUNS} runs at least",
                f"{missed:.0%} at s = {s:g}",
                mistake=mistake,
            )

    mistakes = (
        wrong(
            "the proposal's weight is missing",
            {"importance_z": lambda u, log_q: _parts(u)},
            "Draws from q favour the places that q likes. Dividing f by q takes that back.",
        ),
        wrong(
            "multiplied with q",
            {"importance_z": lambda u, log_q: _parts(u + log_q)},
            "The weight is f over q: log_q is subtracted.",
        ),
        wrong(
            "standard deviation for standard error",
            {"importance_z": lambda u, log_q: _parts(u - log_q, root=False)},
            "That is the spread of a single weight. The mean of N of them is steadier by √N.",
        ),
        wrong(
            "N for its root",
            {"importance_z": lambda u, log_q: _parts(u - log_q, power=1.0)},
            "The variance of a mean falls like 1/N, so its standard error falls like 1/√N.",
        ),
        wrong(
            "mean of the logs",
            {"importance_z": lambda u, log_q: {**_parts(u - log_q), "log_z": (u - log_q).mean()}},
            "The mean of the logarithms is below the logarithm of the mean (Jensen): Z is a mean of weights.",
        ),
        wrong(
            "the sum for the mean",
            {"importance_z": lambda u, log_q: {**_parts(u - log_q), "log_z": (u - log_q).logsumexp(0)}},
            "Z is the mean weight. log N has to come off the logarithm of the sum.",
        ),
        wrong(
            "an error that is not relative",
            {"importance_z": lambda u, log_q: {**_parts(u - log_q), "relative_error": (u - log_q).exp().std() / math.sqrt(len(u))}},
            "This is the error of Z itself. It was asked for in units of Z.",
        ),
        wrong(
            "the spread of the logs",
            {"importance_z": lambda u, log_q: {**_parts(u - log_q), "relative_error": (u - log_q).std() / math.sqrt(len(u))}},
            "This is how far the logarithms of the weights spread. The error of a mean of weights comes from the weights.",
        ),
        wrong(
            "divided by N in the variance",
            {"importance_z": lambda u, log_q: _parts(u - log_q, correction=0)},
            "The variance of the weights is estimated from the same draws as their mean: N − 1 below.",
        ),
        wrong(
            "overflows",
            {
                "importance_z": lambda u, log_q: {
                    "log_z": (u.exp() / log_q.exp()).mean().log(),
                    "relative_error": (u.exp() / log_q.exp()).std() / math.sqrt(len(u)) / (u.exp() / log_q.exp()).mean(),
                }
            },
            "exp(1000) is no float. Subtract the largest log weight first; only the ratio of the weights matters.",
        ),
        wrong(
            "finite for every proposal",
            {"weight_variance": lambda s: s**2 / math.sqrt(abs(2 * s**2 - 1)) - 1 if 2 * s**2 != 1 else math.inf},
            "For 2s² < 1 the integral of f²/q has an integrand that grows: nothing stands under that root.",
        ),
        wrong(
            "the border at 1",
            {"weight_variance": lambda s: s**2 / math.sqrt(2 * s**2 - 1) - 1 if s >= 1 else math.inf},
            "A proposal may be a little narrower than f: it is f²/q that must fall, which it does for s² > ½.",
        ),
        wrong(
            "the second moment for the variance",
            {"weight_variance": lambda s: s**2 / math.sqrt(2 * s**2 - 1) if 2 * s**2 > 1 else math.inf},
            "For q = f/Z all weights are equal, and their variance is 0: the square of the mean comes off.",
        ),
        wrong(
            "s for its square",
            {"weight_variance": lambda s: s / math.sqrt(2 * s - 1) - 1 if 2 * s > 1 else math.inf},
            "s is a standard deviation: the exponent of q is x²/2s².",
        ),
        wrong(
            "tails too heavy to lie",
            {"lying_scale": lambda: 5.0},
            "A wide proposal wastes its draws, and its error bar says so honestly. It is light tails whose weights stay unseen.",
            also=({"lying_scale": lambda: 1.0},),
        ),
        wrong(
            "a small lie",
            {"lying_scale": lambda: 0.65},
            "The variance is infinite there, but most runs still hold the truth within two errors: go farther from the border.",
            also=({"lying_scale": lambda: 0.5},),
        ),
        wrong(
            "the effective number of draws",
            {"importance_z": lambda u, log_q: {**_parts(u - log_q), "relative_error": torch.softmax(u - log_q, 0).norm()}},
            "One over the root of the effective number of draws is the root of Σw²/(Σw)². The mean square is no variance: equal weights have no error.",
        ),
        wrong(
            "the relative variance of the mean",
            {"importance_z": lambda u, log_q: {**_parts(u - log_q), "relative_error": _parts(u - log_q)["relative_error"] ** 2}},
            "This is the error's square. A standard error has the unit of Z: take the root.",
        ),
        wrong(
            "only half in log space",
            {"importance_z": lambda u, log_q: {**_parts(u - log_q), "relative_error": (u - log_q).exp().std() / math.sqrt(len(u)) / (u - log_q).exp().mean()}},
            "log Z survives, but the error still comes from exp(u − log_q) as it is. It does not change if all weights are divided by the largest: do that first.",
            also=({"importance_z": lambda u, log_q: {**_parts(u - log_q), "relative_error": (u - u.max() - log_q).exp().std() / math.sqrt(len(u)) / (u - u.max() - log_q).exp().mean()}},),
        ),
        wrong(
            "a variance that is not relative",
            {"weight_variance": lambda s: _moment(s) - 2 * math.pi},
            "E w² − Z² is the variance of the weights themselves. Relative to the square of their mean: over Z² = 2π.",
            also=({"weight_variance": lambda s: _moment(s) / math.sqrt(2 * math.pi) - 1},),
        ),
        wrong(
            "no number for infinity",
            {"weight_variance": lambda s: float(torch.tensor(s).double() ** 2 / (2 * torch.tensor(s).double() ** 2 - 1).sqrt() - 1)},
            "Where 2s² ≤ 1 the integral has no limit: the variance is infinite, math.inf, and no NaN.",
        ),
    )  # fmt: skip


def _parts(log_w: torch.Tensor, root: bool = True, power: float = 0.5, correction: int = 1) -> dict[str, Any]:
    """The right parts of these log weights, or with another power of N."""
    w = (log_w - log_w.max()).exp()
    below = len(w) ** power if root else 1.0
    return {
        "log_z": log_w.logsumexp(0) - math.log(len(log_w)),
        "relative_error": w.std(correction=correction) / below / w.mean(),
    }


def _moment(s: float) -> float:
    """E w², infinite for tails that are too light."""
    return 2 * math.pi * s**2 / math.sqrt(2 * s**2 - 1) if 2 * s**2 > 1 else math.inf


# --- the oracle: fifty digits, where no weight overflows -------------------------------------------------------


def _exactly(u: np.ndarray, log_q: np.ndarray) -> tuple[float, float]:
    with mpmath.workdps(50):
        w = [mpmath.exp(mpmath.mpf(float(a)) - mpmath.mpf(float(b))) for a, b in zip(u, log_q, strict=True)]
        n, total = len(w), mpmath.fsum(w)
        spread = mpmath.fsum(x * x for x in w) - total**2 / n
        return float(mpmath.log(total / n)), float(mpmath.sqrt(max(spread, 0) / (n * (n - 1))) / (total / n))


def _variance(s: float) -> float:
    """∫ f²/q over Z², less 1, with f² / q = s√(2π) exp(−c x²) and ∫ exp(−c x²) = √(π/c)."""
    with mpmath.workdps(40):
        s = mpmath.mpf(s)
        c = 1 - 1 / (2 * s**2)
        return (
            math.inf
            if c <= 0
            else float(s * mpmath.sqrt(2 * mpmath.pi) * mpmath.sqrt(mpmath.pi / c) / (2 * mpmath.pi) - 1)
        )


@functools.lru_cache(maxsize=64)
def _missed(s: float, seed: int) -> float:
    """The share of runs in which √(2π) lies outside of two reported standard errors."""
    rng = np.random.default_rng(seed)
    x = s * rng.normal(size=(RUNS, DRAWS))
    w = np.exp(-(x**2) / 2 + x**2 / (2 * s**2)) * s  # in units of the truth
    return float((abs(w.mean(1) - 1) > 2 * w.std(1, ddof=1) / math.sqrt(DRAWS)).mean())
