"""The race against stock `nbgrader autograde`: the same submissions, the same machine, the same run. What came of it.

What students' cells, their functions and the judge need would have to be spent by any grader. What is left over is what
the two graders are compared by.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.model import exercise_of

LEFT_RATIO, LEFT_SECONDS, JUDGE_SECONDS, TWO_WORKERS = 0.1, 0.15, 0.03, 1.7  # the targets

Scores = Mapping[tuple[str, str], tuple[float | None, bool]]  # (student, cell) → automatic mark, waits for a person


@dataclass(frozen=True)
class Spent:
    """Seconds of one submission, from its start to its published result.

    cells: in the student's own and the given cells, of which imports: in the given ones; judge: in the checks, less
    functions: in the student's functions while the checks asked, where that can be told apart (0 where not);
    writing: of the total, for gradebook, graded notebook and feedback.
    """

    student: str
    total: float
    cells: float
    judge: float
    functions: float
    imports: float = 0.0
    writing: float = 0.0

    @property
    def floor(self) -> float:
        """What students' code and the checks need."""
        return self.cells + self.judge + self.functions

    @property
    def left(self) -> float:
        """Everything else."""
        return self.total - self.floor


@dataclass(frozen=True)
class Side:
    """One grader's run. wall: seconds from the command to its end; start: of these, before the first submission;
    rate: submissions a second once it runs; judged: seconds of the judge by exercise and student; memory: MB of one
    worker with its sandbox, most at a time."""

    name: str
    wall: float
    start: float
    rate: float
    spent: tuple[Spent, ...]
    scores: Scores
    judged: tuple[float, ...] = ()
    memory: float = 0.0

    def all(self, part: str) -> float:
        """A part of Spent, summed over all submissions."""
        return sum(getattr(spent, part) for spent in self.spent)

    def median(self, part: str) -> float:
        """A part of Spent, for the submission in the middle."""
        return statistics.median(getattr(spent, part) for spent in self.spent)

    @property
    def left(self) -> float:
        """Seconds of the whole run beyond students' code and checks; with several workers, of all of them."""
        return self.wall - self.all("floor")


@dataclass(frozen=True)
class Difference:
    """A cell whose marks differ. settled: ours for the questions that stock asked, None if that was not tried."""

    student: str
    cell: str
    stock: tuple[float | None, bool] | None
    ours: tuple[float | None, bool] | None
    settled: float | None = None

    @property
    def explained(self) -> bool:
        """Only the questions differed."""
        return self.settled is not None and self.stock is not None and self.settled == self.stock[0]


@dataclass(frozen=True)
class Race:
    """The runs over one assignment's submissions. one, two: ours with that many workers."""

    assignment: str
    stock: Side
    one: Side
    two: Side
    differences: tuple[Difference, ...] = field(default=())

    @property
    def left_ratio(self) -> float:
        return self.one.left / self.stock.left

    @property
    def total_ratio(self) -> float:
        return self.one.wall / self.stock.wall

    @property
    def floor_ratio(self) -> float:
        """What the total ratio would be if a grader cost nothing: students' cells and functions alone."""
        return (self.one.all("cells") + self.one.all("functions")) / self.stock.wall

    @property
    def speed_up(self) -> float:
        """How many times as many submissions a second two workers grade, once they run."""
        return self.two.rate / self.one.rate


def compare(stock: Scores, ours: Scores, settle: Callable[[str], Mapping[str, float]]) -> tuple[Difference, ...]:
    """Every cell whose marks differ. settle: our marks of a student, by cell, for the questions that stock asked."""
    places = sorted(stock.keys() | ours.keys())
    found = [Difference(*place, stock.get(place), ours.get(place)) for place in places]
    found = [one for one in found if not _same(one.stock, one.ours)]
    again = {student: settle(student) for student in {one.student for one in found}}
    return tuple(
        Difference(one.student, one.cell, one.stock, one.ours, again[one.student].get(one.cell)) for one in found
    )


