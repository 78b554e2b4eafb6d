"""Grade one submission: mend it, run it in the sandbox, judge it outside. What a worker does."""

from __future__ import annotations

import dataclasses
import hashlib
import html
import os
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.grading.model import Job, Limits, Mark, Result, Template, exercise_of, kind_of, refused
from autograder.grading.repair.remarks import first
from autograder.grading.sandbox.ended import Ended
from autograder.grading.sandbox.outputs import outputs
from autograder.grading.sandbox.sandbox import Sandbox, kept
from autograder.grading.sandbox.session import Session
from autograder.grading.sandbox.tame import tame
from autograder.judging.bounded import TooMuch, bounded
from autograder.judging.exercise import Exercise, added, all_exercises
from autograder.judging.judge import examine
from autograder.judging.report import Report, number

os.environ["CUDA_VISIBLE_DEVICES"] = ""  # marks must not depend on which machine has a GPU; the sandbox shows none
TRIES = 3  # of a submission whose sandbox died
NOT_RUN = "The check did not run."


@dataclass(frozen=True)
class Run:
    """A notebook after its run: with outputs, a mark per check in order, and what happened.

    seconds: cells, judge, student, as in Result; by_clock: what was ended by a limit by the clock.
    """

    notebook: NotebookNode
    marks: tuple[Mark, ...]
    incidents: tuple[str, ...]
    seconds: dict[str, float]
    by_clock: tuple[str, ...] = ()


def grade(job: Job) -> Result:
    """One submission, from bytes to marks. Whatever stands in it, the result names every exercise."""
    if not job.checks:
        return _grade(job)
    from autograder.grading.records.checks_path import load

    with added(load(job.checks)):
        return _grade(job)


def _grade(job: Job) -> Result:
    start, submission = time.perf_counter(), job.submission
    if submission.refused:
        return refused(submission, job.template, submission.refused, repairs=submission.notes, seed=job.seed)
    from autograder.grading.repair.repair import Unreadable, repair

    try:
        mended = repair(submission.content, job.template)
    except Unreadable as problem:
        return refused(submission, job.template, str(problem), repairs=submission.notes, seed=job.seed)
    run = run_notebook(mended.notebook, _seeds(job), job.limits, job.sandbox, beside=submission.companions)
    _tame(run.notebook, job.template)
    return Result(
        student=submission.student, assignment=submission.assignment,
        marks=_in_order(run, job.template), repairs=(*submission.notes, *mended.repairs), incidents=run.incidents,
        isolated=job.sandbox != "none", seed=job.seed,
        seconds={"total": time.perf_counter() - start, **run.seconds},
        notebook=nbformat.writes(run.notebook), timestamp=submission.timestamp, lms=submission.lms,
    )  # fmt: skip


def run_notebook(
    notebook: NotebookNode,
    seeds: Callable[[str], int],
    limits: Limits,
    sandbox: str | Sandbox = "bubblewrap",
    exercises: Mapping[str, Exercise] | None = None,
    beside: tuple[tuple[str, bytes], ...] = (),
) -> Run:
    """Run a notebook with nbgrader's metadata in the sandbox, judging each check at its place.

    seeds: the seed of each exercise; sandbox: a mode, whose warm process this worker keeps, or one made elsewhere;
    beside: files that its cells find in their folder, as (path, content).
    What a limit by the clock has decided does not count before a second run, with the same questions, agrees.
    """
    walls = kept(sandbox) if isinstance(sandbox, str) else sandbox
    asked = (cache(seeds), limits, walls, exercises or all_exercises(), beside)
    first = _kept_alive(notebook, *asked)
    return _counted(first, _kept_alive(notebook, *asked)) if first.by_clock else first


def _kept_alive(
    notebook: NotebookNode,
    seeds: Callable,
    limits: Limits,
    walls: Sandbox,
    exercises: Mapping[str, Exercise],
    beside: tuple[tuple[str, bytes], ...],
) -> Run:
    """A run. A sandbox that dies under it is made again, TRIES times."""
    for attempt in range(1, TRIES + 1):
        try:
            return _run(deepcopy(notebook), seeds, limits, walls, exercises, beside)
        except Ended as end:
            walls.close()
            if attempt == TRIES:
                return _given_up(notebook, seeds, f"{end.sentence} It ended {TRIES} times under this notebook.")
    raise AssertionError("unreachable")


