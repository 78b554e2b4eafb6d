"""The gradebook: nbgrader's own database, so that formgrader, hand grades, late penalties and export work on it.

Marks are written by nbgrader's rules (its SaveCells, SaveAutoGrades and AssignLatePenalties), but one submission is
one transaction; nbgrader's own API commits cell by cell. One process writes.

    with Book(out) as book:
        book.prepare(templates)
        standing = book.record(result)

A notebook that could not be graded has no automatic score at all in its cells (None, not 0): as with written answers,
nbgrader counts nothing, shows an empty box and lists it under "needs manual grade", and the reason stands as comment
on every answer. An ordinary 0 would look like a wrong answer, and nobody would look again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Course,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from nbgrader.apps.baseapp import NbGrader
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from sqlalchemy import URL, Boolean, Row, Select, bindparam, delete, insert, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from autograder.grading.model import Mark, Result, Standing, Template, exercise_of
from autograder.grading.records.cells import cells_by_id, text_of
from autograder.grading.records.coursefolder import settings
from autograder.grading.records.database import PATIENCE, address, connect, shown, spoken
from autograder.grading.records.hands import Hand
from autograder.grading.records.lateness import Lateness, seconds_late, utc
from autograder.grading.sandbox.tame import tame
from pushforward.errors import CourseError

NO_ANSWER = "No response."  # nbgrader's own words on an answer that is still the blank
CELLS = (GradeCell, SolutionCell, TaskCell, SourceCell)


@dataclass(frozen=True)
class _Sheet:
    """Where an assignment's marks go. assignment, notebook: their ids in the database; graded: cell id → exercise
    ("" if no mark comes for it); answers: cell id of each answer → (its nbgrader id, exercise, text as released)."""

    assignment: str
    notebook: str
    graded: dict[str, str]
    answers: dict[str, tuple[str, str, str]]


class Book:
    """A gradebook that is open for one writer.

    out: nbgrader's course folder; its nbgrader_config.py says what late penalties cost. url: the database's address;
    by default the one in that configuration, else OUT/gradebook.db. patience: seconds to wait for other programs.
    Opening raises CourseError in one sentence: a wrong address, an unreachable server, a wrong password, a locked,
    read-only or damaged file, a full disk, another program's database.
    """

    def __init__(self, out: Path, url: str | None = None, patience: float = PATIENCE) -> None:
        self.folder = settings(out)
        self.course = self.folder.coursedir.course_id or "default_course"
        self._url = _address(self.folder, out, url)
        self._late = Lateness(self.folder)
        self._patience = patience
        self._sheets: dict[str, _Sheet] = {}

    def __enter__(self) -> Book:
        self._engine = connect(self._url, self._patience)
        with self._transaction() as db:
            if db.get(Course, self.course) is None:
                db.add(Course(id=self.course))
        return self

    def __exit__(self, *error: object) -> None:
        self._engine.dispose()

    def __str__(self) -> str:
        return shown(self._url)

    def is_missing(self) -> bool:
        """Whether it is a file that is not there; opening it would make an empty one."""
        file = self._url.database or ""
        return self._url.get_backend_name() == "sqlite" and not file.startswith("file:") and not Path(file).exists()

    def prepare(self, templates: Iterable[Template]) -> tuple[str, ...]:
        """Enter assignments with all their cells, as `nbgrader generate_assignment` does; what is there stays.

        Returns a sentence for everything that an instructor should know. Raises CourseError if the database knows
        the assignment with other cells and has submissions for it: nbgrader cannot change it then.
        """
        notices: list[str] = []
        for template in templates:
            with self._transaction() as db:
                notebook = _notebook(db, template, self.course)
                notices += _enter_cells(db, notebook, template)
                self._sheets[template.assignment] = _sheet(db, notebook, template)
        return tuple(notices)

    def record(self, result: Result, hands: Mapping[str, Hand] | None = None) -> Standing:
        """Write one result, all of it or nothing. Returns what people and deadlines make of it.

        Grades given by hand, comments and extra credit stay; by nbgrader's rule a cell that has a hand grade is
        then flagged for review. hands: by exercise, what takes their place; where that is nothing, the answer waits
        for a person again. Recording the same result again changes nothing. The assignment must be prepared.
        """
        sheet = self._sheets[result.assignment]
        with self._transaction() as db:
            submission, notebook = _submission(db, sheet, result)
            _write_grades(db, sheet, notebook, result)
            _write_comments(db, sheet, notebook, result)
            _write_hands(db, sheet, notebook, result, hands or {})
            grades = _grades(db, notebook)
            late = seconds_late(*db.execute(_TIMES.where(SubmittedAssignment.id == submission)).one())
            penalty = self._late.penalty(result.student, sum(map(_score, grades)), late)
            db.execute(
                update(SubmittedNotebook)
                .where(SubmittedNotebook.id == notebook)
                .values(late_submission_penalty=penalty)
            )
            written = [(sheet.answers[row.cell_id][1], row) for row in db.execute(_comments(notebook))]
        return _standing([(sheet.graded[grade.cell_id], grade) for grade in grades], written, penalty)

    def standings(self) -> dict[tuple[str, str], Standing]:
        """(student, assignment) → what people have added by now, and what lateness costs by now, for every submission.

        The penalties of prepared assignments are worked out anew, and written down for nbgrader's own commands.
        """
        with self._transaction() as db:
            submissions = db.execute(_SUBMISSIONS).all()
            penalties = self._penalties(db, submissions)
            grades, comments = (_by_notebook(db, rows) for rows in (_BY_HAND, _COMMENTS))
        return {
            (row.student, row.assignment): _standing(grades[row.id], comments[row.id], penalties[row.id])
            for row in submissions
        }

    def places(self) -> set[tuple[str, str]]:
        """Student and assignment of everything that the database has a notebook of."""
        with self._transaction() as db:
            return {(row.student, row.assignment) for row in db.execute(_SUBMISSIONS)}

    def hands(self, student: str, assignment: str) -> dict[str, Hand]:
        """Exercise → what a person has given it, for one notebook."""
        standing = _SUBMISSIONS.where(SubmittedAssignment.student_id == student, Assignment.name == assignment)
        with self._transaction() as db:
            if (row := db.execute(standing).first()) is None:
                return {}
            of_one = [db.execute(rows.where(kind.notebook_id == row.id)).all()
                      for rows, kind in ((_BY_HAND, Grade), (_COMMENTS, Comment))]  # fmt: skip
        return _hands(*of_one)

    def forget(self, student: str) -> set[str]:
        """Delete all that stands under a student in this course. Returns the assignments that were theirs."""
        own = (SubmittedAssignment.student_id == student, Assignment.course_id == self.course)
        with self._transaction() as db:
            if self._engine.dialect.name == "sqlite":  # so that nothing of it stays in the file
                db.execute(sql("PRAGMA secure_delete = ON"))
            join = SubmittedAssignment.assignment_id == Assignment.id
            theirs = db.execute(
                select(SubmittedAssignment.id, Assignment.name).join(Assignment, join).where(*own)
            ).all()
            submissions = [row.id for row in theirs]
            notebooks = select(SubmittedNotebook.id).where(SubmittedNotebook.assignment_id.in_(submissions))
            for kind in (Grade, Comment):
                db.execute(delete(kind).where(kind.notebook_id.in_(notebooks)))
            db.execute(delete(SubmittedNotebook).where(SubmittedNotebook.assignment_id.in_(submissions)))
            db.execute(delete(SubmittedAssignment).where(SubmittedAssignment.id.in_(submissions)))
            elsewhere = select(SubmittedAssignment.id).where(SubmittedAssignment.student_id == student)
            if db.scalar(elsewhere.limit(1)) is None:
                db.execute(delete(Student).where(Student.id == student))
        return {row.name for row in theirs}

    def penalty(self, result: Result, points: float) -> float:
        """What lateness would take off so many points, by the times of that hand-in."""
        of = (SubmittedAssignment.student_id == result.student, Assignment.name == result.assignment)
        with self._transaction() as db:
            row = db.execute(_TIMES.where(*of)).first()
        late = seconds_late(row.duedate, row.extension, utc(result.timestamp) or row.timestamp) if row else 0.0
        return self._late.penalty(result.student, points, late) or 0.0

    def _penalties(self, db: Session, submissions: Sequence[Row]) -> dict[str, float | None]:
        """Submitted notebook → the penalty by today's due dates, extensions and hand grades."""
        ours = [row for row in submissions if row.assignment in self._sheets]
        late = {row.id: seconds_late(row.duedate, row.extension, row.timestamp) for row in ours}
        scores = _scores(db, [id for id, seconds in late.items() if seconds > 0])
        now = {row.id: self._late.penalty(row.student, scores[row.id], late[row.id]) for row in ours}
        known = {row.id: row.penalty for row in submissions}
        rows = [{"notebook": id, "now": penalty} for id, penalty in now.items() if (known[id] or 0) != (penalty or 0)]
        change = update(SubmittedNotebook).where(SubmittedNotebook.id == bindparam("notebook"))
        _many(db, change.values(late_submission_penalty=bindparam("now")), rows)
        return known | now

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with spoken(self._url), Session(self._engine) as db, db.begin():
            yield db


