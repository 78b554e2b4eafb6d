"""metric.nearest_neighbour: how far fakes are from the training set, in units of what fresh data are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy.spatial import cKDTree

from autograder.judging.clouds import cloud, clouds
from autograder.judging.compare import arithmetic, close, exact
from autograder.judging.domain import Domain
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of

PARTS = ("fake", "real", "ratio")


@exercise("metric.nearest_neighbour", ("neighbour_ratio",))
class NearestNeighbour(Exercise):
    """Mean distance of a fake to the nearest training sample, over the same for fresh data."""

    numbers = gate("the result is a dict of three numbers")
    fake = pays("the first number is the mean distance of a fake to the nearest training sample", 0.5)
    real = pays("the second is the same for the test samples", 0.5)
    ratio = pays("the ratio is the first over the second", 1.0)

    hints = (
        "For each fake, of all its distances to the training samples, only one counts.",
        "First the minimum over the training samples, then the mean over the fakes.",
        "The test samples go through the same function as the fakes.",
    )

    domain = {
        "neighbour_ratio": Domain(
            {"train": clouds("N"), "fake": clouds("M"), "test": clouds("K")},
            sizes={"N": (1, 9, 30), "M": (1, 9, 30), "K": (1, 9, 30), "D": (1, 4)},
            when=lambda train, fake, test: float(_nearest(test, train).min()) > 1e-2 * _size(train, fake, test),
            says=("none of them in train;",),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        train, fake = torch.tensor([[0.0], [10.0]]).double(), torch.tensor([[0.5], [9.0]]).double()
        yield self.case_of(
            "neighbour_ratio", {"train": train, "fake": fake, "test": torch.tensor([[2.0], [7.0]]).double()}
        )
        near, test = torch.tensor([[0.5], [1.0]]).double(), torch.tensor([[2.0], [3.0]]).double()
        yield self.case_of("neighbour_ratio", {"train": train, "fake": near, "test": test})  # nobody is near the 10
        for dtype, device in arithmetic():
            for n, m, k, D in ((12, 7, 9, 2), (5, 20, 4, 3), (30, 3, 3, 1)):
                train, test = cloud(rng, n, D, dtype, device), cloud(rng, k, D, dtype, device) + 0.5
                copies = train[torch.tensor(rng.integers(n, size=m))]
                for fake in (cloud(rng, m, D, dtype, device), copies + 0.05, copies):
                    yield self.case_of("neighbour_ratio", {"train": train, "fake": fake, "test": test})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call(name, *given.values()), **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_parts(answer, PARTS)
        yield self.numbers(*shape)
        if not shape.ok:
            return
        got, size = parts_of(answer, PARTS), _size(case.train, case.fake, case.test)
        ours, real = (float(_nearest(x, case.train).mean()) for x in (case.fake, case.test))
        yield self.fake(*close(got["fake"], ours, case.train.dtype, size))
        yield self.real(*close(got["real"], real, case.train.dtype, size))
        yield self.ratio(*close(got["ratio"], ours / real, case.train.dtype, (size + size * ours / real) / real))

    mistakes = (
        wrong(
            "squared distances",
            lambda train, fake, test: _three(fake, test, lambda x: _apart(x, train).min(1).values.pow(2).mean()),
            "These are squared distances. The docstring asks for distances.",
        ),
        wrong(
            "from the training samples to the fakes",
            lambda train, fake, test: _three(fake, test, lambda x: _apart(x, train).min(0).values.mean()),
            "This asks how far a training sample is from the nearest fake. Copies of a single training picture would pass.",
        ),
        wrong(
            "the root mean square",
            lambda train, fake, test: _three(fake, test, lambda x: _apart(x, train).min(1).values.pow(2).mean().sqrt()),
            "This is the root of the mean of the squares. The docstring asks for the mean of the distances.",
        ),
        wrong(
            "nearest of training and test together",
            lambda train, fake, test: _three(
                fake, test, lambda x: _apart(x, train if x is test else torch.cat([train, test])).min(1).values.mean()
            ),
            "The fakes may be near a test sample here as well. Both distances are to the training samples.",
        ),
        wrong(
            "all pairs",
            lambda train, fake, test: _three(fake, test, lambda x: _apart(x, train).mean()),
            "This is the mean over all pairs. Only the nearest training sample gives a copy away.",
        ),
        wrong(
            "the nearest of all",
            lambda train, fake, test: _three(fake, test, lambda x: _apart(x, train).min()),
            "This is the smallest of all distances. First comes the nearest for each sample, then the mean.",
        ),
        wrong(
            "the median",
            lambda train, fake, test: _three(fake, test, lambda x: _apart(x, train).min(1).values.median()),
            "The docstring asks for the mean over samples, not for the median.",
        ),
        wrong(
            "upside down",
            lambda train, fake, test: {
                **_good(train, fake, test),
                "ratio": float(1 / torch.tensor(_good(train, fake, test)["ratio"])),
            },
            "Copies must come out near 0, so the fakes stand above the line.",
        ),
        wrong(
            "mean of ratios",
            lambda train, fake, test: {
                **_good(train, fake, test),
                "ratio": float(_apart(fake, train).min(1).values.mean() * (1 / _apart(test, train).min(1).values).mean()),
            },
            "The mean of the inverse distances is not the inverse of the mean distance: form both means first.",
        ),
        wrong(
            "test against fakes",
            lambda train, fake, test: {
                "fake": float(_apart(fake, train).min(1).values.mean()),
                "real": float(_apart(test, fake).min(1).values.mean()),
                "ratio": float(_apart(fake, train).min(1).values.mean() / _apart(test, fake).min(1).values.mean().clamp(min=1e-12)),
            },
            "The yardstick is how far fresh data are from the *training* samples; the fakes have no part in it.",
        ),
    )  # fmt: skip


def _apart(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (x[:, None] - y[None]).norm(dim=-1)


def _three(fake: torch.Tensor, test: torch.Tensor, measure: Any) -> dict[str, float]:
    ours, real = float(measure(fake)), float(measure(test))
    return {"fake": ours, "real": real, "ratio": ours / real}


def _good(train: torch.Tensor, fake: torch.Tensor, test: torch.Tensor) -> dict[str, float]:
    return _three(fake, test, lambda x: _apart(x, train).min(1).values.mean())


def _nearest(x: torch.Tensor, train: torch.Tensor) -> np.ndarray:
    """By a tree that never forms all the pairs."""
    return cKDTree(exact(train)).query(exact(x))[0]


def _size(*clouds: torch.Tensor) -> float:
    return float(sum(np.abs(exact(c)).max() * c.shape[1] for c in clouds))
