"""MMD²: pair by pair, right on average at every size, and with an error that is that of repetition."""

from __future__ import annotations

import math

import pytest
import torch

from pushforward.measuring.kernels import kernel, median_distance, mmd


def sample(n: int, shift: float, seed: int, D: int = 2) -> torch.Tensor:
    return torch.randn(n, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + shift


def test_it_is_the_mean_over_pairs_of_different_points() -> None:
    x, y, h = sample(5, 0.0, 0), sample(8, 1.0, 1), 0.9

    def k(a: list, b: list) -> float:
        return math.exp(-(math.dist(a, b) ** 2) / (2 * h**2))

    def within(z: list) -> float:
        pairs = [k(a, b) for i, a in enumerate(z) for b in z[:i]]
        return sum(pairs) / len(pairs)

    a, b = x.tolist(), y.tolist()
    across = [k(p, q) for p in a for q in b]
    expected = within(a) + within(b) - 2 * sum(across) / len(across)
    found = mmd(x, y, h)
    assert found.value == pytest.approx(expected)
    assert (found.n, found.m) == (5, 8)
    assert kernel(x, y, h)[2, 3] == pytest.approx(k(a[2], b[3]))


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_it_is_unbiased_and_its_error_is_honest(shift: float) -> None:
    """Against the exact value for N(0, I) and N(shift, I); 400 repetitions, 4.9 standard errors: one in a million."""
    runs = [mmd(sample(40, 0.0, 2 * r), sample(60, shift, 2 * r + 1), 1.0) for r in range(400)]
    # E exp(−‖u‖²/2) with u ~ N(m, 2I) in D = 2: exp(−‖m‖²/6)/3
    truth = 2 / 3 * (1 - math.exp(-2 * shift**2 / 6))
    values = torch.tensor([run.value for run in runs], dtype=torch.float64)
    spread = float(values.std())
    assert float(values.mean()) == pytest.approx(truth, abs=4.9 * spread / 20)
    typical = float(torch.tensor([run.error**2 for run in runs]).mean().sqrt())
    assert 0.8 * spread < typical < 1.25 * spread
    if shift == 0:
        assert 0.3 < float((values < 0).double().mean()) < 0.75  # negative about half of the time


def test_the_median_distance_is_the_default_bandwidth() -> None:
    x, y = sample(30, 0.0, 5), sample(20, 2.0, 6)
    assert median_distance(x, y) == pytest.approx(float(torch.pdist(torch.cat([x, y])).median()))
    assert mmd(x, y) == mmd(x, y, median_distance(x, y))
