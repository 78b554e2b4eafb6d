"""A small normalising flow of affine couplings: draws, densities and both directions, all of them exact."""

from __future__ import annotations

import math

import torch
from torch import nn

from pushforward.errors import CourseError
from pushforward.flows.chain import Chain, Pair


class AffineCoupling(nn.Module):
    """x_a = z_a,   x_b = exp(s) z_b + t,   log |det ∂x/∂z| = Σ_b s,   with s = bound · tanh(u), (u, t) = net(z_a).

    a: one half of the D coordinates, b: the other; flip: which is which; bound: of |s|, so that no layer runs away.
    (Dinh et al. 2017)
    """

    def __init__(self, D: int, hidden: int, flip: bool, bound: float = 2.0) -> None:
        super().__init__()
        if D < 2:
            raise CourseError(f"A coupling needs two coordinates or more, not {D}.")
        self.flip, self.bound = flip, bound
        self.sizes = (D // 2, D - D // 2)
        known, changed = self.sizes[::-1] if flip else self.sizes
        last = nn.Linear(hidden, 2 * changed)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # a fresh layer is the identity
        self.net = nn.Sequential(nn.Linear(known, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), last)

    def forward(self, z: torch.Tensor) -> Pair:
        """x and log |det ∂x/∂z|, (N, D) and (N,), at z (N, D)."""
        a, b, s, t = self._parts(z)
        return self._joined(a, torch.exp(s) * b + t), s.sum(1)

    def inverse(self, x: torch.Tensor) -> Pair:
        """z and log |det ∂z/∂x|, (N, D) and (N,), at x (N, D): x_a is z_a, so s and t are known."""
        a, b, s, t = self._parts(x)
        return self._joined(a, (b - t) * torch.exp(-s)), -s.sum(1)

    def _parts(self, v: torch.Tensor) -> tuple[torch.Tensor, ...]:
        first, second = v.split(self.sizes, dim=1)
        a, b = (second, first) if self.flip else (first, second)
        u, t = self.net(a).chunk(2, dim=1)
        return a, b, self.bound * torch.tanh(u), t

    def _joined(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.cat([b, a] if self.flip else [a, b], dim=1)


class Flow(Chain):
    """x = f_K(… f_1(z)), z ~ N(0, I): `layers` affine couplings whose halves take turns.

    log p(x) = log N(z; 0, I) + log |det ∂z/∂x| at z = f⁻¹(x); log-determinants of the layers add up.
    """

    def __init__(self, D: int = 2, layers: int = 8, hidden: int = 64) -> None:
        super().__init__(AffineCoupling(D, hidden, flip=bool(k % 2)) for k in range(layers))
        self.D = D

    def log_p(self, x: torch.Tensor) -> torch.Tensor:
        """log p(x) in nats, (N,)."""
        z, ladj = self.inverse(x)
        return -0.5 * (z**2).sum(1) - 0.5 * self.D * math.log(2 * math.pi) + ladj
