"""Feedback on its way back: one zip for each assignment and platform, in the form that its bulk upload takes.

Moodle, assignment, "Upload multiple feedback files in a zip": the importer (assignfeedback_file, importziplib.php)
looks in every path for a part NAME_NUMBER_assignsubmission_file, where NUMBER is the participant's and NAME holds no _,
and keeps what follows as a feedback file. Canvas, assignment, "Upload Submissions": it (Assignment,
infer_comment_context_from_filename) reads the first two numbers between the _ of a file's name, the student's and that
of the file that was handed in, and attaches the new file to a comment under that one's name: so it must be of its kind.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from autograder.grading.model import Result, Standing
from autograder.grading.records.counted import Standings, in_order, settled, standing_of, waiting
from autograder.grading.sandbox.tame import tame
from autograder.judging.report import number

Page = Callable[[Result], bytes]
_DAY = (1980, 1, 1, 0, 0, 0)  # the same feedback makes the same zip


def returned(results: Iterable[Result], standings: Standings, page: Page, notebook: Callable[[Result], str]) -> dict:
    """{file name: zip} for the assignments that came from a platform.

    page: the feedback as HTML; notebook: the graded one, "" if the submission was refused. Both are asked for one by
    one, since a class may be large.
    """
    zips: dict[str, dict[str, Callable[[], bytes]]] = {}
    for result in in_order(results):
        if result.lms.get("moodle_id"):
            files = zips.setdefault(f"moodle_feedback_{result.assignment}.zip", {})
            files[_moodle(result)] = lambda result=result: page(result)
        if name := result.lms.get("canvas_file"):
            files = zips.setdefault(f"canvas_feedback_{result.assignment}.zip", {})
            files[_plain(name)] = lambda result=result, name=name: _canvas(name, result, standings, page, notebook)
    return {name: _zipped(files) for name, files in zips.items()}


def names(assignments: Iterable[str]) -> set[str]:
    """All that these assignments can have."""
    return {f"{platform}_feedback_{name}.zip" for name in assignments for platform in ("moodle", "canvas")}


def _moodle(result: Result) -> str:
    name = _plain(result.lms.get("name") or result.student).replace("_", " ")
    return f"{name}_{result.lms['moodle_id']}_assignsubmission_file/{result.assignment}_feedback.html"


def _canvas(name: str, result: Result, standings: Standings, page: Page, notebook: Callable[[Result], str]) -> bytes:
    """A notebook for a notebook, else the page."""
    if not name.lower().endswith(".ipynb"):
        return page(result)
    return commented(result, standing_of(result, standings), notebook(result)).encode()


def _plain(name: str) -> str:
    """A name that leads nowhere within a zip."""
    letters = ("-" if letter in "/\\:\0" else letter for letter in name.encode(errors="replace").decode())
    return "".join(letters).lstrip(".~") or "feedback"


def _zipped(files: dict[str, Callable[[], bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DAY), content(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- feedback as a notebook ------------------------------------------------------------------------------------


def commented(result: Result, standing: Standing, notebook: str) -> str:
    """The graded notebook with the marks and the marker's comments before its first cell, as JSON."""
    marked = settled(result, standing)
    total = f"{number(standing.total(result))} of {number(result.max)} points"
    waits = f", {number(waiting(marked))} wait for a hand grade" if waiting(marked) else ""
    lines = [f"# Feedback: {total}{waits}", ""]
    lines += [f"This notebook could not be graded. {tame(result.reason)}", ""] * bool(result.reason)
    lines += ["| exercise | points | of |", "|---|--:|--:|"]
    lines += [
        f"| {m.exercise} | {'–' if m.points is None else number(m.points)} | {number(m.max)} |" for m in marked.marks
    ]
    lines += ["", *(f"- {tame(sentence)}" for sentence in result.repairs)]
    for exercise, comment in standing.comments.items():
        lines += ["", f"**{exercise}**", "", *(f"> {line}" for line in comment.splitlines())]
    found: dict[str, Any] = json.loads(notebook) if notebook else _empty()
    cell = {"cell_type": "markdown", "id": "feedback", "metadata": {}, "source": "\n".join(lines)}
    return json.dumps({**found, "cells": [cell, *found["cells"]]}, indent=1, ensure_ascii=False) + "\n"


def _empty() -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": [], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
