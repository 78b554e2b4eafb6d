"""How large the counterexamples are that reports show: for every wrong answer, and every law that it breaks.

`python -m autograder.measuring.counterexamples [ID …]` prints a table by exercise; it takes some minutes for all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.judging import counterexample
from autograder.judging.asking import LocalLink
from autograder.judging.exercise import Exercise, own_laws
from autograder.judging.judge import default_seed, exchanged
from autograder.measuring.answers import Answer, catalogue, chosen, in_budget, independent, reference
from pushforward.answering.capture import captured


@dataclass(frozen=True)
class Row:
    """What a report shows of a law, by the burden on its reader: 0, or the entries of an array above six.

    first: of the first case that failed; shown: of the one in the report; least: the least of all that failed.
    """

    answer: str
    law: str
    first: int
    shown: int
    least: int


def rows(root: Path, exercise: Exercise, answers: Iterable[Answer], seed: int | None = None) -> Iterator[Row]:
    """The rows with a counterexample in the reports on these answers. seed: (default: that of students' own runs)."""
    names, seed = reference(root, exercise.notebook), default_seed(exercise.id) if seed is None else seed
    for answer in answers:
        with captured(), in_budget(exercise, "graded"):
            asked, smaller = exchanged(exercise, LocalLink({**names, **answer.names}), seed)
        for law in own_laws(exercise):
            found = [e for e in (*asked, *smaller) if counterexample.shows(e, law)]
            if found:
                cases = [e.case for e in found]
                shown = next(c for c, f in counterexample.failures(law, found) if counterexample.tells(f))
                sizes = [counterexample.burden(case, law) for case in (cases[0], shown)]
                least = min(counterexample.burden(e.case, law) for e in found)
                yield Row(answer.name, law.sentence, *sizes, least)


def wrong_answers(root: Path, exercise: Exercise) -> list[Answer]:
    """All that the catalogue and tests/answers hold."""
    return [answer for answer in (*catalogue(exercise), *independent(root, exercise)) if not answer.right]


def main(ids: list[str]) -> None:
    """Print a line per exercise: rows with a counterexample, and how many are above six entries, first and shown."""
    root, sums = Path(__file__).resolve().parents[2], [0, 0, 0]
    for exercise in chosen(ids):
        found = list(rows(root, exercise, wrong_answers(root, exercise)))
        line = [len(found), sum(row.first > 0 for row in found), sum(row.shown > 0 for row in found)]
        sums = [a + b for a, b in zip(sums, line, strict=True)]
        laws = sorted({f"{row.law} ({row.shown})" for row in found if row.shown})
        print(
            f"{exercise.id:28} rows {line[0]:4}   above six: {line[1]:4} first, {line[2]:4} shown   {'; '.join(laws)}"
        )
    print(f"{'all':28} rows {sums[0]:4}   above six: {sums[1]:4} first, {sums[2]:4} shown")


if __name__ == "__main__":
    main(sys.argv[1:])
