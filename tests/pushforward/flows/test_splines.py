"""The monotone spline against autograd, bisection and what a curve through its knots must do."""

from __future__ import annotations

import pytest
import torch

from pushforward.errors import CourseError
from pushforward.flows.layers import bisected
from pushforward.flows.splines import Knots, knots_of, spline, spline_inverse

KINDS = pytest.mark.parametrize("tails", [True, False])
ENDS = (-2.0, 3.0)


def _knots(tails: bool, size: float = 1.0, dtype: torch.dtype = torch.float64, K: int = 6) -> Knots:
    generator = torch.Generator().manual_seed(5)
    shapes = (K, K, K - 1 if tails else K + 1)
    return knots_of(*(size * torch.randn(4, n, generator=generator, dtype=dtype) for n in shapes), *ENDS, tails)


def _points(tails: bool, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    low, high = (-4.0, 5.0) if tails else ENDS
    return torch.linspace(low, high, 400, dtype=dtype).reshape(100, 4)


@KINDS
def test_it_rises_as_autograd_says(tails):
    knots, x = _knots(tails, 2.0), _points(tails).requires_grad_()
    y, ladj = spline(x, knots, tails)
    (slope,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(ladj, slope.log())


@KINDS
def test_its_curve_goes_through_the_knots_with_their_slopes(tails):
    knots = _knots(tails)
    for k in range(knots.x.shape[-1]):
        x = knots.x[:, k].clone().requires_grad_()
        y, _ = spline(x, knots, tails)
        (slope,) = torch.autograd.grad(y.sum(), x)
        torch.testing.assert_close(y.detach(), knots.y[:, k])
        torch.testing.assert_close(slope, knots.slopes[:, k])


@KINDS
def test_the_inverse_is_that_of_bisection(tails):
    knots, y = _knots(tails, 2.0), _points(tails)
    start, end = (torch.full_like(y, bound) for bound in ((-9.0, 9.0) if tails else ENDS))
    by_halves = bisected(lambda a: spline(a, knots, tails)[0], y, start, end)
    x, ladj = spline_inverse(y, knots, tails)
    torch.testing.assert_close(x, by_halves, rtol=0, atol=1e-10)
    torch.testing.assert_close(ladj, -spline(x, knots, tails)[1])


@KINDS
def test_the_inverse_has_the_gradients_of_autograd(tails):
    knots, y = _knots(tails), _points(tails).requires_grad_()
    x, ladj = spline_inverse(y, knots, tails)
    (slope,) = torch.autograd.grad(x.sum(), y)
    torch.testing.assert_close(ladj, slope.log())


@pytest.mark.parametrize("size", [0.1, 3.0, 30.0])
@KINDS
def test_single_precision_loses_little_even_on_steep_curves(tails, size):
    """Compared in the flatter direction: what rounding does to x may not be more than it is itself, times the slope."""
    knots, x = _knots(tails, size, torch.float32), _points(tails, torch.float32)
    exact = Knots(*(part.double() for part in knots))
    y, ladj = spline(x, knots, tails)
    right, log_slope = spline(x.double(), exact, tails)
    assert torch.isfinite(ladj).all()
    assert ((y - right).abs() <= 2e-6 * (1 + log_slope.exp())).all()
    back, inverse_ladj = spline_inverse(y, knots, tails)
    assert torch.isfinite(inverse_ladj).all()
    assert ((back - x).abs() <= 4e-6 * (1 + (-log_slope).exp())).all()


@KINDS
def test_zeros_are_the_identity(tails):
    K = 5
    zeros = (torch.zeros(n, dtype=torch.float64) for n in (K, K, K - 1 if tails else K + 1))
    x = _points(tails)
    y, ladj = spline(x, knots_of(*zeros, *ENDS, tails), tails)
    torch.testing.assert_close(y, x)
    torch.testing.assert_close(ladj, torch.zeros_like(x))


def test_far_outside_nothing_happens_and_gradients_are_numbers():
    x = torch.tensor([-1e30, -50.0, 50.0, 1e30])
    logits = [torch.randn(4, n).requires_grad_() for n in (6, 6, 5)]
    y, ladj = spline(x, knots_of(*logits, *ENDS, True), True)
    assert torch.equal(y, x)
    assert not ladj.any()
    (y.sum() + ladj.sum()).backward()
    assert all(torch.isfinite(part.grad).all() for part in logits)


def test_the_parameters_learn():
    logits = [torch.randn(3, n, dtype=torch.float64).requires_grad_() for n in (4, 4, 5)]
    x = torch.rand(3, dtype=torch.float64)
    for way in (spline, spline_inverse):
        assert torch.autograd.gradcheck(lambda *parts, way=way: way(x, knots_of(*parts, 0, 1, False), False), logits)


def test_a_closed_interval_says_what_lies_outside():
    with pytest.raises(CourseError, match=r"from -2 to 3 only, and was asked at 3\.5"):
        spline(torch.full((4,), 3.5, dtype=torch.float64), _knots(False), False)


def test_a_wrong_number_of_slopes_is_named():
    with pytest.raises(CourseError, match="5 bins with straight tails takes 5 heights and 4 slopes, not 5 and 6"):
        knots_of(torch.zeros(5), torch.zeros(5), torch.zeros(6), 0, 1, True)
