"""The class as a platform lists it: a table with a header, read for names, numbers, logins and sections.

Canvas       Grades, Export: Student, ID, SIS User ID, SIS Login ID, Section; its rows of points and its test student
             are left out
Moodle       an assignment's grading worksheet (Identifier, Full name, Email address …) or the list of participants
             (First name, Last name, ID number, Email address …), in English or German
by hand      id and name, or any of the columns above
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.reading.decode import decoded
from pushforward.errors import CourseError

MOST_BYTES = 20 * 2**20

# Header in small letters → the key under which a Submission's lms has the same. Canvas's ID is canvas_id.
COLUMNS = {
    "student": "name", "name": "name", "full name": "name", "student name": "name", "vollständiger name": "name",
    "first name": "first", "given name": "first", "vorname": "first",
    "last name": "last", "surname": "last", "family name": "last", "nachname": "last",
    "id": "id", "student id": "id", "student number": "id", "matriculation number": "id", "matrikelnummer": "id",
    "sis user id": "sis_user_id", "sis login id": "sis_login_id", "section": "section", "groups": "section",
    "identifier": "moodle_id", "id number": "idnumber", "id-nummer": "idnumber", "idnumber": "idnumber",
    "email address": "email", "email": "email", "e-mail": "email", "e-mail-adresse": "email",
    "username": "username", "user name": "username", "login": "username", "anmeldename": "username",
}  # fmt: skip
KEYS = ("canvas_id", "moodle_id", "id", "sis_login_id", "username", "sis_user_id", "idnumber", "email")
_PARTICIPANT = re.compile(r"\D*(\d+)")
_NOBODY = re.compile(r"\s*Points Possible|Student, Test$|Test Student$")  # Canvas's own rows


@dataclass(frozen=True)
class Person:
    """name: as people write it, given name first where that is known; known: KEYS and section → value."""

    name: str
    known: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What stands for the person in a table, where nothing was handed in."""
        found = (self.known.get(key) for key in ("id", "sis_login_id", "username", "sis_user_id", "idnumber", "email"))
        return next(filter(None, found), "") or next(filter(None, map(self.known.get, KEYS)), self.name)


def read_roster(path: Path) -> tuple[Person, ...]:
    """Everybody in the file, in its order. Raises CourseError, in one sentence, if it is no such list."""
    try:
        content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    except OSError as problem:
        raise CourseError(f"The roster {path} cannot be read ({problem.strerror}): name a CSV file.") from None
    rows = _rows(decoded(content)[0])
    keys = _keys(rows[0]) if rows else []
    if not set(keys) & {"name", "last", *KEYS}:
        raise CourseError(
            f"{path} is no roster: its first line must name columns such as id and name, or be what Canvas or Moodle "
            "export."
        )
    people = [person for row in rows[1:] if (person := _person(dict(zip(keys, row, strict=False))))]
    if not people:
        raise CourseError(f"The roster {path} lists nobody below its first line: export it again.")
    return tuple(_once(people, path))


def _rows(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(row)]
    except csv.Error:
        return []


def _keys(header: list[str]) -> list[str]:
    """The key of each column, "" for what is not needed."""
    names = [" ".join(name.casefold().split()) for name in header]
    of_canvas = any(name.startswith("sis ") for name in names)
    keys = [COLUMNS.get(name, "") for name in names]
    keys = ["canvas_id" if key == "id" and of_canvas else key for key in keys]
    return [key if key not in keys[:i] else "" for i, key in enumerate(keys)]  # of two alike the first


def _person(row: dict[str, str]) -> Person | None:
    row = {key: " ".join(value.split()) for key, value in row.items() if key and value.strip()}
    if "moodle_id" in row:
        found = _PARTICIPANT.fullmatch(row["moodle_id"])
        row["moodle_id"] = found[1] if found else ""
    name = row.get("name", "")
    if _NOBODY.match(name):
        return None
    if "last" in row or "first" in row:
        name = f"{row.get('first', '')} {row.get('last', '')}".strip()
    elif name.count(",") == 1:
        name = " ".join(part.strip() for part in reversed(name.split(",")))
    known = {key: row[key] for key in (*KEYS, "section") if row.get(key)}
    return Person(name, known) if name or any(key in known for key in KEYS) else None


def _once(people: Iterable[Person], path: Path) -> Iterable[Person]:
    """Everybody once, who may be listed for several sections. Raises CourseError for a number that two people have."""
    owners: dict[tuple[str, str], Person] = {}
    for person in people:
        ids = [(key, value.casefold()) for key, value in person.known.items() if key != "section"]
        others = {id(owners[key]): owners[key] for key in ids if key in owners}
        if any(other.name != person.name for other in others.values()):
            names = " and ".join([next(iter(others.values())).name, person.name])
            raise CourseError(f"The roster {path} gives {names} one and the same number: correct it, then try again.")
        owners |= dict.fromkeys(ids, person)
        if not others:
            yield person
