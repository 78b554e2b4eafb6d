"""What the judge measures on a cloud is what was put into it."""

import numpy as np
import pytest
import torch
from scipy.stats import pearson3, skew

from autograder.oracles.moons import EACH, FLOOR, GROUPS, fresh, likeness, sliced
from pushforward.data import two_moons
from pushforward.measuring.shapes import off_moons
from pushforward.measuring.sliced import sliced_wasserstein

N = GROUPS * EACH


def data(n: int, seed: int = 0) -> np.ndarray:
    return two_moons(n, generator=torch.Generator().manual_seed(seed)).double().numpy()


def test_the_floor_is_the_distance_of_two_fresh_sets() -> None:
    rng = np.random.default_rng(0)
    found = [sliced(fresh(rng, EACH), fresh(rng, EACH)) for _ in range(1500)]
    assert np.mean(found) == pytest.approx(FLOOR, rel=0.04)  # its standard error is 0.8 %


def test_the_limit_refuses_the_truth_less_than_once_in_a_million_and_could_hardly_be_lower() -> None:
    """By the moments of single distances; Pearson's third type has the tail of a sum of skewed terms."""
    rng = np.random.default_rng(0)
    single = np.array([sliced(fresh(rng, EACH), fresh(rng, EACH)) for _ in range(1500)]) / FLOOR
    above = pearson3(skew(single) / GROUPS**0.5, single.mean(), single.std() / GROUPS**0.5).sf
    assert above(1.5) < 1e-6 < above(1.38)


def test_the_judges_moons_are_those_of_the_data() -> None:
    """Each moment by itself: five standard errors of 50,000 points."""
    judges, ours = fresh(np.random.default_rng(1), 50_000), data(50_000)
    for power in (1, 2, 3, 4):
        a, b = judges**power, ours**power
        assert (np.abs(a.mean(0) - b.mean(0)) < 5 * np.sqrt((a.var(0) + b.var(0)) / 50_000)).all()
    assert np.mean(judges.prod(1)) == pytest.approx(np.mean(ours.prod(1)), abs=5 * judges.prod(1).std() / 158)


def test_the_truth_is_at_the_floor_and_on_the_moons() -> None:
    found = likeness(data(N), np.random.default_rng(0))
    assert found.far == pytest.approx(1, abs=0.4)
    assert found.off < 0.006
    assert found.upper == pytest.approx(0.5, abs=0.04)


def test_the_judges_measures_are_those_of_the_course() -> None:
    x, y = data(400), data(400, 1) + np.array([0.2, 0])
    ours = sliced_wasserstein(torch.from_numpy(x), torch.from_numpy(y), directions=2000)
    assert sliced(x, y) == pytest.approx(ours, rel=0.03)
    wide = np.random.default_rng(0).normal(size=(N, 2))
    assert likeness(wide, np.random.default_rng(0)).off == off_moons(torch.from_numpy(wide))


def test_one_moon_and_a_shift_show() -> None:
    x = data(3 * N)
    angle_up = x[x[:, 1] > 0.6][:1000]
    upper = np.resize(angle_up, (N, 2))
    found = likeness(upper, np.random.default_rng(0))
    assert found.upper > 0.99
    assert found.far > 5
    shifted = likeness(x[:N] + np.array([0.2, 0]), np.random.default_rng(0))
    assert shifted.far > likeness(x[:N], np.random.default_rng(0)).far + 0.2
