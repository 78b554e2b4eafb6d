"""Claims about maps, decided with fifty digits from the exact values of the floats given.

Floating-point arithmetic cannot prove that two inputs share an image: a saturated sigmoid is 1.0 for all of them.
With fifty digits it is 1 − 10⁻²⁰ here and 1 − 10⁻²² there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import mpmath
from mpmath import mpf

from pushforward.answering.maps import Map

DIGITS = 50
AGREE = mpf(10) ** -9  # relative; what every root finder reaches at its default tolerance
_STEP = mpf(10) ** -20  # of the difference quotients: their error is of that order too

ARITHMETIC = SimpleNamespace(
    exp=mpmath.exp,
    log=mpmath.log,
    sin=mpmath.sin,
    cos=mpmath.cos,
    sinh=mpmath.sinh,
    tanh=mpmath.tanh,
    sigmoid=lambda x: 1 / (1 + mpmath.exp(-x)),
    softplus=lambda x: mpmath.log1p(mpmath.exp(x)),
    where=lambda condition, a, b: a if condition else b,
)


def digits(value: Any) -> Any:
    """A float, or lists of floats, as the exact number that it is; whole and precise numbers stay what they are."""
    if isinstance(value, (list, tuple)):
        return [digits(item) for item in value]
    return value if isinstance(value, (int, mpf)) else mpf(float(value))


class Precise:
    """A map with its parameters, in fifty digits. map: the formula; parameters: floats or lists of them."""

    def __init__(self, map: Map, parameters: Sequence[Any]) -> None:
        self.rule, self.parameters = map.rule, digits(list(parameters))

    def image(self, x: Sequence) -> list[mpf]:
        """The coordinates of g(x)."""
        with mpmath.workdps(DIGITS):
            return list(self.rule(ARITHMETIC, tuple(digits(list(x))), *self.parameters))

    def jacobian(self, x: Sequence, side: int = 1) -> list[list[mpf]]:
        """∂g_i/∂x_j as difference quotients. side: 1 or −1, from which they come; at a kink the two differ."""
        with mpmath.workdps(DIGITS):
            x, here, step = digits(list(x)), self.image(x), side * _STEP
            moved = [self.image([*x[:j], x[j] + step, *x[j + 1 :]]) for j in range(len(x))]
            return [[(there[i] - here[i]) / step for there in moved] for i in range(len(here))]

    def ladj(self, x: Sequence) -> mpf:
        """log |det J(x)|."""
        with mpmath.workdps(DIGITS):
            return mpmath.log(abs(determinant(self.jacobian(x))))


def determinant(matrix: list[list[Any]]) -> Any:
    """By cofactors of the first row; exact in exact arithmetic."""
    if len(matrix) == 1:
        return matrix[0][0]
    minors = ([row[:j] + row[j + 1 :] for row in matrix[1:]] for j in range(len(matrix)))
    return sum((-1) ** j * matrix[0][j] * determinant(minor) for j, minor in enumerate(minors))


@dataclass(frozen=True)
class Meeting:
    """What becomes of two inputs. distance: between them; gap: the largest between their images, relative to
    1 + its size; meets: whether the gap is no more than what rounding the inputs explains."""

    distance: float
    gap: float
    meets: bool


def meeting(g: Precise, x: Sequence[float], y: Sequence[float]) -> Meeting:
    """Do x and y share an image? Their images must agree to 10⁻⁹ relative, and so must the inputs: a gap counts as
    rounding only if moving the coordinates of x and y by 10⁻⁹ can close it. That is what tells a collision from
    saturation, where images hardly move at all.
    """
    with mpmath.workdps(DIGITS):
        x, y = digits(list(x)), digits(list(y))
        at_x, at_y = g.image(x), g.image(y)
        slopes = zip(g.jacobian(x), g.jacobian(y), strict=True)
        room = [max(1, abs(a), abs(b)) for a, b in zip(x, y, strict=True)]
        gaps, meets = [], True
        for a, b, (from_x, from_y) in zip(at_x, at_y, slopes, strict=True):
            size = max(1, abs(a), abs(b))
            reach = sum((abs(p) + abs(q)) * r for p, q, r in zip(from_x, from_y, room, strict=True))
            gaps.append(abs(a - b) / size)
            meets = meets and abs(a - b) <= AGREE * min(size, reach)
        distance = mpmath.sqrt(sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))
        return Meeting(float(distance), float(max(gaps)), bool(meets))


def is_singular(g: Precise, x: Sequence[float]) -> tuple[bool, float]:
    """Does det J vanish at x, from either side? The second value is the larger of the two |det J|.

    Zero is judged relative to the product of the lengths of the rows, which bounds the determinant.
    """
    with mpmath.workdps(DIGITS):
        sizes, zero = [], True
        for side in (1, -1):
            matrix = g.jacobian(digits(list(x)), side)
            bound = mpmath.fprod(mpmath.sqrt(sum(entry**2 for entry in row)) for row in matrix)
            sizes.append(abs(determinant(matrix)))
            zero = zero and sizes[-1] <= AGREE * max(1, bound)
        return zero, float(max(sizes))
