"""Asking again: what of an old result a new one replaces, and which marks differ afterwards, and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from autograder.grading.model import Mark, Result
from autograder.grading.records.attempts import Attempt, Due


@dataclass(frozen=True)
class Regrading:
    """What is to be asked again: of these students and exercises (none: of all).

    seed: of other questions than before; fresh: that they are to be drawn.
    """

    students: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    seed: int | None = None
    fresh: bool = False

    @property
    def whole(self) -> bool:
        return not self.students and not self.exercises

    def of(self, student: str, attempt: Attempt, seed: int | None) -> Due | None:
        """What is to be asked of a hand-in, with what is still left from before. seed: that of other questions."""
        asked, left = tuple(name for name in self.exercises if name in attempt.judges), attempt.due
        if (self.students and student not in self.students) or (self.exercises and not asked):
            return None
        if left is None:
            return Due(asked, seed)
        both = tuple(dict.fromkeys((*left.exercises, *asked))) if left.exercises and asked else ()
        return Due(both, left.seed if seed is None else seed)


@dataclass(frozen=True)
class Change:
    """One mark that is another one now, without a new hand-in. None: there is, or was, no mark."""

    student: str
    assignment: str
    exercise: str
    old: float | None
    new: float | None
    why: str


def merged(old: Result, new: Result, exercises: Collection[str]) -> Result:
    """The old result, with what the new one says of these exercises; the whole new one for none, or of a refusal."""
    if not exercises or old.reason or new.reason:
        return new
    again = {mark.exercise: mark for mark in new.marks if mark.exercise in exercises}
    marks = tuple(again.get(mark.exercise, mark) for mark in old.marks)
    incidents = tuple(dict.fromkeys((*old.incidents, *new.incidents)))
    notebook = _merged(old.notebook, new.notebook, {name.replace(".", "-") for name in exercises})
    isolated = old.isolated and new.isolated
    return replace(old, marks=marks, incidents=incidents, isolated=isolated, notebook=notebook)


def _merged(old: str, new: str, checks: set[str]) -> str:
    """The old notebook with the new outputs of these checks, by nbgrader's ids."""
    before, after = json.loads(old), json.loads(new)
    outputs = {_grade_id(cell): cell.get("outputs", []) for cell in after["cells"]}
    for cell in before["cells"]:
        if (name := _grade_id(cell)) in checks and name in outputs:
            cell["outputs"] = outputs[name]
    return json.dumps(before, indent=1, ensure_ascii=False)


def _grade_id(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


# --- old against new -------------------------------------------------------------------------------------------


def changes(old: Result, new: Result, why: str, judges: tuple[dict[str, str], dict[str, str]]) -> Iterator[Change]:
    """Every mark that differs. why: what has led to it; judges: of before and of now, by exercise."""
    before = {mark.exercise: mark for mark in old.marks}
    for mark in new.marks:
        earlier = before.get(mark.exercise)
        if earlier is None or _certain(earlier) != _certain(mark):
            another = judges[0].get(mark.exercise) != judges[1].get(mark.exercise)
            causes = [why, "another version of the judge" if another else "", *_laws(earlier, mark), mark.why]
            words = "; ".join(cause for cause in causes if cause)
            yield Change(new.student, new.assignment, mark.exercise, _certain(earlier), _certain(mark), words)


def _certain(mark: Mark | None) -> float | None:
    return None if mark is None or mark.status == "refused" else mark.points


def _laws(old: Mark | None, new: Mark) -> Iterator[str]:
    """Which laws hold, or fail, that did not before."""
    before = old.laws_failed if old else ()
    for words, laws, others in (("fails now", new.laws_failed, before), ("holds now", before, new.laws_failed)):
        yield from (f"{words}: {law}" for law in laws if law not in others)


def cause(attempt: Attempt, seed: int) -> str:
    """Why a hand-in that was graded before is graded once more."""
    if not attempt.fingerprint:
        return "the grader had failed"
    if seed != attempt.seed:
        return f"other questions, of seed {seed}"
    return "asked again" if attempt.due else "graded again with other limits or checks"
