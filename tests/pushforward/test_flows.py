"""The coupling flow: both directions undo each other, the determinant is the Jacobian's, the density has mass one."""

from __future__ import annotations

import math

import pytest
import torch

from pushforward.errors import CourseError
from pushforward.flows import AffineCoupling, Flow, SplineCoupling
from pushforward.flows.couplings import Coupling

KINDS = (AffineCoupling, SplineCoupling)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def bent(D: int = 2, layers: int = 3, kind: type[Coupling] = AffineCoupling, by: float = 0.3) -> Flow:
    """A flow that is not the identity any more, in double precision."""
    torch.manual_seed(0)
    flow = Flow(D, layers, hidden=8, kind=kind).double()
    for parameter in flow.parameters():
        parameter.data += by * torch.randn_like(parameter)
    return flow


@every_kind
@pytest.mark.parametrize("D", [2, 3, 5])
def test_both_directions_undo_each_other(D: int, kind: type[Coupling]) -> None:
    flow, z = bent(D, kind=kind), torch.randn(6, D, dtype=torch.float64)
    x, forth = flow(z)
    again, back = flow.inverse(x)
    assert (x - z).abs().min() > 1e-3
    torch.testing.assert_close(again, z)
    torch.testing.assert_close(forth, -back)


@every_kind
@pytest.mark.parametrize("D", [2, 3])
def test_the_log_determinant_is_that_of_the_jacobian(D: int, kind: type[Coupling]) -> None:
    flow, z = bent(D, kind=kind), torch.randn(4, D, dtype=torch.float64)
    for way in (flow, flow.inverse):
        of_all = torch.autograd.functional.jacobian(lambda v, way=way: way(v)[0], z)  # (4, D, 4, D)
        jacobians = torch.stack([of_all[k, :, k] for k in range(4)])
        torch.testing.assert_close(way(z)[1], torch.linalg.slogdet(jacobians).logabsdet)


@every_kind
def test_the_density_has_mass_one(kind: type[Coupling]) -> None:
    flow = bent(kind=kind, by=0.1)
    line = torch.linspace(-12, 12, 601, dtype=torch.float64)
    grid = torch.cartesian_prod(line, line)
    with torch.no_grad():
        mass = float(flow.log_p(grid).exp().sum()) * float(line[1] - line[0]) ** 2
    assert mass == pytest.approx(1, abs=1e-3)


@every_kind
def test_a_fresh_flow_is_the_identity(kind: type[Coupling]) -> None:
    flow, x = Flow(kind=kind), torch.randn(5, 2)
    torch.testing.assert_close(flow(x), (x, torch.zeros(5)), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(flow.log_p(x), -0.5 * (x**2).sum(1) - math.log(2 * math.pi), rtol=1e-5, atol=2e-5)


def test_a_spline_leaves_alone_what_lies_beyond_its_reach() -> None:
    layer = SplineCoupling(2, 8, flip=False, reach=1.0)
    for parameter in layer.parameters():
        parameter.data += torch.randn_like(parameter)
    z = torch.tensor([[0.3, 1.5], [0.3, -2.0], [0.3, 0.4]])
    x, ladj = layer(z)
    assert ((x == z).all(1)).tolist() == [True, True, False]
    assert (ladj == 0).tolist() == [True, True, False]


def test_scales_stay_within_their_bound() -> None:
    layer = AffineCoupling(2, 8, flip=False, bound=0.5)
    for parameter in layer.parameters():
        parameter.data += 10
    assert layer(torch.randn(20, 2))[1].abs().max() <= 0.5


def test_one_coordinate_is_refused_with_a_sentence() -> None:
    with pytest.raises(CourseError, match="two coordinates or more"):
        Flow(1)
