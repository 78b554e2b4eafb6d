"""What a run of the suite looks at, where all of it would take too long: what has changed, and a part that rotates.

The rotation follows the commit: a commit always gets the same tests, and each item has its turn within a few commits.
`make check-all` (PUSHFORWARD_ALL=1) looks at everything.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from autograder.judging.exercise import Exercise

ROOT = Path(__file__).resolve().parents[1]
EVERYTHING = bool(os.environ.get("PUSHFORWARD_ALL"))
Item = TypeVar("Item")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


@functools.cache
def commit() -> str:
    """The commit's name; outside a repository, always the same."""
    return _git("rev-parse", "HEAD").strip() or "no commit"


@functools.cache
def changed() -> frozenset[str]:
    """The files that differ from the last commit but one, whether committed or not."""
    lines = _git("diff", "--name-only", "HEAD~1") + _git("ls-files", "--others", "--exclude-standard")
    return frozenset(lines.split("\n")) - {""}


def turn(item: str) -> int:
    """A number that depends on the commit and the item alone."""
    return int.from_bytes(hashlib.sha256(f"{commit()} {item}".encode()).digest()[:8], "big")


def rotating(
    items: Iterable[Item],
    most: int,
    *,
    name: Callable[[Item], str] = str,
    touched: Callable[[Item], bool] = lambda item: False,
) -> list[Item]:
    """The items that a change has touched, and as many others as make `most` of them, in their own order."""
    listed = list(items)
    if EVERYTHING or len(listed) <= most:
        return listed
    by_turn = sorted(listed, key=lambda item: (not touched(item), turn(name(item))))
    chosen = {name(item) for item in by_turn[: max(most, sum(map(touched, listed)))]}
    return [item for item in listed if name(item) in chosen]


def touches_notebook(name: str) -> bool:
    """Whether the last change is about this notebook: its source, its checks or its answers."""
    parts = (f"solutions/{name}.py", f"autograder/checks/c{name}/", f"tests/answers/{name}/")
    return any(file.startswith(parts) for file in changed())


def touches_exercise(exercise: Exercise) -> bool:
    """Whether the last change is about this exercise itself: its check or its answers."""
    check = f"{type(exercise).__module__.replace('.', '/')}.py"
    return any(
        file == check or file.startswith(f"tests/answers/{exercise.notebook}/{exercise.id}/") for file in changed()
    )
