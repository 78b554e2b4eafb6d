"""metric.mmd: the Gaussian kernel, and the unbiased estimate of the squared maximum mean discrepancy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.clouds import cloud, clouds
from autograder.judging.compare import arithmetic, close, exact, has_shape, is_number, number
from autograder.judging.domain import Domain, Like, Number, Reals
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

WIDTH = Number(Reals(0, math.inf, reach=(0.05, 1e3)))


@exercise("metric.mmd", ("kernel", "mmd_unbiased"))
class Mmd(Exercise):
    """Mean of k within x, plus within y, minus twice across, no point paired with itself."""

    shape = gate("the kernel has one value for each pair, as a tensor (N, M)")
    scalar = gate("the estimate is one number")
    values = pays("the kernel is exp(−‖x − y‖² / 2h²)", 0.8)
    estimate = pays("the estimate leaves out the pairs of a point with itself, and no other pairs", 0.8)
    negative = pays("where the estimate is negative it is given as it is", 0.4)

    hints = (
        "How many pairs of two different points are there among n? And how many pairs of one of n with one of m?",
        "Every point paired with itself adds exactly 1 to the sum over all pairs.",
        "The mean over the pairs across runs over all of them, also where i = j.",
    )

    domain = {
        "kernel": Domain(
            {"x": clouds("N"), "y": clouds("M"), "h": WIDTH},
            sizes={"N": (1, 6), "M": (1, 6), "D": (1, 4)},
            returns=Like("x"),
        ),
        "mmd_unbiased": Domain(
            {"x": clouds("N"), "y": clouds("M"), "h": WIDTH}, sizes={"N": (2, 6, 20), "M": (2, 6, 20), "D": (1, 4)}
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        x, y = torch.tensor([[0.0], [1.0]]).double(), torch.tensor([[0.0], [2.0]]).double()
        yield self.case_of("kernel", {"x": x, "y": y, "h": 1.0})
        yield self.case_of("mmd_unbiased", {"x": x, "y": y, "h": 1.0})
        twice = torch.tensor([[0.0], [0.0], [1.5], [0.5]]).double()  # equal points are two points all the same
        yield self.case_of("mmd_unbiased", {"x": twice, "y": y, "h": 1.0})
        yield self.case_of("mmd_unbiased", {"x": y, "y": twice, "h": 1.0})
        for dtype, device in arithmetic():
            for n, m, D in ((4, 4, 2), (3, 7, 1), (8, 5, 3)):
                x, y = cloud(rng, n, D, dtype, device), cloud(rng, m, D, dtype, device)
                for h in (float(rng.uniform(0.3, 0.8)), float(rng.uniform(1.5, 4))):
                    yield self.case_of("kernel", {"x": x, "y": y, "h": h})
                    yield self.case_of("mmd_unbiased", {"x": x, "y": y, "h": h})
                    yield self.case_of("mmd_unbiased", {"x": x, "y": x[: n - 1] + 0.1 * h, "h": h})  # a negative one
            far = 1e4 + cloud(rng, 9, 2, dtype, device)  # the squares have lost what the differences still hold
            yield self.case_of("kernel", {"x": far[:4], "y": far[4:], "h": 1.5})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = (self.shape, self.values) if name == "kernel" else (self.scalar, self.estimate)
        if name == "mmd_unbiased" and _estimate(given["x"], given["y"], given["h"]) < 0:
            laws = (*laws, self.negative)
        return case(call(name, *given.values()), about=laws, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        lost = 1 + _rounded(case.x, case.y) / case.h**2  # of the exponent
        if case.asks[0].of == "kernel":
            shape = has_shape(answer, (len(case.x), len(case.y)), case.x)
            yield self.shape(*shape)
            if shape.ok:
                yield self.values(*close(answer, _kernel(case.x, case.y, case.h), case.x.dtype, lost))
            return
        shape = is_number(answer)
        yield self.scalar(*shape)
        if shape.ok:
            verdict = close(number(answer), _estimate(case.x, case.y, case.h), case.x.dtype, 4 * lost)
            yield self.estimate(*verdict)
            if self.negative in case.about:
                yield self.negative(*verdict)

    mistakes = (
        wrong(
            "a point paired with itself",
            {"mmd_unbiased": lambda x, y, h: _mean(x, x, h) + _mean(y, y, h) - 2 * _mean(x, y, h)},
            "These means run over all pairs, those of a point with itself included: each adds 1, and the estimate is too large.",
        ),
        wrong(
            "the diagonal left out, but counted",
            {
                "mmd_unbiased": lambda x, y, h: (
                    _mean(x, x, h) - 1 / len(x) + _mean(y, y, h) - 1 / len(y) - 2 * _mean(x, y, h)
                )
            },
            "The pairs of a point with itself are left out of the sum, but the sum is still divided by n²; there are n(n − 1) pairs.",
        ),
        wrong(
            "cut off at nought",
            {"mmd_unbiased": lambda x, y, h: max(0.0, _unbiased(x, y, h))},
            "The square of a distance is not negative, but its unbiased estimate is, more often than not where the truth is 0.",
            also=({"mmd_unbiased": lambda x, y, h: abs(_unbiased(x, y, h))},),
        ),
        wrong(
            "a root is taken",
            {"mmd_unbiased": lambda x, y, h: math.copysign(abs(_unbiased(x, y, h)) ** 0.5, _unbiased(x, y, h))},
            "This is the root. Asked for is the estimate of the square, which alone is unbiased.",
        ),
        wrong(
            "across without its diagonal",
            {"mmd_unbiased": lambda x, y, h: _hollow(x, y, h)},
            "The i-th of the data and the i-th of the model have nothing to do with each other: across, no pair is left out.",
            also=({"mmd_unbiased": lambda x, y, h: _hollow(x, y, h, of_all=True)},),
        ),
        wrong(
            "each pair once, counted twice",
            {"mmd_unbiased": lambda x, y, h: _unbiased(x, y, h) - _within(x, h) / 2 - _within(y, h) / 2},
            "Above the diagonal each pair stands once: there are n(n − 1)/2 of them, not n(n − 1).",
        ),
        wrong(
            "across counted once",
            {"mmd_unbiased": lambda x, y, h: _unbiased(x, y, h) + _mean(x, y, h)},
            "The pairs across enter twice: (a − b)² = a² + b² − 2ab.",
        ),
        wrong(
            "one size for both",
            {
                "mmd_unbiased": lambda x, y, h: (
                    (float(_k(x, x, h).sum()) - len(x) + float(_k(y, y, h).sum()) - len(x)) / (len(x) * (len(x) - 1))
                    - 2 * _mean(x, y, h)
                )
            },
            "Both samples are counted with the size of the first one.",
        ),
        wrong(
            "h is not squared",
            {"kernel": lambda x, y, h: torch.exp(-_squares(x, y) / (2 * h))},
            "The bandwidth has the units of a distance: in the exponent it is squared, as the distance is.",
        ),
        wrong(
            "the bandwidth turned round",
            {"kernel": lambda x, y, h: torch.exp(-_squares(x, y) * h)},
            "A wide kernel has a large h: h divides the distance, squared as it is. (As a factor it is what some call gamma.)",
            also=(
                {"kernel": lambda x, y, h: torch.exp(-_squares(x, y) * h / 2)},
                {"kernel": lambda x, y, h: torch.exp(-_squares(x, y) * h**2 / 2)},
            ),
        ),
        wrong(
            "the 2 is missing",
            {"kernel": lambda x, y, h: torch.exp(-_squares(x, y) / h**2)},
            "The exponent is that of a normal density of standard deviation h: the factor 2 below is missing.",
        ),
        wrong(
            "distance not squared",
            {"kernel": lambda x, y, h: torch.exp(-_squares(x, y).sqrt() / (2 * h**2))},
            "The Gaussian kernel has the squared distance in its exponent. (With the distance itself it is another kernel.)",
            also=({"kernel": lambda x, y, h: torch.exp(-_squares(x, y).sqrt() / h)},),
        ),
    )


def _squares(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (x[:, None] - y[None]).pow(2).sum(-1)


def _k(x: torch.Tensor, y: torch.Tensor, h: float) -> torch.Tensor:
    return torch.exp(-_squares(x, y) / (2 * h**2))


def _mean(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    return float(_k(x, y, h).double().mean())


def _within(x: torch.Tensor, h: float) -> float:
    return (_mean(x, x, h) * len(x) - 1) / (len(x) - 1)


def _unbiased(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    return _within(x, h) + _within(y, h) - 2 * _mean(x, y, h)


def _hollow(x: torch.Tensor, y: torch.Tensor, h: float, of_all: bool = False) -> float:
    k = _k(x, y, h).double()
    off = float(k.sum() - k.diagonal().sum()) / (k.numel() - (0 if of_all else min(k.shape)))
    return _unbiased(x, y, h) + 2 * _mean(x, y, h) - 2 * off


# --- the oracle: pair by pair ----------------------------------------------------------------------------------


def _rounded(x: torch.Tensor, y: torch.Tensor) -> float:
    """Of which a squared distance may be off by a rounding: a coordinate is rounded where the points are moved."""
    z = np.concatenate([exact(x), exact(y)])
    return float(np.linalg.norm(z, axis=1).max() * np.linalg.norm(z.max(0) - z.min(0)))


def _kernel(x: torch.Tensor, y: torch.Tensor, h: float) -> np.ndarray:
    """Every pair by itself; the distance by hypot, which neither over- nor underflows."""
    rows = [[math.exp(-((math.dist(a, b) / h) ** 2) / 2) for b in exact(y).tolist()] for a in exact(x).tolist()]
    return np.array(rows)


def _estimate(x: torch.Tensor, y: torch.Tensor, h: float) -> float:
    within = [np.mean(_kernel(z, z, h)[~np.eye(len(z), dtype=bool)]) for z in (x, y)]
    return float(sum(within) - 2 * _kernel(x, y, h).mean())
