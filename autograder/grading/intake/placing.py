"""Whose file it is and for which assignment, as far as folders and names tell.

[submitted/]STUDENT/ASSIGNMENT/NOTEBOOK.ipynb      nbgrader
…_assignsubmission_file_/…, name_12_34_…           what platforms export, see autograder.grading.intake.lms
STUDENT.ipynb, STUDENT/…, STUDENT.zip              by hand, also below a folder that is named by the assignment

One level names the students, and below it no name means anything: a student chooses those. At that level a platform's
form counts only if all names have it. Where both readings are possible, a form that nobody writes by chance wins, since
nbgrader's own ids never look so; then nbgrader's layout, where two levels agree and ids must stay as they are; then
a form of mere words and numbers; then the names by hand, as they stand. What is in nobody's name is nobody's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.grading.intake.kinds import OTHER, kind, stem
from autograder.grading.intake.listing import File, unreadable
from autograder.grading.intake.lms import Owner, Platform, looks_like, recognised
from autograder.grading.intake.names import shown
from autograder.grading.intake.tree import Entry, entries

TIME = "timestamp.txt"
# What browsers, Jupyter and Canvas add to the name of a second file.
SECOND = re.compile(r"(?:[ _-]?\(\d{1,3}\)|-Copy\d{1,3}|-\d{1,3})$")
_WRAPPERS = ("submitted", "submissions")
_GRADESCOPE = re.compile(r"assignment_\d+_export")
_NOBODY = "No student is named by {}: put it into a folder that is called by the student."
_BESIDE = "{} lies beside the students' folders: put it into the one of its student."
_EXPORT = "{} looks like an export of {} in a student's place: take it out and grade it by itself."


@dataclass(frozen=True)
class Place:
    """file; student: as named there; top: the path of what names the student; inner: the file's in what was handed in,
    without what a platform put before.

    assignment: "" if no folder names one; export, number: what tells students of one name apart, see Owner;
    time: when it was handed in, as the platform says; receipt: a file of the platform's or nbgrader's own;
    said: sentences about its name.
    """

    file: File
    student: str
    top: tuple[str, ...]
    inner: tuple[str, ...]
    assignment: str = ""
    export: tuple[str, ...] = ()
    number: str = ""
    lms: dict[str, str] = field(default_factory=dict)
    late: bool = False
    time: str | None = None
    receipt: bool = False
    said: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's own name, "" for a folder in which there is nothing."""
        return self.inner[-1]

    @property
    def kind(self) -> int:
        """NOTEBOOK, TEXT, DOCUMENT or OTHER."""
        return OTHER if self.receipt else kind(self.name)


def placed(files: list[File], path: Path, assignments: Collection[str]) -> list[Place]:
    """Every file with its student. What is in nobody's name is the folder's owner's if all of it is, else refused."""
    outer = path.stem if path.is_file() else ""
    level = _Level(_class_of(entries(files), assignments, outer), assignments)
    places = list(level.places())
    nobody = [place for place in places if not place.student]
    owner = _owner_of(path, assignments)
    if nobody and len(nobody) == len(places) and owner:
        return [replace(place, student=owner) for place in places]
    named = [place for place in places if place.student]
    return _told_apart([*named, *{place.top: _refused(place, _NOBODY) for place in nobody}.values()])


def _owner_of(path: Path, assignments: Collection[str]) -> str:
    """Whose a folder with nothing but ASSIGNMENT.ipynb in it is: its own name, or that of the one around it."""
    names = (path.stem if path.is_file() else path.resolve().name, path.resolve().parent.name)
    named = (name for name in names if _plain(name) not in assignments)
    owner = next(named, "")
    return "" if owner.lower() in _WRAPPERS else owner


def _refused(place: Place, reason: str) -> Place:
    """Of nobody, under the name that stands in a student's place, as it is."""
    name = place.top[-1]
    return replace(place, student=name, inner=(name,), file=unreadable(place.top, reason.format(shown(name))))


def _told_apart(places: list[Place]) -> list[Place]:
    """Students of the same name in one export get their numbers."""
    names = {(place.export, place.student, place.number): place.student for place in places}
    while twins := _twins(names):  # a name with its number can be another's
        names |= {key: f"{names[key]}_{key[2]}" for key in twins}
    return [replace(place, student=names[place.export, place.student, place.number]) for place in places]


def _twins(names: dict[tuple, str]) -> list[tuple]:
    """Those in one export that have a number and are called as others are."""
    same = defaultdict(list)
    for key, name in names.items():
        same[key[0], name].append(key)
    return [key for keys in same.values() if len(keys) > 1 for key in keys if key[2]]


# --- the level that names the students -----------------------------------------------------------------------------


def _class_of(level: list[Entry], assignments: Collection[str], outer: str = "") -> list[Entry]:
    """Below every folder that only wraps the class. outer: what the zip is called that was graded."""
    while (only := _only(level)) and _wraps(only, assignments, outer):
        level = only.below()
    return level


def _only(level: list[Entry]) -> Entry | None:
    counting = [entry for entry in level if entry.counts]
    return counting[0] if len(counting) == 1 and counting[0].folder else None


def _wraps(only: Entry, assignments: Collection[str], outer: str) -> bool:
    """Whether a folder that is the only one is no student: it holds a class."""
    if only.name in assignments or looks_like(only):
        return False
    if only.name.lower() in _WRAPPERS or _GRADESCOPE.fullmatch(only.name):
        return True
    below = only.below()
    if any(_plain(entry.name) in assignments for entry in below):
        return False
    if (inner := _only(below)) and _wraps(inner, assignments, ""):
        return True
    named = {name for entry in below if entry.notebooks and (name := _named(entry, assignments))}
    return len(named) > 1 or only.name == outer or _is_export(below) is not None


