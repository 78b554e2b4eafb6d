"""Marks in nbgrader's database: nbgrader's own steps are the oracle, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Base, Course, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades, SaveCells
from nbgrader.server_extensions.formgrader.apihandlers import CommentHandler, GradeHandler
from sqlalchemy import create_engine, select
from traitlets.config import Config

from autograder.grading.model import Result, Standing, Submission, Template, refused
from autograder.grading.records import gradebook
from autograder.grading.records.database import address, connect
from autograder.grading.records.gradebook import Book
from autograder.grading.records.hands import Hand
from pushforward.errors import CourseError

COURSE, ASSIGNMENT = "default_course", "15_diffusion_forward"
CHECK, SOLVE, WRITTEN = "diffusion-alpha_bar", "diffusion-alpha_bar-answer", "diffusion-which_prior"
HANDED_IN = "2026-11-02T10:00:00+00:00"


def rows(url: str, ids: bool = False) -> dict[str, list[str]]:
    """All that a database holds, table by table. Without its random ids, a row that is referred to is written out."""
    engine, found, shown = create_engine(url), {}, {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:  # what is referred to comes first
            found[table.name] = []
            for row in connection.execute(select(table)).mappings():
                plain = {name: shown.get(value, value) for name, value in row.items() if name != "id"}
                text = repr(dict(row)) if ids or table.name in ("student", "course") else repr(plain)
                found[table.name].append(text)
                shown.setdefault(row.get("id"), text)
    engine.dispose()
    return {name: sorted(texts) for name, texts in found.items()}


def nbgrader_opens(url: str) -> Gradebook:
    """The gradebook by nbgrader's own API; its tables are made first, since nbgrader takes seconds for that."""
    connect(address(url), patience=5).dispose()
    return Gradebook(url, COURSE)


def nbgraders_own(url: str, template: Template) -> None:
    """What `nbgrader generate_assignment` enters."""
    with nbgrader_opens(url) as book:
        book.add_assignment(template.assignment)
    SaveCells().preprocess(nbformat.reads(template.notebook, as_version=4), resources(url, template.assignment))


def nbgrader_saves(url: str, result: Result) -> None:
    """What `nbgrader autograde` enters once the notebook has run."""
    with Gradebook(url, COURSE) as book:
        book.update_or_create_student(result.student)
        times = {"timestamp": result.timestamp} if result.timestamp else {}
        book.update_or_create_submission(result.assignment, result.student, **times)
    notebook = nbformat.reads(result.notebook, as_version=4)
    for step in (SaveAutoGrades(), AssignLatePenalties()):
        step.preprocess(notebook, resources(url, result.assignment, result.student))


def resources(url: str, assignment: str, student: str = "") -> dict:
    return {"nbgrader": {"notebook": assignment, "assignment": assignment, "student": student, "db_url": url}}


def formgrader(url: str, handler: type, id: str, **data: object) -> None:
    """Save a hand grade or a comment: the body of formgrader's own handler, without its web server."""
    with Gradebook(url, COURSE) as book:
        request = SimpleNamespace(gradebook=book, get_json_body=lambda: data, write=lambda text: None)
        inspect.unwrap(handler.put)(request, id)


def grade_by_hand(url: str, student: str, cell: str, **data: object) -> None:
    with Gradebook(url, COURSE) as book:
        id = book.find_grade(cell, ASSIGNMENT, ASSIGNMENT, student).id
    formgrader(url, GradeHandler, id, **data)


def comment_by_hand(url: str, student: str, cell: str, words: str) -> None:
    with Gradebook(url, COURSE) as book:
        id = book.find_comment(cell, ASSIGNMENT, ASSIGNMENT, student).id
    formgrader(url, CommentHandler, id, manual_comment=words)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty course folder with the default configuration."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


# --- assignments ------------------------------------------------------------------------------------------------


def test_an_assignment_is_entered_as_nbgrader_enters_it(
    folder: Path, url: str, assignment: Template, tmp_path: Path
) -> None:
    with Book(folder, url) as book:
        assert book.prepare([assignment]) == ()
    nbgraders_own(theirs := f"sqlite:///{tmp_path}/theirs.db", assignment)
    assert rows(url) == rows(theirs)


def test_preparing_again_keeps_every_row(folder: Path, url: str, assignment: Template, graded: Callable) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(graded("ada"))
    before = rows(url, ids=True)
    with Book(folder, url) as book:
        assert book.prepare([assignment]) == ()
    assert rows(url, ids=True) == before


