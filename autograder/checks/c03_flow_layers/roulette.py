"""flow.roulette: Σ_{k≤N} (−1)^{k+1} (vᵀJᵏv) / (k P(N ≥ k)) with a random N, P(N ≥ k) = (1 − p)^{k−1}: unbiased."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, near, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Plain

DRAW, ESTIMATE = NAMES = "draw_terms", "roulette_ladj"
GRID = 4000  # evenly spaced noises whose shares are counted
_P = Number(Reals(0.05, 0.9, "[]"))


def _survives(p: float, k: int) -> float:
    return (1 - p) ** (k - 1)


def _with(
    share: Callable[[float, int], float], sign: Callable = lambda k: (-1) ** (k + 1), over: Callable = lambda k: k
) -> Callable:
    """The sum of the first N terms, each divided by that share."""

    def estimate(powers: torch.Tensor, N: int, p: float) -> torch.Tensor:
        return sum(sign(k) * powers[k - 1] / (over(k) * share(p, k)) for k in range(1, N + 1))

    return estimate


_right = _with(_survives)


@exercise("flow.roulette", NAMES)
class Roulette(Exercise):
    """A random number of terms, each divided by the probability that it is reached."""

    shape = gate("a number of terms for every noise, and an estimate for every item")
    law_of_N = pays("N is 1 or more, and the share of noises with N ≥ k is (1 − p)^(k − 1)")
    terms = pays("the estimate adds the first N terms, each divided by the probability of reaching it")
    unbiased = pays("averaged over N, the estimates are the sum of the series")

    hints = (
        "Each term survives the draw with some probability. By what must it be divided so that it counts in full on average?",
        "P(N ≥ k) is the chance of k − 1 times not stopping. How often is the first term there?",
        "N ≥ k exactly if u < (1 − p)^(k − 1). Take logarithms: how many k fulfil that? (Both logarithms are negative.)",
    )
    domain = {
        DRAW: Domain({"u": Tensor("B", Reals(0, 1, reach=(1e-3, 1))), "p": _P}, sizes={"B": (1, 6)}, draws=2, most=12),
        ESTIMATE: Domain(
            {
                "powers": Tensor("K, B", Reals(reach=(1e-3, 10)), says=("the numbers vᵀJ^k v",)),
                "N": Number(Wholes(1, "K")),
                "p": _P,
            },
            sizes={"K": (1, 6), "B": (1, 3)},
            returns=Like("powers"),
            draws=2,
            most=16,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        two = floats([[1.0], [1.0]], PYTHON)
        yield self.case_of(ESTIMATE, {"powers": two, "N": 1, "p": 0.5})
        yield self.case_of(ESTIMATE, {"powers": two, "N": 2, "p": 0.5})
        for dtype, device in arithmetic():
            grid = floats((np.arange(GRID) + 0.5) / GRID, dtype, device)
            for p in (0.5, float(rng.uniform(0.1, 0.4))):
                yield case(call(DRAW, grid, p), about=(self.shape, self.law_of_N), p=p, u=grid)
            for K, B in ((3, 2), (5, 1)):
                powers, p = floats(rng.normal(size=(K, B)), dtype, device), float(rng.uniform(0.2, 0.7))
                for N in range(1, K + 1):
                    yield self.case_of(ESTIMATE, {"powers": powers, "N": N, "p": p})
                asks = [call(ESTIMATE, powers, N, p) for N in range(1, K + 1)]
                yield case(*asks, about=(self.shape, self.unbiased), powers=powers, p=p)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == DRAW:
            return case(
                call(DRAW, given["u"], given["p"]), about=(self.shape, self.law_of_N), p=given["p"], u=given["u"]
            )
        return case(
            call(ESTIMATE, *given.values()),
            about=(self.shape, self.terms),
            powers=given["powers"],
            N=given["N"],
            p=given["p"],
        )

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.asks[0].of == DRAW:
            yield from self._draws(case, answers[0])
            return
        powers = exact(case.powers)
        shapes = [has_shape(answer, powers.shape[1:], case.powers) for answer in answers]
        fallen = next((shape for shape in shapes if not shape.ok), shapes[0])
        yield self.shape(*fallen)
        if not fallen.ok:
            return
        k = np.arange(1, len(powers) + 1)[:, None]
        terms = (-1.0) ** (k + 1) * powers / k
        if hasattr(case.facts, "N"):
            weighed = terms / (1 - case.p) ** (k - 1.0)
            size = np.abs(weighed[: case.N]).sum(axis=0)
            yield self.terms(*close(answers[0], weighed[: case.N].sum(axis=0), case.powers.dtype, 1 + size))
            return
        reached = (1 - case.p) ** np.arange(len(powers) + 1.0)
        reached[-1] = 0.0  # the last estimate stands for all longer ones, as there are no more terms
        mean = sum((reached[j] - reached[j + 1]) * values(answer) for j, answer in enumerate(answers))
        verdict = near(mean, terms.sum(axis=0), 1e-4)
        yield self.unbiased(verdict.ok, f"{verdict.expected} on average", verdict.got)

    def _draws(self, case: Case, answer: Any) -> Iterator[Finding]:
        u = exact(case.u)
        whole = isinstance(answer, Plain) and answer.shape == u.shape and answer.array.dtype.kind in "fi"
        whole = whole and bool((answer.array == np.round(answer.array)).all())
        yield self.shape(whole, f"whole numbers of shape {u.shape}", kind_of(answer))
        if not whole:
            return
        N = answer.array.astype(float)
        if len(u) < GRID:  # either end of the noise may stand for long draws
            both = [1 + np.floor(np.log(v) / math.log1p(-case.p)) for v in (u, 1 - u)]
            off = min(np.abs(N - each).max() for each in both)
            yield self.law_of_N(
                off <= 1 and N.min() >= 1, f"{both[0].astype(int).tolist()}, or with 1 − u", str(N.tolist())
            )
            return
        for k in range(1, 8):
            want, got = _survives(case.p, k), float((k <= N).mean())
            ok = abs(want - got) <= 4 / GRID
            yield self.law_of_N(ok, f"N ≥ {k} with probability {want:.4g}", f"{got:.4g}")

    mistakes = (
        wrong(
            "not divided by the probability",
            {ESTIMATE: _with(lambda p, k: 1)},
            "Late terms are reached seldom. Where they are, they have to stand for all the times when they were not: divide "
            "by P(N ≥ k).",
        ),
        wrong(
            "the probability of N = k",
            {ESTIMATE: _with(lambda p, k: p * (1 - p) ** (k - 1))},
            "The k-th term is added whenever N is k or more, not only if N = k.",
        ),
        wrong(
            "one stop too many",
            {ESTIMATE: _with(lambda p, k: (1 - p) ** k)},
            "The first term is always there: P(N ≥ 1) = 1. The k-th one has survived k − 1 draws.",
        ),
        wrong(
            "p for 1 − p",
            {ESTIMATE: _with(lambda p, k: p ** (k - 1))},
            "p is the probability of stopping. To reach term k one must not stop k − 1 times.",
        ),
        wrong(
            "multiplied by the probability",
            {ESTIMATE: _with(lambda p, k: 1 / _survives(p, k))},
            "A term that is reached seldom must weigh more, not less: divide.",
        ),
        wrong(
            "signs that do not alternate",
            {ESTIMATE: _with(_survives, sign=lambda k: 1)},
            "The series of log(1 + j) alternates: plus, minus, plus, …",
        ),
        wrong(
            "1/k forgotten",
            {ESTIMATE: _with(_survives, over=lambda k: 1)},
            "The k-th term is divided by k, beside the probability.",
        ),
        wrong(
            "counted from 0",
            {DRAW: lambda u, p: torch.floor(torch.log(u) / math.log(1 - p)).long()},
            "N counts terms, and the first one is always there: N ≥ 1. The number of times that one goes on is one less than N.",
            also=({DRAW: lambda u, p: torch.floor(torch.log(u) / math.log(1 - p)).long().clamp(min=1)},),
        ),
        wrong(
            "one term too many",
            {DRAW: lambda u, p: 1 + torch.ceil(torch.log(u) / math.log(1 - p)).long()},
            "N = 1 is possible as well: it has the probability p. Rounding upwards counts the first term already.",
        ),
        wrong(
            "rounded to the nearest number",
            {DRAW: lambda u, p: 1 + torch.round(torch.log(u) / math.log(1 - p)).long()},
            "N ≥ k exactly if log u / log(1 − p) > k − 1: to count these k, round downwards and add 1.",
            also=(
                {DRAW: lambda u, p: torch.round(torch.log(u) / math.log(1 - p)).long()},
                {DRAW: lambda u, p: torch.round(torch.log(u) / math.log(1 - p)).long().clamp(min=1)},
            ),
        ),
        wrong(
            "one term missing",
            {ESTIMATE: lambda powers, N, p: _right(powers, N - 1, p) + 0 * powers[0]},
            "N terms are added: k = 1 … N, both ends included.",
        ),
        wrong(
            "all the terms",
            {ESTIMATE: lambda powers, N, p: _right(powers, len(powers), p)},
            "N says how many terms are added. Those after it were not reached.",
        ),
        wrong(
            "the whole sum divided once",
            {ESTIMATE: lambda powers, N, p: _with(lambda p, k: 1)(powers, N, p) / _survives(p, N)},
            "Each term has a probability of its own to be reached, and is divided by that one.",
        ),
        wrong(
            "stops as often as it should go on",
            {DRAW: lambda u, p: 1 + torch.floor(torch.log(u) / math.log(p)).long()},
            "p is the probability of stopping, so N ≥ k has the probability (1 − p)^(k − 1).",
        ),
    )
