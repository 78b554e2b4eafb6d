"""Visits to the sandbox: run code in it, bring back what it found, hand in notebooks, kill what holds it."""

from __future__ import annotations

import functools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import psutil

from autograder.grading.model import Job, Limits, Submission, Template, exercise_of, kind_of, template
from autograder.grading.sandbox.inmate import Inmate
from autograder.grading.sandbox.sandbox import Sandbox
from autograder.measuring.synthetic_work import BLANK, MODEL, Choice, assignment, fill, untouched

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0  # seconds for whatever is expected to come
USUAL = Limits(cell_seconds=PATIENCE, memory=512)


# --- visits ----------------------------------------------------------------------------------------------------


@contextmanager
def visit(sandbox: Sandbox, limits: Limits = USUAL) -> Iterator[Inmate]:
    """One submission's process, ended with the block."""
    inmate = sandbox.start(limits)
    try:
        yield inmate
    finally:
        inmate.end()


def found(inmate: Inmate, source: str) -> Any:
    """Run a cell that leaves something in the variable `found`, and bring it back."""
    outcome = inmate.run(f"{source}\nimport json as _json\nprint(_json.dumps(found))", PATIENCE)
    assert outcome["ok"], outcome
    return json.loads(inmate.text())


def look(sandbox: Sandbox, source: str, limits: Limits = USUAL) -> Any:
    """`found` in a visit of its own."""
    with visit(sandbox, limits) as inmate:
        return found(inmate, source)


def call(inmate: Inmate, name: str, seconds: float = PATIENCE) -> tuple[dict, list]:
    """Ask for name()."""
    head = {"verb": "call", "of": name, "method": None, "seed": 0, "args": [], "kwargs": {}}
    return inmate.ask(head, [], lambda *_: ({"refused": "nobody is there"}, []), seconds)


# --- processes -------------------------------------------------------------------------------------------------


def warm(sandbox: Sandbox) -> psutil.Process:
    """The process that has imported everything; behind the wall it is a grandchild."""
    outer = psutil.Process(sandbox.process.pid)
    family = [outer, *outer.children(recursive=True)]
    return next(process for process in family if process.name() != "bwrap")


def kill_warm(sandbox: Sandbox) -> None:
    warm(sandbox).kill()


def kill_wall(sandbox: Sandbox) -> None:
    """The process that a machine short of memory might take: the outermost one."""
    os.kill(sandbox.process.pid, signal.SIGKILL)


def running(word: str) -> list[psutil.Process]:
    """The processes of this machine whose command line has that word."""
    return [p for p in psutil.process_iter(["cmdline", "status"]) if word in (p.info["cmdline"] or ())]


def over(pid: int) -> bool:
    """Whether a process has ended; somebody may still have to take note of it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def eventually(condition: Callable[[], Any]) -> bool:
    """Whether it comes true before patience ends, which by the clock is long: the machine may be busy."""
    until = time.monotonic() + 12 * PATIENCE
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return bool(condition())


# --- notebooks -------------------------------------------------------------------------------------------------


@functools.cache
def released(name: str) -> Template:
    """The template of a real assignment."""
    return template(name, nbformat.read(ROOT / "course" / f"{name}.ipynb", as_version=4))


def notebook(name: str, model: bool = True, answers: Mapping[str, str] | None = None) -> nbformat.NotebookNode:
    """The released notebook, with the model's answers unless `model` is False, and these in place of the first cells
    of some exercises."""
    of = assignment(ROOT, name)
    made = untouched(of)
    fill(made, of, {id: Choice(MODEL if model else BLANK) for id in of.exercises})
    for exercise, text in (answers or {}).items():
        cell(made, exercise).source = text
    return made


def cell(made: nbformat.NotebookNode, exercise: str, kind: str = "solve") -> nbformat.NotebookNode:
    """The first cell of that kind of an exercise."""
    cells = (c for c in made.cells if kind_of(c) == kind)
    return next(c for c in cells if exercise_of(c.metadata.nbgrader.grade_id) == exercise)


def job(made: nbformat.NotebookNode, name: str, student: str = "ada", **more: Any) -> Job:
    """What a worker gets to grade that notebook."""
    submission = Submission(student, name, nbformat.writes(made).encode())
    return Job(submission, **{"template": released(name), "seed": 1, "limits": USUAL, **more})
