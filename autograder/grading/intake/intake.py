"""What was handed in, one Submission for each student and assignment, however it was named, packed or broken.

Nothing stops the others and nothing is missing in silence: a file that cannot be graded is a submission with a
reason. First all names are read, and as much of the files as it takes to tell their assignments; the contents come
one after the other, as the submissions are asked for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from dateutil.parser import parse

from autograder.grading.intake.listing import files
from autograder.grading.intake.placing import NOTEBOOK, OTHER, TIME, Place, placed
from autograder.grading.intake.recognise import filled, recognise
from autograder.grading.intake.student_id import safe, unique
from autograder.grading.model import Submission, Template
from autograder.grading.reading.unreadable import Unreadable
from pushforward.errors import CourseError

NO_NOTEBOOK = "There is no notebook among the files: hand in the one that ends in .ipynb."
# What browsers, Jupyter and Canvas add to the name of a second file.
_SECOND = re.compile(r"(?:[ _-]?\(\d{1,3}\)|-Copy\d{1,3}|-\d{1,3})$")


@dataclass(frozen=True)
class _Chosen:
    """The file that counts for one student and assignment; refused: why none does."""

    student: str
    assignment: str
    place: Place
    notes: list[str]
    refused: str = ""
    timestamp: str | None = None


@dataclass
class _Student:
    """assignments: name → files; strays: files of no assignment, with the reason; times: assignment → its timestamp."""

    id: str
    notes: list[str]
    assignments: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    strays: list[tuple[Place, str]] = field(default_factory=list)
    times: dict[str, Place] = field(default_factory=dict)


def submissions(path: Path, templates: dict[str, Template]) -> Iterator[Submission]:
    """All that lies in a folder or zip, sorted by student and assignment. `templates`: by assignment.

    A submission that is refused has no content. An assignment that nbgrader's layout names and the course does not
    have stays its name. Raises CourseError, before the first one, if there is no such place or nothing of the course.
    """
    if (path / "submitted").is_dir():  # a whole course folder of nbgrader
        path = path / "submitted"
    places = placed(files(path), path, templates)
    if not places:
        raise CourseError(f"{path} holds no notebooks: name the folder or zip with submissions.")
    students = [_sorted_out(id, notes, own, templates) for id, notes, own in _by_student(places)]
    counts = Counter(name for student in students for name in student.assignments if name in templates)
    if not counts:
        raise _nothing_of_ours(path, students, templates)
    usual = max(sorted(counts), key=counts.__getitem__)
    chosen = [one for student in students for one in _chosen(student, templates, usual)]
    return (_submission(one) for one in sorted(chosen, key=lambda one: (one.student, one.assignment)))


def _nothing_of_ours(path: Path, students: list[_Student], templates: dict[str, Template]) -> CourseError:
    there = ", ".join(templates)
    unknown = sorted({name for student in students for name in student.assignments})
    if unknown:
        return CourseError(f"The course has no assignment {', '.join(unknown[:3])}, as {path} says: it has {there}.")
    reasons = (f"{_called(place)}: {why}" for student in students for place, why in student.strays)
    return CourseError(f"{path} holds nothing that belongs to {there}. {next(reasons, '')}".rstrip())


# --- students ----------------------------------------------------------------------------------------------------


def _by_student(places: list[Place]) -> Iterator[tuple[str, list[str], list[Place]]]:
    """Id, notes and files of each student."""
    own: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        own[place.student].append(place)
    for name, id in unique(sorted(own)).items():
        yield id, [_other_name(name, id)] if id != name else [], own[name]


def _other_name(name: str, id: str) -> str:
    shown = safe(name)
    shown = shown[:40] + "…" if len(shown) > 40 else shown
    return f"Your marks are kept under {id!r}: the name {shown!r} cannot name a folder, or it is another student's too."


def _sorted_out(id: str, notes: list[str], own: list[Place], templates: dict[str, Template]) -> _Student:
    """A student's files by assignment. Files of a lesser kind count only where there is none of a better one."""
    student = _Student(id, notes)
    folders: dict[str, list[Place]] = defaultdict(list)
    for place in own:
        folders[place.assignment].append(place)
        if place.name == TIME:
            student.times[place.assignment] = place
    loose = folders.pop("", [])
    for assignment, there in folders.items():
        for place in _best_kind(there):
            known = assignment in templates or place.kind == OTHER
            name = assignment if known else _by_content(place, templates)[0] or assignment
            student.assignments[name].append(place)
    for place in _best_kind(loose):
        name, why = _by_content(place, templates)
        if name:
            student.assignments[name].append(place)
        elif not folders or place.kind == NOTEBOOK:
            student.strays.append((place, why))
    return student


def _best_kind(places: list[Place]) -> list[Place]:
    """Notebooks if there are any, else texts, else documents, else whatever there is."""
    best = min((place.kind for place in places), default=OTHER)
    return [place for place in places if place.kind == best and place.name != TIME] or places[:1]


