"""Normalising flows, x = f(z) from noise to data.

A layer has two directions, `forward` from z to x and `inverse` from x to z. Each gives points and, for every item of
the batch, the log-determinant of its own Jacobian.
"""

from pushforward.flows.chain import Chain
from pushforward.flows.couplings import AffineCoupling, Flow, SplineCoupling
from pushforward.flows.layers import (
    AdditiveCoupling,
    BatchNorm,
    Conv1x1,
    EmergingConv,
    Planar,
    Residual,
    Rosenblatt,
)

__all__ = [
    "AdditiveCoupling",
    "AffineCoupling",
    "BatchNorm",
    "Chain",
    "Conv1x1",
    "EmergingConv",
    "Flow",
    "Planar",
    "Residual",
    "Rosenblatt",
    "SplineCoupling",
]
