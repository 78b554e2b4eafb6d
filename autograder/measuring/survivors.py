"""The mutation score: which changes of the model answers lose points, which change nothing, and which survive.

A change that gets full marks is held against the model answer on fresh questions from the declared domain, with other
seeds than the judge's. Where it answers all of them alike it is no other answer; where it differs it has survived, and
must be killed by a better question or explained in tests/answers/NOTEBOOK/EXERCISE/survivors.txt, a line each:

    function: before → after | why this is no wrong answer
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.judging.asking import LocalLink
from autograder.judging.exchange import describe
from autograder.judging.exercise import Case, Exercise
from autograder.judging.judge import answers_to, cases_of, examine
from autograder.judging.naming import same
from autograder.measuring.answers import EACH_SEED, in_budget, reference
from autograder.measuring.forked import SECONDS, forked
from autograder.measuring.mutants import Mutant, mutants
from pushforward.answering.capture import captured

SEED = 11  # the judge's
FRESH = (101, 102, 103, 104)  # the comparison's


@dataclass(frozen=True)
class Fate:
    """What became of a mutant. kind: "killed", "same" (no other answer), "survived" or "explained"."""

    exercise: str
    place: str
    line: int
    kind: str
    shown: str = ""

    @property
    def sentence(self) -> str:
        """For a survivor: the line, the change, and a question that it answers otherwise than the model answer."""
        return f"{self.exercise}, line {self.line}: {self.place}   ({self.shown})"


def fates(root: Path, exercises: Iterable[Exercise], part: tuple[int, int] = (0, 1)) -> list[Fate]:
    """The fate of every mutant, or of each n-th from the k-th on: part = (k, n)."""
    jobs = [
        (exercise, mutant)
        for exercise in exercises
        for number, mutant in enumerate(mutants(root, exercise))
        if number % part[1] == part[0]
    ]
    return forked(lambda job: _fate(root, *job), jobs, EACH_SEED if any(e.long for e in exercises) else SECONDS)


def _fate(root: Path, exercise: Exercise, mutant: Mutant) -> Fate:
    names = mutant.names(reference(root, exercise.notebook))
    with captured(), in_budget(exercise, "graded"):
        full = examine(exercise, LocalLink(names), SEED).full
        kind, shown = ("killed", "") if not full else _beside_the_model(root, exercise, names)
    if kind == "survived" and mutant.place in explained(root, exercise):
        kind = "explained"
    return Fate(exercise.id, mutant.place, mutant.line, kind, shown)


def explained(root: Path, exercise: Exercise) -> dict[str, str]:
    """The survivors of an exercise that somebody has explained, with the reason."""
    path = root / "tests" / "answers" / exercise.notebook / exercise.id / "survivors.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    pairs = [line.rpartition(" | ") for line in lines if line.strip() and not line.startswith("#")]
    return {place.strip(): why.strip() for place, _, why in pairs}


def _beside_the_model(root: Path, exercise: Exercise, names: dict[str, Any]) -> tuple[str, str]:
    """Whether any fresh question is answered otherwise than by the model answer, and which."""
    model, changed = LocalLink(reference(root, exercise.notebook)), LocalLink(names)
    for seed in FRESH:
        for case in cases_of(exercise, seed):
            for k, (a, b) in enumerate(
                zip(_answers(exercise, model, case), _answers(exercise, changed, case), strict=True)
            ):
                if not _alike(exercise, a, b):
                    return "survived", f"{describe(case)[:160]}, ask {k + 1}"
    return "same", ""


def _answers(exercise: Exercise, link: LocalLink, case: Case) -> Iterator[Any]:
    with np.errstate(all="ignore"):
        return iter(answers_to(exercise, case, link))


def _alike(exercise: Exercise, a: Any, b: Any) -> bool:
    """Equal to single precision; of two witnesses, both of which the judge has proved, only verdicts must agree."""
    if exercise.kind == "witness":
        return _verdicts(a) == _verdicts(b)
    return same(a, b, tolerance=1e-5)


def _verdicts(answer: Any) -> Any:
    """The parts of a witness that are no numbers."""
    if isinstance(answer, (list, tuple)):
        return tuple(map(_verdicts, answer))
    if isinstance(answer, dict):
        return {key: _verdicts(item) for key, item in answer.items()}
    return answer if isinstance(answer, (str, bool)) else None


# --- in words --------------------------------------------------------------------------------------------------


def report(found: list[Fate]) -> tuple[str, bool]:
    """The score by exercise, the survivors below it; and whether none is left unexplained."""
    lines = [f"{'exercise':32}{'killed':>8}{'survived':>10}{'explained':>11}{'same':>7}{'score':>9}"]
    for id in [*dict.fromkeys(fate.exercise for fate in found), None]:
        kinds = [fate.kind for fate in found if id in (fate.exercise, None)]
        killed, survived, told, same_ = (kinds.count(k) for k in ("killed", "survived", "explained", "same"))
        share = killed / max(killed + survived + told, 1)
        lines.append(f"{id or 'all':32}{killed:8}{survived:10}{told:11}{same_:7}{share:9.1%}")
    left = [fate for fate in found if fate.kind == "survived"]
    return "\n".join([*lines, *(fate.sentence for fate in left)]), not left
