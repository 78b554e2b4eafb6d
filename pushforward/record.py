"""What a reader has reached so far, in a small file beside the notebooks. It never leaves the machine.

Only a notebook writes it, and none that is being graded. A file that is missing or damaged stops nothing: what cannot
be read counts as not done, and the next check writes it anew.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pushforward.answering.shell import in_a_notebook

NAME = ".pushforward-progress.json"


@dataclass(frozen=True)
class Reached:
    """The latest result of one exercise."""

    points: float
    full: bool


def remember(id: str, reached: Reached) -> None:
    """Note a result, where somebody works in a notebook; where the folder takes no file, nothing happens."""
    if not _is_kept():
        return
    results = {**recall(), id: reached}
    rows = {id: {"points": r.points, "full": r.full} for id, r in results.items()}
    with contextlib.suppress(OSError):
        _replace(Path.cwd() / NAME, json.dumps({"version": 1, "exercises": rows}, indent=1))


def recall(folder: Path | None = None) -> dict[str, Reached]:
    """The latest results by exercise, as far as they can be read. folder: of the notebooks (default: the current)."""
    try:
        rows = json.loads(((folder or Path.cwd()) / NAME).read_text(encoding="utf-8"))["exercises"].items()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    return {id: Reached(row["points"], row["full"]) for id, row in rows if _is_sound(row)}


def _is_sound(row: Any) -> bool:
    points = row.get("points") if isinstance(row, dict) else None
    return type(points) in (int, float) and 0 <= points < math.inf and type(row.get("full")) is bool


def _is_kept() -> bool:
    return in_a_notebook() and "NBGRADER_EXECUTION" not in os.environ


def _replace(path: Path, text: str) -> None:
    """Whole or not at all: another notebook may be reading, or the machine stop."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=NAME)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
