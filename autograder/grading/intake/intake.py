"""What was handed in, one Submission for each student and assignment, however it was named, packed or broken.

Nothing stops the others and nothing is missing in silence: a file that cannot be graded is a submission with a
reason. First all names are read, and as much of the files as it takes to tell their assignments; the contents come
one after the other, as the submissions are asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.intake.companions import beside
from autograder.grading.intake.kinds import NOTEBOOK, OTHER, SCRIPTS, TEXT, ending
from autograder.grading.intake.listing import files
from autograder.grading.intake.names import listed, shown
from autograder.grading.intake.placing import SECOND, TIME, Place, placed
from autograder.grading.intake.recognise import filled, recognise
from autograder.grading.intake.student_id import unique
from autograder.grading.intake.times import of_nbgrader
from autograder.grading.model import Submission, Template
from autograder.grading.reading.unreadable import Unreadable
from pushforward.errors import CourseError

NO_NOTEBOOK = "There is no notebook among the files: hand in the one that ends in .ipynb."
MOST_SCRIPT = 2**20  # bytes of a file beside the notebook that is searched for answers


@dataclass(frozen=True)
class _Chosen:
    """The file that counts for one student and assignment; refused: why none does; others: what lies beside it."""

    student: str
    assignment: str
    place: Place
    notes: list[str]
    refused: str = ""
    timestamp: str | None = None
    others: tuple[Place, ...] = ()


@dataclass
class _Student:
    """own: all files; assignments: name → those that may count; strays: files of no assignment, with the reason;

    times: assignment → its timestamp, as the layout has it.
    """

    id: str
    notes: list[str]
    own: list[Place]
    assignments: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    strays: list[tuple[Place, str]] = field(default_factory=list)
    times: dict[str, Place] = field(default_factory=dict)

    def called(self, place: Place) -> str:
        """What a file is called, with its path if others are called so, too."""
        same = [other for other in self.own if other.name == place.name]
        if len(same) < 2 or not place.name:
            return _called(place)
        apart = len({other.top for other in same}) > 1
        path = "/".join(place.file.parts[len(place.top) - 1 :] if apart else place.inner)
        twins = [id(other) for other in same if other.file.parts == place.file.parts]
        return shown(path) + (f" ({twins.index(id(place)) + 1} of {len(twins)})" if len(twins) > 1 else "")

    def beside(self, place: Place) -> tuple[Place, ...]:
        """The other files that belong to a notebook, short of those that might have counted in its place."""
        several = (other for those in self.assignments.values() for other in those)
        told = {id(other) for other in (place, *several, *(stray for stray, _ in self.strays))}
        folders = ("", place.assignment)
        return tuple(
            other for other in self.own if id(other) not in told and not other.receipt and other.assignment in folders
        )


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
    why = f"the name {shown(name)!r} cannot name a folder, or it is another student's too"
    return f"Your marks are kept under {id!r}: {why}."


def _sorted_out(id: str, notes: list[str], own: list[Place], templates: dict[str, Template]) -> _Student:
    """A student's files by assignment. Files of a lesser kind count only where there is none of a better one."""
    said = dict.fromkeys(sentence for place in own for sentence in place.said)
    student = _Student(id, [*notes, *said], own)
    folders: dict[str, list[Place]] = defaultdict(list)
    for place in own:
        folders[place.assignment].append(place)
        if place.receipt and place.name == TIME:
            student.times[place.assignment] = place
    loose = folders.pop("", [])
    for assignment, there in folders.items():
        for place in _best_kind(there):
            known = assignment in templates or place.kind == OTHER
            name = assignment if known else _by_content(place, templates)[0] or assignment
            student.assignments[name].append(place)
    if any(place.kind == NOTEBOOK for there in folders.values() for place in there):
        loose = [place for place in loose if place.kind == NOTEBOOK]
    for place in _best_kind(loose):
        name, why = _by_content(place, templates)
        if name:
            student.assignments[name].append(place)
        elif not folders or place.kind == NOTEBOOK:
            student.strays.append((place, why))
    return student


def _best_kind(places: list[Place]) -> list[Place]:
    """Notebooks if there are any, else texts, else documents, else one of what there is."""
    best = min((place.kind for place in places), default=OTHER)
    found = [place for place in places if place.kind == best and not place.receipt] or places[:1]
    return found[:1] if best == OTHER else found


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
    return shown(place.name or place.file.parts[-1] or place.student)


# --- which of several --------------------------------------------------------------------------------------------


