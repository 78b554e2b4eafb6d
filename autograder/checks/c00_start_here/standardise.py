"""start.standardise (long: tables of all sizes, and the many ways to guard against 0): z = (x − mean) / standard deviation, column by column; a constant column becomes 0."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Place, Tensor
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

FEW = 4  # rows, of which a mean is hardly rounded: their spread may be small beside it
UNITS = (1e-12, 1e-8, 1e-7, 1e-3, 1e6)  # that a column may be measured in, where others are of size 1


class Table(Tensor):
    """Columns of all sizes, some of them constant: their mean need not be exact, and their spread not 0."""

    def corners(self, place: Place) -> Iterator[Callable[[Place], torch.Tensor]]:
        yield from (lambda place, unit=unit: self._in_units(place, unit) for unit in UNITS)
        yield from (lambda place, many=many: self._constant(place, many) for many in (False, True))
        yield from (lambda place, off=off: self._tied(place, off) for off in (None, 1, -2))
        yield self._narrow
        yield lambda place: self._tensor(place, _columns(place, np.ones(place.sizes["D"]), far=1e3))

    def draw(self, place: Place) -> torch.Tensor:
        units = np.exp(place.rng.uniform(*np.log((1e-10, 1e8) if place.wide else (0.3, 50)), size=place.sizes["D"]))
        x = _columns(place, units)
        if place.wide and place.rng.random() < 0.5:
            x[:, place.rng.integers(x.shape[1])] = units[0] * place.rng.normal()
        return self._tensor(place, x)

    def _in_units(self, place: Place, unit: float) -> torch.Tensor:
        units = np.ones(place.sizes["D"])
        units[place.rng.integers(len(units))] = unit
        return self._tensor(place, _columns(place, units))

    def _constant(self, place: Place, all: bool) -> torch.Tensor:
        x = _columns(place, np.ones(place.sizes["D"]))
        chosen = np.ones(x.shape[1], dtype=bool) if all else place.rng.permutation(x.shape[1]) == 0
        return self._tensor(place, np.where(chosen, place.rng.normal(size=x.shape[1]), x))

    def _tied(self, place: Place, off: int | None) -> torch.Tensor:
        """The first and the last row agree, in one column all rows but one in between: none of them is constant."""
        place = replace(place, sizes={**place.sizes, "N": max(5, place.sizes["N"])})
        x = _columns(place, np.ones(place.sizes["D"]))
        x[-1] = x[0]
        if off is not None:
            x[:, 0] = x[0, 0]
            x[off, 0] += 1
        return self._tensor(place, x)

    def _narrow(self, place: Place) -> torch.Tensor:
        """A column far from 0 beside its spread, of whole numbers, so few that neither sum nor mean is rounded."""
        place = replace(place, sizes={**place.sizes, "N": FEW})
        x = _columns(place, np.ones(place.sizes["D"]))
        x[:, 0] = place.rng.choice([-1, 1]) * 2.0**20 + place.rng.permutation([-3, -3, 3, 3])  # 3 is not 1 again
        return self._tensor(place, x)


def _columns(place: Place, units: np.ndarray, far: float = 3.0) -> np.ndarray:
    x = place.rng.normal(size=(place.sizes["N"], place.sizes["D"]))
    x[:2] = np.sign(x[:1]) * [[1], [-1]] + 0.1 * x[:2]  # two rows that are apart in every column
    return (x + far * place.rng.uniform(-1, 1, size=x.shape[1])) * units


def _per_column(x: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    return (x - x.mean(0)) / torch.where(scale == 0, torch.ones_like(scale), scale)


def _spread(x: torch.Tensor, correction: int) -> torch.Tensor:
    scale = x.std(0, correction=correction)
    return torch.where(scale == 0, torch.ones_like(scale), scale)


def _held(x: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Centred and divided, exactly 0 where a column is constant."""
    same = (x == x[:1]).all(0)
    return torch.where(same, 0.0, (x - x.mean(0)) / torch.where(same, 1.0, scale))


def _mean_size(centred: torch.Tensor) -> torch.Tensor:
    return centred.abs().mean(0)


def _range(centred: torch.Tensor) -> torch.Tensor:
    return centred.amax(0) - centred.amin(0)


def _largest(centred: torch.Tensor) -> torch.Tensor:
    return centred.abs().amax(0)


def _length(centred: torch.Tensor) -> torch.Tensor:
    return centred.norm(dim=0)


GUARDS = tuple(itertools.product(("added", "clamped", "under the root"), (1e-10, 1e-8, 1e-6, 1e-5, 1e-3)))