def _same(stock: tuple[float | None, bool] | None, ours: tuple[float | None, bool] | None) -> bool:
    if stock is None or ours is None or stock[1] != ours[1]:
        return False
    marks = stock[0], ours[0]
    return marks[0] == marks[1] if None in marks else abs(marks[0] - marks[1]) < 1e-6


def book_scores(folder: Path, assignment: str) -> dict[tuple[str, str], tuple[float | None, bool]]:
    """Every graded cell of the gradebook in a course folder, as nbgrader itself reads it."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        return {
            (submission.student_id, grade.name): (grade.auto_score, bool(grade.needs_manual_grade))
            for submission in book.assignment_submissions(assignment)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


# --- in words and tables ---------------------------------------------------------------------------------------


def told(race: Race) -> str:
    """The table of one race and what it means, in markdown."""
    return "\n".join([f"### {race.assignment}", "", *_table(race), "", *verdicts(race)])


def _table(race: Race) -> Iterable[str]:
    def median(part: str) -> Callable[[Side], str]:
        return lambda side: f"{side.median(part):.3f}"

    def told_apart(part: str) -> Callable[[Side], str]:
        return lambda side: "in the next" if side is race.stock else median(part)(side)

    head = f"| {len(race.stock.spent)} submissions, seconds | stock nbgrader | ours, 1 worker | ours, 2 workers |"
    rows: list[tuple[str, Callable[[Side], str]]] = [
        ("in all", lambda side: f"{side.wall:.1f}"),
        ("before the first submission", lambda side: f"{side.start:.1f}"),
        ("for each submission, median", median("total")),
        ("· student's and given cells", median("cells")),
        ("· of these, imports and given code", lambda side: median("imports")(side) if side is race.stock else ""),
        ("· student's functions, as checks ask", told_apart("functions")),
        ("· judge", median("judge")),
        ("· gradebook, feedback, graded notebook", told_apart("writing")),
        ("beyond students' code and checks, median", median("left")),
        ("the same in all", lambda side: f"{side.left:.1f}" if side is not race.two else ""),
        ("MB for each worker with its sandbox", lambda side: f"{side.memory:.0f}" if side.memory else ""),
    ]
    sides = (race.stock, race.one, race.two)
    return [head, "|---|--:|--:|--:|", *(f"| {name} | {' | '.join(map(show, sides))} |" for name, show in rows)]


def verdicts(race: Race) -> list[str]:
    """Each figure with its target, and whether marks are equal."""
    judge = statistics.median(race.one.judged) if race.one.judged else 0.0
    median_ratio = race.one.median("left") / race.stock.median("left")
    kept = [
        _verdict("left over, ours against stock's, in all", race.left_ratio, "at most", LEFT_RATIO),
        _verdict("left over, ours against stock's, at the median", median_ratio, "at most", LEFT_RATIO),
        _verdict("left over for a submission at the median, s", race.one.median("left"), "at most", LEFT_SECONDS),
        _verdict("the judge for an exercise at the median, s", judge, "at most", JUDGE_SECONDS),
        _verdict("two workers against one, once they run", race.speed_up, "at least", TWO_WORKERS),
    ]
    whole = f"- two workers against one, start and end included: {race.one.wall / race.two.wall:.2f}"
    ratio = f"- total, ours against stock's: {race.total_ratio:.3f}; students' code alone: {race.floor_ratio:.3f}"
    return [*kept, whole, ratio, *_marks(race)]


def _verdict(name: str, value: float, bound: str, target: float) -> str:
    good = value <= target if bound == "at most" else value >= target
    return f"- {name}: {value:.3f} ({bound} {target:g}: {'kept' if good else 'MISSED'})"


def _marks(race: Race) -> list[str]:
    explained = [one for one in race.differences if one.explained]
    others = [one for one in race.differences if not one.explained]
    equal = f"- marks: {len(race.stock.scores) - len(others)} of {len(race.stock.scores)} equal"
    note = f", {len(explained)} of these once the same questions are asked" if explained else ""
    lines = [f"  - {one.student}, {exercise_of(one.cell)}: stock {one.stock}, ours {one.ours}" for one in others]
    return [equal + note, *lines]
