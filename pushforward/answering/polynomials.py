"""Polynomials by their coefficients, so that a check can hand one over and the student can differentiate it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch


def polynomial(weights: Sequence[torch.Tensor]) -> Callable[[torch.Tensor], torch.Tensor]:
    """f(z) = Σ_d Σ_k c_kd z_d^k + cross ∏_d z_d, from z (…, D) to (…).

    weights: c of shape (K + 1, D) and cross, a tensor without axes.
    """
    c, cross = weights

    def f(z: torch.Tensor) -> torch.Tensor:
        return sum(c[k] * z**k for k in range(len(c))).sum(-1) + cross * z.prod(-1)

    return f
