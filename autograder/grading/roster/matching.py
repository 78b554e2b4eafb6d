"""Who in the class handed in what: by the platform's number, else by an id or login, else by the exact name.

Nobody is matched on a guess. Where two may be meant, or two claim to be one, that is said, and both stay apart; and
whoever has one number on the platform is never taken for somebody with another one.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.grading.roster.roster import KEYS, Person

Lms = Mapping[str, str]  # what intake knows of a student, as in Submission.lms
Signs = frozenset[tuple]


@dataclass(frozen=True)
class Matching:
    """people: student's id → person; unsure: student's id → why nobody could be told; absent: who handed in nothing.

    A person whom an unsure hand-in may belong to is not absent.
    """

    people: dict[str, Person] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    absent: tuple[Person, ...] = ()


def matched(roster: Sequence[Person], students: Mapping[str, Lms]) -> Matching:
    """roster: everybody; students: the ids under which marks are kept, with what is known of each."""
    owners: dict[int, str] = {}  # place in the roster → student
    unsure: dict[str, str] = {}
    doubted: set[int] = set()
    for of_person, of_student in ((_numbers, _numbers_of), (_ids, _ids_of), (_names, _names_of)):
        settled = {*owners.values(), *unsure}
        left = {student: lms for student, lms in students.items() if student not in settled}
        claims = _claims(roster, left, of_person, of_student)
        claimants = defaultdict(set, {place: {student} for place, student in owners.items()})
        for student, places in claims.items():
            for place in places:
                claimants[place].add(student)
        for student, places in claims.items():
            rivals = set().union(*(claimants[place] for place in places)) - {student}
            if len(places) == 1 and not rivals:
                owners[places[0]] = student
            else:
                unsure[student] = _why([roster[place] for place in places], sorted(rivals))
                doubted.update(places)
    absent = (person for place, person in enumerate(roster) if place not in owners and place not in doubted)
    return Matching({student: roster[place] for place, student in owners.items()}, unsure, tuple(absent))


def _claims(
    roster: Sequence[Person], students: Mapping[str, Lms], of_person: Callable, of_student: Callable
) -> dict[str, list[int]]:
    """Student → the places in the roster that may be meant, if there are any."""
    places = defaultdict(set)
    for place, person in enumerate(roster):
        for sign in of_person(person):
            places[sign].add(place)
    found = {}
    for student, lms in students.items():
        meant = sorted({place for sign in of_student(student, lms) for place in places[sign]})
        meant = [place for place in meant if not _contradicts(roster[place], lms)]
        if meant:
            found[student] = meant
    return found


def _contradicts(person: Person, lms: Lms) -> bool:
    """Both have a number of the same kind, and they differ. Moodle numbers participants anew for each assignment."""
    keys = (key for key in KEYS if key != "moodle_id" and person.known.get(key) and lms.get(key))
    return any(_same(person.known[key]) != _same(lms[key]) for key in keys)


def _why(people: list[Person], rivals: list[str]) -> str:
    names = " or ".join(f"{person.name} ({person.id})" for person in people[:4])
    if rivals:
        return (
            f"It may be {names}, as may {', '.join(rivals[:4])}: say in the file names, or in the roster, who is who."
        )
    return f"It may be {names}: say in the file's name, or in the roster, who it is."


# --- signs: what a person and a hand-in may have in common -------------------------------------------------------


def _numbers(person: Person) -> Signs:
    return _numbers_of("", person.known)


def _numbers_of(student: str, lms: Lms) -> Signs:
    return frozenset((key, lms[key]) for key in ("canvas_id", "moodle_id") if lms.get(key))


def _ids(person: Person) -> Signs:
    """Any id will do for any other: a folder may be named by the login, the number or the address for mail."""
    return frozenset((_same(value),) for key, value in person.known.items() if key not in ("section", "moodle_id"))


def _ids_of(student: str, lms: Lms) -> Signs:
    told = (lms.get(key) for key in ("sis_login_id", "username", "sis_user_id", "idnumber", "email"))
    return frozenset((_same(value),) for value in (student, *told) if value)


def _names(person: Person) -> Signs:
    """The words of a name in any order, and written in one, family name first, as Canvas writes it."""
    words = _words(person.name)
    joined = {"".join(words), "".join([*words[-1:], *words[:-1]]), "".join([*words[1:], *words[:1]])}
    return frozenset({tuple(sorted(words)), *((one,) for one in joined)} if words else ())


def _names_of(student: str, lms: Lms) -> Signs:
    forms = (_words(name) for name in (student, lms.get("name", "")))
    return frozenset(tuple(sorted(words)) for words in forms if words)


def _words(name: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in _same(name)).split()


def _same(value: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", value).casefold()).strip()
