"""Layers for pictures: a rising curve for each pixel, and couplings whose known part is any set of pixels.

Here the way that training needs, from data to noise, is `inverse`, as everywhere among the flows.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.special import ndtr, ndtri

from pushforward.flows.chain import Pair
from pushforward.flows.splines import LEAST, Knots, knots_of, spline, spline_inverse

ROOM = 1e-6  # left free below 0 and above 1, so that a pixel at the very end of its range has a finite z


class PixelSplines(nn.Module):
    """z_d = Φ⁻¹(room + (1 − 2 room) F_d(x_d)): each of D pixels has a spline F_d of its own, from 0 … 1 onto 0 … 1.

    widths, heights: (D, K), slopes: (D, K + 1), as knots_of takes them; they are learnt from there.
    """

    def __init__(self, widths: torch.Tensor, heights: torch.Tensor, slopes: torch.Tensor) -> None:
        super().__init__()
        self.widths, self.heights, self.slopes = (nn.Parameter(part.clone()) for part in (widths, heights, slopes))

    @classmethod
    def through(cls, rises: torch.Tensor, slopes: torch.Tensor) -> PixelSplines:
        """Bins of equal width; in each the spline rises by rises (D, K), and has slopes (D, K + 1) at the knots."""
        logits = torch.log(torch.expm1(slopes.clamp(min=2 * LEAST) - LEAST)) - math.log(math.e - 1)
        return cls(torch.zeros_like(rises), rises.log(), logits)

    def forward(self, z: torch.Tensor) -> Pair:
        """x and log |det ∂x/∂z|, (N, D) and (N,), at z (N, D)."""
        share = ((ndtr(z) - ROOM) / (1 - 2 * ROOM)).clamp(0, 1)
        x, ladj = spline_inverse(share, self._knots(), tails=False)
        return x, (ladj - math.log(1 - 2 * ROOM) + _log_normal(z)).sum(1)

    def inverse(self, x: torch.Tensor) -> Pair:
        """z and log |det ∂z/∂x|, (N, D) and (N,), at x (N, D), values 0 … 1."""
        share, ladj = spline(x, self._knots(), tails=False)
        z = ndtri(ROOM + (1 - 2 * ROOM) * share)
        return z, (ladj + math.log(1 - 2 * ROOM) - _log_normal(z)).sum(1)

    def _knots(self) -> Knots:
        return knots_of(self.widths, self.heights, self.slopes, 0.0, 1.0, tails=False)


class PixelCoupling(nn.Module):
    """x = z where known, exp(s) z + t elsewhere, with s = bound · tanh(u / bound), (u, t) = net(z where known, told).

    known: (D,), bool; told: so many numbers that the network is told of each picture beside; ladj = Σ s.
    """

    def __init__(
        self, known: torch.Tensor, hidden: int, told: int = 0, dropout: float = 0.0, bound: float = 2.0
    ) -> None:
        super().__init__()
        seen, changed = (torch.nonzero(where)[:, 0] for where in (known, ~known))
        self.register_buffer("seen", seen)
        self.register_buffer("changed", changed)
        self.register_buffer("places", torch.cat([seen, changed]).argsort())
        self.bound = bound
        last = nn.Linear(hidden, 2 * len(changed))
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # a fresh layer is the identity
        self.net = nn.Sequential(
            *(nn.Linear(len(seen) + told, hidden), nn.SiLU(), nn.Dropout(dropout)),
            *(nn.Linear(hidden, hidden), nn.SiLU(), nn.Dropout(dropout), last),
        )

    def forward(self, z: torch.Tensor, told: torch.Tensor | None = None) -> Pair:
        """x and log |det ∂x/∂z|, (N, D) and (N,), at z (N, D); told: (N, so many), or None."""
        a, b, s, t = self._parts(z, told)
        return self._joined(a, torch.exp(s) * b + t), s.sum(1)

    def inverse(self, x: torch.Tensor, told: torch.Tensor | None = None) -> Pair:
        """z and log |det ∂z/∂x|, (N, D) and (N,), at x (N, D)."""
        a, b, s, t = self._parts(x, told)
        return self._joined(a, (b - t) * torch.exp(-s)), -s.sum(1)

    def _parts(self, v: torch.Tensor, told: torch.Tensor | None) -> tuple[torch.Tensor, ...]:
        a, b = v[:, self.seen], v[:, self.changed]
        u, t = self.net(a if told is None else torch.cat([a, told], dim=1)).chunk(2, dim=1)
        return a, b, self.bound * torch.tanh(u / self.bound), t

    def _joined(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.cat([a, b], dim=1)[:, self.places]


def _log_normal(z: torch.Tensor) -> torch.Tensor:
    return -0.5 * z**2 - 0.5 * math.log(2 * math.pi)
