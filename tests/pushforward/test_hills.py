"""Two hills and chains that miss them: densities integrate to one, and a chain of one step is done by hand."""

from __future__ import annotations

import math

import pytest
import torch

from pushforward import hills


def exact(x, before, sigma, weights, means, s):
    """Tweedie's formulas by autograd."""
    x = x.clone().requires_grad_(True)
    each = torch.distributions.Normal(means, math.sqrt(s**2 + before + sigma**2)).log_prob(x[:, None])
    log_q = torch.logsumexp(weights.log() + each, 1)
    (slope,) = torch.autograd.grad(log_q.sum(), x, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), x)
    return (x + sigma**2 * slope).detach(), sigma**2 + sigma**4 * bend


@pytest.mark.parametrize(("sigma", "T", "lost"), [(0.5, 8, 1e-5), (0.05, 3, 1e-5), (1.0, 1, 1e-3), (2.0, 16, 1e-3)])
def test_all_of_the_mass_arrives(sigma: float, T: int, lost: float) -> None:
    """Coarse steps throw a little of it beyond the grid, where there are no data."""
    x, p = hills.ends(sigma, T, exact)
    assert (p.sum() * (x[1] - x[0])).item() == pytest.approx(1, abs=lost)


def test_the_density_is_that_of_two_hills_of_unequal_weight() -> None:
    x = torch.linspace(-12, 12, 4001, dtype=torch.float64)
    for added in (0.0, 2.0):
        p = hills.density(x, added)
        mean = torch.trapezoid(x * p, x).item()
        assert torch.trapezoid(p, x).item() == pytest.approx(1)
        assert mean == pytest.approx(1 / 3)
        assert torch.trapezoid((x - mean) ** 2 * p, x).item() == pytest.approx(0.09 + added + 8 / 9)


def test_a_chain_of_one_step_without_a_look_misses_by_a_divergence_of_normals() -> None:
    """Steps that always return N(0, 4): what is missed is ∫ q log q/p."""
    still = lambda x, *_: (0 * x, 4 + 0 * x)  # noqa: E731
    x = torch.linspace(-4, 4, 4001, dtype=torch.float64)
    q, p = hills.density(x), torch.distributions.Normal(0.0, 2.0).log_prob(x).exp()
    wanted = torch.trapezoid(q * (q / p).log(), x).item()
    assert hills.missed(0.7, 1, still) == pytest.approx(wanted, abs=1e-4)


def test_fine_steps_from_the_right_start_miss_next_to_nothing() -> None:
    assert 0 <= hills.missed(0.1, 50, exact, right_start=True) < 1e-3
    assert hills.missed(0.1, 50, exact) > 0.02
