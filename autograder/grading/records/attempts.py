"""Several hand-ins of one student for one assignment, and which of them counts.

A hand-in that cannot be graded never takes the place of one that could, whatever the rule: who hands in a broken file
keeps the marks of the one before, and everybody is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.grading.model import Job, Submission

CHOICES = ("last", "best", "first")
Place = tuple[str, str]  # student, assignment


@dataclass(frozen=True)
class Due:
    """That an attempt is to be asked again. exercises: only these (none: all); seed: of other questions."""

    exercises: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True)
class Attempt:
    """One hand-in, short of what was handed in and what came of it.

    handed: the hash of its files; number: 1 for a student's first; last: the largest for what was handed in last;
    fingerprint: of all that its marks depend on besides the questions and the judge ("" if the grader itself failed);
    seed: of its run; judges: exercise → whose judgement it is; due: that it waits to be asked again.
    """

    handed: str
    number: int
    last: int
    fingerprint: str
    seed: int
    refused: bool
    points: float
    judges: dict[str, str] = field(default_factory=dict)
    due: Due | None = None


@dataclass(frozen=True)
class HandIn:
    """A submission with its hashes."""

    submission: Submission
    handed: str
    fingerprint: str

    @property
    def place(self) -> Place:
        return self.submission.student, self.submission.assignment


def hand_in(job: Job) -> HandIn:
    """The submission of a job as it is kept, with the hash of its files and that of all that decides about it."""
    files = asdict(job.submission)
    told = {name: files.pop(name) for name in ("student", "assignment", "notes", "timestamp", "lms")}
    handed = _hash(files)
    options = {"limits": asdict(job.limits), "sandbox": job.sandbox, "checks": job.checks}
    return HandIn(job.submission, handed, _hash([handed, told, options]))


def _hash(facts: Any) -> str:
    text = json.dumps(facts, sort_keys=True, default=lambda data: hashlib.sha256(data).hexdigest())
    return hashlib.sha256(text.encode()).hexdigest()


# --- which of them counts --------------------------------------------------------------------------------------


def counting(attempts: Sequence[Attempt], choice: str, worth: Callable[[Attempt], float]) -> Attempt:
    """The one whose marks stand. choice: one of CHOICES; worth: points, hand grades and lateness included."""
    graded = [attempt for attempt in attempts if not attempt.refused] or attempts
    if choice == "first":
        return min(graded, key=lambda attempt: attempt.number)
    if choice == "best":
        return max(graded, key=lambda attempt: (worth(attempt), attempt.last))
    return last(graded)


def last(attempts: Sequence[Attempt]) -> Attempt:
    """What was handed in last."""
    return max(attempts, key=lambda attempt: attempt.last)


def surprises(counts: Iterable[tuple[Sequence[Attempt], Attempt]], choice: str) -> Iterator[str]:
    """What one might wonder about in a class. counts: the attempts of each, and the one of them that counts."""
    counts = list(counts)
    broken = sum(last(own).refused and not shown.refused for own, shown in counts)
    worse = sum(any(a.points > shown.points for a in own) for own, shown in counts)
    if broken:
        yield f"Handed in last, but not to be graded, so that the one before counts: {broken} (see attempts.csv)."
    if worse and choice != "best":
        yield f"Another hand-in earned more than the one that counts: {worse} (see attempts.csv; --attempts best)."


def remarks(attempts: Sequence[Attempt], counts: Attempt, choice: str, reasons: dict[str, str]) -> Iterator[str]:
    """What student and teacher should know about the hand-ins that do not count, a sentence each.

    reasons: why an attempt was refused, by its hash.
    """
    latest, many = last(attempts), len(attempts)
    if latest.refused and not counts.refused:
        yield f"What was handed in last cannot be graded, so hand-in {counts.number} counts. {reasons[latest.handed]}"
    elif latest is not counts:
        yield f"Hand-in {counts.number} of {many} counts, by the rule that the {choice} one does."
    better = max(attempts, key=lambda attempt: attempt.points)
    if choice != "best" and better.points > counts.points:
        yield (
            f"Hand-in {counts.number} of {many} counts, with {counts.points:g} points so far; "
            f"hand-in {better.number} earned {better.points:g}."
        )
