"""grad.catch_bias: unbiased estimators of a gradient, told from biased ones (long: five kinds of bugs, all in code)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from autograder.judging.detective import Detective
from autograder.judging.exercise import exercise, gate, pays, wrong

Tensor = torch.Tensor


def _f(c: Tensor, z: Tensor) -> Tensor:
    return sum(c[k] * z**k for k in range(len(c))) + 0 * z


def _slope(c: Tensor, z: Tensor) -> Tensor:
    return sum((k * c[k] * z ** (k - 1) for k in range(1, len(c))), 0 * z)


def _pair(by_mu: Tensor, by_sigma: Tensor) -> Tensor:
    """Means over the noise of each row, (M, 2)."""
    return torch.stack([by_mu.mean(1), by_sigma.mean(1)], dim=1)


def _path(slope: Callable = _slope, sign: int = 1) -> Callable:
    return lambda c, mu, sigma, eps: _pair(
        slope(c, mu + sign * sigma * eps), sign * slope(c, mu + sign * sigma * eps) * eps
    )


def _score(
    baseline: Callable | None = None, by_mu: Callable | None = None, by_sigma: Callable | None = None
) -> Callable:
    """The score-function estimator. baseline: of c, mu, sigma, z; the others replace a derivative of log q."""

    def estimator(c: Tensor, mu: float, sigma: float, eps: Tensor) -> Tensor:
        z = mu + sigma * eps
        gain = _f(c, z) - (0.0 if baseline is None else baseline(c, mu, sigma, z))
        in_mu = eps / sigma if by_mu is None else by_mu(eps, sigma)
        in_sigma = (eps**2 - 1) / sigma if by_sigma is None else by_sigma(eps, sigma)
        return _pair(gain * in_mu, gain * in_sigma)

    return estimator


def _without_own(c: Tensor, mu: float, sigma: float, z: Tensor) -> Tensor:
    """The mean of f over the other samples of the row; nothing where there is none."""
    n = z.shape[1]
    return (_f(c, z).sum(1, keepdim=True) - _f(c, z)) / max(n - 1, 1)


def _with_own(c: Tensor, mu: float, sigma: float, z: Tensor) -> Tensor:
    return _f(c, z).mean(1, keepdim=True) + 0 * z


def _tangent(c: Tensor, mu: float, sigma: float, z: Tensor) -> Tensor:
    at = torch.full_like(z, mu)
    return _f(c, at) + _slope(c, at) * (z - mu)


def _mirrored(c: Tensor, mu: float, sigma: float, eps: Tensor) -> Tensor:
    return (_path()(c, mu, sigma, eps) + _path()(c, mu, sigma, -eps)) / 2


def _in_numpy(c: Tensor, mu: float, sigma: float, eps: Tensor) -> Tensor:
    slope = np.polynomial.Polynomial(c.numpy()).deriv()(mu + sigma * eps.numpy())
    return torch.from_numpy(np.stack([slope.mean(1), (slope * eps.numpy()).mean(1)], axis=1))


def _of_one_column(estimator: Callable, column: int) -> Callable:
    """Only one of the two derivatives is left."""
    keep = torch.tensor([1.0, 0.0] if column == 0 else [0.0, 1.0], dtype=torch.float64)
    return lambda c, mu, sigma, eps: estimator(c, mu, sigma, eps) * keep


def _scaled_sigma(estimator: Callable, factor: Callable) -> Callable:
    return lambda c, mu, sigma, eps: (
        estimator(c, mu, sigma, eps) * torch.tensor([1.0, factor(sigma)], dtype=torch.float64)
    )


def _first(c: Tensor, mu: float, sigma: float, z: Tensor) -> Tensor:
    return _f(c, z)[:, :1] + 0 * z


def _upper(c: Tensor, mu: float, sigma: float, z: Tensor) -> Tensor:
    return _f(c, z).amax(1, keepdim=True) + 0 * z


@exercise("grad.catch_bias", ("is_unbiased",), kind="detective")
class CatchBias(Detective):
    """Unbiased estimators of ∂ E f / ∂ (mu, sigma), told from those whose mean is another."""

    apart = True
    accepts = gate("every unbiased estimator is accepted, however much it scatters")
    path = pays("an estimator whose path has lost something is caught")
    score = pays("an estimator with a slip in the score is caught")
    baseline = pays("an estimator whose baseline moves the mean is caught")
    rows = pays("an estimator that is unbiased with a single noise only is caught")
    some = pays("an estimator that is unbiased for some f and parameters only is caught")

    hints = (
        "What must the mean of the estimates be? The pathwise formula and `normal_points` give it to all digits.",
        "A weighted mean of the rows over `normal_points` is an expectation. With sigma = 1, mu = 0 or a straight f many "
        "slips do not show.",
        "A baseline that is made from the samples of the row may show its bias only with two noises: let a row hold a "
        "pair of points, for all pairs, with the product of their probabilities.",
    )

    right = {
        "the score function": _score(),
        "the score with a constant baseline": _score(lambda c, mu, sigma, z: 1.7),
        "the score with f(μ) as baseline": _score(lambda c, mu, sigma, z: _f(c, torch.full_like(z, mu))),
        "the score with the other samples' mean": _score(_without_own),
        "the path": _path(),
        "the path downwards": _path(sign=-1),
        "the path with mirrored noise": _mirrored,
        "half score, half path": lambda *given: (_score()(*given) + _path()(*given)) / 2,
        "in numpy": _in_numpy,
    }
    bugs = {
        "path": {
            "has detached σ": _of_one_column(_path(), 0),
            "has detached μ": _of_one_column(_path(), 1),
            "forgets the noise in ∂z/∂σ": lambda c, mu, sigma, eps: _path()(c, mu, sigma, eps)[:, :1].expand(-1, 2),
            "differentiates by log σ": _scaled_sigma(_path(), lambda sigma: sigma),
            "differentiates by σ²": _scaled_sigma(_path(), lambda sigma: 0.5 / sigma),
            "takes the slope at the mean": lambda c, mu, sigma, eps: _pair(
                _slope(c, mu + 0 * eps), _slope(c, mu + 0 * eps) * eps
            ),
            "takes the noise for the sample": lambda c, mu, sigma, eps: _path()(c, mu, 1.0, eps),
        },
        "score": {
            "has the sign of the derivative by z": lambda *given: -_score()(*given),
            "forgets the normaliser": _score(by_sigma=lambda eps, sigma: eps**2 / sigma),
            "forgets a 1/σ": _score(by_mu=lambda eps, sigma: eps, by_sigma=lambda eps, sigma: eps**2 - 1),
            "divides by σ once too often": _score(by_mu=lambda eps, sigma: eps / sigma**2),
            "forgets the score": _score(by_mu=lambda eps, sigma: 1 + 0 * eps, by_sigma=lambda eps, sigma: 1 + 0 * eps),
            "differentiates by log σ": _scaled_sigma(_score(), lambda sigma: sigma),
        },
        "baseline": {
            "takes the row's mean, its own sample included": _score(_with_own),
            "takes the largest f of the row": _score(_upper),
            "takes half of its own f": _score(lambda c, mu, sigma, z: _f(c, z) / 2),
            "takes the tangent at the mean": _score(_tangent),
            "is not multiplied by the score": lambda *given: _score()(*given) - 1.7,
            "is divided away": lambda *given: _score()(*given) / 1.7,
        },
        "rows": {
            "adds up over the noise of a row": lambda c, mu, sigma, eps: _path()(c, mu, sigma, eps) * eps.shape[1],
            "takes the row's mean where there are others": lambda c, mu, sigma, eps: _score(
                _with_own if eps.shape[1] > 1 else None
            )(c, mu, sigma, eps),
            "takes the first f of the row where there are others": lambda c, mu, sigma, eps: _score(
                _first if eps.shape[1] > 1 else None
            )(c, mu, sigma, eps),
            "averages the noise of a row before it takes the slope": lambda c, mu, sigma, eps: _path()(
                c, mu, sigma, eps.mean(1, keepdim=True)
            ),
        },
        "some": {
            "drops what is above the square": lambda c, *given: _path()(c[:3], *given),
            "lets a constant in f move the derivative by σ": lambda c, mu, sigma, eps: (
                _score()(c, mu, sigma, eps) + c[0] * torch.tensor([0.0, 0.3], dtype=torch.float64)
            ),
            "takes a difference over half a unit": _path(lambda c, z: (_f(c, z + 0.5) - _f(c, z - 0.5)) / 1.0),
            "takes σ for 1": lambda c, mu, sigma, eps: _path()(c, mu, sigma**0, eps),
            "takes μ for 0": lambda c, mu, sigma, eps: _path()(c, 0 * mu, sigma, eps),
            "clamps the noise at ±2": lambda c, mu, sigma, eps: _path()(c, mu, sigma, eps.clamp(-2, 2)),
        },
    }

    mistakes = (
        wrong(
            "a standard normal only",
            lambda implementation: _agrees(implementation, parameters=((0.0, 1.0),)),
            "At mu = 0 and sigma = 1 nobody can tell sigma from its square, nor sigma from 1.",
        ),
        wrong(
            "the derivative by mu alone",
            lambda implementation: _agrees(implementation, columns=(0,)),
            "Only the first column was compared. The derivative by sigma has slips of its own.",
        ),
        wrong(
            "row by row",
            lambda implementation: _row_by_row(implementation),
            "An unbiased estimator need not be the pathwise one: rows may differ, only their mean over the noise is fixed.",
        ),
        wrong(
            "too few draws",
            lambda implementation: _by_draws(implementation),
            "A mean of a few thousand draws is off by several per cent, and right estimators are refused, or wrong ones pass. "
            "With `normal_points` the mean is exact.",
        ),
        wrong(
            "one noise in a row",
            lambda implementation: _agrees(implementation, noises=(1,)),
            "With a single noise in each row, nobody can tell a sum from a mean, nor the baseline of the others from one "
            "that has the sample itself in it. Ask with two as well.",
        ),
        wrong(
            "one function only",
            lambda implementation: _agrees(implementation, polynomials=([0.0, 0.0, 1.0],)),
            "Your test asks about a square, or a straight line, and nothing else. Powers above it, and a constant, may be "
            "treated wrongly.",
            also=(
                lambda implementation: _agrees(implementation, polynomials=([0.0, 1.0],)),
                lambda implementation: _agrees(implementation, noises=(2,), polynomials=([0.0, 1.0],)),
                lambda implementation: _agrees(implementation, noises=(1,), polynomials=([0.0, 0.0, 1.0],)),
            ),
        ),
        wrong(
            "refuses everything",
            lambda implementation: False,
            "Every estimator is refused, the right ones as well: the mean that you compare is not the expectation. A mean "
            "of draws never is, nor is one without the weights of `normal_points`; and two right programs round differently.",
        ),
    )


def _noises(n: int, points: int = 10) -> tuple[Tensor, Tensor]:
    """All rows of n noises out of Gauss and Hermite's points, and their probabilities."""
    nodes, weights = (torch.tensor(v) for v in np.polynomial.hermite_e.hermegauss(points))
    weights = weights / weights.sum()
    if n == 1:
        return nodes[:, None], weights
    return torch.cartesian_prod(nodes, nodes), torch.cartesian_prod(weights, weights).prod(1)