def _address(folder: NbGrader, out: Path, url: str | None) -> URL:
    configured = folder.config.CourseDirectory.get("db_url")
    if url is not None:
        return address(url)
    if configured:
        return address(configured, out.resolve())  # nbgrader's commands run there
    out.mkdir(parents=True, exist_ok=True)
    return URL.create("sqlite", database=str(out.resolve() / "gradebook.db"))


# --- assignments ------------------------------------------------------------------------------------------------


def _notebook(db: Session, template: Template, course: str) -> Notebook:
    """The assignment's notebook, both made if need be."""
    name = template.assignment
    assignment = db.scalar(select(Assignment).where(Assignment.name == name))
    if assignment is None:
        db.add(assignment := Assignment(name=name, course_id=course))
        db.flush()
    notebooks = {notebook.name: notebook for notebook in assignment.notebooks}
    if notebooks.keys() - {name}:
        raise CourseError(
            f"The gradebook's {name} has another notebook, {', '.join(sorted(notebooks.keys() - {name}))}, which is "
            "not the course's: use a gradebook of its own, by --out or --db."
        )
    if name not in notebooks:
        kernel = nbformat.reads(template.notebook, as_version=4).metadata.get("kernelspec", {})
        db.add(notebook := Notebook(name=name, assignment=assignment, kernelspec=json.dumps(kernel)))
        db.flush()
    return notebooks.get(name) or notebook