def _is_export(level: list[Entry]) -> Platform | None:
    """The platform that a folder in the place of a student comes from, beyond doubt."""
    if not (found := recognised(level)):
        return None
    platform, owners = found
    numbers = {one.number for of_entry in owners.values() for one in of_entry}
    return platform if platform.sure or len(numbers) > 1 else None


def _named(entry: Entry, assignments: Collection[str]) -> str:
    """ada.ipynb and 15_diffusion_forward_ada.ipynb are Ada's; 15_diffusion_forward.ipynb is in nobody's name."""
    if entry.folder:
        name = entry.name[:-4] if entry.zipped else entry.name
        return "" if _plain(name) in assignments else name
    name = stem(entry.name)
    if _plain(name) in assignments:
        return ""
    held = next((assignment for assignment in assignments if assignment in name), "")
    return name.replace(held, "", 1).strip(" _-.") if held else name


def _plain(name: str) -> str:
    """Without ending and mark of a second file: 15_diffusion_forward (1).ipynb is 15_diffusion_forward."""
    return SECOND.sub("", stem(name))


# --- its readings ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Level:
    """Entries that name students. inside: the assignment whose folder they are in, "" if none."""

    level: list[Entry]
    assignments: Collection[str]
    inside: str = ""

    def places(self) -> Iterator[Place]:
        of_assignments = [] if self.inside else [entry for entry in self.level if self._is_assignment(entry)]
        for entry in of_assignments:
            below = _class_of(entry.below(), self.assignments)
            yield from replace(self, level=below, inside=entry.name).places()
        students = [entry for entry in self.level if entry not in of_assignments]
        found = None if of_assignments else recognised(students)
        if found and (found[0].sure or not self._is_nbgraders(students)):
            platform, owners = found
            yield from (place for entry, its in owners.items() for place in self._exported(platform, entry, its))
        elif self._is_nbgraders(students):
            yield from (place for entry in students if entry.counts for place in self._nbgraders(entry))
        else:
            yield from (place for entry in students if entry.counts for place in self._by_hand(entry))
            yield from self._by_name(students)

    def _is_assignment(self, entry: Entry) -> bool:
        return entry.folder and not entry.zipped and entry.name in self.assignments

    def _is_nbgraders(self, students: list[Entry]) -> bool:
        """Whether half of the folders hold one that is named by an assignment, and more than there are loose files: one
        student's own folder must not change how others are read."""
        folders = [entry for entry in students if entry.folder and not entry.zipped]
        loose = [entry for entry in students if entry.counts and not entry.folder]
        known = sum(any(map(self._is_assignment, entry.below())) for entry in folders)
        return not self.inside and known > len(loose) and 2 * known >= len(folders)

    def _by_name(self, students: list[Entry]) -> Iterator[Place]:
        """ada.csv beside ada.ipynb is Ada's."""
        named = {_named(entry, self.assignments) for entry in students if entry.counts and not entry.folder} - {""}
        for entry in students:
            if not entry.counts and (name := Path(entry.name).stem) in named:
                yield Place(entry.files[0], name, entry.path, (entry.name,), self.inside)

    def _exported(self, platform: Platform, entry: Entry, owners: tuple[Owner, ...]) -> Iterator[Place]:
        export = () if platform.lasting else entry.above or ("",)
        for owner in owners:
            for file in entry.files:
                inner = entry.inner(file) or (owner.file or entry.name,)
                receipt = owner.receipt or bool(owner.assignment and inner == (TIME,))
                yield Place(
                    file, owner.name, entry.path, inner, self.inside or owner.assignment, export, owner.number,
                    owner.lms, owner.late, owner.time, receipt,
                )  # fmt: skip

    def _nbgraders(self, entry: Entry) -> Iterator[Place]:
        """STUDENT/ASSIGNMENT/…; a zip was packed by its student, so that no time in it is nbgrader's."""
        if not entry.folder and not entry.files[0].problem:
            yield _refused(Place(entry.files[0], "", entry.path, (entry.name,)), _BESIDE)
            return
        for file in entry.files:
            inner = entry.inner(file) or (entry.name,)
            assignment = inner[0] if len(inner) > 1 else ""
            time = not entry.zipped and len(inner) == 2 and inner[1] == TIME
            yield Place(file, _named(entry, ()) or entry.name, entry.path, inner, assignment, receipt=time)

    def _by_hand(self, entry: Entry) -> Iterator[Place]:
        """The folder names the student, else the file. Lists and notes in nobody's name are the teacher's."""
        name, said = _named(entry, self.assignments), ()
        if platform := _is_export(entry.below()):
            reason = _EXPORT.format(shown(entry.name), platform.name)
            yield Place(unreadable((*entry.path, ""), reason), name or entry.name, entry.path, ("",), self.inside)
            return
        if like := looks_like(entry):
            said = (f"The name {shown(entry.name)} looks like {like}'s, but not all beside it do: it counts whole.",)
            name = entry.name if entry.folder else stem(entry.name)
        for file in entry.files:
            inner = entry.inner(file) or (entry.name,)
            first = inner[0] if len(inner) > 1 and inner[0] in self.assignments else ""
            yield Place(file, name, entry.path, inner, self.inside or first, said=said)
