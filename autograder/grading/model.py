"""What travels through the grader: what was asked for, what was handed in, and what came of it.

Everything here is plain data. It crosses to a worker and back by value, and a result is kept as JSON.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.judging.exercise import table
from autograder.judging.meter import PATIENCE
from pushforward.errors import CourseError

KINDS = ("prose", "given", "demo", "solve", "check", "written")


@dataclass(frozen=True)
class Slot:
    """One cell of the released notebook.

    kind: one of KINDS; id: the cell's own id; grade_id: nbgrader's ("" for prose and demonstrations);
    exercise: "diffusion.step" for solve, check and written; source: the text as released, blanks included;
    points: of checks and written answers; names: what the exercise asks for by name (solve cells).
    """

    kind: str
    id: str
    grade_id: str
    exercise: str
    source: str
    points: float = 0.0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """An assignment's notebook as students got it: no answer, no expected value.

    notebook: the released notebook as JSON, from which locked cells are restored; slots: its cells, in order.
    """

    assignment: str
    notebook: str
    slots: tuple[Slot, ...]

    @property
    def graded(self) -> tuple[Slot, ...]:
        """The cells that carry points, in order."""
        return tuple(slot for slot in self.slots if slot.kind in ("check", "written"))


def template(assignment: str, released: NotebookNode) -> Template:
    """The template of a released notebook. Raises CourseError if a graded cell belongs to no exercise of the course."""
    slots = tuple(_slot(assignment, cell) for cell in released.cells)
    return Template(assignment, nbformat.writes(released), slots)


def kind_of(cell: NotebookNode) -> str:
    """What a cell of a built notebook is, by nbgrader's metadata and the tag `demo`."""
    grader = cell.metadata.get("nbgrader", {})
    if grader.get("grade") and grader.get("solution"):
        return "written"
    if grader.get("grade"):
        return "check"
    if grader.get("solution"):
        return "solve"
    if grader.get("locked"):
        return "given"
    return "demo" if "demo" in cell.metadata.get("tags", []) else "prose"


def exercise_of(grade_id: str) -> str:
    """The exercise of nbgrader's id: `diffusion-step`, `diffusion-step-answer` and `…-answer-2` are diffusion.step."""
    known = {id.replace(".", "-"): id for id in table()}
    return known.get(grade_id) or known.get(grade_id.rpartition("-answer")[0], "")


def _slot(assignment: str, cell: NotebookNode) -> Slot:
    kind, grader = kind_of(cell), cell.metadata.get("nbgrader", {})
    grade_id = grader.get("grade_id", "")
    exercise = exercise_of(grade_id) if kind in ("solve", "check", "written") else ""
    if kind in ("check", "written") and not exercise:
        raise CourseError(
            f"{assignment} has the graded cell {grade_id!r}, which belongs to no exercise of the course. An ordinary "
            "nbgrader test would run beside the student's code: write it as a check and name its folder with "
            "--checks-path, or grade this assignment with `nbgrader autograde`."
        )
    names = tuple(table()[exercise]["names"]) if kind == "solve" and exercise else ()
    return Slot(kind, cell.get("id", ""), grade_id, exercise, cell.source, float(grader.get("points", 0.0)), names)


# --- what was handed in ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Submission:
    """One student's notebook for one assignment, or the reason why there is none to grade.

    student: the id under which marks are kept; content: the file's bytes; refused: a sentence if the file cannot be
    graded at all; notes: what was mended on the way in (a renamed file, a second notebook left aside), a sentence each;
    timestamp: when it was handed in (ISO 8601) if that is known; lms: what an LMS's own import needs to know the
    student by, e.g. {"canvas_id": "1234"}; companions: helpers and data that stand beside it when it runs, as
    (path, content), paths relative to the notebook.
    """

    student: str
    assignment: str
    content: bytes
    refused: str = ""
    notes: tuple[str, ...] = ()
    timestamp: str | None = None
    lms: dict[str, str] = field(default_factory=dict)
    companions: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Limits:
    """What a student's code may use: seconds; MB of memory, disk, output; threads are processes.

    The seconds are those that its processes compute, together, and as many again in which they wait for nothing that
    comes; patience: by the clock it may take so many times as long, since a machine can be busy with something else.
    """

    cell_seconds: float = 60.0
    notebook_seconds: float = 300.0
    memory: int = 2048
    processes: int = 128
    disk: int = 256
    output: int = 64
    patience: float = PATIENCE