def changed(template: Template, **cells: dict | None) -> Template:
    """The template with other metadata (a dict) or without a cell (None), by nbgrader id with _ for -."""
    notebook = nbformat.reads(template.notebook, as_version=4)
    for name, change in cells.items():
        cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)
        cell.metadata.nbgrader.update(change or {})
        if change is None:
            notebook.cells.remove(cell)
    slots = [s for s in template.slots if cells.get(s.grade_id, {}) is not None]
    return dataclasses.replace(template, notebook=nbformat.writes(notebook), slots=tuple(slots))


def test_other_points_are_taken_over_and_said(folder: Path, url: str, assignment: Template, graded: Callable) -> None:
    dearer = changed(assignment, **{CHECK: {"points": 7.0}})
    with Book(folder, url) as book:
        book.prepare([assignment])
        assert book.prepare([dearer]) == ()  # nobody has handed in: nothing to be said
        book.prepare([assignment])
        book.record(graded("ada"))
        (said,) = book.prepare([dearer])
        assert book.prepare([dearer]) == ()
    assert f"{CHECK} in {ASSIGNMENT} was worth 2 points" in said
    assert "now worth 7" in said
    with Gradebook(url, COURSE) as theirs:
        assert theirs.find_grade_cell(CHECK, ASSIGNMENT, ASSIGNMENT).max_score == 7


def test_other_cells_are_taken_over_before_and_refused_after_the_first_submission(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    smaller = changed(assignment, **{CHECK: None})
    with Book(folder, url) as book:
        book.prepare([assignment])
        assert book.prepare([smaller]) == ()
        assert book.prepare([assignment]) == ()
        book.record(graded("ada"))
        before = rows(url, ids=True)
        with pytest.raises(CourseError, match=f"without {CHECK}, and nbgrader cannot change"):
            book.prepare([smaller])
    assert rows(url, ids=True) == before


def test_an_instructors_hidden_tests_stay(folder: Path, url: str, assignment: Template) -> None:
    hidden = 'check("diffusion.alpha_bar")\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS'
    with Book(folder, url) as book:
        book.prepare([assignment])
    with Gradebook(url, COURSE) as theirs:
        theirs.find_source_cell(CHECK, ASSIGNMENT, ASSIGNMENT).source = hidden
        theirs.find_source_cell(SOLVE, ASSIGNMENT, ASSIGNMENT).source = "outdated"
        theirs.db.commit()
    with Book(folder, url) as book:
        book.prepare([assignment])
    with Gradebook(url, COURSE) as theirs:
        assert theirs.find_source_cell(CHECK, ASSIGNMENT, ASSIGNMENT).source == hidden
        assert theirs.find_source_cell(SOLVE, ASSIGNMENT, ASSIGNMENT).source != "outdated"


def test_an_assignment_with_a_strange_notebook_is_refused(folder: Path, url: str, assignment: Template) -> None:
    with nbgrader_opens(url) as theirs:
        theirs.add_assignment(ASSIGNMENT)
        theirs.add_notebook("problem 2", ASSIGNMENT)
    with Book(folder, url) as book, pytest.raises(CourseError, match="problem 2, which is not the course's"):
        book.prepare([assignment])


# --- results ----------------------------------------------------------------------------------------------------


def cases(graded: Callable) -> list[Result]:
    return [
        graded("full"),
        graded("half", share=0.5, timestamp=HANDED_IN),
        graded("nothing", share=0.0, answered=set()),
        graded("one", share=0.25, answered={WRITTEN}),
    ]


def test_results_stand_as_nbgrader_writes_them(
    folder: Path, url: str, assignment: Template, graded: Callable, tmp_path: Path
) -> None:
    nbgraders_own(theirs := f"sqlite:///{tmp_path}/theirs.db", assignment)
    with Book(folder, url) as book:
        book.prepare([assignment])
        for result in cases(graded):
            assert book.record(result) == Standing()
            nbgrader_saves(theirs, result)
    assert rows(url) == rows(theirs)


def test_regrading_after_hand_grades_stands_as_nbgrader_writes_it(
    folder: Path, url: str, assignment: Template, graded: Callable, tmp_path: Path
) -> None:
    nbgraders_own(theirs := f"sqlite:///{tmp_path}/theirs.db", assignment)
    with Book(folder, url) as book:
        book.prepare([assignment])
        for result in cases(graded):
            book.record(result)
            nbgrader_saves(theirs, result)
        for place in (url, theirs):
            grade_by_hand(place, "full", WRITTEN, manual_score=1.5, extra_credit=0.5)
            grade_by_hand(place, "half", CHECK, manual_score=2.0)
            grade_by_hand(place, "nothing", WRITTEN, manual_score=1.0)
            grade_by_hand(place, "one", CHECK, extra_credit=0.25)
            comment_by_hand(place, "full", WRITTEN, "Well argued.")
            with Gradebook(place, COURSE) as open_:
                open_.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "half").flagged = True
                open_.db.commit()
        for result in cases(graded):
            book.record(dataclasses.replace(result, timestamp=HANDED_IN))
            nbgrader_saves(theirs, dataclasses.replace(result, timestamp=HANDED_IN))
    assert rows(url) == rows(theirs)


