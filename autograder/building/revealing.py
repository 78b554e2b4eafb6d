"""The model answer and rubric of a written question, taken from the notebook's source."""

from __future__ import annotations

from pathlib import Path

from autograder.building.source import BEGIN, END, read_cells
from pushforward.errors import CourseError


def model_answer(source: Path, id: str) -> str:
    """As markdown. Raises CourseError if the source does not have the question."""
    for cell in read_cells(source):
        if cell.tag.kind == "written" and cell.tag.exercise == id:
            lines = cell.node.source.split("\n")
            return "\n".join(line for line in lines if BEGIN not in line and END not in line).strip()
    raise CourseError(f"{source} does not hold {id}: it belongs to another version of the course.")
