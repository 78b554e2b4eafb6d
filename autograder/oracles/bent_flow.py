"""The oracle of the nets "flow" and "flow_inverse": the same maps on real and complex numbers, in numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

Rows = np.ndarray
STEP = 1e-30  # of the complex-step derivative: exact to rounding


class BentFlow:
    """x_1 = e^{s_1} z_1 + t_1, x_k = e^{s_k tanh z_1} z_k + t_k z_1² at rows; weights: s and t."""

    def __init__(self, weights: Sequence[torch.Tensor]) -> None:
        self.s, self.t = (w.detach().cpu().double().numpy() for w in weights)

    def forth(self, z: Rows) -> Rows:
        """G(z)."""
        x = np.exp(self.s * np.tanh(z[:, :1])) * z + self.t * z[:, :1] ** 2
        x[:, 0] = np.exp(self.s[0]) * z[:, 0] + self.t[0]
        return x

    def back(self, x: Rows) -> Rows:
        """G⁻¹(x)."""
        first = (x[:, :1] - self.t[0]) / np.exp(self.s[0])
        return np.concatenate([first, (x - self.t * first**2)[:, 1:] / np.exp(self.s[1:] * np.tanh(first))], axis=1)

    def stretch(self, z: Rows) -> Rows:
        """log |det ∂x/∂z|: the Jacobian is triangular."""
        return self.s[0] + (self.s[1:] * np.tanh(z[:, :1])).sum(axis=1)

    def log_p(self, x: Rows) -> Rows:
        """log N(z; 0, I) − log |det ∂x/∂z|."""
        z = self.back(x)
        return -((z**2 + math.log(2 * math.pi)) / 2).sum(axis=1) - self.stretch(z)

    def size(self, x: Rows) -> Rows:
        """The largest quantities that are rounded on the way to log_p, row by row."""
        grow = math.exp(2 * np.abs(self.s).sum())
        first = (np.abs(x[:, :1]) + abs(self.t[0])) * grow
        terms = (np.abs(x) + np.abs(self.t) * (first + first**2)) * grow
        return 1 + ((np.abs(self.back(x)) + np.abs(self.s)) * (1 + terms + first)).sum(axis=1)


def slope(function: Callable[[Rows], Any], at: Rows) -> Rows:
    """The gradient of a number, entry by entry, by complex steps."""
    found = np.zeros(at.shape)
    for i in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[i] += 1j * STEP
        found[i] = np.imag(function(moved)) / STEP
    return found