def _wanted(template: Template) -> dict[tuple[type, str], dict[str, Any]]:
    """What SaveCells keeps of a notebook: (kind of cell, its nbgrader id) → its columns."""
    rows: dict[tuple[type, str], dict[str, Any]] = {}
    for cell in nbformat.reads(template.notebook, as_version=4).cells:
        grader = cell.metadata.get("nbgrader", {})
        name, points = grader.get("grade_id", ""), grader.get("points", 0)
        graded = {"max_score": float(points), "cell_type": cell.cell_type}
        if is_grade(cell):
            rows[GradeCell, name] = graded
        if is_solution(cell):
            rows[SolutionCell, name] = {}
        if is_task(cell):
            rows[TaskCell, name] = graded
        if is_grade(cell) or is_solution(cell) or is_task(cell) or is_locked(cell):
            source = {"source": cell.source, "checksum": grader.get("checksum"), "locked": is_locked(cell)}
            rows[SourceCell, name] = {**source, "cell_type": cell.cell_type}
    return rows


def _enter_cells(db: Session, notebook: Notebook, template: Template) -> Iterator[str]:
    """Bring the notebook's cells to what the template says. Yields a sentence where marks are touched by it."""
    wanted = _wanted(template)
    stored = {(kind, row.name): row for kind in CELLS
              for row in db.scalars(select(kind).where(kind.notebook_id == notebook.id))}  # fmt: skip
    graded = db.scalar(select(SubmittedNotebook.id).where(SubmittedNotebook.notebook_id == notebook.id).limit(1))
    if graded and wanted.keys() != stored.keys():
        raise CourseError(
            _other_cells(template.assignment, stored.keys() - wanted.keys(), wanted.keys() - stored.keys())
        )
    for key in stored.keys() - wanted.keys():
        db.delete(stored[key])
    for (kind, name), columns in wanted.items():
        row = stored.get((kind, name))
        if row is None:
            db.add(kind(name=name, notebook=notebook, **columns))
        elif not _has_hidden_tests(row):
            if graded and columns.get("max_score", 0) != getattr(row, "max_score", 0):
                yield _other_points(template.assignment, name, row.max_score, columns["max_score"])
            for column, value in columns.items():
                setattr(row, column, value)