def _chosen(student: _Student, templates: dict[str, Template], usual: str) -> Iterator[_Chosen]:
    """One file for each assignment. Files of none are mentioned there, or refused if they are all there is."""
    aside = [f"{student.called(place)} was left aside. {why}" for place, why in student.strays]
    notes = [*student.notes, *aside]
    for assignment in sorted(student.assignments):
        yield _one_of(student, assignment, notes, templates)
        notes = student.notes
    if not student.assignments and student.strays:
        place, why = student.strays[0]
        yield _Chosen(student.id, usual, place, [*student.notes, *aside[1:]], why, others=student.beside(place))


def _one_of(student: _Student, assignment: str, notes: list[str], templates: dict[str, Template]) -> _Chosen:
    several, said = student.assignments[assignment], list(notes)
    several += _scripts(student, assignment, templates.get(assignment), said)
    readable = [place for place in several if not place.file.problem]
    place = (readable or several)[0]
    if len(readable) > 1:
        place, why = _best(readable, assignment, templates)
    if len(several) > 1 and not readable:
        said += [f"{student.called(other)} cannot be graded either. {other.file.problem}" for other in several[1:]]
    elif len(several) > 1:
        why = why if len(readable) > 1 else "the one that can be read"
        others = ", ".join(sorted(student.called(other) for other in several if other is not place))
        counts = f"{student.called(place)} counts, {why}"
        said.append(f"You handed in several notebooks for {shown(assignment)}: {counts}, not {others}.")
    elif place.assignment == assignment and place.kind == NOTEBOOK and place.name != f"{assignment}.ipynb":
        said.append(f"{_called(place)} was taken for {shown(assignment)}.ipynb: please keep the notebook's name.")
    if place.assignment not in ("", assignment):
        said.append(f"The folder is called {shown(place.assignment)}, but the notebook in it is {assignment}.")
    if place.late:
        said.append("Canvas marks this submission as late.")
    refused, time = _refusal(place, assignment, templates), place.time or _timestamp(student, place, said)
    return _Chosen(student.id, assignment, place, said, refused, time, student.beside(place))


def _scripts(student: _Student, assignment: str, template: Template | None, said: list[str]) -> list[Place]:
    """Scripts with answers beside notebooks: they count where no notebook has any, else they are named."""
    notebooks = student.assignments[assignment]
    if template is None or any(place.kind != NOTEBOOK for place in notebooks):
        return []
    texts = (place for place in student.beside(notebooks[0]) if place.kind == TEXT and ending(place.name) in SCRIPTS)
    small = (place for place in texts if not place.file.problem and place.file.size <= MOST_SCRIPT)
    ours = [place for place in small if _by_content(place, {assignment: template})[0]]
    answered = [place for place in ours if _filled(place, template) > 0]
    if answered and not any(_filled(place, template) > 0 for place in notebooks):
        return answered
    if answered:
        said.append(f"Answers stand in {listed([_called(place) for place in answered])}, too: the notebook counts.")
    return []


def _refusal(place: Place, assignment: str, templates: dict[str, Template]) -> str:
    """What can be said against a file by its name alone."""
    if place.file.problem:
        return place.file.problem
    if assignment not in templates:
        return f"The course has no assignment {shown(assignment)}."
    return NO_NOTEBOOK if place.kind == OTHER else ""


def _timestamp(student: _Student, place: Place, notes: list[str]) -> str | None:
    """When it was handed in, as nbgrader has written it down, in UTC."""
    if (written := student.times.get(place.assignment)) is None:
        return None
    try:
        time = of_nbgrader(written.file.read()[:200].decode())
    except (Unreadable, UnicodeDecodeError):
        time = None
    if time is None:
        notes.append(f"When this was handed in cannot be read from {TIME}.")
    return time


def _best(places: list[Place], assignment: str, templates: dict[str, Template]) -> tuple[Place, str]:
    """Of the latest attempt the one with the right name, unless it is empty and another is not, else the one with most
    answers, else the newest; and in words, why."""
    latest = max(place.time or "" for place in places)
    if earlier := [place for place in places if (place.time or "") < latest]:
        places = [place for place in places if place not in earlier]
        return (places[0] if len(places) == 1 else _best(places, assignment, templates)[0]), "handed in last"
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
    return SECOND.sub("", place.name.removesuffix(".ipynb")) == assignment


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
    companions, notes = _beside(one, refused)
    lms = dict(one.place.lms)
    return Submission(one.student, one.assignment, content, refused, notes, one.timestamp, lms, companions)


def _beside(one: _Chosen, refused: str) -> tuple[tuple[tuple[str, bytes], ...], tuple[str, ...]]:
    """What goes with the notebook, and all that is said."""
    if not refused:
        found = beside(one.place, list(one.others))
        return tuple(found.files.items()), (*one.notes, *found.notes)
    names = listed([shown("/".join(other.inner)) for other in one.others if other.name])
    return (), (*one.notes, *([f"Handed in as well, and not looked at: {names}."] if names else []))
