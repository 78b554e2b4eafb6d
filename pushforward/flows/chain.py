"""A chain of layers, itself a layer."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

Pair = tuple[torch.Tensor, torch.Tensor]


class Chain(nn.Module):
    """x = f_K(… f_1(z)); log-determinants add up, each taken where its layer is applied."""

    def __init__(self, layers: Iterable[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, z: torch.Tensor) -> Pair:
        """x = f(z) and log |det ∂x/∂z|, one for each item."""
        total = z.new_zeros(len(z))
        for layer in self.layers:
            z, ladj = layer(z)
            total = total + ladj
        return z, total

    def inverse(self, x: torch.Tensor) -> Pair:
        """z = f⁻¹(x) and log |det ∂z/∂x|, one for each item."""
        total = x.new_zeros(len(x))
        for layer in reversed(self.layers):
            x, ladj = layer.inverse(x)
            total = total + ladj
        return x, total
