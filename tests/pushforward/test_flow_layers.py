"""The layers of pushforward.flows: both directions undo each other, and each log-determinant is its Jacobian's."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from pushforward.flows import AdditiveCoupling, BatchNorm, Chain, Conv1x1, EmergingConv, Planar, Residual, Rosenblatt


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def net(D: int, slope: float) -> nn.Module:
    """A network whose slopes are `slope` at most."""
    A = draw(D, D, seed=7)
    A = slope * A / torch.linalg.matrix_norm(A, 2)
    return lambda z: torch.tanh(z @ A.T + 0.3)


KEEP = torch.tensor([True, False, True])
MIXTURE = torch.tensor([0.3, 0.7]).double(), draw(2, 2, seed=1), 0.5 + draw(2, 2, seed=2).square()
LAYERS = {
    "additive": (AdditiveCoupling(KEEP, net(3, 2.0)), (3,)),
    "batch norm": (BatchNorm(draw(3), draw(3).square(), 0.1), (3,)),
    "planar": (Planar(draw(3, seed=3), draw(3, seed=3) + 0.2 * draw(3, seed=4), 0.4), (3,)),
    "planar, squeezing": (Planar(torch.eye(3)[0].double(), -0.8 * torch.eye(3)[0].double()), (3,)),
    "residual": (Residual(net(3, 0.6)), (3,)),
    "1×1": (Conv1x1(draw(2, 2, seed=5)), (2, 2, 3)),
    "emerging": (EmergingConv(draw(2, 2, 3, 3, seed=6), draw(2, 2, 3, 3, seed=8)), (2, 2, 2)),
    "Rosenblatt": (Rosenblatt(*MIXTURE), (2,)),
    "chain": (
        Chain([BatchNorm(draw(3), draw(3).square()), AdditiveCoupling(KEEP, net(3, 2.0)), Residual(net(3, 0.5))]),
        (3,),
    ),
}
every_layer = pytest.mark.parametrize("name", LAYERS)


@every_layer
def test_both_directions_undo_each_other_and_are_not_the_same(name: str) -> None:
    layer, shape = LAYERS[name]
    z = draw(4, *shape, seed=9)
    with torch.no_grad():
        x, forth = layer(z)
        again, back = layer.inverse(x)
    torch.testing.assert_close(again, z, atol=1e-7, rtol=1e-7)
    torch.testing.assert_close(forth, -back, atol=1e-7, rtol=1e-7)
    assert (x - z).abs().max() > 1e-2
    assert (layer.inverse(z)[0] - x).abs().max() > 1e-2


@every_layer
def test_the_log_determinant_is_that_of_the_jacobian_for_every_item(name: str) -> None:
    layer, shape = LAYERS[name]
    way = layer.inverse if name == "Rosenblatt" else layer  # bisection has no gradient
    points = draw(3, *shape, seed=10)
    n = math.prod(shape)
    J = torch.autograd.functional.jacobian(lambda v: way(v)[0], points).reshape(3, n, 3, n)
    own = torch.stack([J[k, :, k] for k in range(3)])
    torch.testing.assert_close(way(points)[1], torch.linalg.slogdet(own).logabsdet)
    assert all(J[i, :, j].abs().max() == 0 for i in range(3) for j in range(3) if i != j)


def test_the_triangular_map_makes_normal_noise() -> None:
    """Of a grid with the mixture's density, by weights: mean 0, covariance I."""
    layer = LAYERS["Rosenblatt"][0]
    line = torch.linspace(-9, 9, 301, dtype=torch.float64)
    x = torch.cartesian_prod(line, line)
    each = torch.distributions.Normal(MIXTURE[1], MIXTURE[2]).log_prob(x[:, None]).sum(2)
    p = torch.logsumexp(MIXTURE[0].log() + each, dim=1).exp()
    z = layer.inverse(x)[0].nan_to_num(0, 0, 0)
    p = p / p.sum()
    mean = p @ z
    torch.testing.assert_close(mean, torch.zeros(2).double(), atol=1e-3, rtol=0)
    torch.testing.assert_close((z * p[:, None]).T @ z, torch.eye(2).double(), atol=2e-3, rtol=0)


def test_gradients_reach_the_parameters() -> None:
    layer = Conv1x1(draw(2, 2))
    layer.inverse(draw(3, 2, 1, 2))[1].sum().backward()
    assert layer.A.grad.abs().max() > 0
