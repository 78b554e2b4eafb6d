"""What is lost is said and can be mended; who left can be forgotten; what is not final is not called so."""

from __future__ import annotations

import dataclasses
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from autograder.grading.records.state import State
from pushforward.errors import CourseError
from tests.grading import standin
from tests.grading.classroom import BROKEN, OF, STUDENTS, Class, earned

ADA, BOB, CLEO = STUDENTS


@pytest.fixture
def marked(class_: Class) -> Class:
    """Graded, and marked by hand: 1.5 points for everybody, with a comment."""
    class_.run()
    for student in STUDENTS:
        class_.mark(student, 1.5, "Well argued.")
    class_.run()
    return class_


def with_hand(class_: Class) -> dict[str, float]:
    return {student: points + 1.5 for student, points in earned(class_).items()}


# --- a gradebook that is gone ----------------------------------------------------------------------------------


def test_a_lost_gradebook_is_refused_and_no_empty_one_is_made(marked: Class) -> None:
    book, before = marked.out / "gradebook.db", marked.table()
    copy = shutil.copy(book, marked.out.parent / "copy.db")
    book.unlink()
    for more in ({}, {"regrade": True}):
        with pytest.raises(
            CourseError, match=r"gradebook\.db is gone, and with it .*put your copy of it back.*--rebuild"
        ):
            marked.run(**more)
        assert not book.exists()
    assert marked.table() == before
    shutil.copy(copy, book)
    assert marked.run() == []  # the regrading that was refused is not remembered
    assert marked.points() == with_hand(marked)


def test_another_gradebook_that_knows_nothing_is_refused(marked: Class, url: str) -> None:
    """An empty file, or another database than that of the last run."""
    with pytest.raises(
        CourseError, match=r"knows nothing of the 3 notebooks that were graded.* the last run with --db"
    ):
        marked.run(db=url)
    (marked.out / "gradebook.db").write_bytes(b"")
    with pytest.raises(CourseError, match=r"gradebook\.db knows nothing of the 3 notebooks"):
        marked.run()
    assert marked.points() == with_hand(marked)


def test_it_can_be_written_anew_with_the_hand_grades_of_the_last_run(marked: Class) -> None:
    marked.sql(f"UPDATE grade SET extra_credit = 0.25 WHERE manual_score = 1.5 AND notebook_id IN ({OF.format(BOB)})")
    marked.run()
    expected = {**with_hand(marked), BOB: with_hand(marked)[BOB] + 0.25}
    assert marked.points() == expected
    (marked.out / "gradebook.db").unlink()
    marked.hand_in(CLEO, 1.0)  # and another one at the same time, with the same answer
    assert marked.run(rebuild=True) == [CLEO]
    assert marked.points() == {**expected, CLEO: 3.5}
    assert marked.rows() == dict.fromkeys(STUDENTS, (1, True))
    assert "Well argued." in marked.feedback(ADA)
    assert marked.sql("SELECT count(*) FROM comment WHERE manual_comment = 'Well argued.'") == [(3,)]
    assert marked.run() == []


def test_single_notebooks_that_are_missing_are_entered_again(marked: Class, capfd: pytest.CaptureFixture[str]) -> None:
    """As after an older copy of the gradebook was put back."""
    for table, column in (("grade", "notebook_id"), ("comment", "notebook_id"), ("submitted_notebook", "id")):
        marked.sql(f"DELETE FROM {table} WHERE {column} IN ({OF.format(BOB)})")
    marked.sql(f"DELETE FROM submitted_assignment WHERE student_id = '{BOB}'")
    assert marked.run() == []
    assert marked.points() == with_hand(marked)
    assert marked.rows() == dict.fromkeys(STUDENTS, (1, True))


# --- students who left -----------------------------------------------------------------------------------------


def holds(folder: Path, name: str) -> list[str]:
    """Files with that name in their path or content."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(str(p.relative_to(folder)) for p in files if name in str(p) or name.encode() in p.read_bytes())


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite as most systems build it: deleted rows stay in the file until others take their place."""
    connect = sqlite3.connect

    def opened(*arguments: object, **more: object) -> sqlite3.Connection:
        connection = connect(*arguments, **more)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    for module in (sqlite3, sqlite3.dbapi2):
        monkeypatch.setattr(module, "connect", opened)