def _has_hidden_tests(row: Any) -> bool:
    """Whether the gradebook has an instructor's own tests for the cell, which the release does not show."""
    return ClearHiddenTests().begin_test_delimeter in (getattr(row, "source", "") or "")


def _other_cells(assignment: str, gone: Iterable[tuple], new: Iterable[tuple]) -> str:
    parts = [("without ", gone), ("with the new ", new)]
    said = " and ".join(word + ", ".join(sorted({name for _, name in keys})) for word, keys in parts if keys)
    return (
        f"The gradebook has submissions for another version of {assignment}; this one comes {said}, and nbgrader "
        "cannot change an assignment that has submissions: grade with the version that students got, or choose a new "
        "--out."
    )


def _other_points(assignment: str, name: str, before: float, now: float) -> str:
    return (
        f"{name} in {assignment} was worth {before:g} points in the gradebook and is now worth {now:g}: what was "
        "graded before keeps its marks until it is graded again, with --regrade."
    )


def _sheet(db: Session, notebook: Notebook, template: Template) -> _Sheet:
    slots = {slot.grade_id: (slot.grade_id, slot.exercise, slot.source) for slot in template.slots}
    rows = select(BaseCell.id, BaseCell.name, BaseCell.type).where(BaseCell.notebook_id == notebook.id)
    cells = [(cell.id, cell.type, slots[cell.name]) for cell in db.execute(rows)]
    graded = {id: exercise for id, kind, (_, exercise, _) in cells if kind in ("GradeCell", "TaskCell")}
    answers = {id: slot for id, kind, slot in cells if kind in ("SolutionCell", "TaskCell")}
    return _Sheet(notebook.assignment_id, notebook.id, graded, answers)


# --- a submission -----------------------------------------------------------------------------------------------


def _submission(db: Session, sheet: _Sheet, result: Result) -> tuple[str, str]:
    """The ids of the student's submission and of the notebook in it, made if need be, with the time if it is known."""
    if db.scalar(select(Student.id).where(Student.id == result.student)) is None:
        db.execute(insert(Student).values(id=result.student, lms_user_id=result.lms.get("canvas_id")))
    key = {"assignment_id": sheet.assignment, "student_id": result.student}
    submission = _found_or_made(db, SubmittedAssignment, key)
    if (timestamp := utc(result.timestamp)) is not None:
        row = update(SubmittedAssignment).where(SubmittedAssignment.id == submission)
        db.execute(row.values(timestamp=timestamp))
    key = {"notebook_id": sheet.notebook, "assignment_id": submission}
    return submission, _found_or_made(db, SubmittedNotebook, key)


def _found_or_made(db: Session, kind: type, key: dict[str, str]) -> str:
    found = db.scalar(select(kind.id).where(*(getattr(kind, name) == value for name, value in key.items())))
    if found is None:
        db.execute(insert(kind).values(id=(found := new_uuid()), **key))
    return found


