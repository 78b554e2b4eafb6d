"""elbo.bce_is_no_density (long: three functions, each with the slips that students make in it): exp(−BCE) sums to 1 over {0, 1} only: over [0, 1] to tanh(l/2)/l ≤ ½, over grey levels to something else again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy import special
from torch.nn import functional

from autograder.checks.c06_elbo.shared import NODES, WEIGHTS, random_spread
from autograder.judging.compare import EPSILON, FACTOR, Verdict, arithmetic, close, exact, has_shape, show, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case, exercise, gate, pays, wrong

GREY_VALUES = 1000  # so many are a fair way to the integral: by the trapezoidal rule, off by a share of l²/12 · 10⁻⁶


def _masses(logits: torch.Tensor) -> np.ndarray:
    """∫_0^1 exp(−BCE(x, l)) dx for each logit l, by Gauss–Legendre quadrature.

    The integrand is exp(x l − log(1 + e^l)). On each of four panels it changes by e^{|l|/4}, for which 24 nodes are exact.
    """
    x = (np.arange(4)[:, None] + (1 + NODES) / 2).ravel() / 4
    probability = np.exp(_log_bernoulli(x, exact(logits)[..., None]))
    return probability @ np.tile(WEIGHTS, 4) / 8


def _granted(logits: torch.Tensor) -> np.ndarray:
    """The share of the mass that a sound computation may be off by, for each logit.

    (2p − 1)/l is the closed form as one writes it down, and the library's; in float32 it has lost some digits near 0, in
    float64 none that count before l is so near that the form must be given up.
    """
    size = abs(exact(logits))
    lost = 1 / np.maximum(size, 4e-3) if logits.dtype == torch.float32 else 0
    return FACTOR * EPSILON["float32"] * (1 + lost) + (size / GREY_VALUES) ** 2 / 12


def _relative(answer: Any, expected: np.ndarray, tolerance: np.ndarray) -> Verdict:
    """Every entry within that share of what is expected."""
    got = values(answer)
    if got is None or got.shape != expected.shape:
        return Verdict(False, show(expected), show(answer))
    with np.errstate(all="ignore"):
        agrees = bool(np.all(abs(got / expected - 1) <= tolerance))
    worst = int(np.argmax(np.where(np.isfinite(got), abs(got / expected - 1), math.inf))) if got.size else 0
    return Verdict(agrees, *(show(a if a.size <= 6 else a.reshape(-1)[worst]) for a in (expected, got)))


LOGITS = Tensor("...", Reals(reach=(1e-3, 100), also=(0.02, -0.04, 15.0, -15.0)))


def _by_mass(mass: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, Callable]:
    """The same slip in the integral and in the density that is divided by it."""
    return {"bce_mass": mass, "continuous_bernoulli": lambda x, logits: _minus_bce(x, logits) - mass(logits).log()}


def _undivided(logits: torch.Tensor, factor: float, least: float) -> torch.Tensor:
    return torch.where(logits.abs() <= least, 0.5, factor * torch.tanh(logits / 2).abs())


@exercise("elbo.bce_is_no_density", ("bce_mass", "bce_mass_on_levels", "continuous_bernoulli"))
class BceIsNoDensity(Exercise):
    """exp(−BCE) sums to 1 over {0, 1} only: over [0, 1] to tanh(l/2)/l ≤ ½, over grey levels to something else again."""

    shape = gate("bce_mass returns a tensor of the shape of logits")
    mass = pays("bce_mass is the integral of exp(−BCE) over the grey values from 0 to 1", 0.75)
    centre = pays("bce_mass stays right where the logit is 0, or nearly 0", 0.75)
    shape_of_levels = gate("bce_mass_on_levels returns a tensor of the shape of logits")
    levels = pays("bce_mass_on_levels is the sum of exp(−BCE) over the grey levels: 1 for two of them only", 1)
    shape_of_density = gate("continuous_bernoulli returns a tensor of the shape of x")
    density = pays("continuous_bernoulli falls as −BCE does, and its density integrates to one", 1.5)

    domain = {
        "bce_mass": Domain({"logits": LOGITS}, returns=Like("logits")),
        "bce_mass_on_levels": Domain(
            {"logits": LOGITS, "levels": Number(Wholes(2, reach=300, also=(3, 256)))}, returns=Like("logits")
        ),
        "continuous_bernoulli": Domain({"x": Tensor("...", Reals(0, 1, "[]")), "logits": LOGITS}, returns=Like("x")),
    }

    hints = (
        "−BCE = x log p + (1 − x) log(1 − p) is linear in x: with l = log p/(1 − p) it is x l + log(1 − p).",
        "∫ e^{xl} dx over [0, 1] has a closed form with l in the denominator. What is the integral itself at l = 0? "
        "A difference of nearly equal numbers is poor near there; tanh is not.",
        "A density is made by dividing by the integral: what does that do to its logarithm? At p = ½ the integrand is "
        "½ everywhere.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._mass_case(torch.tensor([2.0]), self.mass)
        yield self._levels_case(torch.tensor([2.0]), 2)
        yield self._levels_case(torch.tensor([2.0]), 3)
        yield self._density_case(torch.tensor([0.5]), torch.tensor([2.0]))
        for dtype, device in arithmetic():
            for shape in ((5,), (2, 3), (3, 3)):
                signs = torch.tensor(rng.choice([-1.0, 1.0], size=shape), dtype=dtype, device=device)
                logits = signs * random_spread(rng, shape, dtype, device, 0.05, 12)
                yield self._mass_case(logits, self.mass)
                for levels in (2, int(rng.integers(3, 10)), 17):
                    yield self._levels_case(logits, levels)
                grey = torch.tensor(rng.random(shape), dtype=dtype, device=device)
                yield self._density_case(grey, logits)
            ends = torch.tensor([100.0, -100.0, 40.0, -40.0], dtype=dtype, device=device)
            yield self._mass_case(ends, self.mass)
            yield self._levels_case(ends, 256)
            yield self._density_case(torch.tensor([0.99, 0.01, 1.0, 1.0], dtype=dtype, device=device), ends)
            for _ in range(3):
                nearly = torch.tensor(rng.choice([-1, 1], 4), device=device) * random_spread(
                    rng, (4,), dtype, device, 1e-3, 0.1
                )
                yield self._mass_case(nearly, self.centre)
                yield self._density_case(torch.tensor(rng.random(4), dtype=dtype, device=device), nearly)
            tiny = 1e-6 if dtype == torch.float32 else 1e-14
            middle = torch.tensor([0.0, tiny, -tiny, 10 * tiny], dtype=dtype, device=device)
            yield self._mass_case(middle, self.centre)
            yield self._density_case(torch.tensor([0.0, 0.3, 0.7, 1.0], dtype=dtype, device=device), middle)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "bce_mass":
            small = bool((given["logits"].abs() < 0.05).any())
            return self._mass_case(given["logits"], self.centre if small else self.mass)
        return (self._levels_case if name == "bce_mass_on_levels" else self._density_case)(**given)

    def _mass_case(self, logits: torch.Tensor, law: Law) -> Case:
        return case(call("bce_mass", logits), about=(self.shape, law), logits=logits, law=law, x=None)

    def _levels_case(self, logits: torch.Tensor, levels: int) -> Case:
        asked = call("bce_mass_on_levels", logits, levels)
        return case(asked, about=(self.shape_of_levels, self.levels), logits=logits, levels=levels)

    def _density_case(self, x: torch.Tensor, logits: torch.Tensor) -> Case:
        asked = call("continuous_bernoulli", x, logits)
        return case(asked, about=(self.shape_of_density, self.density), logits=logits, x=x)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        gate = {"bce_mass": self.shape, "bce_mass_on_levels": self.shape_of_levels}
        shape = has_shape(answer, tuple(case.logits.shape), case.logits)
        yield gate.get(case.asks[0].of, self.shape_of_density)(*shape)
        if shape.ok:
            yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_bce_mass(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield case.law(*_relative(answer, _masses(case.logits), _granted(case.logits)), mistake=_nought(case, answer))

    def _judge_bce_mass_on_levels(self, case: Case, answer: Any) -> Iterator[Finding]:
        logits, grey = exact(case.logits), np.linspace(0, 1, case.levels)
        probability = np.exp(_log_bernoulli(grey, logits[..., None]))
        rough = probability.sum(-1) * (1 + abs(logits))  # an exponent of size |l| is rounded relative to itself
        yield self.levels(*close(answer, probability.sum(-1), case.logits.dtype, rough))

    def _judge_continuous_bernoulli(self, case: Case, answer: Any) -> Iterator[Finding]:
        x, logits = exact(case.x), exact(case.logits)
        right = _log_bernoulli(x, logits) - np.log(_masses(case.logits))
        # what is granted to the mass is a share of it, and so is added to its logarithm
        rough = 1 + 2 * abs(logits) + _granted(case.logits) / (FACTOR * EPSILON["float32"])
        yield self.density(*close(answer, right, case.logits.dtype, rough), mistake=_nought(case, answer))

    mistakes = (
        wrong(
            "it is taken for a density already",
            {
                "bce_mass": lambda logits: torch.ones_like(logits),
                "bce_mass_on_levels": lambda logits, levels: torch.ones_like(logits),
                "continuous_bernoulli": lambda x, logits: _minus_bce(x, logits),
            },
            "exp(−BCE) is a probability on {0, 1}. Nobody has made it integrate to 1 over the grey values between, and it does not.",
        ),
        wrong(
            "the normaliser for the mass",
            {
                "bce_mass": lambda logits: 1 / _closed_mass(logits),
                "continuous_bernoulli": lambda x, logits: _minus_bce(x, logits) + _closed_mass(logits).log(),
            },
            "The factor that makes a density is one over the integral: here the two are exchanged.",
        ),
        wrong(
            "nought over nought",
            {
                "bce_mass": lambda logits: (2 * torch.sigmoid(logits) - 1) / logits,
                "continuous_bernoulli": lambda x, logits: (
                    _minus_bce(x, logits) - ((2 * torch.sigmoid(logits) - 1) / logits).log()
                ),
            },
            "At logit 0 the closed form is 0/0, and near it 2p − 1 has lost its digits. The integral itself is ½ there.",
        ),
        wrong(
            "the normaliser of p = 1/2 for all",
            {
                "bce_mass": lambda logits: torch.full_like(logits, 0.5),
                "continuous_bernoulli": lambda x, logits: _minus_bce(x, logits) + math.log(2),
            },
            "½ is the integral for p = ½ only; it gets smaller the surer p is.",
        ),
        wrong(
            "a mean over the levels",
            {"bce_mass_on_levels": lambda logits, levels: _level_masses(logits, levels) / levels},
            "Probabilities of the levels add up; their mean approaches the integral, which is another question.",
        ),
        wrong(
            "white is never reached",
            {"bce_mass_on_levels": lambda logits, levels: _level_masses(logits, levels, levels)},
            "The levels are k/(levels − 1): the first is 0 and the last is 1, with both ends among them.",
        ),
        wrong(
            "the integral for the sum",
            {"bce_mass_on_levels": lambda logits, levels: _closed_mass(logits)},
            "The levels are finitely many, each with the probability exp(−BCE): it is a sum, not the integral over [0, 1].",
        ),
        wrong(
            "not divided by the logit",
            _by_mass(lambda logits: _undivided(logits, 1.0, -1.0)),
            "This is 2p − 1, or half of it. The integral of e^{x l} over x brings a factor 1/l, the logit's own.",
            also=tuple(
                _by_mass(lambda logits, factor=factor, least=least: _undivided(logits, factor, least))
                for factor in (1.0, 0.5)
                for least in (-1.0, 0.0, 1e-4, 1e-3, 1e-2)
            )[1:],
        ),
        wrong(
            "the normaliser without its logarithm",
            {"continuous_bernoulli": lambda x, logits: _minus_bce(x, logits) - _closed_mass(logits)},
            "In the logarithm the density is divided by the integral, so the integral's logarithm is subtracted.",
            also=({"continuous_bernoulli": lambda x, logits: _minus_bce(x, logits) + 1 / _closed_mass(logits)},),
        ),
        wrong(
            "the cross-entropy with the wrong sign",
            {"continuous_bernoulli": lambda x, logits: -_minus_bce(x, logits) - _closed_mass(logits).log()},
            "BCE is minus the logarithm of a probability: the log density falls as it grows.",
            also=({"continuous_bernoulli": lambda x, logits: -_minus_bce(x, logits) + _closed_mass(logits).log()},),
        ),
        wrong(
            "the density, not its logarithm",
            {"continuous_bernoulli": lambda x, logits: _minus_bce(x, logits).exp() / _closed_mass(logits)},
            "This is the density itself. Its logarithm is asked for.",
        ),
    )


def _nought(case: Case, answer: Any) -> str | None:
    """Something that is no number at logit 0, and only there."""
    lost, zero = np.isnan(values(answer)), exact(case.logits) == 0
    return "nought over nought" if zero.any() and (lost == zero).all() else None


def _log_bernoulli(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """x log p + (1 − x) log(1 − p)."""
    return x * special.log_expit(logits) + (1 - x) * special.log_expit(-logits)


def _minus_bce(x: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    return x * functional.logsigmoid(logits) + (1 - x) * functional.logsigmoid(-logits)


def _closed_mass(logits: torch.Tensor) -> torch.Tensor:
    safe = torch.where(logits == 0, torch.ones_like(logits), logits)
    return torch.where(logits == 0, torch.full_like(logits, 0.5), torch.tanh(safe / 2) / safe)


def _level_masses(logits: torch.Tensor, levels: int, steps: int | None = None) -> torch.Tensor:
    return sum(_minus_bce(torch.full_like(logits, k / (steps or levels - 1)), logits).exp() for k in range(levels))
