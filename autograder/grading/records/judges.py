"""Which judge a mark comes from: one name for all of the program text and notebook that decide about an exercise.

Another version of the course may judge otherwise. What was graded keeps its marks; whoever runs the grader is told
which judges have changed since. Lines that are empty or only a comment do not count.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from autograder.grading.model import Slot, Template
from autograder.grading.records.attempts import Attempt
from autograder.judging.exercise import modules_of

PACKAGES = Path(__file__).resolve().parents[3]
HOUSE = ("autograder", "pushforward")
ALWAYS = ("autograder.judging.judge", "pushforward.answering.serve")  # who asks and compares, and who answers


def judges(template: Template) -> dict[str, str]:
    """Every graded exercise of an assignment → the name of the course's judge of it, a hash."""
    given = [slot.source for slot in template.slots if slot.kind == "given"]
    return {slot.exercise: _name(slot, template, given) for slot in template.graded}


def outdated(attempts: Iterable[tuple[str, Attempt]], now: Mapping[str, Mapping[str, str]]) -> str:
    """What to do about marks of judges that have changed since; "" if there are none.

    attempts: those that count, each with its assignment; now: assignment → the judges of today.
    """
    found = [_others(attempt, now.get(assignment, {})) for assignment, attempt in attempts]
    names = list(dict.fromkeys(name for others in found for name in others))
    if not names:
        return ""
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    concerned = sum(bool(others) for others in found)
    return (
        f"Graded by another version of the judges of {shown}: {concerned} notebook{'s' * (concerned > 1)}, whose marks "
        f"stay. --regrade asks the same questions again (with --exercise {names[0]} only those of one), and "
        "regraded.csv then holds old against new marks."
    )


def _others(attempt: Attempt, today: Mapping[str, str]) -> list[str]:
    return [name for name, judge in attempt.judges.items() if today.get(name, judge) != judge]


def _name(graded: Slot, template: Template, given: list[str]) -> str:
    own = [repr((slot.kind, slot.source, slot.points, slot.names)) for slot in template.slots
           if slot.exercise == graded.exercise]  # fmt: skip
    judged = _texts(graded.exercise) if graded.kind == "check" else ()
    return _hash("\0".join([graded.exercise, *given, *own, *judged]))


def _texts(exercise: str) -> Iterator[str]:
    """What the judge is made of, by name: the file of the exercise and all that it imports."""
    return (f"{name} {_module(name)[0]}" for name in sorted(_reached((*ALWAYS, *modules_of(exercise)))))


def _reached(modules: Iterable[str]) -> set[str]:
    """These modules of the house, and all of the house that they import."""
    found, left = set(), list(modules)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _module(name)[1]
    return found


@functools.cache
def _module(name: str) -> tuple[str, frozenset[str]]:
    """A hash of a module's text, and what of the house it imports."""
    file = _file(name)
    text = file.read_text(encoding="utf-8") if file else ""
    lines = [line.rstrip() for line in text.splitlines()]
    said = "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))
    return _hash(said), frozenset(_imports(ast.parse(text)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _imports(tree: ast.AST) -> Iterator[str]:
    """The modules of the house that are imported, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith(HOUSE))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(HOUSE):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if _file(inner) else node.module


def _file(module: str) -> Path | None:
    path = PACKAGES.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)
