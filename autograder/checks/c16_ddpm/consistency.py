"""ddpm.consistency: why a divergence of two steps back is a squared distance, line by line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, exact
from autograder.judging.derivation import Term, judge_line
from autograder.judging.domain import Domain, Number, Reals, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, own_laws, pays, wrong
from autograder.oracles import gaussians

_LINES = ("kl_terms", "equal_terms", "x0_terms", "snr_terms")
_AFTER = (
    None,
    "line 1 with equal variances",
    "line 2 with the posterior's means",
    "line 3 with the posterior's variance",
)
_VAR = Number(Reals(0, math.inf, "()", reach=(1e-2, 100)))
_D = Tensor("d", Reals(reach=(1e-3, 100)))
_NOW, _BEFORE = Number(Reals(0.01, 0.7, "[]")), Number(Reals(0.75, 0.99, "[]"))
_SIZES = {"d": (1, 4, 64)}


@exercise("ddpm.consistency", _LINES, kind="derivation")
class Consistency(Exercise):
    """KL(N(mu_q, var I) ‖ N(mu_p, var I)) = ‖mu_q − mu_p‖²/(2 var) = ½ (SNR_{t−1} − SNR_t) ‖x0 − x0_hat‖²."""

    domain = {
        "kl_terms": Domain({"mu_q": _D, "var_q": _VAR, "mu_p": _D, "var_p": _VAR}, sizes=_SIZES, most=16),
        "equal_terms": Domain({"mu_q": _D, "mu_p": _D, "var": _VAR}, sizes=_SIZES, most=12),
        "x0_terms": Domain(
            {"x0": _D, "x0_hat": _D, "before": _BEFORE, "now": _NOW, "var": _VAR}, sizes=_SIZES, most=16
        ),
        "snr_terms": Domain({"x0": _D, "x0_hat": _D, "before": _BEFORE, "now": _NOW}, sizes=_SIZES, most=16),
    }

    line_1 = pays("line 1 has the four terms of the divergence of two normal distributions")
    line_2 = pays("line 2 keeps what is left when the variances are equal")
    line_3 = pays("line 3 puts the posterior's means in, so that x_t drops out")
    line_4 = pays("line 4 puts the posterior's variance in, so that a drop of the SNR is left")

    hints = (
        "Line 1: the trace is over the ratio of the variances, the log-determinant of that ratio; d of each.",
        "Line 3: both means are notebook 15's posterior mean, with x0 and with x0_hat. Which factor stands before x0?",
        "Line 4: with beta = 1 − now/before, divide the factor by 2 beta_tilde and look for before/(1 − before).",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        a, b = torch.tensor([1.0, 0.0], dtype=torch.float64), torch.tensor([0.0, 2.0], dtype=torch.float64)
        yield self.case_of("kl_terms", {"mu_q": a, "var_q": 0.5, "mu_p": b, "var_p": 2.0})
        yield self.case_of("equal_terms", {"mu_q": a, "mu_p": b, "var": 0.5})
        yield self.case_of("x0_terms", {"x0": a, "x0_hat": b, "before": 0.9, "now": 0.7, "var": 0.5})
        yield self.case_of("snr_terms", {"x0": a, "x0_hat": b, "before": 0.8, "now": 0.5})
        near, zero = 1e-3 * a, 0 * a  # nothing cancels here, and small is not none
        yield self.case_of("equal_terms", {"mu_q": near, "mu_p": zero, "var": 2.0})
        yield self.case_of("x0_terms", {"x0": near, "x0_hat": zero, "before": 0.9, "now": 0.7, "var": 0.5})
        yield self.case_of("snr_terms", {"x0": near, "x0_hat": zero, "before": 0.8, "now": 0.5})
        many = normal(rng, (200,), torch.float64)  # a determinant of so many dimensions is below every float
        yield self.case_of("kl_terms", {"mu_q": many, "var_q": 0.01, "mu_p": -many, "var_p": 3.0})
        for dtype, device in arithmetic():
            for d in (1, 3):
                x, y = normal(rng, (d,), dtype, device), normal(rng, (d,), dtype, device)
                v, w = (float(u) for u in rng.uniform(0.2, 3, size=2))
                bars = {"before": float(rng.uniform(0.76, 0.95)), "now": float(rng.uniform(0.1, 0.7))}
                yield self.case_of("kl_terms", {"mu_q": x, "var_q": v, "mu_p": y, "var_p": w})
                yield self.case_of("equal_terms", {"mu_q": x, "mu_p": y, "var": v})
                yield self.case_of("x0_terms", {"x0": x, "x0_hat": y, **bars, "var": w})
                yield self.case_of("snr_terms", {"x0": x, "x0_hat": y, **bars})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        number = _LINES.index(name)
        first = next(iter(given.values()))
        return case(
            call(name, *given.values()), about=(own_laws(self)[number],), given=given, number=number, first=first
        )

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        given = {k: exact(v) if isinstance(v, torch.Tensor) else v for k, v in case.given.items()}
        terms = (_line_1, _line_2, _line_3, _line_4)[case.number](**given)
        law, number = own_laws(self)[case.number], case.number
        yield from judge_line(law, number + 1, answer, terms, case.first.dtype, after=_AFTER[number])

    mistakes = (
        wrong(
            "the ratio turned round",
            {"kl_terms": lambda mu_q, var_q, mu_p, var_p: _kl(mu_q, var_p, mu_p, var_q) | _mean(mu_q, mu_p, var_p)},
            "var_p/var_q for var_q/var_p: the expectation is under q, and it is p's density that var_p stands in.",
        ),
        wrong(
            "the logarithm's sign",
            {
                "kl_terms": lambda mu_q, var_q, mu_p, var_p: (
                    _kl(mu_q, var_q, mu_p, var_p)
                    | _mean(mu_q, mu_p, var_p)
                    | {"log_det": len(mu_q) * math.log(var_q / var_p)}
                )
            },
            "log_det is d log(var_p/var_q), the ratio of the trace turned round, and it is added.",
        ),
        wrong(
            "a half too many",
            {"kl_terms": lambda mu_q, var_q, mu_p, var_p: _kl(mu_q, var_q, mu_p, var_p) | _mean(mu_q, mu_p, 2 * var_p)},
            "The ½ stands before the bracket, for all its terms: no term has one of its own.",
            also=({"equal_terms": lambda mu_q, mu_p, var: _mean(mu_q, mu_p, 2 * var)},),
        ),
        wrong(
            "d forgotten",
            {
                "kl_terms": lambda mu_q, var_q, mu_p, var_p: (
                    _kl(mu_q[:1], var_q, mu_p[:1], var_p) | _mean(mu_q, mu_p, var_p)
                )
            },
            "Each dimension brings a ratio of variances: trace, d and log-determinant all grow with d.",
        ),
        wrong(
            "divided by q's variance",
            {"kl_terms": lambda mu_q, var_q, mu_p, var_p: _kl(mu_q, var_q, mu_p, var_p) | _mean(mu_q, mu_p, var_q)},
            "The distance of the means is measured by p's density, in units of var_p.",
        ),
        wrong(
            "a distance that is not squared",
            {"equal_terms": lambda mu_q, mu_p, var: {"mean": (mu_q - mu_p).norm() / var}},
            "‖mu_q − mu_p‖ without its square.",
            also=({"equal_terms": lambda mu_q, mu_p, var: {"mean": ((mu_q - mu_p) ** 2).mean() / var}},),
        ),
        wrong(
            "the factor not squared",
            {
                "x0_terms": lambda x0, x0_hat, before, now, var: _x0(
                    x0, x0_hat, math.sqrt(before) * (1 - now / before) / (1 - now) / (2 * var)
                )
            },
            "The means differ by a factor times x0 − x0_hat; the squared distance has the factor's square.",
        ),
        wrong(
            "a difference for beta",
            {
                "x0_terms": lambda x0, x0_hat, before, now, var: _x0(
                    x0, x0_hat, before * ((before - now) / (1 - now)) ** 2 / (2 * var)
                )
            },
            "beta_t was taken to be before − now. It is 1 − now/before: alpha_bar is a product.",
        ),
        wrong(
            "the half forgotten",
            {
                "snr_terms": lambda x0, x0_hat, before, now: _drop(x0, x0_hat, before / (1 - before) - now / (1 - now)),
                "x0_terms": lambda x0, x0_hat, before, now, var: _x0(
                    x0, x0_hat, before * ((1 - now / before) / (1 - now)) ** 2 / var
                ),
            },
            "The ½ of the divergence is missing.",
        ),
        wrong(
            "the drop turned round",
            {
                "snr_terms": lambda x0, x0_hat, before, now: _drop(
                    x0, x0_hat, (now / (1 - now) - before / (1 - before)) / 2
                )
            },
            "The SNR falls with time: SNR_{t−1} − SNR_t is positive, as a divergence must be.",
        ),
        wrong(
            "noise to signal",
            {
                "snr_terms": lambda x0, x0_hat, before, now: _drop(
                    x0, x0_hat, ((1 - now) / now - (1 - before) / before) / 2
                )
            },
            "This is the ratio of noise to signal; SNR = alpha_bar/(1 − alpha_bar).",
        ),
    )


def _kl(mu_q, var_q, mu_p, var_p):
    d, ratio = len(mu_q), var_q / var_p
    return {"trace": d * ratio, "dimension": d, "log_det": -d * math.log(ratio)}


def _mean(mu_q, mu_p, var):
    return {"mean": ((mu_q - mu_p) ** 2).sum() / var}


def _x0(x0, x0_hat, factor):
    return {"factor": factor, "square": ((x0 - x0_hat) ** 2).sum()}


def _drop(x0, x0_hat, drop):
    return {"half_drop": drop, "square": ((x0 - x0_hat) ** 2).sum()}


# --- oracles: a determinant, a trace, and Bayes' rule at x0 = 0 and 1 ----------------------------------------------


def _square(a: np.ndarray, b: np.ndarray) -> Term:
    return Term(float(np.dot(a - b, a - b)), float(((abs(a) + abs(b)) ** 2).sum()))


def _line_1(mu_q, var_q, mu_p, var_p) -> dict[str, Term]:
    ratio = np.linalg.solve(var_p * np.eye(len(mu_q)), var_q * np.eye(len(mu_q)))
    square = _square(mu_q, mu_p)
    return {
        "trace": Term(float(np.trace(ratio))),
        "mean": Term(square.value / var_p, square.scale / var_p),
        "dimension": Term(float(np.linalg.matrix_rank(np.eye(len(mu_q))))),
        "log_det": Term(-float(np.linalg.slogdet(ratio)[1]), len(mu_q) * (1 + abs(math.log(var_q / var_p)))),
    }


def _line_2(mu_q, mu_p, var) -> dict[str, Term]:
    square = _square(mu_q, mu_p)
    return {"mean": Term(square.value / var, square.scale / var)}


def _response(before: float, now: float) -> tuple[float, float]:
    """The factor of x0 in the posterior's mean, and the posterior's variance."""
    alpha = now / before
    mean, variance = gaussians.condition(
        np.sqrt(before) * np.ones(1), 1 - before, np.zeros(1), math.sqrt(alpha), 1 - alpha
    )
    return float(mean[0]), variance


def _line_3(x0, x0_hat, before, now, var) -> dict[str, Term]:
    return {"factor": Term(_response(before, now)[0] ** 2 / (2 * var)), "square": _square(x0, x0_hat)}


def _line_4(x0, x0_hat, before, now) -> dict[str, Term]:
    slope, variance = _response(before, now)
    return {"half_drop": Term(slope**2 / (2 * variance)), "square": _square(x0, x0_hat)}