def test_hand_grades_extra_credit_and_comments_are_told_and_survive(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(result := graded("ada", share=0.5))
        book.record(graded("bob"))
    grade_by_hand(url, "ada", WRITTEN, manual_score=2.0, extra_credit=0.5)
    grade_by_hand(url, "ada", CHECK, manual_score=0.0)
    comment_by_hand(url, "ada", WRITTEN, "Well argued.")
    expected = Standing(
        {"diffusion.which_prior": 2.0, "diffusion.alpha_bar": 0.0}, 0.5, 0.0, {"diffusion.which_prior": "Well argued."}
    )
    with Book(folder, url) as book:
        assert book.standings() == {("ada", ASSIGNMENT): expected, ("bob", ASSIGNMENT): Standing()}
        book.prepare([assignment])
        assert book.record(dataclasses.replace(result, timestamp=HANDED_IN)) == expected
    with Gradebook(url, COURSE) as theirs:
        assert theirs.find_submission(ASSIGNMENT, "ada").score == expected.total(result)
        assert theirs.find_grade(CHECK, ASSIGNMENT, ASSIGNMENT, "ada").needs_manual_grade  # nbgrader: look again
        assert not theirs.find_grade("diffusion-q_sample", ASSIGNMENT, ASSIGNMENT, "ada").needs_manual_grade


def test_a_hand_grade_is_taken_back_and_returned_with_all_that_belongs_to_it(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    given = {"diffusion.which_prior": Hand(2.0, 0.5, "Well argued."), "diffusion.alpha_bar": Hand(0.0)}

    def waiting() -> set[str]:
        with Gradebook(url, COURSE) as theirs:
            (notebook,) = theirs.find_submission(ASSIGNMENT, "ada").notebooks
            return {grade.name for grade in notebook.grades if grade.needs_manual_grade}

    with Book(folder, url) as book:
        book.prepare([assignment])
        before = book.record(graded("ada", share=0.5))
        others = waiting() - {WRITTEN}
        grade_by_hand(url, "ada", WRITTEN, manual_score=2.0, extra_credit=0.5)
        grade_by_hand(url, "ada", CHECK, manual_score=0.0)
        comment_by_hand(url, "ada", WRITTEN, "Well argued.")
        assert book.hands("ada", ASSIGNMENT) == given
        assert book.hands("bob", ASSIGNMENT) == {}
        standing = book.standings()["ada", ASSIGNMENT]
        assert book.record(graded("ada", share=0.5), dict.fromkeys(given, Hand())) == before
        assert book.hands("ada", ASSIGNMENT) == {}
        assert waiting() == {WRITTEN, CHECK} | others  # a person has disagreed with the judge there
        assert book.record(graded("ada", share=0.5), given) == standing
        assert book.hands("ada", ASSIGNMENT) == given
        assert waiting() == others


def test_a_student_is_forgotten_with_all_that_is_theirs_and_nobody_else_is(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(graded("bob"))
        before = rows(url)
        book.record(graded("ada"))
        comment_by_hand(url, "ada", WRITTEN, "Well argued.")
        assert book.places() == {("ada", ASSIGNMENT), ("bob", ASSIGNMENT)}
        assert book.forget("ada") == {ASSIGNMENT}
        assert book.places() == {("bob", ASSIGNMENT)}
        assert book.forget("ada") == set()
    assert rows(url) == before


def test_in_another_course_of_the_same_database_nobody_is_forgotten(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(graded("ada"))
    with nbgrader_opens(url) as theirs:
        theirs.db.add(Course(id="another"))
        theirs.db.commit()
    with Gradebook(url, "another") as theirs:
        theirs.add_assignment("elsewhere")
        theirs.add_submission("elsewhere", "ada")
    with Book(folder, url) as book:
        book.forget("ada")
    with Gradebook(url, "another") as theirs:
        assert theirs.find_submission("elsewhere", "ada").student.id == "ada"
        assert [submission.assignment.name for submission in theirs.find_student("ada").submissions] == ["elsewhere"]


def test_what_lateness_would_cost_a_hand_in_is_told_by_its_own_time(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with Book(folder, url) as book:
        book.prepare([assignment])
        assert book.penalty(graded("ada", timestamp=HANDED_IN), 4.0) == 0.0
        book.record(graded("ada", timestamp=HANDED_IN))
        moved(url, "2026-11-02 10:00:00 UTC")
        assert book.penalty(graded("ada", timestamp=HANDED_IN), 4.0) == 0.0
        assert book.penalty(graded("ada", timestamp="2026-11-02T10:00:01+00:00"), 4.0) == 4.0


def test_extra_credit_without_a_score_does_not_count_as_in_nbgrader(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(result := graded("ada", share=0.0))
        grade_by_hand(url, "ada", WRITTEN, extra_credit=1.0)
        standing = book.standings()["ada", ASSIGNMENT]
    with Gradebook(url, COURSE) as theirs:
        assert theirs.find_submission(ASSIGNMENT, "ada").score == standing.total(result) == 0


def test_recording_twice_changes_nothing(folder: Path, url: str, assignment: Template, graded: Callable) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        for result in cases(graded):
            book.record(result)
        before = rows(url, ids=True)
        for result in cases(graded):
            book.record(result)
    assert rows(url, ids=True) == before


def test_a_result_is_written_whole_or_not_at_all(
    folder: Path, url: str, assignment: Template, graded: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with Book(folder, url) as book:
        book.prepare([assignment])
        before = rows(url, ids=True)
        monkeypatch.setattr(gradebook, "_write_comments", killed)
        with pytest.raises(KeyboardInterrupt):
            book.record(graded("ada"))
        assert rows(url, ids=True) == before
        monkeypatch.undo()
        book.record(graded("ada"))
    assert rows(url, ids=True) != before


def test_a_refused_notebook_waits_for_a_person_and_says_why(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    lost = refused(Submission("ada", ASSIGNMENT, b"<html>"), assignment, "The file is a web page.")
    with Book(folder, url) as book:
        book.prepare([assignment])
        assert book.record(lost) == Standing()
    with Gradebook(url, COURSE) as theirs:
        submission = theirs.find_submission(ASSIGNMENT, "ada")
        assert submission.needs_manual_grade
        (notebook,) = submission.notebooks
        assert {(grade.auto_score, grade.needs_manual_grade) for grade in notebook.grades} == {(None, True)}
        assert len(notebook.grades) == len(assignment.graded)
        assert {comment.comment for comment in notebook.comments} == {
            "This notebook could not be graded. The file is a web page."
        }
    with Book(folder, url) as book:  # handed in again, in one piece
        book.prepare([assignment])
        book.record(graded("ada"))
    with Gradebook(url, COURSE) as theirs:
        (notebook,) = theirs.find_submission(ASSIGNMENT, "ada").notebooks
        waiting = {grade.name for grade in notebook.grades if grade.needs_manual_grade}
        assert waiting == {slot.grade_id for slot in assignment.slots if slot.kind == "written"}
        assert {comment.comment for comment in notebook.comments} == {None}


def test_a_check_that_did_not_run_is_zero_and_failed(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    result = graded("ada")
    stopped = dataclasses.replace(result.marks[0], points=0.0, status="not run", why="The check did not run.")
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(dataclasses.replace(result, marks=(stopped, *result.marks[1:])))
    with Gradebook(url, COURSE) as theirs:
        grade = theirs.find_grade(stopped.exercise.replace(".", "-"), ASSIGNMENT, ASSIGNMENT, "ada")
        assert (grade.auto_score, grade.needs_manual_grade, grade.failed_tests) == (0.0, False, True)


def test_students_of_all_names_find_their_marks(folder: Path, url: str, assignment: Template, graded: Callable) -> None:
    students = ["Zoë O'Hara", "😀", "1234", "ünï%cödé; DROP TABLE grade", "x" * 128]
    with Book(folder, url) as book:
        book.prepare([assignment])
        for student in students:
            book.record(graded(student))
        assert {student for student, _ in book.standings()} == set(students)


def test_what_an_lms_calls_a_student_is_kept(folder: Path, url: str, assignment: Template, graded: Callable) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(graded("ada", lms={"canvas_id": "1234"}))
    with Gradebook(url, COURSE) as theirs:
        assert theirs.find_student("ada").lms_user_id == "1234"


# --- late -------------------------------------------------------------------------------------------------------

PER_HOUR = """
from nbgrader.plugins import LateSubmissionPlugin

class PerHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {body}
"""


def late_by(
    folder: Path, url: str, result: Result, assignment: Template, hours: float, extension: float = 0
) -> Standing:
    """Record a result that was handed in so many hours after its deadline."""
    with Book(folder, url) as book:
        book.prepare([assignment])
        with Gradebook(url, COURSE) as theirs:
            due = theirs.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-02 10:00:00 UTC").duedate
        book.record(dataclasses.replace(result, timestamp=f"{due.isoformat()}+00:00"))
        if extension:
            with Gradebook(url, COURSE) as theirs:
                theirs.grant_extension(ASSIGNMENT, result.student, hours=extension)
        return book.record(dataclasses.replace(result, timestamp=f"{(due + timedelta(hours=hours)).isoformat()}+00:00"))


def test_nbgraders_own_penalty_takes_the_whole_score(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    result = graded("ada", share=0.5)
    standing = late_by(folder, url, result, assignment, hours=1)
    assert (standing.late_penalty, standing.total(result)) == (result.points, 0.0)
    with Gradebook(url, COURSE) as theirs:
        ours = theirs.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada").late_submission_penalty
    config = Config(LateSubmissionPlugin=Config(penalty_method="zero"))
    notebook = nbformat.reads(result.notebook, as_version=4)
    AssignLatePenalties(config=config).preprocess(notebook, resources(url, ASSIGNMENT, "ada"))
    with Gradebook(url, COURSE) as theirs:
        assert theirs.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada").late_submission_penalty == ours
    assert late_by(folder, url, result, assignment, hours=0) == Standing()
    assert late_by(folder, url, result, assignment, hours=1, extension=2) == Standing()


def moved(url: str, due: str, extension: int = 0) -> None:
    """What an instructor does in formgrader after everything was graded."""
    with Gradebook(url, COURSE) as theirs:
        theirs.update_or_create_assignment(ASSIGNMENT, duedate=due)
        theirs.grant_extension(ASSIGNMENT, "ada", hours=extension)


def test_lateness_follows_the_dates_that_stand_in_the_gradebook_now(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    result = graded("ada", share=0.5, timestamp=HANDED_IN)
    full = Standing().total(result)

    def now() -> tuple[float, float]:
        """What our tables count, and what nbgrader's export does."""
        with Book(folder, url) as book:
            book.prepare([assignment])
            ours = book.standings()["ada", ASSIGNMENT].total(result)
        with Gradebook(url, COURSE) as theirs:
            (notebook,) = theirs.find_submission(ASSIGNMENT, "ada").notebooks
            return ours, notebook.score - (notebook.late_submission_penalty or 0)

    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(result)
    assert now() == (full, full)
    moved(url, "2026-11-02 09:00:00 UTC")
    assert now() == (0, 0)
    moved(url, "2026-11-02 09:00:00 UTC", extension=2)
    assert now() == (full, full)
    moved(url, "2026-11-01 09:00:00 UTC", extension=2)
    assert now() == (0, 0)
    grade_by_hand(url, "ada", WRITTEN, manual_score=1.5)  # comes after the penalty, which takes it, too
    assert now() == (0, 0)
    moved(url, "2026-11-02 10:00:00 UTC")
    assert now() == (full + 1.5, full + 1.5)


@pytest.mark.parametrize(
    ("body", "penalty"),
    [("total_seconds_late / 3600", 2.0), ("-1", 0.0), ("score + 1", None), ("None", 0.0), ("0.25 * score", 0.25)],
)
def test_an_instructors_own_penalty_is_kept_between_zero_and_the_score(
    tmp_path: Path, assignment: Template, graded: Callable, body: str, penalty: float | None
) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    module = f"late_{abs(hash(body))}"  # imported once per process
    (folder / f"{module}.py").write_text(PER_HOUR.format(body=body))
    (folder / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.AssignLatePenalties.plugin_class = '{module}.PerHour'\n"
    )
    result = graded("ada", share=0.5)
    standing = late_by(folder, f"sqlite:///{folder}/gradebook.db", result, assignment, hours=2)
    expected = {None: result.points, 0.25: 0.25 * result.points}.get(penalty, penalty)
    assert standing.late_penalty == pytest.approx(expected)


def test_an_extension_without_a_deadline_costs_nothing(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(graded("ada", timestamp=HANDED_IN))
        with Gradebook(url, COURSE) as theirs:
            theirs.find_submission(ASSIGNMENT, "ada").extension = timedelta(days=1)
            theirs.db.commit()
        assert book.record(graded("ada", timestamp=HANDED_IN)) == Standing()


def test_the_time_is_kept_in_utc_and_an_unreadable_one_is_not_kept(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        for time in ("2026-11-02T12:00:00+02:00", None, "yesterday"):
            book.record(graded("ada", timestamp=time))
            with Gradebook(url, COURSE) as theirs:
                assert theirs.find_submission(ASSIGNMENT, "ada").timestamp.isoformat() == "2026-11-02T10:00:00"


@pytest.mark.parametrize(
    "line",
    ["1 / 0", "c.LateSubmissionPlugin.penalty_method = 'half'", "c.AssignLatePenalties.plugin_class = 'no.such.Class'"],
)
def test_a_configuration_with_an_error_is_refused_before_anything_is_written(folder: Path, line: str) -> None:
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")
    with pytest.raises(CourseError, match=r"nbgrader_config.py .*error.*: correct it, then run this again\."):
        Book(folder)
    assert not (folder / "gradebook.db").exists()


def test_a_penalty_with_an_error_is_a_sentence_and_leaves_the_last_marks(
    tmp_path: Path, assignment: Template, graded: Callable
) -> None:
    (tmp_path / "late_broken.py").write_text(PER_HOUR.format(body="1 / 0"))
    config = "c = get_config()\nc.AssignLatePenalties.plugin_class = 'late_broken.PerHour'\n"
    (tmp_path / "nbgrader_config.py").write_text(config)
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with pytest.raises(CourseError, match=r"late penalties .*division by zero"):
        late_by(tmp_path, url, graded("ada", share=0.5), assignment, hours=2)
    with Gradebook(url, COURSE) as theirs:
        assert theirs.find_submission(ASSIGNMENT, "ada").timestamp.isoformat() == "2026-11-02T10:00:00"


# --- where it stands --------------------------------------------------------------------------------------------


def test_by_default_it_is_the_file_that_nbgraders_commands_open(tmp_path: Path, assignment: Template) -> None:
    with Book(tmp_path / "new") as book:
        book.prepare([assignment])
    with Gradebook(f"sqlite:///{tmp_path}/new/gradebook.db") as theirs:
        assert [found.name for found in theirs.assignments] == [ASSIGNMENT]


def test_the_configurations_database_and_course_are_used(tmp_path: Path, assignment: Template) -> None:
    config = "c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///deep.db'\nc.CourseDirectory.course_id = 'deep'\n"
    (tmp_path / "nbgrader_config.py").write_text(config)
    with Book(tmp_path) as book:
        book.prepare([assignment])
    with Gradebook(f"sqlite:///{tmp_path}/deep.db", "deep") as theirs:
        assert [found.course_id for found in theirs.assignments] == ["deep"]


def test_the_tables_carry_the_version_that_nbgrader_would_write(
    folder: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # nbgrader starts alembic by its bare name
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    from nbgrader.api import get_alembic_version
    from sqlalchemy import text

    with Book(folder, url):
        pass
    with Gradebook(url, COURSE) as theirs:
        (found,) = theirs.db.execute(text("SELECT version_num FROM alembic_version")).scalars()
    assert found == get_alembic_version()


def test_the_submission_is_linked_to_its_notebook(
    folder: Path, url: str, assignment: Template, graded: Callable
) -> None:
    with Book(folder, url) as book:
        book.prepare([assignment])
        book.record(graded("ada"))
    with Gradebook(url, COURSE) as theirs:
        submission = theirs.db.scalars(select(SubmittedAssignment)).one()
        notebook = theirs.db.scalars(select(SubmittedNotebook)).one()
        assert (notebook.assignment, notebook.notebook.name) == (submission, ASSIGNMENT)
        assert json.dumps(submission.to_dict() | notebook.to_dict())
