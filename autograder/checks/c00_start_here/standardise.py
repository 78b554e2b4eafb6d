"""start.standardise: z = (x − mean) / standard deviation, column by column; a constant column becomes 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, exact, has_shape, near
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

# Wide enough for a guard such as eps = 1e-5 under the root, narrow enough for every mistake of the catalogue.
TOLERANCE = 1e-4


def _per_column(x: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    return (x - x.mean(0)) / torch.where(scale == 0, torch.ones_like(scale), scale)


def _spread(x: torch.Tensor, correction: int) -> torch.Tensor:
    scale = x.std(0, correction=correction)
    return torch.where(scale == 0, torch.ones_like(scale), scale)


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
        "A constant column has no spread: decide what to divide by when the spread is exactly zero.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(np.array([[1.0, 10.0], [3.0, 30.0]]), torch.float64, "cpu")
        yield self._case(np.array([[1.0, 7.0], [3.0, 7.0]]), torch.float64, "cpu")
        for dtype, device in arithmetic():
            n, d = int(rng.integers(3, 40)), int(rng.integers(2, 6))
            # spreads on both sides of 1, but wide enough for a guard such as 1e-5 under the root
            x = (rng.normal(size=(n, d)) + 5 * rng.normal(size=d)) * np.exp(
                rng.uniform(np.log(0.3), np.log(50), size=d)
            )
            x[:, 0] *= 0.4 / x[:, 0].std()
            yield self._case(x, dtype, device)
            x[:, int(rng.integers(1, d))] = float(rng.integers(-9, 10))  # the narrow column stays
            yield self._case(x, dtype, device)

    def _case(self, x: np.ndarray, dtype: torch.dtype, device: str) -> Case:
        given = torch.tensor(x, dtype=dtype, device=device)
        return case(call("standardise", x=given), x=exact(given), given=given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, case.x.shape, case.given)
        yield self.shape(*shape)
        if not shape.ok:
            return
        spread = case.x.std(axis=0)
        law = self.scaled if spread.all() else self.constant
        if spread.all():
            yield self.centred(*near(answer.array.mean(axis=0), np.zeros(len(spread)), TOLERANCE))
        either = [near(answer, self._expected(case.x, ddof), TOLERANCE) for ddof in (0, 1)]
        yield law(*next((verdict for verdict in either if verdict.ok), either[0]))

    @staticmethod
    def _expected(x: np.ndarray, ddof: int) -> np.ndarray:
        """Column by column, with plain sums: dividing by N and by N − 1 are both right."""
        columns = []
        for column in x.T:
            centred = column - column.sum() / len(column)
            spread = np.sqrt((centred**2).sum() / (len(column) - ddof))
            columns.append(centred / spread if column.std() > 0 else np.zeros_like(centred))
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
            also=(lambda x: (x - x.mean(0)) / x.std(0, correction=0),),
        ),
        wrong(
            "not centred",
            lambda x: x / _spread(x, 1),
            "The columns are scaled but not shifted: subtract each column's mean first.",
            also=(lambda x: x / _spread(x, 0), lambda x: x / x.std(0), lambda x: x / x.std(0, correction=0)),
        ),
    )
