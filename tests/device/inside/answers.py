"""Every right answer earns full marks when the checks try it on a second device too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograder.judging.exercise import Exercise, all_exercises
from autograder.judging.judge import LocalLink, examine
from autograder.measuring.answers import independent, reference
from pushforward.answering.capture import captured

ROOT = Path(__file__).resolve().parents[3]
SEED = 0
pytestmark = pytest.mark.filterwarnings("ignore")  # answers may warn, and lose no mark by it
every_exercise = pytest.mark.parametrize("exercise", all_exercises().values(), ids=lambda e: e.id)


@every_exercise
def test_the_reference_and_every_right_answer_earn_everything(exercise: Exercise) -> None:
    names = reference(ROOT, exercise.notebook)
    right = {answer.name: answer.names for answer in independent(ROOT, exercise) if answer.right}
    for name, answer in {"the reference": {}, **right}.items():
        with captured():
            report = examine(exercise, LocalLink({**names, **answer}), SEED)
        assert report.full, f"{name}: {report}"


@every_exercise
def test_tensors_of_both_devices_are_asked_about_where_there_are_tensors(exercise: Exercise) -> None:
    """Else the test above would say nothing."""
    cases = list(exercise.probe(np.random.default_rng(SEED)))
    print(exercise.id, sum(case.on_gpu for case in cases), "of", len(cases), "cases")