def _by_content(place: Place, templates: dict[str, Template]) -> tuple[str, str]:
    """The assignment, or "" and why it cannot be told."""
    if place.kind == OTHER and not place.file.problem:
        return "", NO_NOTEBOOK
    try:
        name = recognise(place.file.read(), templates)
    except Unreadable as problem:
        return "", str(problem)
    return name, "" if name else f"None of the course's exercises is in {_called(place)}."


def _called(place: Place) -> str:
    """The file's own name, short and on one line."""
    name = safe(place.name or place.file.parts[-1] or place.student)
    return name if len(name) <= 60 else name[:60] + "…"


# --- which of several --------------------------------------------------------------------------------------------


def _chosen(student: _Student, templates: dict[str, Template], usual: str) -> Iterator[_Chosen]:
    """One file for each assignment. Files of none are mentioned there, or refused if they are all there is."""
    notes = [*student.notes, *(f"{_called(place)} was left aside. {why}" for place, why in student.strays)]
    for assignment in sorted(student.assignments):
        yield _one_of(student, assignment, notes, templates)
        notes = student.notes
    if not student.assignments and student.strays:
        place, why = student.strays[0]
        yield _Chosen(student.id, usual, place, [*student.notes, *notes[len(student.notes) + 1 :]], why)


def _one_of(student: _Student, assignment: str, notes: list[str], templates: dict[str, Template]) -> _Chosen:
    several = student.assignments[assignment]
    readable = [place for place in several if not place.file.problem]
    place, said = (readable or several)[0], list(notes)
    if len(readable) > 1:
        place, why = _best(readable, assignment, templates)
        others = ", ".join(sorted(_called(other) for other in several if other is not place))
        said.append(f"You handed in several notebooks for {assignment}: {_called(place)} counts, {why}, not {others}.")
    elif place.assignment == assignment and place.kind == NOTEBOOK and place.name != f"{assignment}.ipynb":
        said.append(f"{_called(place)} was taken for {assignment}.ipynb: please keep the notebook's name.")
    if place.assignment not in ("", assignment):
        said.append(f"The folder is called {safe(place.assignment)}, but the notebook in it is {assignment}.")
    if place.late:
        said.append("Canvas marks this submission as late.")
    timestamp = _timestamp(student.times[place.assignment], said) if place.assignment in student.times else None
    return _Chosen(student.id, assignment, place, said, _refusal(place, assignment, templates), timestamp)


def _refusal(place: Place, assignment: str, templates: dict[str, Template]) -> str:
    """What can be said against a file by its name alone."""
    if place.file.problem:
        return place.file.problem
    if assignment not in templates:
        return f"The course has no assignment {safe(assignment)}."
    return NO_NOTEBOOK if place.kind == OTHER else ""


def _timestamp(place: Place, notes: list[str]) -> str | None:
    """When it was handed in, as nbgrader has written it down, in UTC."""
    try:
        written = place.file.read()[:200].decode().strip()
        if written.endswith(" UTC"):  # as nbgrader writes it, which can be read without waiting for all of nbgrader
            return parse(written).isoformat()
        from nbgrader.utils import parse_utc

        return parse_utc(written).replace(tzinfo=UTC).isoformat()
    except Exception:  # dateutil has several kinds for what is no time
        notes.append(f"When this was handed in cannot be read from {TIME}.")
        return None


def _best(places: list[Place], assignment: str, templates: dict[str, Template]) -> tuple[Place, str]:
    """The one with the right name, unless it is empty and another is not, else the one with most answers, else the
    newest; and in words, why."""
    answers = [_filled(place, templates.get(assignment)) for place in places]
    for place, n in zip(places, answers, strict=True):
        if place.name == f"{assignment}.ipynb" and (n > 0 or n == max(answers)):
            return place, "which has the right name"
    order = sorted(
        range(len(places)), key=lambda k: (answers[k], places[k].file.modified, _plain(places[k], assignment))
    )
    best = order[-1]
    most = answers.count(answers[best]) == 1
    return places[best], "which has most answers" if most else "the newest of those with most answers"


def _plain(place: Place, assignment: str) -> bool:
    """Whether only the mark of a second file keeps it from having the right name."""
    return _SECOND.sub("", place.name.removesuffix(".ipynb")) == assignment


def _filled(place: Place, template: Template | None) -> int:
    if template is None:
        return 0
    try:
        return filled(place.file.read(), template)
    except Unreadable:
        return -1


# --- what comes of it --------------------------------------------------------------------------------------------


def _submission(one: _Chosen) -> Submission:
    content, refused = b"", one.refused
    if not refused:
        try:
            content = one.place.file.read()
        except Unreadable as problem:
            refused = str(problem)
    lms = dict(one.place.lms)
    return Submission(one.student, one.assignment, content, refused, tuple(one.notes), one.timestamp, lms)
