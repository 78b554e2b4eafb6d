"""A small class, graded again and again into one folder: workers and grader are stand-ins, what is written is real."""

from __future__ import annotations

import csv
import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat

from autograder.grading import engine
from autograder.grading.model import Job, Result, refused
from autograder.grading.plan import Options
from autograder.grading.records.state import State
from tests.grading import standin

ROOT = Path(__file__).resolve().parents[2]
STUDENTS = ("student000", "student001", "student002")
CHECK, WRITTEN = "start.standardise", "start.units"
BROKEN = b"<html>"
OF = (
    "SELECT n.id FROM submitted_notebook n JOIN submitted_assignment s ON s.id = n.assignment_id "
    "WHERE student_id = '{}'"
)


class Here:
    """A cluster of nobody: jobs are done where they are asked for, one after the other."""

    @contextmanager
    def local(self, workers: int, first: object = None) -> Iterator[Here]:
        yield self

    def outcomes(self, jobs: Iterator[Job], grade: Callable, say: object) -> Iterator[tuple[Job, object]]:
        for job in jobs:
            try:
                outcome = grade(job)
            except Exception as problem:
                outcome = problem
            yield job, outcome


@dataclasses.dataclass
class Class:
    """A small class, and a grader that counts its calls."""

    options: Options
    graded: list[str] = dataclasses.field(default_factory=list)

    def grade(self, job: Job) -> Result:
        self.graded.append(job.submission.student)
        if job.submission.content == BROKEN:
            return refused(job.submission, job.template, "The file is a web page.")
        return standin.grade(job)

    def timed(self, job: Job) -> Result:
        """With the time at which it was handed in."""
        return dataclasses.replace(self.grade(job), timestamp=job.submission.timestamp)

    def empty(self, job: Job) -> Result:
        """Nobody has answered the written question."""
        result = self.grade(job)
        marks = [dataclasses.replace(m, points=m.points or 0.0, status=m.status.replace("waiting", "empty"))
                 for m in result.marks]  # fmt: skip
        return dataclasses.replace(result, marks=tuple(marks))

    def run(self, grade: Callable | None = None, **more: object) -> list[str]:
        """One run. Returns who was graded in it."""
        self.graded.clear()
        engine.run(dataclasses.replace(self.options, **more), ROOT, grade or self.grade)
        return sorted(self.graded)

    @property
    def out(self) -> Path:
        return self.options.out

    def notebook(self, student: str) -> Path:
        return self.options.submitted / student / standin.ASSIGNMENT / f"{standin.ASSIGNMENT}.ipynb"

    def table(self, name: str = "totals.csv") -> list[dict[str, str]]:
        with (self.out / name).open(newline="") as file:
            return [{**row, "seconds": ""} for row in csv.DictReader(file)]

    def feedback(self, student: str) -> str:
        name = f"{standin.ASSIGNMENT}.html"
        return (self.out / "feedback" / student / standin.ASSIGNMENT / name).read_text()

    def sql(self, statement: str) -> list[tuple]:
        with closing(sqlite3.connect(self.out / "gradebook.db", isolation_level=None)) as db:
            return db.execute(statement).fetchall()

    def rows(self) -> dict[str, tuple[int, bool]]:
        """Student → submissions of theirs in the gradebook, and whether the state has them as published."""
        counts = dict(self.sql("SELECT student_id, count(*) FROM submitted_assignment GROUP BY 1"))
        with State(self.out) as state:
            rows, students = state.rows(), sorted(student for student, _ in state.attempts())
        published = {student: row.published for (student, _), row in rows.items()}
        return {student: (counts.get(student, 0), published.get(student, False)) for student in students}

    def told(self, grade: Callable | None = None, **more: object) -> str:
        """One run. Returns what it says at its end."""
        self.graded.clear()
        return engine.run(dataclasses.replace(self.options, **more), ROOT, grade or self.grade)

    def points(self) -> dict[str, float]:
        return {row["student"]: float(row["points"]) for row in self.table()}

    def hand_in(self, student: str, share: float | None = None, answer: str | None = None) -> None:
        """Another notebook in the place of this student's, which deserves that share; answer: to the written question.

        None for the share: no notebook at all.
        """
        path = self.notebook(student)
        if share is None:
            path.write_bytes(BROKEN)
            return
        notebook = nbformat.read(ROOT / "course" / path.name, as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "start-units" and answer is not None:
                cell.source = answer
        for number in range(1000):
            notebook.cells[0].source = f"Notebook of {student}, version {number}."
            text = nbformat.writes(notebook)
            if standin.share(text.encode()) == share and text != path.read_text():
                path.write_text(text)
                return

    def mark(self, student: str, points: float | None, comment: str | None = None) -> None:
        """What formgrader does with the written answer."""
        cell = "cell_id IN (SELECT id FROM base_cell WHERE name = 'start-units')"
        of = f"notebook_id IN ({OF.format(student)}) AND {cell}"
        value = "NULL" if points is None else points
        self.sql(f"UPDATE grade SET manual_score = {value}, needs_manual_grade = 0 WHERE {of}")
        if comment is not None:
            self.sql(f"UPDATE comment SET manual_comment = '{comment}' WHERE {of}")


def earned(class_: Class) -> dict[str, float]:
    """What each student deserves for the one check, which is worth two points."""
    return {student: 2 * standin.share(class_.notebook(student).read_bytes()) for student in STUDENTS}
