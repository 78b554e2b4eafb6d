"""Sliced Wasserstein: sorted values on lines, against closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from pushforward.measuring.sliced import sliced, sliced_wasserstein


def sample(n: int, seed: int, D: int = 2) -> torch.Tensor:
    return torch.randn(n, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_order_of_samples_and_their_repetition_change_nothing() -> None:
    x = sample(30, 0)
    assert sliced_wasserstein(x, x.flip(0)) == pytest.approx(0, abs=1e-12)
    assert sliced_wasserstein(x, x.repeat(3, 1)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("D", [1, 2, 5])
def test_a_shift_and_a_stretch_have_their_closed_forms(D: int) -> None:
    """W₂² of a shift c along u is (uᵀc)², on average ‖c‖²/D; of a factor s it is (s − 1)² mean (uᵀx)².

    The mean over 20,000 directions of (uᵀc)² has a relative standard error below √(2/20000) = 0.01.
    """
    x = sample(200, 1, D)
    c = torch.arange(1.0, D + 1, dtype=torch.float64)
    found = sliced_wasserstein(x, x + c, directions=20_000)
    assert found == pytest.approx(float(c.norm()) / math.sqrt(D), rel=0.025)
    stretched = sliced_wasserstein(x, 3 * x, directions=20_000)
    assert stretched == pytest.approx(2 * float(x.pow(2).sum(1).mean().sqrt()) / math.sqrt(D), rel=0.025)


def test_different_sizes_are_compared_by_their_quantiles() -> None:
    """Two points against one on a line: quantiles (0, 1) and (½, ½), so W₂² is ¼."""
    assert sliced_wasserstein(torch.tensor([[0.0], [1.0]]), torch.tensor([[0.5], [0.5], [0.5]])) == pytest.approx(0.5)


def test_one_law_is_nearer_to_itself_than_to_another() -> None:
    floor = sliced(sample(1000, 2), sample(1000, 3))
    apart = sliced(sample(1000, 2), 1.3 * sample(1000, 3))
    assert floor.value < 0.1 < apart.value
    assert 0 < floor.error < 0.1
