"""What a roster says of the hand-ins: who is who, who has not handed in, whom it does not know, who has left."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.roster.matching import Lms, matched
from autograder.grading.roster.roster import Person


@dataclass(frozen=True)
class Enrolment:
    """size: people on the roster; people: student's id → person; unsure: id → why it cannot be told who that is.

    absent: (person, student's id or "", assignments that are not there); unknown: ids that no roster has had;
    withdrawn: id → name, of those whom an earlier roster had and this one has not.
    """

    size: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    absent: tuple[tuple[Person, str, tuple[str, ...]], ...] = ()
    unknown: tuple[str, ...] = ()
    withdrawn: dict[str, str] = field(default_factory=dict)

    def known(self, student: str) -> dict[str, str]:
        """What the roster tells of a student, as Submission.lms has it.

        Not Moodle's number of a participant: it is another one for each assignment.
        """
        person = self.people.get(student)
        named = {"name": person.name} if person and person.name else {}
        return named | {key: value for key, value in person.known.items() if key != "moodle_id"} if person else {}

    def state(self, student: str) -> str:
        """In a word: enrolled, unsure, withdrawn or unknown."""
        if student in self.people:
            return "enrolled"
        return "unsure" if student in self.unsure else "withdrawn" if student in self.withdrawn else "unknown"


def enrolment(
    roster: Sequence[Person],
    students: Mapping[str, Lms],
    handed_in: Iterable[tuple[str, str]],
    before: Mapping[str, str],
) -> Enrolment:
    """students: ids with what is known of each; handed_in: (student, assignment); before: id → name, see Memory."""
    found = matched(roster, students)
    there: dict[str, set[str]] = {}
    for student, assignment in handed_in:
        there.setdefault(student, set()).add(assignment)
    assignments = sorted(set().union(*there.values()))
    absent = [(person, "", tuple(assignments)) for person in found.absent]
    for student, person in found.people.items():
        missing = tuple(name for name in assignments if name not in there.get(student, ()))
        absent += [(person, student, missing)] if missing else []
    others = [student for student in students if student not in found.people and student not in found.unsure]
    return Enrolment(
        len(roster),
        found.people,
        found.unsure,
        tuple(sorted(absent, key=lambda row: (row[0].name.casefold(), row[0].id))),
        tuple(sorted(student for student in others if student not in before)),
        {student: before[student] for student in sorted(others) if student in before},
    )


class Memory:
    """Whom the rosters so far have had, in OUT/.grading/roster.json: without it nobody could be called withdrawn."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, str]:
        """Student's id → name; nobody, where there is no such file or a broken one."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(student): str(name) for student, name in found.items()} if isinstance(found, dict) else {}

    def without(self, student: str) -> str:
        """The file's text once a student is forgotten."""
        return _text({other: name for other, name in self.read().items() if other != student})

    def with_new(self, found: Enrolment) -> str:
        """The file's text from now on."""
        return _text(self.read() | {student: p.name for student, p in found.people.items()})


def _text(known: Mapping[str, str]) -> str:
    return json.dumps(known, indent=1) + "\n"
