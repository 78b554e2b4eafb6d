"""What can be said of samples whose true law is known: Gaussians on a ring, two moons."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch

from pushforward.data import ring_centres
from pushforward.measuring.estimate import rows


class Modes(NamedTuple):
    """found: how many modes hold samples; near: share of samples within reach · sigma of a centre, with its standard
    error; width: of the found modes together, as a standard deviation per axis; shares: of all samples, by mode."""

    found: int
    near: float
    error: float
    width: float
    shares: torch.Tensor


def modes(x: torch.Tensor, centres: torch.Tensor, sigma: float, reach: float = 3.0, least: float = 0.2) -> Modes:
    """Which of N(c_k, sigma² I), mixed evenly, a sample x (n, 2) has found, and how wide it has made them.

    A mode is found if at least `least` times its due share of all samples lies within reach · sigma of its centre. The
    width is √(mean of ‖x − mean of its mode‖²/2) over the samples near, put right for what the cut at `reach` takes
    away, so that the truth gives sigma. Within 3 sigma lie 98.9 % of the true samples. error: binomial, √(p(1 − p)/n).
    """
    x = rows(x)
    apart, owner = torch.cdist(x, centres.cpu().double()).min(1)
    near = apart <= reach * sigma
    shares = torch.bincount(owner[near], minlength=len(centres)).double() / len(x)
    found = shares >= least / len(centres)
    share = float(near.double().mean())
    width = _width(x[near], owner[near], found) / _cut(reach)
    return Modes(int(found.sum()), share, math.sqrt(share * (1 - share) / len(x)), width, shares)


def _width(x: torch.Tensor, owner: torch.Tensor, found: torch.Tensor) -> float:
    """The standard deviation per axis within the modes that are found, NaN where there is none."""
    squares, freedom = 0.0, 0
    for k in found.nonzero().flatten():
        members = x[owner == k]
        squares += float((members - members.mean(0)).pow(2).sum())
        freedom += 2 * (len(members) - 1)
    return math.sqrt(squares / freedom) if freedom else math.nan


def _cut(reach: float) -> float:
    """Standard deviation per axis of N(0, I₂) kept within radius `reach`: √(1 − (r²/2) e^{−r²/2} / (1 − e^{−r²/2}))."""
    half = reach**2 / 2
    return math.sqrt(1 - half / math.expm1(half))


def moon_distances(x: torch.Tensor) -> torch.Tensor:
    """The distances of points (n, 2) to the upper and the lower half circle of `pushforward.data.two_moons`, (n, 2)."""
    x = rows(x, 1)
    return torch.stack([_arc(x), _arc(x.new_tensor([1.0, 0.5]) - x)], dim=1)


def _arc(x: torch.Tensor) -> torch.Tensor:
    """Distance to the upper half of the unit circle; below the axis the nearest point is one of its ends."""
    to_circle = (x.norm(dim=1) - 1).abs()
    to_end = torch.stack([x[:, 0].abs() - 1, x[:, 1]], dim=1).norm(dim=1)
    return torch.where(x[:, 1] >= 0, to_circle, to_end)


def off_moons(x: torch.Tensor, noise: float = 0.05, reach: float = 3.0) -> float:
    """The share of points farther than reach · noise from both moons: 0.3 % for the data (2Φ(−3), tips a little more).

    Its standard error is √(p(1 − p)/n).
    """
    return float((moon_distances(x).amin(1) > reach * noise).double().mean())


# --- true densities --------------------------------------------------------------------------------------------


def log_p_ring(x: torch.Tensor, sigma: float = 0.05) -> torch.Tensor:
    """log of ⅛ Σ_k N(x; c_k, sigma² I), the density of `pushforward.data.ring`, at x (n, 2); returns (n,), float64."""
    return _log_mixture(x, ring_centres().cpu().double(), sigma)


def log_p_moons(x: torch.Tensor, noise: float = 0.05, points: int = 400) -> torch.Tensor:
    """The log density of `pushforward.data.two_moons` at x (n, 2); returns (n,), float64.

    p(x) = ½ Σ over both moons of (1/π) ∫_0^π N(x; c(a), noise² I) da, by the midpoint rule. Its mean over the data is
    minus their entropy: 0.289 nats at noise 0.05.
    """
    angle = math.pi * (torch.arange(points, dtype=torch.float64, device="cpu") + 0.5) / points
    upper = torch.stack([angle.cos(), angle.sin()], dim=1)
    return _log_mixture(x, torch.cat([upper, upper.new_tensor([1.0, 0.5]) - upper]), noise)


def _log_mixture(x: torch.Tensor, centres: torch.Tensor, sigma: float) -> torch.Tensor:
    """log of the mean over centres (k, 2) of N(x; c, sigma² I), a thousand points at a time."""
    parts = [
        torch.logsumexp(-(torch.cdist(part, centres) ** 2) / (2 * sigma**2), dim=1) for part in rows(x, 1).split(1000)
    ]
    return torch.cat(parts) - math.log(2 * math.pi * sigma**2 * len(centres))
