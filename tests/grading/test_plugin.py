"""`nbgrader autograde` itself, with our sandbox in the place of its kernel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, SaveAutoGrades
from traitlets import TraitError
from traitlets.config import Config

from autograder.grading import grade
from autograder.grading.grade import Run
from autograder.grading.model import Limits, Template, template
from autograder.grading.plugin import Isolated, isolated
from autograder.grading.records.coursefolder import course_folder
from autograder.grading.records.gradebook import Book
from autograder.grading.sandbox import sandbox
from autograder.grading.sandbox.tame import tame
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
SHORT = "00_start_here"
CONFIG = """
from autograder.grading.plugin import isolated
c.Autograde.autograde_preprocessors = isolated()
"""


def test_the_sandbox_takes_the_place_of_the_kernel_and_nothing_else_changes() -> None:
    stock = Autograde.class_traits()["autograde_preprocessors"].default()
    assert Execute in stock
    assert [Execute if step is Isolated else step for step in isolated()] == stock


def notebook(grade_id: str = "start-standardise") -> NotebookNode:
    check = {"grade": True, "grade_id": grade_id, "points": 2.0, "locked": True, "solution": False, "schema_version": 3}
    cells = [new_markdown_cell("Text"), new_code_cell("x = 1"), new_code_cell("check()", metadata={"nbgrader": check})]
    return new_notebook(cells=cells)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict:
    """A stand-in for the run, which gives half of the points; what it was asked with."""
    seen: dict = {}

    def run(nb: NotebookNode, seeds, limits: Limits, sandbox: str, exercises=None) -> Run:
        seen.update(limits=limits, sandbox=sandbox, exercises=exercises, seeds={seeds("a.b") for _ in range(4)})
        seen["ids"] = [cell.get("id") for cell in nb.cells]
        nb.cells[-1].outputs = [new_output("execute_result", {"text/plain": "1"}, execution_count=None)]
        return Run(nb, (), ("Something happened.",), {})

    monkeypatch.setattr(grade, "run_notebook", run)
    monkeypatch.setattr(sandbox, "ready", lambda mode: None)
    return seen


def test_settings_reach_the_run(asked: dict, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = Config(Isolated=Config(timeout=7, notebook_timeout=70, memory=512))
    run, _ = Isolated(config=config).preprocess(notebook(), {})
    assert run.cells[-1].outputs[0].data["text/plain"] == "1"
    assert (asked["limits"], asked["sandbox"]) == (
        Limits(cell_seconds=7, notebook_seconds=70, memory=512),
        "bubblewrap",
    )
    assert asked["exercises"] is None
    assert len(asked["seeds"]) > 1  # fresh ones each time
    assert "Something happened." in caplog.text


def test_a_run_without_a_wall_says_so(asked: dict, caplog: pytest.LogCaptureFixture) -> None:
    Isolated(sandbox="none").preprocess(notebook(), {})
    assert asked["sandbox"] == "none"
    assert "Not isolated" in caplog.text


def test_text_of_students_does_nothing_in_formgrader(asked: dict) -> None:
    locked = {"grade": False, "solution": False, "locked": True, "grade_id": "given", "schema_version": 3}
    nb, link = notebook(), "[x](javascript:alert(1)) <b>"
    nb.cells[0].source = link
    nb.cells[1].source = "y[0](1)"
    nb.cells.insert(0, new_markdown_cell(link, metadata={"nbgrader": locked}))
    run, _ = Isolated().preprocess(nb, {})
    assert [cell.source for cell in run.cells[:3]] == [link, tame(link), "y[0](1)"]


def test_an_instructors_own_checks_are_used(asked: dict, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from autograder.checks.c00_start_here.standardise import Standardise\n"
        "from autograder.judging.exercise import exercise\n\n"
        "@exercise('start.standardise', ('standardise',))\nclass Mine(Standardise):\n    pass\n"
    )
    Isolated(checks_path=str(tmp_path)).preprocess(notebook(), {})
    assert type(asked["exercises"]["start.standardise"]).__name__ == "Mine"
    with pytest.raises(CourseError, match="no folder"):
        Isolated(checks_path=str(tmp_path / "none")).preprocess(notebook(), {})


def test_notebooks_of_the_time_before_cell_ids_get_them(asked: dict) -> None:
    old = notebook()
    old.nbformat_minor = 4
    for cell in old.cells:
        del cell["id"]
    Isolated().preprocess(old, {})
    assert all(asked["ids"])


def test_an_ordinary_test_is_refused_since_it_would_run_beside_the_answer(asked: dict) -> None:
    with pytest.raises(CourseError, match=r"'test-1' belongs to no exercise .* write it as a check"):
        Isolated().preprocess(notebook("test-1"), {})
    assert asked == {}


def test_without_bubblewrap_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(grade, "run_notebook", lambda *_: pytest.fail("student code ran"))
    with pytest.raises(CourseError, match="bubblewrap"):
        Isolated().preprocess(notebook(), {})
    with pytest.raises(TraitError):
        Isolated(sandbox="hope")


# --- the real thing ---------------------------------------------------------------------------------------------

HONEST = "def standardise(x):\n    return (x - x.mean(0)) / x.std(0)\n"  # NaN on a constant column: half right
FORGED = """
import sys, torch
class Always(float):
    __eq__ = __ge__ = __le__ = lambda *_: True
