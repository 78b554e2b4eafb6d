"""What a student handed in, mended: the assignment's notebook with the student's answers in it.

Locked cells come from the template, answers from the student, everything in the template's order; a student's own
cell keeps its place after the cell of ours that stood before it. Every change is told to the student in a sentence.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from autograder.grading.model import Template, exercise_of
from autograder.grading.reading.handed import Cell
from autograder.grading.reading.reading import read
from autograder.grading.reading.unreadable import Unreadable
from autograder.grading.repair.matching import Matching
from autograder.grading.repair.mending import Mending
from autograder.grading.repair.outline import called, outline
from autograder.grading.repair.remarks import first, lost_marks, order, quoted
from autograder.judging.exercise import table

__all__ = ["Repaired", "Unreadable", "repair"]

MOST_CODE = 200_000  # characters of one code cell, as JSON; the sandbox takes a message of a million
MOST_CODE_TOGETHER = 900_000


@dataclass(frozen=True)
class Repaired:
    """A valid notebook (nbformat 4.5) without outputs, and what was mended, a sentence each."""

    notebook: NotebookNode
    repairs: tuple[str, ...]


def repair(content: bytes, template: Template) -> Repaired:
    """The notebook to run and to judge. Raises Unreadable if there is none of this assignment in the bytes."""
    handed = read(content)
    said = [*handed.repairs, *_other_kernel(handed.kernel)]
    match = Matching(outline(template), _of_some_size(handed.cells, said))
    _refuse_strangers(match)
    mending = Mending(match, template)
    cells = mending.cells()
    if sum(_size(cell.source) for cell in cells if cell.cell_type == "code") > MOST_CODE_TOGETHER:
        raise Unreadable("Your code cells hold too many characters to be run: keep data in files or make it by code.")
    said += [*lost_marks(match), *mending.said, *order(match), *mending.listed()]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=mending.metadata, nbformat_minor=5)
    return Repaired(notebook, tuple(dict.fromkeys(said)))


# --- before the matching -----------------------------------------------------------------------------------------


def _other_kernel(name: str) -> Iterable[str]:
    if name not in ("", "python3"):
        yield f"Your notebook asked for the kernel {quoted(name)}; it is graded with Python 3."


def _of_some_size(cells: tuple[Cell, ...], said: list[str]) -> list[Cell]:
    """The cells without code cells that are far larger than code is."""
    large = [cell for cell in cells if cell.kind == "code" and len(cell.source) > MOST_CODE // 12]
    large = [cell for cell in large if _size(cell.source) > MOST_CODE]
    for cell in large:
        said.append(f"The cell that begins with {quoted(first(cell.source))} holds too much to be run: left out.")
    return [cell for cell in cells if not any(cell is other for other in large)] if large else list(cells)


def _size(source: str) -> int:
    return len(json.dumps(source))


def _refuse_strangers(match: Matching) -> None:
    """Raises Unreadable for the notebook of another assignment, or of none."""
    slots = match.outline.slots
    known = (slots[i] for i, how in zip(match.slot, match.how, strict=True) if i is not None and how != "place")
    ours = sum(bool(slot.exercise) for slot in known)
    theirs = Counter(_assignments(match))
    theirs.pop(match.outline.assignment, None)
    name = match.outline.assignment
    if theirs and theirs.total() > ours:
        other = theirs.most_common(1)[0][0]
        raise Unreadable(f"This is the notebook {other}, handed in for {name}: hand in {name}.ipynb.")
    if not ours:
        raise Unreadable(f"None of the exercises of {name} is in your notebook: hand in {name}.ipynb.")


def _assignments(match: Matching) -> Iterable[str]:
    """For every cell of an exercise that is not in this assignment: the assignment that has it."""
    strangers = [cell for cell, slot in zip(match.cells, match.slot, strict=True) if slot is None]
    known = table() if strangers else {}
    for cell in strangers:
        id = exercise_of(cell.grade_id) if cell.grade_id else called(cell.source) if len(cell.source) < 200 else ""
        if id in known and id not in match.outline.checks:
            yield known[id]["notebook"]
