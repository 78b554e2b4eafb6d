"""The exercises of an assignment as questions: who tried them, who got them right, and whether they tell apart.

The last is the item-rest correlation: Pearson's, over the notebooks, between the share of an exercise's points and the
share of all others' that was reached. Near 0 or below, an exercise is missed by those who know the rest as often as by
those who do not: it is misunderstood, trivial or too hard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from autograder.grading.model import Mark, Result

FEWEST = 10  # notebooks of which a correlation is worth showing
UNTRIED = ("blank", "empty", "not run", "refused")


@dataclass(frozen=True)
class Item:
    """One exercise over the notebooks that could be graded.

    tried: notebooks with an answer; marked: with points; mean, full: shares of these; apart: the item-rest correlation.
    None stands for what cannot be said: of no marks, of fewer than FEWEST, or where all marks are alike.
    """

    assignment: str
    exercise: str
    kind: str
    max: float
    notebooks: int
    tried: int
    marked: int
    mean: float | None
    full: float | None
    apart: float | None


def items(results: Iterable[Result]) -> list[Item]:
    """Every exercise of every assignment, in the notebooks' order. results: settled ones (see counted.settled)."""
    by_assignment: dict[str, list[Result]] = {}
    for result in results:
        if not result.reason:
            by_assignment.setdefault(result.assignment, []).append(result)
    return [item for name in sorted(by_assignment) for item in _of_one(name, by_assignment[name])]


def _of_one(assignment: str, results: list[Result]) -> list[Item]:
    columns: dict[str, list[Mark | None]] = {}
    for row, result in enumerate(results):
        for mark in result.marks:
            columns.setdefault(mark.exercise, [None] * len(results))[row] = mark
    points, possible = (_table(columns, what, len(results)) for what in ("points", "max"))
    possible = np.where(np.isnan(points), np.nan, possible)
    return [
        _item(assignment, [mark for mark in marks if mark], points[:, k] / possible[:, k], _rest(points, possible, k))
        for k, marks in enumerate(columns.values())
    ]


def _table(columns: dict[str, list[Mark | None]], what: str, notebooks: int) -> np.ndarray:
    """Notebooks × exercises; NaN where nothing has been marked."""
    rows = [[getattr(mark, what) if mark else None for mark in marks] for marks in columns.values()]
    return np.array(rows, dtype=float).reshape(len(columns), notebooks).T


def _rest(points: np.ndarray, possible: np.ndarray, k: int) -> np.ndarray:
    """The share of the other exercises' marked points, for each notebook; NaN where none is marked."""
    others = np.arange(points.shape[1]) != k
    worth = np.nansum(possible[:, others], axis=1)
    return np.where(worth > 0, np.nansum(points[:, others], axis=1) / np.where(worth > 0, worth, 1.0), np.nan)


def _item(assignment: str, marks: list[Mark], shares: np.ndarray, rest: np.ndarray) -> Item:
    marked = shares[~np.isnan(shares)]
    return Item(
        assignment, marks[0].exercise, marks[0].kind, max(mark.max for mark in marks), len(marks),
        tried=sum(mark.status not in UNTRIED for mark in marks),
        marked=len(marked),
        mean=float(marked.mean()) if len(marked) else None,
        full=float((marked >= 1 - 1e-9).mean()) if len(marked) else None,
        apart=_correlation(shares, rest),
    )  # fmt: skip


def _correlation(x: np.ndarray, y: np.ndarray) -> float | None:
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[both], y[both]
    if len(x) < FEWEST or np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9:
        return None
    return float(np.corrcoef(x, y)[0, 1])
