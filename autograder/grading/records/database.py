"""The database behind the gradebook: its address, a connection, and its complaints in one sentence each.

SQLite is a file; PostgreSQL is spoken to by psycopg 3. A password never appears in a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.script import ScriptDirectory
from nbgrader.api import Base, Grade
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import URL, Connection, Engine, create_engine, event, false, inspect, make_url, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from autograder.grading.records.files import AGAIN
from pushforward.errors import CourseError

FORMS = "write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
PATIENCE = 30.0  # seconds to wait for another program's lock
REACHED_IN = 10  # seconds for a server to answer


# --- its address ------------------------------------------------------------------------------------------------


def address(written: str, folder: Path | None = None) -> URL:
    """The URL as SQLAlchemy understands it; a relative SQLite file lies in `folder`. Raises CourseError."""
    try:
        url = make_url(written)
    except (SQLAlchemyError, ValueError):  # ValueError: a port that is no number
        raise CourseError(f"The address of the database cannot be understood: {FORMS}.") from None
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")  # whatever this SQLAlchemy's own choice is
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise CourseError("This database would be forgotten with the run: name a file, as in sqlite:///gradebook.db.")
    if folder and url.get_backend_name() == "sqlite" and not url.database.startswith("file:"):
        url = url.set(database=str(folder / url.database))
    return url


def without_password(url: URL) -> str:
    """The address in full, for a file that others may read."""
    url = url.difference_update_query(["password"])
    return url._replace(password=None).render_as_string()


def shown(url: URL) -> str:
    """The database in words, without users and passwords."""
    if url.get_backend_name() == "sqlite":
        return f"The database {url.database}"
    return f"The database {url.database or ''!r} on {url.host or url.query.get('host', 'this machine')}"


# --- a connection -----------------------------------------------------------------------------------------------


def connect(url: URL, patience: float) -> Engine:
    """An engine for a database with nbgrader's tables, which are made if it is empty.

    patience: seconds to wait for another program's lock. Every transaction is a writer's from its first statement.
    Raises CourseError if the database cannot be reached, is another program's or of another nbgrader.
    """
    with spoken(url):
        engine = create_engine(url, connect_args=_arguments(url, patience), pool_pre_ping=True)
        _begin_as_writer(engine, patience)
        with engine.begin() as connection:
            _claim(connection, url)
    return engine


def _arguments(url: URL, patience: float) -> dict[str, float]:
    match url.get_backend_name():
        case "sqlite":
            return {"timeout": patience}
        case "postgresql":
            return {} if "connect_timeout" in url.query else {"connect_timeout": REACHED_IN}
        case _:
            return {}


def _begin_as_writer(engine: Engine, patience: float) -> None:
    """SQLite: take the lock at once, since a reader that turns writer may be refused without any waiting.

    Python's own sqlite3 would begin at the first change, and leave the creation of tables out of the transaction.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    if engine.dialect.name == "postgresql":
        limit = f"SET LOCAL lock_timeout = {round(1000 * patience)}"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(limit))


def _claim(connection: Connection, url: URL) -> None:
    """Make nbgrader's tables in an empty database; refuse one that is not nbgrader's or not of this version."""
    found = {table: {column["name"] for column in columns}
             for (_, table), columns in inspect(connection).get_multi_columns().items()}  # fmt: skip
    wanted = {table.name: {column.name for column in table.columns} for table in Base.metadata.sorted_tables}
    if not found:
        _create(connection)
    elif not found.keys() & {"assignment", "submitted_assignment"}:
        raise CourseError(f"{shown(url)} belongs to another program: give the gradebook an empty one of its own.")
    elif any(columns - found.get(table, set()) for table, columns in wanted.items()):
        raise CourseError(
            f"{shown(url)} was made by an older nbgrader: keep a copy of it, then run `nbgrader db upgrade` in its "
            f"course folder, then {AGAIN}."
        )
    else:  # a change of nothing: whoever may not write is refused now, not at the first mark
        connection.execute(update(Grade).where(false()).values(needs_manual_grade=True))