@pytest.mark.usefixtures("careless")
def test_a_student_who_left_is_forgotten_everywhere(marked: Class) -> None:
    marked.hand_in(BOB, 0.25, answer="another one, so that there are two, and a hand grade that is remembered")
    marked.run()
    assert holds(marked.out, BOB)
    hand_in = marked.notebook(BOB).read_bytes()
    assert marked.run(forget=(BOB,)) == []
    assert holds(marked.out, BOB) == []
    assert marked.notebook(BOB).read_bytes() == hand_in  # what was handed in is their teacher's
    assert marked.points().keys() == {ADA, CLEO}
    shutil.rmtree(marked.options.submitted / BOB)
    assert marked.run() == []
    assert marked.points().keys() == {ADA, CLEO}


def test_in_another_gradebook_they_are_forgotten_too(class_: Class, url: str) -> None:
    class_.run(db=url)
    class_.hand_in(BOB, 0.25)
    class_.run(db=url)
    class_.run(db=url, forget=(BOB,))
    with create_engine(url).connect() as connection:
        assert sorted(connection.scalars(text("SELECT id FROM student"))) == [ADA, CLEO]
        assert connection.scalar(text("SELECT count(*) FROM submitted_notebook")) == 2
        assert connection.scalar(text("SELECT count(*) FROM grade")) == 4
    assert class_.points().keys() == {ADA, CLEO}


def test_who_was_the_only_one_leaves_no_table_behind(class_: Class) -> None:
    for student in (BOB, CLEO):
        shutil.rmtree(class_.options.submitted / student)
    class_.run()
    assert list(class_.out.glob("lms/*.csv"))
    class_.run(forget=(ADA,))
    assert holds(class_.out, ADA) == []
    assert class_.table() == []


def test_submissions_in_the_folder_itself_are_left_to_their_teacher(class_: Class) -> None:
    folder = class_.options.submitted.parent
    class_.options = dataclasses.replace(class_.options, submitted=folder, out=folder)
    class_.run()
    class_.run(forget=(BOB,))
    assert {Path(name).parts[0] for name in holds(class_.out, BOB)} == {"submitted"}


def test_who_is_not_known_cannot_be_forgotten(marked: Class) -> None:
    with pytest.raises(CourseError, match=r"--forget student01 .*did you mean student001\?"):
        marked.run(forget=("student01",))
    assert marked.run() == []
    assert marked.points() == with_hand(marked)


def test_forgetting_that_is_cut_short_is_done_by_the_same_command(
    marked: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(State, "forget", cut)
        with pytest.raises(KeyboardInterrupt):
            marked.run(forget=(BOB,))
    marked.run(forget=(BOB,))
    assert holds(marked.out, BOB) == []


def test_the_last_one_can_be_forgotten_where_forgetting_was_cut_short(
    class_: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gradebook is empty by then, which is no reason to take it for lost."""
    for student in (BOB, CLEO):
        shutil.rmtree(class_.options.submitted / student)
    class_.run()
    with monkeypatch.context() as patch:
        patch.setattr(State, "forget", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            class_.run(forget=(ADA,))
    class_.run(forget=(ADA,))
    assert holds(class_.out, ADA) == []


# --- provisional and final -------------------------------------------------------------------------------------


def lms(class_: Class) -> set[str]:
    return {path.name for path in class_.out.glob("lms/*")}


FINAL = {f"canvas_{standin.ASSIGNMENT}.csv", f"moodle_{standin.ASSIGNMENT}.csv"}
PROVISIONAL = {f"provisional_{name}" for name in FINAL}


def test_tables_for_platforms_are_provisional_until_nothing_waits(class_: Class) -> None:
    said = class_.told()
    assert "To be marked by hand: answers in 3 notebooks, worth 6 points." in said
    assert "the tables in lms/ are called provisional_" in said
    assert lms(class_) == PROVISIONAL
    with pytest.raises(CourseError, match=r"not final, .*: answers in 3 notebooks, .*then run the same command"):
        class_.run(final=True)
    assert lms(class_) == PROVISIONAL
    for number, student in enumerate(STUDENTS):
        class_.mark(student, 0.5 * number)
    assert "by hand" not in class_.told(final=True)
    assert lms(class_) == FINAL
    class_.mark(ADA, None)
    class_.run()
    assert lms(class_) == PROVISIONAL


def test_a_refused_notebook_has_no_final_mark_before_somebody_gives_one(class_: Class) -> None:
    class_.notebook(ADA).write_bytes(BROKEN)
    class_.run()
    for student in (BOB, CLEO):
        class_.mark(student, 1.0)
    with pytest.raises(CourseError, match=r"not final, .*: 1 refused notebook without any mark.*0 points are a"):
        class_.run(final=True)
    class_.mark(ADA, 0.0)
    class_.run(final=True)
    assert lms(class_) == FINAL
