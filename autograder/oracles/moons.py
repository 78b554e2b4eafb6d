"""What a cloud of points has of the two moons: how far it is from them as a law, how much of it lies beside them.

The moons: a half of the points on (cos a, sin a), a half on (1 − cos a, ½ − sin a), a ~ U(0, π), each blurred by
N(0, 0.05² I).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIGMA = 0.05
GROUPS, EACH = 20, 250  # a mean over groups scatters less than one distance of all, and a right answer must not fall
FLOOR = 0.0915  # the mean of `sliced` between two fresh sets of EACH points
DIRECTIONS = np.pi * (np.arange(32) + 0.5) / 32  # angles, evenly over the half circle


@dataclass(frozen=True)
class Likeness:
    """far: sliced Wasserstein distance over the floor between two fresh sets, 1 at best; off: share of points farther
    than 3 SIGMA from both moons, 0.003 for the truth; upper: share of points nearer to the upper moon.
    """

    far: float
    off: float
    upper: float


def fresh(rng: np.random.Generator, n: int) -> np.ndarray:
    """(n, 2): points of the true law."""
    angle, blur = np.pi * rng.random(n), SIGMA * rng.normal(size=(n, 2))
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.where(rng.random((n, 1)) < 0.5, upper, [1, 0.5] - upper) + blur


def sliced(x: np.ndarray, y: np.ndarray) -> float:
    """√ of the mean over directions of W₂² on the line; x, y: (n, 2). On a line the best transport keeps the order."""
    lines = np.stack([np.cos(DIRECTIONS), np.sin(DIRECTIONS)])
    return float(np.sqrt(np.mean((np.sort(x @ lines, axis=0) - np.sort(y @ lines, axis=0)) ** 2)))


def likeness(x: np.ndarray, rng: np.random.Generator) -> Likeness:
    """x: (GROUPS · EACH, 2), finite; each group is compared with a fresh set of its size."""
    groups = x.reshape(GROUPS, EACH, 2)
    far = np.mean([sliced(group, fresh(rng, EACH)) for group in groups]) / FLOOR
    to_upper, to_lower = _to_arc(x), _to_arc([1, 0.5] - x)
    off = np.minimum(to_upper, to_lower) > 3 * SIGMA
    return Likeness(float(far), float(off.mean()), float((to_upper < to_lower).mean()))


def _to_arc(x: np.ndarray) -> np.ndarray:
    """Distance to the upper half of the unit circle: the nearest point has the same angle, cut to [0, π]."""
    angle = np.arctan2(x[:, 1], x[:, 0])
    angle = np.where(angle >= 0, angle, np.where(x[:, 0] >= 0, 0.0, np.pi))
    return np.hypot(x[:, 0] - np.cos(angle), x[:, 1] - np.sin(angle))
