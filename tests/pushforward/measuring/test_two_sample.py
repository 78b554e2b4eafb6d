"""The two-sample test: a p-value that keeps its promise, an accuracy on samples that were not seen."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import binom

from pushforward.data import two_moons
from pushforward.measuring.two_sample import two_sample


def moons(n: int, seed: int, noise: float = 0.05) -> torch.Tensor:
    return two_moons(n, noise, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("level", [0.2, 0.05])
def test_equal_laws_are_seldom_called_different(level: float) -> None:
    """Of 300 tests at most as many fall below the level as a binomial exceeds once in a million."""
    found = [two_sample(moons(80, 2 * s), moons(80, 2 * s + 1)).p_value for s in range(300)]
    assert sum(p <= level for p in found) <= binom.isf(1e-6, 300, level)


def test_different_laws_are_found_and_samples_are_counted() -> None:
    found = two_sample(moons(401, 0), moons(500, 1, noise=0.3))
    assert found.n == 400
    assert found.error == pytest.approx(0.025)
    assert found.accuracy > 0.7
    assert found.p_value == pytest.approx(float(binom.sf(round(found.accuracy * 400) - 1, 400, 0.5)))
    assert found.p_value < 1e-9


def test_it_is_no_use_to_remember() -> None:
    """One neighbour is right about all that it has seen; on held-out samples of one law it is a coin."""
    found = two_sample(moons(2000, 2), moons(2000, 3), k=1)
    assert abs(found.accuracy - 0.5) < 4.9 * found.error