@dataclass(frozen=True)
class Job:
    """One submission with all that a worker needs to grade it; it travels by value.

    seed: of the whole run; each exercise of each student gets its own, derived from it;
    sandbox: "bubblewrap" or "none"; checks: an instructor's own check files, as (file name, text).
    """

    submission: Submission
    template: Template
    seed: int
    limits: Limits = Limits()
    sandbox: str = "bubblewrap"
    checks: tuple[tuple[str, str], ...] = ()


# --- what came of it -------------------------------------------------------------------------------------------

# full, partial, zero: judged; blank: not implemented; stopped: the cell of the answer came to no end;
# not run: the check did not run; waiting: for a hand grade, of a written answer, or where the judge or the sandbox
# failed;
# empty: a written question without an answer (0 at once, as nbgrader does); refused: the notebook could not be graded
STATUSES = ("full", "partial", "zero", "blank", "stopped", "not run", "waiting", "empty", "refused")


@dataclass(frozen=True)
class Mark:
    """What one exercise earned. points: None while it waits for a hand grade.

    laws_failed: sentences; misconception: its name, "" if none was recognised; sentence: what explains it;
    why: in a sentence, if the check did not run; html: the table that the student sees, made by the judge;
    seconds: of the judge, and of the student's code as it was asked; by_clock: whether a limit by the clock decided it
    rather than one of computing, twice.
    """

    exercise: str
    kind: str
    points: float | None
    max: float
    status: str
    laws_failed: tuple[str, ...] = ()
    misconception: str = ""
    sentence: str = ""
    why: str = ""
    seed: int | None = None
    html: str = ""
    seconds_judge: float = 0.0
    seconds_student: float = 0.0
    by_clock: bool = False


@dataclass(frozen=True)
class Result:
    """Everything about one graded submission.

    marks: one for every graded cell of the template, in order, also where the notebook was refused;
    reason: why it was refused, "" otherwise; repairs and incidents: sentences; isolated: False without a sandbox;
    seconds: {"total", "cells", "judge", "student"}: of the whole submission, of the student's own cells, of the judge,
    and of the student's functions while they were asked; notebook: the graded notebook as JSON ("" if refused);
    others: what there is to say of the student's other hand-ins, which do not count.
    """

    student: str
    assignment: str
    marks: tuple[Mark, ...]
    reason: str = ""
    repairs: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    isolated: bool = True
    seed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    notebook: str = ""
    timestamp: str | None = None
    lms: dict[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """What is certain so far: hand grades are not in it."""
        return round(sum(mark.points or 0.0 for mark in self.marks), 6)

    @property
    def max(self) -> float:
        return sum(mark.max for mark in self.marks)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        fields: dict[str, Any] = json.loads(text)
        fields["marks"] = tuple(Mark(**{**mark, "laws_failed": tuple(mark["laws_failed"])}) for mark in fields["marks"])
        for name in ("repairs", "incidents", "others"):
            fields[name] = tuple(fields[name])
        return cls(**fields)


def refused(submission: Submission, template: Template, reason: str, **more: Any) -> Result:
    """The result of a notebook that cannot be graded: every exercise is named, none is silently 0."""
    marks = tuple(
        Mark(slot.exercise, "written" if slot.kind == "written" else "code", 0.0, slot.points, "refused", why=reason)
        for slot in template.graded
    )
    return Result(
        submission.student, submission.assignment, marks, reason=reason,
        timestamp=submission.timestamp, lms=submission.lms, **more,
    )  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """What people and deadlines have added to a result in the gradebook.

    hand: points given by hand, by exercise; extra: extra credit; late_penalty: points taken off for lateness;
    comments: what the marker wrote to the student, by exercise.
    """

    hand: dict[str, float] = field(default_factory=dict)
    extra: float = 0.0
    late_penalty: float = 0.0
    comments: dict[str, str] = field(default_factory=dict)

    def total(self, result: Result) -> float:
        """The points that count: judged or given by hand, plus extra credit, less the penalty, never below 0."""
        judged = sum(self.hand.get(mark.exercise, mark.points or 0.0) for mark in result.marks)
        return round(max(judged + self.extra - self.late_penalty, 0.0), 6)
