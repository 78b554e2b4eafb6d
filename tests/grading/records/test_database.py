"""What can be wrong with a database, each in one sentence that names the mend and never a password."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event

from autograder.grading.model import Template
from autograder.grading.records.database import address, connect, without_password
from autograder.grading.records.gradebook import Book
from pushforward.errors import CourseError

SECRET = "s3cret"


def refusal(folder: Path, url: str, patience: float = 0.1) -> str:
    """The sentence with which a gradebook at that address is refused; nothing may be written beside it."""
    before = sorted(folder.rglob("*"))
    with pytest.raises(CourseError) as caught, Book(folder, url, patience):
        pass
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert SECRET not in said
    assert sorted(folder.rglob("*")) == before
    return said


# --- addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("gradebook.db", "cannot be understood: write sqlite:///FILE or postgresql://"),
        ("", "cannot be understood"),
        (f"postgresql://ada:{SECRET}@host:port/grades", "cannot be understood"),
        (f"postgres://ada:{SECRET}@host/grades", "is of a kind that is not supported"),
        (f"oracle://ada:{SECRET}@host/grades", "is of a kind that is not supported"),
        ("sqlite://", "would be forgotten"),
        ("sqlite:///:memory:", "would be forgotten"),
        (
            "sqlite:///no/such/folder/gradebook.db",
            "no/such/folder/gradebook.db cannot be opened: its folder must exist",
        ),
        (f"postgresql://ada:{SECRET}@127.0.0.1:1/grades", "'grades' on 127.0.0.1 cannot be reached: check the address"),
        (f"postgresql://ada:{SECRET}@/grades?host=/no/such/socket", "'grades' on /no/such/socket cannot be reached"),
        (f"postgresql:///grades?host=/no/such/socket&password={SECRET}", "cannot be reached"),
    ],
)
def test_a_wrong_address_is_refused(tmp_path: Path, url: str, said: str) -> None:
    assert said in refusal(tmp_path, url)


def test_a_password_is_not_written_down() -> None:
    url = address(f"postgresql://ada:{SECRET}@host:5433/grades?password={SECRET}&sslmode=require")
    assert without_password(url) == "postgresql+psycopg://ada@host:5433/grades?sslmode=require"


def test_a_relative_file_lies_in_the_course_folder(tmp_path: Path) -> None:
    assert address("sqlite:///marks.db", tmp_path).database == str(tmp_path / "marks.db")
    assert address("sqlite:////marks.db", tmp_path).database == "/marks.db"


# --- files ------------------------------------------------------------------------------------------------------


def test_a_locked_file_is_waited_for_then_refused(tmp_path: Path, assignment: Template, graded: Callable) -> None:
    other = sqlite3.connect(tmp_path / "gradebook.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "gradebook.db is in use by another program: close that one, then run" in refusal(
        tmp_path, f"sqlite:///{tmp_path}/gradebook.db"
    )
    other.execute("COMMIT")
    with Book(tmp_path, patience=0.1) as book:
        book.prepare([assignment])
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CourseError, match="in use by another program"):
            book.record(graded("ada"))
        other.execute("ROLLBACK")
        book.record(graded("ada"))  # the book goes on where it stopped
        assert list(book.standings()) == [("ada", assignment.assignment)]
    other.close()


def test_a_full_disk_leaves_the_marks_as_they_were(tmp_path: Path, assignment: Template, graded: Callable) -> None:
    def full(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def record_a_class(book: Book) -> None:
        for number in range(100):
            book.record(graded(f"student {number}"))
            recorded.add(f"student {number}")

    recorded = {"ada"}
    with Book(tmp_path) as book:
        book.prepare([assignment])
        book.record(graded("ada"))
        event.listen(book._engine, "checkout", full)
        with pytest.raises(CourseError, match="the disk is full: make room, then run the same command again"):
            record_a_class(book)
    with Book(tmp_path) as book:
        assert {student for student, _ in book.standings()} == recorded
        book.prepare([assignment])
        record_a_class(book)


def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    with Book(tmp_path):
        pass
    # by its address, since root may write to every file
    said = refusal(tmp_path, f"sqlite:///file:{tmp_path}/gradebook.db?mode=ro&uri=true")
    assert "may not be written to: change the permissions" in said


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "marks.db").write_text("student,points\nada,2\n" * 200)
    assert "marks.db is no SQLite file" in refusal(tmp_path, f"sqlite:///{tmp_path}/marks.db")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path, f"sqlite:///{tmp_path}")


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE customers (name TEXT)")
    assert "shop.db belongs to another program" in refusal(tmp_path, f"sqlite:///{tmp_path}/shop.db")
    assert shop.execute("SELECT name FROM sqlite_master").fetchall() == [("customers",)]
    shop.close()


def test_an_older_nbgraders_database_names_its_upgrade(tmp_path: Path) -> None:
    with Book(tmp_path):
        pass
    with sqlite3.connect(tmp_path / "gradebook.db") as old:
        old.execute("ALTER TABLE student DROP COLUMN lms_user_id")
    old.close()
    assert "run `nbgrader db upgrade`" in refusal(tmp_path, f"sqlite:///{tmp_path}/gradebook.db")


def test_tables_are_made_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.grading.records import database

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(database, "ScriptDirectory", killed)  # what is asked after the tables have been made
    url = address(f"sqlite:///{tmp_path}/gradebook.db")
    with pytest.raises(Killed):
        connect(url, patience=1)
    monkeypatch.undo()
    connect(url, patience=1).dispose()
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as theirs:
        assert theirs.students == []


# --- PostgreSQL -------------------------------------------------------------------------------------------------


@pytest.fixture
def server(postgresql: str) -> psycopg.Connection:
    """The superuser's connection, with which a test makes things go wrong."""
    with psycopg.connect(host=postgresql, user="postgres", dbname="postgres", autocommit=True) as connection:
        yield connection


