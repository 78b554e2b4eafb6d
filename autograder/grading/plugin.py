"""Stock `nbgrader autograde`, isolated: two lines in nbgrader_config.py put our sandbox in the place of its kernel.

    from autograder.grading.plugin import isolated
    c.Autograde.autograde_preprocessors = isolated()

nbgrader restores the locked cells before and reads the marks after, as it always does; between the two, the notebook
runs in the sandbox and every check is judged outside it. Settings: c.Isolated.timeout, .notebook_timeout, .memory,
.sandbox and .checks_path.

nbgrader goes on without a configuration that it cannot load, which here would be without the sandbox. The environment
variable TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR=1 makes it stop instead.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.utils import is_locked
from traitlets import Enum, Float, Integer, Unicode

from autograder.grading.model import Limits, exercise_of, kind_of
from autograder.grading.sandbox.tame import tame
from pushforward.errors import CourseError


def isolated() -> list[type]:
    """nbgrader's own steps of autograding, with the sandbox in the place of Execute."""
    steps = Autograde.class_traits()["autograde_preprocessors"].default()
    return [Isolated if step is Execute else step for step in steps]


class Isolated(NbGraderPreprocessor):
    """Run a submitted notebook in the sandbox and leave in its checks the outputs from which nbgrader reads marks.

    Raises CourseError where it could only run without a wall, or where a cell's mark would come from the student's
    own process; nbgrader then reports the submission as failed and keeps nothing of it.
    """

    timeout = Float(Limits.cell_seconds, min=0, help="Seconds of computing for one cell.").tag(config=True)
    notebook_timeout = Float(Limits.notebook_seconds, min=0, help="Seconds of computing for one notebook.").tag(
        config=True
    )
    memory = Integer(Limits.memory, min=1, help="Memory of the student's code, in MB.").tag(config=True)
    sandbox = Enum(("bubblewrap", "none"), "bubblewrap", help="'none' runs student code unprotected.").tag(config=True)
    checks_path = Unicode("", help="A folder with the instructor's own checks.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        # late: nbgrader reads this file for every command
        from autograder.grading.grade import run_notebook
        from autograder.grading.sandbox.sandbox import ready

        _refuse_ordinary_tests(nb)
        ready(self.sandbox)
        limits = Limits(cell_seconds=self.timeout, notebook_seconds=self.notebook_timeout, memory=self.memory)
        run = run_notebook(_with_ids(nb), lambda _: secrets.randbits(32), limits, self.sandbox, self._exercises())
        for incident in run.incidents:
            self.log.warning("%s", incident)
        if self.sandbox == "none":
            self.log.warning("Not isolated: the student's code ran with all the rights of this user.")
        _tame(run.notebook)
        return run.notebook, resources

    def _exercises(self) -> Mapping[str, Any] | None:
        """The judges of the course and, in their place, those of the instructor; None: the course's alone."""
        if not self.checks_path:
            return None
        from autograder.grading.records.checks_path import load, read
        from autograder.judging.exercise import all_exercises

        return {**all_exercises(), **load(read(Path(self.checks_path)))}


def _refuse_ordinary_tests(nb: NotebookNode) -> None:
    """A test that is no check would run beside the student's code; without outputs, nbgrader gives it full marks."""
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if kind_of(cell) == "check" and not exercise_of(grade_id):
            raise CourseError(
                f"The graded cell {grade_id!r} belongs to no exercise of the course: write it as a check and name its "
                "folder in c.Isolated.checks_path, or grade this assignment without isolated()."
            )


def _tame(nb: NotebookNode) -> None:
    """Text that a student may have written does nothing where somebody opens it."""
    for cell in nb.cells:
        if cell.cell_type != "code" and not is_locked(cell):
            cell.source = tame(cell.source, cell.get("attachments", {}))


def _with_ids(nb: NotebookNode) -> NotebookNode:
    """The notebook in nbformat 4.5: older ones have no cell ids."""
    return nb if nb.nbformat_minor >= 5 else nbformat.v4.upgrade(nb)
