"""kl.support: KL(t_ν ‖ N(0, 1)) = ∞ if and only if ν ≤ 2, though both densities are positive on the whole line."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import special

from autograder.checks.c06_elbo.shared import LOG_2PI, NODES, WEIGHTS
from autograder.judging.compare import is_number, kind_of, near, number, show, truth
from autograder.judging.domain import Domain, Number, Reals
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

BORDER = (1.0, 2.0, 3.0, 2 - 1e-6, 2 + 1e-6)  # float32 tells these apart


@functools.cache
def truncated(nu: float, cut: float) -> float:
    """∫_{−cut}^{cut} t_ν log(t_ν/N(0, 1)) dz, by Gauss–Legendre panels in u = arsinh z.

    There the integrand's features have width one, however far the tail goes; in z they would lie decades apart.
    """
    end = math.asinh(cut) if cut < 1e150 else math.log(2) + math.log(cut)
    edges = np.linspace(0, end, max(4, math.ceil(2 * end)) + 1)
    half = np.diff(edges)[:, None] / 2
    u = edges[:-1, None] + half * (1 + NODES)
    log_z = u + np.log(-np.expm1(-2 * u)) - math.log(2)
    log_cosh = u + np.log1p(np.exp(-2 * u)) - math.log(2)
    log_t = -special.betaln(nu / 2, 0.5) - 0.5 * math.log(nu) - (nu + 1) / 2 * np.logaddexp(0, 2 * log_z - math.log(nu))
    with np.errstate(over="ignore"):
        quadratic = 0.5 * np.exp(log_t + log_cosh + 2 * log_z)
    return float(2 * np.sum(half * WEIGHTS * (np.exp(log_t + log_cosh) * (log_t + 0.5 * LOG_2PI) + quadratic)))


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

    domain = {
        "truncated_kl": Domain(
            {
                "nu": Number(Reals(0.5, 10, "[]", also=(1.0, 2.0, 4.0))),
                "cut": Number(Reals(1, 1e6, "[]", also=(3.0, 30.0, 1e3, 1e5))),
            }
        ),
        "kl_is_finite": Domain({"nu": Number(Reals(0, math.inf, also=BORDER))}),
    }

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
            yield self._integral_case(nu, cut)
        yield case(call("infinite_kl"), about=(self.pair, self.infinite, self.evidence))
        for nu in (1.0, 3.0, 2.0, 0.5, 1.5, 1.99, 2.01, 2.5, 10.0, rng.uniform(0.2, 1.9), rng.uniform(2.1, 9)):
            yield self._verdict_case(float(nu))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._verdict_case(**given) if name == "kl_is_finite" else self._integral_case(**given)

    def _integral_case(self, nu: float, cut: float) -> Case:
        return case(call("truncated_kl", nu, cut), about=(self.number, self.integral), nu=nu, cut=cut)

    def _verdict_case(self, nu: float) -> Case:
        return case(call("kl_is_finite", nu), about=(self.verdict, self.finite), nu=nu)

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