def _write_grades(db: Session, sheet: _Sheet, notebook: str, result: Result) -> None:
    """What the judge gave. A cell waits for a person if there is no score yet, or if one has looked at it before."""
    marks = {mark.exercise: _auto_score(mark) for mark in result.marks}
    scores = {cell: marks.get(exercise) for cell, exercise in sheet.graded.items()}
    seen = or_(Grade.manual_score.is_not(None), bindparam("waits", type_=Boolean))
    change = update(Grade).where(Grade.notebook_id == notebook, Grade.cell_id == bindparam("cell"))
    known = set(db.scalars(select(Grade.cell_id).where(Grade.notebook_id == notebook)))
    _many(db, insert(Grade), [
        {"id": new_uuid(), "notebook_id": notebook, "cell_id": cell, "auto_score": score,
         "needs_manual_grade": score is None}
        for cell, score in scores.items() if cell not in known
    ])  # fmt: skip
    _many(db, change.values(auto_score=bindparam("score"), needs_manual_grade=seen), [
        {"cell": cell, "score": score, "waits": score is None}
        for cell, score in scores.items() if cell in known
    ])  # fmt: skip


def _auto_score(mark: Mark) -> float | None:
    """A mark as nbgrader's automatic score: None where a person has to look, so that nobody takes it for a 0."""
    return None if mark.status in ("waiting", "refused") else mark.points


def _write_comments(db: Session, sheet: _Sheet, notebook: str, result: Result) -> None:
    """nbgrader's remark on answers that are still the blank, or why the notebook was refused."""
    remarks = dict(_remarks(sheet, result))
    change = update(Comment).where(Comment.notebook_id == notebook, Comment.cell_id == bindparam("cell"))
    known = set(db.scalars(select(Comment.cell_id).where(Comment.notebook_id == notebook)))
    _many(db, insert(Comment), [
        {"id": new_uuid(), "notebook_id": notebook, "cell_id": cell, "auto_comment": remark}
        for cell, remark in remarks.items() if cell not in known
    ])  # fmt: skip
    _many(db, change.values(auto_comment=bindparam("remark")), [
        {"cell": cell, "remark": remark} for cell, remark in remarks.items() if cell in known
    ])  # fmt: skip


def _write_hands(db: Session, sheet: _Sheet, notebook: str, result: Result, hands: Mapping[str, Hand]) -> None:
    """Hand grades in the place of those that belong to another answer; without one, a person has to look again."""
    empty = {mark.exercise for mark in result.marks if mark.status == "empty"}
    waits = {exercise: hand.points is None and exercise not in empty for exercise, hand in hands.items()}
    columns = {"manual_score": "points", "extra_credit": "extra", "needs_manual_grade": "waits"}
    change = update(Grade).where(Grade.notebook_id == notebook, Grade.cell_id == bindparam("cell"))
    _many(db, change.values({name: bindparam(value) for name, value in columns.items()}), [
        {"cell": cell, "points": hands[name].points, "extra": hands[name].extra, "waits": waits[name]}
        for cell, name in sheet.graded.items() if name in hands
    ])  # fmt: skip
    answered = [(cell, name) for cell, (_, name, _) in sheet.answers.items() if name in hands]
    first = {name: cell for cell, name in reversed(answered)}  # where several cells make an answer
    change = update(Comment).where(Comment.notebook_id == notebook, Comment.cell_id == bindparam("cell"))
    _many(db, change.values(manual_comment=bindparam("words")), [
        {"cell": cell, "words": hands[name].comment if first[name] == cell else None} for cell, name in answered
    ])  # fmt: skip


def _remarks(sheet: _Sheet, result: Result) -> Iterator[tuple[str, str | None]]:
    texts = {name: text_of(cell.get("source")) for name, cell in cells_by_id(result.notebook).items()}
    for cell, (name, _, blank) in sheet.answers.items():
        if result.reason:
            yield cell, f"This notebook could not be graded. {tame(result.reason)}"
        else:
            yield cell, NO_ANSWER if texts.get(name, "").strip() == blank.strip() else None


def _many(db: Session, statement: Any, rows: list[dict[str, Any]]) -> None:
    """One statement for many rows; SQLAlchemy would take none for one without values."""
    if rows:
        db.connection().execute(statement, rows)


