"""The files about a whole class: its tables, its report, and what goes back to the platform."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.choice import Choice
from autograder.grading.model import Result, Template
from autograder.grading.records.attempts import Attempt, Place
from autograder.grading.records.counted import Standings, settled, standing_of
from autograder.grading.records.files import write
from autograder.grading.records.state import FOLDER, State

if TYPE_CHECKING:
    from autograder.grading.roster.enrolment import Enrolment
    from autograder.grading.roster.roster import Person

REPORT = "class_report.html"


@dataclass(frozen=True)
class ClassFiles:
    """Where they go and what they are made from. known: assignments; page: where the feedback of a result lies."""

    out: Path
    state: State
    choice: Choice
    templates: Mapping[str, Template]
    known: Collection[str]
    page: Callable[[Result], Path]

    def write(self, standings: Standings, anonymous: bool, roster: Sequence[Person] | None) -> list[Result]:
        """Write all of them, and take away what is out of date. Returns the results, hand grades included."""
        results = list(self._results())
        class_ = None if roster is None else self._enrolment(roster, results, standings)
        if class_:
            results = [_named(result, class_.known(result.student)) for result in results]
        files = self._tables(results, standings, class_, anonymous) | self._returned(results, standings)
        for name, content in files.items():
            write(self.out / name, content)
        for stale in self._possible() - files.keys():
            (self.out / stale).unlink(missing_ok=True)  # provisional before, or of somebody who is forgotten
        return [settled(result, standing_of(result, standings)) for result in results]

    def _possible(self) -> set[str]:
        """Names of files that a run may leave out, and an earlier one have written."""
        from autograder.grading.reports import returned, tables

        names = tables.lms_names(self.known) | returned.names(self.known)
        return {"roster.csv", *(f"lms/{name}" for name in names)}

    def _tables(
        self, results: list[Result], standings: Standings, class_: Enrolment | None, anonymous: bool
    ) -> dict[str, str | bytes]:
        from autograder.grading.reports import tables
        from autograder.grading.reports.class_report import class_report
        from autograder.grading.reports.similarity import similar

        pairs = similar(map(self._whole, results), self.templates)
        return {
            "grades.csv": tables.exercises_csv(results, standings),
            "totals.csv": tables.grades_csv(results, standings, class_),
            "grades.json": tables.grades_json(results, standings),
            "items.csv": tables.items_csv(results, standings),
            "similarity.csv": tables.similarity_csv(pairs),
            "regraded.csv": tables.changes_csv(self.state.changes()),
            "attempts.csv": tables.attempts_csv(self._attempts()),
            REPORT: class_report(results, standings, class_=class_, pairs=pairs, anonymous=anonymous),
            **({"roster.csv": tables.roster_csv(class_, results, standings)} if class_ else {}),
            **{f"lms/{name}": text for name, text in tables.lms_tables(results, standings, class_).items()},
        }

    def _returned(self, results: list[Result], standings: Standings) -> dict[str, bytes]:
        """Everybody's feedback in one file for each assignment and platform that it came from."""
        from autograder.grading.reports.returned import returned

        zips = returned(
            results, standings, lambda result: self.page(result).read_bytes(), lambda r: self._whole(r).notebook
        )
        return {f"lms/{name}": content for name, content in zips.items()}

    def _whole(self, result: Result) -> Result:
        """With its notebook."""
        place = (result.student, result.assignment)
        return self.state.result(place, self._shown[place].handed)

    @cached_property
    def _attempts_of(self) -> dict[Place, list[Attempt]]:
        return self.state.attempts()

    @cached_property
    def _shown(self) -> dict[Place, Attempt]:
        return self.state.shown()

    def _results(self) -> Iterator[Result]:
        """Those that count, for tables, with a word about other hand-ins."""
        for result in self.state.results():
            place = (result.student, result.assignment)
            yield self.choice.remarked(result, self._attempts_of[place], self._shown[place])

    def _attempts(self) -> Iterator[tuple[Attempt, Result, bool]]:
        """Each hand-in of those who have several, and whether it counts."""
        for place, attempts in sorted(self._attempts_of.items()):
            for attempt in attempts if len(attempts) > 1 else ():
                counts = attempt.handed == self._shown[place].handed
                yield attempt, self.state.result(place, attempt.handed), counts

    def _enrolment(self, roster: Sequence[Person], results: list[Result], standings: Standings) -> Enrolment:
        from autograder.grading.roster.enrolment import Memory, enrolment

        memory = Memory(self.out / FOLDER / "roster.json")
        students = {student: {} for student, _ in standings}
        for result in results:
            students[result.student] = students.get(result.student, {}) | result.lms
        handed_in = [(result.student, result.assignment) for result in results]
        found = enrolment(roster, students, handed_in, memory.read())
        write(memory.path, memory.with_new(found))
        return found


def _named(result: Result, known: dict[str, str]) -> Result:
    """With what the roster knows besides the platform's export, and the name as the roster has it."""
    return replace(result, lms={**known, **result.lms, **{key: known[key] for key in ("name",) if key in known}})
