"""Model answer and rubric stand below the answer where it is marked, and nowhere that a student sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.grading.model import Standing, Template
from autograder.grading.records.coursefolder import course_folder, keep_graded, settings
from autograder.grading.records.gradebook import Book
from autograder.grading.records.rubrics import TAG, beside, kept_from_students, notice, rubrics
from autograder.grading.reports.feedback import feedback_html
from tests.grading.formgrader import formgraded
from tests.grading.records.test_coursefolder import ASSIGNMENT, ROOT, WRITTEN, nbgrader

pytestmark = pytest.mark.xdist_group("coursefolder")
RUBRIC = "one Gaussian draw with variance t sigma²"  # of WRITTEN, as solutions/ has it


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, assignment: Template, graded: Callable) -> Path:
    """A course folder with one graded student."""
    folder = tmp_path_factory.mktemp("rubrics")
    course_folder(folder, ROOT, names=[ASSIGNMENT])
    with Book(folder) as book:
        book.prepare([assignment])
        result = graded("ada")
        book.record(result)
        keep_graded(book.folder, result, assignment, rubrics(book.folder, assignment))
    return folder


def autograded(course: Path) -> nbformat.NotebookNode:
    return nbformat.read(course / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


def test_a_rubric_stands_below_every_written_answer(course: Path, assignment: Template) -> None:
    notebook = autograded(course)
    nbformat.validate(notebook)
    written = [slot.grade_id for slot in assignment.slots if slot.kind == "written"]
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    for name in written:
        below = notebook.cells[ids.index(name) + 1]
        assert below.metadata.tags == [TAG]
        assert "Rubric" in below.source
        assert "### " not in below.source
    assert sum(TAG in cell.metadata.get("tags", []) for cell in notebook.cells) == len(written)


def test_formgrader_shows_it(course: Path) -> None:
    page = formgraded(autograded(course), "formgrade", settings(course).config)
    answer, rubric = page.index(f'id="{WRITTEN}-comment"'), page.index(RUBRIC)
    assert answer < rubric < page.index("<textarea", answer + 1)


def test_no_feedback_shows_it(course: Path, assignment: Template, graded: Callable) -> None:
    nbgrader(course, "generate_feedback", ASSIGNMENT)
    page = (course / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert "an answer" in page
    assert RUBRIC not in page
    assert "Model answer" not in page
    assert RUBRIC not in feedback_html(graded("ada"), Standing(), assignment)


def test_settings_that_would_show_it_to_students_keep_it_away(
    course: Path, assignment: Template, tmp_path: Path
) -> None:
    (tmp_path / "source").symlink_to(course / "source")
    ours = (course / "nbgrader_config.py").read_text(encoding="utf-8")
    assert kept_from_students(settings(course))
    assert notice(settings(course), [ASSIGNMENT]) == ()
    for lost in ("c.GenerateFeedback.preprocessors", "TagRemovePreprocessor.enabled", "remove_cell_tags"):
        lines = [line for line in ours.splitlines() if lost not in line]
        (tmp_path / "nbgrader_config.py").write_text("\n".join(lines), encoding="utf-8")
        folder = settings(tmp_path)
        assert rubrics(folder, assignment) == {}, lost
        (said,) = notice(folder, [ASSIGNMENT])
        assert "docs/grading.md" in said
    (tmp_path / "nbgrader_config.py").write_text(ours, encoding="utf-8")
    assert RUBRIC in rubrics(settings(tmp_path), assignment)[WRITTEN]
    (tmp_path / "source").unlink()
    (tmp_path / "nbgrader_config.py").unlink()
    assert rubrics(settings(tmp_path), assignment) == {}
    assert notice(settings(tmp_path), [ASSIGNMENT]) == ()


def test_a_notebook_without_such_answers_stays_as_it_is() -> None:
    assert beside("", {"a": "b"}) == ""
    assert beside("{}", {}) == "{}"


def test_the_lines_to_add_are_on_the_page() -> None:
    page = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    ours = (ROOT / "autograder" / "building" / "nbgrader_config.py").read_text(encoding="utf-8")
    wanted = [line for line in ours.splitlines() if "GenerateFeedback" in line or line.startswith("from nb")]
    assert len(wanted) == 5
    assert all(line in page for line in wanted)
