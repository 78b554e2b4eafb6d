"""Judge of 06_elbo: a lower bound on log p(x), what it is made of, and how far below it lies."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from scipy import special
from torch.nn import functional

from autograder.judging.compare import (
    EPSILON,
    FACTOR,
    Verdict,
    arithmetic,
    close,
    exact,
    has_shape,
    is_number,
    kind_of,
    near,
    number,
    show,
    truth,
    values,
)
from autograder.judging.derivation import Line, Term, judge_chain
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case, exercise, gate, grad, pays, wrong
from autograder.oracles import gaussians, linear_gaussian
from pushforward.answering.wire import Plain

PYTHON = torch.float64  # the type of Python's own floats
SINGLE = torch.float32  # that of torch.tensor(s) for a Python float s, whatever the type of x: precise enough here
LOG_2PI = math.log(2 * math.pi)
BENT = 3e-9  # torch's softplus is linear beyond 20, where it is wrong by e⁻²⁰ = 2·10⁻⁹


def _normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: torch.dtype, device: str) -> torch.Tensor:
    return torch.tensor(rng.normal(size=shape), dtype=dtype, device=device)


def _spread(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    dtype: torch.dtype,
    device: str,
    low: float = 0.2,
    high: float = 2.0,
) -> torch.Tensor:
    """Positive numbers, even on a logarithmic scale."""
    drawn = np.exp(rng.uniform(math.log(low), math.log(high), size=shape))
    return torch.tensor(drawn, dtype=dtype, device=device)


def _named(answer: Any, wanted: tuple[str, ...]) -> bool:
    return isinstance(answer, dict) and answer.keys() == set(wanted)


def _allowing(slack: Any, dtype: torch.dtype) -> Any:
    """The scale that lets `slack` pass as it is, whatever the type's precision."""
    return slack / (FACTOR * EPSILON[str(dtype).removeprefix("torch.")])


# --- the divergence of two normals -----------------------------------------------------------------------------


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
                mu, prior_mu = _normal(rng, (batch, d), dtype, device), _normal(rng, (d,), dtype, device)
                sigma, prior_sigma = _spread(rng, (batch, d), dtype, device), _spread(rng, (d,), dtype, device)
                yield self._case(mu, sigma, prior_mu, prior_sigma)
            yield self._case(prior_mu.expand(3, -1).clone(), prior_sigma.expand(3, -1).clone(), prior_mu, prior_sigma)
            certain = _spread(rng, (3, 2), dtype, device, 1e-4, 1e-3)
            zero, one = torch.zeros(2, dtype=dtype, device=device), torch.ones(2, dtype=dtype, device=device)
            yield self._case(5 * _normal(rng, (3, 2), dtype, device), certain, zero, one)

    def _case(self, mu: torch.Tensor, sigma: torch.Tensor, prior_mu: torch.Tensor, prior_sigma: torch.Tensor) -> Case:
        asked = call("kl_gaussian", mu, sigma, prior_mu, prior_sigma)
        return case(asked, mu=mu, sigma=sigma, prior_mu=prior_mu, prior_sigma=prior_sigma)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = _named(answer, ("trace", "mean", "log_det", "kl"))
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
        kl = [_kl_by_quadrature(m, v, prior_mu, prior_sigma) for m, v in zip(mu, sigma, strict=True)]
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
    )


def _kl_by_quadrature(mu: np.ndarray, sigma: np.ndarray, prior_mu: np.ndarray, prior_sigma: np.ndarray) -> float:
    rows = zip(mu, sigma, prior_mu, prior_sigma, strict=True)
    return sum(gaussians.kl(m, s**2, pm, ps**2) for m, s, pm, ps in rows)


# --- the bound, line by line -----------------------------------------------------------------------------------


def _nodes(rng: np.random.Generator, n: int, offset: float = 0.0) -> SimpleNamespace:
    """A latent with n values: every log probability, with log p(x | z) moved by `offset`."""
    log_prior, log_q = (np.log(rng.dirichlet(np.full(n, 3.0)).clip(1e-3)) for _ in range(2))
    log_prior, log_q = (a - special.logsumexp(a) for a in (log_prior, log_q))
    return _discrete(log_q, log_prior, rng.normal(-1, 1.5, size=n) + offset)


def _discrete(log_q: np.ndarray, log_prior: np.ndarray, log_likelihood: np.ndarray) -> SimpleNamespace:
    """The sums over z, by enumeration with a correctly rounded sum."""
    q, log_joint = np.exp(log_q), log_prior + log_likelihood
    top = log_joint.max()
    log_px = top + math.log(math.fsum(np.exp(log_joint - top)))
    log_posterior = log_joint - log_px
    return SimpleNamespace(
        dz=np.ones(len(q)), log_q=log_q, log_prior=log_prior, log_likelihood=log_likelihood,
        log_joint=log_joint, log_posterior=log_posterior, log_px=log_px,
        reconstruction=math.fsum(q * log_likelihood), kl_prior=math.fsum(q * (log_q - log_prior)),
        elbo=math.fsum(q * (log_joint - log_q)), kl_posterior=math.fsum(q * (log_q - log_posterior)),
    )  # fmt: skip


def _continuous(rng: np.random.Generator) -> SimpleNamespace:
    """z ~ N(0, 1), x | z ~ N(a z + c, s²), q = N(m, v²) on an even grid; every integral in closed form.

    The sum over an even grid with steps of half the narrowest width is exact to e^{−2π²·4} < 10⁻³⁴ for normals.
    """
    a, c, s, m = rng.uniform(0.5, 1.5), rng.normal(), rng.uniform(0.6, 1.5), 0.7 * rng.normal()
    v, x = rng.uniform(0.5, 1.2), c + rng.normal()
    mean, variance = (float(part) for part in gaussians.condition(np.float64(0), 1.0, x - c, a, s**2))
    width, narrow = max(1.0, v), min(v, math.sqrt(variance))
    z = np.arange(min(m, mean, 0) - 10 * width, max(m, mean, 0) + 10 * width, narrow / 2)
    return SimpleNamespace(
        dz=np.full(len(z), z[1] - z[0]),
        log_q=gaussians.log_normal(z, m, v**2),
        log_prior=gaussians.log_normal(z, 0.0, 1.0),
        log_likelihood=gaussians.log_normal(x, a * z + c, s**2),
        log_joint=gaussians.log_normal(z, 0.0, 1.0) + gaussians.log_normal(x, a * z + c, s**2),
        log_posterior=gaussians.log_normal(z, mean, variance),
        log_px=float(gaussians.log_normal(x, c, a**2 + s**2)),
        reconstruction=float(gaussians.log_normal(x, a * m + c, s**2)) - a**2 * v**2 / (2 * s**2),
        kl_prior=gaussians.kl(m, v**2, 0.0, 1.0),
        elbo=float(gaussians.log_normal(x, c, a**2 + s**2)) - gaussians.kl(m, v**2, mean, variance),
        kl_posterior=gaussians.kl(m, v**2, mean, variance),
    )


_LINES = ("elbo_integrand", "elbo_split", "elbo_gathered", "evidence", "evidence_split", "evidence_averaged")
_GIVEN = (
    ("log_q", "log_joint"),
    ("log_q", "log_likelihood", "log_prior"),
    ("dz", "log_q", "log_likelihood", "log_prior"),
    ("dz", "log_joint"),
    ("log_q", "log_joint", "log_posterior"),
    ("dz", "log_q", "log_joint", "log_posterior"),
)


