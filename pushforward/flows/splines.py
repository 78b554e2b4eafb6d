"""The monotone rational-quadratic spline: a rising curve through K + 1 knots, with a slope of its own at each.

Between two knots w apart in x and h apart in y, with s = h/w, slopes d0 and d1, and ξ in 0 … 1 the share of w passed:

    y = y0 + h (s ξ² + d0 ξ(1 − ξ)) / q,   dy/dx = s² (d1 ξ² + 2 s ξ(1 − ξ) + d0 (1 − ξ)²) / q²,
    q = s + (d0 + d1 − 2 s) ξ(1 − ξ)

It is solved for ξ as a quadratic equation. (Gregory & Delbourgo 1982; Durkan et al. 2019)
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch.nn.functional import pad, softplus

from pushforward.errors import CourseError
from pushforward.flows.chain import Pair

LEAST = 1e-3  # of a slope, and of a bin's share times K: float32 can still tell the ends of a bin apart


class Knots(NamedTuple):
    """x, y, slopes: (…, K + 1), at the knots; widths, heights: (…, K), of the bins between them."""

    x: torch.Tensor
    y: torch.Tensor
    slopes: torch.Tensor
    widths: torch.Tensor
    heights: torch.Tensor


class _Bin(NamedTuple):
    """Where the bin of each point begins, its size, s, d0 and d1."""

    x: torch.Tensor
    y: torch.Tensor
    width: torch.Tensor
    height: torch.Tensor
    s: torch.Tensor
    d0: torch.Tensor
    d1: torch.Tensor


def knots_of(
    widths: torch.Tensor, heights: torch.Tensor, slopes: torch.Tensor, low: float, high: float, tails: bool
) -> Knots:
    """Knots from numbers of any size. All zeros, or equal ones with slopes of 0, is the identity.

    widths, heights: (…, K), shares of low … high as logits; slopes: before softplus, (…, K − 1) with tails, whose slope
    is 1, else (…, K + 1). Raises CourseError for another number of slopes.
    """
    K, inner = widths.shape[-1], slopes.shape[-1]
    if heights.shape[-1] != K or inner != (K - 1 if tails else K + 1):
        kind = "straight tails" if tails else "a closed interval"
        raise CourseError(
            f"A spline of {K} bins with {kind} takes {K} heights and {K - 1 if tails else K + 1} slopes, "
            f"not {heights.shape[-1]} and {inner}."
        )
    d = LEAST + (1 - LEAST) * softplus(slopes + math.log(math.e - 1))
    (x, w), (y, h) = (_cut(logits, low, high) for logits in (widths, heights))
    return Knots(x, y, pad(d, (1, 1), value=1.0) if tails else d, w, h)


def spline(x: torch.Tensor, knots: Knots, tails: bool) -> Pair:
    """y and log dy/dx, both of the shape of x, entry by entry; knots: broadcast against x.

    tails: y = x outside of the knots; without, x has to lie between them, else CourseError.
    """
    inside, at = _placed(x, knots.x, tails)
    bin = _bin(at, knots.x, knots)
    xi = (at - bin.x) / bin.width
    q, log_slope = _slope(xi, bin)
    y = bin.y + bin.height * (bin.s * xi**2 + bin.d0 * xi * (1 - xi)) / q
    return torch.where(inside, y, x), torch.where(inside, log_slope, 0.0)


def spline_inverse(y: torch.Tensor, knots: Knots, tails: bool) -> Pair:
    """x with spline(x) = y, and log dx/dy."""
    inside, at = _placed(y, knots.y, tails)
    bin = _bin(at, knots.y, knots)
    rise = at - bin.y
    bend = bin.d0 + bin.d1 - 2 * bin.s
    a, b, c = bin.height * (bin.s - bin.d0) + rise * bend, bin.height * bin.d0 - rise * bend, -bin.s * rise
    root = (b**2 - 4 * a * c).clamp(min=torch.finfo(y.dtype).tiny).sqrt()
    xi = -2 * c / (b + root)  # of the two forms of the root the one that takes no difference where b > 0
    x = bin.x + xi * bin.width
    return torch.where(inside, x, y), torch.where(inside, -_slope(xi, bin)[1], 0.0)


def _cut(logits: torch.Tensor, low: float, high: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Where low … high is cut, and the lengths of the parts."""
    share = LEAST / logits.shape[-1] + (1 - LEAST) * logits.softmax(-1)
    inner = low + (high - low) * share[..., :-1].cumsum(-1)
    cuts = torch.cat([torch.full_like(share[..., :1], low), inner, torch.full_like(share[..., :1], high)], -1)
    return cuts, (high - low) * share


def _placed(v: torch.Tensor, cuts: torch.Tensor, tails: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Which points lie between the ends, and all of them put there, so that those outside give no NaN to a gradient."""
    low, high = cuts[..., 0], cuts[..., -1]
    rounding = 0.0 if tails else 1e-5 * (high - low)  # what comes from an inverse may lie so far outside
    inside = (v >= low - rounding) & (v <= high + rounding)
    if not tails and not bool(inside.all()):
        raise CourseError(
            f"This spline is defined from {float(low.min()):g} to {float(high.max()):g} only, and was asked at "
            f"{float(v[~inside][0]):g}: give it tails, or map the points into the interval first."
        )
    return inside, torch.where(inside, v, (low + high) / 2)


def _bin(at: torch.Tensor, cuts: torch.Tensor, knots: Knots) -> _Bin:
    """The bin in which each point lies."""
    k = (at[..., None] >= cuts[..., 1:-1]).sum(-1, keepdim=True)

    def of(values: torch.Tensor, shift: int = 0) -> torch.Tensor:
        return values.expand(*at.shape, -1).gather(-1, k + shift)[..., 0]

    width, height = of(knots.widths), of(knots.heights)
    return _Bin(of(knots.x), of(knots.y), width, height, height / width, of(knots.slopes), of(knots.slopes, 1))


def _slope(xi: torch.Tensor, bin: _Bin) -> Pair:
    """q and log dy/dx."""
    mixed = xi * (1 - xi)
    q = bin.s + (bin.d0 + bin.d1 - 2 * bin.s) * mixed
    rate = bin.d1 * xi**2 + 2 * bin.s * mixed + bin.d0 * (1 - xi) ** 2
    return q, 2 * (bin.s.log() - q.log()) + rate.log()
