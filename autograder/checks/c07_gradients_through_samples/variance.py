"""grad.variance: Var of one term for mu: f s, (f − E f) s and ∂f, with s the score, under noise of given probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import (
    PARTS,
    epsilon_of,
    noise,
    polynomial_of,
    polynomials,
    product_grid,
    random_polynomial,
    random_spread,
    sensitivity_of,
    slopes_of,
    spelt_out,
)
from autograder.judging.compare import EPSILON, FACTOR, arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.moments import Polynomial
from pushforward.answering.wire import Net


def _variances(f, mu, sigma, eps, weights, *, spread=None, gain=None, path=None, scale=None, base=None):
    """The three variances, or with one part replaced."""
    z = mu + sigma * eps
    baseline = weights @ f(z) if base is None else base(f, z, mu, weights)
    score = eps / (sigma if scale is None else scale)
    plain = f(z)[:, None] * score
    centred = (f(z) - baseline)[:, None] * score if gain is None else gain(f(z)[:, None], score, baseline)
    along = slopes_of(f, z) if path is None else path(f, z, score)
    of = spread or _variance
    return {
        "score_function": of(plain, weights),
        "with_baseline": of(centred, weights),
        "reparameterise": of(along, weights),
    }


def _variance(g: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    mean = weights @ g
    return weights @ (g - mean) ** 2


NAMES = ("score_function", "with_baseline", "reparameterise")


def _weights(place: Place) -> torch.Tensor:
    """Probabilities, some of them nearly 0."""
    drawn = place.rng.dirichlet(np.full(place.sizes["N"], place.rng.choice([0.3, 5.0])))
    return place.tensor(drawn)


def _one_for_all(place: Place) -> torch.Tensor:
    """All the probability on one value of the noise."""
    return place.tensor(np.eye(place.sizes["N"])[-1])


@exercise("grad.variance", ("gradient_variances",))
class GradientVariances(Exercise):
    """Var of one term for mu: f s, (f − E f) s and ∂f, with s the score, under noise of given probabilities."""

    named = gate("the answer names score_function, with_baseline and reparameterise, each of the shape of mu")
    score = pays("the variance of the score-function term, with baseline 0 and with the mean of f as baseline")
    path = pays("the variance of the pathwise term")
    anywhere = pays("all three hold for any noise and any weights, a single sample included", 0.3)

    domain = {
        "gradient_variances": Domain(
            {
                "f": polynomials("as in pathwise_terms", degree=2),
                "mu": Tensor("D", Reals(reach=(1e-3, 30))),
                "sigma": Tensor("D", Reals(0, math.inf, reach=(1e-3, 10))),
                "eps": noise("N, D", 9.0),
                "weights": Made(_weights, (_one_for_all,), ("(N,)", "≥ 0", "adding up to 1")),
            },
            sizes={"N": (1, 6, 40), "D": (1, 3)},
            returns={name: Like("mu") for name in NAMES},
        )
    }

    hints = (
        "You have both kinds of terms already. Each row n of them occurs with probability weights[n].",
        "A variance is the mean square less the square of the mean; both means are weighted.",
        "The baseline is one number, the weighted mean of f over all samples, and score_terms takes it as an argument.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        points, weights = product_grid(3, 1)
        yield self._case(
            np.array([[0.0], [1.0]]), 0.0, np.array([3.0]), np.array([2.0]), points, weights, torch.float64, "cpu"
        )
        for dtype, device in arithmetic():
            for D, lift in ((1, 0.0), (2, 0.0), (2, 4.0)):
                c, cross = random_polynomial(rng, D, degree=2)
                c[0] += lift  # a constant on f: it should not matter, and matters to one of the two
                points, weights = product_grid(6, D)
                yield self._case(c, cross, rng.normal(size=D), random_spread(rng, (D,)), points, weights, dtype, device)

    def _case(self, c, cross, mu, sigma, points, weights, dtype, device) -> Case:
        c, cross, mu, sigma, eps, w = (floats(v, dtype, device) for v in (c, cross, mu, sigma, points, weights))
        facts = {"mu": mu, "sigma": sigma, "points": points, "weights": weights, "truth": self._of_the_normal}
        f = Net("polynomial", (c, cross))
        return case(call("gradient_variances", f, mu, sigma, eps, w), f=polynomial_of(f), **facts)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        facts = {"points": exact(given["eps"]), "weights": exact(given["weights"]), "truth": self._of_these_points}
        known = {"f": polynomial_of(given["f"]), "mu": given["mu"], "sigma": given["sigma"]}
        return case(call(name, *given.values()), **known, **facts)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        wanted = NAMES
        shape = tuple(case.mu.shape)
        named = isinstance(answer, dict) and answer.keys() == set(wanted)
        named = named and all(has_shape(answer[name], shape, case.mu).ok for name in wanted)
        yield self.named(named, f"a dictionary of three tensors of shape {shape}: {', '.join(wanted)}", kind_of(answer))
        if not named:
            return
        truth, scales = case.truth(case), self._scales(case)
        verdicts = {name: close(answer[name], truth[name], case.mu.dtype, scales[name]) for name in wanted}
        bad = [name for name in wanted[:2] if not verdicts[name].ok]
        yield self.score(not bad, *(spelt_out(part, verdicts, bad or wanted[:2]) for part in PARTS))
        yield self.path(*verdicts["reparameterise"])
        lost = [name for name in wanted if not verdicts[name].ok]
        yield self.anywhere(not lost, *(spelt_out(part, verdicts, lost or wanted) for part in PARTS))

    @staticmethod
    def _of_these_points(case: Case) -> dict[str, np.ndarray]:
        """By the weighted mean and the weighted mean square around it."""
        mu, sigma, weights = exact(case.mu), exact(case.sigma), case.weights / case.weights.sum()
        z = mu + sigma * case.points
        f, score = case.f(z)[:, None], case.points / sigma
        slope = np.stack([case.f.derivative(d)(z) for d in range(len(mu))], axis=-1)
        terms = {"score_function": f * score, "with_baseline": (f - weights @ f) * score, "reparameterise": slope}
        return {name: weights @ (g - weights @ g) ** 2 for name, g in terms.items()}

    @staticmethod
    def _of_the_normal(case: Case) -> dict[str, np.ndarray]:
        """By moments of the normal, in rational arithmetic."""
        f, mu, sigma = case.f, exact(case.mu), exact(case.sigma)
        scores = [Polynomial.score_in_mu(d, mu, sigma) for d in range(len(mu))]
        terms = {
            "score_function": [f * s for s in scores],
            "with_baseline": [(f - f.mean(mu, sigma)) * s for s in scores],
            "reparameterise": [f.derivative(d) for d in range(len(mu))],
        }
        return {name: np.array([g.variance(mu, sigma) for g in row]) for name, row in terms.items()}

    @staticmethod
    def _scales(case: Case) -> dict[str, np.ndarray]:
        """Mean squares of what is rounded: E g² cancels against (E g)², and z is rounded before f and the score see it."""
        mu, sigma, weights = exact(case.mu), exact(case.sigma), case.weights
        reach = abs(mu) + sigma * abs(case.points)
        partials = [case.f.derivative(d) for d in range(len(mu))]
        steep = np.stack([sensitivity_of(p, reach) for p in partials], axis=-1)
        blunt = 2 * sensitivity_of(case.f, reach)[:, None] * (reach + abs(mu)) / sigma**2
        sharp = 2 * sensitivity_of(case.f, reach)[:, None] * abs(case.points) / sigma
        blunt = blunt * epsilon_of(case.mu) / EPSILON["float32"]  # float64 keeps the digits that z − mu loses
        by_score = weights @ (sharp**2 + 2 * sharp * blunt + FACTOR * EPSILON["float32"] * blunt**2)
        return {"score_function": by_score, "with_baseline": by_score, "reparameterise": weights @ steep**2}

    mistakes = (
        wrong(
            "the mean square",
            partial(_variances, spread=lambda g, w: w @ g**2),
            "This is the mean of the squares. The square of the mean is to be taken off: a large gradient is not a noisy one.",
        ),
        wrong(
            "standard deviation for variance",
            partial(_variances, spread=lambda g, w: _variance(g, w).sqrt()),
            "These are standard deviations; variances are asked for.",
        ),
        wrong(
            "weights ignored",
            partial(_variances, spread=lambda g, w: g.var(0, unbiased=False)),
            "All rows counted alike. Row n occurs with probability weights[n].",
            also=(partial(_variances, spread=lambda g, w: g.var(0)),),
        ),
        wrong(
            "divided by the number of samples",
            partial(_variances, spread=lambda g, w: _variance(g, w) / len(w)),
            "This is the variance of a mean of N independent terms. Here that of one term is asked for.",
        ),
        wrong(
            "baseline outside the product",
            partial(_variances, gain=lambda f, score, b: f * score - b),
            "A constant taken from the finished term changes no variance. The baseline is subtracted from f, before the score multiplies it.",
        ),
        wrong(
            "1 / sigma is missing",
            partial(_variances, scale=1.0),
            "eps stands where the score belongs. The score is eps / sigma: in a narrow q a small move of mu counts for more.",
        ),
        wrong(
            "baseline added",
            partial(_variances, gain=lambda f, score, b: (f + b) * score),
            "The baseline was added to f, which doubles what it should remove.",
        ),
        wrong(
            "the variance of f",
            partial(_variances, path=lambda f, z, score: f(z)[:, None].expand_as(z)),
            "For reparameterise this is the variance of f(z) itself. The estimator averages derivatives of f.",
        ),
        wrong(
            "another baseline",
            partial(_variances, base=lambda f, z, mu, weights: f(z).mean()),
            "The baseline is the weighted mean of f over the points, Σ w_n f(z_n): not the plain mean, nor f at mu.",
            also=(partial(_variances, base=lambda f, z, mu, weights: f(mu[None])[0]),),
        ),
        wrong(
            "around an unweighted mean",
            partial(_variances, spread=lambda g, w: w @ (g - g.mean(0)) ** 2),
            "The squares are weighted, but around the plain mean. Row n occurs with probability weights[n] there, too.",
        ),
        wrong(
            "the correction of an estimate",
            partial(_variances, spread=lambda g, w: _variance(g, w) * len(w) / (len(w) - 1)),
            "N/(N − 1) corrects an estimate from drawn samples. Here the probabilities are known, and nothing is estimated.",
        ),
        wrong(
            "the two baselines swapped",
            lambda *given: (lambda v: v | {"score_function": v["with_baseline"], "with_baseline": v["score_function"]})(_variances(*given)),
            "score_function has baseline 0, and with_baseline the mean of f: here they changed places.",
        ),
    )  # fmt: skip