@exercise("elbo.derivation", _LINES, kind="derivation")
class Derivation(Exercise):
    """∫ q log p(x, z)/q = E_q log p(x | z) − KL(q ‖ p(z)), and log p(x) − ∫ q log p(x, z)/q = KL(q ‖ p(z | x))."""

    line_1 = pays("line 1 is the integrand of the bound, at every z")
    line_2 = pays("line 2 takes the joint and the logarithm apart, term by term, at every z")
    line_3 = pays("line 3 gathers the terms into a reconstruction and a divergence from the prior")
    line_4 = pays("line 4 gets log p(x) and the posterior from the joint alone")
    line_5 = pays("line 5 brings q in and leaves log p(x) what it is, at every z")
    line_6 = pays("line 6 averages over q: the bound, and a divergence from the posterior")

    hints = (
        "Lines 1 to 3: p(x, z) = p(x | z) p(z), and the logarithm of a product is a sum. Which of the terms make a KL?",
        "Line 4: sum the joint over all z to get p(x), and use Bayes' rule. Never take exp of a log density as it "
        "comes: take the largest out first, or let torch do so.",
        "Lines 5 and 6: log p(x) = log p(x, z) − log p(z | x) holds at every z. How does q come into such a difference "
        "without changing it? And what does an average under q make of a constant?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        two = np.log([[0.8, 0.2], [0.5, 0.5], [0.6, 0.3]])
        yield self._case(_discrete(*two), torch.float64, "cpu")
        for dtype, device in arithmetic():
            yield self._case(_nodes(rng, int(rng.integers(3, 12))), dtype, device)
            yield self._case(_continuous(rng), dtype, device)
            yield self._case(_continuous(rng), dtype, device)
            for offset in (-1000.0, 1000.0):
                yield self._case(_nodes(rng, 4, offset), dtype, device)

    def _case(self, model: SimpleNamespace, dtype: torch.dtype, device: str) -> Case:
        def given(name: str) -> torch.Tensor:
            return torch.tensor(getattr(model, name), dtype=dtype, device=device)

        asks = (
            call(line, *map(given, names)).about(law)
            for line, names, law in zip(_LINES, _GIVEN, self.laws, strict=True)
        )
        return case(*asks, model=model, dtype=dtype)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        lines = self._lines(case.model)
        yield from judge_chain(lines[:3], answers[:3], case.dtype)
        yield from judge_chain(lines[3:], answers[3:], case.dtype, first=4)

    def _lines(self, of: SimpleNamespace) -> list[Line]:
        """What each term is, and the size of what is rounded on the way to it.

        Every logarithm reaches the student rounded, by ε times its size; exp turns that into a relative error of q.
        """
        q = np.exp(of.log_q)
        rough = 1 + abs(of.log_q)
        # what a term may be off by at each z, if it is log q, log p(z), …, computed in any sound way
        size = {name: 1 + abs(getattr(of, name)) for name in ("log_q", "log_prior", "log_likelihood", "log_posterior")}
        size["log_joint"] = size["log_prior"] + size["log_likelihood"]
        weight = of.dz * q * rough

        def local(*names: str) -> np.ndarray:
            return q * rough * sum(size[name] for name in names) + 1e-30  # in float32 q may underflow to 0

        def total(*names: str) -> float:
            return float(sum(weight @ size[name] for name in names))

        joint_mass = float(max(size["log_joint"][np.argmax(of.log_joint)], abs(of.log_px)) + 10)
        return [
            Line(
                self.line_1,
                {"integrand": Term(-_log_ratio(q, of.log_q, of.log_joint), local("log_joint", "log_q"))},
                lambda t: of.dz @ t["integrand"],
            ),
            Line(
                self.line_2,
                {
                    "likelihood": Term(q * of.log_likelihood, local("log_likelihood")),
                    "prior": Term(q * of.log_prior, local("log_prior")),
                    "entropy": Term(special.entr(q), local("log_q")),
                },
                lambda t: of.dz @ (t["likelihood"] + t["prior"] + t["entropy"]),
            ),
            Line(
                self.line_3,
                {
                    "reconstruction": Term(of.reconstruction, total("log_likelihood")),
                    "kl": Term(of.kl_prior, total("log_q", "log_prior")),
                },
                lambda t: t["reconstruction"] - t["kl"],
            ),
            Line(
                self.line_4,
                {
                    "log_px": Term(of.log_px, joint_mass),
                    "log_posterior": Term(of.log_posterior, size["log_joint"] + joint_mass),
                },
                lambda t: t["log_px"],
            ),
            Line(
                self.line_5,
                {
                    "bound": Term(of.log_joint - of.log_q, size["log_joint"] + size["log_q"]),
                    "gap": Term(of.log_q - of.log_posterior, size["log_q"] + size["log_posterior"]),
                },
                lambda t: t["bound"] + t["gap"],
            ),
            Line(
                self.line_6,
                {
                    "elbo": Term(of.elbo, total("log_joint", "log_q")),
                    "kl": Term(of.kl_posterior, total("log_q", "log_posterior")),
                },
                lambda t: t["elbo"] + t["kl"],
            ),
        ]

    mistakes = (
        wrong(
            "the weight q is forgotten",
            {"elbo_integrand": lambda log_q, log_joint: {"integrand": log_joint - log_q}},
            "Line 1 has lost its weight: an expectation under q is an integral over q(z) times the rest.",
        ),
        wrong(
            "q is not divided by",
            {"elbo_integrand": lambda log_q, log_joint: {"integrand": log_q.exp() * log_joint}},
            "The logarithm is that of p(x, z)/q(z): log q(z) has to be subtracted.",
        ),
        wrong(
            "the weight stands inside the logarithm",
            {"elbo_integrand": lambda log_q, log_joint: {"integrand": log_q + log_joint - log_q}},
            "q(z) was multiplied into the fraction under the logarithm, where it cancels. It weights the logarithm.",
        ),
        wrong(
            "the sign of the entropy",
            {"elbo_split": lambda *a: _split(*a, sign=1)},
            "log q(z) stands under the fraction line, so it enters with a minus: the entropy term is not negative here.",
        ),
        wrong(
            "terms without their weight",
            {"elbo_split": lambda log_q, log_l, log_p: {"likelihood": log_l, "prior": log_p, "entropy": -log_q}},
            "Each of the three terms is still weighted by q(z): the integral of line 1 is split, not left.",
        ),
        wrong(
            "the prior weights itself",
            {"elbo_split": lambda log_q, log_l, log_p: {**_split(log_q, log_l, log_p), "prior": log_p.exp() * log_p}},
            "The prior term was weighted by p(z). All three expectations run over the same q(z).",
        ),
        wrong(
            "the divergence with the wrong sign",
            {"elbo_gathered": lambda *a: _gathered(*a, sign=-1)},
            "What is called kl here is E_q log p(z)/q(z), which is minus the divergence: a KL is never negative.",
        ),
        wrong(
            "the divergence the wrong way round",
            {"elbo_gathered": lambda *a: _gathered_back(*a)},
            "The expectation in this divergence runs over the prior. Everything in the bound is averaged over q.",
            also=({"elbo_gathered": lambda *a: _gathered_back(*a, sign=-1)},),
        ),
        wrong(
            "the prior stays with the reconstruction",
            {"elbo_gathered": lambda dz, log_q, log_l, log_p: _prior_with_reconstruction(dz, log_q, log_l, log_p)},
            "The line as a whole is right, but log p(z) was left in the reconstruction, and what remains is no KL.",
        ),
        wrong(
            "dz is forgotten",
            {
                "elbo_gathered": lambda dz, *a: _gathered(torch.ones_like(dz), *a),
                "evidence": lambda dz, log_joint: _evidence(torch.ones_like(dz), log_joint),
                "evidence_averaged": lambda dz, *a: _averaged(torch.ones_like(dz), *a),
            },
            "A sum over grid points becomes an integral by the width dz of their cells; only for a discrete z is it 1.",
        ),
        wrong(
            "exponentiated too early",
            {"evidence": lambda dz, log_joint: _evidence_early(dz, log_joint)},
            "exp was taken of log densities as they come, and underflows or overflows near ±1000: take the largest out first.",
            also=tuple(
                {"evidence": lambda dz, log_joint, kind=kind: _evidence_late(dz, log_joint, kind)}
                for kind in (torch.float32, torch.float64)
            ),
        ),
        wrong(
            "the posterior is not normalised",
            {"evidence": lambda dz, log_joint: {**_evidence(dz, log_joint), "log_posterior": log_joint}},
            "The joint is the posterior times p(x): log p(x) must be subtracted, so that the posterior sums to one.",
        ),
        wrong(
            "an average of the logarithm",
            {"evidence": lambda dz, log_joint: _evidence_of_mean(dz, log_joint)},
            "p(x) is a sum of probabilities. A mean of their logarithms is something else (by Jensen, something smaller).",
        ),
        wrong(
            "q is not brought in",
            {"evidence_split": lambda log_q, log_j, log_post: {"bound": log_j - log_post, "gap": 0 * log_q}},
            "The sum is right, but all of log p(x) stands in the first term: subtract log q there and add it to the second.",
        ),
        wrong(
            "the second ratio upside down",
            {"evidence_split": lambda log_q, log_j, log_post: {"bound": log_j - log_q, "gap": log_post - log_q}},
            "log q was subtracted from the first term, so it must be added in the second: log q − log p(z | x).",
        ),
        wrong(
            "the signs of both are turned",
            {"evidence_split": lambda log_q, log_j, log_post: {"bound": log_q - log_j, "gap": log_post - log_q}},
            "Both ratios are upside down: their sum is −log p(x).",
        ),
        wrong(
            "the average runs over the posterior",
            {"evidence_averaged": lambda dz, log_q, log_j, log_post: _averaged(dz, log_q, log_j, log_post, over=log_post)},
            "Line 5 was averaged with p(z | x). The sum is the same, but the first term is the bound only under q.",
        ),
        wrong(
            "the gap the wrong way round",
            {
                "evidence_averaged": lambda dz, log_q, log_j, log_post: {
                    **_averaged(dz, log_q, log_j, log_post),
                    "kl": (dz * log_post.exp() * (log_post - log_q)).sum(),
                }
            },
            "This is KL(p(z | x) ‖ q). The gap is the other one, in which the expectation runs over q.",
        ),
        wrong(
            "a plain mean over z",
            {
                "evidence_averaged": lambda dz, log_q, log_j, log_post: {
                    "elbo": (log_j - log_q).mean(),
                    "kl": (log_q - log_post).mean(),
                }
            },
            "All z were given the same weight. The average is the one under q(z).",
        ),
    )  # fmt: skip


def _log_ratio(q: np.ndarray, log_q: np.ndarray, log_p: np.ndarray) -> np.ndarray:
    """q (log q − log p) as scipy's relative entropy, with the largest p taken out so that none underflows."""
    top = log_p.max()
    with np.errstate(all="ignore"):
        found = special.rel_entr(q, np.exp(log_p - top)) - q * top
    return np.where(np.isfinite(found), found, q * (log_q - log_p))


def _split(log_q: torch.Tensor, log_l: torch.Tensor, log_p: torch.Tensor, sign: int = -1) -> dict[str, torch.Tensor]:
    q = log_q.exp()
    return {"likelihood": q * log_l, "prior": q * log_p, "entropy": sign * q * log_q}


def _gathered(dz, log_q, log_l, log_p, sign: int = 1) -> dict[str, torch.Tensor]:
    q = dz * log_q.exp()
    return {"reconstruction": (q * log_l).sum(), "kl": sign * (q * (log_q - log_p)).sum()}


def _gathered_back(dz, log_q, log_l, log_p, sign: int = 1) -> dict[str, torch.Tensor]:
    """KL(p ‖ q), or with the sign −1 the same logarithm of q/p, averaged over the prior."""
    return {**_gathered(dz, log_q, log_l, log_p), "kl": sign * (dz * log_p.exp() * (log_p - log_q)).sum()}


def _prior_with_reconstruction(dz, log_q, log_l, log_p) -> dict[str, torch.Tensor]:
    q = dz * log_q.exp()
    return {"reconstruction": (q * (log_l + log_p)).sum(), "kl": (q * log_q).sum()}


def _evidence(dz: torch.Tensor, log_joint: torch.Tensor) -> dict[str, torch.Tensor]:
    log_px = (dz.log() + log_joint).logsumexp(0)
    return {"log_px": log_px, "log_posterior": log_joint - log_px}


def _evidence_early(dz: torch.Tensor, log_joint: torch.Tensor) -> dict[str, torch.Tensor]:
    px = (dz * log_joint.exp()).sum()
    return {"log_px": px.log(), "log_posterior": (log_joint.exp() / px).log()}


def _evidence_late(dz: torch.Tensor, log_joint: torch.Tensor, kind: torch.dtype) -> dict[str, torch.Tensor]:
    """The same for p(x) alone, in the type that came or in float64; the posterior by a difference of logarithms."""
    kind = torch.promote_types(kind, log_joint.dtype)
    log_px = (dz.to(kind) * log_joint.to(kind).exp()).sum().log().to(log_joint)
    return {"log_px": log_px, "log_posterior": log_joint - log_px}


def _evidence_of_mean(dz: torch.Tensor, log_joint: torch.Tensor) -> dict[str, torch.Tensor]:
    log_px = (dz * log_joint).sum() / dz.sum()
    return {"log_px": log_px, "log_posterior": log_joint - log_px}


def _averaged(dz, log_q, log_j, log_post, over=None) -> dict[str, torch.Tensor]:
    q = dz * (log_q if over is None else over).exp()
    return {"elbo": (q * (log_j - log_q)).sum(), "kl": (q * (log_q - log_post)).sum()}


# --- estimating the bound --------------------------------------------------------------------------------------


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
                x, mu = _normal(rng, (batch, D), dtype, device), _normal(rng, (batch, d), dtype, device)
                sigma, eps = _spread(rng, (batch, d), dtype, device), _normal(rng, (draws, batch, d), dtype, device)
                yield from self._cases(x, mu, sigma, eps, *model)
                if batch == d:
                    continue
                even = torch.tensor(linear_gaussian.cubature(d), dtype=dtype, device=device)
                yield from self._cases(x, mu, sigma, even[:, None, :].repeat(1, batch, 1), *model, even=True)
            for draws, batch, D, d in ((1, 2, 3, 1), (3, 3, 3, 2)):
                yield self._posterior_case(rng, draws, batch, D, d, dtype, device)

    @staticmethod
    def _model(rng: np.random.Generator, D: int, d: int, dtype: torch.dtype, device: str) -> tuple:
        return _normal(rng, (D, d), dtype, device), _normal(rng, (D,), dtype, device), float(rng.uniform(0.4, 1.5))

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
            _normal(rng, (D,), dtype, device),
            float(rng.uniform(0.4, 1.5)),
        )
        x, eps = _normal(rng, (batch, D), dtype, device), _normal(rng, (draws, batch, d), dtype, device)
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
        named = _named(answer, ("reconstruction", "kl", "elbo"))
        yield self.terms(named, "a dictionary with reconstruction, kl, elbo", kind_of(answer))
        if not named:
            return
        known = _Known(case)
        reconstruction = known.log_likelihood.mean(0)
        yield self.reconstruction(*close(answer["reconstruction"], reconstruction, SINGLE, known.rough_likelihood))
        yield self.kl(*close(answer["kl"], known.kl, known.dtype, known.rough_kl))
        right = known.log_px - known.gap if case.even else reconstruction - known.kl
        yield self.elbo(*close(answer["elbo"], right, SINGLE, known.rough_likelihood + known.rough_kl))

    def _judge_sampled(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, (len(case.x),), case.x)
        yield self.shape(*shape)
        if not shape.ok:
            return
        known = _Known(case)
        rough = known.rough_likelihood + known.rough_ratio
        if case.at_posterior:
            yield self.tight(*close(answer, known.log_px, SINGLE, rough))
        else:
            right = known.log_px - known.gap if case.even else (known.log_likelihood + known.log_ratio).mean(0)
            yield self.sampled(*close(answer, right, SINGLE, rough))

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
            "log p(z) − log q(z) at the draws already estimates minus the divergence: with the closed form it counts twice.",
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
        return np.array([_kl_by_quadrature(m, s, np.zeros(d), np.ones(d)) for m, s in rows])

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


