"""What the judge measures on a cloud is what was put into it."""

import math

import numpy as np
import pytest
import torch

from autograder.oracles.ring import CENTRES, SIGMA, cover
from pushforward.data import ring, ring_centres

RNG = np.random.default_rng(0)


def test_the_judges_ring_is_that_of_the_data() -> None:
    np.testing.assert_allclose(CENTRES, ring_centres().double().numpy(), atol=1e-6)


def test_the_truth_covers_eight_modes_at_its_own_width() -> None:
    found = cover(ring(40_000, generator=torch.Generator().manual_seed(0)).double().numpy())
    assert found.modes == 8
    assert found.share == pytest.approx(1 - math.exp(-4.5), abs=0.003)
    # E r² for r² below 9σ²: (2 − 11 e^(−9/2)) / (1 − e^(−9/2)) σ², half of it along each axis
    kept = (2 - 11 * math.exp(-4.5)) / (1 - math.exp(-4.5)) / 2
    assert found.width == pytest.approx(math.sqrt(kept), abs=0.01)
    assert found.reach == pytest.approx(math.sqrt(1 + 2 * SIGMA**2), abs=0.01)


@pytest.mark.parametrize("modes", [1, 3, 7])
@pytest.mark.parametrize("width", [0.5, 1.0])
def test_modes_and_widths_are_counted(modes: int, width: float) -> None:
    which = np.arange(8000) % modes
    found = cover(CENTRES[which] + width * SIGMA * RNG.normal(size=(8000, 2)))
    assert found.modes == modes
    assert found.width == pytest.approx(width, rel=0.05)


def test_far_points_and_repeated_ones_show() -> None:
    x = CENTRES[np.arange(1000) % 8] + SIGMA * RNG.normal(size=(1000, 2))
    x[:500] = 0.0
    found = cover(x)
    assert found.share == pytest.approx(0.495, abs=0.02)
    assert cover(np.zeros((100, 2))).modes == 0
