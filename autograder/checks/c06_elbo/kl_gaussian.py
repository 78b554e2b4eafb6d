"""elbo.kl_gaussian (long: four entries, each with the slips that students make in it).

KL(q ‖ p) = ½ (Σ sigma_q²/sigma_p² + Σ (mu_q − mu_p)²/sigma_p² − d + Σ log sigma_p²/sigma_q²), term by term.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c06_elbo.shared import has_keys, kl_by_quadrature, random_spread
from autograder.judging.compare import arithmetic, close, exact, kind_of
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

TERMS = ("trace", "mean", "log_det", "kl")
WIDTHS = Reals(0, math.inf, reach=(1e-7, 1e4))


def _kl_parts(
    mu: torch.Tensor,
    sigma: torch.Tensor,
    prior_mu: torch.Tensor,
    prior_sigma: torch.Tensor,
    *,
    power: int = 2,
    log_power: int = 2,
    sign: int = 1,
    reduce: Callable = torch.sum,
    offset: bool = True,
    half: float = 0.5,
) -> dict[str, torch.Tensor]:
    """The four entries, each of them open to one mistake."""
    trace = reduce((sigma / prior_sigma) ** power, 1)
    mean = reduce((mu - prior_mu) ** 2 / prior_sigma**power, 1)
    log_det = sign * reduce(log_power * (prior_sigma / sigma).log(), 1)
    d = mu.shape[1] if reduce is torch.sum else 1
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": half * (trace + mean - offset * d + log_det)}


def _kl_with(*, trace: Any = None, mean: Any = None, dimension: Any = None) -> Callable:
    """With another trace or mean (functions of mu, sigma and the prior's, for each dimension), or another d."""

    def answer(*given: torch.Tensor) -> dict[str, torch.Tensor]:
        right = _kl_parts(*given)
        first = right["trace"] if trace is None else trace(*given).sum(1)
        second = right["mean"] if mean is None else mean(*given).sum(1)
        d = given[0].shape[1] if dimension is None else dimension(given[0])
        kl = 0.5 * (first + second - d + right["log_det"])
        return {"trace": first, "mean": second, "log_det": right["log_det"], "kl": kl}

    return answer


def _with_log_det(given: tuple[torch.Tensor, ...], log_det: torch.Tensor) -> dict[str, torch.Tensor]:
    right = _kl_parts(*given)
    return {**right, "log_det": log_det, "kl": right["kl"] + 0.5 * (log_det - right["log_det"])}


def _of_products(mu, sigma, prior_mu, prior_sigma):
    log_det = ((prior_sigma**2).prod() / (sigma**2).prod(1)).log()
    return _with_log_det((mu, sigma, prior_mu, prior_sigma), log_det)


def _of_product_of_ratios(mu, sigma, prior_mu, prior_sigma):
    log_det = ((prior_sigma / sigma) ** 2).prod(1).log()
    return _with_log_det((mu, sigma, prior_mu, prior_sigma), log_det)


def _of_determinants(mu, sigma, prior_mu, prior_sigma):
    return _with_log_det((mu, sigma, prior_mu, prior_sigma), ((prior_sigma / sigma) ** 2).prod(1))


def _over_the_batch(*given: torch.Tensor) -> dict[str, torch.Tensor]:
    right = _kl_parts(*given)
    added = {name: right[name].sum().expand(len(given[0])) for name in ("trace", "mean", "log_det")}
    return {**added, "kl": 0.5 * (sum(added.values()) - given[0].shape[1])}


def _narrow_all(mu, sigma, prior_mu, prior_sigma):
    right = _kl_with(trace=lambda m, s, M, S: s / S)(mu, sigma, prior_mu, prior_sigma)
    return {**right, "log_det": right["log_det"] / 2, "kl": right["kl"] - right["log_det"] / 4}


def _reversed_kl(mu, sigma, prior_mu, prior_sigma):
    return _kl_parts(prior_mu + 0 * mu, prior_sigma + 0 * sigma, mu, sigma)


@exercise("elbo.kl_gaussian", ("kl_gaussian",))
class KlGaussian(Exercise):
    """KL(q ‖ p) = ½ (Σ sigma_q²/sigma_p² + Σ (mu_q − mu_p)²/sigma_p² − d + Σ log sigma_p²/sigma_q²), term by term."""

    terms = gate("the answer is a dictionary with trace, mean, log_det and kl")
    trace = pays("trace: q's variances in units of the prior's, added up", 0.5)
    mean = pays("mean: the squared distance of the means in units of the prior's variances", 0.5)
    log_det = pays("log_det: the logarithm of the prior's determinant over q's", 0.5)
    kl = pays("kl: the divergence in nats, one per item, nought where q is the prior", 1.5)

    domain = {
        "kl_gaussian": Domain(
            {
                "mu": Tensor("B, d"),
                "sigma": Tensor("B, d", WIDTHS),
                "prior_mu": Tensor("d"),
                "prior_sigma": Tensor("d", WIDTHS),
            },
            sizes={"B": (1, 5), "d": (1, 5)},
            returns={name: Like("mu") for name in TERMS},
            says=("both sigmas are standard deviations",),
        )
    }

    hints = (
        "Write log q(z) − log p(z) for one dimension and take its expectation under q: E(z − mu)² is sigma².",
        "Both covariances are diagonal: a trace is a sum, a determinant a product, over the d dimensions.",
        "When q is the prior itself all must cancel: put mu = prior_mu and sigma = prior_sigma into your formula.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(
            torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5, 2.0]]), torch.tensor([0.0, 1.0]), torch.tensor([1.0, 2.0])
        )
        for dtype, device in arithmetic():
            for batch, d in ((3, 2), (4, 4), (1, 5), (5, 1)):
                mu, prior_mu = normal(rng, (batch, d), dtype, device), normal(rng, (d,), dtype, device)
                sigma, prior_sigma = (
                    random_spread(rng, (batch, d), dtype, device),
                    random_spread(rng, (d,), dtype, device),
                )
                yield self._case(mu, sigma, prior_mu, prior_sigma)
            yield self._case(prior_mu.expand(3, -1).clone(), prior_sigma.expand(3, -1).clone(), prior_mu, prior_sigma)
            # the product of the widths is below all floats, or that of their ratios above or below
            for low, prior_low in ((1e-3, 1e-3), (1e-3, 0.1), (0.1, 1e-3)):
                many = random_spread(rng, (1, 300), dtype, device, low, 10 * low)
                prior = random_spread(rng, (300,), dtype, device, prior_low, 10 * prior_low)
                yield self._case(0 * many, many, 0 * prior, prior)
            certain = random_spread(rng, (3, 2), dtype, device, 1e-4, 1e-3)
            zero, one = torch.zeros(2, dtype=dtype, device=device), torch.ones(2, dtype=dtype, device=device)
            yield self._case(5 * normal(rng, (3, 2), dtype, device), certain, zero, one)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, mu: torch.Tensor, sigma: torch.Tensor, prior_mu: torch.Tensor, prior_sigma: torch.Tensor) -> Case:
        asked = call("kl_gaussian", mu, sigma, prior_mu, prior_sigma)
        return case(asked, mu=mu, sigma=sigma, prior_mu=prior_mu, prior_sigma=prior_sigma)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = has_keys(answer, TERMS)
        yield self.terms(named, "a dictionary with trace, mean, log_det, kl", kind_of(answer))
        if not named:
            return
        mu, sigma, dtype = exact(case.mu), exact(case.sigma), case.mu.dtype
        prior_mu, prior_sigma = exact(case.prior_mu), exact(case.prior_sigma)
        d = mu.shape[1]
        q, p = [np.diag(row**2) for row in sigma], np.diag(prior_sigma**2)
        trace = np.array([np.trace(np.linalg.solve(p, covariance)) for covariance in q])
        shifts = [row - prior_mu for row in mu]
        mean = np.array([shift @ np.linalg.solve(p, shift) for shift in shifts])
        log_det = np.array([np.linalg.slogdet(p)[1] - np.linalg.slogdet(covariance)[1] for covariance in q])
        kl = [kl_by_quadrature(m, v, prior_mu, prior_sigma) for m, v in zip(mu, sigma, strict=True)]
        # a difference of means is rounded relative to both of them
        means = (((abs(mu) + abs(prior_mu)) / prior_sigma) ** 2).sum(1)
        logs = d + 2 * (abs(np.log(sigma)) + abs(np.log(prior_sigma))).sum(1)
        yield self.trace(*close(answer["trace"], trace, dtype, d * trace))
        yield self.mean(*close(answer["mean"], mean, dtype, d * means))
        yield self.log_det(*close(answer["log_det"], log_det, dtype, logs))
        yield self.kl(*close(answer["kl"], np.array(kl), dtype, d * (trace + means) + logs))

    mistakes = (
        wrong(
            "the half is forgotten",
            lambda *a: _kl_parts(*a, half=1.0),
            "The terms are right and their sum is twice the divergence: the ½ of the Gaussian exponent is missing.",
        ),
        wrong(
            "log sigma for log sigma squared",
            lambda *a: _kl_parts(*a, log_power=1),
            "The log-determinant is that of the covariances: log sigma² = 2 log sigma per dimension.",
        ),
        wrong(
            "the wrong way round",
            lambda *a: _reversed_kl(*a),
            "This is KL(p ‖ q). The expectation runs over q here, so it is the prior's variances that divide.",
        ),
        wrong(
            "mean over the dimensions",
            lambda *a: _kl_parts(*a, reduce=torch.mean),
            "The dimensions are independent, so their divergences add up: a sum over the last axis, not a mean.",
        ),
        wrong(
            "the dimension is not taken off",
            lambda *a: _kl_parts(*a, offset=False),
            "Where q is the prior the trace is d and the divergence must be 0: the −d is missing.",
        ),
        wrong(
            "standard deviation for variance",
            lambda *a: _kl_parts(*a, power=1),
            "Trace and mean are measured in the prior's variances: square sigma and prior_sigma.",
            also=(
                _kl_with(trace=lambda m, s, M, S: s / S),
                _kl_with(trace=lambda m, s, M, S: s / S**2),
                lambda *a: _kl_parts(*a, power=1, log_power=1),
                lambda *a: _narrow_all(*a),
            ),
        ),
        wrong(
            "the determinant without its logarithm",
            lambda *a: _of_determinants(*a),
            "log_det is the logarithm of the ratio of the determinants; the ratio itself stands in its place.",
        ),
        wrong(
            "summed over the batch",
            lambda *a: _over_the_batch(*a),
            "The items of the batch were added up as well: each has a divergence of its own, a sum over the last axis.",
        ),
        wrong(
            "the determinants upside down",
            lambda *a: _kl_parts(*a, sign=-1),
            "The sign of log_det is turned: a q that is narrower than the prior must be further from it, not nearer.",
        ),
        wrong(
            "the prior is taken for standard",
            lambda mu, sigma, prior_mu, prior_sigma: _kl_parts(
                mu, sigma, torch.zeros_like(prior_mu), torch.ones_like(prior_sigma)
            ),
            "This is the divergence from N(0, I); prior_mu and prior_sigma were not used.",
        ),
        wrong(
            "the batch for the dimension",
            _kl_with(dimension=lambda mu: len(mu)),
            "d is the number of latents, the last axis; the batch is the first.",
            also=(_kl_with(dimension=lambda mu: 1), _kl_with(dimension=lambda mu: mu.numel())),
        ),
        wrong(
            "the means in another unit",
            _kl_with(mean=lambda m, s, M, S: (m - M) ** 2 / S),
            "The squared distance of the means is divided by the prior's variance, prior_sigma²: not by its root, not by "
            "q's variance, and it is not left as it is.",
            also=(
                _kl_with(mean=lambda m, s, M, S: (m - M) ** 2 + 0 * S),
                _kl_with(mean=lambda m, s, M, S: (m - M) ** 2 / s**2),
                _kl_with(mean=lambda m, s, M, S: m**2 - M**2 / S**2),
            ),
        ),
        wrong(
            "the means not squared",
            _kl_with(mean=lambda m, s, M, S: (m - M).abs() / S),
            "The distance of the means enters squared.",
            also=(_kl_with(mean=lambda m, s, M, S: (m - M) / S**2), _kl_with(mean=lambda m, s, M, S: (m - M) / S)),
        ),
        wrong(
            "the product before its logarithm",
            lambda *a: _of_products(*a),
            "A product of many small or large numbers leaves the range of floats, and its logarithm is then infinite. Add "
            "up the logarithms.",
            also=(lambda *a: _of_product_of_ratios(*a),),
        ),
        wrong(
            "the trace in another unit",
            _kl_with(trace=lambda m, s, M, S: s**2 + 0 * S),
            "q's variances are divided by the prior's.",
            also=(_kl_with(trace=lambda m, s, M, S: S**2 / s**2),),
        ),
    )
