"""diffusion.prior_gap: KL(q(x_T | x0) ‖ N(0, I)) = ½ (d (1 − ᾱ_T) + ᾱ_T ‖x0‖² − d − d log(1 − ᾱ_T)) in nats, term by term."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import Shares
from autograder.judging.compare import Verdict, arithmetic, close, exact, kind_of, recognise, values
from autograder.judging.domain import Domain, Like, Number, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians


def _gap(trace: Any, mean: Any, log_det: Any, d: int, half: float = 0.5) -> dict[str, Any]:
    """The answer by q's own log-determinant; that of the prior over q has the other sign."""
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": half * (trace + mean - d - log_det)}


@exercise("diffusion.prior_gap", ("prior_gap",))
class PriorGap(Exercise):
    """KL(q(x_T | x0) ‖ N(0, I)) = ½ (d (1 − ᾱ_T) + ᾱ_T ‖x0‖² − d − d log(1 − ᾱ_T)) in nats, term by term."""

    terms = gate("the answer is a dictionary with trace, mean, log_det and kl")
    trace = pays("trace: the sum of q's variances over the dimensions", 0.25)
    mean = pays("mean: the squared length of q's mean, one per item", 0.25)
    log_det = pays("log_det: the logarithm of the prior's determinant over that of q's covariance", 0.25)
    kl = pays("kl: the divergence in nats, one per item", 1.25)

    hints = (
        "q(x_T | x0) is a normal distribution. What are its mean and its covariance?",
        "The covariance is a multiple of the identity in d dimensions: its trace and its determinant both know d.",
        "When q is the prior itself all must cancel: put alpha_bar_T = 0 into your formula.",
    )

    domain = {
        "prior_gap": Domain(
            {"x0": Tensor("B, d"), "alpha_bar_T": Number(Shares(reach=(1e-6, 1.0)))},
            sizes={"B": (1, 4), "d": (1, 8, 100)},
            returns={"mean": Like("x0"), "kl": Like("x0")},
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(torch.tensor([[1.0, 2.0, 2.0]]), 0.5)
        for dtype, device in arithmetic():
            for alpha_bar in (0.9, float(rng.uniform(0.05, 0.5)), 1e-3):
                d, batch = int(rng.integers(3, 9)), int(rng.integers(2, 5))
                yield self._case(normal(rng, (batch, d), dtype, device) * 2, alpha_bar)

    def _case(self, x0: torch.Tensor, alpha_bar: float) -> Case:
        return case(call("prior_gap", x0, alpha_bar), x0=x0, alpha_bar=alpha_bar)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(given["x0"], given["alpha_bar_T"])

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        x0, alpha_bar, dtype = exact(case.x0), case.alpha_bar, case.x0.dtype
        named = isinstance(answer, dict) and answer.keys() == {"trace", "mean", "log_det", "kl"}
        yield self.terms(named, "a dictionary with trace, mean, log_det, kl", kind_of(answer))
        if not named:
            return
        batch, d = x0.shape
        covariance = (1 - alpha_bar) * np.eye(d)
        mean = math.sqrt(alpha_bar) * x0
        log_det = -float(np.linalg.slogdet(covariance)[1])
        trace, squares = float(np.trace(covariance)), np.array([float(row @ row) for row in mean])
        gaps, swapped = (
            np.array([sum(gaussians.kl(*pair) for pair in pairs(row)) for row in mean])
            for pairs in (
                lambda row: [(m, 1 - alpha_bar, 0.0, 1.0) for m in row],
                lambda row: [(0.0, 1.0, m, 1 - alpha_bar) for m in row],
            )
        )
        divergence = close(answer["kl"], gaps, dtype, squares + d * (2 + abs(math.log(1 - alpha_bar))))
        verdicts = (
            (
                self.trace,
                _same_for_all(answer["trace"], trace, batch, dtype, d),
                {"the dimension is forgotten": trace / d},
            ),
            (
                self.log_det,
                _same_for_all(answer["log_det"], log_det, batch, dtype, d),
                {
                    "the dimension is forgotten": log_det / d,
                    "the standard deviation in the determinant": log_det / 2,
                    **({"the log-determinant upside down": -log_det} if divergence.ok else {}),
                },
            ),
            (
                self.mean,
                close(answer["mean"], squares, dtype, d * squares),
                {"mean over the dimensions": squares / d, "the mean is not squared": squares / math.sqrt(alpha_bar)},
            ),
            (
                self.kl,
                divergence,
                {
                    "the half is forgotten": 2 * gaps,
                    "bits for nats": gaps / math.log(2),
                    "the wrong way round": swapped,
                },
            ),
        )
        for law, verdict, alternatives in verdicts:
            named = None if verdict.ok else recognise(answer[law.name], alternatives) or ""
            yield law(*verdict, mistake=named)

    mistakes = (
        wrong(
            "the mean is not squared",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), math.sqrt(a) * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), x0.shape[1]
            ),
            "The mean is √alpha_bar x0; its squared length has alpha_bar in front, not the root.",
        ),
        wrong(
            "the dimension is forgotten",
            lambda x0, a: _gap(1 - a, a * (x0**2).sum(1), math.log(1 - a), 1),
            "Trace and log-determinant are those of one dimension. In d dimensions there are d equal terms of each.",
        ),
        wrong(
            "the half is forgotten",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), a * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), x0.shape[1], 1.0
            ),
            "The four terms are right and their sum is twice the divergence: the ½ of the Gaussian exponent is missing.",
        ),
        wrong(
            "the wrong way round",
            lambda x0, a: _gap(
                x0.shape[1] / (1 - a), a / (1 - a) * (x0**2).sum(1), -x0.shape[1] * math.log(1 - a), x0.shape[1]
            ),
            "This is KL(N(0, I) ‖ q). The expectation runs over q here.",
        ),
        wrong(
            "bits for nats",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), a * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), x0.shape[1], 0.5 / math.log(2)
            ),
            "The divergence is in bits: nats come from the natural logarithm.",
        ),
        wrong(
            "mean over the dimensions",
            lambda x0, a: _gap(x0.shape[1] * (1 - a), a * (x0**2).mean(1), x0.shape[1] * math.log(1 - a), x0.shape[1]),
            "‖x0‖² is a sum over the dimensions; with a mean the terms do not belong to the same distribution.",
        ),
        wrong(
            "the standard deviation in the determinant",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), a * (x0**2).sum(1), 0.5 * x0.shape[1] * math.log(1 - a), x0.shape[1]
            ),
            "The log-determinant is that of the covariance: log of the variance, not of the standard deviation.",
        ),
        wrong(
            "alpha_bar for its root",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), a**2 * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), x0.shape[1]
            ),
            "The mean is √alpha_bar x0, not alpha_bar x0: its squared length has alpha_bar in front, not the square.",
        ),
        wrong(
            "the log-determinant upside down",
            lambda x0, a: (
                _gap(x0.shape[1] * (1 - a), a * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), x0.shape[1])
                | {"kl": 0.5 * (x0.shape[1] * (1 - a + math.log(1 - a) - 1) + a * (x0**2).sum(1))}
            ),
            "log_det is that of the prior over q, −d log(1 − alpha_bar): positive where q is narrow, and added in the sum.",
        ),
        wrong(
            "signal and noise swapped",
            lambda x0, a: _gap(x0.shape[1] * a, (1 - a) * (x0**2).sum(1), x0.shape[1] * math.log(a), x0.shape[1]),
            "alpha_bar is the share of the signal: the covariance of x_T is (1 − alpha_bar) I.",
            also=(lambda x0, a: _gap(x0.shape[1] * a, a * (x0**2).sum(1), x0.shape[1] * math.log(a), x0.shape[1]),),
        ),
        wrong(
            "the batch for the dimension",
            lambda x0, a: _gap(len(x0) * (1 - a), a * (x0**2).sum(1), len(x0) * math.log(1 - a), len(x0)),
            "d was read off the first axis, which is the batch. x0 is (B, d).",
        ),
        wrong(
            "d is forgotten",
            lambda x0, a: _gap(x0.shape[1] * (1 - a), a * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), 0),
            "The divergence of the prior from itself is 0: without −d it is not.",
            also=(lambda x0, a: _gap(x0.shape[1] * (1 - a), a * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), 1),),
        ),
    )


def _same_for_all(answer: Any, expected: float, batch: int, dtype: torch.dtype, scale: float) -> Verdict:
    """A quantity that does not depend on the item: one number, or the same number for each item."""
    got = values(answer)
    shape = (batch,) if got is not None and got.shape == (batch,) else ()
    one = got.reshape(()) if got is not None and got.size == 1 and shape == () else answer
    return close(one, np.full(shape, expected), dtype, max(scale, abs(expected)))
