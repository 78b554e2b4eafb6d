"""What lies beside the notebook that counts: what goes with it when it runs, and what is said of the rest.

Helpers and data are needed by the notebook's own cells, so they stand beside it in the sandbox under the names that
they had. Everything else is named, to the student and the teacher.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.grading.intake.kinds import NOTEBOOK, READ_BY_PEOPLE, ending, kind
from autograder.grading.intake.names import listed, shown
from autograder.grading.intake.placing import TIME, Place
from autograder.grading.reading.unreadable import Unreadable

MOST_FILES, MOST_BYTES = 20, 10 * 2**20
TOO_MUCH = f"No more than {MOST_BYTES >> 20} MB go with a notebook."
MOST_NAME = 200  # bytes of a path
_MODULES = (".py", ".pyc", ".so", ".pyd")
# What notebooks and checks import beside Python's own: a file of this name would stand in for it.
_LIBRARIES = {
    "IPython", "autograder", "ipywidgets", "matplotlib", "matplotlib_inline", "mpmath", "numpy", "pushforward", "scipy",
    "sklearn", "torch", "tqdm", "traitlets",
}  # fmt: skip


@dataclass
class Beside:
    """files: path → content, relative to the notebook; out: path → why it was left out."""

    files: dict[str, bytes] = field(default_factory=dict)
    out: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(map(len, self.files.values()))

    @property
    def notes(self) -> Iterator[str]:
        """One sentence for each fate."""
        if self.files:
            yield f"Beside the notebook when it ran: {listed([shown(name) for name in self.files])}."
        for why in dict.fromkeys(self.out.values()):
            names = listed([shown(name) for name, reason in self.out.items() if reason == why])
            yield f"Handed in with the notebook, and left out when it ran: {names}. {why}"


def beside(notebook: Place, others: list[Place]) -> Beside:
    """What becomes of the other files of a student. Nothing of them can stop the notebook."""
    found = Beside()
    for place in others:
        relative = _relative(place, notebook)
        name = "/".join(relative)
        path = name or "/".join(place.inner)
        why = _refusal(place, notebook, relative, found)
        if why:
            found.out[path] = why
            continue
        try:
            content = place.file.read()
        except Unreadable as problem:
            found.out[path] = str(problem)
            continue
        if found.size + len(content) > MOST_BYTES:
            found.out[path] = TOO_MUCH
        else:
            found.files[name] = content
    return found


def _relative(place: Place, notebook: Place) -> tuple[str, ...]:
    """Its path from the notebook's folder, () if it lies elsewhere. Files that a platform delivers singly are one
    folder."""
    folder = notebook.inner[:-1]
    if place.top != notebook.top:
        return place.inner if not folder else ()
    return place.inner[len(folder) :] if place.inner[: len(folder)] == folder else ()


def _refusal(place: Place, notebook: Place, path: tuple[str, ...], found: Beside) -> str:
    """Why a file does not go along."""
    if place.file.problem:
        return place.file.problem
    if place.time != notebook.time:
        return "It was handed in at another time."
    if ending(place.name) in READ_BY_PEOPLE:
        return "It is a document, which only a person can mark."
    if not path:
        return "It does not lie beside the notebook or below."
    if not _can_stand(path):
        return "Its name cannot stand beside the notebook."
    if any(_same(path, tuple(name.split("/"))) for name in found.files):
        return "Two files have this name."
    if _hides(path):
        return "Its name would hide a module that the notebook needs."
    if len(found.files) == MOST_FILES:
        return f"No more than {MOST_FILES} files go with a notebook."
    if found.size + place.file.size > MOST_BYTES:
        return TOO_MUCH
    return ""


def _can_stand(path: tuple[str, ...]) -> bool:
    """Neither a notebook's name nor that of nbgrader's own file, and one that every disk can hold."""
    try:
        short = len("/".join(path).encode()) <= MOST_NAME
    except UnicodeEncodeError:
        return False
    return short and path[-1] != TIME and all(kind(part) != NOTEBOOK for part in path)


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether both are one file, or one is a folder of the other."""
    return all(a.casefold() == b.casefold() for a, b in zip(one, other, strict=False))


def _hides(path: tuple[str, ...]) -> bool:
    """Whether `import` would take it for a module of Python or of the course's libraries."""
    module = len(path) == 1 and ending(path[0]) in _MODULES
    package = len(path) == 2 and path[1].startswith("__init__.")
    return (module or package) and path[0].partition(".")[0] in sys.stdlib_module_names | _LIBRARIES
