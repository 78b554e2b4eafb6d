"""Run built notebooks from top to bottom, as a student or a grader would, and say what their checks gave."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from copy import deepcopy
from dataclasses import dataclass

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

CELL_TIMEOUT = 300  # seconds; no cell of the course may take more than 60


@dataclass(frozen=True)
class Cost:
    """What a run took. wall and cpu in seconds, memory in MB at its peak, longest: the slowest cell in seconds."""

    wall: float
    cpu: float
    memory: float
    longest: float


def execute(notebook: NotebookNode, *, budget: str = "quick", allow_errors: bool = False) -> NotebookNode:
    """A copy with outputs, run in an empty folder. budget: "quick", "graded" or "full", see pushforward.train."""
    run = deepcopy(notebook)
    before = os.environ.get("PUSHFORWARD_BUDGET")
    os.environ["PUSHFORWARD_BUDGET"] = budget
    try:
        with tempfile.TemporaryDirectory() as folder:
            resources = {"metadata": {"path": folder}}
            NotebookClient(run, timeout=CELL_TIMEOUT, kernel_name="python3", resources=resources,
                           allow_errors=allow_errors, record_timing=True).execute()  # fmt: skip
    finally:
        os.environ.pop("PUSHFORWARD_BUDGET")
        if before is not None:
            os.environ["PUSHFORWARD_BUDGET"] = before
    return run


def points_shown(notebook: NotebookNode) -> dict[str, float]:
    """What each check of an executed notebook displayed, by exercise, as stock nbgrader reads it."""
    shown = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.rpartition("\n")[2].startswith("check("):
            results = [o for o in cell.outputs if o.output_type == "execute_result"]
            others = [o for o in cell.outputs if o.output_type != "execute_result"]
            if len(results) == 1 and not others:
                shown[cell.source.split('"')[1]] = float(results[0].data["text/plain"])
    return shown


def measure(notebook: NotebookNode, budget: str) -> Cost:
    """Run once and measure. Peak memory is that of the largest child so far: use a fresh process per notebook."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run = execute(notebook, budget=budget)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kilobytes = after.ru_maxrss / (1024 if os.uname().sysname == "Darwin" else 1)
    return Cost(wall, cpu, kilobytes / 1024, max(map(_seconds, run.cells)))


def _seconds(cell: NotebookNode) -> float:
    stamps = cell.metadata.get("execution", {})
    if "shell.execute_reply" not in stamps:
        return 0.0
    from datetime import datetime

    start, end = (datetime.fromisoformat(stamps[k]) for k in ("iopub.execute_input", "shell.execute_reply"))
    return (end - start).total_seconds()


def strip_metadata(notebook: NotebookNode) -> NotebookNode:
    """What Colab or a copy by hand leaves: cells and their text, nothing else."""
    bare = nbformat.v4.new_notebook()
    for cell in notebook.cells:
        new = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        bare.cells.append(new(cell.source))
    return bare
