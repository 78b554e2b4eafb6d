"""The house as it is drawn: stations on the way of the data, imports that run downwards only, files of one thought."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(p for package in ("pushforward", "autograder") for p in (ROOT / package).rglob("*.py"))

# From the ground up. A file belongs to the longest name that its own begins with; it may import from its own station
# and from those that stand above it in this list.
STATIONS = (
    "pushforward.errors",
    "pushforward.device",
    "pushforward.answering",
    "pushforward",
    "pushforward.figures",
    "autograder.oracles",
    "autograder.judging",
    "pushforward.standing",
    "pushforward.check",
    "autograder.checks",
    "autograder.building",
    "pushforward.studying",
    "autograder.grading.model",
    "autograder.grading.sandbox",
    "autograder.grading.reading",
    "autograder.grading.repair",
    "autograder.grading.intake",
    "autograder.grading.records",
    "autograder.grading.roster",
    "autograder.grading.reports",
    "autograder.grading",
    "autograder.measuring",
    "autograder",
)
LONGEST = 250  # lines of a check file that gives no reason for more


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in FILES}


def imports(source: str) -> Iterator[tuple[str, int]]:
    """Every module of the house that this source imports, wherever in it, with the line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if alias.name in NAMES)
        elif isinstance(node, ast.ImportFrom) and node.module in NAMES:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner if inner in NAMES else node.module), node.lineno


def station(module: str) -> int:
    """Its place in the list."""
    known = [s for s in STATIONS if module == s or module.startswith(f"{s}.")]
    return STATIONS.index(max(known, key=len))


def upward(module: str, source: str) -> list[str]:
    """The imports of a module that lead to a higher station. A package that re-exports stands below nothing."""
    found = [(name, line) for name, line in imports(source) if station(name) > station(module)]
    return [f"{module}:{line} imports {name}" for name, line in found if NAMES[module].name != "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_is_imported_from_a_higher_station(path: Path) -> None:
    assert not upward(name_of(path), path.read_text(encoding="utf-8"))


def test_no_circle_of_imports() -> None:
    graph = {
        name: {found for found, _ in imports(path.read_text(encoding="utf-8"))}
        for name, path in NAMES.items()
        if path.name != "__init__.py"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_the_rule_sees_a_wrong_import_wherever_it_hides() -> None:
    hidden = "def f():\n    from autograder.judging import judge\n"
    assert upward("pushforward.answering.wire", hidden) == [
        "pushforward.answering.wire:2 imports autograder.judging.judge"
    ]
    assert upward("autograder.grading.reading.decode", "import autograder.grading.repair.outline")
    assert not upward("autograder.grading.repair.outline", "from autograder.grading.reading import decode")


CHECKS = sorted((ROOT / "autograder" / "checks").glob("c*/*.py"))


@pytest.mark.parametrize("path", CHECKS, ids=name_of)
def test_a_check_file_holds_one_thought(path: Path) -> None:
    """One that is longer than the others says why, in brackets, in its first line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST or "(long: " in lines[0], f"{name_of(path)} has {len(lines)} lines and gives no reason"


def test_one_exercise_is_one_file() -> None:
    for path in CHECKS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        ids = [
            call.args[0].value
            for node in tree.body
            if isinstance(node, ast.ClassDef)
            for call in node.decorator_list
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "exercise"
        ]
        if path.name in ("shared.py", "__init__.py"):
            assert not ids
        else:
            assert len(ids) == 1, path
            first, second = ids[0].split(".")
            assert path.stem in (second, f"{first}_{second}")
