"""metric.nll_is_not_quality: what noise costs a likelihood, and what copies cost it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.clouds import cloud, clouds
from autograder.judging.compare import arithmetic, close, exact, has_shape, is_number, number
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

LOGS = Reals(reach=(1e-3, 5000), usual=(-20, 2))


@exercise("metric.nll_is_not_quality", ("diluted_log_p", "hidden_share", "memoriser_nll"))
class NllIsNotQuality(Exercise):
    """log((1 − share) p + share q0); 1 − e^−nats; the mean negative log-likelihood of normals on training samples."""

    shape = gate("the log densities have the shape of log_p")
    one = gate("a share, and a negative log-likelihood, is one number")
    mixture = pays("the log density is that of the mixture, also where p and q0 are below the smallest float", 1.0)
    hidden = pays("the hidden share costs what is given to spend, and no more", 0.8)
    memoriser = pays("the memoriser's negative log-likelihood is that of normals around its training samples", 1.2)

    hints = (
        "log(a + b) from log a and log b: take the larger one out.",
        "The noise costs most where q0 gives nothing at all. What is left of q there?",
        "Of the mean over the training samples, log N remains beside the logsumexp; of each normal in D dimensions, D factors.",
    )

    domain = {
        "diluted_log_p": Domain(
            {"log_p": Tensor("B", LOGS), "log_noise": Tensor("B", LOGS), "share": Number(Reals(0.001, 0.999, "[]"))},
            sizes={"B": (1, 5)},
            returns=Like("log_p"),
        ),
        "hidden_share": Domain({"nats": Number(Reals(0, math.inf, "[)", reach=(1e-6, 50)))}),
        "memoriser_nll": Domain(
            {"train": clouds("N"), "test": clouds("M"), "sigma": Number(Reals(0, math.inf, reach=(1e-3, 1e3)))},
            sizes={"N": (1, 9), "M": (1, 9), "D": (1, 4)},
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.ones(1, dtype=torch.float64)
        yield self.case_of("diluted_log_p", {"log_p": -one, "log_noise": -10 * one, "share": 0.99})
        for sigma in (0.1, 0.01):
            yield self.case_of("memoriser_nll", {"train": 0 * one[:, None], "test": one[:, None], "sigma": sigma})
        yield self.case_of("diluted_log_p", {"log_p": -1000 * one, "log_noise": -2000 * one, "share": 0.5})
        two = torch.tensor([[0.0], [2.0]], dtype=torch.float64)
        yield self.case_of("memoriser_nll", {"train": two, "test": 0.5 * one[:, None], "sigma": 0.5})
        yield self.case_of("memoriser_nll", {"train": two[:1], "test": two, "sigma": 1.0})
        for nats in (1.0, math.log(100), float(rng.uniform(0.01, 0.3)), float(rng.uniform(2, 6)), 1e-9):
            yield self.case_of("hidden_share", {"nats": nats})
        for dtype, device in arithmetic():
            for share in (0.99, float(rng.uniform(0.05, 0.4))):
                for low in (10.0, 2000.0):
                    log_p, log_noise = (floats(-rng.uniform(0, low, size=6), dtype, device) for _ in range(2))
                    yield self.case_of("diluted_log_p", {"log_p": log_p, "log_noise": log_noise, "share": share})
            for n, m, D in ((4, 3, 2), (9, 5, 1), (2, 6, 5)):
                train, test = cloud(rng, n, D, dtype, device), cloud(rng, m, D, dtype, device)
                yield self.case_of(
                    "memoriser_nll", {"train": train, "test": train[:m] + 1e-3, "sigma": 0.01}
                )  # below nought
                for sigma in (0.01, float(rng.uniform(0.3, 0.8)), float(rng.uniform(1.5, 4))):
                    yield self.case_of("memoriser_nll", {"train": train, "test": test, "sigma": sigma})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = {
            "diluted_log_p": (self.shape, self.mixture),
            "hidden_share": (self.one, self.hidden),
            "memoriser_nll": (self.one, self.memoriser),
        }
        return case(call(name, *given.values()), about=laws[name], **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_diluted_log_p(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.log_p.shape), case.log_p)
        yield self.shape(*shape)
        if shape.ok:
            pairs = zip(exact(case.log_p), exact(case.log_noise), strict=True)
            expected = np.array([_mixture(a, b, case.share) for a, b in pairs])
            size = 1 + abs(exact(case.log_p)) + abs(exact(case.log_noise)) + 1 / (1 - case.share)
            yield self.mixture(*close(answer, expected, case.log_p.dtype, size))

    def _judge_hidden_share(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = is_number(answer)
        yield self.one(*shape)
        if shape.ok:
            with mpmath.workdps(40):
                expected = float(1 - mpmath.exp(-mpmath.mpf(case.nats)))
            yield self.hidden(
                *close(number(answer), expected, torch.float64)
            )  # to the digits of the share, however small

    def _judge_memoriser_nll(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = is_number(answer)
        yield self.one(*shape)
        if shape.ok:
            train, test = exact(case.train), exact(case.test)
            expected = float(np.mean([_memory(x, train, case.sigma) for x in test]))
            # a difference of two rounded coordinates, squared, in units of sigma
            spread = float(abs(train).max() + abs(test).max())
            size = 1 + abs(expected) + test.shape[1] * (spread / case.sigma) ** 2 + 10 * test.shape[1]
            yield self.memoriser(*close(number(answer), expected, case.train.dtype, size))

    mistakes = (
        wrong(
            "a mixture of logs",
            {"diluted_log_p": lambda log_p, log_noise, share: (1 - share) * log_p + share * log_noise},
            "The logs were mixed. A mixture adds densities, and takes the log of the sum.",
        ),
        wrong(
            "underflows",
            {"diluted_log_p": lambda log_p, log_noise, share: ((1 - share) * log_p.exp() + share * log_noise.exp()).log()},
            "exp of −1000 is 0, and its log −∞. Take the larger log out before you leave log space.",
        ),
        wrong(
            "share and rest exchanged",
            {
                "diluted_log_p": lambda log_p, log_noise, share: torch.logaddexp(
                    log_p + math.log(share), log_noise + math.log1p(-share)
                )
            },
            "share belongs to the noise; the model keeps 1 − share.",
        ),
        wrong(
            "the weights are forgotten",
            {"diluted_log_p": lambda log_p, log_noise, share: torch.logaddexp(log_p, log_noise)},
            "The two densities were added without their weights: the sum has mass 2.",
        ),
        wrong(
            "only the bound",
            {"diluted_log_p": lambda log_p, log_noise, share: log_p + math.log1p(-share)},
            "That is the bound, in which the noise gives nothing. The mixture has a little more wherever it does.",
        ),
        wrong(
            "what the model keeps",
            {"hidden_share": lambda nats: math.exp(-nats)},
            "This is the share that stays with the model; the rest is noise.",
        ),
        wrong(
            "nats as a share",
            {"hidden_share": lambda nats: min(1.0, nats)},
            "For small numbers of nats that is nearly right, but the cost is −log(1 − share).",
            also=({"hidden_share": lambda nats: 1 - 2.0**-nats}, {"hidden_share": lambda nats: nats / (1 + nats)}),
        ),
        wrong(
            "mean of the logs over the training samples",
            {"memoriser_nll": lambda train, test, sigma: float(-_logs(train, test, sigma).mean())},
            "The mean over training samples stands inside the log: it is one density that is a mean of normals.",
        ),
        wrong(
            "N is forgotten",
            {"memoriser_nll": lambda train, test, sigma: float(-torch.logsumexp(_logs(train, test, sigma), 1).mean())},
            "The sum of N normals has mass N: log N is missing.",
        ),
        wrong(
            "one dimension's normaliser",
            {
                "memoriser_nll": lambda train, test, sigma: _nll(
                    _logs(train, test, sigma) + (train.shape[1] - 1) * (math.log(sigma) + 0.5 * math.log(2 * math.pi))
                )
            },
            "A normal in D dimensions has D factors 1/(σ√2π).",
        ),
        wrong(
            "sigma for its square",
            {
                "memoriser_nll": lambda train, test, sigma: _nll(
                    _logs(train, test, math.sqrt(sigma)) + 0 * train.sum()
                )
            },
            "sigma is the standard deviation; in the exponent stands its square.",
        ),
        wrong(
            "densities underflow",
            {"memoriser_nll": lambda train, test, sigma: float(-_logs(train, test, sigma).exp().mean(1).log().mean())},
            "Far from every training sample all densities are 0 in floating point: stay in log space, with logsumexp.",
        ),
        wrong(
            "summed and not averaged",
            {"memoriser_nll": lambda train, test, sigma: len(test) * _nll(_logs(train, test, sigma))},
            "This is the sum over the test samples; their mean was asked for.",
        ),
        wrong(
            "tested on itself",
            {"memoriser_nll": lambda train, test, sigma: _nll(_logs(train, train, sigma))},
            "The likelihood was measured on the training samples. A memoriser looks splendid there.",
        ),
    )  # fmt: skip


def _logs(train: torch.Tensor, test: torch.Tensor, sigma: float) -> torch.Tensor:
    squares = (test[:, None] - train[None]).pow(2).sum(-1)
    return -squares / (2 * sigma**2) - train.shape[1] * (math.log(sigma) + 0.5 * math.log(2 * math.pi))


def _nll(logs: torch.Tensor) -> float:
    return float(math.log(logs.shape[1]) - torch.logsumexp(logs, 1).mean())


# --- the oracle: forty digits, where nothing underflows --------------------------------------------------------


def _mixture(log_p: float, log_noise: float, share: float) -> float:
    with mpmath.workdps(40):
        p, q, s = mpmath.exp(mpmath.mpf(log_p)), mpmath.exp(mpmath.mpf(log_noise)), mpmath.mpf(share)
        return float(mpmath.log((1 - s) * p + s * q))


def _memory(x: np.ndarray, train: np.ndarray, sigma: float) -> float:
    with mpmath.workdps(40):
        s, total = mpmath.mpf(sigma), mpmath.mpf(0)
        for centre in train:
            total += mpmath.fprod(
                mpmath.npdf(mpmath.mpf(float(a)), mpmath.mpf(float(b)), s) for a, b in zip(x, centre, strict=True)
            )
        return float(-mpmath.log(total / len(train)))
