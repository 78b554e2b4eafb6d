"""What a report shows of a wrong answer is no larger than it has to be: exercises and answers that rotate."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.judging.exercise import Exercise, all_exercises
from autograder.measuring.counterexamples import rows, wrong_answers
from tests.rotation import EVERYTHING, rotating, touches_exercise, turn

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.filterwarnings("ignore")
EXERCISES = [e for e in all_exercises().values() if not e.long]
FEW = 1000 if EVERYTHING else 8  # answers of an exercise


@pytest.mark.parametrize(
    "exercise", rotating(EXERCISES, 6, name=lambda e: e.id, touched=touches_exercise), ids=lambda e: e.id
)
def test_where_a_smaller_case_fails_it_is_the_one_shown(exercise: Exercise) -> None:
    some = sorted(wrong_answers(ROOT, exercise), key=lambda answer: turn(answer.name))[:FEW]
    large = [row for row in rows(ROOT, exercise, some) if row.shown > row.least]
    assert not large, large


@pytest.mark.parametrize("id", ["elbo.iwae", "diffusion.predict_x0"])
def test_counterexamples_can_be_recomputed_by_hand(id: str) -> None:
    """These probe with large arrays, and their domains have small ones."""
    exercise = all_exercises()[id]
    found = list(rows(ROOT, exercise, wrong_answers(ROOT, exercise)[:8]))
    assert sum(row.first > 0 for row in found) > len(found) / 4
    assert sum(row.shown > 0 for row in found) < len(found) / 10
