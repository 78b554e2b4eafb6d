"""Precision, recall, density and coverage, counted; the ratio that gives copies away."""

from __future__ import annotations

import math

import pytest
import torch

from pushforward.errors import CourseError
from pushforward.measuring.neighbours import neighbour_ratio, precision_coverage, radii, shares


def sample(n: int, seed: int, D: int = 2) -> torch.Tensor:
    return torch.randn(n, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def counted(real: list, fake: list, k: int) -> tuple[float, ...]:
    """Ball by ball."""

    def radius(z: list, i: int) -> float:
        return sorted(math.dist(z[i], other) for j, other in enumerate(z) if j != i)[k - 1]

    r, f = ([radius(z, i) for i in range(len(z))] for z in (real, fake))
    holds = [[math.dist(a, b) <= s for b in fake] for a, s in zip(real, r, strict=True)]
    recalled = [any(math.dist(a, b) <= s for b, s in zip(fake, f, strict=True)) for a in real]
    return (
        sum(map(any, zip(*holds, strict=True))) / len(fake),
        sum(recalled) / len(real),
        sum(map(sum, holds)) / (k * len(fake)),
        sum(map(any, holds)) / len(real),
    )


@pytest.mark.parametrize(("n", "m", "k"), [(20, 20, 1), (15, 30, 3), (30, 10, 5)])
def test_the_four_shares_are_counted_ball_by_ball(n: int, m: int, k: int) -> None:
    real, fake = sample(n, 0), sample(m, 1) + 0.7
    assert tuple(precision_coverage(real, fake, k)) == pytest.approx(counted(real.tolist(), fake.tolist(), k))


def test_fresh_data_have_the_shares_of_the_docstring() -> None:
    """Coverage 1 − ½⁵ = 0.969 and density 1; 20 pairs of 1000: the standard errors of the means are below 0.003."""
    found = torch.tensor([precision_coverage(sample(1000, 2 * s), sample(1000, 2 * s + 1)) for s in range(20)]).mean(0)
    assert found[3] == pytest.approx(1 - 0.5**5, abs=0.01)
    assert found[2] == pytest.approx(1.0, abs=0.02)
    assert min(found[0], found[1]) > 0.97


def test_a_lost_mode_lowers_coverage_and_junk_lowers_precision() -> None:
    half = sample(400, 3).abs()
    whole = sample(400, 4)
    assert precision_coverage(whole, half).precision > 0.95
    assert precision_coverage(whole, half).coverage < 0.5
    junk = torch.cat([sample(200, 5), sample(200, 6) + 20])
    assert precision_coverage(whole, junk).precision == pytest.approx(0.5, abs=0.03)


def test_a_point_that_is_there_twice_has_the_radius_nought() -> None:
    x = torch.tensor([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0]])
    assert radii(x, 1).tolist() == [0, 0, 5]
    with pytest.raises(CourseError, match="does not exist"):
        radii(x, 3)


def test_errors_of_shares_are_of_the_size_of_repetition() -> None:
    """Each is told with 9 degrees of freedom; the mean square over 40 of them is right to 8 per cent, the spread of 100
    repetitions to 7, and blocks of a tenth are not quite like the whole: half is allowed either way."""
    runs = [precision_coverage(sample(300, 2 * s), sample(300, 2 * s + 1) * 1.5) for s in range(100)]
    told = [shares(sample(300, 2 * s), sample(300, 2 * s + 1) * 1.5) for s in range(40)]
    assert [told[0][name].value for name in told[0]] == list(runs[0])
    assert (told[0]["recall"].n, told[0]["recall"].m) == (300, 300)
    for spread, name in zip(torch.tensor(runs).std(0).tolist(), told[0], strict=True):
        typical = math.sqrt(sum(found[name].error ** 2 for found in told) / 40)
        assert 0.5 * spread < typical < 2 * spread, (name, typical, spread)


def test_no_error_of_shares_from_a_handful_of_samples() -> None:
    with pytest.raises(CourseError, match="12 samples of each kind"):
        shares(sample(11, 0), sample(40, 1))


def test_the_ratio_is_nought_for_copies_and_one_for_fresh_data() -> None:
    train, test, fresh = sample(500, 7, 3), sample(400, 8, 3), sample(300, 9, 3)
    assert neighbour_ratio(train, train[:100], test).value == 0
    found = neighbour_ratio(train, fresh, test)
    assert abs(found.value - 1) < 4.9 * found.error
    assert (found.n, found.m) == (300, 400)
    assert neighbour_ratio(train, 3 * fresh, test).value > 1.5


def test_the_ratio_s_error_is_that_of_fresh_fakes_and_tests() -> None:
    """The training set is fixed; 200 repetitions estimate a spread to 5 per cent: 25 per cent are five errors."""
    train = sample(300, 10)
    runs = [neighbour_ratio(train, sample(80, 100 + s), sample(120, 900 + s)) for s in range(200)]
    spread = float(torch.tensor([run.value for run in runs]).std())
    typical = float(torch.tensor([run.error**2 for run in runs]).mean().sqrt())
    assert typical == pytest.approx(spread, rel=0.25)


def test_a_test_set_that_is_the_training_set_is_refused() -> None:
    train = sample(20, 11)
    with pytest.raises(CourseError, match="fresh ones"):
        neighbour_ratio(train, sample(20, 12), train[:5])