def _twice(*inputs) -> dict[str, torch.Tensor]:
    terms = _terms(*inputs)
    return {**terms, "elbo": _sampled(*inputs) - terms["kl"]}


# --- where the bound is tight ----------------------------------------------------------------------------------

TIGHT = 1e-8  # nats: float32 leaves ½ (10⁻⁵)² at most, the nearest wrong answer 10⁻⁵


@exercise("elbo.tight", ("tight_q", "never_tight"), kind="witness")
class Tight(Exercise):
    """A q that leaves no gap, and a model for which none with independent components does."""

    pair = gate("tight_q returns two finite numbers, mu and a positive sigma")
    tight = pays("the bound at your q is log p(x): no gap is left", 1)
    model = gate("never_tight returns a 2 by 2 matrix W and a positive s")
    loose = pays("in your model every q with independent components stays at least one nat below log p(x)", 1)

    hints = (
        "log p(x) − ELBO is a divergence. From what, and when is a divergence nought?",
        "z ~ N(0, 1) is worth a precision of 1; each x_i says something about z as well, with precision w_i²/s².",
        "Which latents stay independent once x is seen? Two that push x the same way explain each other away: "
        "the posterior knows their sum well and their difference hardly.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.ones(1, dtype=torch.float64)
        yield self._case(2 * one, one, 0 * one, 1.0)
        for dtype, device in arithmetic():
            for D in (1, 2, int(rng.integers(3, 8))):
                w, b, x = (_normal(rng, (D,), dtype, device) for _ in range(3))
                yield self._case(x, w + w.sign(), b + b.sign(), float(rng.uniform(0.5, 0.9)))
                yield self._case(x, w + w.sign(), b + b.sign(), float(rng.uniform(1.2, 2.5)))
        yield case(call("never_tight"), about=(self.model, self.loose))

    def _case(self, x: torch.Tensor, w: torch.Tensor, b: torch.Tensor, s: float) -> Case:
        return case(call("tight_q", x, w, b, s), about=(self.pair, self.tight), x=x, w=w, b=b, s=s)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_tight_q(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = [number(part) for part in answer] if isinstance(answer, (tuple, list)) else []
        good = len(found) == 2 and None not in found and all(map(math.isfinite, found)) and 1e-100 < found[1] < 1e100
        yield self.pair(good, "two finite numbers (mu, sigma), sigma > 0", show(answer) if found else kind_of(answer))
        if not good:
            return
        mu, sigma = found
        mean, variance = np.float64(0), 1.0
        for x, w, b in zip(exact(case.x), exact(case.w), exact(case.b), strict=True):
            mean, variance = gaussians.condition(mean, variance, x - b, w, case.s**2)  # one observation after the other
        gap = gaussians.kl(mu, sigma**2, float(mean), variance)
        yield self.tight(gap < TIGHT, "a gap of 0 nats", f"q = N({show(mu)}, {show(sigma)}²) leaves {show(gap)} nats")

    def _judge_never_tight(self, case: Case, answer: Any) -> Iterator[Finding]:
        W, s = _model_of(answer)
        yield self.model(W is not None, "(W, s): two rows of two numbers, and a positive number", show(answer))
        if W is None:
            return
        a, b, c = _precision(W, s)
        gap = 0.5 * (math.log(a) + math.log(c) - math.log(a * c - b * b))
        mistake = None if gap >= 1 else "nothing correlates the latents" if b == 0 else "too weak a correlation"
        yield self.loose(
            gap >= 1, "a gap of at least 1 nat", f"the best independent q leaves {show(gap)} nats", mistake=mistake
        )

    mistakes = (
        wrong(
            "the prior for the posterior",
            {"tight_q": lambda x, w, b, s: (0.0, 1.0)},
            "This is p(z). The gap is the divergence from p(z | x): q must know x.",
        ),
        wrong(
            "the prior is left out",
            {"tight_q": lambda x, w, b, s: (float(w @ (x - b) / (w @ w)), s / float(w.norm()))},
            "This fits z to x as if nothing were known before. The prior adds a precision of 1 and pulls the mean towards 0.",
        ),
        wrong(
            "variance for standard deviation",
            {"tight_q": lambda x, w, b, s: (_tight(x, w, b, s)[0], _tight(x, w, b, s)[1] ** 2)},
            "The mean is right and the second number is the variance; sigma is its root.",
        ),
        wrong(
            "b is forgotten",
            {"tight_q": lambda x, w, b, s: _tight(x, w, 0 * b, s)},
            "x is W z + b plus noise: what speaks about z is x − b.",
        ),
        wrong(
            "s for its square",
            {"tight_q": lambda x, w, b, s: _tight(x, w, b, math.sqrt(s))},
            "s is the standard deviation of x given z; precisions have s² in them.",
        ),
        wrong(
            "a point instead of a distribution",
            {"tight_q": lambda x, w, b, s: (_tight(x, w, b, s)[0], 1e-3)},
            "The mean is the posterior's, but a q that is nearly a point has hardly any entropy, and the gap grows without bound.",
        ),
        wrong(
            "nothing correlates the latents",
            {"never_tight": lambda: ([[3.0, 0.0], [0.0, 3.0]], 0.1)},
            "The columns of W are orthogonal, so the posterior's components are independent and such a q reaches it.",
        ),
        wrong(
            "too weak a correlation",
            {"never_tight": lambda: ([[1.0, 1.0], [0.0, 1.0]], 1.0)},
            "The posterior is correlated, but not enough: the gap is −½ log(1 − rho²), which is 1 nat at |rho| = 0.93.",
        ),
    )  # fmt: skip


def _tight(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor, s: float) -> tuple[float, float]:
    variance = 1 / (1 + float(w @ w) / s**2)
    return variance * float(w @ (x - b)) / s**2, math.sqrt(variance)


def _model_of(answer: Any) -> tuple[list[list[float]] | None, float]:
    """(W, s) if that is what it is, else (None, 0)."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return None, 0.0
    rows, s = answer[0].array.tolist() if isinstance(answer[0], Plain) else answer[0], number(answer[1])
    if not isinstance(rows, (tuple, list)) or len(rows) != 2 or s is None or not 1e-6 < s < 1e6:
        return None, 0.0
    W = [[number(entry) for entry in row] for row in rows if isinstance(row, (tuple, list)) and len(row) == 2]
    good = len(W) == 2 and all(entry is not None and abs(entry) < 1e6 for row in W for entry in row)
    return (W, s) if good else (None, 0.0)


def _precision(W: list[list[float]], s: float) -> tuple[Fraction, Fraction, Fraction]:
    """Λ = I + Wᵀ W / s² in exact arithmetic, as Λ_11, Λ_12, Λ_22.

    Among q with independent components, the best has the precisions Λ_11 and Λ_22; it leaves ½ log(Λ_11 Λ_22 / det Λ).
    """
    (p, q), (r, t) = [[Fraction(entry) for entry in row] for row in W]
    scale = Fraction(s) ** 2
    return 1 + (p * p + r * r) / scale, (p * q + r * t) / scale, 1 + (q * q + t * t) / scale


# --- what the reconstruction term is ---------------------------------------------------------------------------


@exercise("elbo.reconstruction", ("gaussian_reconstruction", "bernoulli_reconstruction", "implied_sigma"))
class Reconstruction(Exercise):
    """−log N(x; x_hat, sigma² I) is a squared error and a constant; −log of independent Bernoullis is a cross-entropy."""

    gaussian = gate("gaussian_reconstruction returns a dictionary with squared, constant and loss")
    squared = pays("squared: the squared error of the whole picture over 2 sigma²", 0.5)
    constant = pays("constant: what the normal density brings along whatever x is", 0.5)
    gaussian_loss = pays("loss: minus the log density of x, one per picture", 1)
    bernoulli = gate("bernoulli_reconstruction returns a dictionary with ink, paper and loss")
    sides = pays("ink and paper: what the pixels that are on and those that are off contribute", 0.5)
    bernoulli_loss = pays("loss: the cross-entropy of the whole picture, right for logits of any size", 1)
    one = gate("implied_sigma returns a positive number")
    implied = pays(
        "implied_sigma: with it, the Gaussian loss and the weighted mean squared error differ by a constant", 0.5
    )

    hints = (
        "Write down log N(x; x_hat, sigma² I) for D independent pixels. Which part of it depends on x_hat?",
        "log sigmoid(l) and log(1 − sigmoid(l)) = log sigmoid(−l): torch has a function that is right at l = ±1000 as well.",
        "Pixels are independent given z, so their losses add up over all axes but the batch's; a mean over D pixels "
        "is smaller by D. Compare the factors in front of (x_i − x_hat_i)².",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        x = torch.tensor([[0.0, 1.0]])
        yield self._gaussian_case(x, torch.tensor([[0.5, 0.0]]), 0.5)
        yield self._bernoulli_case(x, torch.tensor([[1.0, 2.0]]))
        for dtype, device in arithmetic():
            for shape in ((3, 4), (4, 4), (2, 3, 3), (2, 1, 4, 4)):
                pictures = torch.tensor(rng.random(shape), dtype=dtype, device=device)
                guesses = torch.tensor(rng.random(shape), dtype=dtype, device=device)
                yield self._gaussian_case(pictures, guesses, float(rng.uniform(0.05, 2)))
                logits = 3 * _normal(rng, shape, dtype, device)
                yield self._bernoulli_case((pictures > 0.5).to(dtype), logits)
                yield self._bernoulli_case(pictures, logits)
            ends = torch.tensor([[1000.0, -1000.0, 200.0, -200.0, 30.0]], dtype=dtype, device=device)
            for on in (0.0, 1.0):
                yield self._bernoulli_case(torch.full_like(ends, on), ends)
            yield self._bernoulli_case(torch.zeros_like(ends[:, :1]), 200 * torch.ones_like(ends[:, :1]))
        for weight, D in ((1.0, 64), (float(rng.uniform(0.1, 20)), int(rng.integers(2, 900))), (0.5, 1)):
            yield case(call("implied_sigma", weight, D), about=(self.one, self.implied), weight=weight, D=D)

    def _gaussian_case(self, x: torch.Tensor, x_hat: torch.Tensor, sigma: float) -> Case:
        laws = (self.gaussian, self.squared, self.constant, self.gaussian_loss)
        return case(call("gaussian_reconstruction", x, x_hat, sigma), about=laws, x=x, x_hat=x_hat, sigma=sigma)

    def _bernoulli_case(self, x: torch.Tensor, logits: torch.Tensor) -> Case:
        laws = (self.bernoulli, self.sides, self.bernoulli_loss)
        return case(call("bernoulli_reconstruction", x, logits), about=laws, x=x, logits=logits)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_gaussian_reconstruction(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = _named(answer, ("squared", "constant", "loss"))
        yield self.gaussian(named, "a dictionary with squared, constant, loss", kind_of(answer))
        if not named:
            return
        x, x_hat, sigma = exact(case.x), exact(case.x_hat), case.sigma
        x, x_hat = x.reshape(len(x), -1), x_hat.reshape(len(x), -1)
        loss = -gaussians.log_normal(x, x_hat, sigma**2).sum(1)
        constant = -x.shape[1] * float(gaussians.log_normal(np.float64(0), 0, sigma**2))
        rough = (((abs(x) + abs(x_hat)) / sigma) ** 2).sum(1)
        logs = x.shape[1] * (2 + 2 * abs(math.log(sigma)))
        yield self.squared(*close(answer["squared"], loss - constant, SINGLE, rough))
        one = values(answer["constant"])
        single = one.reshape(-1)[0] if one is not None and one.size and np.ptp(one) == 0 else answer["constant"]
        yield self.constant(*close(single, constant, SINGLE, logs))
        yield self.gaussian_loss(*close(answer["loss"], loss, SINGLE, rough + logs))

    def _judge_bernoulli_reconstruction(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = _named(answer, ("ink", "paper", "loss"))
        yield self.bernoulli(named, "a dictionary with ink, paper, loss", kind_of(answer))
        if not named:
            return
        x, logits, dtype = (
            exact(case.x).reshape(len(case.x), -1),
            exact(case.logits).reshape(len(case.x), -1),
            case.x.dtype,
        )
        ink = -(x * special.log_expit(logits)).sum(1)
        paper = -((1 - x) * special.log_expit(-logits)).sum(1)
        rough = (1 + abs(logits)).sum(1) + _allowing(BENT * x.shape[1], dtype)
        both = [close(answer[name], want, dtype, rough) for name, want in (("ink", ink), ("paper", paper))]
        fault = next((name for name, verdict in zip(("ink", "paper"), both, strict=True) if not verdict.ok), "ink")
        verdict = both[fault == "paper"]
        yield self.sides(both[0].ok and both[1].ok, f"{fault} = {verdict.expected}", f"{fault} = {verdict.got}")
        yield self.bernoulli_loss(
            *close(answer["loss"], ink + paper, dtype, 2 * rough), mistake=self._saturated(case, answer["loss"])
        )

    @staticmethod
    def _saturated(case: Case, loss: Any) -> str | None:
        """One pixel with logit 200 costs 200 nats. What has gone through 1 − sigmoid(200) = 0 costs ∞, NaN, or what was
        put in the place of log 0: a clamp between 10⁻⁷ and 10⁻⁶⁰."""
        got = values(loss)
        if case.logits.numel() != 1 or got is None or got.size != 1:
            return None
        cost = float(got.reshape(()))
        return "the logarithm of a saturated sigmoid" if not math.isfinite(cost) or 15 < cost < 140 else None

    def _judge_implied_sigma(self, case: Case, answer: Any) -> Iterator[Finding]:
        sigma = number(answer)
        good = sigma is not None and 1e-100 < sigma < 1e100
        yield self.one(good, "a positive number", kind_of(answer))
        if not good:
            return
        # the curvature of both losses along one pixel must agree, wherever the picture is
        error = np.linspace(-1, 1, case.D)
        moved = error + np.eye(1, case.D)[0]
        weighted = case.weight * (np.mean(moved**2) - np.mean(error**2))
        gaussian = -float((gaussians.log_normal(moved, 0, sigma**2) - gaussians.log_normal(error, 0, sigma**2)).sum())
        right = abs(gaussian - weighted) <= 1e-5 * abs(weighted)
        wanted = math.sqrt((np.sum(moved**2) - np.sum(error**2)) / (2 * weighted))
        yield self.implied(right, show(wanted), show(sigma))

    mistakes = (
        wrong(
            "the half is forgotten",
            {
                "gaussian_reconstruction": lambda *a: _gaussian_loss(*a, half=1.0),
                "implied_sigma": lambda weight, D: math.sqrt(D / weight),
            },
            "The exponent of a normal density is −(x − x_hat)²/(2 sigma²): the 2 is missing.",
        ),
        wrong(
            "standard deviation for variance",
            {
                "gaussian_reconstruction": lambda x, x_hat, sigma: _gaussian_loss(x, x_hat, math.sqrt(sigma)),
                "implied_sigma": lambda weight, D: D / (2 * weight),
            },
            "sigma is a standard deviation. The squared error is divided by 2 sigma², and the constant has log sigma².",
        ),
        wrong(
            "mean over the pixels",
            {
                "gaussian_reconstruction": lambda *a: _gaussian_loss(*a, reduce=torch.mean),
                "bernoulli_reconstruction": lambda *a: _bernoulli_loss(*a, reduce=torch.mean),
                "implied_sigma": lambda weight, D: math.sqrt(1 / (2 * weight)),
            },
            "The pixels were averaged. log p(x | z) of independent pixels is a sum, D times as large.",
        ),
        wrong(
            "one number for the batch",
            {
                "gaussian_reconstruction": lambda *a: _for_all(_gaussian_loss(*a)),
                "bernoulli_reconstruction": lambda *a: _for_all(_bernoulli_loss(*a)),
            },
            "The losses of the batch were averaged. One value per picture is asked for: sum over all axes but the first.",
        ),
        wrong(
            "the constant of one pixel",
            {"gaussian_reconstruction": lambda *a: _gaussian_loss(*a, pixels=1)},
            "Each of the D pixels brings its own ½ log(2π sigma²).",
        ),
        wrong(
            "log sigma for log sigma squared",
            {"gaussian_reconstruction": lambda *a: _gaussian_loss(*a, power=1)},
            "The constant is ½ log(2π sigma²) per pixel: the variance stands under the logarithm.",
        ),
        wrong(
            "the logarithm of a saturated sigmoid",
            {"bernoulli_reconstruction": lambda x, logits: _bernoulli_of_p(x, torch.sigmoid(logits))},
            "sigmoid rounds to 0 or 1 for large logits, and its logarithm is lost. Go from the logits to the logarithm in one step.",
        ),
        wrong(
            "logits taken for probabilities",
            {"bernoulli_reconstruction": lambda x, logits: _bernoulli_of_p(x, logits.clamp(1e-6, 1 - 1e-6))},
            "A logit is log p/(1 − p), any real number; it was used as if it were p.",
        ),
        wrong(
            "only the ink counts",
            {"bernoulli_reconstruction": lambda x, logits: _ink_alone(x, logits)},
            "Pixels that are off have a probability as well: 1 − p. Without them the loss is least when every p is 1.",
        ),
        wrong(
            "ink and paper swapped",
            {"bernoulli_reconstruction": lambda x, logits: _bernoulli_loss(x, -logits)},
            "p is the probability that a pixel is on: where x = 1 the loss is −log p.",
        ),
    )


def _pixels(x: torch.Tensor) -> torch.Tensor:
    return x.reshape(len(x), -1)


def _gaussian_loss(x, x_hat, sigma, half=0.5, power=2, reduce=torch.sum, pixels=None) -> dict[str, Any]:
    squared = half * reduce(_pixels((x - x_hat) / sigma) ** 2, 1)
    D = pixels or (1 if reduce is torch.mean else x[0].numel())
    constant = 0.5 * D * (LOG_2PI + power * math.log(sigma))
    return {"squared": squared, "constant": constant, "loss": squared + constant}


def _bernoulli_loss(x, logits, reduce=torch.sum) -> dict[str, torch.Tensor]:
    ink = -reduce(_pixels(x * functional.logsigmoid(logits)), 1)
    paper = -reduce(_pixels((1 - x) * functional.logsigmoid(-logits)), 1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}


def _bernoulli_of_p(x: torch.Tensor, p: torch.Tensor) -> dict[str, torch.Tensor]:
    ink, paper = -_pixels(x * p.log()).sum(1), -_pixels((1 - x) * (1 - p).log()).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}


def _ink_alone(x: torch.Tensor, logits: torch.Tensor) -> dict[str, torch.Tensor]:
    ink = _bernoulli_loss(x, logits)["ink"]
    return {"ink": ink, "paper": 0 * ink, "loss": ink}


def _for_all(terms: dict[str, Any]) -> dict[str, Any]:
    """The batch's mean in place of each item's value."""
    return {k: v.mean().expand(len(v)).clone() if isinstance(v, torch.Tensor) else v for k, v in terms.items()}


# --- cross-entropy on grey levels ------------------------------------------------------------------------------


GRANTED = 1e-3
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def _masses(logits: torch.Tensor) -> np.ndarray:
    """∫_0^1 exp(−BCE(x, l)) dx for each logit l, by Gauss–Legendre quadrature.

    The integrand is exp(x l − log(1 + e^l)). On each of four panels it changes by e^{|l|/4}, for which 24 nodes are exact.
    """
    x = (np.arange(4)[:, None] + (1 + _NODES) / 2).ravel() / 4
    probability = np.exp(_log_bernoulli(x, exact(logits)[..., None]))
    return probability @ np.tile(_WEIGHTS, 4) / 8


def _relative(answer: Any, expected: np.ndarray, tolerance: float) -> Verdict:
    """Every entry within that share of what is expected."""
    got = values(answer)
    if got is None or got.shape != expected.shape:
        return Verdict(False, show(expected), show(answer))
    with np.errstate(all="ignore"):
        agrees = near(got / expected, np.ones_like(expected), tolerance / 2)
    worst = int(np.argmax(np.where(np.isfinite(got), abs(got / expected - 1), math.inf))) if got.size else 0
    return Verdict(agrees.ok, *(show(a if a.size <= 6 else a.reshape(-1)[worst]) for a in (expected, got)))


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
                logits = signs * _spread(rng, shape, dtype, device, 0.05, 12)
                yield self._mass_case(logits, self.mass)
                for levels in (2, int(rng.integers(3, 10)), 17):
                    yield self._levels_case(logits, levels)
                grey = torch.tensor(rng.random(shape), dtype=dtype, device=device)
                yield self._density_case(grey, logits)
            ends = torch.tensor([100.0, -100.0, 40.0, -40.0], dtype=dtype, device=device)
            yield self._mass_case(ends, self.mass)
            yield self._levels_case(ends, 256)
            yield self._density_case(torch.tensor([0.99, 0.01, 1.0, 1.0], dtype=dtype, device=device), ends)
            tiny = 1e-6 if dtype == torch.float32 else 1e-14
            middle = torch.tensor([0.0, tiny, -tiny, 10 * tiny], dtype=dtype, device=device)
            yield self._mass_case(middle, self.centre)
            yield self._density_case(torch.tensor([0.0, 0.3, 0.7, 1.0], dtype=dtype, device=device), middle)

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

    # a sum over a thousand grey values is a fair way to an integral: it is off by a share of l²/12 · 10⁻⁶, less than
    # 10⁻³ at l = 100, and that much is granted

    def _judge_bce_mass(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield case.law(*_relative(answer, _masses(case.logits), GRANTED), mistake=_nought(case, answer))

    def _judge_bce_mass_on_levels(self, case: Case, answer: Any) -> Iterator[Finding]:
        logits, grey = exact(case.logits), np.linspace(0, 1, case.levels)
        probability = np.exp(_log_bernoulli(grey, logits[..., None]))
        # an exponent of size |l| is rounded relative to itself, and softplus may be bent
        rough = probability.sum(-1) * (1 + abs(logits)) + _allowing(BENT * probability.sum(-1), case.logits.dtype)
        yield self.levels(*close(answer, probability.sum(-1), case.logits.dtype, rough))

    def _judge_continuous_bernoulli(self, case: Case, answer: Any) -> Iterator[Finding]:
        x, logits = exact(case.x), exact(case.logits)
        right = _log_bernoulli(x, logits) - np.log(_masses(case.logits))
        rough = 1 + 2 * abs(logits) + _allowing(GRANTED, case.logits.dtype)
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


# --- many draws, one bound -------------------------------------------------------------------------------------


@exercise("elbo.iwae", ("iwae", "effective_sample_size"))
class Iwae(Exercise):
    """log (1/K) Σ_k w_k of importance weights that come as logarithms, and how many draws they are worth."""

    shape = gate("iwae returns one value per item")
    bound = pays("iwae is the logarithm of the mean weight, for log weights of ±1000 as well", 1.25)
    gradient = pays("the gradient reaches every draw, by its share in the sum of the weights", 0.5)
    shape_of_size = gate("effective_sample_size returns one value per item")
    size = pays("effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal)", 1.25)

    hints = (
        "Write the mean over K as a sum over K: what does the logarithm make of the factor 1/K?",
        "exp(1000) is infinite and exp(−1000) is 0. Taking the largest log weight out of the sum changes nothing "
        "else; torch has a function that does it.",
        "A factor common to all weights cancels in the effective size, so you may choose it. And Σ w² is a sum of "
        "exponentials as well.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield from self._cases(torch.tensor([[0.0], [1.0]]))
        for dtype, device in arithmetic():
            for draws, batch in ((1, 3), (4, 4), (6, 2), (3, 5)):
                log_w = 1.5 * _normal(rng, (draws, batch), dtype, device)
                yield from self._cases(log_w)
                yield self._gradient_case(rng, log_w)
            log_w = _normal(rng, (5, 4), dtype, device) + torch.tensor(
                [-1000.0, 1000.0, 0.0, 700.0], dtype=dtype, device=device
            )
            log_w[0, 2], log_w[1, 2], log_w[3, 0] = -1000.0, 1000.0, -math.inf
            yield from self._cases(log_w)
            yield self._gradient_case(rng, log_w)

    def _cases(self, log_w: torch.Tensor) -> Iterator[Case]:
        yield case(call("iwae", log_w), about=(self.shape, self.bound), log_w=log_w, cotangent=None)
        yield case(
            call("effective_sample_size", log_w), about=(self.shape_of_size, self.size), log_w=log_w, cotangent=None
        )

    def _gradient_case(self, rng: np.random.Generator, log_w: torch.Tensor) -> Case:
        cotangent = _spread(rng, tuple(log_w.shape[1:]), log_w.dtype, str(log_w.device))
        asked = grad("iwae", ("log_w",), cotangent, log_w=log_w)
        return case(asked, about=(self.shape, self.gradient), log_w=log_w, cotangent=cotangent)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        log_w, dtype = exact(case.log_w), case.log_w.dtype
        # by correctly rounded sums of the weights relative to the largest
        top = log_w.max(0)
        share = np.exp(log_w - top)
        sums, squares = (np.array([math.fsum(column) for column in (share**power).T]) for power in (1, 2))
        rough = abs(top) + math.log(len(log_w)) + 1
        if case.cotangent is not None:
            yield from self._judge_gradient(case, answer, share / sums, rough)
        elif case.asks[0].of == "iwae":
            shape = has_shape(answer, log_w.shape[1:], case.log_w)
            yield self.shape(*shape)
            if shape.ok:
                yield self.bound(*close(answer, top + np.log(sums / len(log_w)), dtype, rough))
        else:
            shape = has_shape(answer, log_w.shape[1:], case.log_w)
            yield self.shape_of_size(*shape)
            if shape.ok:
                yield self.size(*close(answer, sums**2 / squares, dtype, rough * sums**2 / squares))

    def _judge_gradient(self, case: Case, answer: Any, share: np.ndarray, rough: np.ndarray) -> Iterator[Finding]:
        shape = has_shape(answer["value"], tuple(case.log_w.shape[1:]), case.log_w)
        yield self.shape(*shape)
        if shape.ok:
            got, want = answer["gradients"]["log_w"], exact(case.cotangent) * share
            expected = f"{show(want)}" if want.size <= 6 else "the normalised weights"
            if got is None:
                yield self.gradient(False, expected, "no gradient arrives")
            else:
                yield self.gradient(*close(got, want, case.log_w.dtype, rough * exact(case.cotangent) + 0 * share))

    mistakes = (
        wrong(
            "mean of the logarithms",
            {"iwae": lambda log_w: log_w.mean(0)},
            "This is the mean of the log weights: the ELBO. The logarithm is taken of the mean, after it.",
        ),
        wrong(
            "log K is forgotten",
            {"iwae": lambda log_w: log_w.logsumexp(0)},
            "The weights were added up and not averaged: without −log K the value grows with K and bounds nothing.",
        ),
        wrong(
            "divided by K outside the logarithm",
            {"iwae": lambda log_w: log_w.logsumexp(0) / len(log_w)},
            "1/K stands inside the logarithm, where it becomes −log K.",
        ),
        wrong(
            "exponentiated too early",
            {
                "iwae": lambda log_w: log_w.exp().mean(0).log(),
                "effective_sample_size": lambda log_w: log_w.exp().sum(0) ** 2 / (log_w.exp() ** 2).sum(0),
            },
            "exp of ±1000 is 0 or infinite, and the logarithm cannot bring it back. Take the largest log weight out first.",
        ),
        wrong(
            "only the best draw",
            {"iwae": lambda log_w: log_w.max(0).values},
            "The largest log weight is no average: it ignores the other K − 1 draws and exceeds the logarithm of the mean.",
        ),
        wrong(
            "averaged over the batch",
            {
                "iwae": lambda log_w: (log_w.logsumexp(1) - math.log(log_w.shape[1])).mean().expand(log_w.shape[1]).clone(),
            },
            "The items of the batch were mixed. The K draws stand on the first axis, each column is one item.",
        ),
        wrong(
            "perplexity of the weights",
            {"effective_sample_size": lambda log_w: torch.special.entr(log_w.softmax(0)).sum(0).exp()},
            "This is exp of the entropy of the weights. It counts draws too, but it is not (Σ w)²/Σ w², which says how the variance grows.",
        ),
        wrong(
            "one over the largest share",
            {"effective_sample_size": lambda log_w: 1 / log_w.softmax(0).max(0).values},
            "Only the largest share was looked at. The effective size sums the squares of all of them.",
        ),
        wrong(
            "all draws are counted",
            {"effective_sample_size": lambda log_w: torch.full_like(log_w[0], len(log_w))},
            "K draws are worth K only if their weights are equal.",
        ),
        wrong(
            "the squares are missing",
            {"effective_sample_size": lambda log_w: 1 / (log_w.softmax(0) ** 2).sum(0).sqrt()},
            "This is the root of it: the sum of squared shares itself is turned over.",
        ),
    )  # fmt: skip


# --- equal support is not enough -------------------------------------------------------------------------------


@functools.cache
def truncated(nu: float, cut: float) -> float:
    """∫_{−cut}^{cut} t_ν log(t_ν/N(0, 1)) dz, by Gauss–Legendre panels in u = arsinh z.

    There the integrand's features have width one, however far the tail goes; in z they would lie decades apart.
    """
    end = math.asinh(cut) if cut < 1e150 else math.log(2) + math.log(cut)
    edges = np.linspace(0, end, max(4, math.ceil(2 * end)) + 1)
    half = np.diff(edges)[:, None] / 2
    u = edges[:-1, None] + half * (1 + _NODES)
    log_z = u + np.log(-np.expm1(-2 * u)) - math.log(2)
    log_cosh = u + np.log1p(np.exp(-2 * u)) - math.log(2)
    log_t = -special.betaln(nu / 2, 0.5) - 0.5 * math.log(nu) - (nu + 1) / 2 * np.logaddexp(0, 2 * log_z - math.log(nu))
    with np.errstate(over="ignore"):
        quadratic = 0.5 * np.exp(log_t + log_cosh + 2 * log_z)
    return float(2 * np.sum(half * _WEIGHTS * (np.exp(log_t + log_cosh) * (log_t + 0.5 * LOG_2PI) + quadratic)))


@exercise("kl.support", ("truncated_kl", "infinite_kl", "kl_is_finite"), kind="witness")
class Support(Exercise):
    """KL(t_ν ‖ N(0, 1)) = ∞ if and only if ν ≤ 2, though both densities are positive on the whole line."""

    number = gate("truncated_kl returns a number")
    integral = pays("truncated_kl is the integral of t log(t/normal) from −cut to cut, to three digits", 1.5)
    pair = gate("infinite_kl returns two finite numbers, nu between 0.1 and 100 and a positive cut")
    infinite = gate("the divergence is infinite at your nu")
    evidence = pays("up to your cut, the integral at your nu has passed 100 nats", 1)
    verdict = gate("kl_is_finite returns True or False")
    finite = pays("kl_is_finite draws the line where the divergence becomes finite", 1.5)

    hints = (
        "−log N(z; 0, 1) grows like z²/2, and t_ν falls like |z|^−(ν+1). For which powers does ∫ z^p dz converge at ∞?",
        "An even grid from −10⁶ to 10⁶ steps over the hill at 0. Use the symmetry, and substitute z = sinh u.",
        "Right on the border the integral grows like the logarithm of the cut: slowly, but without end. How large may "
        "a float be?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        given = [(1.0, 1e2), (1.0, 1e4), (1.0, 1e6), (2.0, 1e5), (3.0, 1e6), (10.0, 5.0)]
        given += [(float(rng.uniform(0.5, 10)), float(10 ** rng.uniform(0, 6))) for _ in range(3)]
        for nu, cut in given:
            yield case(call("truncated_kl", nu, cut), about=(self.number, self.integral), nu=nu, cut=cut)
        yield case(call("infinite_kl"), about=(self.pair, self.infinite, self.evidence))
        for nu in (
            1.0,
            3.0,
            2.0,
            0.5,
            1.5,
            1.99,
            2.01,
            2.5,
            10.0,
            float(rng.uniform(0.2, 1.9)),
            float(rng.uniform(2.1, 9)),
        ):
            yield case(call("kl_is_finite", nu), about=(self.verdict, self.finite), nu=nu)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_truncated_kl(self, case: Case, answer: Any) -> Iterator[Finding]:
        one = is_number(answer)
        yield self.number(*one)
        if one.ok:
            yield self.integral(*near(number(answer), truncated(case.nu, case.cut), 1e-3))

    def _judge_infinite_kl(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = [number(part) for part in answer] if isinstance(answer, (tuple, list)) else []
        good = len(found) == 2 and None not in found and 0.1 <= found[0] <= 100 and 0 < found[1] < math.inf
        yield self.pair(good, "(nu, cut), 0.1 ≤ nu ≤ 100, 0 < cut < ∞", show(answer) if found else kind_of(answer))
        if not good:
            return
        nu, cut = found
        infinite = nu <= 2
        yield self.infinite(
            infinite, "a nu with KL = ∞", f"nu = {show(nu)}: t's second moment exists, and KL is finite",
            mistake=None if infinite else "a tail that is not heavy enough",
        )  # fmt: skip
        if infinite:
            reached = truncated(nu, cut)
            yield self.evidence(
                reached > 100, "more than 100 nats", f"{show(reached)} nats up to {show(cut)}",
                mistake=None if reached > 100 else "a cut that proves little",
            )  # fmt: skip

    def _judge_kl_is_finite(self, case: Case, answer: Any) -> Iterator[Finding]:
        said = truth(answer)
        yield self.verdict(said is not None, "True or False", kind_of(answer))
        if said is not None:
            right = case.nu > 2
            why = "" if said == right else f"Up to |z| = 10¹⁰⁰ it is {show(truncated(case.nu, 1e100))} nats."
            yield self.finite(said == right, str(right), str(said), why=why)

    mistakes = (
        wrong(
            "equal support taken for enough",
            {"kl_is_finite": lambda nu: True},
            "Both densities are positive everywhere, yet the integral may diverge in the tails: equal support does not bound it.",
        ),
        wrong(
            "a finite mean taken for enough",
            {"kl_is_finite": lambda nu: nu > 1},
            "nu > 1 makes the mean finite. −log of a normal grows with z², so it is the second moment that decides.",
        ),
        wrong(
            "the border counted as finite",
            {"kl_is_finite": lambda nu: nu >= 2},
            "At nu = 2 the integral still grows, like log cut: it has no limit.",
        ),
        wrong(
            "the verdict turned round",
            {"kl_is_finite": lambda nu: nu <= 2},
            "Heavier tails have smaller nu; it is those that make the divergence infinite.",
        ),
        wrong(
            "a tail that is not heavy enough",
            {"infinite_kl": lambda: (3.0, 1e12)},
            "At your nu the second moment exists, so E_t[z²/2] is finite, and the divergence with it.",
        ),
        wrong(
            "a cut that proves little",
            {"infinite_kl": lambda: (1.0, 100.0)},
            "The divergence is infinite at your nu, but up to your cut the integral is still small: go further out.",
        ),
        wrong(
            "the wrong way round",
            {"truncated_kl": lambda nu, cut: _integrate(nu, cut, reverse=True)},
            "This is KL(normal ‖ t), which is finite for every nu: the normal has no mass in the tails.",
        ),
        wrong(
            "one side only",
            {"truncated_kl": lambda nu, cut: 0.5 * _integrate(nu, cut)},
            "The integral was taken from 0 to cut; the other half, from −cut to 0, is as large.",
        ),
        wrong(
            "an even grid",
            {"truncated_kl": lambda nu, cut: _on_even_grid(nu, cut)},
            "An even grid of points over the whole interval steps over the hill at 0, where t has its mass.",
        ),
        wrong(
            "a density without its constant",
            {"truncated_kl": lambda nu, cut: _integrate(nu, cut, normal_constant=0.0)},
            "log N(z; 0, 1) has the constant −½ log 2π, which is missing here.",
        ),
        wrong(
            "Student's t without its constant",
            {"truncated_kl": lambda nu, cut: _integrate(nu, cut, t_constant=False)},
            "(1 + z²/nu)^−(nu+1)/2 is not normalised: Gamma functions of nu stand in front of it.",
        ),
    )


def _log_t(z: np.ndarray, nu: float, constant: bool = True) -> np.ndarray:
    front = -special.betaln(nu / 2, 0.5) - 0.5 * math.log(nu)
    return constant * front - (nu + 1) / 2 * np.log1p(z**2 / nu)


def _integrate(nu: float, cut: float, reverse=False, normal_constant=-0.5 * LOG_2PI, t_constant=True) -> float:
    u = np.linspace(0, math.asinh(cut), 4001)
    z = np.sinh(u)
    t, normal = _log_t(z, nu, t_constant), normal_constant - z**2 / 2
    inside = np.exp(normal) * (normal - t) if reverse else np.exp(t) * (t - normal)
    return float(2 * np.trapezoid(inside * np.cosh(u), u))


def _on_even_grid(nu: float, cut: float) -> float:
    z = np.linspace(-cut, cut, 1000)
    t = _log_t(z, nu)
    return float(np.trapezoid(np.exp(t) * (t + 0.5 * LOG_2PI + z**2 / 2), z))
