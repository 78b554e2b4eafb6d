"""grad.reparameterise (long: a sampler and an estimator, each with the slips that students make in it)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import (
    FARTHEST,
    OWN_NOISE,
    both,
    gradients_of,
    is_pair,
    noise,
    own_noise,
    polynomial_of,
    polynomials,
    product_grid,
    random_polynomial,
    random_spread,
    sensitivity_of,
    slopes_of,
    uneven,
    value_and_gradients_of,
    weighted_scores,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong
from autograder.oracles import quantiles
from pushforward.answering.wire import Net


def _paths(f, mu, sigma, eps, *, at=None, noise=None):
    slope = slopes_of(f, mu + sigma * eps if at is None else at(mu, sigma, eps))
    return slope, slope * (eps if noise is None else noise)


@exercise("grad.reparameterise", ("reparameterise", "pathwise_terms"))
class Reparameterise(Exercise):
    """z = mu + exp(log_var / 2) eps, and the derivatives of f(z) along the path on which the parameters move it."""

    shape = gate("reparameterise returns a tensor of the shape that its arguments broadcast to")
    value = pays("each sample is mu plus its own noise times the standard deviation exp(log_var / 2)", 0.75)
    gradients = pays("gradients arrive at mu and log_var through the sample, and have the right size", 0.75)
    pair = gate("pathwise_terms returns a pair of tensors, each of the shape of eps")
    terms = pays("each term is the derivative of f at its own sample, by mu and by sigma", 0.75)
    unbiased = pays("on average over the noise the pathwise terms are the gradient of E f", 0.75)

    domain = {
        "reparameterise": Domain(
            {
                "mu": Tensor("...", Reals(reach=(1e-3, 3e3)), broadcasts=True),
                "log_var": Tensor("...", Reals(reach=(1e-3, 60)), broadcasts=True),
                "eps": Tensor("...", noise(far=FARTHEST).range, broadcasts=True),
            },
            returns=Like("eps"),
            says=(", say (B, D) each, or eps (S, B, D)",),
        ),
        "pathwise_terms": Domain(
            {
                "f": polynomials("differentiable in torch", "takes (N, D)", "gives (N,)"),
                "mu": Tensor("D", Reals(reach=(1e-3, 100))),
                "sigma": Tensor("D", Reals(0, math.inf, reach=(1e-6, 100))),
                "eps": noise("N, D", 9.0),
            },
            sizes={"N": (1, 5, 64), "D": (1, 4)},
            returns=(Like("eps"), Like("eps")),
        ),
    }

    hints = (
        "log_var is the logarithm of a variance. Which power of e is the standard deviation?",
        "A gradient reaches a parameter only if the parameter itself stands in the expression: what does "
        "`.detach()`, `.item()` or a new tensor do to it?",
        "Chain rule for f(mu + sigma eps): the outer derivative is taken at the sample, the inner one is different "
        "for mu and for sigma. Autograd gives all rows at once if you differentiate the sum over them by z.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        readable = [torch.tensor(v) for v in ([[1.0], [2.0]], [[-1.0], [1.5]], [[0.5], [-2.0]])]
        yield self._sample(*readable, torch.ones(2, 1))
        yield self._sample(*readable, torch.ones(2, 1), again=True)
        first = (floats(v, torch.float64, "cpu") for v in ([1.0], [0.5], [[2.0], [-1.0]]))
        yield self._terms(np.array([[0.0], [0.0], [1.0]]), 0.0, *first)
        for dtype, device in arithmetic():
            for eps_shape, shape in (
                ((4, 2), (4, 2)),
                ((3, 3), (3, 3)),
                ((5, 3, 2), (3, 2)),
                ((4, 3), (3,)),
                ((2, 1), (2, 3)),
            ):
                mu, log_var = 2 * normal(rng, shape, dtype, device), 2 * normal(rng, shape, dtype, device)
                eps = normal(rng, eps_shape, dtype, device)
                shape = tuple(torch.broadcast_shapes(mu.shape, eps.shape))
                yield self._sample(mu, log_var, eps, normal(rng, shape, dtype, device))
            for low in (-8.0, -20.0, -40.0):  # nothing hides what is added to a small scale
                eps = normal(rng, (4, 2), dtype, device)
                yield self._sample(
                    0 * eps, low + normal(rng, (4, 2), dtype, device), eps, normal(rng, (4, 2), dtype, device)
                )
            for N, D in ((5, 2), (3, 3)):
                yield self._terms(
                    *random_polynomial(rng, D), *self._inputs(rng, rng.normal(size=(N, D)), dtype, device)
                )
            for n, D in ((8, 1), (6, 2)):
                points, weights = product_grid(n, D)
                yield self._terms(*random_polynomial(rng, D), *self._inputs(rng, points, dtype, device), weights)

    @staticmethod
    def _inputs(rng: np.random.Generator, eps: np.ndarray, dtype: torch.dtype, device: str) -> Iterator[torch.Tensor]:
        D = eps.shape[1]
        return (floats(v, dtype, device) for v in (rng.normal(size=D), random_spread(rng, (D,)), eps))

    def _sample(
        self, mu: torch.Tensor, log_var: torch.Tensor, eps: torch.Tensor, cotangent: torch.Tensor, again: bool = False
    ) -> Case:
        """again: ask twice more, with the same noise and with other, to hear whether the sample listens to it."""
        wrt = ("mu", "log_var")
        noises = [eps, eps, eps + eps**2] if again else [eps]
        asks = [grad("reparameterise", wrt, cotangent, mu=mu, log_var=log_var, eps=e) for e in noises]
        about = (self.shape, self.value, self.gradients)
        return case(
            *asks, about=about, mu=mu, log_var=log_var, eps=eps, shape=tuple(cotangent.shape), cotangent=cotangent
        )

    def _terms(self, c, cross, mu, sigma, eps, weights=None) -> Case:
        f = Net("polynomial", tuple(floats(v, eps.dtype, eps.device.type) for v in (c, cross)))
        return self._terms_of(f, mu, sigma, eps, weights)

    def _terms_of(self, f: Net, mu, sigma, eps, weights=None) -> Case:
        about = (self.pair, self.terms, *([self.unbiased] if weights is not None else []))
        facts = {"f": polynomial_of(f), "mu": mu, "sigma": sigma, "eps": eps, "weights": weights}
        return case(call("pathwise_terms", f, mu, sigma, eps), about=about, **facts)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "pathwise_terms":
            return self._terms_of(*given.values())
        shape = tuple(torch.broadcast_shapes(*(v.shape for v in given.values())))
        return self._sample(**given, cotangent=uneven(shape, given["eps"]))

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.asks[0].of == "reparameterise":
            yield from self._judge_sample(case, *answers)
        else:
            yield from self._judge_terms(case, *answers)

    def _judge_sample(self, case: Case, answer: Any, *again: Any) -> Iterator[Finding]:
        z, gradients = value_and_gradients_of(answer)
        shape = has_shape(z, case.shape, case.eps)
        yield self.shape(*shape)
        if not shape.ok:
            return
        mu, sigma = (np.broadcast_to(v, case.shape) for v in (exact(case.mu), np.sqrt(np.exp(exact(case.log_var)))))
        eps, log_var, dtype = np.broadcast_to(exact(case.eps), case.shape), exact(case.log_var), case.eps.dtype
        away, found = quantiles.normal_path(eps, quantiles.STANDARD_NORMAL, sigma)
        expected = mu + away
        size = abs(mu) + (1 + abs(log_var)) * sigma * abs(eps) + sigma
        deaf = own_noise(z, *(value_and_gradients_of(other)[0] for other in again)) and not np.allclose(values(z), mu)
        verdict = close(z, expected, dtype, size)
        yield self.value(*verdict, mistake=OWN_NOISE if deaf else None)
        # sigma = √(exp log_var), so d sigma / d log_var = sigma / 2
        slopes = {
            "mu": (found["mu"], 1 + 0 * sigma),
            "log_var": (found["sigma"] * sigma / 2, (1 + abs(log_var)) * sigma * (abs(eps) + 1)),
        }
        yield self.gradients(*gradients_of(gradients, slopes, case, dtype))

    def _judge_terms(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = is_pair(answer, tuple(case.eps.shape), case.eps)
        yield self.pair(*pair)
        if not pair[0]:
            return
        mu, sigma, eps, dtype = exact(case.mu), exact(case.sigma), exact(case.eps), case.eps.dtype
        z, reach = mu + sigma * eps, abs(mu) + sigma * abs(eps)  # the size of z's summands
        partials = [case.f.derivative(d) for d in range(len(mu))]
        slope = np.stack([p(z) for p in partials], axis=-1)
        size = np.stack([sensitivity_of(p, reach) for p in partials], axis=-1)
        expected, sizes = (slope, slope * eps), (size, size * abs(eps))
        yield self.terms(*both(*(close(*row, dtype, s) for *row, s in zip(answer, expected, sizes, strict=True))))
        if case.weights is not None:
            truth, averages = case.f.gradient_of_mean(mu, sigma), [case.weights @ values(part) for part in answer]
            scales = [case.weights @ s for s in sizes]
            verdicts = (close(*row, dtype, s) for *row, s in zip(averages, truth, scales, strict=True))
            yield self.unbiased(*both(*verdicts, of="mean of "))

    mistakes = (
        wrong(
            OWN_NOISE,
            {"reparameterise": lambda mu, log_var, eps: mu + torch.exp(0.5 * log_var) * torch.randn_like(mu + log_var + eps)},
            "The sample does not change when eps does: it draws noise of its own. The noise comes in as an argument, so that the same noise can be used again when the parameters have moved.",
        ),
        wrong(
            "detached scale",
            {"reparameterise": lambda mu, log_var, eps: mu + torch.exp(0.5 * log_var).detach() * eps},
            "The samples are right, but no gradient reaches log_var: the scale was taken out of the graph (detach, item, no_grad or a new tensor).",
            also=({"reparameterise": lambda mu, log_var, eps: (mu + torch.exp(0.5 * log_var) * eps).detach()},),
        ),
        wrong(
            "log-variance taken as variance",
            {"reparameterise": lambda mu, log_var, eps: mu + torch.sqrt(log_var) * eps},
            "log_var was used as if it were the variance. It is the variance's logarithm and may be negative, where a variance has no root.",
            also=({"reparameterise": lambda mu, log_var, eps: mu + torch.sqrt(log_var.abs()) * eps},),
        ),
        wrong(
            "variance for standard deviation",
            {"reparameterise": lambda mu, log_var, eps: mu + torch.exp(log_var) * eps},
            "exp(log_var) is the variance. Noise is multiplied by the standard deviation, its root.",
        ),
        wrong(
            "log-variance taken as scale",
            {"reparameterise": lambda mu, log_var, eps: mu + log_var * eps},
            "log_var multiplies the noise as it is. Undo the logarithm, then take the root.",
        ),
        wrong(
            "halved outside the exponential",
            {"reparameterise": lambda mu, log_var, eps: mu + 0.5 * torch.exp(log_var) * eps},
            "exp(log_var) was halved. The root of a number has half its logarithm, so the half belongs into the exponent.",
        ),
        wrong(
            "one noise for the whole batch",
            {"reparameterise": lambda mu, log_var, eps: mu + torch.exp(0.5 * log_var) * eps[..., :1, :].expand_as(eps)},
            "Every item of the batch got the noise of the first one, so their samples move together. Each needs its own.",
            also=({"reparameterise": lambda mu, log_var, eps: mu + torch.exp(0.5 * log_var) * eps[:1].expand_as(eps)},),
        ),
        wrong(
            "the mean where a sample is needed",
            {"reparameterise": lambda mu, log_var, eps: mu + 0 * (log_var + eps)},
            "This is the mean, whatever the noise. The average of f over samples is not f of the average sample, and nothing here depends on log_var.",
            also=({"reparameterise": lambda mu, log_var, eps: (1.0 * mu).expand_as(mu + log_var + eps)},),
        ),
        wrong(
            "noise not scaled",
            {"reparameterise": lambda mu, log_var, eps: mu + eps + 0 * log_var},
            "The noise enters with standard deviation 1, whatever log_var says.",
        ),
        wrong(
            "the noise is missing in d_sigma",
            {"pathwise_terms": partial(_paths, noise=1.0)},
            "Both derivatives are the same here. sigma moves a sample by eps, mu moves it by 1: the inner derivatives differ.",
        ),
        wrong(
            "the slope at the mean",
            {"pathwise_terms": partial(_paths, at=lambda mu, sigma, eps: mu.expand_as(eps))},
            "f was differentiated at mu. The path runs through the sample: the slope is taken at mu + sigma eps.",
        ),
        wrong(
            "the slope at the noise",
            {"pathwise_terms": partial(_paths, at=lambda mu, sigma, eps: eps)},
            "f was differentiated at eps. The path runs through the sample: the slope is taken at mu + sigma eps.",
        ),
        wrong(
            "variance for standard deviation in the path",
            {"pathwise_terms": partial(_paths, at=lambda mu, sigma, eps: mu + sigma**2 * eps)},
            "The samples were made with sigma². Noise is multiplied by the standard deviation.",
        ),
        wrong(
            "the other estimator",
            {"pathwise_terms": lambda f, mu, sigma, eps: weighted_scores(f, mu + sigma * eps, mu, sigma)},
            "These are the terms of the score-function estimator: right on average, but f itself stands in them. The pathwise terms hold its derivative.",
        ),
        wrong(
            "divided by the number of samples",
            {"pathwise_terms": lambda f, mu, sigma, eps: tuple(g / len(eps) for g in _paths(f, mu, sigma, eps))},
            "Each row was divided by N: the mean over samples was differentiated. A row is the whole derivative of its own f(z_n).",
        ),
        wrong(
            "summed over the samples",
            {"pathwise_terms": lambda f, mu, sigma, eps: tuple(g.sum(0).expand_as(eps) for g in _paths(f, mu, sigma, eps))},
            "Every row holds the gradient of the sum over all samples, which is what autograd gives by mu itself. One row, one sample.",
        ),
        wrong(
            "averaged over the samples",
            {"pathwise_terms": lambda f, mu, sigma, eps: tuple(g.mean(0).expand_as(eps) for g in _paths(f, mu, sigma, eps))},
            "Every row holds the mean over all samples. One row, one sample: the average is taken later.",
        ),
        wrong(
            "by another parameter",
            {"pathwise_terms": lambda f, mu, sigma, eps: _paths(f, mu, sigma, eps, noise=eps / (2 * sigma))},
            "The second result is the derivative by sigma², log sigma or log sigma². It is asked for by sigma itself.",
            also=(
                {"pathwise_terms": lambda f, mu, sigma, eps: _paths(f, mu, sigma, eps, noise=eps * sigma)},
                {"pathwise_terms": lambda f, mu, sigma, eps: _paths(f, mu, sigma, eps, noise=eps * sigma / 2)},
            ),
        ),
        wrong(
            "the noise taken away",
            {"reparameterise": lambda mu, log_var, eps: mu - torch.exp(0.5 * log_var) * eps},
            "The distribution is right, but each sample lies on the other side of mu than its noise: the noise is added.",
        ),
    )  # fmt: skip
