"""vae.aggregate_posterior (long: a mixture, three divergences and its moments, each with mistakes of its own)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy.special import logsumexp
from scipy.stats import norm

from autograder.checks.c08_vae.shared import LOG_2PI, SQUARES
from autograder.judging.compare import EPSILON, FACTOR, arithmetic, close, exact, has_shape, kind_of, near
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

DENSITY, SPLIT, NORMAL = "aggregate_log_density", "rate_split", "best_normal"
TERMS = ("rate", "information", "marginal")
MOMENTS = ("mean", "std")
MANY = 2001  # quantiles of N(0, 1), whose plain mean is an expectation to within 0.004 nats

CODES = Tensor("N, d", Reals(reach=(1e-3, 100)), says=("the encoder's",))
WIDTHS = Tensor("N, d", Reals(0, math.inf, reach=(1e-2, 100)))


def _log_normal(z: np.ndarray, mu: Any, sigma: Any) -> np.ndarray:
    return -0.5 * (((z - mu) / sigma) ** 2 + LOG_2PI) - np.log(sigma)


class _Mixture:
    """q(z) = 1/N Σ_n N(z; mu_n, diag sigma_n²) in float64. rough: what evaluating it at z rounds, weighed by shares."""

    def __init__(self, mu: torch.Tensor, sigma: torch.Tensor) -> None:
        self.mu, self.sigma = exact(mu), exact(sigma)

    def log_p(self, z: np.ndarray) -> np.ndarray:
        """(…,) for z (…, d)."""
        return logsumexp(self._each(z), axis=-1) - math.log(len(self.mu))

    def _each(self, z: np.ndarray) -> np.ndarray:
        return _log_normal(z[..., None, :], self.mu, self.sigma).sum(-1)  # (…, N)

    def rough(self, z: np.ndarray) -> np.ndarray:
        away = z[..., None, :] - self.mu
        lost = abs(away) * (abs(z[..., None, :]) + abs(self.mu)) / self.sigma**2
        sizes = (lost + abs(np.log(self.sigma)) + 2).sum(-1)
        each = self._each(z)
        shares = np.exp(each - logsumexp(each, axis=-1, keepdims=True))
        return (shares * sizes).sum(-1) + math.log(len(self.mu)) + 1

    def truth(self) -> dict[str, float]:
        """The three divergences in one dimension, by the trapezoidal rule over z."""
        mu, sigma = self.mu[:, 0], self.sigma[:, 0]
        z = np.linspace((mu - 12 * sigma).min(), (mu + 12 * sigma).max(), 20_001)
        each, prior = norm.pdf(z[:, None], mu, sigma), norm.logpdf(z)
        q = each.mean(1)
        own = np.trapezoid(np.where(each > 0, each * norm.logpdf(z[:, None], mu, sigma), 0), z, axis=0).mean()
        total = np.trapezoid(np.where(q > 0, q * np.log(np.where(q > 0, q, 1)), 0), z)
        cross = np.trapezoid(q * prior, z)
        return {"rate": own - cross, "information": own - total, "marginal": total - cross}


# --- slips -------------------------------------------------------------------------------------------------------


def _each(z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor, over: Callable = torch.sum) -> torch.Tensor:
    """log N(z; mu_n, diag sigma_n²) for all n, (…, N)."""
    away = (z[..., None, :] - mu) / sigma
    return over(-0.5 * (away**2 + LOG_2PI) - sigma.log(), -1)


def _density(z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor, over: Callable = torch.sum) -> torch.Tensor:
    return _each(z, mu, sigma, over).logsumexp(-1) - math.log(len(mu))


def _one_normal(z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    mean, std = _moments(mu, sigma).values()
    return _each(z, mean[None], std[None])[..., 0]


def _split(
    mu: torch.Tensor,
    sigma: torch.Tensor,
    eps: torch.Tensor,
    aggregate: Callable = _density,
    over: Callable = torch.sum,
    change: Callable = lambda own, q, p: (own - p, own - q, q - p),
) -> dict[str, torch.Tensor]:
    z = mu + sigma * eps
    own = over(-0.5 * (eps**2 + LOG_2PI) - sigma.log(), -1)
    prior = over(-0.5 * (z**2 + LOG_2PI), -1)
    return dict(zip(TERMS, (part.mean() for part in change(own, aggregate(z, mu, sigma), prior)), strict=True))


def _without_own(z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
    """The mixture of all other encoders."""
    each = _each(z, mu, sigma)  # (K, N, N)
    own = torch.eye(len(mu), dtype=torch.bool, device=mu.device)
    return each.masked_fill(own, -math.inf).logsumexp(-1) - math.log(max(len(mu) - 1, 1))


def _moments(mu: torch.Tensor, sigma: torch.Tensor) -> dict[str, torch.Tensor]:
    mean = mu.mean(0)
    return {"mean": mean, "std": ((mu - mean) ** 2 + sigma**2).mean(0).sqrt()}


def _with(density: Callable) -> dict[str, Callable]:
    return {DENSITY: density, SPLIT: lambda mu, sigma, eps: _split(mu, sigma, eps, density)}


def _std(of: Callable) -> dict[str, Callable]:
    return {NORMAL: lambda mu, sigma: {"mean": mu.mean(0), "std": of(mu, sigma)}}


@exercise("vae.aggregate_posterior", (DENSITY, SPLIT, NORMAL))
class AggregatePosterior(Exercise):
    """q(z) = 1/N Σ q(z | x_n); what the code costs is what it tells of x, and how far q(z) is from the prior."""

    apart = True
    shape = gate(
        "one log density for each z; three numbers rate, information, marginal; a mean and a std of each latent"
    )
    mixture = pays("q(z) is the average of the encoders' densities, and its logarithm is finite however far z is", 1.0)
    rate = pays("rate is the mean of log q(z | x_n) − log p(z) over all draws", 0.5)
    information = pays("information is the mean of log q(z | x_n) − log q(z), each draw beside its own x_n", 1.0)
    marginal = pays("marginal is the mean of log q(z) − log p(z): what a better prior could save", 1.0)
    moments = pays("best_normal has the mean and the standard deviation of q(z) in each latent", 0.5)

    hints = (
        "For each z there are N log densities, one from each encoder. How do you average N densities whose logarithms you have?",
        "A draw z_kn belongs to the encoder n it came from: log q(z | x_n) is that one's density, log q(z) the mixture's, with "
        "all N encoders.",
        "The variance of a mixture: each encoder's own variance, on average, and besides that the variance of the means.",
    )  # fmt: skip

    domain = {
        DENSITY: Domain(
            {"z": Tensor("M, d", Reals(reach=(1e-3, 1e3))), "mu": CODES, "sigma": WIDTHS},
            sizes={"M": (1, 4), "N": (1, 5, 30), "d": (1, 3)},
            returns=Like("mu"),
            draws=2,
            most=14,
        ),
        SPLIT: Domain(
            {"mu": CODES, "sigma": WIDTHS, "eps": Tensor("K, N, d", Reals(reach=(1e-3, 6)))},
            sizes={"K": (1, 3), "N": (1, 5, 30), "d": (1, 3)},
            draws=2,
            most=14,
        ),
        NORMAL: Domain(
            {"mu": CODES, "sigma": WIDTHS},
            sizes={"N": (1, 5), "d": (1, 3)},
            returns={name: Like("mu") for name in MOMENTS},
            draws=2,
            most=10,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        mu, sigma = floats([[-2.0], [2.0]], PYTHON), floats([[0.5], [0.5]], PYTHON)
        yield self.case_of(DENSITY, {"z": floats([[0.0], [2.0]], PYTHON), "mu": mu, "sigma": sigma})
        yield self.case_of(SPLIT, {"mu": mu, "sigma": sigma, "eps": floats([[[0.0], [0.0]], [[1.0], [-1.0]]], PYTHON)})
        yield self.case_of(NORMAL, {"mu": mu, "sigma": sigma})
        for dtype, device in arithmetic():
            for N, d in ((3, 2), (6, 1), (4, 3)):
                mu = 1.5 * normal(rng, (N, d), dtype, device)
                sigma = floats(np.exp(rng.uniform(-1.5, 0.5, size=(N, d))), dtype, device)
                yield self.case_of(DENSITY, {"z": 2 * normal(rng, (4, d), dtype, device), "mu": mu, "sigma": sigma})
                yield self.case_of(SPLIT, {"mu": mu, "sigma": sigma, "eps": normal(rng, (5, N, d), dtype, device)})
                yield self.case_of(NORMAL, {"mu": mu, "sigma": sigma})
            yield self.case_of(SPLIT, self._many_dense(rng, dtype, device))
            wide = floats(rng.uniform(0.8, 1.2, size=(150, 2)), dtype, device)  # all of them count at every z
            mu, eps = normal(rng, (150, 2), dtype, device), normal(rng, (1, 150, 2), dtype, device)
            yield self.case_of(DENSITY, {"z": mu[:3], "mu": mu, "sigma": wide})
            yield self.case_of(SPLIT, {"mu": mu, "sigma": wide, "eps": eps})
            mu, narrow = 10 + 3 * normal(rng, (6, 3), dtype, device), floats(np.full((6, 3), 0.01), dtype, device)
            yield self.case_of(DENSITY, {"z": mu + narrow * eps[0, :6, :1], "mu": mu, "sigma": narrow})
            yield self.case_of(NORMAL, {"mu": 100 + mu / 30, "sigma": 10 * narrow})
        two, eps = floats([[-0.2], [0.2]], PYTHON), floats([[[4.0], [-4.0]]], PYTHON)
        yield self.case_of(
            SPLIT, {"mu": two, "sigma": 0 * two + 1.5, "eps": 0 * abs(eps)}
        )  # of draws all three may be < 0
        yield self.case_of(SPLIT, {"mu": two, "sigma": 0 * two + 0.1, "eps": eps})
        for _ in range(2):  # quantiles in place of draws: the three divergences themselves
            mu, sigma = 1.5 * normal(rng, (3, 1), PYTHON), floats(rng.uniform(0.3, 1.2, size=(3, 1)), PYTHON)
            even = floats(norm.ppf((np.arange(MANY) + 0.5) / MANY), PYTHON)[:, None, None].repeat(1, 3, 1)
            yield self._split_case({"mu": mu, "sigma": sigma, "eps": even}, even=True)

    @staticmethod
    def _many_dense(rng: np.random.Generator, dtype: torch.dtype, device: str) -> dict[str, Any]:
        """More encoders than a minibatch has, and densities that float32 does not hold."""
        N, d = 66, 30
        sigma = floats(np.exp(rng.uniform(-5.3, -4.7, size=(N, d))), dtype, device)
        mu = floats(rng.normal(size=(N, d)) * 0.05, dtype, device)
        return {"mu": mu, "sigma": sigma, "eps": normal(rng, (1, N, d), dtype, device)}

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == SPLIT:
            return self._split_case(given)
        law = self.mixture if name == DENSITY else self.moments
        return case(call(name, *given.values()), about=(self.shape, law), of=name, **given)

    def _split_case(self, given: dict[str, Any], even: bool = False) -> Case:
        laws = (self.shape, self.rate, self.information, self.marginal)
        return case(call(SPLIT, *given.values()), about=laws, of=SPLIT, even=even, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from {DENSITY: self._judge_density, SPLIT: self._judge_split, NORMAL: self._judge_normal}[case.of](
            case, answer
        )

    def _judge_density(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, (len(case.z),), case.mu)
        yield self.shape(*shape)
        if shape.ok:
            q, z = _Mixture(case.mu, case.sigma), exact(case.z)
            yield self.mixture(*close(answer, q.log_p(z), case.mu.dtype, q.rough(z)))

    def _judge_split(self, case: Case, answer: Any) -> Iterator[Finding]:
        formed = has_parts(answer, TERMS)
        yield self.shape(*formed)
        if not formed.ok:
            return
        q, got, found = _Mixture(case.mu, case.sigma), parts_of(answer, TERMS), self._of_draws(case)
        for law, name in ((self.rate, "rate"), (self.information, "information"), (self.marginal, "marginal")):
            want, rough = found[name]
            verdict = close(np.float64(got[name]), want, case.mu.dtype, rough)
            if verdict.ok and case.even:
                verdict = near(np.float64(got[name]), q.truth()[name], 0.01)
            yield law(*verdict)

    @staticmethod
    def _of_draws(case: Case) -> dict[str, tuple[float, float]]:
        """Each mean over the draws, and the size of what is rounded on the way."""
        q, eps = _Mixture(case.mu, case.sigma), exact(case.eps)
        z = q.mu + q.sigma * eps
        own = (-0.5 * (eps**2 + LOG_2PI) - np.log(q.sigma)).sum(-1)
        prior, mixed = _log_normal(z, 0.0, 1.0).sum(-1), q.log_p(z)
        from_z = abs(eps) * (abs(z) + abs(q.mu)) / q.sigma + eps**2 + abs(np.log(q.sigma)) + 2
        rough_own, rough_prior = from_z.sum(-1).mean(), (z**2 + 2).sum(-1).mean()
        rough_mixed = q.rough(z).mean() + rough_own
        return {
            "rate": ((own - prior).mean(), rough_own + rough_prior),
            "information": ((own - mixed).mean(), rough_own + rough_mixed),
            "marginal": ((mixed - prior).mean(), rough_mixed + rough_prior),
        }

    def _judge_normal(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = isinstance(answer, dict) and answer.keys() == set(MOMENTS)
        shapes = [has_shape(answer[name], (case.mu.shape[1],), case.mu) for name in MOMENTS] if named else []
        formed = named and all(shape.ok for shape in shapes)
        came = next((shape.got for shape in shapes if not shape.ok), kind_of(answer))
        yield self.shape(formed, f"mean and std of shape ({case.mu.shape[1]},)", came)
        if not formed:
            return
        mu, sigma = exact(case.mu), exact(case.sigma)
        mean = np.array([math.fsum(column) / len(mu) for column in mu.T])
        second = np.array([math.fsum(column) / len(mu) for column in (sigma**2 + (mu - mean) ** 2).T])
        std, top = np.sqrt(second), abs(mu).max(0)
        turned = top * (1 + FACTOR * EPSILON["float32"] * top / std)  # the mean is rounded, and off its square
        for name, want, size in (("mean", mean, top), ("std", std, std + turned)):
            yield self.moments(*close(answer[name], want, case.mu.dtype, size), why=f"This is the {name}.")

    mistakes = (
        wrong(
            "log N forgotten",
            _with(lambda z, mu, sigma: _each(z, mu, sigma).logsumexp(-1)),
            "The densities were added up. q(z) is their average: take off log N, or q(z) integrates to N.",
        ),
        wrong(
            "the mean of the logarithms",
            _with(lambda z, mu, sigma: _each(z, mu, sigma).mean(-1)),
            "Average the densities, and take the logarithm then. The mean of log densities belongs to a product of them.",
        ),
        wrong(
            "one normal for the mixture",
            _with(_one_normal),
            "This is the log density of a normal with q(z)'s moments. q(z) has as many hills as there are encoders apart.",
            also=(_with(lambda z, mu, sigma: _each(z, mu.mean(0)[None], sigma.mean(0)[None])[..., 0]),),
        ),
        wrong(
            "densities outside of log space",
            _with(lambda z, mu, sigma: _each(z, mu, sigma).exp().mean(-1).log()),
            "Densities far from all codes are rounded to 0, and log 0 is −∞; those of many narrow latents overflow. Stay in log space: logsumexp.",
        ),
        wrong(
            "a mean over the latents",
            {
                DENSITY: lambda z, mu, sigma: _density(z, mu, sigma, torch.mean),
                SPLIT: lambda mu, sigma, eps: _split(
                    mu, sigma, eps, lambda *a: _density(*a, torch.mean), torch.mean
                ),
            },
            "Log densities of independent latents are added, not averaged.",
        ),
        wrong(
            "the encoder that made the draw is left out",
            {SPLIT: lambda mu, sigma, eps: _split(mu, sigma, eps, _without_own)},
            "q(z) has all N encoders in it, the draw's own as well. Without it the information may exceed log N.",
        ),
        wrong(
            "a minibatch for the data set",
            {SPLIT: lambda *a: _split(*a, aggregate=lambda z, mu, sigma: _density(z, mu[:64], sigma[:64]))},
            "q(z) was made of the first 64 encoders only. It is the mixture of all N that were given.",
        ),
        wrong(
            "information the wrong way round",
            {SPLIT: lambda *a: _split(*a, change=lambda own, q, p: (own - p, q - own, own - p + own - q))},
            "rate = information + marginal. The information is a divergence from q(z), and what is taken off the rate.",
            also=(
                {SPLIT: lambda *a: _split(*a, change=lambda own, q, p: (own - p, own - q, 2 * own - p - q))},
                {SPLIT: lambda *a: _split(*a, change=lambda own, q, p: (own - p, q - own, q - p))},
            ),
        ),
        wrong(
            "marginal with its sign turned",
            {SPLIT: lambda *a: _split(*a, change=lambda own, q, p: (own - p, own - q, p - q))},
            "This is log p(z) − log q(z). The marginal term is the divergence of q(z) from the prior: log q(z) − log p(z).",
        ),
        wrong(
            "marginal and information exchanged",
            {SPLIT: lambda *a: _split(*a, change=lambda own, q, p: (own - p, q - p, own - q))},
            "Information compares q(z | x) with q(z), both about this model's codes. Marginal compares q(z) with the prior.",
        ),
        wrong(
            "the spread of the means only",
            _std(lambda mu, sigma: mu.std(0, correction=0)),
            "The codes' own widths are missing: q(z) is wider than its centres are apart, by the mean of sigma².",
            also=(_std(lambda mu, sigma: mu.std(0, correction=1) if len(mu) > 1 else 0 * mu[0]),),
        ),
        wrong(
            "the codes' widths only",
            _std(lambda mu, sigma: (sigma**2).mean(0).sqrt()),
            "The means differ from each other as well, and that spreads q(z).",
            also=(_std(lambda mu, sigma: sigma.mean(0)),),
        ),
        wrong(
            "deviations averaged",
            _std(lambda mu, sigma: mu.std(0, correction=0) + sigma.mean(0)),
            "Variances add up, standard deviations do not; and it is sigma² that is averaged.",
            also=(_std(lambda mu, sigma: (mu.var(0, correction=0) + sigma.mean(0) ** 2).sqrt()),),
        ),
        wrong(
            "not centred",
            _std(lambda mu, sigma: (mu**2 + sigma**2).mean(0).sqrt()),
            "This is the root of E z². The square of the mean has to be taken off.",
        ),
        wrong(
            "a difference of large squares",
            _std(lambda mu, sigma: ((sigma**2).mean(0) + (mu**2).mean(0) - mu.mean(0) ** 2).sqrt()),
            SQUARES,
        ),
        wrong(
            "variance for standard deviation",
            _std(lambda mu, sigma: (sigma**2).mean(0) + mu.var(0, correction=0)),
            "std is a standard deviation: take the root.",
        ),
    )  # fmt: skip
