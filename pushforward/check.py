"""The student's side of a check: find the answer by its name, have it judged, show the result."""

from __future__ import annotations

import dataclasses
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from pushforward.answering.capture import captured, forget_earlier_output
from pushforward.answering.elsewhere import is_judged_elsewhere
from pushforward.answering.shell import in_a_notebook, shell
from pushforward.errors import CourseError
from pushforward.record import Reached, recall, remember
from pushforward.stale import stale
from pushforward.standing import Standing, Way
from pushforward.watch import watched

_results: dict[str, Reached] = {}  # the latest of this session, by exercise
_opened: dict[str, int] = {}  # id -> how many hints have been asked for


def check(id: str, answer: Callable | dict[str, Any] | None = None, *, seed: int | None = None) -> Any:
    """Judge your answer to one exercise and show, law by law, what holds and what does not.

    id: the exercise, e.g. "diffusion.alpha_bar"; answer: the function itself, or {name: function}, if it does not
    stand in the notebook under the name that the exercise asks for; seed: asks the questions of that seed (graded
    feedback names one). Raises CourseError for an exercise that does not exist.
    """
    if is_judged_elsewhere():
        return None
    from autograder.judging.asking import LocalLink
    from autograder.judging.exercise import get
    from autograder.judging.judge import examine

    exercise = get(id)
    namespace = _namespace(exercise, answer, sys._getframe(1).f_globals)
    graded = os.environ.get("NBGRADER_EXECUTION") == "autograde"
    if seed is None and graded:
        seed = secrets.randbits(32)
    try:
        with nullcontext() if graded else watched(), captured() as printed:
            report = examine(exercise, LocalLink(namespace), seed)
    finally:
        forget_earlier_output()
    report = dataclasses.replace(
        report, printed=printed.text, graded=graded, stale=stale(exercise.names) if answer is None else ""
    )
    note(id, Reached(report.points, report.full))
    return report


def note(id: str, reached: Reached) -> None:
    """The latest result of an exercise, for total() and progress()."""
    _results[id] = reached
    remember(id, reached)


def _namespace(exercise: Any, answer: Any, names: dict[str, Any]) -> dict[str, Any]:
    if answer is None:
        return names
    if isinstance(answer, dict):
        return {**names, **answer}
    return {**names, exercise.names[0]: answer}


def hint(id: str) -> Text:
    """The next hint for an exercise: the first call shows the first, the second call the second, and so on."""
    if is_judged_elsewhere():
        return Text("")
    from autograder.judging.exercise import get

    hints = get(id).hints
    shown = min(_opened.get(id, 0) + 1, len(hints))
    _opened[id] = shown
    more = "" if shown < len(hints) else " This was the last one."
    return Text(f"Hint {shown} of {len(hints)}: {hints[shown - 1]}{more}")


def restart(id: str) -> Text:
    """Put the blank of an exercise into a new cell below, so that you can start it again. Your answer stays."""
    if is_judged_elsewhere():
        return Text("")
    from autograder.judging.exercise import get, table

    blank = table().get(id, {}).get("blank")
    if not blank:
        get(id)
        raise CourseError(f"The blank of {id} is not in the built course; `make course` adds it.")
    if not in_a_notebook():
        return Text(blank)
    shell().set_next_input(blank, replace=False)
    return Text(f"The blank of {id} stands in a new cell below; the cell that runs last counts.")


def total() -> Text:
    """Your points so far in this notebook, exercise by exercise, earlier days included."""
    if is_judged_elsewhere():
        return Text("")
    from autograder.judging.exercise import table

    reached = {**recall(), **_results}
    here = {table()[id]["notebook"] for id in _results or list(reached)[-1:] if id in table()}
    if not here:
        return Text("No check has run yet: run the cells above first.")
    standing = Standing(table(), reached)
    lines = [f"Your total so far: {standing.checks(*here)} points."]
    lines += [standing.line(id) for id, row in table().items() if row["notebook"] in here]
    return Text("\n".join(lines))


def progress() -> Text | Way:
    """Your points so far in the whole course, notebook by notebook, and what comes next."""
    if is_judged_elsewhere():
        return Text("")
    from autograder.judging.contents import contents
    from autograder.judging.exercise import table

    return Way(Standing(table(), {**recall(), **_results}), *contents())


class Text:
    """Words to show: plain in a terminal and in a notebook."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __repr__(self) -> str:
        return self.words
