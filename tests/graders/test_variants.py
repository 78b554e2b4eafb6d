"""A right answer gets full marks, however it is written: the model answers, rewritten by machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.judging.asking import LocalLink
from autograder.judging.exercise import Exercise, all_exercises
from autograder.judging.judge import examine
from autograder.measuring import answers
from autograder.measuring.variants import MAY_RAISE, variants
from pushforward.answering.capture import captured
from tests.rotation import rotating

ROOT = Path(__file__).resolve().parents[2]
SEED = answers.seeds(ROOT)[0]
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("exercise", rotating(all_exercises().values(), 12, name=lambda e: e.id), ids=lambda e: e.id)
def test_a_right_answer_written_otherwise_gets_full_marks(exercise: Exercise) -> None:
    names = answers.reference(ROOT, exercise.notebook)
    refused = []
    for answer in variants(ROOT, exercise):
        with captured():
            report = examine(exercise, LocalLink({**names, **answer.names}), SEED)
        if not report.full and not (answer.name in MAY_RAISE and report.error):
            refused.append(f"{answer.name}: {report}")
    assert not refused, "\n\n".join(refused)
