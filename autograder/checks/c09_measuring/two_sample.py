"""metric.two_sample: a vote of nearest neighbours as a test of whether two laws are equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import stats

from autograder.checks.c09_measuring.shared import apart, distinct, until
from autograder.judging.clouds import cloud, clouds
from autograder.judging.compare import arithmetic, close
from autograder.judging.domain import Domain, Made, Place
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

PARTS = ("accuracy", "p_value")


def _odd(place: Place) -> int:
    return 1 + 2 * int(place.rng.integers(0, (place.sizes["N"] // 2 + 1) // 2))


@exercise("metric.two_sample", ("two_sample_test",))
class TwoSample(Exercise):
    """Right verdicts on held-out samples, and the probability that as many coins do as well or better."""

    numbers = gate("the result is a dict of two numbers")
    accuracy = pays("the accuracy is the share of held-out samples that the vote gets right", 0.9)
    p_value = pays("the p-value is the probability that coins do as well or better", 1.1)

    hints = (
        "Which rows may the vote look at, and which rows are judged?",
        "As well *or better*: the sum over the binomial probabilities begins at the number that was right.",
        "2ⁿ and its binomial coefficients are whole numbers in Python, exact at any size.",
    )

    domain = {
        "two_sample_test": Domain(
            {
                "real": clouds("N", shifts=(1.0,)),
                "fake": clouds("N", shifts=(1.0,)),
                "k": Made(_odd, (lambda place: 1,), ("int ≥ 1", "odd")),
            },
            sizes={"N": (4, 12, 41), "D": (1, 4)},
            when=lambda real, fake, k: _clear(real, fake),
            says=("k ≤ N // 2;",),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        real, fake = (
            torch.tensor([[0.0], [1.0], [0.2], [5.2]]).double(),
            torch.tensor([[5.0], [6.5], [5.6], [4.1]]).double(),
        )
        yield self.case_of("two_sample_test", {"real": real, "fake": fake, "k": 1})
        # so far apart that all are right, and that the p-value is below what is left of 1 − (1 − p)
        near, far = cloud(rng, 60, 2, torch.float64), cloud(rng, 60, 2, torch.float64) + 100
        yield self.case_of("two_sample_test", {"real": near, "fake": far, "k": 3})
        for dtype, device in arithmetic():
            for n, D, k, shift in ((9, 2, 1, 0.5), (30, 2, 5, 1.0), (40, 3, 3, 0.0), (14, 1, 7, 2.0), (12, 2, 3, 30.0)):

                def draw(n: int = n, D: int = D, shift: float = shift, at: Any = (dtype, device)) -> tuple:
                    return cloud(rng, n, D, *at), cloud(rng, n, D, *at) + shift

                real, fake = until(draw, _clear)
                yield self.case_of("two_sample_test", {"real": real, "fake": fake, "k": k})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call(name, *given.values()), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_parts(answer, PARTS)
        yield self.numbers(*shape)
        if not shape.ok:
            return
        got = parts_of(answer, PARTS)
        right, n = _right_ones(case.real, case.fake, case.k)
        yield self.accuracy(*close(got["accuracy"], right / n, torch.float32))
        tail = stats.binomtest(right, n, 0.5, alternative="greater").pvalue
        yield self.p_value(*close(got["p_value"], tail, torch.float32, n * tail))  # scipy sums n terms, each rounded

    mistakes = (
        wrong(
            "judged on what it was trained on",
            lambda real, fake, k: _test(real, fake, k, held="train"),
            "The verdicts are counted on samples that the vote has seen: with k = 1 all of them are right, whatever the laws.",
            also=(lambda real, fake, k: _test(real, fake, k, held="all"),),
        ),
        wrong(
            "nothing held out",
            lambda real, fake, k: _leave_one_out(real, fake, k),
            "Each row was judged by all the others. The docstring wants the first halves for training, the others judged.",
        ),
        wrong(
            "better, not as well",
            lambda real, fake, k: _test(real, fake, k, tail=lambda r, n: stats.binom.sf(r, n, 0.5)),
            "The number that was right belongs to the sum: as well or better.",
        ),
        wrong(
            "two-sided",
            lambda real, fake, k: _test(real, fake, k, tail=lambda r, n: stats.binomtest(r, n, 0.5).pvalue),
            "Being right less often than a coin is no evidence here: only one tail counts.",
            also=(lambda real, fake, k: _test(real, fake, k, tail=lambda r, n: min(1.0, 2 * stats.binom.sf(r - 1, n, 0.5))),),
        ),
        wrong(
            "the normal approximation",
            lambda real, fake, k: _test(real, fake, k, tail=lambda r, n: stats.norm.sf((r - n / 2) / (n / 4) ** 0.5)),
            "The normal distribution is near the binomial, but not equal to it, least of all in the tail.",
            also=(
                lambda real, fake, k: _test(
                    real, fake, k, tail=lambda r, n: stats.norm.sf((r - 0.5 - n / 2) / (n / 4) ** 0.5)
                ),
            ),
        ),
        wrong(
            "the lower tail",
            lambda real, fake, k: _test(real, fake, k, tail=lambda r, n: stats.binom.cdf(r, n, 0.5)),
            "This is the probability that coins do as badly or worse.",
        ),
        wrong(
            "the probability of exactly so many",
            lambda real, fake, k: _test(real, fake, k, tail=lambda r, n: stats.binom.pmf(r, n, 0.5)),
            "Any single count is improbable. A p-value adds up all that are as good or better.",
        ),
        wrong(
            "accuracy never below a half",
            lambda real, fake, k: _test(real, fake, k, flip=True),
            "A classifier that is worse than a coin is not turned round after the fact: that is another test.",
        ),
        wrong(
            "the nearest alone",
            lambda real, fake, k: _test(real, fake, 1),
            "One neighbour decides here, k are to vote.",
        ),
    )  # fmt: skip


def _test(
    real: torch.Tensor, fake: torch.Tensor, k: int, held: str = "rest", tail: Any = None, flip: bool = False
) -> dict[str, float]:
    half = len(real) // 2
    parts = {"rest": slice(half, None), "train": slice(0, half), "all": slice(0, None)}
    train, judged = torch.cat([real[:half], fake[:half]]), torch.cat([real[parts[held]], fake[parts[held]]])
    truth = torch.arange(len(judged)) >= len(judged) // 2
    nearest = (judged[:, None] - train[None]).norm(dim=-1).topk(k, largest=False).indices
    right, n = int((((nearest >= half).sum(1) > k / 2) == truth).sum()), len(judged)
    right = max(right, n - right) if flip else right
    tail = tail or (lambda r, n: stats.binom.sf(r - 1, n, 0.5))
    return {"accuracy": right / n, "p_value": float(tail(right, n))}


def _leave_one_out(real: torch.Tensor, fake: torch.Tensor, k: int) -> dict[str, float]:
    both, N = torch.cat([real, fake]), len(real)
    apart = (both[:, None] - both[None]).norm(dim=-1).fill_diagonal_(torch.inf)
    votes = (apart.topk(k, largest=False).indices >= N).sum(1) > k / 2
    right = int((votes == (torch.arange(2 * N) >= N)).sum())
    return {"accuracy": right / (2 * N), "p_value": float(stats.binom.sf(right - 1, 2 * N, 0.5))}


# --- the oracle: votes counted one by one ----------------------------------------------------------------------


def _split(real: torch.Tensor, fake: torch.Tensor) -> tuple[list[tuple[str, torch.Tensor]], ...]:
    half = len(real) // 2
    named = [[(name, row) for row in rows] for name, rows in (("real", real), ("fake", fake))]
    return [*named[0][:half], *named[1][:half]], [*named[0][half:], *named[1][half:]]


def _right_ones(real: torch.Tensor, fake: torch.Tensor, k: int) -> tuple[int, int]:
    train, held = _split(real, fake)
    d = apart(torch.stack([row for _, row in held]), torch.stack([row for _, row in train]))
    verdicts = [Counter(train[j][0] for j in np.argsort(row)[:k]).most_common(1)[0][0] for row in d]
    return sum(verdict == name for verdict, (name, _) in zip(verdicts, held, strict=True)), len(held)


def _clear(real: torch.Tensor, fake: torch.Tensor) -> bool:
    """No held-out sample has two training samples nearly equally far away."""
    train, held = _split(real, fake)
    d = apart(torch.stack([row for _, row in held]), torch.stack([row for _, row in train]))
    return all(distinct(row) for row in d)
