"""elbo.iwae: log (1/K) Σ_k w_k of importance weights that come as logarithms, and how many draws they are worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c06_elbo.shared import random_spread
from autograder.judging.compare import arithmetic, close, exact, has_shape, show
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong


def _domain(*says: str) -> Domain:
    return Domain(
        {"log_w": Tensor("K, B", Reals(reach=(1e-3, 1e4), also=(-math.inf, 1000.0, -1000.0)), says)},
        sizes={"K": (1, 6, 1000), "B": (1, 5)},
        when=lambda log_w: bool(log_w.amax(0).isfinite().all()),
        returns=Like("log_w"),
    )


@exercise("elbo.iwae", ("iwae", "effective_sample_size"))
class Iwae(Exercise):
    """log (1/K) Σ_k w_k of importance weights that come as logarithms, and how many draws they are worth."""

    shape = gate("iwae returns one value per item")
    bound = pays("iwae is the logarithm of the mean weight, for log weights of ±1000 as well", 1.25)
    gradient = pays("the gradient reaches every draw, by its share in the sum of the weights", 0.5)
    shape_of_size = gate("effective_sample_size returns one value per item")
    size = pays("effective_sample_size is (Σ w)²/Σ w², from 1 (one draw rules) to K (all are equal)", 1.25)

    domain = {
        "iwae": _domain("near ±1000 at times, and -inf, though never for all draws of an item"),
        "effective_sample_size": _domain("as for iwae"),
    }

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
                log_w = 1.5 * normal(rng, (draws, batch), dtype, device)
                yield from self._cases(log_w)
                yield self._gradient_case(rng, log_w)
            log_w = normal(rng, (5, 4), dtype, device) + torch.tensor(
                [-1000.0, 1000.0, 0.0, 700.0], dtype=dtype, device=device
            )
            log_w[0, 2], log_w[1, 2], log_w[3, 0] = -1000.0, 1000.0, -math.inf
            yield from self._cases(log_w)
            yield self._gradient_case(rng, log_w)

    def case_of(self, name: str, given: dict[str, Any]) -> Iterator[Case]:
        value, size = self._cases(given["log_w"])
        if name == "iwae":
            yield value
            if int((given["log_w"] == -math.inf).sum(0).max()) <= 1:  # of two −inf, torch.logaddexp has no gradient
                yield self._gradient_case(np.random.default_rng(len(given["log_w"])), given["log_w"])
        else:
            yield size

    def _cases(self, log_w: torch.Tensor) -> Iterator[Case]:
        yield case(call("iwae", log_w), about=(self.shape, self.bound), log_w=log_w, cotangent=None)
        asked = call("effective_sample_size", log_w)
        yield case(asked, about=(self.shape_of_size, self.size), log_w=log_w, cotangent=None)

    def _gradient_case(self, rng: np.random.Generator, log_w: torch.Tensor) -> Case:
        cotangent = random_spread(rng, tuple(log_w.shape[1:]), log_w.dtype, str(log_w.device))
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
        wrong(
            "the batch for the draws",
            {"iwae": lambda log_w: log_w.logsumexp(0) - math.log(log_w.shape[1])},
            "The mean runs over the K draws of the first axis: divide by K, not by the number of items.",
            also=({"iwae": lambda log_w: log_w.logsumexp(0) - math.log(log_w.numel())},),
        ),
        wrong(
            "draws of no weight left out",
            {"iwae": lambda log_w: log_w.logsumexp(0) - log_w.isfinite().sum(0).log()},
            "A draw whose weight is 0 is one of the K all the same: it lowers the mean.",
        ),
        wrong(
            "as a share of the draws",
            {"effective_sample_size": lambda log_w: 1 / (log_w.softmax(0) ** 2).sum(0) / len(log_w)},
            "This was divided by K. The number of draws itself is asked for, from 1 to K.",
        ),
        wrong(
            "upside down",
            {"effective_sample_size": lambda log_w: (log_w.softmax(0) ** 2).sum(0)},
            "This is the sum of the squared shares. The effective size is one over it.",
        ),
    )  # fmt: skip
