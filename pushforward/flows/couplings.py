"""Small normalising flows of couplings: draws, densities and both directions, all of them exact."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import nn

from pushforward.errors import CourseError
from pushforward.flows.chain import Chain, Pair
from pushforward.flows.splines import knots_of, spline, spline_inverse


class Coupling(nn.Module):
    """x_a = z_a, x_b = g(z_b; net(z_a)), entry by entry, g rising in its first argument: the base of the kinds below.

    a: one half of the D coordinates, b: the other; flip: which is which; per_entry: numbers that g takes for an entry.
    """

    def __init__(self, D: int, hidden: int, flip: bool, per_entry: int) -> None:
        super().__init__()
        if D < 2:
            raise CourseError(f"A coupling needs two coordinates or more, not {D}.")
        self.flip = flip
        self.sizes = (D // 2, D - D // 2)
        known, changed = self.sizes[::-1] if flip else self.sizes
        last = nn.Linear(hidden, per_entry * changed)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # a fresh layer is the identity
        self.net = nn.Sequential(nn.Linear(known, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), last)

    def _split(self, v: torch.Tensor) -> Pair:
        """What is kept and what is changed."""
        first, second = v.split(self.sizes, dim=1)
        return (second, first) if self.flip else (first, second)

    def _joined(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.cat([b, a] if self.flip else [a, b], dim=1)


class AffineCoupling(Coupling):
    """x_a = z_a,   x_b = exp(s) z_b + t,   log |det ∂x/∂z| = Σ_b s,   with s = bound · tanh(u), (u, t) = net(z_a).

    a: one half of the D coordinates, b: the other; flip: which is which; bound: of |s|, so that no layer runs away.
    (Dinh et al. 2017)
    """

    def __init__(self, D: int, hidden: int, flip: bool, bound: float = 2.0) -> None:
        super().__init__(D, hidden, flip, per_entry=2)
        self.bound = bound

    def forward(self, z: torch.Tensor) -> Pair:
        """x and log |det ∂x/∂z|, (N, D) and (N,), at z (N, D)."""
        a, b = self._split(z)
        s, t = self._scales(a)
        return self._joined(a, torch.exp(s) * b + t), s.sum(1)

    def inverse(self, x: torch.Tensor) -> Pair:
        """z and log |det ∂z/∂x|, (N, D) and (N,), at x (N, D): x_a is z_a, so s and t are known."""
        a, b = self._split(x)
        s, t = self._scales(a)
        return self._joined(a, (b - t) * torch.exp(-s)), -s.sum(1)

    def _scales(self, a: torch.Tensor) -> Pair:
        u, t = self.net(a).chunk(2, dim=1)
        return self.bound * torch.tanh(u), t


class SplineCoupling(Coupling):
    """x_a = z_a,   x_b = spline(z_b),   log |det ∂x/∂z| = Σ_b log spline′(z_b), with knots from net(z_a).

    bins: of each spline, between −reach and reach; beyond it x_b = z_b. (Durkan et al. 2019)
    """

    def __init__(self, D: int, hidden: int, flip: bool, bins: int = 16, reach: float = 4.0) -> None:
        super().__init__(D, hidden, flip, per_entry=3 * bins - 1)
        self.bins, self.reach = bins, reach

    def forward(self, z: torch.Tensor) -> Pair:
        """x and log |det ∂x/∂z|, (N, D) and (N,), at z (N, D)."""
        return self._through(spline, z)

    def inverse(self, x: torch.Tensor) -> Pair:
        """z and log |det ∂z/∂x|, (N, D) and (N,), at x (N, D)."""
        return self._through(spline_inverse, x)

    def _through(self, way: Callable[..., Pair], v: torch.Tensor) -> Pair:
        a, b = self._split(v)
        numbers = self.net(a).reshape(*b.shape, 3 * self.bins - 1)
        parts = numbers.split([self.bins, self.bins, self.bins - 1], dim=-1)
        b, log_slope = way(b, knots_of(*parts, -self.reach, self.reach, tails=True), tails=True)
        return self._joined(a, b), log_slope.sum(1)


class Flow(Chain):
    """x = f_K(… f_1(z)), z ~ N(0, I): `layers` couplings of a kind whose halves take turns.

    log p(x) = log N(z; 0, I) + log |det ∂z/∂x| at z = f⁻¹(x); log-determinants of the layers add up.
    """

    def __init__(self, D: int = 2, layers: int = 8, hidden: int = 64, kind: type[Coupling] = AffineCoupling) -> None:
        super().__init__(kind(D, hidden, flip=bool(k % 2)) for k in range(layers))
        self.D = D

    def log_p(self, x: torch.Tensor) -> torch.Tensor:
        """log p(x) in nats, (N,)."""
        z, ladj = self.inverse(x)
        return -0.5 * (z**2).sum(1) - 0.5 * self.D * math.log(2 * math.pi) + ladj
