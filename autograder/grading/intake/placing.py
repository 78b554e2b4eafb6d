"""Whose file it is and for which assignment, as far as folders and names tell.

[submitted/]STUDENT/ASSIGNMENT/NOTEBOOK.ipynb      nbgrader
NAME_12_assignsubmission_file_/…, name_12_34_…     what Moodle and Canvas export, see autograder.grading.intake.lms
STUDENT.ipynb, STUDENT/…, STUDENT.zip              by hand, also below a folder that is named by the assignment
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.grading.intake.listing import NOTEBOOKS, File
from autograder.grading.intake.lms import owner

NOTEBOOK, TEXT, DOCUMENT, OTHER = range(4)  # what a file may be, the best first
_TEXTS = (".py", ".md", ".json", ".txt")
_DOCUMENTS = (
    "", ".html", ".htm", ".pdf", ".doc", ".docx", ".odt", ".rtf", ".rtfd", ".webarchive", ".zip", ".rar", ".7z", ".gz",
    ".tar", ".tgz", ".url", ".webloc", ".gdoc",
)  # fmt: skip
_WRAPPERS = ("submitted", "submissions")
TIME = "timestamp.txt"


@dataclass(frozen=True)
class Place:
    """file; student: as named there; export: what held it, number: what the platform calls the student in it;

    assignment: "" if no folder names one; name: the file's own name, without what a platform put before it.
    """

    file: File
    student: str
    assignment: str = ""
    name: str = ""
    export: tuple[str, ...] = ()
    number: str = ""
    lms: dict[str, str] = field(default_factory=dict)
    late: bool = False

    @property
    def kind(self) -> int:
        """NOTEBOOK, TEXT, DOCUMENT or OTHER, by the name."""
        name = self.name.lower()
        if name.endswith(NOTEBOOKS):
            return NOTEBOOK
        ending = Path(name).suffix
        return TEXT if ending in _TEXTS and name != TIME else DOCUMENT if ending in _DOCUMENTS else OTHER


def placed(files: list[File], path: Path, assignments: Collection[str]) -> list[Place]:
    """Every file with its student; students of the same name in one export are told apart by their numbers."""
    files = _below_wrapper(files, path, assignments)
    depth = _depth_of_students(files, assignments)
    places = [place for file in files for place in _place(file, path, assignments, depth)]
    numbers = defaultdict(set)
    for place in places:
        numbers[place.student, place.export].add(place.number)
    return [
        replace(place, student=f"{place.student}_{place.number}")
        if len(numbers[place.student, place.export]) > 1 and place.number
        else place
        for place in places
    ]


def _below_wrapper(files: list[File], path: Path, assignments: Collection[str]) -> list[File]:
    """Without the one folder that a zip often has around everything."""
    tops = {file.parts[0] for file in files}
    top = next(iter(tops), "")
    if len(tops) != 1 or any(len(file.parts) < 2 for file in files) or owner(top) or top in assignments:
        return files
    below = {file.parts[1] for file in files}
    of_one = any(name in assignments or Path(name).stem in assignments for name in below)
    wraps = path.is_file() and not of_one and (top == path.stem or len(below) > 1)
    if top.lower() in _WRAPPERS or wraps:
        return [replace(file, parts=file.parts[1:]) for file in files]
    return files


def _depth_of_students(files: list[File], assignments: Collection[str]) -> int | None:
    """At which part of a path nbgrader's layout names the student, None if it is another layout."""
    depths = Counter(n - 1 for file in files if (n := _at(file, assignments)))
    return depths.most_common(1)[0][0] if depths else None


def _at(file: File, assignments: Collection[str]) -> int | None:
    """Which folder is named by an assignment."""
    return next((n for n, part in enumerate(file.parts[:-1]) if part in assignments), None)


def _place(file: File, path: Path, assignments: Collection[str], depth: int | None) -> Iterator[Place]:
    parts, name = file.parts, file.parts[-1]
    for n, part in enumerate(parts):
        if known := owner(part):
            own = known.file or name if n == len(parts) - 1 else name
            yield Place(file, known.name, "", own, parts[:n], known.number, known.lms, known.late)
            return
    at = _at(file, assignments)
    if at:
        yield Place(file, parts[at - 1], parts[at], name)
    elif depth is not None and len(parts) > depth + 2:
        yield Place(file, parts[depth], parts[depth + 1], name)
    else:
        assignment, parts = (parts[0], parts[1:]) if at == 0 else ("", parts)
        yield from _by_hand(file, assignment, parts, path, assignments)


def _by_hand(
    file: File, assignment: str, parts: tuple[str, ...], path: Path, assignments: Collection[str]
) -> Iterator[Place]:
    """Named by the student: the folder, else the file. What else lies beside such files is the teacher's."""
    if len(parts) > 1:
        student = parts[0][:-4] if parts[0].lower().endswith(".zip") else parts[0]
        yield Place(file, student, assignment, parts[-1])
        return
    place = Place(file, _named(parts[0], path, assignments), assignment, parts[0])
    script = parts[0].lower().endswith((".py", ".md")) and parts[0].lower() != "readme.md"
    if parts[0] and (place.kind in (NOTEBOOK, DOCUMENT) or script):
        yield place


def _named(name: str, path: Path, assignments: Collection[str]) -> str:
    """ada.ipynb and 15_diffusion_forward_ada.ipynb are Ada's; 15_diffusion_forward.ipynb is its folder's owner's."""
    stem = name
    for ending in (".txt", ".json", ".ipynb"):
        stem = stem.removesuffix(ending)
    stem = Path(stem).stem if Path(stem).suffix.lower() in (*_TEXTS, *_DOCUMENTS, ".ipynb") else stem
    for assignment in assignments:
        if assignment in stem:
            rest = stem.replace(assignment, "", 1).strip(" _-.")
            above = next((part for part in (path.stem, path.resolve().parent.name) if part not in assignments), stem)
            return rest or above
    return stem
