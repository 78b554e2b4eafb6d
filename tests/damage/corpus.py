"""The damage corpus: solved notebooks, each broken in one way, with what must come of it.

A case is a function in one of the files of this folder that takes a solved notebook (JSON, its own copy) and returns
the damaged one, as JSON or as bytes. Its decorator says which assignment is solved and what is expected:

    @damaged("the check of an exercise is deleted", mended="The check of diffusion.step was missing")
    @damaged("an empty file", refused="is empty")

mended: a piece of each sentence that the student reads, in order, and no other sentence comes; lost: exercises that
cannot be saved. `cases()` gives them all; tests of the whole engine take `case.content()` as what was handed in.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.building.release import instructor_notebook
from autograder.building.source import BEGIN, END, read_source, read_toc
from autograder.grading.model import Template, template

ROOT = Path(__file__).resolve().parents[2]
START, FLOWS, DIFFUSION = "00_start_here", "02_change_of_variables", "15_diffusion_forward"
FAMILIES = ("cells", "marks", "written", "files", "hostile")

Notebook = dict
Damage = Callable[[Notebook], Notebook | bytes]


@dataclass(frozen=True)
class Case:
    """name: of the function; what: was damaged; refused: a piece of the reason, "" if the notebook can be graded."""

    name: str
    what: str
    assignment: str
    damage: Damage
    mended: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()
    refused: str = ""

    def content(self) -> bytes:
        """The bytes that were handed in."""
        made = self.damage(solved(self.assignment))
        return made if isinstance(made, bytes) else as_bytes(made)


_cases: list[Case] = []


def damaged(
    what: str,
    *,
    mended: str | tuple[str, ...] = (),
    lost: tuple[str, ...] = (),
    refused: str = "",
    of: str = DIFFUSION,
) -> Callable[[Damage], Damage]:
    """Put a way to damage a solved notebook into the corpus."""

    def register(damage: Damage) -> Damage:
        sentences = (mended,) if isinstance(mended, str) else mended
        _cases.append(Case(damage.__name__, what, of, damage, sentences, frozenset(lost), refused))
        return damage

    return register


@functools.cache
def cases() -> tuple[Case, ...]:
    """The whole corpus, file by file. Two cases of the same name would hide each other in a report."""
    for family in FAMILIES:
        importlib.import_module(f"tests.damage.{family}")
    names = [case.name for case in _cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return tuple(_cases)


# --- the notebooks ---------------------------------------------------------------------------------------------


@functools.cache
def released(assignment: str) -> Template:
    """The assignment as students got it."""
    notebook = nbformat.read(ROOT / "course" / f"{assignment}.ipynb", as_version=4)
    notebook.metadata.pop("jupytext", None)
    return template(assignment, notebook)


@functools.cache
def answers(assignment: str) -> dict[str, str]:
    """The model answers by grade id, without the lines that mark them."""
    sources = ROOT / "solutions"
    notebook = read_source(sources / f"{assignment}.py")
    notebook = instructor_notebook(notebook, assignment, read_toc(sources / "_toc.yml"))
    cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.metadata.nbgrader.grade_id: _unmarked(cell.source) for cell in cells}


def _unmarked(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if BEGIN not in line and END not in line)


@functools.cache
def _solved(assignment: str) -> Notebook:
    notebook = json.loads(released(assignment).notebook)
    for cell, slot in zip(notebook["cells"], released(assignment).slots, strict=True):
        cell["source"] = answers(assignment).get(slot.grade_id, slot.source)
    return notebook


def solved(assignment: str) -> Notebook:
    """A copy of the notebook with every blank filled, as JSON; cells have their text in one piece."""
    return deepcopy(_solved(assignment))


# --- tools for those who damage --------------------------------------------------------------------------------


def as_bytes(notebook: Notebook) -> bytes:
    """As Jupyter would save it."""
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode()


def at(notebook: Notebook, grade_id: str) -> int:
    """The place of a cell by its grade id."""
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    return ids.index(grade_id)


def cell(notebook: Notebook, grade_id: str) -> dict:
    """The cell with that grade id."""
    return notebook["cells"][at(notebook, grade_id)]


def code(source: str, **more: object) -> dict:
    """A student's own code cell."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, **more}


def text(source: str, **more: object) -> dict:
    """A student's own cell of text."""
    return {"cell_type": "markdown", "source": source, "metadata": {}, **more}


def blank(assignment: str, grade_id: str) -> str:
    """The text of a cell as it was given out."""
    return next(slot.source for slot in released(assignment).slots if slot.grade_id == grade_id)


def stripped(notebook: Notebook) -> Notebook:
    """Without metadata and ids."""
    for each in notebook["cells"]:
        each["metadata"] = {}
        each.pop("id", None)
    return notebook
