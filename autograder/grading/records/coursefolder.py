"""The results as a complete course folder of nbgrader: settings, source, release, submitted and autograded.

Whoever opens it with nbgrader's formgrader, `nbgrader export` or `nbgrader generate_feedback` finds what a run of
`nbgrader autograde` would have left there. Nothing that stands in source/, release/ or the configuration is
overwritten.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
from nbgrader.apps.baseapp import NbGrader

from autograder.building.release import CONFIG, instructor_sources
from autograder.building.workspace import released_notebooks, unpaired
from autograder.grading.model import Result, Submission, Template
from autograder.grading.records.database import PATIENCE, address, connect, without_password
from autograder.grading.records.files import in_one_sentence, write
from autograder.grading.records.rubrics import beside
from autograder.grading.sandbox.tame import tame
from autograder.judging.exercise import table
from pushforward.errors import CourseError

DB_URL = """
# Where the marks stand. The password is not kept here: PostgreSQL looks for it in ~/.pgpass and PGPASSWORD.
c.CourseDirectory.db_url = {url!r}
"""


# --- settings ---------------------------------------------------------------------------------------------------


class _Settings(NbGrader):
    """nbgrader's own application, as it reads the configuration of a folder that need not be the current one."""

    load_cwd_config = False
    raise_config_file_errors = True

    def init_syspath(self) -> None:
        """nbgrader's commands run in the course folder and find an instructor's own plug-ins there; so do we."""


def settings(folder: Path) -> NbGrader:
    """nbgrader's settings in a course folder: `.config`, and `.coursedir` with its paths and database.

    Raises CourseError if nbgrader_config.py there, or the user's own one, cannot be run.
    """
    folder = folder.resolve()
    if str(folder) not in sys.path:
        sys.path.append(str(folder))  # at the end, so that nothing in it hides a library
    application = _Settings(log_level="CRITICAL")
    try:
        application.initialize([], root=str(folder))
    except (Exception, SystemExit) as error:  # whatever an instructor's Python file may raise
        raise CourseError(
            f"{folder / CONFIG} has an error, {_short(error)}: correct it, then run this again."
        ) from None
    application.coursedir.root = str(folder)  # also if a configuration for all courses names another one
    return application


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


# --- what an instructor prepares --------------------------------------------------------------------------------


def course_folder(
    out: Path,
    root: Path,
    course: Path | None = None,
    db: str | None = None,
    names: Collection[str] | None = None,
) -> tuple[str, ...]:
    """Complete `out` to a course folder of nbgrader. Returns what its owner should know, a sentence each.

    root: the checkout that holds solutions/ and course/; course: the instructor's own course folder, from which
    source, release and configuration are taken instead; db: the address that --db names, written into a new
    configuration without its password; names: the assignments of the checkout that are wanted (default: all). What
    stands in `out` already stays. Raises CourseError, if the database cannot
    be used before anything is written.
    """
    if db is not None:
        connect(address(db), PATIENCE).dispose()
    with in_one_sentence(course or root):
        for path, content in _from_course(course) if course else _from_checkout(out, root, names):
            if not (out / path).exists():
                write(out / path, content)
    return _with_address(out, db)


def _from_course(course: Path) -> Iterator[tuple[Path, bytes]]:
    """Everything below source/ and release/, the configuration and the Python files that it may import."""
    if not (course / "source").is_dir() and not (course / "release").is_dir():
        raise CourseError(f"{course} is no course folder of nbgrader: it has neither source/ nor release/.")
    for path in (*course.glob("source/**/*"), *course.glob("release/**/*"), *course.glob("*.py")):
        if path.is_file():
            yield path.relative_to(course), path.read_bytes()