# --- what people and deadlines add ------------------------------------------------------------------------------

_HAND = (Grade.cell_id, Grade.auto_score, Grade.manual_score, Grade.extra_credit)
_BY_HAND = (
    select(Grade.notebook_id, BaseCell.name, *_HAND)
    .join(BaseCell, BaseCell.id == Grade.cell_id)
    .where(or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None)))
)
_COMMENTS = (
    select(Comment.notebook_id, BaseCell.name, Comment.manual_comment, Comment.cell_id)
    .join(BaseCell, BaseCell.id == Comment.cell_id)
    .where(Comment.manual_comment.is_not(None))
    .order_by(BaseCell.name)
)
_TIMES = select(Assignment.duedate, SubmittedAssignment.extension, SubmittedAssignment.timestamp).join(
    Assignment, Assignment.id == SubmittedAssignment.assignment_id
)
_SUBMISSIONS = (
    select(
        SubmittedNotebook.id,
        SubmittedNotebook.late_submission_penalty.label("penalty"),
        Assignment.duedate,
        SubmittedAssignment.extension,
        SubmittedAssignment.timestamp,
        SubmittedAssignment.student_id.label("student"),
        Assignment.name.label("assignment"),
    )
    .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
    .where(Notebook.name == Assignment.name)  # an assignment of the course is one notebook
)


def _by_notebook(db: Session, rows: Select) -> dict[str, list[tuple[str, Row]]]:
    """Submitted notebook → (exercise, row) of each of its rows."""
    found = defaultdict(list)
    for row in db.execute(rows):
        found[row.notebook_id].append((exercise_of(row.name), row))
    return found


def _comments(notebook: str) -> Select:
    return _COMMENTS.where(Comment.notebook_id == notebook)


def _grades(db: Session, notebook: str) -> list[Row]:
    return list(db.execute(select(*_HAND).where(Grade.notebook_id == notebook)))


def _scores(db: Session, notebooks: list[str]) -> dict[str, float]:
    """The sum of each of these notebooks' cells, before lateness."""
    scores: dict[str, float] = defaultdict(float)
    for grade in db.execute(select(Grade.notebook_id, *_HAND).where(Grade.notebook_id.in_(notebooks))):
        scores[grade.notebook_id] += _score(grade)
    return scores


def _score(grade: Row) -> float:
    """nbgrader's sum: by hand or else by the judge, plus extra credit; without either, extra credit waits too."""
    score = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if score is None else score + (grade.extra_credit or 0.0)


def _standing(
    grades: Iterable[tuple[str, Row]], comments: Iterable[tuple[str, Row]], penalty: float | None
) -> Standing:
    """grades, comments: (exercise, row); those of cells that no exercise knows are nbgrader's business alone."""
    ours = [(exercise, grade) for exercise, grade in grades if exercise]
    hand = {exercise: grade.manual_score for exercise, grade in ours if grade.manual_score is not None}
    extra = sum((_score(grade) - _score(_without_extra(grade)) for _, grade in ours), 0.0)
    said = defaultdict(list)
    for exercise, comment in comments:
        said[exercise].append(comment.manual_comment)
    return Standing(
        hand, extra, penalty or 0.0, {exercise: "\n".join(words) for exercise, words in said.items() if exercise}
    )


def _hands(grades: Iterable[Row], comments: Iterable[Row]) -> dict[str, Hand]:
    found = {exercise_of(row.name): Hand(row.manual_score, row.extra_credit or None) for row in grades}
    said = defaultdict(list)
    for row in comments:
        said[exercise_of(row.name)].append(row.manual_comment)
    words = {exercise: "\n".join(parts) for exercise, parts in said.items()}
    both = {name: replace(found.get(name, Hand()), comment=words.get(name)) for name in found.keys() | words.keys()}
    return {name: hand for name, hand in both.items() if name and hand != Hand()}


def _without_extra(grade: Row) -> SimpleNamespace:
    return SimpleNamespace(auto_score=grade.auto_score, manual_score=grade.manual_score, extra_credit=None)