def standardise(x):
    get_ipython().display_formatter.formatters["text/plain"].for_type(object, lambda *_: "2")
    sys.displayhook(2.0)
    return Always(2.0)
"""


def autograde(folder: Path) -> subprocess.CompletedProcess:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", SHORT], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PUSHFORWARD_BUDGET": "quick"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def short() -> Template:
    return template(SHORT, nbformat.read(ROOT / "course" / f"{SHORT}.ipynb", as_version=4))


@pytest.fixture
def course(tmp_path: Path, short: Template) -> Path:
    """A course folder as an instructor has it, with the two lines in its configuration and four submissions."""
    course_folder(tmp_path, ROOT)
    with Book(tmp_path) as book:
        book.prepare([short])
    with (tmp_path / "nbgrader_config.py").open("a") as config:
        config.write(CONFIG)
    source = nbformat.read(tmp_path / "source" / SHORT / f"{SHORT}.ipynb", as_version=4)
    answers = {"solution": None, "honest": HONEST, "forger": FORGED, "blank": ""}
    for student, answer in answers.items():
        handed_in = source if answer is None else nbformat.reads(short.notebook, as_version=4)
        for cell in handed_in.cells:
            if answer and cell.metadata.get("nbgrader", {}).get("grade_id") == "start-standardise-answer":
                cell.source = answer
        path = tmp_path / "submitted" / student / SHORT / f"{SHORT}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(handed_in, path)
    return tmp_path


def test_nbgrader_gives_the_marks_of_work_and_not_of_tricks(course: Path) -> None:
    done = autograde(course)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        scores = {
            student: book.find_grade("start-standardise", SHORT, SHORT, student).auto_score
            for student in ("solution", "honest", "forger", "blank")
        }
    assert scores == {"solution": 2.0, "honest": 1.1, "forger": 0.0, "blank": 0.0}
    graded = nbformat.read(course / "autograded" / "honest" / SHORT / f"{SHORT}.ipynb", as_version=4)
    (check,) = [c for c in graded.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "start-standardise"]
    assert "pushforward-check" in check.outputs[0].data["text/html"]


def test_nbgrader_without_bubblewrap_keeps_nothing_and_says_why(course: Path) -> None:
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("import os\nos.environ['PATH'] = '/nowhere'\n")
    done = autograde(course)
    assert done.returncode != 0
    assert "bubblewrap" in done.stderr
    assert not list((course / "autograded").glob("*/*"))


def test_the_outputs_are_those_that_nbgrader_reads(asked: dict, tmp_path: Path, short: Template) -> None:
    """The mark that SaveAutoGrades takes from the run is the one that the run gave."""
    run, _ = Isolated().preprocess(notebook(), {})
    with Book(tmp_path) as book:
        book.prepare([short])
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(url) as theirs:
        theirs.add_student("ada")
        theirs.add_submission(SHORT, "ada")
    resources = {"notebook": SHORT, "assignment": SHORT, "student": "ada", "db_url": url}
    SaveAutoGrades().preprocess(run, {"nbgrader": resources})
    with Gradebook(url) as theirs:
        assert theirs.find_grade("start-standardise", SHORT, SHORT, "ada").auto_score == 1.0
