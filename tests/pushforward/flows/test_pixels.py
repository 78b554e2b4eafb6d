"""Layers for pictures: both directions, and log-determinants against the Jacobian."""

from __future__ import annotations

import pytest
import torch

from pushforward.flows.pixels import PixelCoupling, PixelSplines

D, K, N = 6, 5, 4
SOURCE = torch.Generator().manual_seed(2)


def _noise(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=SOURCE, dtype=torch.float64)


def _splines() -> PixelSplines:
    return PixelSplines(_noise(D, K), _noise(D, K), _noise(D, K + 1))


def _coupling(told: int) -> PixelCoupling:
    layer = PixelCoupling(torch.tensor([1, 0, 0, 1, 0, 0]).bool(), 8, told).double()
    for weights in layer.parameters():
        weights.data = 0.5 * _noise(*weights.shape)
    return layer


LAYERS = {"splines": (_splines(), ()), "coupling": (_coupling(0), ()), "told": (_coupling(3), (_noise(N, 3),))}
layers = pytest.mark.parametrize("name", LAYERS)


@layers
@pytest.mark.parametrize("way", ["forward", "inverse"])
def test_log_determinants_are_those_of_the_jacobian(name, way):
    layer, told = LAYERS[name]
    points = torch.rand(N, D, generator=SOURCE, dtype=torch.float64)
    go = getattr(layer, way)
    J = torch.autograd.functional.jacobian(lambda v: go(v, *told)[0].sum(0), points)  # (D, N, D)
    torch.testing.assert_close(go(points, *told)[1], torch.linalg.slogdet(J.transpose(0, 1)).logabsdet)


@layers
def test_there_and_back(name):
    layer, told = LAYERS[name]
    x = torch.rand(N, D, generator=SOURCE, dtype=torch.float64)
    z, ladj = layer.inverse(x, *told)
    back, minus = layer(z, *told)
    torch.testing.assert_close(back, x)
    torch.testing.assert_close(minus, -ladj)


def test_the_ends_of_a_pixel_are_finite_and_far_noise_stays_in_range():
    layer = _splines().float()
    z, ladj = layer.inverse(torch.tensor([0.0, 1.0])[:, None].expand(2, D))
    assert torch.isfinite(z).all()
    assert torch.isfinite(ladj).all()
    x, _ = layer(torch.tensor([-40.0, 40.0])[:, None].expand(2, D))
    torch.testing.assert_close(x, torch.tensor([0.0, 1.0])[:, None].expand(2, D))


def test_what_is_known_passes_and_a_fresh_coupling_changes_nothing():
    layer, told = LAYERS["told"]
    z = _noise(N, D)
    assert torch.equal(layer(z, *told)[0][:, [0, 3]], z[:, [0, 3]])
    fresh = PixelCoupling(torch.arange(D) < 2, 8).double()
    assert torch.equal(fresh(z)[0], z)


def test_curves_go_through_given_rises_with_given_slopes():
    rises = torch.tensor([[0.5, 0.3, 0.2], [0.98, 0.01, 0.01]], dtype=torch.float64)
    slopes = torch.tensor([[1.5, 1.2, 0.75, 0.6], [2.94, 1.5, 0.03, 0.03]], dtype=torch.float64)
    layer = PixelSplines.through(rises, slopes)
    knots = torch.linspace(0, 1, 4, dtype=torch.float64)[:, None].expand(4, 2).clone().requires_grad_()
    share = torch.special.ndtr(layer.inverse(knots)[0])
    (found,) = torch.autograd.grad(share.sum(), knots)
    torch.testing.assert_close(share.diff(dim=0).T.detach(), rises, rtol=0, atol=1e-3)
    torch.testing.assert_close(found.T, slopes, rtol=0.02, atol=1e-3)
