"""grad.score_function: ∇ E f(z) = E[(f(z) − b) ∇ log q(z)]: the terms of the estimator, one row per sample, with f a black box."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import (
    both,
    is_pair,
    product_grid,
    random_polynomial,
    random_spread,
    sensitivity_of,
    weighted_scores,
)
from autograder.judging.compare import EPSILON, arithmetic, close, exact, kind_of, values
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.moments import Polynomial
from pushforward.answering.wire import Callback, Plain


def _scores(z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> list[np.ndarray]:
    """∂ log N(z; mu, sigma²)/∂mu and /∂sigma at each sample, (N, D) both, by automatic differentiation."""
    at = [torch.tensor(np.broadcast_to(v, z.shape).copy(), requires_grad=True) for v in (mu, sigma)]
    log_q = torch.distributions.Normal(*at).log_prob(torch.tensor(z))
    return [g.numpy() for g in torch.autograd.grad(log_q.sum(), at)]


def _score_sizes(z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> list[np.ndarray]:
    """What the scores' roundings are measured against: their largest summands."""
    return [(abs(z) + abs(mu)) / sigma**2, (z**2 + mu**2) / sigma**3 + 1 / sigma + 0 * z]


def _density(z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    return (-0.5 * ((z - mu) / sigma) ** 2 - torch.log(sigma * math.sqrt(2 * math.pi))).sum(-1, keepdim=True).exp()


def _step(z: np.ndarray) -> np.ndarray:
    """1 where the coordinates add up to more than 0: no derivative to be had."""
    return (z.sum(-1) > 0).astype(np.float64)


def _polynomial(place: Place) -> Polynomial:
    return Polynomial.of(*random_polynomial(place.rng, place.sizes["D"]))


def _constant(place: Place) -> Polynomial:
    return Polynomial.of(place.rng.normal(size=(1, place.sizes["D"])), 0.0)


def _step_at_zero(place: Place) -> Callable:
    return _step


UNSLOPED = "can be called but not differentiated"


@exercise("grad.score_function", ("score_terms",))
class ScoreFunction(Exercise):
    """∇ E f(z) = E[(f(z) − b) ∇ log q(z)]: the terms of the estimator, one row per sample, with f a black box."""

    pair = gate("the answer is a pair of tensors, each of the shape of z")
    terms = pays("each term is f less the baseline, times the derivative of log q at its own sample", 1.25)
    unbiased = pays("on average over the noise the terms are the gradient of E f, whatever the baseline", 0.75)

    domain = {
        "score_terms": Domain(
            {
                "f": Made(
                    _polynomial,
                    (_polynomial, _constant, _step_at_zero),
                    ("takes (N, D)", "requires_grad or not", "gives (N,)", UNSLOPED),
                ),
                "z": Tensor("N, D", Reals(reach=(1e-3, 100))),
                "mu": Tensor("D", Reals(reach=(1e-3, 60))),
                "sigma": Tensor("D", Reals(0, math.inf, reach=(1e-6, 100)), ("its fourth power fits into a float32",)),
                "baseline": Number(Reals()),
            },
            sizes={"N": (1, 5, 64), "D": (1, 4)},
            returns=(Like("z"), Like("z")),
        )
    }

    hints = (
        "The gradient of an expectation is ∫ f ∇q. Which identity turns ∇q into something that is averaged under q?",
        "Write down log q(z) of one normal variable and differentiate it, by mu and then by sigma: "
        "the normaliser depends on one of them.",
        "f gives one number per row, (N,), the scores have shape (N, D): where must the missing axis go? "
        "And what does the baseline multiply?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        first = (floats(v, torch.float64, "cpu") for v in ([[3.0], [-1.0]], [0.0], [2.0]))
        yield self._case(Polynomial.of(np.array([[0.0], [1.0]]), 0.0), *first, 0.5, says="z -> z")
        for dtype, device in arithmetic():
            for N, D in ((5, 2), (3, 3), (4, 1)):
                mu, sigma = normal(rng, (D,), dtype, device), floats(random_spread(rng, (D,)), dtype, device)
                z = mu + sigma * normal(rng, (N, D), dtype, device)
                yield self._case(Polynomial.of(*random_polynomial(rng, D)), z, mu, sigma, float(rng.normal()))
                yield self._case(_step, z, mu, sigma, float(rng.uniform(0.2, 0.8)), says="step")
            for n, D in ((8, 1), (6, 2)):
                mu, sigma = normal(rng, (D,), dtype, device), floats(random_spread(rng, (D,)), dtype, device)
                points, weights = product_grid(n, D)
                z = floats(exact(mu) + exact(sigma) * points, dtype, device)
                f = Polynomial.of(*random_polynomial(rng, D))
                yield self._case(f, z, mu, sigma, float(rng.uniform(1, 3)), weights=weights)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, f, z, mu, sigma, baseline, *, weights=None, says="f") -> Case:
        ask = call("score_terms", Callback(says), z, mu, sigma, baseline)
        return case(ask, f=f, z=z, mu=mu, sigma=sigma, baseline=baseline, weights=weights)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        """f at rows of numbers (…, D)."""
        z = next(iter((*args, *kwargs.values())), None)
        if not (isinstance(z, Plain) and z.dtype in EPSILON and z.shape[-1:] == tuple(case.z.shape[-1:])):
            raise TypeError(f"it takes a tensor of shape (n, {case.z.shape[-1]}), and got {kind_of(z)}")
        return torch.tensor(case.f(z.array.astype(np.float64)), dtype=getattr(torch, z.dtype), device=z.device)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = is_pair(answer, tuple(case.z.shape), case.z)
        yield self.pair(*pair)
        if not pair[0]:
            return
        z, mu, sigma = exact(case.z), exact(case.mu), exact(case.sigma)
        dtype, scores, sizes = case.z.dtype, _scores(z, mu, sigma), _score_sizes(z, mu, sigma)
        gain, most = case.f(z)[:, None] - case.baseline, abs(case.f(z))[:, None] + abs(case.baseline)
        yield self.terms(
            *both(*(close(a, gain * s, dtype, most * m) for a, s, m in zip(answer, scores, sizes, strict=True)))
        )
        if case.weights is not None:
            yield from self._judge_average(case, answer, z, mu, sigma)

    def _judge_average(self, case: Case, answer: Any, z: Any, mu: Any, sigma: Any) -> Iterator[Finding]:
        most = sensitivity_of(case.f, z)[:, None] + abs(case.baseline)
        scales = [case.weights @ (most * size) for size in _score_sizes(z, mu, sigma)]
        averages = [case.weights @ values(part) for part in answer]
        truth = case.f.gradient_of_mean(mu, sigma)
        verdicts = (close(*row, case.z.dtype, s) for *row, s in zip(averages, truth, scales, strict=True))
        yield self.unbiased(*both(*verdicts, of="mean of "))

    mistakes = (
        wrong(
            "baseline ignored",
            partial(weighted_scores, weigh=lambda f, z, mu, sigma, b: f(z)[:, None]),
            "The baseline never comes in. It is subtracted from f, and although that moves no expectation it can remove most of the variance.",
        ),
        wrong(
            "baseline added",
            partial(weighted_scores, weigh=lambda f, z, mu, sigma, b: (f(z) + b)[:, None]),
            "The baseline is added to f. It is to be subtracted: a reference that f is compared with.",
        ),
        wrong(
            "baseline outside the product",
            lambda f, z, mu, sigma, b=0.0: tuple(g - b for g in weighted_scores(f, z, mu, sigma)),
            "The baseline was subtracted from the finished term, which shifts its mean by the baseline. It costs nothing only where the score multiplies it, because the score has mean 0.",
        ),
        wrong(
            "the normaliser is forgotten",
            partial(weighted_scores, by_sigma=lambda z, mu, sigma: (z - mu) ** 2 / sigma**3),
            "sigma also stands in the normaliser of q: log q contains −log sigma, whose derivative is missing. Without it the score does not have mean 0.",
        ),
        wrong(
            "sigma for its square",
            partial(
                weighted_scores,
                by_mu=lambda z, mu, sigma: (z - mu) / sigma,
                by_sigma=lambda z, mu, sigma: (z - mu) ** 2 / sigma**2 - 1,
            ),
            "One factor 1/sigma is missing: the exponent of the density has the variance in its denominator.",
        ),
        wrong(
            "the derivative by z",
            partial(
                weighted_scores,
                by_mu=lambda z, mu, sigma: (mu - z) / sigma**2,
                by_sigma=lambda z, mu, sigma: (sigma**2 - (z - mu) ** 2) / sigma**3,
            ),
            "The sign is that of the derivative by z. Here log q is differentiated by its parameters: raising mu makes samples above mu more likely.",
        ),
        wrong(
            "the density without its logarithm",
            partial(weighted_scores, weigh=lambda f, z, mu, sigma, b: (f(z) - b)[:, None] * _density(z, mu, sigma)),
            "f was multiplied by ∇q. The samples are already drawn from q, so the average needs ∇ log q = ∇q / q.",
        ),
        wrong(
            "f averaged too early",
            partial(weighted_scores, weigh=lambda f, z, mu, sigma, b: f(z).mean() - b),
            "f was averaged before it met the score. The mean of a product is not the product of the means: each score needs the f of its own sample.",
        ),
        wrong(
            "divided by the number of samples",
            lambda f, z, mu, sigma, b=0.0: tuple(g / len(z) for g in weighted_scores(f, z, mu, sigma, b)),
            "Each row was divided by N. A row is the whole term of its own sample; the average is taken later.",
        ),
        wrong(
            "f along the wrong axis",
            partial(weighted_scores, weigh=lambda f, z, mu, sigma, b: f(z) - b),
            "f has one value per row, (N,), and without a trailing axis it is spread along the columns.",
        ),
        wrong(
            "by another parameter",
            partial(weighted_scores, by_sigma=lambda z, mu, sigma: ((z - mu) ** 2 - sigma**2) / (2 * sigma**4)),
            "The second result is the derivative by sigma², log sigma or log sigma². It is asked for by sigma itself.",
            also=(
                partial(weighted_scores, by_sigma=lambda z, mu, sigma: (z - mu) ** 2 / sigma**2 - 1),
                partial(weighted_scores, by_sigma=lambda z, mu, sigma: ((z - mu) ** 2 / sigma**2 - 1) / 2),
            ),
        ),
        wrong(
            "a baseline of its own",
            partial(weighted_scores, weigh=lambda f, z, mu, sigma, b: (f(z) - f(z).mean())[:, None]),
            "The mean of the batch was subtracted, whatever baseline was given. It depends on the samples, so it moves the expectation.",
            also=(partial(weighted_scores, weigh=lambda f, z, mu, sigma, b: (f(z) - f(z).mean() - b)[:, None]),),
        ),
        wrong(
            "summed over the coordinates",
            lambda f, z, mu, sigma, b=0.0: tuple(g.sum(-1, keepdim=True).expand_as(z) for g in weighted_scores(f, z, mu, sigma, b)),
            "The scores were added up over the coordinates. Each coordinate has its own mu and sigma, and its own derivative.",
        ),
    )  # fmt: skip
