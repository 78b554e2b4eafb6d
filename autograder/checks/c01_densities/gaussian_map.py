"""density.gaussian_map: the mode of a normal–inverse-gamma posterior, in (mu, σ²) and in (mu, log σ)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact
from autograder.judging.domain import Domain, Number, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

PARTS = ("mu", "variance", "variance_log_sigma")
POSITIVE = Number(Reals(0, math.inf, reach=(1e-2, 100)))


@exercise("density.gaussian_map", ("gaussian_map",), kind="witness")
class GaussianMap(Exercise):
    """mu = (κ₀m₀ + n x̄)/(κ₀ + n); σ² = (2β₀ + S + κ₀n(x̄ − m₀)²/(κ₀ + n)) over 2α₀ + n + 3, or + 1 in log σ."""

    parts = gate("the result is a dict of the numbers mu, variance and variance_log_sigma")
    mean = pays("mu is the mean of the data and of kappa0 further points at m0", 1)
    variance = pays("variance is σ² at the highest point of the density of (mu, σ²)", 1)
    other = pays("variance_log_sigma is σ² at the highest point of the density of (mu, log σ)", 2)

    apart = True
    domain = {
        "gaussian_map": Domain(
            {
                "x": Tensor("N", Reals(reach=(1e-2, 50))),
                "m0": Number(Reals(reach=(1e-2, 50))),
                "kappa0": POSITIVE,
                "alpha0": POSITIVE,
                "beta0": POSITIVE,
            },
            sizes={"N": (1, 9)},
        )
    }

    hints = (
        "Write the log of prior times likelihood. As a function of mu it is a parabola, whatever σ² is.",
        "At the best mu, what is left is −a log σ² − E/(2σ²). Its highest point is at σ² = E/(2a). Collect everything that stands before log σ².",
        "A density of log σ is that of σ² times dσ²/d log σ = 2σ²: the power of σ² changes by one.",
    )  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = {
            "x": torch.tensor([1.0, 3.0], dtype=torch.float64),
            "m0": 0.0,
            "kappa0": 1.0,
            "alpha0": 1.0,
            "beta0": 1.0,
        }
        yield self.case_of("gaussian_map", one)
        for dtype, device in arithmetic():
            for n in (1, 3, 10):
                x = floats(rng.normal(size=n) * rng.uniform(0.5, 3) + rng.normal(), dtype, device)
                rest = {"m0": float(rng.normal()), "kappa0": float(rng.uniform(0.3, 4))}
                yield self.case_of("gaussian_map", {"x": x, **rest, "alpha0": float(rng.uniform(0.5, 4)), "beta0": float(rng.uniform(0.3, 4))})  # fmt: skip

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call(name, *given.values()), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_parts(answer, PARTS)
        yield self.parts(*shape)
        if shape.ok:
            got, x = parts_of(answer, PARTS), exact(case.x)
            mu, left = _pulled(x, case.m0, case.kappa0)
            far = float(abs(x).max() + abs(case.m0))
            yield self.mean(*close(got["mu"], mu, case.x.dtype, far))
            # −a log σ² − E/(2σ²): a from the powers of σ in the normals, the inverse gamma and (or not) the Jacobian
            power, E = (len(x) + 1) / 2 + case.alpha0 + 1, left + 2 * case.beta0
            for law, key, a in ((self.variance, "variance", power), (self.other, "variance_log_sigma", power - 1)):
                yield law(*close(got[key], E / (2 * a), case.x.dtype, (E + len(x) * far**2) / (2 * a)))

    mistakes = (
        wrong(
            "the prior is ignored",
            lambda x, m0, kappa0, alpha0, beta0: _same(x.mean(), x.var(correction=0)),
            "This is maximum likelihood. The prior says something, too, and with few data it says much.",
        ),
        wrong(
            "the two parametrisations exchanged",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, first=1, second=3),
            "In (mu, log σ) the density has a further factor σ², which moves the mode up: its denominator is the smaller one.",
        ),
        wrong(
            "the same mode in both",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, second=3),
            "A density changes its shape when the parameter changes: the highest point of the one is not that of the other.",
            also=(lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, first=1),),
        ),
        wrong(
            "the mode of σ² on its own",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, first=2, second=0),
            "This integrates mu out before it maximises. The joint density has another factor 1/σ, from the prior of mu.",
        ),
        wrong(
            "the mean for the mode",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, first=-2, second=-2),
            "2α₀ + n − 2 belongs to the mean of σ² under the posterior, not to its highest point.",
        ),
        wrong(
            "the distance from m0 is forgotten",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, pull=lambda n, k: 0.0),
            "If the data lie far from m0, the pull of the prior costs something: κ₀n(x̄ − m₀)²/(κ₀ + n) belongs to the squares.",
            also=(lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, pull=lambda n, k: k),),
        ),
        wrong(
            "beta0 counted once",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0 / 2),
            "The inverse gamma has exp(−β₀/σ²), the normals exp(−S/2σ²): next to S stands 2β₀.",
        ),
        wrong(
            "N − 1 below the squares",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, stretch=lambda n: n / max(n - 1, 1)),
            "S is the plain sum of squares about the mean, as the likelihood has it.",
            also=(lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, stretch=lambda n: 1 / n),),
        ),
        wrong(
            "the mean of two means",
            lambda x, m0, kappa0, alpha0, beta0: {**_mode(x, m0, kappa0, alpha0, beta0), "mu": (x.mean() + kappa0 * m0) / (1 + kappa0)},
            "x̄ stands for n points, m₀ for κ₀: each mean counts with the number of points behind it.",
        ),
        wrong(
            "alpha0 counted once",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0 / 2, beta0),
            "The inverse gamma has (σ²)^(−α₀−1). Beside n/2 stands α₀, so beside n stands 2α₀.",
        ),
        wrong(
            "another Jacobian",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, second=2),
            "dσ²/d log σ = 2σ²: log σ takes one power of σ² away, which is 2 of the 3 below. (σ alone, or the other way round, gives 2 or 5.)",
            also=(lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, second=5),),
        ),
        wrong(
            "mu integrated out in one of the two",
            lambda x, m0, kappa0, alpha0, beta0: _mode(x, m0, kappa0, alpha0, beta0, first=2),
            "In (mu, σ²) there are n/2 powers from the data, ½ from the prior of mu, and α₀ + 1 from that of σ²: 2α₀ + n + 3.",
        ),
        wrong(
            "mu from the data alone",
            lambda x, m0, kappa0, alpha0, beta0: {**_mode(x, m0, kappa0, alpha0, beta0), "mu": x.mean()},
            "The prior pulls mu as κ₀ further points at m₀ would.",
        ),
        wrong(
            "sigma for its square",
            lambda x, m0, kappa0, alpha0, beta0: {key: part if key == "mu" else part.sqrt() for key, part in _mode(x, m0, kappa0, alpha0, beta0).items()},
            "These are standard deviations. σ² was asked for.",
        ),
    )  # fmt: skip


def _same(mu: Any, variance: Any) -> dict[str, Any]:
    return {"mu": mu, "variance": variance, "variance_log_sigma": variance}


def _mode(
    x: torch.Tensor, m0: float, kappa0: float, alpha0: float, beta0: float, first: int = 3, second: int = 1,
    pull: Callable[[int, float], float] = lambda n, k: k * n / (k + n), stretch: Callable[[int], float] = lambda n: 1.0,
) -> dict[str, Any]:  # fmt: skip
    """The right mode, or with another number in one of its places."""
    n, mean = len(x), x.mean()
    E = 2 * beta0 + stretch(n) * (x - mean).pow(2).sum() + pull(n, kappa0) * (mean - m0) ** 2
    mu, least = (kappa0 * m0 + n * mean) / (kappa0 + n), 0.1
    low, high = (max(2 * alpha0 + n + k, least) for k in (first, second))
    return {"mu": mu, "variance": E / low, "variance_log_sigma": E / high}


def _pulled(x: np.ndarray, m0: float, kappa0: float) -> tuple[float, float]:
    """Least squares of mu to the data and to m0 with weight kappa0, and the squares that are left."""
    rows, targets = np.append(np.ones(len(x)), math.sqrt(kappa0)), np.append(x, math.sqrt(kappa0) * m0)
    mu = float(np.linalg.lstsq(rows[:, None], targets, rcond=None)[0][0])
    return mu, float(((targets - rows * mu) ** 2).sum())
