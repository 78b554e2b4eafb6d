"""What makes a run resumable: one SQLite file, OUT/.grading/state.db, written by one process at a time.

Every hand-in is kept with what came of it, under the hash of its files. While all else that its marks depend on stays
the same, it is not graded again; once the checks or the limits change, its next result replaces the old one. The steps
of one hand-in are two commits: the result is there, and it has been published (gradebook, feedback, graded notebook).
Whatever kills the run in between, the next one publishes again, and publishing twice is publishing once.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.grading.model import Result, Submission
from autograder.grading.records.attempts import Attempt, Due, HandIn, Place, last
from autograder.grading.records.files import AGAIN, in_one_sentence
from autograder.grading.records.hands import Hand
from autograder.grading.records.regrading import Change, Regrading
from pushforward.errors import CourseError

FOLDER = ".grading"
VERSION = 2  # of these tables
TABLES = """
CREATE TABLE IF NOT EXISTS run (only INTEGER PRIMARY KEY, seed INTEGER, choice TEXT, regrading TEXT);
CREATE TABLE IF NOT EXISTS attempts (
    student TEXT, assignment TEXT, handed TEXT, number INTEGER, last INTEGER, fingerprint TEXT, seed INTEGER,
    refused INTEGER, points REAL, judges TEXT, due TEXT NOT NULL DEFAULT '',
    submission BLOB NOT NULL, result BLOB NOT NULL, notebook BLOB NOT NULL,
    PRIMARY KEY (student, assignment, handed)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS published (
    student TEXT, assignment TEXT, handed TEXT, standing TEXT NOT NULL, current INTEGER NOT NULL,
    PRIMARY KEY (student, assignment)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hands (
    student TEXT, assignment TEXT, exercise TEXT, answer TEXT, hand TEXT NOT NULL,
    PRIMARY KEY (student, assignment, exercise, answer)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes (
    student TEXT, assignment TEXT, exercise TEXT, old REAL, new REAL, why TEXT, at TEXT
);
"""
LIGHT = "handed, number, last, fingerprint, seed, refused, points, judges, due"
AT = "student = ? AND assignment = ?"


@dataclass(frozen=True)
class Row:
    """What is published of one student and assignment. handed: the attempt; standing: as the feedback has it;
    published: False if something about it is newer."""

    handed: str
    standing: str
    published: bool


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
            self._db.execute("PRAGMA secure_delete = ON")  # who is forgotten leaves nothing in the file
            self._db.execute("BEGIN EXCLUSIVE")
            self._db.execute("COMMIT")
            self._make_tables()

    def __enter__(self) -> State:
        return self

    def __exit__(self, *exception: object) -> None:
        self._db.close()

    def _make_tables(self) -> None:
        """Raises CourseError for those of another version of the course."""
        (version,), tables = self._one("PRAGMA user_version"), self._one("SELECT 1 FROM sqlite_master")
        if tables and version != VERSION:
            self._db.close()
            raise CourseError(
                f"{self.path} was written by another version of this course: move {self.path.parent} away, and the "
                "same command grades everything anew."
            )
        self._db.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")

    # --- the run ---------------------------------------------------------------------------------------------------

    def begin(self, seed: int | None = None, choice: str | None = None, again: Regrading | None = None) -> None:
        """Take up the last run, or start one. Sets seed and choice, those of the last run unless others are given.

        again: what to ask once more; if that was cut short, the same command goes on with the rest of it. Raises
        CourseError for the seed of other questions than those that were asked before.
        """
        kept = self._one("SELECT seed, choice, regrading FROM run")
        known, chosen, unfinished = kept or (None, None, "")
        wanted = json.dumps(asdict(again)) if again else unfinished
        if again is None and None not in (known, seed) and seed != known:
            raise CourseError(_other_seed(self.path, known, seed))
        new = again is not None and known is not None and wanted != unfinished
        other = (secrets.randbits(31) if again.fresh else again.seed) if new else None
        first = secrets.randbits(31) if seed is None else seed
        self.seed = first if known is None else other if other is not None and again.whole else known
        self.choice = choice or chosen or "last"
        with self._transaction():
            if new:
                self._ask_again(again, other)
            self._write("INSERT OR REPLACE INTO run VALUES (1, ?, ?, ?)", (self.seed, self.choice, wanted))

    def _ask_again(self, wanted: Regrading, seed: int | None) -> None:
        """Note it beside each attempt that is meant. seed: None for the questions that it was asked."""
        for place, attempts in self.attempts().items():
            for attempt in attempts:
                if due := wanted.of(place[0], attempt, seed):
                    update = f"UPDATE attempts SET due = ? WHERE {AT} AND handed = ?"
                    self._write(update, (json.dumps(asdict(due)), *place, attempt.handed))

    def finish(self) -> None:
        """Everything has been graded and published: the next --regrade is a new one."""
        self._write("UPDATE run SET regrading = ''", ())

    # --- the hand-ins ----------------------------------------------------------------------------------------------

    def attempts(self) -> dict[Place, list[Attempt]]:
        """Everything that is kept, by student and assignment, in the order of arrival."""
        found = defaultdict(list)
        for student, assignment, *columns in self._all(f"SELECT student, assignment, {LIGHT} FROM attempts"):
            found[student, assignment].append(_attempt(*columns))
        return {place: sorted(attempts, key=lambda attempt: attempt.number) for place, attempts in found.items()}

    def of(self, place: Place) -> list[Attempt]:
        """The attempts of one student and assignment, in the order of arrival."""
        rows = self._all(f"SELECT {LIGHT} FROM attempts WHERE {AT} ORDER BY number", place)
        return [_attempt(*columns) for columns in rows]

    def keep(
        self, given: HandIn, result: Result, seed: int, judges: Mapping[str, str], changes: Iterable[Change] = ()
    ) -> None:
        """A result has arrived. It is the only one of its hand-in from now on, and not published yet."""
        facts = {
            "fingerprint": given.fingerprint, "seed": seed, "refused": int(bool(result.reason)),
            "points": result.points, "judges": json.dumps(dict(judges)), "due": "",
            "submission": _packed(json.dumps(asdict(given.submission), default=_as_text)),
            "result": _packed(replace(result, notebook="").to_json()), "notebook": _packed(result.notebook),
        }  # fmt: skip
        number = f"(SELECT coalesce(max(number), 0) + 1 FROM attempts WHERE {AT})"
        last = f"(SELECT coalesce(max(last), 0) + 1 FROM attempts WHERE {AT})"
        insert = (
            f"INSERT INTO attempts (student, assignment, handed, number, last, {', '.join(facts)}) "
            f"VALUES (?, ?, ?, {number}, {last}, {', '.join('?' * len(facts))}) "
            f"ON CONFLICT DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in facts)}"
        )
        place = given.place
        with self._transaction():
            self._write(insert, (*place, given.handed, *place, *place, *facts.values()))
            self._write(f"UPDATE published SET current = 0 WHERE {AT}", place)
            self.note(changes)

    def settle(self, place: Place, handed: str, fingerprint: str) -> None:
        """What was to be asked again stays as it is."""
        update = f"UPDATE attempts SET due = '', fingerprint = ? WHERE {AT} AND handed = ?"
        self._write(update, (fingerprint, *place, handed))

    def handed_in_last(self, place: Place, handed: str) -> None:
        """An attempt that is known has been handed in once more."""
        last = f"(SELECT max(last) + 1 FROM attempts WHERE {AT})"
        with self._transaction():
            self._write(f"UPDATE attempts SET last = {last} WHERE {AT} AND handed = ?", (*place, *place, handed))
            self._write(f"UPDATE published SET current = 0 WHERE {AT}", place)

    def result(self, place: Place, handed: str) -> Result:
        """The whole result of one attempt, with its notebook."""
        found = self._one(f"SELECT result, notebook FROM attempts WHERE {AT} AND handed = ?", (*place, handed))
        assert found is not None, place
        return replace(Result.from_json(_unpacked(found[0])), notebook=_unpacked(found[1]))

    def submission(self, place: Place, handed: str) -> Submission:
        """What was handed in."""
        found = self._one(f"SELECT submission FROM attempts WHERE {AT} AND handed = ?", (*place, handed))
        assert found is not None, place
        facts = json.loads(_unpacked(found[0]), object_hook=_from_text)
        return Submission(**{name: _tuples(value) for name, value in facts.items()})

    def shown(self) -> dict[Place, Attempt]:
        """The attempt that is published, else the last, by student and assignment."""
        rows = self.rows()
        return {
            place: next((one for one in own if place in rows and one.handed == rows[place].handed), last(own))
            for place, own in self.attempts().items()
        }

    def results(self) -> Iterator[Result]:
        """Those of the attempts that are shown, for tables: without notebook and pages, by assignment and student."""
        for place, attempt in sorted(self.shown().items(), key=lambda item: item[0][::-1]):
            (packed,) = self._one(f"SELECT result FROM attempts WHERE {AT} AND handed = ?", (*place, attempt.handed))
            result = Result.from_json(_unpacked(packed))
            yield replace(result, marks=tuple(replace(mark, html="") for mark in result.marks))

    # --- what is published -----------------------------------------------------------------------------------------

    def rows(self) -> dict[Place, Row]:
        """What was published, by student and assignment."""
        found = self._all("SELECT student, assignment, handed, standing, current FROM published")
        return {(student, assignment): Row(handed, st, bool(now)) for student, assignment, handed, st, now in found}

    def row(self, place: Place) -> Row | None:
        """What is published of one student and assignment."""
        found = self._one(f"SELECT handed, standing, current FROM published WHERE {AT}", place)
        return found and Row(found[0], found[1], bool(found[2]))

    def publish(self, place: Place, handed: str, standing: str = "") -> None:
        """Gradebook, feedback and graded notebook of this attempt are written."""
        self._write("INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?, 1)", (*place, handed, standing))

    def publish_again(self, places: Collection[Place]) -> None:
        """These are to be published once more."""
        with self._transaction():
            for place in places:
                self._write(f"UPDATE published SET current = 0 WHERE {AT}", place)

    # --- hand grades and changed marks -----------------------------------------------------------------------------

    def remember(self, place: Place, hands: Mapping[tuple[str, str], Hand], changes: Iterable[Change]) -> None:
        """Hand grades that are taken back, by exercise and answer, so that they can return."""
        with self._transaction():
            for key, hand in hands.items():
                values = (*place, *key, json.dumps(asdict(hand)))
                self._write("INSERT OR REPLACE INTO hands VALUES (?, ?, ?, ?, ?)", values)
            self.note(changes)

    def hands(self, place: Place) -> dict[tuple[str, str], Hand]:
        """Those that were remembered, by exercise and answer."""
        found = self._all(f"SELECT exercise, answer, hand FROM hands WHERE {AT}", place)
        return {(exercise, answer): Hand(**json.loads(hand)) for exercise, answer, hand in found}

    def note(self, changes: Iterable[Change]) -> None:
        """Marks that are others now."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for change in changes:
            self._write("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?)", (*asdict(change).values(), now))

    def changes(self) -> list[tuple[Change, str]]:
        """Every mark that became another one, and when, the newest first."""
        return [(Change(*columns), at) for *columns, at in self._all("SELECT * FROM changes ORDER BY rowid DESC")]

    def forget(self, student: str) -> None:
        """Nothing is kept of this student any more."""
        with self._transaction():
            for table in ("attempts", "published", "hands", "changes"):
                self._write(f"DELETE FROM {table} WHERE student = ?", (student,))

    # --- the file --------------------------------------------------------------------------------------------------

    def _write(self, statement: str, values: tuple) -> None:
        with self._in_one_sentence():
            self._db.execute(statement, values)

    def _one(self, query: str, values: tuple = ()) -> tuple | None:
        with self._in_one_sentence():
            return self._db.execute(query, values).fetchone()

    def _all(self, query: str, values: tuple = ()) -> list[tuple]:
        with self._in_one_sentence():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of it, or nothing."""
        self._write("BEGIN", ())
        try:
            yield
        except BaseException:
            with self._in_one_sentence():
                self._db.rollback()
            raise
        self._write("COMMIT", ())

    @contextmanager
    def _in_one_sentence(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise CourseError(_sentence(self.path, problem)) from None


def _attempt(handed, number, last, fingerprint, seed, refused, points, judges, due) -> Attempt:
    asked = json.loads(due) if due else None
    again = Due(tuple(asked["exercises"]), asked["seed"]) if asked else None
    return Attempt(handed, number, last, fingerprint, seed, bool(refused), points, json.loads(judges), again)


def _as_text(data: bytes) -> dict[str, str]:
    """Bytes as JSON can hold them, in a form that compresses well."""
    return {"bytes": data.decode("latin-1")}


def _from_text(found: dict[str, Any]) -> Any:
    return found["bytes"].encode("latin-1") if found.keys() == {"bytes"} else found


def _tuples(value: Any) -> Any:
    """JSON knows lists only."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _other_seed(path: Path, known: int, seed: int) -> str:
    return (
        f"{path.parents[1]} asks the questions of seed {known}: leave --seed away, or ask everybody those of the other "
        f"one, with --regrade --seed {seed}."
    )


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
