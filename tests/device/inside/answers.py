"""Every right answer earns full marks when the checks try it on a second device too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.judging.asking import LocalLink
from autograder.judging.exercise import Exercise, all_exercises
from autograder.judging.judge import examine
from autograder.measuring.answers import independent, reference
from pushforward.answering.capture import captured
from tests.rotation import rotating, touches_exercise

ROOT = Path(__file__).resolve().parents[3]
SEED = 0
pytestmark = pytest.mark.filterwarnings("ignore")  # answers may warn, and lose no mark by it
some_exercises = pytest.mark.parametrize(
    "exercise",
    rotating(all_exercises().values(), 8, name=lambda e: e.id, touched=touches_exercise),
    ids=lambda e: e.id,
)


@some_exercises
def test_the_reference_earns_everything(exercise: Exercise) -> None:
    report = examine(exercise, LocalLink(reference(ROOT, exercise.notebook)), SEED)
    assert report.full, report


@some_exercises
def test_every_right_answer_earns_everything_there(
    exercise: Exercise, device: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the CPU, where half of the time would go, tests/graders tries them."""
    monkeypatch.setattr("autograder.judging.compare.devices", lambda: [device.type])
    for answer in independent(ROOT, exercise):
        if answer.right:
            with captured():
                report = examine(exercise, LocalLink({**reference(ROOT, exercise.notebook), **answer.names}), SEED)
            assert report.full, f"{answer.name}: {report}"


@pytest.mark.parametrize("exercise", all_exercises().values(), ids=lambda e: e.id)  # all: probing costs little
def test_who_is_asked_about_tensors_is_asked_there_too(exercise: Exercise) -> None:
    """Else the tests above would say nothing. What is trained may be asked on the CPU alone."""
    cases = list(exercise.probe(np.random.default_rng(SEED)))
    tensors = any(
        isinstance(a, torch.Tensor) for c in cases for ask in c.asks for a in (*ask.args, *ask.kwargs.values())
    )
    there = any(case.on_gpu for case in cases)
    trained = exercise.long or not exercise.again  # a network is asked where it was trained
    assert there or not tensors or trained
