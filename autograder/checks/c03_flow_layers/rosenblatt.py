"""flow.rosenblatt: z = (Φ⁻¹(F₁(x₁)), Φ⁻¹(F₂(x₂ given x₁))) of normals in the plane, and back (long: slips of both)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.special import ndtr, ndtri

from autograder.checks.c03_flow_layers.shared import Layer, slips
from autograder.judging.compare import arithmetic
from autograder.judging.domain import Domain, Like, Made, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, exercise, wrong

FORTH, BACK = NAMES = "rosenblatt_forward", "rosenblatt_inverse"
FAR = 10.0  # of mu
REACH = 2.5  # of z; beyond it a distribution function in float32 has no digits left
Pair = tuple[torch.Tensor, torch.Tensor]
Rows = torch.Tensor


def _shares(rng: np.random.Generator, K: int) -> np.ndarray:
    return 0.1 / K + 0.9 * rng.dirichlet(np.full(K, 2.0))


def _mixture(rng: np.random.Generator, K: int) -> tuple[np.ndarray, ...]:
    return _shares(rng, K), rng.uniform(-1.5, 1.5, (K, 2)), rng.uniform(0.4, 1.2, (K, 2))


_WEIGHTS = Made(lambda p: p.tensor(_shares(p.rng, p.sizes["K"])), says=("(K,)", "add up to 1"))


def _domain(points: str) -> Domain:
    z = Tensor("B, 2", Reals(-REACH, REACH, "[]"))
    if points == "x":
        z = Tensor("B, 2", Reals(reach=(1e-2, REACH), usual=(-2, 2)), says=("the image of a z in [-2.5, 2.5]",))
    arguments = {points: z, "weights": _WEIGHTS, "mu": Tensor("K, 2", Reals(-FAR, FAR, "[]", usual=(-1.5, 1.5)))}
    arguments["sigma"] = Tensor("K, 2", Reals(0.4, 1.2, "[]"))
    sizes = {"B": (1, 4), "K": (1, 2, 3)}
    return Domain(arguments, sizes=sizes, returns=(Like(points), Like(points)), draws=1, most=6)


def _log_normal(x: Rows, mu: Rows, sigma: Rows) -> Rows:
    return -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - 0.5 * math.log(2 * math.pi)


def _given_first(x: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Rows:
    """The weights of the components for x_2, once x_1 is known: (B, K)."""
    return torch.softmax(weights.log() + _log_normal(x[:, :1], mu[:, 0], sigma[:, 0]), dim=1)


def _prior(x: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Rows:
    return weights.expand(len(x), -1)


def _home(second: Callable = _given_first, base: bool = True, score: Callable = ndtri, joint: bool = False) -> Callable:
    """The way back with other weights for the second coordinate, without the base's density, or without Φ⁻¹.

    joint: the log-determinant from the right density of x, all the same.
    """

    def back(x: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Pair:
        found, ladj = [], 0
        for i, w in enumerate((_prior(x, weights, mu, sigma), second(x, weights, mu, sigma))):
            u = (w * ndtr((x[:, i : i + 1] - mu[:, i]) / sigma[:, i])).sum(1)
            found.append(score(u))
            ladj = ladj + torch.logsumexp(w.log() + _log_normal(x[:, i : i + 1], mu[:, i], sigma[:, i]), dim=1)
        z = torch.stack(found, dim=1)
        if joint:
            ladj = torch.logsumexp(weights.log() + _log_normal(x[:, None], mu, sigma).sum(2), dim=1)
        return z, ladj - (_log_normal(z, z * 0, z * 0 + 1).sum(1) if base else 0)

    return back


def _out(
    second: Callable = _given_first, back: Callable | None = None, at_noise: bool = False, end: float = 20.0
) -> Callable:
    """Forward by bisection, and minus the log-determinant of that way back; at_noise: with new weights from z₁; end: of
    the interval, on either side."""

    def forth(z: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Pair:
        x = torch.zeros_like(z)
        for i in (0, 1):
            w = (_prior, second)[i](z if at_noise else x, weights, mu, sigma)
            x = x.clone()
            x[:, i] = _quantile(ndtr(z[:, i]), w, mu[:, i], sigma[:, i], end=end)
        return x, -(back or _home(second))(x, weights, mu, sigma)[1]

    return forth


def _quantile(u: Rows, w: Rows, mu: Rows, sigma: Rows, steps: int = 70, end: float = 20.0) -> Rows:
    low, high = torch.full_like(u, -end), torch.full_like(u, end)
    for _ in range(steps):
        middle = (low + high) / 2
        below = (w * ndtr((middle[:, None] - mu) / sigma)).sum(1) < u
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2


def _turned(way: Callable) -> Callable:
    """The second coordinate first."""

    def changed(v: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Pair:
        moved, ladj = way(v.flip(1), weights, mu.flip(1), sigma.flip(1))
        return moved.flip(1), ladj

    return changed


def _by_both(x: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Rows:
    return torch.softmax(weights.log() + _log_normal(x[:, None], mu, sigma).sum(2), dim=1)


def _without_prior(x: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Rows:
    return torch.softmax(_log_normal(x[:, :1], mu[:, 0], sigma[:, 0]), dim=1)


def _unnormalised(x: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Rows:
    return weights * _log_normal(x[:, :1], mu[:, 0], sigma[:, 0]).exp()


def _careless(x: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Rows:
    return torch.softmax(weights.log() - 0.5 * ((x[:, :1] - mu[:, 0]) / sigma[:, 0]) ** 2, dim=1)


def _by_ends(**other: Any) -> Callable:
    """Forward with something else on the way to x, and the log-determinant by the densities at both ends."""

    def forth(z: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Pair:
        x = _out(**other)(z, weights, mu, sigma)[0]
        log_p = torch.logsumexp(weights.log() + _log_normal(x[:, None], mu, sigma).sum(2), dim=1)
        return x, _log_normal(z, z * 0, z * 0 + 1).sum(1) - log_p

    return forth


def _weighed(second: Callable, joint: bool = False) -> dict[str, Callable]:
    """Both directions with other weights for the second coordinate."""
    back = _home(second, joint=joint)
    return {FORTH: _out(second, back), BACK: back}


_RIGHT = _out(), _home()


@exercise("flow.rosenblatt", NAMES)
class Rosenblatt(Layer):
    """z = (Φ⁻¹(F₁(x₁)), Φ⁻¹(F₂(x₂ given x₁))). Each coordinate becomes standard normal, whatever stood before it."""

    shut = (FORTH,)
    rounds = 8.0
    hints = (
        "F₁ is a mixture of normal distribution functions with the given weights. With which weights is F₂ one, once x₁ is "
        "known? (Bayes: which component did x₁ come from?)",
        "u = F(x) is uniform. Which function makes a normal number of a uniform one?",
        "ladj: the density of x is that of z times |det ∂z/∂x|, so log |det| = log p(x) − log N(z; 0, I). Forward: first "
        "find x₁, then the weights, then x₂.",
    )
    domain = {FORTH: _domain("z"), BACK: _domain("x")}

    def layer(self, z: Rows, weights: Rows, mu: Rows, sigma: Rows) -> Rows:
        """Quantiles by bisection and then two of Newton's steps, through which derivatives pass."""
        share, made = weights.expand(len(z), -1), []
        for i in (0, 1):
            m, s, level = mu[:, i], sigma[:, i], torch.erfc(-z[:, i] / math.sqrt(2)) / 2
            with torch.no_grad():
                a = _quantile(level, share, m, s, steps=25)
            for _ in range(2):
                t = (a[:, None] - m) / s
                mass = (share * torch.erfc(-t / math.sqrt(2)) / 2).sum(1)
                a = a - (mass - level) / (share * torch.exp(-t * t / 2) / s).sum(1) * math.sqrt(2 * math.pi)
            made.append(a)
            bayes = share * torch.exp(-(((a[:, None] - m) / s) ** 2) / 2) / s
            share = bayes / bayes.sum(1, keepdim=True)
        return torch.stack(made, dim=1)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        """Derivatives only where no share underflows: the logarithm of one that does has none."""
        z, *rest = given.values()
        near = z.dtype is torch.float64 and bool((given["mu"].abs() <= 2).all())
        return self._case((name,), z, rest, slopes=near and z.numel() <= 6)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = floats([1.0], PYTHON), floats([[1.0, 0.0]], PYTHON), floats([[0.5, 1.0]], PYTHON)
        yield self.both(floats([[1.0, -1.0]], PYTHON), *one)
        two = floats([0.5, 0.5], PYTHON), floats([[-1.0, -1.0], [1.0, 1.0]], PYTHON), floats([[0.5, 0.5]] * 2, PYTHON)
        yield self.both(floats([[0.0, 0.0], [1.0, 0.5]], PYTHON), *two, slopes=True)
        ends = floats([0.5, 0.5], PYTHON), floats([[FAR, -FAR]] * 2, PYTHON), floats([[1.2, 1.2], [1.0, 1.2]], PYTHON)
        yield self._case((FORTH,), floats([[REACH, -REACH]], PYTHON), ends, slopes=False)
        for dtype, device in arithmetic():
            for K in (2, 3, 3):
                given = [floats(each, dtype, device) for each in _mixture(rng, K)]
                z = floats(rng.uniform(-2, 2, (3, 2)), dtype, device)
                yield self.both(z, *given, slopes=dtype is torch.float64)

    mistakes = (
        *slips(FORTH, BACK, *_RIGHT),
        wrong(
            "marginal distribution functions only",
            _weighed(_prior),
            "The second coordinate was treated as if it knew nothing of the first. Once x₁ is known, some components are more "
            "probable than before: update the weights by Bayes' rule.",
            also=(_weighed(_prior, joint=True),),
        ),
        wrong(
            "the second coordinate first",
            {FORTH: _turned(_RIGHT[0]), BACK: _turned(_RIGHT[1])},
            "This map is as good, but another: x₁ comes first, and x₂ given x₁ second.",
        ),
        wrong(
            "uniform in place of normal",
            {BACK: _home(score=lambda u: u)},
            "This is u = F(x), uniform on (0, 1). The base is normal: Φ⁻¹ is missing.",
        ),
        wrong(
            "the density for the log-determinant",
            {FORTH: _out(back=_home(base=False)), BACK: _home(base=False)},
            "log p(x) is the log-determinant of x ↦ u. The step from u to z = Φ⁻¹(u) stretches as well: subtract log N(z; 0, I).",
        ),
        wrong(
            "weights without the densities",
            _weighed(_careless),
            "Bayes' rule weighs a component by its density at x₁. The factor 1/σ is part of it.",
            also=(_weighed(_careless, joint=True),),
        ),
        wrong(
            "the old weights left out of the new ones",
            _weighed(_without_prior),
            "Bayes' rule multiplies what was known before, the weight π, by the density at x₁.",
            also=(_weighed(_without_prior, joint=True),),
        ),
        wrong(
            "weights by both coordinates",
            {BACK: _home(_by_both)},
            "F₂ is the distribution function of x₂ given x₁: its weights may know x₁, and not x₂.",
            also=({BACK: _home(_by_both, joint=True)},),
        ),
        wrong(
            "new weights that do not add up to 1",
            {BACK: _home(_unnormalised)},
            "Probabilities are *proportional* to π N(x₁; μ, σ²): divide by their sum over the components.",
            also=({BACK: _home(_unnormalised, joint=True)},),
        ),
        wrong(
            "an interval without the solution",
            {FORTH: _by_ends(end=4)},
            "Halving finds only what lies in its interval. A quantile may lie beyond the farthest mu, by some sigma: let the "
            "ends follow from mu and sigma, or go far beyond both.",
            also=tuple({FORTH: way(end=end)} for way in (_by_ends, _out) for end in (4, 5, 10)),
        ),
        wrong(
            "weights at z₁",
            {FORTH: _by_ends(at_noise=True)},
            "The components are told apart by where the data are: find x₁ first, and weigh by its density there.",
        ),
    )
