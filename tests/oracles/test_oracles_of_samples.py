"""The oracles of notebook 07 against each other and against other libraries, and how a derivation is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import torch
from scipy import stats

from autograder.judging.derivation import Term, judge_line
from autograder.judging.exercise import Finding, Law
from autograder.oracles import lognormals, quantiles
from autograder.oracles.moments import Polynomial
from pushforward.answering.nets import ARCHITECTURES
from pushforward.answering.wire import Plain

RNG = np.random.default_rng(0)
COEFFICIENTS, CROSS = RNG.normal(size=(4, 2)), 0.7
MU, SIGMA = np.array([0.3, -1.1]), np.array([0.6, 1.4])


@pytest.fixture
def f() -> Polynomial:
    return Polynomial.of(COEFFICIENTS, CROSS)


def quadrature(g: Callable[[np.ndarray], np.ndarray]) -> float:
    """E g(z) for z ~ N(MU, diag SIGMA²)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    grid = np.stack(np.meshgrid(nodes, nodes, indexing="ij"), -1).reshape(-1, 2)
    return float(np.outer(weights, weights).ravel() @ g(MU + SIGMA * grid) / weights.sum() ** 2)


def test_a_polynomial_is_the_map_of_that_name(f: Polynomial) -> None:
    z = RNG.normal(size=(5, 2))
    net = ARCHITECTURES["polynomial"]([torch.tensor(COEFFICIENTS), torch.tensor(CROSS, dtype=torch.float64)])
    np.testing.assert_allclose(f(z), net(torch.tensor(z)).numpy(), rtol=1e-12)
    np.testing.assert_allclose((f * f)(z), f(z) ** 2, rtol=1e-11)
    at = torch.tensor(z, requires_grad=True)
    (slopes,) = torch.autograd.grad(net(at).sum(), at)
    np.testing.assert_allclose(np.stack([f.derivative(d)(z) for d in (0, 1)], -1), slopes, rtol=1e-11)


def test_moments_agree_with_quadrature(f: Polynomial) -> None:
    assert float(f.mean(MU, SIGMA)) == pytest.approx(quadrature(f), rel=1e-12)
    assert f.variance(MU, SIGMA) == pytest.approx(quadrature(lambda z: f(z) ** 2) - quadrature(f) ** 2, rel=1e-10)
    score = Polynomial.score_in_mu(1, MU, SIGMA)
    assert float(score.mean(MU, SIGMA)) == 0
    by_mu, by_sigma = f.gradient_of_mean(MU, SIGMA)
    assert by_mu[1] == pytest.approx(float((f * score).mean(MU, SIGMA)), rel=1e-12)
    score_in_sigma = quadrature(lambda z: f(z) * ((z[:, 0] - MU[0]) ** 2 / SIGMA[0] ** 3 - 1 / SIGMA[0]))
    assert by_sigma[0] == pytest.approx(score_in_sigma, rel=1e-10)


def test_distribution_functions_by_quadrature_are_those_of_scipy() -> None:
    x = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(lognormals.normal_cdf(x), stats.norm.cdf(x), atol=2e-15)
    a = np.exp(0.4 + 1.7 * x)
    np.testing.assert_allclose(lognormals.cdf(a, 0.4, 1.7), stats.lognorm.cdf(a, 1.7, scale=np.exp(0.4)), atol=2e-15)
    assert lognormals.cdf(np.array([-1.0, 0.0]), 0.4, 1.7).tolist() == [0.0, 0.0]


def test_the_divergence_by_quadrature_is_that_of_torch() -> None:
    for mu, sigma, m, s in RNG.uniform(0.3, 2, size=(5, 4)):
        q, p = (torch.distributions.LogNormal(*torch.tensor(pair)) for pair in ((mu, sigma), (m, s)))
        assert lognormals.kl(mu, sigma, m, s) == pytest.approx(
            torch.distributions.kl_divergence(q, p).item(), rel=1e-10
        )


def test_equal_quantiles_far_into_the_tails() -> None:
    """Against fifty digits: the tail that z cuts off is the tail that x cuts off."""
    x = np.array([-9.0, -3.0, 0.0, 2.0, 9.0])
    z = quantiles.same_quantile(x, quantiles.STANDARD_NORMAL, quantiles.lognormal(0.5, 0.7))
    with mpmath.workdps(50):
        for at, found in zip(x.tolist(), z.tolist(), strict=True):
            side = -1 if at < 0 else 1
            u = (mpmath.log(mpmath.mpf(found)) - mpmath.mpf(0.5)) / mpmath.mpf(0.7)
            tail, cut = (mpmath.erfc(side * v / mpmath.sqrt(2)) for v in (mpmath.mpf(at), u))
            assert abs(cut - tail) < 1e-12 * tail


