"""Which of several hand-ins counts, and which hand grades go with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from autograder.grading.model import Result, Template
from autograder.grading.records.attempts import Attempt, Place, counting, remarks
from autograder.grading.records.hands import Hand, answers, moved, remembered
from autograder.grading.records.regrading import Change
from autograder.grading.records.state import State

if TYPE_CHECKING:
    from autograder.grading.records.gradebook import Book

CHANGED = "marked by hand, but for another answer"


class Choice:
    """templates: of the assignments that the gradebook is prepared for; lost: what does not stand in it any more;
    lapsed: hand grades taken back so far."""

    def __init__(self, state: State, book: Book, templates: Mapping[str, Template]) -> None:
        self._state, self._book, self._templates = state, book, templates
        self.lost: set[Place] = set()
        self.lapsed = 0

    def counts(self, place: Place) -> Attempt:
        """The attempt whose marks stand."""
        attempts = self._state.of(place)
        return attempts[0] if len(attempts) == 1 else self._among(place, attempts)

    def result(self, place: Place, counts: Attempt) -> Result:
        """The whole result of an attempt, with a word about the others."""
        return self.remarked(self._state.result(place, counts.handed), self._state.of(place), counts)

    def remarked(self, result: Result, attempts: Sequence[Attempt], counts: Attempt) -> Result:
        """The result with what there is to say of the attempts that do not count."""
        if len(attempts) == 1:
            return result
        place = (result.student, result.assignment)
        reasons = {a.handed: self._state.result(place, a.handed).reason for a in attempts if a.refused}
        return replace(result, others=tuple(remarks(attempts, counts, self._state.choice, reasons)))

    # --- what an attempt is worth --------------------------------------------------------------------------------

    def _among(self, place: Place, attempts: Sequence[Attempt]) -> Attempt:
        kept = cache(lambda: self._hands_by_answer(place))  # read only where the best one is looked for
        return counting(attempts, self._state.choice, lambda attempt: self._worth(place, attempt, kept()))

    def _worth(self, place: Place, attempt: Attempt, hands: Mapping[tuple[str, str], Hand]) -> float:
        """What an attempt would earn, hand grades and lateness included."""
        result = self._state.result(place, attempt.handed)
        points = {mark.exercise: mark.points or 0.0 for mark in result.marks}
        for key in self._answers(result, attempt.handed).items():
            hand = hands.get(key, Hand())
            points[key[0]] = points[key[0]] if hand.points is None else hand.points
        return sum(points.values()) - self._book.penalty(result, sum(points.values()))

    def _hands_by_answer(self, place: Place) -> dict[tuple[str, str], Hand]:
        """Every hand grade that is known, by exercise and answer: remembered ones, and those in the gradebook."""
        kept, row = self._state.hands(place), self._state.row(place)
        if row is None:
            return kept
        answered = self._answers(self._state.result(place, row.handed), row.handed)
        now = self._book.hands(*place)
        return kept | {(name, answer): now[name] for name, answer in answered.items() if name in now}

    def _answers(self, result: Result, handed: str) -> dict[str, str]:
        template = self._templates.get(result.assignment)
        return answers(result.notebook, template, handed) if template else {}

    # --- hand grades ---------------------------------------------------------------------------------------------

    def hands(self, place: Place, counts: Attempt, result: Result) -> dict[str, Hand]:
        """The hand grades that change, if those in the gradebook belong to the answers of another attempt.

        What is taken back is remembered first.
        """
        row = self._state.row(place)
        if row is None:
            return {}
        if place in self.lost:
            now = again = remembered(row.standing)
        else:
            now, again = self._book.hands(*place), {}
        if row.handed == counts.handed:
            return again
        old = self._answers(self._state.result(place, row.handed), row.handed)
        kept = self._state.hands(place)
        wanted = moved(now, (old, self._answers(result, counts.handed)), kept)
        gone = {(name, old[name]): now[name] for name in wanted if name in now and name in old}
        self._take_back(place, {key: hand for key, hand in gone.items() if kept.get(key) != hand}, wanted)
        return again | wanted

    def _take_back(self, place: Place, gone: dict[tuple[str, str], Hand], wanted: dict[str, Hand]) -> None:
        lapsed = [Change(*place, name, hand.points, wanted[name].points, CHANGED) for (name, _), hand in gone.items()]
        self._state.remember(place, gone, lapsed)
        self.lapsed += sum(change.new is None for change in lapsed)
