"""lognormal.support: q = N(mu, sigma²) gives probability to z ≤ 0, the log-normal prior none: KL = ∞, whatever mu and sigma."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.checks.c07_gradients_through_samples.shared import coarsest, noise, random_spread
from autograder.judging.compare import arithmetic, close, exact, kind_of, number, show, values
from autograder.judging.domain import Domain, Number, Reals
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import quantiles


def _log_ndtr(x: float) -> float:
    return float(special.log_ndtr(x))


def _sampled(mu, sigma, eps, *, positive=None, jacobian=True, prior=None):
    z = mu + sigma * eps
    log_q = torch.distributions.Normal(mu, sigma).log_prob(z)
    z = z if positive is None else positive(z)
    log_p = -0.5 * torch.log(z) ** 2 - 0.5 * math.log(2 * math.pi) - (torch.log(z) if jacobian else 0)
    return log_q - (log_p if prior is None else prior(z, log_p))


def _clamped_kl(mu: float, sigma: float, eps: torch.Tensor, least: float) -> torch.Tensor:
    return _sampled(mu, sigma, eps, positive=lambda z: z.clamp(min=least)).mean()


def _log_of_library_cdf(mu: float, sigma: float) -> tuple[float, float, float]:
    """½ (1 + erf) has lost its digits before it is 0."""
    q = torch.distributions.Normal(*torch.tensor([mu, sigma], dtype=torch.float64))
    return -math.inf, 0.0, q.cdf(torch.zeros((), dtype=torch.float64)).log().item()


def _infinite(z: torch.Tensor, log_p: torch.Tensor) -> torch.Tensor:
    return torch.where(z > 0, log_p, -math.inf)


def _signed(mu: float, sigma: float, eps: np.ndarray) -> bool:
    """Whether the sign of every sample survives rounding."""
    return bool((abs(mu + sigma * eps) > 1e-4 * (abs(mu) + sigma * abs(eps))).all())


@exercise("lognormal.support", ("impossible_event", "sampled_kl"), kind="witness")
class Support(Exercise):
    """q = N(mu, sigma²) gives probability to z ≤ 0, the log-normal prior none: KL = ∞, whatever mu and sigma."""

    interval = gate("impossible_event returns three numbers a < b and log_q, where a may be −∞")
    zero = gate("the prior gives the interval probability 0")
    mass = pays("log_q is the logarithm of q's probability of that interval, finite for every mu and sigma", 1.5)
    one = gate("sampled_kl returns one number")
    sampled = pays(
        "the estimate is the mean of log q − log p, and +∞ as soon as one sample falls where the prior is 0", 1.5
    )

    domain = {
        "impossible_event": Domain(
            {"mu": Number(Reals()), "sigma": Number(Reals(0, math.inf))},
        ),
        "sampled_kl": Domain(
            {
                "mu": Number(Reals(reach=(1e-3, 60), usual=(0.5, 6))),
                "sigma": Number(Reals(0, math.inf, reach=(1e-3, 60), usual=(0.1, 1))),
                "eps": noise("N", 9.0),
            },
            sizes={"N": (1, 6, 50)},
            when=lambda mu, sigma, eps: _signed(mu, sigma, exact(eps)),
        ),
    }

    hints = (
        "Where on the line does a log-normal variable never fall? And which normal distribution would stay away from there?",
        "A probability of e⁻¹⁰⁰⁰ is positive, though no float can hold it: torch.special or scipy.special have the "
        "logarithm of the normal's distribution function.",
        "For z ≤ 0 the density is 0 and its logarithm −∞. The formula with log z must not be used there: decide first.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._event(1.0, 0.5)
        for mu, sigma in (
            (rng.normal(), random_spread(rng)),
            (-2 * rng.uniform(), random_spread(rng)),
            (rng.uniform(8, 9), 0.2),
            *((sigma * far, sigma) for sigma in (random_spread(rng),) for far in rng.uniform((6, 9, 13), (9, 13, 19))),
        ):
            yield self._event(float(mu), float(sigma))
        yield self._estimate(3.0, 0.5, torch.tensor([-1.0, 1.0]))
        yield self._estimate(1.0, 1.0, torch.tensor([1.0, -2.0]))
        yield self._estimate(1.0, 0.5, torch.tensor([1.0, -2.0]))  # the second sample is 0 itself
        for dtype, device in arithmetic():
            for reach in (2.0, 20.0):  # the noise stays above −2 in one case, so every sample is positive
                eps = np.maximum(rng.normal(size=50), -1.9) if reach == 2 else rng.normal(size=50)
                sigma = float(rng.uniform(0.3, 0.8))
                mu = 2 * sigma + float(rng.uniform(0.1, 1)) if reach == 2 else sigma * float(rng.uniform(0, 0.5))
                yield self._estimate(mu, sigma, floats(eps, dtype, device))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._event(**given) if name == "impossible_event" else self._estimate(**given)

    def _event(self, mu: float, sigma: float) -> Case:
        about = (self.interval, self.zero, self.mass)
        return case(call("impossible_event", mu, sigma), about=about, mu=mu, sigma=sigma)

    def _estimate(self, mu: float, sigma: float, eps: torch.Tensor) -> Case:
        return case(call("sampled_kl", mu, sigma, eps), about=(self.one, self.sampled), mu=mu, sigma=sigma, eps=eps)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_impossible_event(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = values(answer) if isinstance(answer, (tuple, list)) else None
        good = found is not None and found.shape == (3,) and not np.isnan(found[:2]).any() and found[0] < found[1]
        yield self.interval(
            good, "three numbers (a, b, log_q) with a < b", show(answer) if found is not None else kind_of(answer)
        )
        if not good:
            return
        a, b, log_q = map(float, found)
        inside = float(quantiles.STANDARD_LOGNORMAL.cdf(b)) if b > 0 else 0.0
        yield self.zero(b <= 0, "probability 0 under the prior", f"[{show(a)}, {show(b)}] has probability {inside:.3g}")
        if b > 0:
            return
        true = _log_mass((a - case.mu) / case.sigma, (b - case.mu) / case.sigma)
        right = math.isfinite(log_q) and abs(log_q - true) <= 1e-5 * (1 + abs(true))  # float32 inside is precise enough
        why = (
            "The probability is positive, but too small for a float: take its logarithm directly."
            if log_q == -math.inf
            else ""
        )
        yield self.mass(right, show(true), show(log_q), why=why)

    def _judge_sampled_kl(self, case: Case, answer: Any) -> Iterator[Finding]:
        got = number(answer)
        yield self.one(got is not None, "one number", kind_of(answer))
        if got is None:
            return
        z = case.mu + case.sigma * exact(case.eps)
        terms = quantiles.normal(case.mu, case.sigma).logpdf(z) - quantiles.STANDARD_LOGNORMAL.logpdf(z)
        # log z is as badly conditioned as z is small, and (z − mu) / sigma as sigma is
        size = 1 + np.mean(
            abs(terms)
            + (1 + abs(np.log(abs(z)))) * (1 + abs(case.mu) / abs(z))
            + (1 + abs(exact(case.eps))) ** 2 * (1 + abs(case.mu) / case.sigma)
        )
        size = size if math.isfinite(terms.mean()) else 1.0
        why = (
            "Not a number is no answer: the prior's log density is −∞ there, and the divergence +∞."
            if math.isnan(got)
            else ""
        )
        yield self.sampled(*close(got, float(terms.mean()), coarsest(case.eps.dtype, case.mu), size), why=why)

    mistakes = (
        wrong(
            "where both are positive",
            {"impossible_event": lambda mu, sigma: (0.0, math.inf, _log_ndtr(mu / sigma))},
            "On this interval the prior is positive. Look for a place that q reaches and the prior never does.",
        ),
        wrong(
            "the probability of the rest",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, _log_ndtr(mu / sigma))},
            "This is the probability that z is positive. The event is the other one: the argument of the distribution function has the wrong sign.",
        ),
        wrong(
            "sigma is forgotten",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, _log_ndtr(-mu))},
            "The distance from mu to 0 is counted in units of 1. Divide it by sigma.",
        ),
        wrong(
            "sigma squared",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, _log_ndtr(-mu / sigma**2))},
            "The distance from mu to 0 is counted in units of the variance; standard deviations are its unit.",
        ),
        wrong(
            "the probability, not its logarithm",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, math.exp(_log_ndtr(-mu / sigma)))},
            "This is the probability itself. Its logarithm is asked for, since it stays finite where the probability underflows.",
        ),
        wrong(
            "the probability underflowed",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, float(np.log(special.ndtr(-mu / sigma))) if mu / sigma < 37 else -math.inf)},
            "The probability was rounded to 0 before its logarithm was taken, as if the event could not happen. Use a function that gives the logarithm directly.",
            also=({"impossible_event": lambda mu, sigma: (-math.inf, 0.0, math.log(0.5 * math.erfc(mu / sigma / math.sqrt(2))))}, {"impossible_event": _log_of_library_cdf}),
        ),
        wrong(
            "a density at a point",
            {"impossible_event": lambda mu, sigma: (-math.inf, 0.0, -0.5 * (mu / sigma) ** 2 - math.log(sigma * math.sqrt(2 * math.pi)))},
            "This is log q at 0, a density. A single point has probability 0; the interval needs the distribution function.",
        ),
        wrong(
            "NaN for infinity",
            {"sampled_kl": lambda mu, sigma, eps: _sampled(mu, sigma, eps).mean()},
            "A negative sample went into the logarithm, and NaN came out. The formula of the density holds for z > 0; elsewhere log p = −∞.",
        ),
        wrong(
            "the infinity is clamped away",
            {"sampled_kl": partial(_clamped_kl, least=1e-6)},
            "A small number in place of z makes an infinite divergence look finite, and what one then minimises is the clamp.",
            also=tuple({"sampled_kl": partial(_clamped_kl, least=10.0**-k)} for k in (3, 4, 5, 7, 8, 9, 10, 12, 15, 16, 20, 30)),
        ),
        wrong(
            "negative samples dropped",
            {"sampled_kl": lambda mu, sigma, eps: (lambda terms: terms[~terms.isnan()].mean())(_sampled(mu, sigma, eps))},
            "The samples that matter most were left out. Where the prior is 0, log q − log p is +∞, and so is the mean.",
        ),
        wrong(
            "the sign of z is lost",
            {"sampled_kl": lambda mu, sigma, eps: _sampled(mu, sigma, eps, positive=torch.abs).mean()},
            "The density was taken at |z|. A negative sample has density 0 under the prior.",
        ),
        wrong(
            "the prior lacks its 1/z",
            {"sampled_kl": lambda mu, sigma, eps: _sampled(mu, sigma, eps, jacobian=False, prior=_infinite).mean()},
            "log p is the normal density at log z. The log-normal density has a factor 1/z as well, from the change of variable.",
            also=({"sampled_kl": lambda mu, sigma, eps: _sampled(mu, sigma, eps, jacobian=False).mean()},),
        ),
        wrong(
            "the wrong way round",
            {"sampled_kl": lambda mu, sigma, eps: -_sampled(mu, sigma, eps, prior=_infinite).mean()},
            "This averages log p − log q. The divergence from q to the prior averages log q − log p.",
        ),
    )  # fmt: skip


def _log_mass(low: float, high: float) -> float:
    """log(Φ(high) − Φ(low)) without underflow or cancellation."""
    if low > 0:  # the smaller tail, by symmetry
        low, high = -high, -low
    upper, lower = float(special.log_ndtr(high)), float(special.log_ndtr(low))
    return upper + math.log1p(-math.exp(lower - upper)) if lower < upper else -math.inf
