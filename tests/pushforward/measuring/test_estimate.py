"""Measures take samples or say in a sentence why not; their jackknife error is that of the repeated experiment."""

from __future__ import annotations

import pytest
import torch

from pushforward.errors import CourseError
from pushforward.measuring.estimate import Estimate, jackknife_error, measured, pair, rows


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def difference(x: torch.Tensor, y: torch.Tensor) -> float:
    return float(x.mean() - y.mean())


def test_pictures_become_rows_in_double_precision() -> None:
    assert rows(torch.zeros(3, 8, 8)).shape == (3, 64)
    assert rows(torch.zeros(3, 2, dtype=torch.float16)).dtype == torch.float64


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (torch.zeros(1, 2), "only 1 samples"),
        (torch.zeros(0, 2), "only 0 samples"),
        (torch.tensor([[0.0, float("nan")], [1.0, 2.0], [float("inf"), 0.0]]), "2 of 3 samples hold NaN or infinity"),
        (torch.zeros(4, 3), "of 3 and of 2 numbers"),
    ],
)
def test_what_cannot_be_measured_is_told_in_a_sentence(x: torch.Tensor, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        pair(x, torch.randn(5, 2, generator=seeded()))


def test_the_jackknife_of_a_difference_of_means_is_its_standard_error() -> None:
    """One sample left out at a time: the formula is exact, √(Var(x_i − y_i)/n), for the pairs that leave together."""
    x, y = torch.randn(4000, 1, generator=seeded(1)), 3 * torch.randn(4000, 1, generator=seeded(2))
    expected = float((x.double().var() / 4000 + y.double().var() / 4000).sqrt())
    assert jackknife_error(difference, x, y, parts=4000) == pytest.approx(expected, rel=0.05)


def test_ten_blocks_give_the_right_size_on_average() -> None:
    """The mean of 100 squared errors, each with 9 degrees of freedom, has a relative spread of √(2/900) = 0.047."""
    found = [jackknife_error(difference, *torch.randn(2, 200, 1, generator=seeded(seed))) ** 2 for seed in range(100)]
    assert sum(found) / 100 == pytest.approx(2 / 200, rel=0.25)  # five standard errors


def test_an_estimate_says_what_it_was_measured_with() -> None:
    found = measured(difference, torch.ones(20, 1), torch.zeros(30, 1))
    assert found == Estimate(1.0, 0.0, 20, 30)
    assert str(Estimate(0.12345, 0.0678, 5, 6)) == "0.1235 ± 0.068 (n = 5, m = 6)"


def test_no_error_without_two_samples_of_each_kind() -> None:
    with pytest.raises(CourseError, match="two samples of each kind"):
        jackknife_error(difference, torch.ones(5, 1), torch.ones(5, 1), parts=1)
