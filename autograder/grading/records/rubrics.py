"""Model answer and rubric below each written answer, in autograded/: for whoever marks it in Formgrader.

nbgrader makes its feedback from the same notebooks. So these cells carry a tag, and are only added where the course
folder's nbgrader_config.py keeps cells of that tag out of the feedback, as ours does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import TagRemovePreprocessor
from nbgrader.apps.baseapp import NbGrader
from nbgrader.preprocessors import ClearSolutions

from autograder.grading.model import Template, kind_of

TAG = "for-the-marker"
HEAD = "**Model answer and rubric** (for whoever marks this; students do not see it)"


def rubrics(folder: NbGrader, template: Template) -> dict[str, str]:
    """nbgrader's id of each written answer → what its source says; nothing where the folder's settings would show it.

    The source is source/ASSIGNMENT/ASSIGNMENT.ipynb of the course folder; without one there is nothing to show.
    """
    path = _source(folder, template.assignment)
    if not path.is_file() or not kept_from_students(folder):
        return {}
    released = {slot.grade_id: slot.source.strip() for slot in template.slots}
    written = (cell for cell in nbformat.read(path, as_version=4).cells if kind_of(cell) == "written")
    found = {cell.metadata.nbgrader.grade_id: _solution(cell.source) for cell in written}
    return {name: text for name, text in found.items() if text and text != released.get(name)}


def _source(folder: NbGrader, assignment: str) -> Path:
    where = folder.coursedir.format_path(folder.coursedir.source_directory, ".", assignment)
    return Path(where, f"{assignment}.ipynb")


def kept_from_students(folder: NbGrader) -> bool:
    """Whether `nbgrader generate_feedback` in this folder leaves out what carries TAG."""
    feedback = folder.config.GenerateFeedback
    own = feedback.HTMLExporter.TagRemovePreprocessor
    return (
        TagRemovePreprocessor in feedback.get("preprocessors", [])
        and bool(own.get("enabled"))
        and TAG in own.get("remove_cell_tags", ())
    )


def notice(folder: NbGrader, assignments: Iterable[str]) -> tuple[str, ...]:
    """What an instructor should know whose own settings leave the rubrics out."""
    if kept_from_students(folder) or not any(_source(folder, name).is_file() for name in assignments):
        return ()
    return (
        f"Model answers are not shown beside the answers in Formgrader: {folder.coursedir.root}/nbgrader_config.py "
        "would show them in nbgrader's feedback as well. docs/grading.md has the lines to add.",
    )


def beside(notebook: str, found: dict[str, str]) -> str:
    """The notebook, as JSON, with a cell below each of those answers."""
    if not notebook or not found:
        return notebook
    content: dict[str, Any] = json.loads(notebook)
    cells = []
    for cell in content["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cells += [cell, _cell(name, found[name])] if name in found else [cell]
    return json.dumps({**content, "cells": cells}, indent=1, ensure_ascii=False) + "\n"


def _cell(name: str, text: str) -> dict[str, Any]:
    source = f'<div style="border-left: .3em solid #888; padding-left: 1em">\n\n{HEAD}\n\n{text}\n\n</div>'
    return {"cell_type": "markdown", "id": f"rubric-{name}"[:64], "metadata": {"tags": [TAG]}, "source": source}


def _solution(source: str) -> str:
    """What stands between nbgrader's markers, or all of it."""
    marks = ClearSolutions()
    lines = source.splitlines()
    begin = next((i for i, line in enumerate(lines) if marks.begin_solution_delimeter in line), -1)
    end = next((i for i, line in enumerate(lines) if marks.end_solution_delimeter in line), len(lines))
    return "\n".join(lines[begin + 1 : end]).strip()
