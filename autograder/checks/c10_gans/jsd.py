"""gan.jsd: JSD(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = ½ (p + q), for distributions on n values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.checks.c10_gans.shared import weights
from autograder.judging.compare import arithmetic, close, exact, is_number, number
from autograder.judging.domain import Domain, Like, Made, Place
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong


def divergence(p: np.ndarray, q: np.ndarray) -> float:
    """By entropies: H(½ (p + q)) − ½ H(p) − ½ H(q). That is the same, and 0 log 0 is scipy's business."""
    terms = [*special.entr((p + q) / 2), *(-special.entr(p) / 2), *(-special.entr(q) / 2)]
    return math.fsum(terms)


def _some(place: Place) -> torch.Tensor:
    return weights(place, 0.25)


def _full(place: Place) -> torch.Tensor:
    return weights(place)


def _same(place: Place) -> torch.Tensor:
    return place.given["p"].clone()


def _elsewhere(place: Place) -> torch.Tensor:
    """Mass only where the other has none, as far as there is such a place."""
    free = (exact(place.given["p"]) == 0).astype(float)
    free = free if free.any() else np.eye(len(free))[0]
    return place.tensor(free / free.sum())


_MASS = ("(n,)", "no entry negative", "the sum is 1")


def _kl(p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    return torch.xlogy(p, p).sum() - torch.xlogy(p, q).sum()


@exercise("gan.jsd", ("jsd",))
class JensenShannon(Exercise):
    """JSD(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = ½ (p + q), for distributions on n values."""

    single = gate("the divergence is one number")
    value = pays("the divergence is the mean of two KL divergences from the mixture, in nats")
    zeros = pays("values to which one of the two, or both, give no mass are counted right")

    hints = (
        "The mixture m = ½ (p + q) has mass wherever one of the two has: so neither KL can be infinite.",
        "In the term p log(p/m), what is the limit for p → 0? Floats do not know it: 0 · log 0 is NaN.",
        "torch.xlogy(0, 0) is 0. Check yourself: equal distributions give 0, disjoint ones log 2.",
    )

    domain = {
        "jsd": Domain(
            {"p": Made(_some, (_full, _some), says=_MASS), "q": Made(_some, (_full, _same, _elsewhere), says=_MASS)},
            sizes={"n": (1, 6, 60)},
            returns=Like("p"),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75]))
        for dtype, device in arithmetic():
            for n in (2, 3, 7):
                yield self._case(*(floats(rng.dirichlet(np.full(n, 1.5)), dtype, device) for _ in range(2)))
            for p, q in (([1, 0], [0, 1]), ([1, 0, 0], [0.5, 0.5, 0]), ([0.25, 0.75, 0], [0, 0.5, 0.5])):
                yield self._case(floats(np.array(p, float), dtype, device), floats(np.array(q, float), dtype, device))

    def case_of(self, name: str, given: dict[str, torch.Tensor]) -> Case:
        return self._case(**given)

    def _case(self, p: torch.Tensor, q: torch.Tensor) -> Case:
        law = self.zeros if bool((p == 0).any() or (q == 0).any()) else self.value
        return case(call("jsd", p, q), about=(self.single, law), p=p, q=q, law=law)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield self.single(*is_number(answer))
        if number(answer) is not None:
            p, q = exact(case.p), exact(case.q)
            yield case.law(*close(number(answer), divergence(p, q), case.p.dtype, 1.0))

    mistakes = (
        wrong(
            "the ½ forgotten",
            lambda p, q: _kl(p, (p + q) / 2) + _kl(q, (p + q) / 2),
            "The two divergences were added, not averaged: disjoint distributions would be 2 log 2 apart.",
        ),
        wrong(
            "each from the other",
            lambda p, q: (_kl(p, q) + _kl(q, p)) / 2,
            "Each distribution was compared with the other one, which may be infinite. Both are compared with the mixture.",
        ),
        wrong(
            "zero times minus infinity",
            lambda p, q: 0.5 * (p * (p / ((p + q) / 2)).log()).sum() + 0.5 * (q * (q / ((p + q) / 2)).log()).sum(),
            "A value without mass gives 0 · log 0, which floats call NaN. Its limit is 0.",
        ),
        wrong(
            "one of the two only",
            lambda p, q: _kl(p, (p + q) / 2),
            "Only p was compared with the mixture. JSD is symmetric: q is compared as well.",
            also=(lambda p, q: _kl(p, (p + q) / 2) / 2,),
        ),
        wrong(
            "the sum in place of the mixture",
            lambda p, q: (_kl(p, p + q) + _kl(q, p + q)) / 2,
            "p + q has mass 2. Its half is a distribution; without the ½ the result is JSD − log 2, never above 0.",
        ),
        wrong(
            "the mixture weighs itself",
            lambda p, q: (_kl((p + q) / 2, p) + _kl((p + q) / 2, q)) / 2,
            "These are KL(m ‖ p) and KL(m ‖ q), infinite where p or q has no mass. The mixture stands second.",
        ),
        wrong(
            "the mean over the values",
            lambda p, q: (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2 / len(p),
            "The terms were averaged over the n values (as kl_div does if it is told nothing). An expectation adds up "
            "what p and q have weighed already.",
        ),
        wrong(
            "bits",
            lambda p, q: (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2 / math.log(2),
            "The logarithm has base 2. In nats the largest value is log 2 = 0.693.",
        ),
        wrong(
            "its root",
            lambda p, q: ((_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2).clamp_min(0).sqrt(),
            "This is the root of the divergence, the Jensen–Shannon distance (scipy's function of that name gives it).",
        ),
    )