def _from_checkout(out: Path, root: Path, names: Collection[str] | None) -> Iterator[tuple[Path, bytes]]:
    """The released notebooks, and the sources with answers if one is missing: building those takes seconds."""
    wanted = [path for path in released_notebooks(root) if names is None or path.stem in names]
    for path in wanted:
        yield Path("release", path.stem, path.name), unpaired(path)
    if not all((out / "source" / path.stem / path.name).exists() for path in wanted) or not (out / CONFIG).exists():
        with tempfile.TemporaryDirectory() as folder:
            instructor_sources(root, Path(folder), _tabled, [path.stem for path in wanted])
            for path in sorted(Path(folder).rglob("*.*")):
                yield path.relative_to(folder), path.read_bytes()


def _tabled(exercise: str) -> Any:
    """What a source needs of its judge, as `make course` wrote it down: the judges themselves need torch."""
    row = table().get(exercise)
    return SimpleNamespace(**row) if row and row["kind"] != "written" else None


def _with_address(out: Path, db: str | None) -> tuple[str, ...]:
    """Let nbgrader's own commands find the database: written if the configuration is ours, else said."""
    if db is None:
        return ()
    url = without_password(address(db, Path.cwd()))
    known = settings(out).config.CourseDirectory.get("db_url")
    if known and without_password(address(known)) == url:
        return ()
    path = out / CONFIG
    ours = Path(__file__).parents[2].joinpath("building", CONFIG).read_bytes()
    if path.exists() and path.read_bytes() == ours:
        write(path, ours + DB_URL.format(url=url).encode())
        return ()
    return (
        f"{path} does not name this database: set c.CourseDirectory.db_url = {url!r} there for nbgrader's commands.",
    )


# --- what students handed in, and what came of it ---------------------------------------------------------------


def keep_submission(folder: NbGrader, submission: Submission) -> None:
    """Write submitted/STUDENT/ASSIGNMENT with timestamp.txt, as nbgrader expects it beside every graded notebook, and
    what was handed in with it.

    Not for submissions that are read from that very folder. Raises CourseError if the disk refuses.
    """
    where = _home(folder, folder.coursedir.submitted_directory, submission.student, submission.assignment)
    for name, content in submission.companions:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ValueError(f"{name!r} leads out of the folder of {submission.student!r}.")
        write(where / name, content)
    _write(where, submission.assignment, submission.content, submission.timestamp)


def keep_graded(folder: NbGrader, result: Result, template: Template, rubrics: Mapping[str, str] | None = None) -> Path:
    """Write autograded/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb and timestamp.txt. Returns the notebook's path.

    rubrics: nbgrader's id of a written answer → what to show below it, see autograder.grading.records.rubrics.

    A refused notebook is replaced by the untouched release with the reason in front, so that formgrader and
    feedback have a page that says it. Raises CourseError if the disk refuses.
    """
    where = _home(folder, folder.coursedir.autograded_directory, result.student, result.assignment)
    content = beside(result.notebook, rubrics or {}) or _placeholder(template, result.reason)
    return _write(where, result.assignment, content.encode(), result.timestamp)


def _home(folder: NbGrader, step: str, student: str, assignment: str) -> Path:
    """Where nbgrader keeps a student's assignment. Raises ValueError unless an id is one plain name: nothing may land
    elsewhere."""
    for name in (student, assignment):
        if not name or Path(name).name != name or name == "..":
            raise ValueError(f"{name!r} cannot name a folder: give the student or assignment another name.")
    return Path(folder.coursedir.format_path(step, student, assignment))


def _placeholder(template: Template, reason: str) -> str:
    notebook = nbformat.reads(template.notebook, as_version=4)
    said = tame(reason)  # it may quote a file's name, or a cell
    words = f"**This notebook could not be graded.** {said}\n\nWhat follows is the assignment as it was given out."
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(words, id="refused"))
    return nbformat.writes(notebook)


def _write(where: Path, assignment: str, notebook: bytes, timestamp: str | None) -> Path:
    if timestamp:
        write(where / "timestamp.txt", timestamp)
    write(where / f"{assignment}.ipynb", notebook)
    return where / f"{assignment}.ipynb"
