"""density.log_normaliser: log Z = log Σ_i exp(u_i) dx, and log p_i = u_i − log Z."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, is_number, number
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

U, STEP = (
    Reals(reach=(1e-3, 1e3), usual=(-20, 5)),
    Number(Reals(0, math.inf, reach=(1e-3, 100)), ("the distance of two points of the grid",)),
)
SHAPES = {  # u(x), the half width of a grid that holds nearly all of it, and the logarithm of its integral
    "a normal": (lambda x: -0.5 * x**2, 12.0, 0.5 * math.log(2 * math.pi)),
    "a logistic": (lambda x: -x - 2 * np.logaddexp(0, -x), 45.0, 0.0),
    "a hyperbolic secant": (lambda x: -np.logaddexp(x, -x), 45.0, math.log(math.pi / 2)),
}


@exercise("density.log_normaliser", ("log_normaliser", "log_density"))
class LogNormaliser(Exercise):
    """log Z = log Σ_i exp(u_i) dx, and log p_i = u_i − log Z."""

    one = gate("log Z is one number")
    shape = gate("the log density has the shape of u")
    normaliser = pays("log Z is the logarithm of the sum of exp(u) dx")
    closed = pays("on a fine grid it is the logarithm of the integral that is known in closed form", 0.5)
    far = pays("log Z is right where exp(u) is beyond all floats, or below them", 1)
    density = pays("the log density is u with log Z taken off, wherever u lies", 1)

    apart = True
    domain = {
        "log_normaliser": Domain({"u": Tensor("N", U), "dx": STEP}, sizes={"N": (1, 9)}),
        "log_density": Domain({"u": Tensor("N", U), "dx": STEP}, sizes={"N": (1, 9)}, returns=Like("u")),
    }

    hints = (
        "The integral of exp(u) is a sum of strips, each of height exp(u_i) and width dx.",
        "exp(1000) is infinite. Take the largest u out of the sum before you leave log space: log Σ exp(u) = m + log Σ exp(u − m).",
        "A product inside the logarithm is a sum outside: the width of a strip adds log dx, once.",
    )  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for u, dx in (
            ([0.0, 0.0], 0.5),
            ([1.0, 2.0, 3.0], 0.1),
            ([1000.0, 1000.0], 0.5),
            ([-1000.0, -1001.0], 2.0),
            ([-1000.0, -1000.0, -1000.0, 10.0], 0.5),  # even their mean is too far below the largest
        ):
            for name in ("log_normaliser", "log_density"):
                yield self.case_of(name, {"u": torch.tensor(u, dtype=torch.float64), "dx": dx})
        for dtype, device in arithmetic():
            for height in (0.0, float(rng.uniform(200, 1000)), -float(rng.uniform(200, 1000))):
                u = floats(height + rng.normal(size=7) * 4, dtype, device)
                for name in ("log_normaliser", "log_density"):
                    yield self.case_of(name, {"u": u, "dx": float(rng.uniform(0.01, 3))})
            for u, half, log_Z in SHAPES.values():
                scale, height = float(rng.uniform(0.3, 3)), float(rng.uniform(-30, 30))
                x = np.linspace(-half, half, 2001)
                known = log_Z + height + math.log(scale)
                u = floats(height + u(x), dtype, device)
                ask = call("log_normaliser", u, scale * (x[1] - x[0]))
                yield case(ask, about=(self.one, self.closed), u=u, dx=scale * (x[1] - x[0]), known=known)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        far = float(given["u"].double().abs().max()) > 90
        of_z = (self.one, self.far if far else self.normaliser)
        return case(
            call(name, *given.values()), about=of_z if name == "log_normaliser" else (self.shape, self.density), known=None, **given
        )  # fmt: skip

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        u, dtype = exact(case.u), case.u.dtype
        log_Z = _log_Z(u, case.dx) if case.known is None else case.known
        size = 1 + abs(u) + abs(log_Z) + abs(math.log(case.dx))
        if case.asks[0].of == "log_density":
            shape = has_shape(answer, u.shape, case.u)
            yield self.shape(*shape)
            if shape.ok:
                yield self.density(*close(answer, u - log_Z, dtype, size + abs(u).max()))
            return
        one = is_number(answer)
        yield self.one(*one)
        if one.ok:
            law = case.about[1]
            yield law(*close(number(answer), log_Z, dtype, float(size.max())))

    mistakes = (
        wrong(
            "overflows",
            {
                "log_normaliser": lambda u, dx: (u.exp().sum() * dx).log(),
                "log_density": lambda u, dx: (u.exp() / (u.exp().sum() * dx)).log(),
            },
            "exp(1000) is infinite and exp(−1000) is 0, in every float type. Take the largest u out of the sum first.",
        ),
        wrong(
            "dx is forgotten",
            {
                "log_normaliser": lambda u, dx: u.logsumexp(0),
                "log_density": lambda u, dx: u - u.logsumexp(0),
            },
            "This is the logarithm of a plain sum. An integral weighs each height with the width of its strip, dx.",
        ),
        wrong(
            "a sum of u",
            {
                "log_normaliser": lambda u, dx: (u.sum() * dx).abs().log(),
                "log_density": lambda u, dx: u - (u.sum() * dx).abs().log(),
            },
            "u is the logarithm of the function. What is summed is exp(u).",
            also=({"log_normaliser": lambda u, dx: u.sum() * dx, "log_density": lambda u, dx: u - u.sum() * dx},),
        ),
        wrong(
            "dx outside the logarithm",
            {
                "log_normaliser": lambda u, dx: u.logsumexp(0) * dx,
                "log_density": lambda u, dx: u - u.logsumexp(0) * dx,
            },
            "dx multiplies the sum inside the logarithm; outside it becomes + log dx.",
            also=({"log_normaliser": lambda u, dx: u.logsumexp(0) + dx, "log_density": lambda u, dx: u - u.logsumexp(0) - dx},),
        ),
        wrong(
            "the mean for the sum",
            {
                "log_normaliser": lambda u, dx: u.logsumexp(0) - math.log(len(u)) + math.log(dx),
                "log_density": lambda u, dx: u - u.logsumexp(0) + math.log(len(u)) - math.log(dx),
            },
            "A mean of the heights, times dx, is the area of one strip. All N strips count.",
            also=({"log_normaliser": lambda u, dx: u.logsumexp(0) - math.log(len(u)), "log_density": lambda u, dx: u - u.logsumexp(0) + math.log(len(u))},),
        ),
        wrong(
            "the largest alone",
            {
                "log_normaliser": lambda u, dx: u.max() + math.log(dx),
                "log_density": lambda u, dx: u - u.max() - math.log(dx),
            },
            "The largest u is only the largest term: what is left of the others, Σ exp(u − max u), belongs to Z too.",
        ),
        wrong(
            "Z for log Z",
            {"log_normaliser": lambda u, dx: u.exp().sum() * dx},
            "This is Z itself. It is its logarithm that was asked for, and that a float can hold.",
        ),
        wrong(
            "the density, not its logarithm",
            {"log_density": lambda u, dx: (u - u.logsumexp(0) - math.log(dx)).exp()},
            "These are densities. Their logarithms were asked for.",
        ),
        wrong(
            "the trapezium rule",
            {
                "log_normaliser": lambda u, dx: _trapezium(u) + math.log(dx),
                "log_density": lambda u, dx: u - _trapezium(u) - math.log(dx),
            },
            "The trapezium rule halves the first and the last strip. Here the integral is Σ exp(u) dx, each strip whole.",
        ),
        wrong(
            "the largest is not put back",
            {
                "log_normaliser": lambda u, dx: (u - u.max()).exp().sum().log() + math.log(dx),
                "log_density": lambda u, dx: u - (u - u.max()).exp().sum().log() - math.log(dx),
            },
            "What was taken out of the sum, m = max u, comes back outside of the logarithm: m + log Σ exp(u − m).",
        ),
        wrong(
            "dx divides",
            {
                "log_normaliser": lambda u, dx: u.logsumexp(0) - math.log(dx),
                "log_density": lambda u, dx: u - u.logsumexp(0) + math.log(dx),
            },
            "dx multiplies the sum of the heights, so that + log dx belongs to log Z.",
        ),
        wrong(
            "another number than the largest taken out",
            {
                "log_normaliser": lambda u, dx: u[0] + (u - u[0]).exp().sum().log() + math.log(dx),
                "log_density": lambda u, dx: u - u[0] - (u - u[0]).exp().sum().log() - math.log(dx),
            },
            "Any m is right on paper. In floats only the largest u keeps every exp(u − m) from overflowing.",
            also=({"log_normaliser": lambda u, dx: u.abs().max() + (u - u.abs().max()).exp().sum().log() + math.log(dx)},
                  {"log_normaliser": lambda u, dx: u.mean() + (u - u.mean()).exp().sum().log() + math.log(dx)},
                  {"log_normaliser": lambda u, dx: u.min() + (u - u.min()).exp().sum().log() + math.log(dx)}),
        ),
    )  # fmt: skip


def _trapezium(u: torch.Tensor) -> torch.Tensor:
    half = torch.ones_like(u)
    half[[0, -1]] = 0.5
    return (u + half.log()).logsumexp(0)


def _log_Z(u: np.ndarray, dx: float) -> float:
    """With forty digits and any exponent, where nothing overflows."""
    with mpmath.workdps(40):
        return float(mpmath.log(mpmath.fsum(mpmath.exp(mpmath.mpf(float(a))) for a in u) * mpmath.mpf(dx)))
