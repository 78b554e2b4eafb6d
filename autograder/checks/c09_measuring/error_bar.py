"""metric.error_bar: standard error and bias of any distance, from data sets that are drawn with replacement."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c09_measuring.shared import differing
from autograder.judging.clouds import cloud, clouds
from autograder.judging.compare import EPSILON, arithmetic, close, exact, kind_of
from autograder.judging.domain import Domain, Made, Place
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.judging.parts import has_parts, parts_of
from pushforward.answering.wire import Callback, Plain

PARTS = ("error", "bias")
DISTANCES = {
    "squared gap of the means": lambda x, y: float(((x.mean(0) - y.mean(0)) ** 2).sum()),
    "spread of x over that of y": lambda x, y: float(
        (1 + (x - x.mean(0)) ** 2).sum() / (1 + (y - y.mean(0)) ** 2).sum()
    ),
    "largest of x less the largest of y": lambda x, y: float(x.max() - y.max()),
}


def _rows(place: Place, size: str) -> torch.Tensor:
    B, n = place.sizes["B"], place.sizes[size]
    return torch.tensor(place.rng.integers(n, size=(B, n)), device=place.device)


def _named(place: Place) -> Callback:
    return Callback(str(place.rng.choice(list(DISTANCES))))


def _draws(size: str) -> Made:
    return Made(partial(_rows, size=size), (), (f"(B, {size})", "int64", f"values 0 … {size} − 1"))


@exercise("metric.error_bar", ("bootstrap",))
class ErrorBar(Exercise):
    """The standard deviation of distances between drawn data sets, and how far their mean lies above the distance."""

    numbers = gate("the result is a dict of two numbers")
    error = pays("the error is the standard deviation of the distances of the drawn data sets", 0.4)
    bias = pays("the bias is their mean minus the distance of the data sets themselves", 0.4)
    both = pays("error and bias belong to the same draws, of x and of y, each with its own rows", 1.2)

    hints = (
        "How many distances are measured in all? B for the drawn sets, and one more.",
        "x[rows_x[b]] is a data set as large as x, in which some rows come twice.",
        "The distance is any function of two sets: call it, do not assume a formula.",
    )

    domain = {
        "bootstrap": Domain(
            {
                "distance": Made(_named, (), ("takes (N, D) and (M, D)", "gives a number")),
                "x": clouds("N", scales=(30.0,)),
                "y": clouds("M", scales=(30.0,)),
                "rows_x": _draws("N"),
                "rows_y": _draws("M"),
            },
            sizes={"N": (1, 7), "M": (1, 7), "D": (1, 3), "B": (2, 6)},
            draws=3,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        columns = [torch.tensor(v).double()[:, None] for v in ([0.0, 2.0], [3.0, 5.0])]
        rows = [torch.tensor(v) for v in ([[0, 0], [0, 1], [1, 1]], [[0, 1], [1, 1], [0, 0]])]
        yield self._asked("squared gap of the means", *columns, *rows)
        large = (rows[0], torch.tensor([[0, 1], [0, 1], [1, 1]]))  # a bias below nought
        yield self._asked("largest of x less the largest of y", *columns, *large)
        for dtype, device in arithmetic():
            for name, (n, m, D, B) in zip(DISTANCES, ((5, 8, 2, 6), (9, 4, 1, 4), (6, 6, 3, 2)), strict=True):
                x, y = cloud(rng, n, D, dtype, device), cloud(rng, m, D, dtype, device)
                rows = (torch.tensor(rng.integers(k, size=(B, k)), device=device) for k in (n, m))
                yield self._asked(name, x, y, *rows)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._asked(given["distance"].name, *list(given.values())[1:])

    def _asked(
        self, distance: str, x: torch.Tensor, y: torch.Tensor, rows_x: torch.Tensor, rows_y: torch.Tensor
    ) -> Case:
        ask = call("bootstrap", Callback(distance), x, y, rows_x, rows_y)
        return case(ask, f=DISTANCES[distance], x=x, y=y, rows_x=rows_x, rows_y=rows_y)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        """The distance of two sets of rows."""
        sets = (*args, *kwargs.values())
        width = case.x.shape[1]
        for z in sets:
            if not (
                isinstance(z, Plain)
                and z.dtype in EPSILON
                and len(z.shape) == 2
                and z.shape[1] == width
                and len(z.array)
            ):
                raise TypeError(f"it takes two tensors of shape (n, {width}), and got {kind_of(z)}")
        x, y = (z.array.astype(np.float64) for z in sets)
        return case.f(x, y)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_parts(answer, PARTS)
        yield self.numbers(*shape)
        if not shape.ok:
            return
        x, y, got = exact(case.x), exact(case.y), parts_of(answer, PARTS)
        pairs = zip(case.rows_x.tolist(), case.rows_y.tolist(), strict=True)
        found = np.array([case.f(x[i], y[j]) for i, j in pairs])
        size = float(abs(found).max() + abs(case.f(x, y)))
        # (1/2B(B−1)) Σ over all pairs of (d − d')² is the variance
        squares = (found[:, None] - found[None]) ** 2
        expected = {
            "error": float(np.sqrt(squares.sum() / (2 * len(found) * (len(found) - 1)))),
            "bias": float(np.mean(found - case.f(x, y))),
        }
        verdicts = {name: close(got[name], expected[name], torch.float64, size) for name in PARTS}
        yield self.error(*verdicts["error"])
        yield self.bias(*verdicts["bias"])
        bad = [name for name, verdict in verdicts.items() if not verdict.ok]
        yield self.both(not bad, "both right", differing(bad))

    mistakes = (
        wrong(
            "divided by B",
            lambda distance, x, y, rows_x, rows_y: _told(distance, x, y, rows_x, rows_y, spread=lambda d: d.std(ddof=0)),
            "The standard deviation of B distances has B − 1 below: their mean comes from the same B.",
        ),
        wrong(
            "the error of the mean",
            lambda distance, x, y, rows_x, rows_y: _told(
                distance, x, y, rows_x, rows_y, spread=lambda d: d.std(ddof=1) / len(d) ** 0.5
            ),
            "Divided by √B it is the error of the bootstrap's own mean. More draws do not make your data more certain.",
        ),
        wrong(
            "the variance",
            lambda distance, x, y, rows_x, rows_y: _told(distance, x, y, rows_x, rows_y, spread=lambda d: d.var(ddof=1)),
            "This is a variance; the error has the units of the distance.",
        ),
        wrong(
            "only x is drawn",
            lambda distance, x, y, rows_x, rows_y: _told(distance, x, y, rows_x, torch.arange(len(y)).expand(len(rows_x), -1)),
            "y was left as it is. Both sets are samples, and both would come out differently another time.",
            also=(
                lambda distance, x, y, rows_x, rows_y: _told(
                    distance, x, y, torch.arange(len(x)).expand(len(rows_x), -1), rows_y
                ),
            ),
        ),
        wrong(
            "the same rows for both",
            lambda distance, x, y, rows_x, rows_y: _told(distance, x, y, rows_x, rows_x % len(y)),
            "The rows of x were taken for y as well. Both sets are drawn independently.",
        ),
        wrong(
            "rows drawn twice count once",
            lambda distance, x, y, rows_x, rows_y: _told(
                distance, x, y, [i.unique() for i in rows_x], [j.unique() for j in rows_y]
            ),
            "Of rows that were drawn several times only one was kept. A bootstrap sample holds them as often as they were drawn.",
        ),
        wrong(
            "bias with the wrong sign",
            lambda distance, x, y, rows_x, rows_y: {
                **_told(distance, x, y, rows_x, rows_y),
                "bias": -_told(distance, x, y, rows_x, rows_y)["bias"],
            },
            "The bias is the mean of the drawn distances minus the distance, not the reverse.",
        ),
        wrong(
            "the mean for the bias",
            lambda distance, x, y, rows_x, rows_y: {
                **_told(distance, x, y, rows_x, rows_y),
                "bias": _told(distance, x, y, rows_x, rows_y)["bias"] + float(distance(x, y)),
            },
            "This is the mean of the drawn distances. The bias is how far it lies above the distance of your samples.",
        ),
    )  # fmt: skip


def _told(distance: Any, x: torch.Tensor, y: torch.Tensor, rows_x: Any, rows_y: Any, spread: Any = None) -> dict:
    found = np.array([float(distance(x[i], y[j])) for i, j in zip(rows_x, rows_y, strict=True)])
    return {
        "error": float((spread or (lambda d: d.std(ddof=1)))(found)),
        "bias": float(found.mean()) - float(distance(x, y)),
    }
