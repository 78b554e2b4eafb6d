"""The exercise that CONTRIBUTING adds step by step works as it is printed there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging import compare
from autograder.judging import exercise as exercises
from autograder.judging.exercise import Exercise
from autograder.judging.judge import LocalLink, examine
from autograder.measuring import answers

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = [
    part.split("```")[0] for part in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("```python\n")[1:]
]
SOURCE, JUDGE, WRONG = BLOCKS
ID = "schedule.snr"


@pytest.fixture(scope="module")
def exercise() -> Iterator[Exercise]:
    """The example's judge, registered for as long as this module runs."""
    exercises.all_exercises()
    tools = {**vars(exercises), **vars(compare), "np": np, "math": math, "torch": torch}
    exec(JUDGE, {**tools, "__name__": "autograder.checks.c15_diffusion_forward.snr"})
    yield exercises._REGISTRY[ID]
    del exercises._REGISTRY[ID]


def _names(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"torch": torch, "check": lambda id: None}
    exec(code, names)
    return names


def test_the_printed_answer_earns_everything(exercise: Exercise) -> None:
    for seed in range(20):
        assert examine(exercise, LocalLink(_names(SOURCE)), seed).full


def test_its_mistakes_are_rejected_and_named(exercise: Exercise) -> None:
    for answer in answers.catalogue(exercise):
        for seed in range(5):
            assert answers.try_answer(exercise, answer, _names(SOURCE), seed).fault is None


def test_the_printed_wrong_answer_breaks_the_law_that_it_names(exercise: Exercise, tmp_path: Path) -> None:
    path = tmp_path / "wrong_single_step.py"
    path.write_text(WRONG, encoding="utf-8")
    breaks, mistake = answers._header(path)
    answer = answers.Answer(path.name, answers._load(path), False, breaks, mistake)
    assert answers.try_answer(exercise, answer, _names(SOURCE), 0).fault is None


def test_constants_earn_nothing(exercise: Exercise) -> None:
    for answer in answers.constants(_names(SOURCE), exercise):
        assert examine(exercise, LocalLink(answer.names), 0).points == 0


def test_the_printed_source_is_one_that_the_builder_takes(exercise: Exercise, tmp_path: Path) -> None:
    from autograder.building.source import read_source

    header = (ROOT / "solutions" / "15_diffusion_forward.py").read_text(encoding="utf-8").partition("# %%")[0]
    path = tmp_path / "15_diffusion_forward.py"
    path.write_text(header + SOURCE + '\n# %% tags=["given"]\ntotal()\n', encoding="utf-8")
    assert len(read_source(path).cells) == 4
