"""What is taken for 17 log probabilities of each pixel, and what is said of the rest."""

import numpy as np
import pytest

from autograder.judging.shares import level_shares
from pushforward.answering.wire import Plain

EVEN = np.full((2, 64, 17), -np.log(17.0))


def came(array: np.ndarray) -> Plain:
    return Plain(array, "tensor", array.dtype.name, "cpu")


def spoilt(value: float) -> np.ndarray:
    array = EVEN.copy()
    array[1, 5, 3] = value
    return array


def certain() -> np.ndarray:
    array = np.full((2, 64, 17), -np.inf)
    array[:, :, 0] = 0.0
    return array


@pytest.mark.parametrize("array", [EVEN, certain()], ids=["all alike", "one for sure"])
def test_log_probabilities_that_add_up_to_one_are_taken(array: np.ndarray) -> None:
    assert level_shares(came(array), 2)[0]


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (EVEN[:, :, :16], "(2, 64, 16)"),
        (spoilt(np.nan), "no numbers"),
        (spoilt(np.inf), "no numbers"),
        (EVEN + 0.01, "sums from 1.01 to 1.01"),
        (np.exp(EVEN), "sums from 18 to 18"),
    ],
    ids=["a level too few", "nan", "infinite", "one percent too much", "probabilities"],
)
def test_the_rest_is_refused_in_words(array: np.ndarray, said: str) -> None:
    good, got = level_shares(came(array), 2)
    assert not good
    assert said in got
