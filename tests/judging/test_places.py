"""A result belongs where its arguments are; the meta device stands for a GPU, since only places are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from autograder.judging.exercise import call
from autograder.judging.places import astray
from pushforward.answering.wire import Net, Plain

HERE, THERE = torch.zeros(2), torch.zeros(2, device="meta")


def plain(device: str, shape: tuple[int, ...] = (2,), kind: str = "tensor") -> Plain:
    return Plain(np.zeros(shape), kind, "float64", device)


@pytest.mark.parametrize(
    "answer",
    [plain("cpu"), (1.0, plain("cpu")), {"mean": plain("meta"), "kl": [plain("cpu")]}, plain("cuda:0")],
)
def test_a_tensor_elsewhere_is_told_with_the_mend(answer: Any) -> None:
    for asked in (call("f", THERE), call("f", t=THERE), call("f", 1.0, Net("mlp", (THERE,)))):
        sentence = astray(asked, answer)
        assert sentence.startswith("Its arguments are on meta, its result is on c")
        assert "`device=x.device`" in sentence


@pytest.mark.parametrize(
    "answer",
    [plain("meta"), plain("meta:0"), plain("cpu", ()), 1.0, None, plain("cpu", kind="array"), {"kl": plain("meta")}],
)
def test_numbers_arrays_and_what_is_there_are_left_alone(answer: Any) -> None:
    assert astray(call("f", THERE), answer) is None


@pytest.mark.parametrize("asked", [call("f", HERE), call("f", 1.0), call("f", HERE, THERE)])
def test_without_one_home_nothing_is_astray(asked: Any) -> None:
    assert astray(asked, plain("cpu")) is None
