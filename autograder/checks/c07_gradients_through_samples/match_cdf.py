"""lognormal.match_cdf (long: seven lines of two proofs, each with mistakes of its own)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import coarsest, fits, noise, random_spread
from autograder.judging.compare import EPSILON, arithmetic, exact, kind_of, values
from autograder.judging.derivation import Term, judge_line
from autograder.judging.domain import Domain, Either, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats
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


_CDF = ("argument", "probability")
INCREASING = {"softplus": (_softplus, _softplus_inverse), "squares": (_squares, _squares_inverse)}


_OF_ERF = quantiles.normal(0.0, math.sqrt(0.5))  # ½ (1 + erf x) is its distribution function


def _erf_argument(t: np.ndarray) -> np.ndarray:
    """The x with ½ (1 + erf x) = F(t), as long as a float holds the smaller tail; beyond, in the same proportion."""
    held = np.clip(t, -30, 30)
    x = quantiles.same_quantile(held, quantiles.STANDARD_NORMAL, _OF_ERF)
    with np.errstate(all="ignore"):
        return np.where(held == t, x, t * (x / held))


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


def _one_number(range: Reals) -> Either:
    return Either((Number(range), Tensor("", range)), ("number or tensor without axes",))


_MU, _SIGMA = _one_number(Reals(reach=(1e-3, 60))), _one_number(Reals(0, math.inf, reach=(1e-6, 30)))


def _positive(near: float = 1e-12) -> Tensor:
    return Tensor("...", Reals(0, math.inf, reach=(near, 1 / near)))


def _fits_back(a: torch.Tensor, mu: Any, sigma: Any) -> bool:
    """Whether a^(1/sigma) and e^(mu/sigma) fit into float32, each by itself."""
    return fits(a.log(), mu / sigma, 1 / torch.as_tensor(sigma))


def _a_map(place: Place) -> Callback:
    return Callback("T_inverse")


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

    domain = {
        "event_in_eps": Domain(
            {"T_inverse": Made(_a_map, says=("a function, tensor to tensor",)), "a": _positive(1e-3)},
            returns={"threshold": Like("a")},
            draws=1,
            most=6,
        ),
        "normal_cdf": Domain({"threshold": noise()}, returns=dict.fromkeys(_CDF, Like("threshold")), draws=2),
        "lognormal_cdf": Domain(
            {"a": Tensor("...", Reals(reach=(1e-20, 1e12)), ("of any sign",)), "mu": _MU, "sigma": _SIGMA},
            returns=dict.fromkeys(_CDF, Like("a")),
            draws=4,
        ),
        "match_arguments": Domain({"a": _positive()}, returns={"T_inverse": Like("a")}, draws=2),
        "solve_for_T": Domain({"eps": noise()}, returns={"T": Like("eps")}, draws=2),
        "match_arguments_of_M": Domain(
            {"a": _positive(1e-6), "mu": _MU, "sigma": _one_number(Reals(0, math.inf, reach=(0.1, 30)))},
            when=_fits_back,
            returns={"log_M_inverse": Like("a"), "M_inverse": Like("a")},
        ),
        "solve_for_M": Domain(
            {"z": _positive(), "mu": _MU, "sigma": _SIGMA},
            when=lambda z, mu, sigma: fits(z.log(), mu, sigma),
            returns={"power": Like("z"), "factor": None, "M": Like("z")},
        ),
    }

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
        zeros = signed * floats(np.arange(eps.numel()).reshape(shape) > 0, dtype, device)
        yield self._asked("event_in_eps", Callback("T_inverse"), a, T=str(rng.choice(list(INCREASING))))
        yield self._asked("normal_cdf", t)
        for x in (near_mu, signed, zeros):
            yield self._asked("lognormal_cdf", x, *numbers)
        yield self._asked("match_arguments", a)
        yield self._asked("solve_for_T", eps)
        yield self._asked("match_arguments_of_M", near_mu, *numbers)
        yield self._asked("solve_for_M", a, *numbers)

    def case_of(self, name: str, given: dict[str, Any]) -> Iterator[Case]:
        for T in INCREASING if name == "event_in_eps" else [None]:
            yield self._asked(name, *given.values(), T=T)

    def _asked(self, name: str, *args: Any, T: str | None = None) -> Case:
        """One line. The tensor comes first, except in line 1."""
        line = self.names.index(name) + 1
        x, numbers = (args[1], []) if line == 1 else (args[0], list(args[1:]))
        mu, sigma = (exact(v).item() for v in numbers) if numbers else (0.0, 1.0)
        law = [law for law in self.laws if not law.is_gate][line - 1]
        return case(
            call(name, *args), about=(law,), line=line, x=x, T=T, dtype=x.dtype, numbers=numbers, mu=mu, sigma=sigma
        )

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
        low, high = np.full(a.shape, -2000.0), np.full(a.shape, 2000.0)
        for _ in range(70):
            middle = (low + high) / 2
            low, high = np.where(T(middle) <= a, middle, low), np.where(T(middle) <= a, high, middle)
        return {"threshold": Term(low, 1 + abs(low) + a)}

    @staticmethod
    def _line_2(case: Case, t: np.ndarray) -> dict[str, Term]:
        probability = lognormals.normal_cdf(t)
        return {"argument": Term(_erf_argument(t), 0.1 + abs(t)), "probability": Term(probability, 1.0)}

    @staticmethod
    def _line_3(case: Case, a: np.ndarray) -> dict[str, Term]:
        probability = lognormals.cdf(a, case.mu, case.sigma)
        with np.errstate(all="ignore"):
            log_a = np.where(a > 0, np.log(abs(a)), 0)
            away = (log_a - case.mu) / case.sigma
        argument = np.where(a > 0, _erf_argument(away), -math.inf)
        lost = (1 + abs(case.mu) + abs(log_a)) / case.sigma  # log a − mu cancels
        steep = np.exp(-(np.maximum(abs(away) - 1e-5 * lost, 0) ** 2) / 2)  # the density, wherever rounding may lead
        return {
            "argument": Term(argument, lost + 1),
            "probability": Term(probability, 1 + np.where(a > 0, lost * steep, 0)),
        }

    @staticmethod
    def _line_4(case: Case, a: np.ndarray) -> dict[str, Term]:
        eps = quantiles.same_quantile(a, quantiles.STANDARD_LOGNORMAL, quantiles.STANDARD_NORMAL)
        return {"T_inverse": Term(eps, 1 + abs(eps))}

    @staticmethod
    def _line_5(case: Case, eps: np.ndarray) -> dict[str, Term]:
        z = quantiles.same_quantile(eps, quantiles.STANDARD_NORMAL, quantiles.STANDARD_LOGNORMAL)
        return {"T": Term(z, z * (1 + abs(eps)))}

    @staticmethod
    def _line_6(case: Case, a: np.ndarray) -> dict[str, Term]:
        # log z has the quantile in N(0, 1) that log a has in N(mu, sigma²), as far out as a float holds the tail
        away = (np.log(a) - case.mu) / case.sigma
        held = np.clip(away, -30, 30)
        log_z = quantiles.same_quantile(
            case.mu + case.sigma * held, quantiles.normal(case.mu, case.sigma), quantiles.STANDARD_NORMAL
        )
        log_z = np.where(held == away, log_z, away)
        lost = 1 + abs(log_z) + 2 * (abs(case.mu) + abs(np.log(a))) / case.sigma
        return {"log_M_inverse": Term(log_z, lost), "M_inverse": Term(np.exp(away), np.exp(away) * lost)}

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
