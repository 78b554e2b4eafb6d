"""lognormal.standard: T(eps) = exp(eps)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import (
    CDFS,
    FARTHEST,
    TWIN,
    PushedForward,
    noise,
    through_cdfs,
)
from autograder.judging.compare import arithmetic
from autograder.judging.domain import Domain, Like
from autograder.judging.exercise import Case, exercise, wrong


@exercise("lognormal.standard", ("standard_lognormal",))
class StandardLogNormal(PushedForward):
    """T(eps) = exp(eps)."""

    domain = {"standard_lognormal": Domain({"eps": noise(far=FARTHEST)}, returns=Like("eps"))}

    hints = (
        "Your derivation has the answer in its fifth line.",
        "log z is to be standard normal, and eps is standard normal. What is the simplest way to make them agree?",
        "Use torch's own functions on eps itself: a detour over numpy, item or detach cuts the gradient.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(rng, np.array([-1.0, 2.0, 1.0, -2.0]), None, None, torch.float32, "cpu", readable=True)
        for dtype, device in arithmetic():
            for x in (
                rng.normal(size=()),
                self._symmetric(rng, (6,)),
                self._symmetric(rng, (4, 3)),
                self._symmetric(rng, (2, 3, 2)),
            ):
                yield self._case(rng, x, None, None, dtype, device)
            yield self._case(rng, np.array([-9.0, -4.0, 4.0, 9.0]), None, None, dtype, device)

    mistakes = (
        wrong("the decreasing twin", lambda eps: torch.exp(-eps), TWIN),
        wrong("through the distribution functions", through_cdfs, CDFS),
        wrong("cut from the graph", lambda eps: torch.exp(eps.detach()), "The samples are right, but no gradient comes back to eps: it was taken out of the graph (detach, item, numpy or a new tensor)."),
        wrong("just any positive map", lambda eps: torch.nn.functional.softplus(eps), "Softplus makes noise positive, but the logarithm of the result is not normal. Positive is not yet log-normal."),
        wrong("made positive by folding", lambda eps: torch.exp(eps.abs()), "Both signs of the noise give the same sample: nothing falls below 1, where half of all log-normal samples lie."),
        wrong("scaled to mean one", lambda eps: torch.exp(eps - 0.5), "This log-normal has mean 1, since exp(½) is the mean of exp(eps). The mean of log z is to be 0 instead."),
        wrong("a probability, not a sample", lambda eps: 0.5 * (1 + torch.erf(eps / math.sqrt(2))), "This is F(eps), a number between 0 and 1, uniformly distributed. The matching goes on: which z has Q(z) equal to it?"),
        wrong("the density of eps", lambda eps: torch.exp(-(eps**2) / 2) / math.sqrt(2 * math.pi), "This is the density of eps. A transformation gives a new sample for each noise."),
        wrong("a root of two is left over", lambda eps: torch.exp(math.sqrt(2) * eps), "√2 stands in the arguments of both distribution functions and cancels: log z must have variance 1.",
              also=(lambda eps: torch.exp(eps / math.sqrt(2)),)),
        wrong("a power of two", lambda eps: 2**eps, "The base is 2. log z is the natural logarithm, so the base is e."),
        wrong("the noise itself", lambda eps: eps + 0, "This is still normal, and half of it negative. A log-normal sample is positive."),
    )  # fmt: skip