@pytest.fixture
def marker(server: psycopg.Connection, postgresql_url: str) -> str:
    """The address for a role that has a password and owns its database."""
    name = address(postgresql_url).database
    server.execute("DROP ROLE IF EXISTS marker")
    server.execute(f"CREATE ROLE marker LOGIN PASSWORD '{SECRET}'")
    server.execute(f"ALTER DATABASE {name} OWNER TO marker")
    yield postgresql_url.replace("postgres@", f"marker:{SECRET}@")
    server.execute(f"ALTER DATABASE {name} OWNER TO postgres")
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.execute("DROP ROLE marker")
    server.execute(f"CREATE DATABASE {name}")


def test_a_password_opens_the_database(tmp_path: Path, marker: str, assignment: Template) -> None:
    with Book(tmp_path, marker) as book:
        assert book.prepare([assignment]) == ()


def test_a_wrong_or_missing_password_is_refused(tmp_path: Path, marker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPASSWORD", "PGPASSFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "refuses the user or the password" in refusal(tmp_path, marker.replace(f":{SECRET}@", f":{SECRET}x@"))
    assert "keep the password in ~/.pgpass" in refusal(tmp_path, marker.replace(f":{SECRET}@", "@"))


def test_an_unknown_user_or_database_is_refused(tmp_path: Path, postgresql_url: str) -> None:
    assert "make one with createuser" in refusal(tmp_path, postgresql_url.replace("postgres@", f"nobody:{SECRET}@"))
    assert "make it with createdb" in refusal(tmp_path, postgresql_url.replace("/grades", "/no_grades"))


def test_a_locked_table_is_waited_for_then_refused(
    tmp_path: Path, postgresql_url: str, postgresql: str, assignment: Template, graded: Callable
) -> None:
    with Book(tmp_path, postgresql_url, patience=0.2) as book:
        book.prepare([assignment])
        with psycopg.connect(host=postgresql, user="postgres", dbname=address(postgresql_url).database) as other:
            other.execute("LOCK TABLE grade IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(CourseError, match="is locked by another program: close that one"):
                book.record(graded("ada"))
            other.rollback()
        assert book.standings() == {}
        book.record(graded("ada"))


def test_a_lost_connection_is_made_again(
    tmp_path: Path, postgresql_url: str, server: psycopg.Connection, assignment: Template, graded: Callable
) -> None:
    name = address(postgresql_url).database
    with Book(tmp_path, postgresql_url) as book:
        book.prepare([assignment])
        ended = server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert ended.fetchall() == [(True,)]
        book.record(graded("ada"))
        assert list(book.standings()) == [("ada", assignment.assignment)]


def test_a_user_who_may_only_read_is_refused(
    tmp_path: Path, marker: str, server: psycopg.Connection, postgresql_url: str
) -> None:
    with Book(tmp_path, postgresql_url):  # as superuser: the tables are not the marker's
        pass
    assert "ask its owner to GRANT that" in refusal(tmp_path, marker)


def test_another_programs_database_on_a_server_is_refused(tmp_path: Path, postgresql: str, postgresql_url: str) -> None:
    with psycopg.connect(host=postgresql, user="postgres", dbname=address(postgresql_url).database) as shop:
        shop.execute("CREATE TABLE customers (name TEXT)")
    assert "belongs to another program" in refusal(tmp_path, postgresql_url)


@pytest.mark.parametrize("student", ["x" * 200, "nul\0", "\udcff"])
def test_a_name_that_a_server_cannot_hold_costs_nobody_else(
    tmp_path: Path, postgresql_url: str, assignment: Template, graded: Callable, student: str
) -> None:
    with Book(tmp_path, postgresql_url) as book:
        book.prepare([assignment])
        with pytest.raises(ValueError):  # not a CourseError, which would end the run
            book.record(graded(student))
        book.record(graded("ada"))
        assert list(book.standings()) == [("ada", assignment.assignment)]
