"""An answer that is far larger than its question is refused before anybody compares it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder.judging.asking import LocalLink
from autograder.judging.exercise import get
from autograder.judging.judge import examine
from autograder.judging.sizes import FREE, MOST_ITEMS, RATIO, outsized
from pushforward.answering.wire import Plain


def plain(size: int) -> Plain:
    return Plain(np.zeros(size), "tensor", "float64", "cpu")


def test_what_may_be_meant_is_judged() -> None:
    question = [np.zeros(1000)]
    for answer in (None, 1.0, "x", plain(FREE), plain(FREE + RATIO * 1000), [1.0] * MOST_ITEMS, {"a": [plain(9)] * 9}):
        assert outsized(question, answer) is None


@pytest.mark.parametrize(
    "answer", [plain(FREE + 1), [plain(FREE // 2)] * 3, {"value": plain(FREE), "x": (plain(1),)}, [[1.0]] * 5001]
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(answer: object) -> None:
    assert "The result " in outsized([], answer)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda x: x.new_zeros(3000, 1000), "The result has 3000000 numbers"),
        (lambda x: [0.5] * 15_000, "The result is a list of 15000 single values"),
    ],
)
def test_the_student_reads_it(answer: object, sentence: str) -> None:
    report = examine(get("start.standardise"), LocalLink({"standardise": answer}), 1)
    assert report.points == 0
    assert sentence in report.error


def test_a_table_of_single_values_as_long_as_the_question_is_judged() -> None:
    report = examine(get("start.standardise"), LocalLink({"standardise": torch.Tensor.tolist}), 1)
    assert "single values" not in (report.error or "")