def _create(connection: Connection) -> None:
    """The tables, marked with nbgrader's version of them for `nbgrader db upgrade`.

    nbgrader asks a program called alembic for that version, which is missing on many a PATH; we ask the library.
    """
    Base.metadata.create_all(connection)
    version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), {"version": version})


# --- its complaints ---------------------------------------------------------------------------------------------

_SQLITE = {  # by the beginning of SQLite's own name for the error
    "SQLITE_BUSY": f"is in use by another program: close that one, then {AGAIN}.",
    "SQLITE_LOCKED": f"is in use by another program: close that one, then {AGAIN}.",
    "SQLITE_FULL": f"cannot grow, the disk is full: make room, then {AGAIN}.",
    "SQLITE_READONLY": f"may not be written to: change the permissions of the file and its folder, then {AGAIN}.",
    "SQLITE_PERM": f"may not be written to: change the permissions of the file and its folder, then {AGAIN}.",
    "SQLITE_CANTOPEN": "cannot be opened: its folder must exist, and you must be allowed to write there.",
    "SQLITE_NOTADB": "is no SQLite file: name another one, or move it away.",
    "SQLITE_CORRUPT": "is damaged: put your latest copy of it in its place, or move it away and grade again.",
    "SQLITE_IOERR": f"cannot be written, the disk reports an error or is full: make room, then {AGAIN}.",
}
_POSTGRESQL = {  # by SQLSTATE, whose first two characters are its class
    "53100": f"cannot grow, the server's disk is full: make room there, then {AGAIN}.",
    "53": f"has no room for one more connection or lock: close others, then {AGAIN}.",
    "55P03": f"is locked by another program: close that one, then {AGAIN}.",
    "40": f"is being changed by another program: close that one, then {AGAIN}.",
    "25006": f"may only be read: ask for the right to write, then {AGAIN}.",
    "42501": f"does not let this user write: ask its owner to GRANT that, then {AGAIN}.",
    "57": f"was shut down: start the server, then {AGAIN}.",
    "08": f"cannot be reached any more: check the server, then {AGAIN}.",
}
_CONNECTING = {  # what libpq says before there is a SQLSTATE
    "password": "refuses the user or the password: correct them in the address, or keep the password in ~/.pgpass.",
    "authentication": "refuses this user: correct the address, or ask the server's owner for access.",
    "role ": "does not know this user: correct the address, or make one with createuser.",
    "does not exist": "does not exist on that server: correct the address, or make it with createdb.",
    "too many": f"has no room for one more connection: close others, then {AGAIN}.",
}
_UNREACHED = f"cannot be reached: check the address and that the server runs, then {AGAIN}."


@contextmanager
def spoken(url: URL) -> Iterator[None]:
    """Turn whatever the database complains of into a CourseError.

    A value that it cannot hold, such as a name of 200 characters in PostgreSQL, is a ValueError: one student's matter.
    """
    try:
        yield
    except DataError as error:
        raise ValueError(f"{shown(url)} cannot hold a value of this result: {_first_line(error)}") from None
    except IntegrityError:
        raise CourseError(f"{shown(url)} is being changed by another grading run: let it end, then {AGAIN}.") from None
    except DBAPIError as error:
        raise CourseError(f"{shown(url)} {_reason(error, url)}") from None
    except (SQLAlchemyError, ImportError) as error:  # an unknown dialect, a driver that is not installed
        raise CourseError(f"{shown(url)} is of a kind that is not supported here ({error}): {FORMS}.") from None


def _reason(error: DBAPIError, url: URL) -> str:
    origin = error.orig
    state = getattr(origin, "sqlstate", None) or ""
    for name, reason in (*_SQLITE.items(), *_POSTGRESQL.items()):
        if (getattr(origin, "sqlite_errorname", None) or state).startswith(name):
            return reason
    if url.get_backend_name() == "postgresql" and not state:
        said = str(origin)
        return next((reason for words, reason in _CONNECTING.items() if words in said), _UNREACHED)
    said = _first_line(error)
    said = said.replace(str(url.password), "…") if url.password else said
    return f"refused what it was asked ({said}): check it with `nbgrader db upgrade` then {AGAIN}."


def _first_line(error: DBAPIError) -> str:
    return (str(error.orig).splitlines() or ["no reason given"])[0]