def test_implicit_derivatives_are_the_slopes_of_equal_quantiles() -> None:
    x, mu, sigma, h = np.array([-2.0, 0.3, 2.5]), 0.4, 0.8, 1e-5

    def z(x: np.ndarray, mu: float, sigma: float) -> np.ndarray:
        return quantiles.same_quantile(x, quantiles.STANDARD_NORMAL, quantiles.lognormal(mu, sigma))

    tail, source = quantiles.lognormal_log_tail, quantiles.STANDARD_NORMAL
    found = quantiles.implicit_derivatives(z(x, mu, sigma), x, source, tail, np.array(mu), np.array(sigma))
    np.testing.assert_allclose(found["mu"], (z(x, mu + h, sigma) - z(x, mu - h, sigma)) / (2 * h), rtol=1e-8)
    np.testing.assert_allclose(found["sigma"], (z(x, mu, sigma + h) - z(x, mu, sigma - h)) / (2 * h), rtol=1e-8)
    np.testing.assert_allclose(found["x"], (z(x + h, mu, sigma) - z(x - h, mu, sigma)) / (2 * h), rtol=1e-8)


@pytest.mark.parametrize("shape", [(), (3,), (1,), (2, 1), (2, 3), (1, 1, 3)])
def test_sums_go_over_what_was_broadcast(shape: tuple[int, ...]) -> None:
    weights = RNG.normal(size=(4, 2, 3))
    at = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad((torch.tensor(weights) * at).sum(), at)
    np.testing.assert_allclose(quantiles.sum_to(weights, shape), expected, rtol=1e-12)


# --- derivations -----------------------------------------------------------------------------------------------

LAW = Law("a line", 1.0)
TERMS = {"one": Term(1.0), "two": Term([1.0, 2.0]), "three": Term(3.0)}
RIGHT = {"one": 1.0, "two": [1.0, 2.0], "three": 3.0}


def judged(answer: Any, line: int = 2, after: str | None = None) -> Finding:
    (finding,) = judge_line(LAW, line, answer, TERMS, torch.float64, after=after)
    return finding


def tensor(*values: float) -> Plain:
    return Plain(np.array(values), "tensor", "float64", "cpu")


def test_a_line_holds_term_by_term() -> None:
    assert judged(RIGHT).ok
    assert judged(RIGHT | {"two": tensor(1.0, 2.0), "three": tensor(3.0, 3.0)}).ok  # one number may come repeated
    assert not judged(RIGHT | {"three": tensor(3.0, 3.1)}).ok
    assert not judged(RIGHT | {"three": tensor()}).ok


def test_a_lost_term_is_named_with_what_still_holds() -> None:
    lost = "Equality is lost between line 1 and line 2, in the term `two`; its other terms hold."
    assert judged(RIGHT | {"two": [2.0, 1.0]}).why == lost
    lost = "Equality is lost between the starting point and line 1, in the terms `one` and `two`; its other term holds."
    assert judged({"one": 0.0, "two": [2.0, 1.0], "three": 3.0}, line=1).why == lost
    nothing = dict.fromkeys(TERMS, 0.0)
    assert judged(nothing, after="the definition").why.startswith("Equality is lost between the definition and line 2,")


@pytest.mark.parametrize("answer", [None, 3.0, [], {}, {"one": 1.0}, RIGHT | {"four": 4.0}])
def test_a_line_without_its_terms_says_which_are_wanted(answer: Any) -> None:
    finding = judged(answer)
    assert not finding.ok
    assert "`one`, `two`, `three`" in finding.expected


@pytest.mark.parametrize("size", [1.0, 1e-3, 1e-30])
def test_the_path_of_a_normal_sample_loses_nothing_at_small_scales(size: float) -> None:
    """Of a standard normal x it is z = mu + sigma x, whose derivatives can be read off."""
    x, sigma = np.array([-80.0, -3.0, -0.5, 0.0, 2.0, 60.0]), size * np.array([1.0, 1.0, 2.0, 0.5, 1.5, 0.7])
    away, by = quantiles.normal_path(x, quantiles.STANDARD_NORMAL, sigma)
    for got, expected in ((away, sigma * x), (by["mu"], 1 + 0 * x), (by["sigma"], x), (by["x"], sigma)):
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-15 * abs(expected).max())