def _counted(first: Run, second: Run) -> Run:
    """The second run, but for marks that the clock has decided in that one only.

    It brings nobody an advantage: the questions are the same, and nothing of a student's code outlives a run.
    """
    marks = []
    for early, late, *cells in zip(first.marks, second.marks, _checks(first), _checks(second), strict=True):
        kept = late.by_clock and not early.by_clock
        marks.append(early if kept else _again(late))
        cells[1].outputs = cells[0 if kept else 1].outputs
    names = "; ".join(dict.fromkeys(first.by_clock))
    said = f"A limit by the clock, which a busy machine can cause, ended a first run of this: {names}. "
    said += "So did it in the second run, which counts." if second.by_clock else "The second run, in time, counts."
    seconds = {name: first.seconds[name] + second.seconds[name] for name in second.seconds}
    return dataclasses.replace(second, marks=tuple(marks), incidents=(*second.incidents, said), seconds=seconds)


def _checks(run: Run) -> list[NotebookNode]:
    return [cell for cell in run.notebook.cells if kind_of(cell) == "check"]


def _again(mark: Mark) -> Mark:
    """A mark of the second run, which says so if it was late again."""
    return dataclasses.replace(mark, why=f"{mark.why} It was asked twice.".strip()) if mark.by_clock else mark


def _seeds(job: Job) -> Callable[[str], int]:
    """Fresh for every student, exercise and file, the same again for the same run, and too many to be tried out (2^56).

    Feedback names them: who hands in once more is asked anew.
    """
    beside = [word for name, content in job.submission.companions for word in (name.encode(), content)]
    content = hashlib.sha256(b"".join([job.submission.content, *beside])).hexdigest()

    def seed(exercise: str) -> int:
        text = f"{job.seed}:{job.submission.student}:{exercise}:{content}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "little")

    return seed


# --- the run ---------------------------------------------------------------------------------------------------


def _run(
    notebook: NotebookNode,
    seeds: Callable,
    limits: Limits,
    sandbox: Sandbox,
    exercises: Mapping[str, Exercise],
    beside: tuple[tuple[str, bytes], ...],
) -> Run:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    marks, judge, failed = [], 0.0, {}
    with Session(sandbox, limits, beside) as session:
        plain = [cell for cell in code if kind_of(cell) != "check"]
        kinds = [kind_of(cell) for cell in plain]
        needed = {}
        if "demo" in kinds:
            chosen = session.plan([[kind, cell.source] for kind, cell in zip(kinds, plain, strict=True)])
            needed = {plain[k]["id"] for k in chosen}
        for cell in code:
            kind = kind_of(cell)
            if kind == "check":
                mark = _check(session, cell, seeds, exercises, failed)
                marks.append(mark)
                judge += mark.seconds_judge
            elif kind != "demo" or cell["id"] in needed:
                _cell(session, cell, kind, failed)
    clock = session.clock
    seconds = {"cells": clock.cells, "judge": judge, "student": clock.student}
    return Run(notebook, tuple(marks), tuple(session.incidents), seconds, tuple(session.by_clock))


def _cell(session: Session, cell: NotebookNode, kind: str, failed: dict[str, str]) -> None:
    """Run it and keep what it shows. failed: exercise → how its answer's cell stopped."""
    outcome, printed = session.run(cell.source, _name(cell, kind))
    found = outputs(printed, outcome["outputs"] if outcome else [])
    cell.outputs = session.kept(found)
    error = next((output for output in found if output.output_type == "error"), None)
    if kind == "solve" and outcome is None and not session.closed:
        failed[_exercise(cell)] = "The cell of the answer ended its process, so that nothing in it was kept."
    if kind == "solve" and error is not None:
        failed[_exercise(cell)] = f"The cell of the answer stopped with {error.ename}: {error.evalue}"[:300]


def _name(cell: NotebookNode, kind: str) -> str:
    if kind == "solve":
        return f"The cell of {_exercise(cell)}"
    return f"The cell that begins with `{first(cell.source)[:60]}`"


