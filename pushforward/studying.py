"""For who studies alone: the model answer and rubric of a written question, and a mark of one's own for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pushforward.answering.elsewhere import is_judged_elsewhere
from pushforward.check import Text, note
from pushforward.errors import CourseError
from pushforward.record import Reached


def reveal(id: str, *, anyway: bool = False) -> Fold | Text:
    """Model answer and rubric of a written question, folded, once something is written and saved below it.

    anyway: opens it all the same. Raises CourseError if there is no such question, or no sources of the course here.
    """
    if _is_handed_in():
        return Text("")
    row = _written(id)
    source = _source(row["notebook"])
    if not anyway and _is_blank(id, row):
        return Text(
            "Write your answer first and save the notebook: you learn more from comparing. "
            f"reveal({id!r}, anyway=True) opens it all the same."
        )
    try:
        from autograder.building.revealing import model_answer
    except ImportError:
        raise CourseError("To read the sources of the course, reveal() needs jupytext: %pip install jupytext") from None
    return Fold(id, model_answer(source, id), row["points"])


def mark(id: str, points: float) -> Text:
    """Give yourself points for a written answer, along its rubric. progress() shows them as your own mark."""
    if _is_handed_in():
        return Text("")
    worth = _written(id)["points"]
    if not 0 <= points <= worth:
        raise CourseError(f"{id} is worth {worth:g} points: give yourself between 0 and {worth:g}.")
    reached = Reached(float(points), points == worth)
    note(id, reached)
    return Text(f"{id}: {points:g} of {worth:g} points by your own mark. progress() counts them.")


def _is_handed_in() -> bool:
    return is_judged_elsewhere() or "NBGRADER_EXECUTION" in os.environ


def _written(id: str) -> dict:
    """The row of a written question."""
    from autograder.judging.exercise import get, table

    row = table().get(id)
    if row is None:
        get(id)  # says which are near
    if row is None or row["kind"] != "written":
        raise CourseError(f"{id} is judged by machine: check({id!r}) does it, and hint({id!r}) helps.")
    return row


def _source(notebook: str) -> Path:
    """The notebook's source, in the copy of the course that this folder, or the package, lies in."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        source = folder / "solutions" / f"{notebook}.py"
        if source.is_file():
            return source
    raise CourseError(
        f"The model answers are not on this machine: they stand in solutions/{notebook}.py of the course, which goes "
        "into a folder solutions/ beside this notebook."
    )


def _is_blank(id: str, row: dict) -> bool:
    """Whether the notebook's file, where it can be found, has nothing written for this question yet."""
    path = Path(os.environ.get("JPY_SESSION_NAME") or f"{row['notebook']}.ipynb")
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(c["source"]) for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == _key(id)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return bool(sources) and sources[0].strip() in ("", row["blank"])


def _key(id: str) -> str:
    return id.replace(".", "-")


class Fold:
    """A model answer that opens at a click, in a notebook; in a terminal it stands open."""

    def __init__(self, id: str, words: str, points: float) -> None:
        self.id, self.words, self.points = id, words, points

    def __repr__(self) -> str:
        return f"{self.words}\n\n{self._mark()}"

    def _repr_markdown_(self) -> str:
        return (
            f"<details><summary>Model answer and rubric of {self.id}</summary>\n\n{self.words}\n\n"
            f"{self._mark()}\n\n</details>"
        )

    def _mark(self) -> str:
        return f"Mark yourself along the rubric: `mark({self.id!r}, …)`, up to {self.points:g}."
