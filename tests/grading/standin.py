"""A class and a grader for tests of the engine: quick, and the marks follow from what was handed in.

As a program it is a nursery: everything is imported once, and each line that it reads, {"fork": …}, runs the engine
in a child with that grader. The nursery answers with the child's process id, then with how it ended.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
import time
from functools import partial
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = "00_start_here"


def write_class(folder: Path, students: int, assignment: str = ASSIGNMENT) -> Path:
    """submitted/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb for so many students, every one a little different."""
    released = nbformat.read(ROOT / "course" / f"{assignment}.ipynb", as_version=4)
    for number in range(students):
        released.cells[0].source = f"Notebook of student {number}."
        path = folder / f"student{number:03}" / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(released, path)
    return folder


def share(content: bytes) -> float:
    """The share of the points that a notebook deserves."""
    return hashlib.sha256(content).digest()[0] % 5 / 4


def grade(job, log="", run=0, nap=0.0):
    """A stand-in for autograder.grading.grade.grade. log: a file to which each call adds its run and student."""
    from autograder.grading.model import Mark, Result

    if log:
        with open(log, "a") as file:
            file.write(f"{run} {job.submission.student}\n")
    time.sleep(nap)
    earned = share(job.submission.content)
    marks = tuple(
        Mark(slot.exercise, "code", earned * slot.points, slot.points, "partial")
        if slot.kind == "check"
        else Mark(slot.exercise, "written", None, slot.points, "waiting")
        for slot in job.template.graded
    )
    return Result(
        job.submission.student, job.submission.assignment, marks, seed=job.seed,
        notebook=job.submission.content.decode(), seconds={"total": nap, "cells": 0.0, "judge": 0.0, "student": 0.0},
    )  # fmt: skip


def write_course(folder: Path, assignment: str = ASSIGNMENT) -> Path:
    """An instructor's folder with one released assignment: no sources have to be built for it."""
    path = folder / "release" / assignment / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes((ROOT / "course" / path.name).read_bytes())
    return folder


# --- the nursery -----------------------------------------------------------------------------------------------


def run(submitted: str, out: str, course: str, log: str = "", run: int = 0, nap: float = 0.0, **more: object) -> int:
    """One run of the engine as the command line makes it. Returns the exit status."""
    from autograder.__main__ import graded
    from autograder.grading.plan import Options
    from pushforward.errors import CourseError

    options = Options(Path(submitted), Path(out), Path(course), **more)
    try:
        return graded(options, ROOT, grade=partial(grade, log=log, run=run, nap=nap))
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2


def _nursery() -> None:
    for module in (
        "__main__",
        "grading.records.coursefolder",
        "grading.records.gradebook",
        "grading.reports.feedback",
        "grading.reports.class_report",
    ):
        importlib.import_module(f"autograder.{module}")
    importlib.import_module("distributed")
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setsid()
            sys.stdout = sys.stderr
            status = 70
            try:
                status = run(**json.loads(line))
            finally:
                sys.stderr.flush()
                os._exit(status)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    _nursery()
