"""The course to grade by: the checkout's released notebooks, or an instructor's own nbgrader folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.grading.model import Template, kind_of, template
from pushforward.errors import CourseError

HIDDEN = "### BEGIN HIDDEN TESTS"  # nbgrader's own marker


@dataclass(frozen=True)
class Course:
    """root: the checkout, "." without one; own: the instructor's folder, None for the checkout's notebooks."""

    root: Path
    own: Path | None
    templates: dict[str, Template]


def read_course(given: Path | None, root: Path | None) -> Course:
    """The course in a folder, else that of the checkout. Raises CourseError where there is none to be found.

    given: a checkout, or a course folder of nbgrader with release/ or source/; root: the checkout at hand, if any.
    """
    if given is not None and not given.is_dir():
        raise CourseError(f"There is no course folder {given}: --course names one that holds release/ or source/.")
    if given is not None and not (given / "solutions" / "_toc.yml").is_file():
        return Course(root or Path(), given, _templates(given, _of_instructor(given)))
    checkout = given or root
    if checkout is None:
        raise CourseError("There is no course here: run this in a checkout, or name your course folder with --course.")
    released = ((path.stem, path, _read(path)) for path in sorted((checkout / "course").glob("*.ipynb")))
    return Course(checkout, None, _templates(checkout / "course", released))


def nothing_asked(assignment: str) -> Template:
    """Of an assignment that the course does not have: whoever hands it in reads so, and gets no mark."""
    return Template(assignment, nbformat.writes(nbformat.v4.new_notebook()), ())


def _templates(folder: Path, found: Iterator[tuple[str, Path, NotebookNode]]) -> dict[str, Template]:
    templates: dict[str, Template] = {}
    for assignment, path, notebook in found:
        if assignment in templates:
            raise CourseError(f"{path.parent} holds several notebooks: keep one for each assignment.")
        notebook.metadata.pop("jupytext", None)
        templates[assignment] = template(assignment, notebook)
    if not templates:
        raise CourseError(f"{folder} holds no course: there must be source/ASSIGNMENT/ASSIGNMENT.ipynb below it.")
    return templates


def _of_instructor(folder: Path) -> Iterator[tuple[str, Path, NotebookNode]]:
    """What students got; where nothing was released yet, what nbgrader would release of the source."""
    released = {path.parent.name for path in folder.glob("release/*/*.ipynb")}
    for path in sorted(folder.glob("release/*/*.ipynb")):
        yield path.parent.name, path, _read(path)
    for path in sorted(folder.glob("source/*/*.ipynb")):
        notebook = _read(path)
        _refuse_hidden_tests(path, notebook)
        if path.parent.name not in released:
            yield path.parent.name, path, _released(path, notebook)


def _released(path: Path, notebook: NotebookNode) -> NotebookNode:
    from autograder.building.release import STEPS

    try:
        for step in STEPS:
            notebook, _ = step().preprocess(notebook, {})
    except Exception as problem:  # nbgrader raises RuntimeError and its own kinds
        raise CourseError(f"nbgrader cannot release {path}: {problem}") from None
    return notebook


def _refuse_hidden_tests(path: Path, notebook: NotebookNode) -> None:
    """They would have to run beside the student's code, which could read and forge them."""
    for cell in notebook.cells:
        if kind_of(cell) == "check" and HIDDEN in cell.source:
            name = cell.metadata["nbgrader"]["grade_id"]
            raise CourseError(
                f"{path} has hidden tests in the cell {name!r}, which would run beside the student's code: write them "
                "as a check and name its folder with --checks-path, or grade this with `nbgrader autograde`."
            )


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as problem:  # of a file, of JSON, of nbformat
        raise CourseError(f"{path} cannot be read as a notebook ({type(problem).__name__}): mend that file.") from None
