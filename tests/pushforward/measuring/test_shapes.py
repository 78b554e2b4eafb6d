"""Rings and moons: modes found, their widths, and the distance to two half circles."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch

from pushforward import data
from pushforward.data import ring_centres, two_moons
from pushforward.measuring.shapes import log_p_moons, log_p_ring, modes, moon_distances, off_moons

CENTRES = ring_centres(dtype=torch.float64)


def ring(n: int, sigma: float, seed: int = 0, of: int = 8) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    owner = torch.randint(of, (n,), generator=generator)
    return CENTRES[owner] + sigma * torch.randn(n, 2, generator=generator)


def test_the_centres_stand_evenly_on_the_ring() -> None:
    centres = 2 * CENTRES
    torch.testing.assert_close(centres.norm(dim=1), torch.full((8,), 2.0, dtype=torch.float64))
    assert centres[2].tolist() == pytest.approx([0, 2], abs=1e-12)
    gaps = (centres - centres.roll(1, 0)).norm(dim=1)
    assert float(gaps.min()) == pytest.approx(float(gaps.max()))


def test_the_truth_is_found_whole_and_as_wide_as_it_is() -> None:
    """20,000 samples: the width, from 40,000 squares, is right to 0.35 per cent; five of these are 1.8 per cent."""
    found = modes(ring(20_000, 0.05), CENTRES, 0.05)
    assert found.found == 8
    inside = 1 - math.exp(-4.5)
    assert abs(found.near - inside) < 4.9 * math.sqrt(inside * (1 - inside) / 20_000)
    assert found.error == pytest.approx(math.sqrt(found.near * (1 - found.near) / 20_000))
    assert found.width == pytest.approx(0.05, rel=0.018)
    assert float(found.shares.sum()) == pytest.approx(found.near)


@pytest.mark.parametrize("sigma", [0.02, 0.035])
def test_modes_that_are_too_narrow_show_in_their_width(sigma: float) -> None:
    """A normal of 0.035, cut at 0.15, loses next to nothing, so only the correction for the cut remains: 5 per cent."""
    found = modes(ring(5000, sigma), CENTRES, 0.05)
    assert found.width == pytest.approx(sigma, rel=0.07)
    assert found.near > 0.99


def test_lost_modes_and_junk_are_counted() -> None:
    found = modes(ring(4000, 0.05, of=3), CENTRES, 0.05)
    assert found.found == 3
    assert found.shares[3:].sum() == 0
    junk = torch.cat([ring(3000, 0.05), torch.zeros(1000, 2)])
    assert modes(junk, CENTRES, 0.05).near == pytest.approx(0.75 * 0.989, abs=0.01)
    nothing = modes(torch.zeros(50, 2), CENTRES, 0.05)
    assert (nothing.found, nothing.near) == (0, 0)
    assert math.isnan(nothing.width)


def test_a_single_stray_sample_is_no_mode() -> None:
    x = torch.cat([ring(1000, 0.05, of=7), CENTRES[7:]])
    assert modes(x, CENTRES, 0.05).found == 7


def test_moon_distances_are_those_to_the_nearest_of_many_points_on_each() -> None:
    angle = torch.linspace(0, math.pi, 20_001, dtype=torch.float64)
    upper = torch.stack([angle.cos(), angle.sin()], 1)
    lower = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], 1)
    x = 2 * torch.randn(300, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 0.5
    expected = torch.stack([torch.cdist(x, moon).amin(1) for moon in (upper, lower)], 1)
    torch.testing.assert_close(moon_distances(x), expected, rtol=0, atol=1e-4)


def test_three_in_a_thousand_of_the_data_lie_off_the_moons() -> None:
    x = two_moons(200_000, generator=torch.Generator().manual_seed(1))
    share = off_moons(x)
    assert share == pytest.approx(0.0027, abs=4.9 * math.sqrt(0.003 / 200_000))
    assert off_moons(x, noise=0.02) > 0.2
    assert off_moons(torch.tensor([[0.0, 1.0], [0.5, 0.25]])) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("log_p", "drawn", "known"),
    [(log_p_ring, data.ring, math.log(8 * 2 * math.pi * math.e * 0.05**2)), (log_p_moons, two_moons, 0.289)],
)
def test_a_true_density_has_mass_one_and_its_entropy(log_p: Callable, drawn: Callable, known: float) -> None:
    line = torch.linspace(-2, 3, 126, dtype=torch.float64)
    values = log_p(torch.cartesian_prod(line, line))
    cell = float(line[1] - line[0]) ** 2
    assert float(values.exp().sum()) * cell == pytest.approx(1, abs=1e-3)
    entropy = -float((values.exp() * values).sum()) * cell
    assert entropy == pytest.approx(known, abs=2e-3)
    x = drawn(5000, generator=torch.Generator().manual_seed(0))
    assert -float(log_p(x).mean()) == pytest.approx(entropy, abs=0.03)


def test_a_density_is_right_point_by_point() -> None:
    x = torch.tensor([[1.0, 0.0], [0.2, 0.1]], dtype=torch.float64)
    apart = torch.cdist(x, ring_centres(dtype=torch.float64)) ** 2
    torch.testing.assert_close(log_p_ring(x), torch.exp(-apart / 0.005).mean(1).log() - math.log(0.005 * math.pi))
