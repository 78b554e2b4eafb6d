"""What the marks of a class say, in numbers. All functions take settled results (see counted.settled).

A share is points over the points that have been marked, so that an answer that waits counts for neither side.
"""

from __future__ import annotations

import hashlib
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from autograder.grading.model import Mark, Result
from autograder.grading.records.counted import Standings, standing_of

BINS = 10
HELP_BELOW = 0.5  # the share of the marked points under which somebody is listed as in need of help


def share(results: Iterable[Result], standings: Standings) -> float | None:
    """What of the marked points was reached, extra credit and lateness included; None if nothing could be marked.

    Of a refused notebook, that is what a person has marked all the same.
    """
    results = list(results)
    marks = [mark for result in results for mark in result.marks if mark.status != "refused"]
    possible = sum(mark.max for mark in marks if mark.points is not None)
    points = sum(standing_of(result, standings).total(result) for result in results)
    return points / possible if possible else None


def distribution(shares: Iterable[float]) -> list[int]:
    """How many lie in each tenth; who reached everything, or more, is in the last."""
    counts = [0] * BINS
    for value in shares:
        counts[min(int(value * BINS + 1e-9), BINS - 1)] += 1
    return counts


def quartiles(shares: list[float]) -> tuple[float, float, float] | None:
    """Lower quartile, median, upper quartile."""
    if not shares:
        return None
    if len(shares) == 1:
        return shares[0], shares[0], shares[0]
    low, middle, high = statistics.quantiles(shares, n=4, method="inclusive")
    return low, middle, high


@dataclass
class Success:
    """How a class did in one exercise.

    statuses: how many marks have which; mistakes: how often which misconception was recognised; sentences: what
    explains each; earned, possible: points, over the marks that are there; unanswered: what of the possible ones fell
    to questions without an answer, which nobody had to mark.
    """

    exercise: str
    kind: str
    max: float
    statuses: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)
    sentences: dict[str, str] = field(default_factory=dict)
    earned: float = 0.0
    possible: float = 0.0
    unanswered: float = 0.0

    @property
    def total(self) -> int:
        """Notebooks in which the exercise could be marked: those that were refused are not among them."""
        return self.statuses.total()

    @property
    def share(self) -> float | None:
        return self.earned / self.possible if self.possible else None

    @property
    def share_of_answers(self) -> float | None:
        """The share that the answers with a mark have reached; None while there is none."""
        marked = self.possible - self.unanswered
        return self.earned / marked if marked else None

    @property
    def unnamed(self) -> int:
        """Wrong or partly wrong in a way that the catalogue does not know."""
        return self.statuses["partial"] + self.statuses["zero"] - self.mistakes.total()

    def add(self, mark: Mark) -> None:
        self.statuses[mark.status] += 1
        if mark.points is not None:
            self.earned += mark.points
            self.possible += mark.max
            self.unanswered += mark.max if mark.status == "empty" else 0.0
        if mark.misconception and mark.status in ("partial", "zero"):
            self.mistakes[mark.misconception] += 1
            self.sentences[mark.misconception] = mark.sentence


def success(results: Iterable[Result]) -> list[Success]:
    """One for every exercise, in the notebook's order."""
    found: dict[str, Success] = {}
    for result in results:
        for mark in result.marks:
            exercise = found.setdefault(mark.exercise, Success(mark.exercise, mark.kind, mark.max))
            if mark.status != "refused":
                exercise.add(mark)
    return list(found.values())


@dataclass(frozen=True)
class Need:
    """One student in the order of need. known: misconceptions, the most frequent first."""

    student: str
    share: float | None
    statuses: Counter[str]
    known: list[str]
    refused: int


def by_need(results: Iterable[Result], standings: Standings) -> list[Need]:
    """Everybody: first those of whom nothing could be graded, then by share from the lowest.

    Of equals, who wrote more answers that do not hold comes first: there is something to talk about. What is equal
    even then stands in an order that tells nothing of the names.
    """
    results = list(results)
    lot = _lots(results)
    students: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        students[result.student].append(result)
    needs = [_need(student, own, standings) for student, own in students.items()]
    return sorted(needs, key=lambda n: (-1.0 if n.share is None else n.share, -_tried(n), lot(n.student)))


def needs_help(need: Need) -> bool:
    """Something was refused, or less than HELP_BELOW of what was marked was reached."""
    return bool(need.refused) or (need.share is not None and need.share < HELP_BELOW)


def _need(student: str, results: list[Result], standings: Standings) -> Need:
    marks = [mark for result in results for mark in result.marks]
    known = Counter(mark.misconception for mark in marks if mark.misconception)
    return Need(
        student,
        share(results, standings),
        Counter(mark.status for mark in marks),
        [name for name, _ in known.most_common()],
        sum(bool(result.reason) for result in results),
    )


def _lots(results: list[Result]) -> Callable[[str], bytes]:
    """Lots drawn by what only a grader has, all notebooks and times: the same each time, and not to be worked out."""
    secret = hashlib.blake2b()
    for result in results:
        secret.update(repr((result.seconds, result.notebook)).encode("utf-8", "replace"))
    key = secret.digest()
    return lambda student: hashlib.blake2b(student.encode("utf-8", "replace"), key=key).digest()


def _tried(need: Need) -> int:
    return need.statuses["partial"] + need.statuses["zero"] + need.statuses["stopped"]


def by_sentence(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """(student, sentence) → each sentence with those whom it was said of, the most frequent first."""
    said: dict[str, list[str]] = defaultdict(list)
    for student, sentence in pairs:
        said[sentence].append(student)
    return sorted(said.items(), key=lambda item: -len(item[1]))
