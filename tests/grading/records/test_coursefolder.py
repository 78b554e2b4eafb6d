"""A folder that our grader filled is one on which nbgrader's own commands and formgrader work."""

from __future__ import annotations

import csv
import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.grading.model import Submission, Template, refused
from autograder.grading.records.coursefolder import course_folder, keep_graded, keep_submission, settings
from autograder.grading.records.gradebook import Book
from pushforward.errors import CourseError

ROOT = Path(__file__).resolve().parents[3]
ASSIGNMENT = "15_diffusion_forward"
EARLY, LATE = "2026-11-02T09:00:00+00:00", "2026-11-02T11:00:00+00:00"
WRITTEN = "diffusion-which_prior"
pytestmark = pytest.mark.xdist_group("coursefolder")


def nbgrader(folder: Path, *arguments: str) -> None:
    """One of nbgrader's own commands in a course folder."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


def formgrader(folder: Path) -> NbGraderAPI:
    """What formgrader reads its pages from."""
    config = Config(CourseDirectory=Config(root=str(folder), course_id="pushforward"))
    config.Exchange.root = str(folder / "no exchange")
    return NbGraderAPI(CourseDirectory(config=config), config=config)


def exported(folder: Path) -> dict[str, dict[str, str]]:
    nbgrader(folder, "export", "--to", "nbgraders.csv")
    with (folder / "nbgraders.csv").open(newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def fill(folder: Path, assignment: Template, graded: Callable, db: str | None = None) -> None:
    """A class of three: one right, one half right and late, one whose file was no notebook."""
    lost = Submission("cleo", ASSIGNMENT, b"<html>", timestamp=EARLY)
    results = [
        graded("ada", timestamp=EARLY),
        graded("bob", share=0.5, timestamp=LATE),
        refused(lost, assignment, "The file is a web page."),
    ]
    with Book(folder, db) as book:
        book.prepare([assignment])
        with Gradebook(db or f"sqlite:///{folder}/gradebook.db", "pushforward") as theirs:
            theirs.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-02 10:00:00 UTC")
        for result in results:
            submission = Submission(result.student, ASSIGNMENT, result.notebook.encode(), timestamp=result.timestamp)
            keep_submission(book.folder, submission if result.notebook else lost)
            book.record(result)
            keep_graded(book.folder, result, assignment)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, assignment: Template, graded: Callable) -> Path:
    """A course folder with three graded students. Its tests leave it as it is."""
    folder = tmp_path_factory.mktemp("course") / "spring term"
    assert course_folder(folder, ROOT) == ()
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    fill(folder, assignment, graded)
    return folder


# --- nbgrader on the result -------------------------------------------------------------------------------------


def test_nbgrader_exports_the_marks(course: Path, graded: Callable) -> None:
    rows = exported(course)
    full, half = graded("ada").points, graded("bob", share=0.5).points
    found = {
        who: tuple(float(row[k]) for k in ("raw_score", "late_submission_penalty", "score"))
        for who, row in rows.items()
    }
    assert found == {"ada": (full, 0, full), "bob": (half, half, 0), "cleo": (0, 0, 0)}
    assert {float(row["max_score"]) for row in rows.values()} == {graded("ada").max}


def test_nbgrader_writes_feedback_with_tables_and_reasons(course: Path) -> None:
    nbgrader(course, "generate_feedback", ASSIGNMENT)
    pages = {
        who: (course / "feedback" / who / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
        for who in ("ada", "bob", "cleo")
    }
    assert "diffusion.alpha_bar: 2 points" in pages["ada"]
    assert "diffusion.alpha_bar: 1 points" in pages["bob"]
    assert "This notebook could not be graded.</strong> The file is a web page." in pages["cleo"]


def test_formgrader_lists_assignments_submissions_and_students(course: Path, graded: Callable) -> None:
    api = formgrader(course)
    (listed,) = [a for a in api.get_assignments() if a["name"] == ASSIGNMENT]
    assert (listed["num_submissions"], listed["max_score"]) == (3, graded("ada").max)
    assert listed["release_path"] == f"release/{ASSIGNMENT}"
    submissions = {s["student"]: s for s in api.get_submissions(ASSIGNMENT)}
    assert {who: (s["autograded"], s["submitted"], s["score"]) for who, s in submissions.items()} == {
        "ada": (True, True, graded("ada").points),
        "bob": (True, True, graded("bob", share=0.5).points),
        "cleo": (True, True, 0.0),
    }
    assert submissions["cleo"]["needs_manual_grade"]
    assert submissions["bob"]["display_timestamp"] == "2026-11-02 11:00:00 UTC"
    notebooks = api.get_notebook_submissions(ASSIGNMENT, ASSIGNMENT)
    assert {n["student"]: n["failed_tests"] for n in notebooks} == {"ada": False, "bob": True, "cleo": False}
    assert api.get_submission(ASSIGNMENT, "bob")["autograded"]
    (page,) = [s for s in api.get_student_submissions("ada") if s["name"] == ASSIGNMENT]
    assert page["autograded"]
    (notebook,) = api.get_student_notebook_submissions("cleo", ASSIGNMENT)
    assert notebook["id"]
    (known,) = api.get_notebooks(ASSIGNMENT)
    assert (known["num_submissions"], known["needs_manual_grade"]) == (3, True)


def test_nbgrader_passes_over_what_is_graded(course: Path) -> None:
    before = {path: path.read_bytes() for path in (course / "autograded").rglob("*.ipynb")}
    nbgrader(course, "autograde", ASSIGNMENT)
    assert {path: path.read_bytes() for path in (course / "autograded").rglob("*.ipynb")} == before


def test_nbgrader_finds_marks_in_postgresql_without_a_written_password(
    tmp_path: Path, postgresql_url: str, assignment: Template, graded: Callable
) -> None:
    db = postgresql_url.replace("postgres@", "postgres:s3cret@")
    assert course_folder(tmp_path, ROOT, db=db) == ()
    assert course_folder(tmp_path, ROOT, db=db) == ()
    fill(tmp_path, assignment, graded, db)
    assert "s3cret" not in (tmp_path / "nbgrader_config.py").read_text()
    assert float(exported(tmp_path)["ada"]["score"]) == graded("ada").points
    assert not (tmp_path / "gradebook.db").exists()
    with Book(tmp_path) as book:  # the next run need not be told again
        assert {student for student, _ in book.standings()} == {"ada", "bob", "cleo"}


# --- what is written, and what is not ---------------------------------------------------------------------------


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_folder_is_completed_and_nothing_in_it_is_overwritten(tmp_path: Path) -> None:
    course_folder(tmp_path, ROOT)
    complete = tree(tmp_path)
    assert {
        f"source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb",
        f"release/{ASSIGNMENT}/{ASSIGNMENT}.ipynb",
        "nbgrader_config.py",
    } <= (complete.keys())
    assert "jupytext" not in nbformat.read(tmp_path / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", 4).metadata
    own = {"nbgrader_config.py": b"c = get_config()\n", f"source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb": b"mine"}
    for name, content in own.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "source" / "00_start_here" / "00_start_here.ipynb").unlink()
    course_folder(tmp_path, ROOT)
    assert tree(tmp_path) == {**complete, **own}


def test_an_instructors_course_is_taken_and_left_as_it_is(tmp_path: Path) -> None:
    theirs, out = tmp_path / "theirs", tmp_path / "out"
    taken = ("source/ps1/ps1.ipynb", "source/ps1/data.csv", "nbgrader_config.py", "late.py")
    for name in (*taken, "gradebook.db", "submitted/ada/ps1/ps1.ipynb"):
        (theirs / name).parent.mkdir(parents=True, exist_ok=True)
        (theirs / name).write_text("")
    before = tree(theirs)
    course_folder(out, ROOT, theirs)
    assert set(tree(out)) == set(taken)
    course_folder(theirs, ROOT, theirs)
    assert tree(theirs) == before


def test_a_configuration_that_names_another_database_is_not_changed_but_said(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (said,) = course_folder(tmp_path, ROOT, db=f"sqlite:///{tmp_path}/marks.db")
    assert f"set c.CourseDirectory.db_url = 'sqlite:///{tmp_path}/marks.db'" in said
    assert (tmp_path / "nbgrader_config.py").read_text() == "c = get_config()\n"


def test_a_database_that_cannot_be_used_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be reached"):
        course_folder(tmp_path / "out", ROOT, db="postgresql://ada:s3cret@127.0.0.1:1/grades")
    assert not (tmp_path / "out").exists()


def test_what_is_no_course_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no course folder of nbgrader: it has neither"):
        course_folder(tmp_path / "out", ROOT, tmp_path)
    with pytest.raises(CourseError, match="holds no notebooks: run `make course`"):
        course_folder(tmp_path / "out", tmp_path)


def test_graded_notebooks_lie_where_the_configuration_wants_them(
    tmp_path: Path, assignment: Template, graded: Callable
) -> None:
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.directory_structure = '{nbgrader_step}/{assignment_id}/{student_id}'\n"
        "c.CourseDirectory.autograded_directory = 'marked'\nc.CourseDirectory.root = '/somewhere/else'\n"
    )
    path = keep_graded(settings(tmp_path), graded("ada", timestamp=EARLY), assignment)
    assert path == tmp_path.resolve() / "marked" / ASSIGNMENT / "ada" / f"{ASSIGNMENT}.ipynb"
    assert path.with_name("timestamp.txt").read_text() == EARLY


def test_a_graded_notebook_is_replaced_whole(tmp_path: Path, assignment: Template, graded: Callable) -> None:
    folder = settings(tmp_path)
    path = keep_graded(folder, graded("ada"), assignment)
    path.chmod(0o444)  # as nbgrader leaves them
    again = graded("ada", share=0.5)
    assert keep_graded(folder, again, assignment).read_text() == again.notebook
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("student", ["", "..", ".", "a/b", "/etc"])
def test_nothing_lands_outside_the_folder(tmp_path: Path, assignment: Template, graded: Callable, student: str) -> None:
    with pytest.raises(ValueError, match="cannot name a folder"):
        keep_graded(settings(tmp_path), dataclasses.replace(graded("ada"), student=student), assignment)
    assert list(tmp_path.iterdir()) == []


def test_what_was_handed_in_with_a_notebook_is_kept_beside_it(tmp_path: Path) -> None:
    submission = Submission("ada", ASSIGNMENT, b"{}", companions=(("helper.py", b"n = 1"), ("data/x.csv", b"1")))
    keep_submission(settings(tmp_path), submission)
    folder = tmp_path / "submitted" / "ada" / ASSIGNMENT
    assert ((folder / "helper.py").read_bytes(), (folder / "data" / "x.csv").read_bytes()) == (b"n = 1", b"1")


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x"])
def test_nothing_beside_a_notebook_lands_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="leads out of the folder"):
        keep_submission(settings(tmp_path), Submission("ada", ASSIGNMENT, b"{}", companions=((name, b""),)))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path, assignment: Template, graded: Callable) -> None:
    (tmp_path / "autograded").write_text("a file where a folder should be")
    with pytest.raises(CourseError, match=r"autograded.* cannot be written"):
        keep_graded(settings(tmp_path), graded("ada"), assignment)
