"""elbo.estimate (long: two estimators, and a model known in closed form to judge them)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c06_elbo.shared import LOG_2PI, has_keys, kl_by_quadrature, random_spread
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians, linear_gaussian

TERMS = ("reconstruction", "kl", "elbo")


def _domain(narrowest: float, returns: Any) -> Domain:
    """narrowest: how narrow a q may be; z − mu is rounded relative to z, and log q(z) divides that by sigma."""
    return Domain(
        {
            "x": Tensor("B, D"),
            "mu": Tensor("B, d"),
            "sigma": Tensor("B, d", Reals(0, math.inf, reach=(narrowest, 1e3))),
            "eps": Tensor("K, B, d", Reals(reach=(1e-3, 30))),
            "W": Tensor("D, d", Reals(reach=(1e-3, 1e2))),
            "b": Tensor("D"),
            "s": Number(Reals(0, math.inf, reach=(1e-3, 1e3)), says=("the standard deviation of x given z",)),
        },
        sizes={"K": (1, 5), "B": (1, 4), "D": (1, 4), "d": (1, 4)},
        returns=returns,
        draws=2,
    )


@exercise("elbo.estimate", ("elbo_terms", "elbo_sampled"))
class Estimate(Exercise):
    """Two estimates of the bound for z ~ N(0, I), x | z ~ N(W z + b, s² I), from the same draws mu + sigma eps."""

    terms = gate("elbo_terms returns a dictionary with reconstruction, kl and elbo")
    reconstruction = pays("reconstruction: the average of log p(x | z) over the draws, all constants included", 0.5)
    kl = pays("kl: the divergence of q from N(0, I), in closed form, one per item", 0.5)
    elbo = pays("elbo is reconstruction less kl, and so lies below log p(x) by KL(q ‖ p(z | x)) on average", 1)
    shape = gate("elbo_sampled returns one value per item")
    sampled = pays("elbo_sampled: the average of log p(x, z) − log q(z) over the draws", 1.5)
    tight = pays("elbo_sampled: with q the posterior, every single draw gives log p(x) itself", 0.5)

    domain = {
        "elbo_terms": _domain(1e-6, {name: Like("x") for name in TERMS}),
        "elbo_sampled": _domain(1e-4, Like("x")),
    }

    hints = (
        "z = mu + sigma eps has shape (K, B, d); W z + b of it has shape (K, B, D). Which axis is averaged, which summed?",
        "A density's logarithm in D dimensions has D times the constant −½ log(2π s²): it is part of the bound.",
        "log p(x, z) = log p(x | z) + log p(z). In elbo_sampled, prior and q are evaluated at the draws, and no KL is needed.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        x, half, W, b = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5]]), torch.ones(2, 1), torch.zeros(2)
        yield from self._cases(x, half, half, torch.tensor([[[1.0]], [[-1.0]]]), W, b, 1.0, even=True)
        for dtype, device in arithmetic():
            for draws, batch, D, d in ((5, 3, 4, 2), (1, 2, 3, 1), (3, 3, 3, 3)):
                model = self._model(rng, D, d, dtype, device)
                x, mu = normal(rng, (batch, D), dtype, device), normal(rng, (batch, d), dtype, device)
                sigma, eps = (
                    random_spread(rng, (batch, d), dtype, device),
                    normal(rng, (draws, batch, d), dtype, device),
                )
                yield from self._cases(x, mu, sigma, eps, *model)
                if batch == d:
                    continue
                even = torch.tensor(linear_gaussian.cubature(d), dtype=dtype, device=device)
                yield from self._cases(x, mu, sigma, even[:, None, :].repeat(1, batch, 1), *model, even=True)
            # a draw in the middle of q loses no digits, however narrow q is
            x, mu = normal(rng, (2, 3), dtype, device), normal(rng, (2, 2), dtype, device)
            narrow = random_spread(rng, (2, 2), dtype, device, 1e-6, 1e-4)
            yield from self._cases(x, mu, narrow, 0 * mu[None], *self._model(rng, 3, 2, dtype, device))
            W, b, _ = self._model(rng, 3, 2, dtype, device)
            eps = normal(rng, (2, 2, 2), dtype, device)
            yield from self._cases(
                x, mu, random_spread(rng, (2, 2), dtype, device), eps, W, b, 1e-3
            )  # hardly any noise
            for draws, batch, D, d in ((1, 2, 3, 1), (3, 3, 3, 2)):
                yield self._posterior_case(rng, draws, batch, D, d, dtype, device)

    @staticmethod
    def _model(rng: np.random.Generator, D: int, d: int, dtype: torch.dtype, device: str) -> tuple:
        return normal(rng, (D, d), dtype, device), normal(rng, (D,), dtype, device), float(rng.uniform(0.4, 1.5))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return next(made for made in self._cases(*given.values()) if made.asks[0].of == name)

    def _cases(self, *inputs: Any, even: bool = False) -> Iterator[Case]:
        facts = dict(
            zip(("x", "mu", "sigma", "eps", "W", "b", "s"), inputs, strict=True), even=even, at_posterior=False
        )
        laws = (self.terms, self.reconstruction, self.kl, self.elbo)
        yield case(call("elbo_terms", *inputs), about=laws, **facts)
        yield case(call("elbo_sampled", *inputs), about=(self.shape, self.sampled), **facts)

    def _posterior_case(self, rng, draws: int, batch: int, D: int, d: int, dtype: torch.dtype, device: str) -> Case:
        """A model whose columns are orthogonal, so that its posterior has independent components."""
        columns = np.linalg.qr(rng.normal(size=(D, d)))[0] * rng.uniform(0.5, 2, size=d)
        W, b, s = (
            torch.tensor(columns, dtype=dtype, device=device),
            normal(rng, (D,), dtype, device),
            float(rng.uniform(0.4, 1.5)),
        )
        x, eps = normal(rng, (batch, D), dtype, device), normal(rng, (draws, batch, d), dtype, device)
        found = [linear_gaussian.posterior(row, exact(W), exact(b), s) for row in exact(x)]
        mu = torch.tensor(np.stack([mean for mean, _ in found]), dtype=dtype, device=device)
        sigma = torch.tensor(np.stack([np.sqrt(np.diag(cov)) for _, cov in found]), dtype=dtype, device=device)
        facts = {"x": x, "mu": mu, "sigma": sigma, "eps": eps, "W": W, "b": b, "s": s, "even": False}
        asked = call("elbo_sampled", x, mu, sigma, eps, W, b, s)
        return case(asked, about=(self.shape, self.tight), at_posterior=True, **facts)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.asks[0].of == "elbo_terms":
            yield from self._judge_terms(case, answer)
        else:
            yield from self._judge_sampled(case, answer)

    def _judge_terms(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = has_keys(answer, TERMS)
        yield self.terms(named, "a dictionary with reconstruction, kl, elbo", kind_of(answer))
        if not named:
            return
        known = _Known(case)
        reconstruction = known.log_likelihood.mean(0)
        yield self.reconstruction(*close(answer["reconstruction"], reconstruction, known.dtype, known.rough_likelihood))
        yield self.kl(*close(answer["kl"], known.kl, known.dtype, known.rough_kl))
        right = known.log_px - known.gap if case.even else reconstruction - known.kl
        yield self.elbo(*close(answer["elbo"], right, known.dtype, known.rough_likelihood + known.rough_kl))

    def _judge_sampled(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, (len(case.x),), case.x)
        yield self.shape(*shape)
        if not shape.ok:
            return
        known = _Known(case)
        rough = known.rough_likelihood + known.rough_ratio
        if case.at_posterior:
            yield self.tight(*close(answer, known.log_px, known.dtype, rough))
        else:
            right = known.log_px - known.gap if case.even else (known.log_likelihood + known.log_ratio).mean(0)
            yield self.sampled(*close(answer, right, known.dtype, rough))

    mistakes = (
        wrong(
            "the divergence is added",
            {"elbo_terms": lambda *a: _terms(*a, sign=1)},
            "The divergence is taken off: being far from the prior costs. With a plus the value can exceed log p(x).",
        ),
        wrong(
            "units mixed",
            {
                "elbo_terms": lambda *a: _terms(*a, reduce=torch.mean),
                "elbo_sampled": lambda *a: _sampled(*a, reduce=torch.mean),
            },
            "log p(x | z) was averaged over the dimensions of x, while the latent's terms are sums. In nats both are sums.",
        ),
        wrong(
            "the constant is dropped",
            {
                "elbo_terms": lambda *a: _terms(*a, constant=False),
                "elbo_sampled": lambda *a: _sampled(*a, constant=False),
            },
            "−D/2 log(2π s²) is missing. It does not move the optimum, but without it the number is no bound on log p(x).",
        ),
        wrong(
            "standard deviation for variance",
            {
                "elbo_terms": lambda x, mu, sigma, eps, W, b, s: _terms(x, mu, sigma, eps, W, b, math.sqrt(s)),
                "elbo_sampled": lambda x, mu, sigma, eps, W, b, s: _sampled(x, mu, sigma, eps, W, b, math.sqrt(s)),
            },
            "s is the standard deviation of x given z: the squared error is divided by 2 s², and the constant has log s².",
        ),
        wrong(
            "divergence and sampled entropy both",
            {
                "elbo_terms": lambda *a: _twice(*a),
                "elbo_sampled": lambda *a: _sampled(*a) - _terms(*a)["kl"],
            },
            "At the draws, log p(z) − log q(z) already estimates minus the divergence: with the closed form besides, all of "
            "it or the part of q counts twice.",
            also=({"elbo_sampled": lambda *a: _sampled(*a, prior=False) - _terms(*a)["kl"]},),
        ),
        wrong(
            "q is forgotten",
            {"elbo_sampled": lambda *a: _sampled(*a, entropy=False)},
            "This is the average of log p(x, z). The bound has log q(z) subtracted, or it could be made as large by a q that is a point.",
        ),
        wrong(
            "the prior is forgotten",
            {"elbo_sampled": lambda *a: _sampled(*a, prior=False)},
            "log p(x, z) is log p(x | z) plus log p(z): the prior at the draws is missing.",
        ),
        wrong(
            "only the first draw",
            {
                "elbo_terms": lambda x, mu, sigma, eps, *m: _terms(x, mu, sigma, eps[:1], *m),
                "elbo_sampled": lambda x, mu, sigma, eps, *m: _sampled(x, mu, sigma, eps[:1], *m),
            },
            "Only eps[0] was used: the estimate is the average over all K draws.",
        ),
        wrong(
            "the draws are added up",
            {
                "elbo_terms": lambda *a: _terms(*a, over_draws=torch.sum),
                "elbo_sampled": lambda *a: _sampled(*a, over_draws=torch.sum),
            },
            "Draws are averaged, dimensions are summed: with K draws the value must not grow with K.",
        ),
        wrong(
            "decoded from a mean",
            {
                "elbo_terms": lambda x, mu, sigma, eps, *m: _terms(x, mu, sigma, eps.mean(0, keepdim=True), *m),
                "elbo_sampled": lambda x, mu, sigma, eps, *m: _sampled(x, mu, sigma, eps.mean(0, keepdim=True), *m),
            },
            "The draws were averaged first, or q's mean was decoded. Each draw has its own log p(x | z); these are averaged.",
            also=(
                {
                    "elbo_terms": lambda x, mu, sigma, eps, *m: _terms(x, mu, sigma, 0 * eps, *m),
                    "elbo_sampled": lambda x, mu, sigma, eps, *m: _sampled(x, mu, sigma, 0 * eps, *m),
                },
            ),
        ),
        wrong(
            "the density of eps for that of z",
            {"elbo_sampled": lambda x, mu, sigma, *m: _sampled(x, mu, sigma, *m) - sigma.log().sum(1)},
            "log q is the density of eps. z = mu + sigma eps is spread by sigma, so its density has −log sigma as well.",
            also=({"elbo_sampled": lambda x, mu, sigma, *m: _sampled(x, mu, sigma, *m) - 2 * sigma.log().sum(1)},),
        ),
        wrong(
            "variance for standard deviation in the draws",
            {
                "elbo_terms": lambda x, mu, sigma, eps, *m: _terms(x, mu, sigma, sigma * eps, *m),
                "elbo_sampled": lambda x, mu, sigma, eps, *m: _sampled(x, mu, sigma, sigma * eps, *m),
            },
            "The draws are mu + sigma² eps. Noise is multiplied by the standard deviation.",
            also=(
                {"elbo_sampled": lambda x, mu, sigma, eps, *m: _sampled(x, mu, sigma, sigma * eps, *m) + 0.5 * ((1 - sigma**2) * eps**2).sum(-1).mean(0)},
            ),
        ),
        wrong(
            "sigma read as a variance or a logarithm",
            {
                "elbo_terms": lambda x, mu, sigma, *m: _terms(x, mu, sigma.sqrt(), *m),
                "elbo_sampled": lambda x, mu, sigma, *m: _sampled(x, mu, sigma.sqrt(), *m),
            },
            "sigma is the standard deviation of q. It was used as if it were a variance, or a log-variance, or was squared.",
            also=tuple(
                {
                    "elbo_terms": lambda x, mu, sigma, *m, read=read: _terms(x, mu, read(sigma), *m),
                    "elbo_sampled": lambda x, mu, sigma, *m, read=read: _sampled(x, mu, read(sigma), *m),
                }
                for read in (torch.exp, torch.square, lambda sigma: (sigma / 2).exp())
            ),
        ),
        wrong(
            "the logarithm of the mean weight",
            {"elbo_sampled": lambda *a: _sampled(*a, over_draws=lambda terms, axis: terms.logsumexp(axis) - math.log(len(terms)))},
            "This is the tighter bound with K draws. Here the logarithms are averaged: the mean is taken after the logarithm.",
        ),
        wrong(
            "sigma for its square in the divergence",
            {"elbo_terms": lambda *a: _with_own_kl(*a, kl=lambda m, s: s + m**2 - 1 - 2 * s.log())},
            "In the closed form stand the variance, sigma², and its logarithm, log sigma² = 2 log sigma: one of them has sigma "
            "itself, or sigma was read as the logarithm of the variance.",
            also=(
                {"elbo_terms": lambda *a: _with_own_kl(*a, kl=lambda m, s: s**2 + m**2 - 1 - s.log())},
                {"elbo_terms": lambda *a: _with_own_kl(*a, kl=lambda m, s: s + m**2 - 1 - s.log())},
                {"elbo_terms": lambda *a: _with_own_kl(*a, kl=lambda m, s: s.exp() + m**2 - 1 - s)},
            ),
        ),
        wrong(
            "the divergence the other way round",
            {"elbo_terms": lambda *a: _with_own_kl(*a, kl=lambda m, s: (1 + m**2) / s**2 - 1 + 2 * s.log())},
            "This is the divergence of the prior from q, or the logarithm has its sign. The expectation runs over q: a narrow "
            "q is far from the prior, at the price −log sigma.",
            also=({"elbo_terms": lambda *a: _with_own_kl(*a, kl=lambda m, s: s**2 + m**2 - 1 + 2 * s.log())},),
        ),
        wrong(
            "a slip in the divergence",
            {"elbo_terms": lambda *a: _with_kl(*a, change=lambda kl, d: 2 * kl)},
            "The closed form is ½ Σ (sigma² + mu² − 1 − log sigma²), summed over the latents of each item: its half, its −1, a "
            "square or the sum is missing, or the sum runs over the batch as well.",
            also=(
                {"elbo_terms": lambda *a: _with_kl(*a, change=lambda kl, d: kl / d)},
                {"elbo_terms": lambda *a: _with_kl(*a, change=lambda kl, d: kl + d / 2)},
                {"elbo_terms": lambda *a: _with_kl(*a, change=lambda kl, d: kl + (d - 1) / 2)},
                {"elbo_terms": lambda *a: _with_kl(*a, change=lambda kl, d: kl.sum().expand(len(kl)))},
                {"elbo_terms": lambda *a: _with_own_kl(*a, kl=lambda m, s: s**2 + m - 1 - 2 * s.log())},
            ),
        ),
    )  # fmt: skip


class _Known:
    """All that is known of a case, in float64; each array is (B,), or (K, B) where it depends on the draws.

    The roughs are sizes of what a sound computation rounds, per item.
    """

    def __init__(self, of: Case) -> None:
        x, self.mu, self.sigma, eps = exact(of.x), exact(of.mu), exact(of.sigma), exact(of.eps)
        self.W, self.b, self.s, self.x, self.dtype = exact(of.W), exact(of.b), of.s, x, of.x.dtype
        self.z = self.mu + self.sigma * eps  # (K, B, d)
        centre = np.einsum("ij,kbj->kbi", self.W, self.z) + self.b
        self.log_likelihood = gaussians.log_normal(x, centre, self.s**2).sum(-1)
        self.log_ratio = (
            gaussians.log_normal(self.z, 0.0, 1.0) - gaussians.log_normal(self.z, self.mu, self.sigma**2)
        ).sum(-1)
        parts = abs(x) + np.einsum("ij,kbj->kbi", abs(self.W), abs(self.mu) + self.sigma * abs(eps)) + abs(self.b)
        self.rough_likelihood = (parts**2 / self.s**2 + abs(math.log(self.s)) + 2).sum(-1).mean(0)
        # (z − mu)/sigma, computed from z, is rounded relative to z/sigma
        from_z = abs(eps) * (abs(self.z) + abs(self.mu)) / self.sigma + self.z**2 + eps**2
        self.rough_ratio = (from_z + abs(np.log(self.sigma)) + 2).sum(-1).mean(0)
        self.rough_kl = (self.mu**2 + self.sigma**2 + 1 + 2 * abs(np.log(self.sigma))).sum(-1)

    @property
    def kl(self) -> np.ndarray:
        d = self.mu.shape[1]
        rows = zip(self.mu, self.sigma, strict=True)
        return np.array([kl_by_quadrature(m, s, np.zeros(d), np.ones(d)) for m, s in rows])

    @property
    def log_px(self) -> np.ndarray:
        return np.array([linear_gaussian.log_evidence(row, self.W, self.b, self.s) for row in self.x])

    @property
    def gap(self) -> np.ndarray:
        """KL(q ‖ p(z | x)), the posterior with its full covariance."""
        found = []
        for row, mu, sigma in zip(self.x, self.mu, self.sigma, strict=True):
            mean, covariance = linear_gaussian.posterior(row, self.W, self.b, self.s)
            found.append(linear_gaussian.kl(mu, np.diag(sigma**2), mean, covariance))
        return np.array(found)


def _log_normal(x: torch.Tensor, mean: Any, sigma: Any, constant: bool = True) -> torch.Tensor:
    sigma = torch.as_tensor(sigma, dtype=x.dtype, device=x.device)
    return -0.5 * ((x - mean) / sigma) ** 2 - constant * (sigma.log() + 0.5 * LOG_2PI)


def _draws_log_likelihood(x, mu, sigma, eps, W, b, s, reduce=torch.sum, constant: bool = True):
    z = mu + sigma * eps
    return z, reduce(_log_normal(x, z @ W.T + b, s, constant), -1)


def _terms(x, mu, sigma, eps, W, b, s, sign=-1, over_draws=torch.mean, **how) -> dict[str, torch.Tensor]:
    _, log_l = _draws_log_likelihood(x, mu, sigma, eps, W, b, s, **how)
    reconstruction = over_draws(log_l, 0)
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(1)
    return {"reconstruction": reconstruction, "kl": kl, "elbo": reconstruction + sign * kl}


def _sampled(x, mu, sigma, eps, W, b, s, prior=True, entropy=True, over_draws=torch.mean, **how) -> torch.Tensor:
    z, log_l = _draws_log_likelihood(x, mu, sigma, eps, W, b, s, **how)
    log_p, log_q = _log_normal(z, 0.0, 1.0).sum(-1), _log_normal(z, mu, sigma).sum(-1)
    return over_draws(log_l + prior * log_p - entropy * log_q, 0)


def _with_kl(x, mu, *inputs, change) -> dict[str, torch.Tensor]:
    terms = _terms(x, mu, *inputs)
    kl = change(terms["kl"], mu.shape[1])
    return {"reconstruction": terms["reconstruction"], "kl": kl, "elbo": terms["reconstruction"] - kl}


def _with_own_kl(x, mu, sigma, *inputs, kl) -> dict[str, torch.Tensor]:
    return _with_kl(x, mu, sigma, *inputs, change=lambda right, d: 0.5 * kl(mu, sigma).sum(1))


def _twice(*inputs) -> dict[str, torch.Tensor]:
    terms = _terms(*inputs)
    return {**terms, "elbo": _sampled(*inputs) - terms["kl"]}
