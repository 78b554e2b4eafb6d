"""elbo.tight: A q that leaves no gap, and a model for which none with independent components does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import EPSILON, FACTOR, arithmetic, exact, kind_of, number, show
from autograder.judging.domain import Domain, Number, Reals, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians
from pushforward.answering.wire import Plain

TIGHT = 1e-8  # nats: float32 leaves ½ (10⁻⁵)² at most, the nearest wrong answer 10⁻⁵


@exercise("elbo.tight", ("tight_q", "never_tight"), kind="witness")
class Tight(Exercise):
    """A q that leaves no gap, and a model for which none with independent components does."""

    pair = gate("tight_q returns two finite numbers, mu and a positive sigma")
    tight = pays("the bound at your q is log p(x): no gap is left", 1)
    model = gate("never_tight returns a 2 by 2 matrix W and a positive s")
    loose = pays("in your model every q with independent components stays at least one nat below log p(x)", 1)

    domain = {
        "tight_q": Domain(
            {
                "x": Tensor("D", Reals(reach=(1e-3, 100))),
                "w": Tensor("D", Reals(reach=(1e-3, 5))),
                "b": Tensor("D", Reals(reach=(1e-3, 100))),
                "s": Number(Reals(0, math.inf, reach=(0.2, 1e3))),
            },
            sizes={"D": (1, 6, 30)},
            # a variance by way of 1 − gain · w is rounded relative to 1: fair, where the posterior is not too narrow
            when=lambda x, w, b, s: float(w @ w) < 50 * s**2,
        )
    }

    hints = (
        "log p(x) − ELBO is a divergence. From what, and when is a divergence nought?",
        "z ~ N(0, 1) is worth a precision of 1; each x_i says something about z as well, with precision w_i²/s².",
        "Which latents stay independent once x is seen? Two that push x the same way explain each other away: "
        "the posterior knows their sum well and their difference hardly.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.ones(1, dtype=torch.float64)
        yield self._case(2 * one, one, 0 * one, 1.0)
        for dtype, device in arithmetic():
            for D in (1, 2, int(rng.integers(3, 8))):
                w, b, x = (normal(rng, (D,), dtype, device) for _ in range(3))
                yield self._case(x, w + w.sign(), b + b.sign(), float(rng.uniform(0.5, 0.9)))
                yield self._case(x, w + w.sign(), b + b.sign(), float(rng.uniform(1.2, 2.5)))
        for s in (1e-3, float(10 ** rng.uniform(-3, -1))):  # and narrow ones in float64
            for size in (0.1, 10.0):
                w, b, x = (normal(rng, (3,), torch.float64, "cpu") for _ in range(3))
                yield self._case(x, size * (w + w.sign()), b, s)
        for _ in range(2):  # x says far more about z than the prior does, which still counts
            w, b, noise = (normal(rng, (3,), torch.float64, "cpu") for _ in range(3))
            w, s = w + w.sign(), float(w.norm() * 10 ** rng.uniform(-2.2, -2))
            yield self._case(3 * w + 0.1 * b + s * noise, w, 0.1 * b, s)
        yield case(call("never_tight"), about=(self.model, self.loose))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, x: torch.Tensor, w: torch.Tensor, b: torch.Tensor, s: float) -> Case:
        return case(call("tight_q", x, w, b, s), about=(self.pair, self.tight), x=x, w=w, b=b, s=s)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_tight_q(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = [number(part) for part in answer] if isinstance(answer, (tuple, list)) else []
        good = len(found) == 2 and None not in found and all(map(math.isfinite, found)) and 1e-100 < found[1] < 1e100
        yield self.pair(good, "two finite numbers (mu, sigma), sigma > 0", show(answer) if found else kind_of(answer))
        if not good:
            return
        mu, sigma = found
        mean, variance = np.float64(0), 1.0
        for x, w, b in zip(exact(case.x), exact(case.w), exact(case.b), strict=True):
            mean, variance = gaussians.condition(mean, variance, x - b, w, case.s**2)  # one observation after the other
        gap = gaussians.kl(mu, sigma**2, float(mean), variance)
        good = gap < TIGHT + _rounding(case, variance) and gaussians.kl(0.0, sigma**2, 0.0, variance) < TIGHT
        yield self.tight(good, "a gap of 0 nats", f"q = N({show(mu)}, {show(sigma)}²) leaves {show(gap)} nats")

    def _judge_never_tight(self, case: Case, answer: Any) -> Iterator[Finding]:
        W, s = _model_of(answer)
        yield self.model(W is not None, "(W, s): two rows of two numbers, and a positive number", show(answer))
        if W is None:
            return
        a, b, c = _precision(W, s)
        gap = 0.5 * float(_log(a * c) - _log(a * c - b * b))
        mistake = None if gap >= 1 else "nothing correlates the latents" if b == 0 else "too weak a correlation"
        yield self.loose(
            gap >= 1, "a gap of at least 1 nat", f"the best independent q leaves {show(gap)} nats", mistake=mistake
        )

    mistakes = (
        wrong(
            "the prior for the posterior",
            {"tight_q": lambda x, w, b, s: (0.0, 1.0)},
            "This is p(z). The gap is the divergence from p(z | x): q must know x.",
        ),
        wrong(
            "the prior is left out",
            {"tight_q": lambda x, w, b, s: (float(w @ (x - b) / (w @ w)), s / float(w.norm()))},
            "This fits z to x as if nothing were known before. The prior adds a precision of 1 and pulls the mean towards 0.",
        ),
        wrong(
            "variance for standard deviation",
            {"tight_q": lambda x, w, b, s: (_tight(x, w, b, s)[0], _tight(x, w, b, s)[1] ** 2)},
            "The mean is right and the second number is the variance; sigma is its root.",
        ),
        wrong(
            "b is forgotten",
            {"tight_q": lambda x, w, b, s: _tight(x, w, 0 * b, s)},
            "x is W z + b plus noise: what speaks about z is x − b.",
        ),
        wrong(
            "s for its square",
            {"tight_q": lambda x, w, b, s: _tight(x, w, b, math.sqrt(s))},
            "s is the standard deviation of x given z; precisions have s² in them.",
        ),
        wrong(
            "a point instead of a distribution",
            {"tight_q": lambda x, w, b, s: (_tight(x, w, b, s)[0], 1e-3)},
            "The mean is the posterior's, but a q that is nearly a point has hardly any entropy, and the gap grows without bound.",
        ),
        wrong(
            "nothing correlates the latents",
            {"never_tight": lambda: ([[3.0, 0.0], [0.0, 3.0]], 0.1)},
            "The columns of W are orthogonal, so the posterior's components are independent and such a q reaches it.",
        ),
        wrong(
            "too weak a correlation",
            {"never_tight": lambda: ([[1.0, 1.0], [0.0, 1.0]], 1.0)},
            "The posterior is correlated, but not enough: the gap is −½ log(1 − rho²), which is 1 nat at |rho| = 0.93.",
        ),
    )  # fmt: skip


def _rounding(case: Case, variance: float) -> float:
    """What the gap may be if the mean is right to single precision: each w_i (x_i − b_i)/s² is rounded, then shrunk."""
    pulls = abs(exact(case.w)) * (abs(exact(case.x)) + abs(exact(case.b))) / case.s**2
    off = FACTOR * EPSILON["float32"] * float(pulls.sum()) * variance
    return 0.5 * off**2 / variance


def _tight(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor, s: float) -> tuple[float, float]:
    variance = 1 / (1 + float(w @ w) / s**2)
    return variance * float(w @ (x - b)) / s**2, math.sqrt(variance)


def _model_of(answer: Any) -> tuple[list[list[float]] | None, float]:
    """(W, s) if that is what it is, else (None, 0)."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return None, 0.0
    rows, s = answer[0].array.tolist() if isinstance(answer[0], Plain) else answer[0], number(answer[1])
    if not isinstance(rows, (tuple, list)) or len(rows) != 2 or s is None or not 0 < s < math.inf:
        return None, 0.0
    W = [[number(entry) for entry in row] for row in rows if isinstance(row, (tuple, list)) and len(row) == 2]
    good = len(W) == 2 and all(entry is not None and math.isfinite(entry) for row in W for entry in row)
    return (W, s) if good else (None, 0.0)


def _log(ratio: Fraction) -> float:
    """Of a number that may be too large for a float, with s = 10⁻²⁰⁰ for instance."""
    return math.log(ratio.numerator) - math.log(ratio.denominator)


def _precision(W: list[list[float]], s: float) -> tuple[Fraction, Fraction, Fraction]:
    """Λ = I + Wᵀ W / s² in exact arithmetic, as Λ_11, Λ_12, Λ_22.

    Among q with independent components, the best has the precisions Λ_11 and Λ_22; it leaves ½ log(Λ_11 Λ_22 / det Λ).
    """
    (p, q), (r, t) = [[Fraction(entry) for entry in row] for row in W]
    scale = Fraction(s) ** 2
    return 1 + (p * p + r * r) / scale, (p * q + r * t) / scale, 1 + (q * q + t * t) / scale
