"""What a cloud of points has of the ring of eight normals: modes, share, width, and what is wrong with it at a glance.

The ring: weights ⅛, centres on the unit circle at the angles 2πk/8, standard deviation 0.05 along each axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MODES, SIGMA = 8, 0.05
ANGLES = 2 * np.pi * np.arange(MODES) / MODES
CENTRES = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
NEAR = 3.0  # standard deviations: 98.9 % of the truth lie so near to their centre (1 − e^(−9/2))
LEAST = 0.02  # share of all points that a mode needs to count as covered; the truth has 0.125


@dataclass(frozen=True)
class Cover:
    """modes: covered ones; share: of points near a centre; width: root mean square over the covered modes of their
    standard deviation along an axis, in units of SIGMA; reach: root mean square distance from the mean
    point, 1 for the truth.
    """

    modes: int
    share: float
    width: float
    reach: float


def cover(x: np.ndarray) -> Cover:
    """x: (N, 2), finite. A mode's spread is that of its points within 3σ, which for the truth is 0.97 σ."""
    away = np.linalg.norm(x[:, None] - CENTRES, axis=2)
    which, near = away.argmin(1), away.min(1) < NEAR * SIGMA
    groups = [x[near & (which == k)] for k in range(MODES)]
    covered = [group for group in groups if len(group) >= max(LEAST * len(x), 2)]
    spreads = [group.var(axis=0).mean() for group in covered]
    width = float(np.sqrt(np.mean(spreads))) / SIGMA if covered else 0.0
    reach = float(np.sqrt(x.var(axis=0).sum()))
    return Cover(len(covered), float(near.mean()), width, reach)
