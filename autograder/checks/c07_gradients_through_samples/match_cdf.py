"""lognormal.match_cdf (long: seven lines of two proofs, each with mistakes of its own)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.checks.c07_gradients_through_samples.shared import coarsest, floats, random_spread
from autograder.judging.compare import EPSILON, arithmetic, exact, kind_of, values
from autograder.judging.derivation import Term, judge_line
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, pays, wrong
from autograder.oracles import lognormals, quantiles
from pushforward.answering.wire import Callback, Plain


def _softplus(eps: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, eps)


def _softplus_inverse(a: np.ndarray) -> np.ndarray:
    return a + np.log(-np.expm1(-a))


def _squares(eps: np.ndarray) -> np.ndarray:
    """eps + √(eps² + 1), for negative eps without cancellation."""
    return np.where(eps > 0, eps + np.hypot(eps, 1), 1 / (np.hypot(eps, 1) - eps))


def _squares_inverse(a: np.ndarray) -> np.ndarray:
    return (a - 1 / a) / 2


INCREASING = {"softplus": (_softplus, _softplus_inverse), "squares": (_squares, _squares_inverse)}


def _erf_argument(probability: np.ndarray) -> Term:
    """The x with ½ (1 + erf x) = probability: as badly conditioned as the density of x is small."""
    x = special.erfinv(2 * probability - 1)
    return Term(x, abs(x) + np.exp(np.where(np.isfinite(x), x, 0) ** 2))


def _erf(x: Any) -> torch.Tensor:
    return torch.erf(torch.as_tensor(x))


def _cdf_line(argument: Any) -> dict[str, Any]:
    return {"argument": argument, "probability": 0.5 * (1 + _erf(argument))}


def _safe_log(a: torch.Tensor) -> torch.Tensor:
    return torch.log(a.clamp(min=0))


def _clamped_cdf(a: torch.Tensor, mu: Any, sigma: Any, least: float) -> dict[str, Any]:
    return _cdf_line((torch.log(a.clamp(min=least)) - mu) / (sigma * math.sqrt(2)))


def _power_line(power: Any, mu: Any, combine: Callable = lambda p, f: p * f) -> dict[str, Any]:
    factor = torch.exp(torch.as_tensor(mu, dtype=power.dtype, device=power.device))
    return {"power": power, "factor": factor, "M": combine(power, factor)}


@exercise(
    "lognormal.match_cdf",
    (
        "event_in_eps",
        "normal_cdf",
        "lognormal_cdf",
        "match_arguments",
        "solve_for_T",
        "match_arguments_of_M",
        "solve_for_M",
    ),
    kind="derivation",
)
class MatchCdf(Exercise):
    """From P(T(eps) ≤ a) = Q(a) to T, and from P(M(z) ≤ a) = Q(a) to M, line by line."""

    event = pays("line 1 carries the inequality T(eps) ≤ a through the inverse of any increasing T")
    normal = pays("line 2 is the probability of that event, by the error function")
    lognormal = pays("line 3 is the other side, Q(a) for every real a, by the error function")
    match_T = pays("line 4 matches the two arguments of erf and gives the inverse of T")
    solve_T = pays("line 5 inverts line 4: T takes each noise to the sample at the same quantile")
    match_M = pays("line 6 matches the arguments for M, and undoes the logarithm")
    solve_M = pays("line 7 inverts line 6: M takes each standard log-normal sample to the one at the same quantile")

    hints = (
        "An increasing map keeps the order: T(eps) ≤ a holds for the same eps as eps ≤ … what? Nothing else about T is known yet.",
        "erf takes each value only once. So where ½(1 + erf(·)) agrees on both sides, what else must agree?",
        "Solving for a sample means turning the last equation round: what was the answer there is the given here. "
        "A number multiplied in a logarithm becomes a power, a number added becomes a factor.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape in ((3,), (2, 2)):
                yield from self._chain(rng, shape, dtype, device)

    def _chain(
        self, rng: np.random.Generator, shape: tuple[int, ...], dtype: torch.dtype, device: str
    ) -> Iterator[Case]:
        """All seven lines at numbers within two and a half standard deviations."""
        mu, sigma, eps = float(rng.normal()), float(random_spread(rng)), rng.uniform(-2.5, 2.5, size=shape)
        if len(shape) == 1:  # numbers for mu and sigma; in the other case tensors without axes
            numbers: list[Any] = [mu, sigma]
        else:
            numbers = [floats(v, dtype, device) for v in (mu, sigma)]
        near_mu = floats(np.exp(mu + sigma * eps), dtype, device)
        signed = near_mu * floats(np.where(np.arange(eps.size).reshape(shape) % 3 == 1, -1.0, 1.0), dtype, device)
        a, eps, t = (floats(v, dtype, device) for v in (np.exp(eps), eps, rng.uniform(-2.5, 2.5, size=shape)))
        T = list(INCREASING)[int(rng.integers(2))]
        facts = {"dtype": dtype, "numbers": numbers, "mu": exact(numbers[0]).item(), "sigma": exact(numbers[1]).item()}
        yield case(call("event_in_eps", Callback("T_inverse"), a), about=(self.event,), line=1, x=a, T=T, **facts)
        yield case(call("normal_cdf", t), about=(self.normal,), line=2, x=t, **facts)
        yield case(call("lognormal_cdf", near_mu, *numbers), about=(self.lognormal,), line=3, x=near_mu, **facts)
        yield case(call("lognormal_cdf", signed, *numbers), about=(self.lognormal,), line=3, x=signed, **facts)
        yield case(call("match_arguments", a), about=(self.match_T,), line=4, x=a, **facts)
        yield case(call("solve_for_T", eps), about=(self.solve_T,), line=5, x=eps, **facts)
        yield case(call("match_arguments_of_M", near_mu, *numbers), about=(self.match_M,), line=6, x=near_mu, **facts)
        yield case(call("solve_for_M", a, *numbers), about=(self.solve_M,), line=7, x=a, **facts)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        """The inverse of the case's own T, at whatever numbers it is asked for."""
        a = next(iter((*args, *kwargs.values())), None)
        at = values(a)
        if at is None:
            raise TypeError(f"it takes numbers, and got {kind_of(a)}")
        with np.errstate(all="ignore"):
            found = INCREASING[case.T][1](at)
        if isinstance(a, Plain) and a.dtype in EPSILON:
            return torch.tensor(found, dtype=getattr(torch, a.dtype), device=a.device)
        return float(found) if found.ndim == 0 else torch.tensor(found)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        terms = getattr(self, f"_line_{case.line}")(case, exact(case.x))
        after = {3: "the definition of Q", 4: "lines 2 and 3", 6: "lines 2 and 3"}.get(case.line)
        law = [law for law in self.laws if not law.is_gate][case.line - 1]
        dtype = coarsest(case.dtype, *(case.numbers if case.line in (3, 6, 7) else ()))
        yield from judge_line(law, case.line, answer, terms, dtype, after=after)

    # Oracles: bisection, quadrature of the densities, and distribution functions inverted by scipy. A quantile is as
    # badly conditioned as the density there is small; the numbers of the cases keep that factor below 60.

    @staticmethod
    def _line_1(case: Case, a: np.ndarray) -> dict[str, Term]:
        T = INCREASING[case.T][0]
        low, high = np.full(a.shape, -60.0), np.full(a.shape, 60.0)
        for _ in range(120):
            middle = (low + high) / 2
            low, high = np.where(T(middle) <= a, middle, low), np.where(T(middle) <= a, high, middle)
        return {"threshold": Term(low, 1 + abs(low) + a + 1 / a)}

    @staticmethod
    def _line_2(case: Case, t: np.ndarray) -> dict[str, Term]:
        probability = lognormals.normal_cdf(t)
        return {"argument": _erf_argument(probability), "probability": Term(probability, 1.0)}

    @staticmethod
    def _line_3(case: Case, a: np.ndarray) -> dict[str, Term]:
        probability = lognormals.cdf(a, case.mu, case.sigma)
        argument = _erf_argument(probability)
        lost = (abs(case.mu) + 2.5 * case.sigma) / case.sigma  # log a − mu cancels
        return {
            "argument": Term(argument.value, argument.scale + lost),
            "probability": Term(probability, 1 + lost),
        }

    @staticmethod
    def _line_4(case: Case, a: np.ndarray) -> dict[str, Term]:
        eps = special.ndtri(lognormals.cdf(a, 0.0, 1.0))
        return {"T_inverse": Term(eps, 1 + abs(eps) + np.exp(eps**2 / 2))}

    @staticmethod
    def _line_5(case: Case, eps: np.ndarray) -> dict[str, Term]:
        z = quantiles.same_quantile(eps, quantiles.STANDARD_NORMAL, quantiles.STANDARD_LOGNORMAL)
        return {"T": Term(z, z * (1 + abs(eps)))}

    @staticmethod
    def _line_6(case: Case, a: np.ndarray) -> dict[str, Term]:
        z = quantiles.same_quantile(a, quantiles.lognormal(case.mu, case.sigma), quantiles.STANDARD_LOGNORMAL)
        lost = 1 + abs(np.log(z)) + 2 * (abs(case.mu) + 2.5 * case.sigma) / case.sigma
        return {"log_M_inverse": Term(np.log(z), lost), "M_inverse": Term(z, z * lost)}

    @staticmethod
    def _line_7(case: Case, z: np.ndarray) -> dict[str, Term]:
        def pushed(z: Any, mu: float, sigma: float) -> np.ndarray:
            return quantiles.same_quantile(z, quantiles.STANDARD_LOGNORMAL, quantiles.lognormal(mu, sigma))

        # with mu = 0 only the power is left, and the median of the source, 1, goes to the factor alone
        power, factor, M = (
            pushed(z, 0.0, case.sigma),
            pushed(np.float64(1), case.mu, case.sigma),
            pushed(z, case.mu, case.sigma),
        )
        lost = 1 + case.sigma * abs(np.log(z))
        return {
            "power": Term(power, power * lost),
            "factor": Term(factor, factor * (1 + abs(case.mu))),
            "M": Term(M, M * (lost + abs(case.mu))),
        }

    mistakes = (
        wrong(
            "the answer is put in at the start",
            {"event_in_eps": lambda T_inverse, a: {"threshold": torch.log(a)}},
            "Line 1 uses the T that is still to be found. It must hold for every increasing T: the inverse that you are given is all that is known of it.",
        ),
        wrong(
            "the inequality stays where it was",
            {"event_in_eps": lambda T_inverse, a: {"threshold": a}},
            "a is a bound for T(eps), not for eps. Apply the inverse to both sides of the inequality.",
        ),
        wrong(
            "as if T decreased",
            {"event_in_eps": lambda T_inverse, a: {"threshold": -T_inverse(a)}},
            "The threshold has the wrong sign. An increasing map keeps the inequality as it is.",
        ),
        wrong(
            "the root of two is missing",
            {
                "normal_cdf": lambda t: _cdf_line(t),
                "lognormal_cdf": lambda a, mu, sigma: _cdf_line((_safe_log(a) - mu) / sigma),
            },
            "erf belongs to exp(−t²), the normal density to exp(−t²/2): the change of variable leaves a factor √2 in the argument.",
        ),
        wrong(
            "erf taken for the probability",
            {
                "normal_cdf": lambda t: {"argument": t / math.sqrt(2), "probability": _erf(t / math.sqrt(2))},
                "lognormal_cdf": lambda a, mu, sigma: {
                    "argument": (_safe_log(a) - mu) / (sigma * math.sqrt(2)),
                    "probability": _erf((_safe_log(a) - mu) / (sigma * math.sqrt(2))),
                },
            },
            "erf runs from −1 to 1. A probability runs from 0 to 1: shift it and halve it.",
        ),
        wrong(
            "the upper tail",
            {
                "normal_cdf": lambda t: {**_cdf_line(t / math.sqrt(2)), "probability": 0.5 * torch.erfc(t / math.sqrt(2))},
                "lognormal_cdf": lambda a, mu, sigma: {
                    "argument": (_safe_log(a) - mu) / (sigma * math.sqrt(2)),
                    "probability": 0.5 * torch.erfc((_safe_log(a) - mu) / (sigma * math.sqrt(2))),
                },
            },
            "This is the probability of lying above. A distribution function counts what lies below.",
        ),
        wrong(
            "the logarithm of a negative number",
            {"lognormal_cdf": lambda a, mu, sigma: _cdf_line((torch.log(a) - mu) / (sigma * math.sqrt(2)))},
            "The formula holds for a > 0 only; below, it takes the logarithm of a negative number. Nothing lies below 0, so Q(a) = 0 there.",
            also=(
                {
                    "lognormal_cdf": lambda a, mu, sigma: {
                        "argument": (torch.log(a) - mu) / (sigma * math.sqrt(2)),
                        "probability": _cdf_line((_safe_log(a) - mu) / (sigma * math.sqrt(2)))["probability"],
                    }
                },
            ),
        ),
        wrong(
            "a small number for zero",
            {"lognormal_cdf": partial(_clamped_cdf, least=1e-12)},
            "a was clamped at a small positive number. That keeps NaN away, but nothing at all lies below 0: the logarithm of 0 itself is −∞, and torch says so.",
            also=tuple({"lognormal_cdf": partial(_clamped_cdf, least=least)} for least in (1e-3, 1e-6, 1e-8, 1e-9, 1e-10, 1e-15, 1e-20, 1e-30)),
        ),
        wrong(
            "sigma squared",
            {
                "lognormal_cdf": lambda a, mu, sigma: _cdf_line((_safe_log(a) - mu) / (sigma**2 * math.sqrt(2))),
                "match_arguments_of_M": lambda a, mu, sigma: {
                    "log_M_inverse": (torch.log(a) - mu) / sigma**2,
                    "M_inverse": torch.exp((torch.log(a) - mu) / sigma**2),
                },
                "solve_for_M": lambda z, mu, sigma: _power_line(z ** (sigma**2), mu),
            },
            "The variance stands where the standard deviation belongs: distances from the mean are counted in units of sigma.",
        ),
        wrong(
            "the normal's distribution function",
            {"lognormal_cdf": lambda a, mu, sigma: _cdf_line((a - mu) / (sigma * math.sqrt(2)))},
            "This is the distribution function of N(mu, sigma²). For the log-normal it is log z that is normal.",
        ),
        wrong(
            "matched the probabilities, not the arguments",
            {"match_arguments": lambda a: {"T_inverse": _cdf_line(torch.log(a) / math.sqrt(2))["probability"]}},
            "This is the common value of both sides, a probability. erf is invertible, so the arguments themselves are equal.",
        ),
        wrong(
            "a root of two is left over",
            {"match_arguments": lambda a: {"T_inverse": torch.log(a) / math.sqrt(2)}},
            "√2 stands in both arguments and cancels.",
        ),
        wrong(
            "inverted too early",
            {"match_arguments": lambda a: {"T_inverse": torch.exp(a)}},
            "This is T at a. Line 4 still speaks of the inverse of T; it is turned round in line 5.",
        ),
        wrong(
            "not inverted",
            {
                "solve_for_T": lambda eps: {"T": torch.log(eps)},
                "solve_for_M": lambda z, mu, sigma: _power_line(z ** (1 / sigma), -mu / sigma),
            },
            "This is still the inverse, with the name of its argument changed. Solve the equation for the other variable.",
            also=({"solve_for_M": lambda z, mu, sigma: _power_line(z ** (1 / sigma), -mu)},),
        ),
        wrong(
            "the decreasing twin",
            {
                "solve_for_T": lambda eps: {"T": torch.exp(-eps)},
                "solve_for_M": lambda z, mu, sigma: _power_line(z**-sigma, mu),
            },
            "This map has the right distribution, since −eps is standard normal too, but it decreases, and line 1 took an increasing one.",
        ),
        wrong(
            "solved for a, not for the inverse",
            {
                "match_arguments_of_M": lambda a, mu, sigma: {
                    "log_M_inverse": sigma * torch.log(a) + mu,
                    "M_inverse": torch.exp(sigma * torch.log(a) + mu),
                }
            },
            "This is M, the way forward. Line 6 takes a back: subtract mu first, then divide by sigma.",
        ),
        wrong(
            "mu and sigma in the wrong order",
            {
                "match_arguments_of_M": lambda a, mu, sigma: {
                    "log_M_inverse": torch.log(a) / sigma - mu,
                    "M_inverse": torch.exp(torch.log(a) / sigma - mu),
                },
                "solve_for_M": lambda z, mu, sigma: _power_line(z**sigma, mu, lambda p, f: p * f**sigma),
            },
            "sigma acts on mu as well here. Forward it is sigma first and mu last; backward the last step is undone first.",
            also=({"solve_for_M": lambda z, mu, sigma: _power_line(z**sigma, mu * sigma)},),
        ),
        wrong(
            "left in the logarithm",
            {
                "match_arguments_of_M": lambda a, mu, sigma: {
                    "log_M_inverse": (torch.log(a) - mu) / sigma,
                    "M_inverse": (torch.log(a) - mu) / sigma,
                }
            },
            "M_inverse is still a logarithm. It must be a positive number, on the scale of z itself.",
        ),
        wrong(
            "exp(mu) added",
            {"solve_for_M": lambda z, mu, sigma: _power_line(z**sigma, mu, lambda p, f: p + f)},
            "A sum of logarithms is the logarithm of a product: exp(mu) multiplies.",
        ),
        wrong(
            "sigma as a factor",
            {"solve_for_M": lambda z, mu, sigma: _power_line(sigma * z, mu)},
            "sigma multiplies log z, not z: on z itself it becomes a power.",
        ),
    )  # fmt: skip