def _truth(c: Tensor, mu: float, sigma: float) -> Tensor:
    eps, weights = _noises(1)
    return weights @ _path()(c, mu, sigma, eps)


def _agrees(
    implementation: Callable,
    noises: tuple[int, ...] = (1, 2),
    parameters: tuple[tuple[float, float], ...] = ((0.6, 1.7), (-1.1, 0.4)),
    polynomials: tuple[list[float], ...] = ([0.7, -1.2, 0.4, 0.5, -0.1], [2.0, 1.0], [0.0, 0.0, 1.0]),
    columns: tuple[int, ...] = (0, 1),
) -> bool:
    for mu, sigma in parameters:
        for c in (torch.tensor(each, dtype=torch.float64) for each in polynomials):
            for n in noises:
                eps, weights = _noises(n)
                apart = (weights @ implementation(c, mu, sigma, eps) - _truth(c, mu, sigma))[list(columns)]
                if not bool((apart.abs() < 1e-6).all()):
                    return False
    return True


def _row_by_row(implementation: Callable) -> bool:
    eps, _ = _noises(2)
    c = torch.tensor([0.7, -1.2, 0.4, 0.5], dtype=torch.float64)
    return bool(torch.allclose(implementation(c, 0.6, 1.7, eps), _path()(c, 0.6, 1.7, eps), atol=1e-6))


def _by_draws(implementation: Callable) -> bool:
    eps = torch.randn(2000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    c = torch.tensor([0.7, -1.2, 0.4, 0.5], dtype=torch.float64)
    apart = implementation(c, 0.6, 1.7, eps).mean(0) - _truth(c, 0.6, 1.7)
    return bool((apart.abs() < 0.5).all())