def _guarded(correction: int, guard: tuple[str, float]) -> Callable[[torch.Tensor], torch.Tensor]:
    """Standardising with a guard against 0."""
    way, size = guard

    def answer(x: torch.Tensor) -> torch.Tensor:
        spread = x.std(0, correction=correction)
        if way == "under the root":
            return (x - x.mean(0)) / (spread**2 + size).sqrt()
        return (x - x.mean(0)) / (spread + size if way == "added" else spread.clamp(min=size))

    return answer


@exercise("start.standardise", ("standardise",))
class Standardise(Exercise):
    """z = (x − mean) / standard deviation, column by column; a constant column becomes 0."""

    shape = gate("the result is a tensor of the shape of x")
    centred = gate("every column has mean zero")
    scaled = pays("every column has unit variance", 1)
    constant = pays("a constant column becomes zero and leaves the others as they should be", 1)

    hints = (
        "Which axis runs over the rows? The mean of one column is a mean over that axis.",
        "Subtracting a tensor of shape (D,) from one of shape (N, D) works row by row on its own.",
        "A constant column has no spread: decide what to divide by there. Rounding can hide it, so ask the values themselves.",
    )

    domain = {"standardise": Domain({"x": Table("N, D")}, sizes={"N": (2, 12, 1000), "D": (1, 5)}, returns=Like("x"))}

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(np.array([[1.0, 10.0], [3.0, 30.0]]), torch.float64, "cpu")
        yield self._case(np.array([[1.0, 7.0], [3.0, 7.0]]), torch.float64, "cpu")
        for dtype, device in arithmetic():
            n, d = int(rng.integers(3, 40)), int(rng.integers(2, 6))
            x = (rng.normal(size=(n, d)) + 5 * rng.normal(size=d)) * np.exp(
                rng.uniform(np.log(0.3), np.log(50), size=d)
            )
            x[:, 0] *= 0.4 / x[:, 0].std()
            yield self._case(x, dtype, device)
            x[:, int(rng.integers(1, d))] = float(rng.integers(-9, 10))  # the narrow column stays
            yield self._case(x, dtype, device)
            yield self._case(1e-8 * np.array([[1, 30, 5], [3, 10, 9]]), dtype, device)
            for rows, value in ((3, 0.1), (10, 0.1), (7, 1 / 3), (int(rng.integers(3, 60)), rng.normal())):
                column = np.full((rows, 1), value)  # the mean of these may be off by a rounding
                yield self._case(np.concatenate([column, rng.normal(size=(rows, 1))], axis=1), dtype, device)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call("standardise", **given), x=exact(given["x"]), given=given["x"])

    def _case(self, x: np.ndarray, dtype: torch.dtype, device: str) -> Case:
        return self.case_of("standardise", {"x": torch.tensor(x, dtype=dtype, device=device)})

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, case.x.shape, case.given)
        yield self.shape(*shape)
        if not shape.ok:
            return
        same = (case.x == case.x[0]).all(axis=0)
        either = [self._expected(case.x, same, ddof) for ddof in (0, 1)]
        # A mean is rounded relative to the largest value, and that is divided by the spread (where there is one).
        rounded = abs(case.x).max(axis=0) / np.where(same, 1, case.x.std(axis=0))
        rounded *= 1 + len(case.x) / 32 if len(case.x) > FEW else 1 / 8  # a few times, not FACTOR times
        if not same.any():
            size = (1 + rounded) * (1 + abs(answer.array).max(axis=0))  # where it is not scaled, that is another law's
            yield self.centred(*close(answer.array.mean(axis=0), 0 * size, case.given.dtype, size))
        law = self.constant if same.any() else self.scaled
        sizes = 1 + abs(either[0]) + len(case.x) / 32 + rounded
        found = [close(answer, expected, case.given.dtype, sizes) for expected in either]
        yield law(*next((verdict for verdict in found if verdict.ok), found[0]))

    @staticmethod
    def _expected(x: np.ndarray, same: np.ndarray, ddof: int) -> np.ndarray:
        """Column by column, with plain sums: dividing by N and by N − 1 are both right."""
        columns = []
        for column, constant in zip(x.T, same, strict=True):
            centred = column - math.fsum(column) / len(column)
            spread = math.sqrt(math.fsum(centred**2) / (len(column) - ddof))
            columns.append(0 * column if constant else centred / spread)
        return np.stack(columns, axis=1)

    mistakes = (
        wrong(
            "one mean for the whole tensor",
            lambda x: (x - x.mean()) / x.std(),
            "The mean and the spread are taken over all entries at once. Each column has its own: reduce over axis 0.",
            also=(lambda x: (x - x.mean()) / x.std(correction=0),),
        ),
        wrong(
            "rows instead of columns",
            lambda x: (x - x.mean(1, keepdim=True)) / x.std(1, keepdim=True),
            "Each row was standardised. The columns are the variables here: reduce over axis 0.",
            also=(lambda x: (x - x.mean(1, keepdim=True)) / x.std(1, correction=0, keepdim=True),),
        ),
        wrong(
            "divides by the variance",
            lambda x: _per_column(x, x.var(0)),
            "The variance has the units of x squared. Dividing by its root, the standard deviation, leaves a pure number.",
            also=(
                lambda x: _per_column(x, x.var(0, correction=0)),
                lambda x: (x - x.mean(0)) / x.var(0),
                lambda x: (x - x.mean(0)) / x.var(0, correction=0),
            ),
        ),
        wrong(
            "zero divided by zero",
            lambda x: (x - x.mean(0)) / x.std(0),
            "A constant column has spread 0 and gives 0/0 = NaN. Divide by 1 there: the column is already centred.",
            also=(
                lambda x: (x - x.mean(0)) / x.std(0, correction=0),
                lambda x: (x - x.mean(0)) / torch.where((x == x[0]).all(0), math.nan, x.std(0)),
                lambda x: (x - x.mean(0)) / torch.where((x == x[0]).all(0), math.nan, x.std(0, correction=0)),
            ),
        ),
        wrong(
            "a guard as large as the spread",
            lambda x: (x - x.mean(0)) / (x.std(0) + 1e-8),
            "Something was added to the standard deviation, or it was kept from falling below a threshold. A column in "
            "small units then keeps a variance below 1: ask whether a column is constant, not how small its spread is.",
            also=tuple(_guarded(*way) for way in itertools.product((0, 1), GUARDS)),
        ),
        wrong(
            "a rounding divided by zero",
            lambda x: torch.nan_to_num((x - x.mean(0)) / x.std(0)),
            "The mean of equal numbers can be off by a rounding. What is left of them, divided by a spread of 0 or nearly "
            "0, is anything but 0: ask whether all values of a column are equal.",
            also=(
                lambda x: torch.nan_to_num((x - x.mean(0)) / x.std(0, correction=0)),
                lambda x: torch.nan_to_num((x - x.mean(0)) / (x - x.mean(0)).square().mean(0).sqrt()),
            ),
        ),
        wrong(
            "not centred",
            lambda x: x / _spread(x, 1),
            "The columns are scaled but not shifted: subtract each column's mean first.",
            also=(lambda x: x / _spread(x, 0), lambda x: x / x.std(0), lambda x: x / x.std(0, correction=0)),
        ),
        wrong(
            "mirrored",
            lambda x: -_held(x, x.std(0)),
            "The value was taken from the mean, not the mean from the value: what lies above the mean must stay above 0.",
            also=(lambda x: -_held(x, x.std(0, correction=0)), lambda x: (x.mean(0) - x) / x.std(0)),
        ),
        wrong(
            "another measure of spread",
            lambda x: _held(x, (x - x.mean(0)).abs().mean(0)),
            "The columns were divided by their mean absolute deviation, their range, their length or the like. Only the "
            "standard deviation makes their variance 1.",
            also=tuple(
                lambda x, way=way, spread=spread: way(x, spread(x - x.mean(0)))
                for way in (_held, _per_column)
                for spread in (_mean_size, _range, _largest, _length)
            ),
        ),
        wrong(
            "the standard error",
            lambda x: _held(x, x.std(0) / len(x) ** 0.5),
            "s/√N is how uncertain the mean is. The values themselves are spread by s.",
            also=(
                lambda x: _held(x, x.std(0, correction=0) / len(x) ** 0.5),
                lambda x: _per_column(x, x.std(0) / len(x) ** 0.5),
                lambda x: _per_column(x, x.std(0, correction=0) / len(x) ** 0.5),
            ),
        ),
        wrong(
            "brought to the range from 0 to 1",
            lambda x: torch.nan_to_num((x - x.amin(0)) / (x.amax(0) - x.amin(0))),
            "The smallest value becomes 0 and the largest 1. Mean 0 and variance 1 are asked for.",
            also=(lambda x: (x - x.amin(0)) / (x.amax(0) - x.amin(0)),),
        ),
        wrong(
            "not scaled",
            lambda x: x - x.mean(0),
            "The columns are centred, but not divided by their standard deviation.",
        ),
    )