def _exercise(cell: NotebookNode) -> str:
    return exercise_of(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _check(
    session: Session, cell: NotebookNode, seeds: Callable, exercises: Mapping[str, Exercise], failed: dict[str, str]
) -> Mark:
    id, worth = _exercise(cell), float(cell.metadata["nbgrader"].get("points", 0.0))
    seed, start = seeds(id), time.perf_counter()
    link = session.link(f"The check of {id}")
    try:
        with bounded(link.look, link.turn):
            report = examine(exercises[id], link, seed, worth)
    except TooMuch as problem:
        session.given_up(link.name, str(problem))
        return _unjudged(cell, id, worth, str(problem), seed, "zero")
    except Ended:  # the sandbox died under it: begin again
        raise
    except Exception as problem:  # a fault of ours, which must cost neither the others nor this student in silence
        session.incidents.append(f"The judge of {id} failed on this answer ({problem!r}): mark it by hand.")
        return _for_a_person(_not_run(cell, id, worth, "The judge itself failed: a person will mark this.", seed))
    seconds = time.perf_counter() - start - link.student
    if not link.answered and session.closed:
        mark = _not_run(cell, id, worth, session.closed, seed)
        return dataclasses.replace(mark, by_clock=_by_clock(session, id))
    report = dataclasses.replace(report, graded=True, printed=link.printed()[:4000])
    mark = _stopped(report, failed[id]) if report.blank and id in failed else _mark(report)
    _show(cell, mark.points, mark.html)
    why = link.over.sentence if link.over else "" if report.full else failed.get(id, "")
    late = not report.full and _by_clock(session, id)
    return dataclasses.replace(mark, why=why, seconds_judge=seconds, seconds_student=link.student, by_clock=late)


def _by_clock(session: Session, id: str) -> bool:
    """Whether the clock can have decided this mark: over its check or its answer, or what is no other exercise's."""
    own, others = (f"The check of {id}", f"The cell of {id}"), ("The check of ", "The cell of ")
    return any(name in own or not name.startswith(others) for name in session.by_clock)


def _not_run(cell: NotebookNode, id: str, worth: float, reason: str, seed: int) -> Mark:
    return _unjudged(cell, id, worth, f"{NOT_RUN} {reason}", seed, "not run")


def _unjudged(cell: NotebookNode, id: str, worth: float, why: str, seed: int, status: str) -> Mark:
    _show(cell, 0.0, f"<p>{html.escape(why)}</p>")
    return Mark(id, "code", 0.0, worth, status, why=why, seed=seed)


def _for_a_person(mark: Mark) -> Mark:
    """What went wrong was no doing of the student's, so nobody should take it for a 0."""
    return dataclasses.replace(mark, points=None, status="waiting")


def _mark(report: Report) -> Mark:
    status = "blank" if report.blank else "full" if report.full else "partial" if report.points else "zero"
    mistake = report.mistake
    return Mark(
        exercise=report.id, kind="code", points=report.points, max=report.max, status=status,
        laws_failed=tuple(r.law.sentence for r in report.laws if not r.ok),
        misconception=mistake.name if mistake else "", sentence=mistake.sentence if mistake else "",
        seed=report.seed, html=report._repr_html_(),
    )  # fmt: skip


def _stopped(report: Report, why: str) -> Mark:
    """Nothing is there to be asked, since the cell of the answer came to no end: which is not the same as a blank."""
    return dataclasses.replace(_mark(dataclasses.replace(report, blank=False, error=why)), status="stopped")


def _show(cell: NotebookNode, points: float, table: str) -> None:
    """The outputs of a check, in the form from which nbgrader reads a mark."""
    data = {"text/plain": number(points), "text/html": table}
    cell.outputs = [new_output("execute_result", data=data, execution_count=None)]


def _given_up(notebook: NotebookNode, seeds: Callable, reason: str) -> Run:
    """The sandbox could not be kept alive: every check says so."""
    left, marks = deepcopy(notebook), []
    for cell in left.cells:
        if kind_of(cell) == "check":
            id, worth = _exercise(cell), float(cell.metadata["nbgrader"].get("points", 0.0))
            marks.append(_for_a_person(_not_run(cell, id, worth, reason, seeds(id))))
    return Run(left, tuple(marks), (reason,), {"cells": 0.0, "judge": 0.0, "student": 0.0})


# --- the result ------------------------------------------------------------------------------------------------


def _in_order(run: Run, template: Template) -> tuple[Mark, ...]:
    """One mark for each graded cell of the template; written answers wait, unless nothing was written."""
    judged = {mark.exercise: mark for mark in run.marks}
    written = {_exercise(cell): cell.source for cell in run.notebook.cells if kind_of(cell) == "written"}
    marks = []
    for slot in template.graded:
        if slot.kind == "check":
            missing = Mark(slot.exercise, "code", 0.0, slot.points, "not run", why=NOT_RUN)
            marks.append(judged.get(slot.exercise, missing))
        elif written.get(slot.exercise, slot.source).strip() == slot.source.strip():
            marks.append(Mark(slot.exercise, "written", 0.0, slot.points, "empty"))
        else:
            marks.append(Mark(slot.exercise, "written", None, slot.points, "waiting"))
    return tuple(marks)


def _tame(notebook: NotebookNode, template: Template) -> None:
    """What is not the course's own text does nothing where somebody opens it."""
    own = {slot.source for slot in template.slots}
    for cell in notebook.cells:
        if cell.cell_type != "code" and cell.source not in own:
            cell.source = tame(cell.source, cell.get("attachments", {}))
