"""Stock nbgrader in the race: `nbgrader autograde` as it is, one submission after the other.

It gets the course's own configuration and one more line, nbclient's own setting that passes over cells with a tag: so
the demonstrations are skipped in the very files that we grade too. Seconds come from its own log, whose lines are timed
as they arrive, and from the times at which its kernel was busy, which nbclient writes into each graded notebook.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from tqdm import tqdm

from autograder.building.release import CONFIG, instructor_sources
from autograder.grading.model import exercise_of, kind_of
from autograder.measuring.race import Side, Spent, book_scores
from pushforward.errors import CourseError

SKIP = '\nc.Execute.skip_cells_with_tag = "demo"  # the race is about grading\n'
_NEXT = re.compile(r"Creating/updating student with ID '(.+?)'")
_SEED = re.compile(r'check\("([\w.]+)", seed=(\d+)\)')


def stock(root: Path, folder: Path, assignment: str) -> Side:
    """Grade folder/submitted there. Raises CourseError if nbgrader ends with an error."""
    instructor_sources(root, folder)
    (folder / CONFIG).write_text((folder / CONFIG).read_text(encoding="utf-8") + SKIP, encoding="utf-8")
    for _ in _nbgrader(root, folder, "generate_assignment", assignment):
        pass
    start = time.perf_counter()
    begun = dict(_begun(root, folder, assignment, start))
    wall = time.perf_counter() - start
    ends = [*list(begun.values())[1:], wall]
    spent = [_spent(folder, assignment, name, e - b) for (name, b), e in zip(begun.items(), ends, strict=True)]
    first = next(iter(begun.values()), wall)
    rate = len(spent) / (wall - first)
    return Side("stock", wall, first, rate, tuple(spent), book_scores(folder, assignment))


def _begun(root: Path, folder: Path, assignment: str, start: float) -> Iterator[tuple[str, float]]:
    """Each student with the second at which nbgrader began with them."""
    students = len(list((folder / "submitted").iterdir()))
    with tqdm(total=students, desc=f"stock, {assignment}", unit="notebook") as bar:
        for line in _nbgrader(root, folder, "autograde", assignment):
            if found := _NEXT.search(line):
                bar.update()
                yield found[1], time.perf_counter() - start


def _nbgrader(root: Path, folder: Path, *arguments: str) -> Iterator[str]:
    # nbgrader starts alembic by its bare name, so the environment's programs must be found
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    lines = []
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            yield line
    if process.returncode != 0:
        raise CourseError(f"nbgrader {arguments[0]} failed:\n{''.join(lines[-20:])}")


# --- what it left behind ---------------------------------------------------------------------------------------


def _graded(folder: Path, assignment: str, student: str) -> NotebookNode:
    return nbformat.read(folder / "autograded" / student / assignment / f"{assignment}.ipynb", as_version=4)


def _spent(folder: Path, assignment: str, student: str, total: float) -> Spent:
    seconds = {"check": 0.0, "cells": 0.0, "given": 0.0}
    for cell in _graded(folder, assignment, student).cells:
        kind = kind_of(cell)
        seconds[kind if kind in seconds else "cells"] += busy(cell)
    cells, given = seconds["cells"] + seconds["given"], seconds["given"]
    return Spent(student, total, cells, judge=seconds["check"], functions=0.0, imports=given)


def busy(cell: NotebookNode) -> float:
    """Seconds for which the kernel was busy with a cell, 0 if it did not run."""
    stamps = cell.metadata.get("execution", {})
    if not {"iopub.status.busy", "iopub.status.idle"} <= stamps.keys():
        return 0.0
    start, end = (datetime.fromisoformat(stamps[f"iopub.status.{state}"]) for state in ("busy", "idle"))
    return (end - start).total_seconds()


def seeds(folder: Path, assignment: str, student: str) -> dict[str, int]:
    """The seeds that the feedback names: of all checks that did not give full marks."""
    found = {}
    for cell in _graded(folder, assignment, student).cells:
        if kind_of(cell) == "check" and cell.outputs:
            text = cell.outputs[0].get("data", {}).get("text/html", "")
            found |= {id: int(seed) for id, seed in _SEED.findall(text.replace("&quot;", '"').replace("&#34;", '"'))}
    return {id: seed for id, seed in found.items() if exercise_of(id.replace(".", "-")) == id}
