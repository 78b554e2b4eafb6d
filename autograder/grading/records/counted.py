"""What counts: hand grades take the place of judged points, and of answers that wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from autograder.grading.model import Mark, Result, Standing

Standings = Mapping[tuple[str, str], Standing]  # by student and assignment


def standing_of(result: Result, standings: Standings) -> Standing:
    """The result's standing, an empty one if the gradebook knows none."""
    return standings.get((result.student, result.assignment)) or Standing()


def settled(result: Result, standing: Standing) -> Result:
    """The same result with hand grades in its marks."""
    marks = tuple(
        _by_hand(mark, standing.hand[mark.exercise]) if mark.exercise in standing.hand else mark
        for mark in result.marks
    )
    return replace(result, marks=marks)


def waiting(result: Result) -> float:
    """The points that still wait for a hand grade."""
    return sum(mark.max for mark in result.marks if mark.points is None)


def undecided(result: Result, standing: Standing) -> bool:
    """Whether a person still has to give a mark: an answer waits, or the notebook was refused and has none at all."""
    return waiting(settled(result, standing)) > 0 or bool(result.reason and not standing.hand)


def in_order(results: Iterable[Result]) -> list[Result]:
    """By student, then assignment, so that the same results make the same files."""
    return sorted(results, key=lambda result: (result.student, result.assignment))


def _by_hand(mark: Mark, points: float) -> Mark:
    status = "full" if points >= mark.max else "partial" if points > 0 else "zero"
    return replace(mark, points=points, status=status)
