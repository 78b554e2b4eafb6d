"""What comes of a result, each time the same: gradebook, graded notebook, feedback; and the tables of all results.

First a result is kept, then it is published, then that is noted. Cut short anywhere, it is published once more, and
publishing twice is publishing once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.cluster import Outcome
from autograder.grading.model import Job, Result, Standing, Template, refused
from autograder.grading.records.course import nothing_asked
from autograder.grading.records.files import write
from autograder.grading.records.state import FOLDER, Place, State
from pushforward.errors import CourseError

if TYPE_CHECKING:
    from autograder.grading.records.counted import Standings
    from autograder.grading.records.gradebook import Book
    from autograder.grading.roster.enrolment import Enrolment
    from autograder.grading.roster.roster import Person

REPORT = "class_report.html"


class Publisher:
    """The one writer of an output folder. templates: of the assignments that the gradebook is prepared for."""

    def __init__(self, out: Path, state: State, book: Book, templates: dict[str, Template]) -> None:
        self._out, self._state, self._book, self._templates = out, state, book, templates
        self._rubrics: dict[str, dict[str, str]] = {}  # assignment → see records.rubrics
        self.failed: list[str] = []  # what could not be published, a sentence each

    def take(self, job: Job, fingerprint: str, outcome: Outcome) -> None:
        """A worker has finished. Raises CourseError if no worker could do better: the disk, the database, the sandbox.

        What fails in the grader itself is kept under no key, so that the next run tries it again.
        """
        if isinstance(outcome, CourseError):
            raise outcome
        if isinstance(outcome, BaseException):
            self._state.keep("", _blameless(job, outcome))
        else:
            self._state.keep(self._state.key(fingerprint), outcome)
        self.publish((job.submission.student, job.submission.assignment))

    def publish(self, place: Place) -> None:
        """Bring everything about one kept result to where people look for it."""
        result = self._state.result(place)
        known = result.assignment in self._templates
        if result.marks and not known:
            return  # left over from a run with another course, which will do it
        try:
            standing = self._book.record(result) if known else Standing()
            if known:
                self._graded(result)
            self._feedback(result, standing)
        except CourseError:
            raise
        except Exception as problem:  # a fault of ours must not cost the others their grades
            self.failed.append(
                f"{' '.join(place)} is graded but could not be published ({type(problem).__name__}: {problem}): please "
                f"report this with {self._out / FOLDER / 'log.txt'}; the same command tries it again."
            )
        else:
            self._state.publish(place, _as_text(standing))

    def refresh(self) -> None:
        """Feedback again where a person has graded, or taken something back, since it was written."""
        standings = self._book.standings()
        for place, row in self._state.rows().items():
            standing = standings.get(place)
            if standing and row.published and place[1] in self._templates and _as_text(standing) != row.standing:
                self._feedback(self._state.result(place), standing)
                self._state.publish(place, _as_text(standing))

    def tables(self, anonymous: bool, roster: Sequence[Person] | None = None) -> list[Result]:
        """Write what is about all students. Returns their results. roster: everybody in the class, if that is known."""
        from autograder.grading.reports import tables
        from autograder.grading.reports.class_report import class_report
        from autograder.grading.reports.similarity import similar

        results, standings = list(self._state.results()), self._book.standings()
        pairs = similar(map(self._state.result, self._state.rows()), self._templates)
        class_ = None if roster is None else self._enrolment(roster, results, standings)
        if class_:
            results = [_named(result, class_.known(result.student)) for result in results]
        files = {
            "grades.csv": tables.exercises_csv(results, standings),
            "totals.csv": tables.grades_csv(results, standings, class_),
            "grades.json": tables.grades_json(results, standings),
            "items.csv": tables.items_csv(results, standings),
            "similarity.csv": tables.similarity_csv(pairs),
            REPORT: class_report(results, standings, class_=class_, pairs=pairs, anonymous=anonymous),
            **({"roster.csv": tables.roster_csv(class_, results, standings)} if class_ else {}),
            **{f"lms/{name}": text for name, text in tables.lms_tables(results, standings, class_).items()},
        }
        for name, text in files.items():
            write(self._out / name, text)
        self._return_feedback(results, standings)
        return results

    def _return_feedback(self, results: list[Result], standings: Standings) -> None:
        """Everybody's feedback in one file for each assignment and platform that it came from."""
        from autograder.grading.reports.returned import returned

        def notebook(result: Result) -> str:
            return self._state.result((result.student, result.assignment)).notebook

        for name, content in returned(results, standings, lambda r: self._page(r).read_bytes(), notebook).items():
            write(self._out / "lms" / name, content)

    def _enrolment(self, roster: Sequence[Person], results: list[Result], standings: Standings) -> Enrolment:
        from autograder.grading.roster.enrolment import Memory, enrolment

        memory = Memory(self._out / FOLDER / "roster.json")
        students = {student: {} for student, _ in standings}
        for result in results:
            students[result.student] = students.get(result.student, {}) | result.lms
        handed_in = [(result.student, result.assignment) for result in results]
        found = enrolment(roster, students, handed_in, memory.read())
        write(memory.path, memory.with_new(found))
        return found

    def _graded(self, result: Result) -> None:
        from autograder.grading.records.coursefolder import keep_graded
        from autograder.grading.records.rubrics import rubrics

        template = self._templates[result.assignment]
        if template.assignment not in self._rubrics:
            self._rubrics[template.assignment] = rubrics(self._book.folder, template)
        keep_graded(self._book.folder, result, template, self._rubrics[template.assignment])

    def _feedback(self, result: Result, standing: Standing) -> None:
        from autograder.grading.reports.feedback import feedback_html

        template = self._templates.get(result.assignment) or nothing_asked(result.assignment)
        page = feedback_html(result, standing, template)
        write(self._page(result), page)

    def _page(self, result: Result) -> Path:
        return self._out / "feedback" / result.student / result.assignment / f"{result.assignment}.html"


def told(results: Iterable[Result], out: Path) -> str:
    """A few lines for the end of a run."""
    from autograder.grading.records.counted import waiting
    from autograder.grading.reports.pages import count

    results = list(results)
    refusals = sum(bool(result.reason) for result in results)
    incidents = sum(len(result.incidents) for result in results)
    waits = sum(waiting(result) > 0 for result in results)
    lines = [f"{len(results) - refusals} graded, {refusals} refused with a reason, {count(incidents, 'incident')}."]
    lines += [f"{waits} wait for hand grades: run `jupyter lab` in {out} and open Nbgrader, Formgrader."] * bool(waits)
    if any(not result.isolated for result in results):
        lines.append("Not isolated: students' code ran as you, with your files and your network.")
    return "\n".join([*lines, f"Open {out / REPORT} first."])


def _blameless(job: Job, problem: BaseException) -> Result:
    reason = (
        f"The grader itself failed on this notebook ({type(problem).__name__}: {problem}), which is not the student's "
        "fault: the same command tries it again."
    )
    return refused(job.submission, job.template, reason, repairs=job.submission.notes, seed=job.seed)


def _named(result: Result, known: dict[str, str]) -> Result:
    """With what the roster knows besides the platform's export, and the name as the roster has it."""
    return replace(result, lms={**known, **result.lms, **{key: known[key] for key in ("name",) if key in known}})


def _as_text(standing: Standing) -> str:
    return json.dumps(asdict(standing), sort_keys=True)
