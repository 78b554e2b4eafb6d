"""cov.lognormal_density: z = exp(mu + sigma eps). The oracle knows that log z is normal, and weighs the mass of tiny intervals of z."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import torch
from scipy import special

from autograder.checks.c02_change_of_variables.shared import HAIR, HALF_LOG_2PI, log_mass_around, on_support
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Either, Like, Number, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong
from autograder.oracles.precise import DIGITS
from pushforward.answering.wire import Net


def _lognormal_pdf(z: Any, mu: Any, sigma: Any, variance: bool = False) -> torch.Tensor:
    """log density, −∞ off the support, with gradients that stay finite there. variance: takes sigma for sigma²."""
    z, mu, sigma = _alike(z, mu, sigma)
    sigma = sigma**2 if variance else sigma
    inside = z > 0
    log_z = torch.where(inside, z, torch.ones_like(z)).log()
    log_p = -((log_z - mu) ** 2) / (2 * sigma**2) - log_z - torch.log(sigma) - HALF_LOG_2PI
    return on_support(z, inside, log_p)


def _lognormal_cdf(z: Any, mu: Any, sigma: Any, u: Callable | None = None) -> torch.Tensor:
    z, mu, sigma = _alike(z, mu, sigma)
    u = u or (lambda log_z, mu, sigma: (log_z - mu) / sigma)
    log_z = torch.where(z > 0, z, torch.ones_like(z)).log()
    return torch.where(z > 0, torch.special.ndtr(u(log_z, mu, sigma)), torch.zeros_like(z))


def _alike(z: torch.Tensor, mu: Any, sigma: Any) -> tuple[torch.Tensor, ...]:
    return torch.broadcast_tensors(*(torch.as_tensor(v, dtype=z.dtype, device=z.device) for v in (z, mu, sigma)))


_BROADCASTS = ("float or tensor that broadcasts with z",)
_REAL, _POSITIVE = Reals(reach=(1e-3, 100)), Reals(0, reach=(1e-2, 100))
_DOMAIN = Domain(
    {
        "z": Tensor("...", Reals(reach=(1e-30, 1e10), usual=(-1, 4))),
        "mu": Either((Number(_REAL), Tensor("...", _REAL)), _BROADCASTS),
        "sigma": Either((Number(_POSITIVE), Tensor("...", _POSITIVE)), _BROADCASTS),
    },
    returns=Like("z"),
)


@exercise("cov.lognormal_density", ("lognormal_log_pdf", "lognormal_cdf"))
class LognormalDensity(Exercise):
    """z = exp(mu + sigma eps). The oracle knows that log z is normal, and weighs the mass of tiny intervals of z."""

    shape = gate("the results have the broadcast shape of z, mu and sigma")
    density = pays("lognormal_log_pdf is the log density, and −∞ where z ≤ 0", 1)
    gradient = pays("its gradients in mu and sigma are right, and finite where z ≤ 0", 1)
    cdf = pays("lognormal_cdf is the probability of a value up to z", 1)

    hints = (
        "g(z) = log z is a normalising map onto N(mu, sigma²): use your own formula for the reverse direction.",
        "P(Z ≤ z) = P(log Z ≤ log z), and log Z is normal. What is P(Z ≤ z) if z is negative?",
        "torch.where computes both branches and differentiates both: give the logarithm a harmless number where z ≤ 0.",
    )

    domain = {"lognormal_log_pdf": _DOMAIN, "lognormal_cdf": _DOMAIN}

    def case_of(self, name: str, given: dict[str, Any]) -> Iterator[Case]:
        yield self._values(name, **given)
        if name == "lognormal_log_pdf" and all(isinstance(v, torch.Tensor) for v in given.values()):
            yield self._gradients(torch.ones_like(given["z"]), **given)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        z = floats([1.0, 2.0, -1.0], PYTHON)
        for of in ("lognormal_log_pdf", "lognormal_cdf"):
            yield self._values(of, z, 0.0, 0.5)
        for dtype, device in arithmetic():
            for shapes in (((6,), (), ()), ((4,), (4,), (4,)), ((3, 1), (4,), (3, 4)), ((3, 3), (3,), (3, 1))):
                z, mu, sigma = self._point(rng, shapes, dtype, device)
                for of in ("lognormal_log_pdf", "lognormal_cdf"):
                    yield self._values(of, z, mu, sigma)
                cotangent = floats(rng.normal(size=np.broadcast_shapes(*shapes)), dtype, device)
                yield self._gradients(cotangent, z, mu, sigma)
            z = floats([0.0, 1e-30, 1e-3, 40.0, 1e6, -3.0], dtype, device)
            for of in ("lognormal_log_pdf", "lognormal_cdf"):
                yield self._values(of, z, float(rng.normal()), float(rng.uniform(1.5, 3)))

    def _gradients(self, cotangent: torch.Tensor, z: torch.Tensor, mu: torch.Tensor, sigma: torch.Tensor) -> Case:
        given = {"z": z, "mu": mu, "sigma": sigma}
        asked = grad("lognormal_log_pdf", ("mu", "sigma"), cotangent, **given)
        return case(asked, about=(self.shape, self.gradient), law=self.gradient, cotangent=cotangent, **given)

    @staticmethod
    def _point(rng: np.random.Generator, shapes: tuple, dtype: torch.dtype, device: str) -> tuple[torch.Tensor, ...]:
        """Both signs and an exact 0 among the z; sigma well away from 1, where sigma² would be the same."""
        z = np.exp(rng.normal(size=shapes[0]))
        flat = z.reshape(-1)
        flat[0], flat[-1] = -flat[0], 0.0
        sigma = rng.uniform(0.3, 0.7, size=shapes[2]) * rng.choice([1, 4], size=shapes[2])
        return tuple(floats(v, dtype, device) for v in (z, rng.normal(size=shapes[1]), sigma))

    def _values(self, of: str, z: torch.Tensor, mu: Any, sigma: Any) -> Case:
        law = self.density if of == "lognormal_log_pdf" else self.cdf
        return case(call(of, z, mu, sigma), about=(self.shape, law), law=law, z=z, mu=mu, sigma=sigma)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        gradients = None
        if case.law is self.gradient:
            answer, gradients = (
                (answer.get(key) for key in ("value", "gradients")) if isinstance(answer, dict) else (None, None)
            )
        z, mu, sigma = np.broadcast_arrays(*(exact(v) for v in (case.z, case.mu, case.sigma)))
        shape = has_shape(answer, z.shape, case.z)
        yield self.shape(*shape)
        if shape.ok:
            judge = {self.density: self._judge_density, self.cdf: self._judge_cdf}.get(case.law)
            yield judge(case, answer, z, mu, sigma) if judge else self._judge_gradient(case, gradients, z, mu, sigma)

    def _judge_density(self, case: Case, answer: Any, z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> Finding:
        log_p, scale = np.full(z.shape, -np.inf), np.ones(z.shape)
        with mpmath.workdps(DIGITS):
            for i in np.argwhere(z > 0):
                at = tuple(i)
                base = Net("log_normal", (torch.tensor(mu[at]), torch.tensor(sigma[at])))
                middle = mpmath.log(mpmath.mpf(z[at]))  # log z moves by a hair while z moves by z times a hair
                log_p[at] = log_mass_around(base, middle - HAIR, middle + HAIR, 2 * HAIR * mpmath.mpf(z[at]))
                u, log_z = abs(float(middle) - mu[at]) / sigma[at], abs(float(middle))
                scale[at] = 4 * (1 + log_z + abs(math.log(sigma[at])) + u * (log_z + abs(mu[at])) / sigma[at] + u**2)
        return self.density(*close(answer, log_p, case.z.dtype, scale))

    def _judge_cdf(self, case: Case, answer: Any, z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> Finding:
        """As the integral of N(mu, sigma²) up to log z, by scipy's normal distribution function."""
        log_z = np.log(np.where(z > 0, z, 1))
        below = np.where(z > 0, special.ndtr((log_z - mu) / sigma), 0.0)
        return self.cdf(*close(answer, below, case.z.dtype, np.where(z > 0, 1 + (abs(log_z) + abs(mu)) / sigma, 0)))

    def _judge_gradient(self, case: Case, gradients: Any, z: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> Finding:
        """Where z > 0 those of the normal's log density at log z, 0 elsewhere."""
        log_z, weight = np.log(np.where(z > 0, z, 1)), exact(case.cotangent) * (z > 0)
        u, lost = (log_z - mu) / sigma, (abs(log_z) + abs(mu)) / sigma
        each = {"mu": (u / sigma, lost / sigma), "sigma": ((u**2 - 1) / sigma, (1 + u**2 + abs(u) * lost) / sigma)}
        for name, given in (("mu", case.mu), ("sigma", case.sigma)):
            slope, size = each[name]
            expected, scale = (_unbroadcast(v, given.shape) for v in (weight * slope, 4 * abs(weight) * size))
            came = gradients.get(name) if isinstance(gradients, dict) else None
            verdict = close(came, expected, case.z.dtype, scale)
            if not verdict.ok:
                return self.gradient(*verdict, why=f"The gradient with respect to {name}.")
        return self.gradient(True)

    mistakes = (
        wrong(
            "the variance for the standard deviation",
            {
                "lognormal_log_pdf": lambda z, mu, sigma: _lognormal_pdf(z, mu, sigma, variance=True),
                "lognormal_cdf": lambda z, mu, sigma: _lognormal_cdf(z, mu, sigma, lambda v, m, s: (v - m) / s**2),
            },
            "sigma² stands where sigma belongs: the standard deviation of log z is sigma.",
            also=(
                {"lognormal_log_pdf": lambda z, mu, sigma: _lognormal_pdf(z, mu, torch.as_tensor(sigma) ** 0.5)},
                {"lognormal_cdf": lambda z, mu, sigma: _lognormal_cdf(z, mu, sigma, lambda v, m, s: (v - m) / s**0.5)},
            ),
        ),
        wrong(
            "the slope of the logarithm forgotten",
            {"lognormal_log_pdf": lambda z, mu, sigma: _lognormal_pdf(z, mu, sigma) + torch.where(z > 0, z, torch.ones_like(z)).log()},
            "This is the normal density of log z. As a density of z it needs the slope of log z, which is 1/z.",
        ),
        wrong(
            "NaN off the support",
            {
                "lognormal_log_pdf": lambda z, mu, sigma: torch.where(z > 0, _lognormal_pdf(z, mu, sigma), math.nan * _lognormal_pdf(z, mu, sigma)),
                "lognormal_cdf": lambda z, mu, sigma: torch.where(z > 0, _lognormal_cdf(z, mu, sigma), math.nan * _lognormal_cdf(z, mu, sigma)),
            },
            "The logarithm of a negative number is NaN, and that of 0 is −∞, which the formula turns into anything. Where z ≤ 0 the density is 0 and so is the distribution function: say so explicitly.",
            also=(
                {"lognormal_log_pdf": lambda z, mu, sigma: -((torch.log(z) - mu) ** 2) / (2 * sigma**2) - torch.log(z) - torch.log(torch.as_tensor(sigma)) - HALF_LOG_2PI},
                {"lognormal_cdf": lambda z, mu, sigma: torch.special.ndtr((torch.log(z) - mu) / sigma)},
            ),
        ),
        wrong(
            "the density, not its logarithm",
            {"lognormal_log_pdf": lambda z, mu, sigma: _lognormal_pdf(z, mu, sigma).exp()},
            "This is the density. Its logarithm is asked for, which is −∞ where the density is 0.",
        ),
        wrong(
            "the branch not taken still has a gradient",
            {"lognormal_log_pdf": lambda z, mu, sigma: _leaking_pdf(z, mu, sigma)},
            "The values are right but gradients are NaN: torch.where differentiates the branch it does not take, and 0 times NaN is NaN. Replace z by 1 where z ≤ 0, before the logarithm.",
        ),
        wrong(
            "the root of two forgotten",
            {"lognormal_cdf": lambda z, mu, sigma: _lognormal_cdf(z, mu, sigma, lambda v, m, s: (v - m) / s * math.sqrt(2))},
            "erf belongs to a normal with variance ½: its argument is (log z − mu) / (sigma √2).",
        ),
        wrong(
            "the logarithm forgotten",
            {"lognormal_cdf": lambda z, mu, sigma: _lognormal_cdf(z, mu, sigma, lambda v, m, s: (v.exp() - m) / s)},
            "This is the distribution function of a normal z. It is log z that is normal.",
        ),
    )  # fmt: skip


def _leaking_pdf(z: torch.Tensor, mu: Any, sigma: Any) -> torch.Tensor:
    z, mu, sigma = _alike(z, mu, sigma)
    log_p = -((torch.log(z) - mu) ** 2) / (2 * sigma**2) - torch.log(z) - torch.log(sigma) - HALF_LOG_2PI
    return on_support(z, z > 0, log_p)


def _unbroadcast(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The sum over all axes along which `shape` was stretched."""
    array = array.sum(axis=tuple(range(array.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and array.shape[i] != 1)
    return array.sum(axis=stretched, keepdims=True) if stretched else array
