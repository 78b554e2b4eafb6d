"""What makes a run resumable: one SQLite file, OUT/.grading/state.db, written by one process at a time.

A submission is kept under a key, the hash of all that its marks depend on. While the key stays, it is not graded again;
once the content, the checks or the limits change, its next result replaces the old one. The steps of one submission are
two commits: the result is there, and it has been published (gradebook, feedback, graded notebook). Whatever kills the
run in between, the next one publishes again, and publishing twice is publishing once.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autograder.grading.model import Job, Result
from autograder.grading.records.files import AGAIN, in_one_sentence
from pushforward.errors import CourseError

FOLDER = ".grading"
TABLES = """
CREATE TABLE IF NOT EXISTS run (only INTEGER PRIMARY KEY, seed INTEGER, round INTEGER, regrading INTEGER);
CREATE TABLE IF NOT EXISTS submissions (
    student TEXT, assignment TEXT, key TEXT NOT NULL, result BLOB NOT NULL, notebook BLOB NOT NULL,
    standing TEXT NOT NULL DEFAULT '', published INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (student, assignment)
) WITHOUT ROWID;
"""
Place = tuple[str, str]  # student, assignment


@dataclass(frozen=True)
class Row:
    """What is kept of one submission, short of the result. standing: as it was when the feedback was written."""

    key: str
    standing: str
    published: bool


def fingerprint(job: Job) -> str:
    """The hash of all that the marks of a submission depend on, short of the run's seed."""
    submission = asdict(job.submission)
    content, beside = submission.pop("content"), submission.pop("companions")
    submission |= {"companions": [(name, hashlib.sha256(one).hexdigest()) for name, one in beside]} if beside else {}
    options = {"limits": asdict(job.limits), "sandbox": job.sandbox, "checks": job.checks}
    hashes = [hashlib.sha256(part).hexdigest() for part in (content, job.template.notebook.encode())]
    return hashlib.sha256(json.dumps([submission, options, hashes], sort_keys=True).encode()).hexdigest()


class State:
    """The memory of one output folder: `with State(out) as state`. Raises CourseError if another run has it open."""

    def __init__(self, out: Path) -> None:
        self.path = out / FOLDER / "state.db"
        with in_one_sentence(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._in_one_sentence():
            self._db = sqlite3.connect(self.path, timeout=0.5, isolation_level=None)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")  # the lock dies with this process
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")  # losing power may cost the last results, never the file
            self._db.execute("BEGIN EXCLUSIVE")
            self._db.execute("COMMIT")
            self._db.executescript(TABLES)

    def __enter__(self) -> State:
        return self

    def __exit__(self, *exception: object) -> None:
        self._db.close()

    # --- the run ---------------------------------------------------------------------------------------------------

    def begin(self, seed: int | None = None, regrade: bool = False) -> None:
        """Take up the last run, or start one. Sets seed and round, which are part of every key.

        A regrading that was cut short is taken up by the same command; one that was finished starts anew.
        """
        kept = self._one("SELECT seed, round, regrading FROM run")
        afresh = kept is None or (regrade and not kept[2])
        before = (0, 0, 0) if kept is None else kept
        wanted = before[0] if seed is None else seed
        self.seed = secrets.randbits(31) if afresh and seed is None else wanted
        self.round = before[1] + (1 if afresh else 0)
        self._write("INSERT OR REPLACE INTO run VALUES (1, ?, ?, ?)", (self.seed, self.round, int(regrade)))

    def finish(self) -> None:
        """Everything has been graded and published: the next --regrade is a new one."""
        self._write("UPDATE run SET regrading = 0", ())

    def key(self, fingerprint: str) -> str:
        """Under what a submission is kept in this round."""
        return f"{self.round}.{self.seed}.{fingerprint}"

    # --- the submissions -------------------------------------------------------------------------------------------

    def rows(self) -> dict[Place, Row]:
        """Everything that is kept, by student and assignment."""
        found = self._all("SELECT student, assignment, key, standing, published FROM submissions")
        return {(student, assignment): Row(key, st, bool(p)) for student, assignment, key, st, p in found}

    def keep(self, key: str, result: Result) -> None:
        """A result has arrived. It is the only one of its submission from now on, and not published yet."""
        text = replace(result, notebook="").to_json()
        values = (result.student, result.assignment, key, _packed(text), _packed(result.notebook))
        columns = "(student, assignment, key, result, notebook)"
        self._write(f"INSERT OR REPLACE INTO submissions {columns} VALUES (?, ?, ?, ?, ?)", values)

    def publish(self, place: Place, standing: str = "") -> None:
        """Gradebook, feedback and graded notebook of this submission are written."""
        update = "UPDATE submissions SET published = 1, standing = ? WHERE student = ? AND assignment = ?"
        self._write(update, (standing, *place))

    def result(self, place: Place) -> Result:
        """The whole result of one submission, with its notebook."""
        found = self._one("SELECT result, notebook FROM submissions WHERE student = ? AND assignment = ?", place)
        assert found is not None, place
        return replace(Result.from_json(_unpacked(found[0])), notebook=_unpacked(found[1]))

    def results(self) -> Iterator[Result]:
        """Every result for tables: without its notebook and its pages, by assignment and student."""
        for (packed,) in self._all("SELECT result FROM submissions ORDER BY assignment, student"):
            result = Result.from_json(_unpacked(packed))
            yield replace(result, marks=tuple(replace(mark, html="") for mark in result.marks))

    # --- the file --------------------------------------------------------------------------------------------------

    def _write(self, statement: str, values: tuple) -> None:
        with self._in_one_sentence():
            self._db.execute(statement, values)

    def _one(self, query: str, values: tuple = ()) -> tuple | None:
        with self._in_one_sentence():
            return self._db.execute(query, values).fetchone()

    def _all(self, query: str) -> list[tuple]:
        with self._in_one_sentence():
            return self._db.execute(query).fetchall()

    @contextmanager
    def _in_one_sentence(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise CourseError(_sentence(self.path, problem)) from None


def _sentence(path: Path, problem: sqlite3.Error) -> str:
    name = getattr(problem, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"Another run is grading into {path.parents[1]}: wait for its end, or give another folder with --out."
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return f"The disk is full or failing ({path}: {problem}): make room, then {AGAIN}."
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"{path} cannot be written ({problem}): make it yours to write, then {AGAIN}."
    return f"{path} is damaged ({problem}): move {path.parent} away, and the same command grades everything anew."


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode(errors="surrogatepass"), 3)


def _unpacked(data: bytes) -> str:
    return zlib.decompress(data).decode(errors="surrogatepass")
