"""Questions for `cov.is_valid_flow`: the maps of the pool with fresh parameters, and the truth about each.

Parameters are multiples of 1/16, so that conditions such as |a| = |b| or u·w = −1 hold exactly or not at all. Injective
maps keep any two points of |x| ≤ 10 at distance ≥ 0.1 apart by 10⁻⁶ and more, far above what counts as a collision.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import integrate, optimize, special

from autograder.oracles.precise import Precise
from pushforward.answering.maps import POOL

VALID = ("plain", "mirrored", "unit", "kinked", "bent", "matched")
INVALID = ("constant", "even", "folded", "singular", "flat", "into", "wrapped")
UNIT_SQUARE = (float(special.ndtr(1.0)) - 0.5) ** 2  # P(z ∈ (0, 1)²) under N(0, I)
Witness = tuple[str, Any]


@dataclass(frozen=True)
class Question:
    """Is z = g(x) a valid flow? kind: what makes it one (VALID) or spoils it (INVALID):

    plain · mirrored (negative determinant) · unit (|det| = 1) · kinked · bent (not linear, nearly folded) · matched
    (its image is the uniform base's support); constant · even · folded · singular (det J = 0 everywhere) · flat
    (a bijection with det J = 0 somewhere) · into (injective, misses part of the base) · wrapped (det J ≠ 0 everywhere,
    not injective)
    """

    name: str
    params: dict[str, Any]
    base: str
    kind: str

    @property
    def valid(self) -> bool:
        return self.kind in VALID

    @property
    def map(self) -> Precise:
        """The map in high precision."""
        return Precise(POOL[self.name], [self.params[p] for p in POOL[self.name].parameters])

    @property
    def dimension(self) -> int:
        if not POOL[self.name].dimensions:
            return 1
        return len(self.params["b"]) if self.name == "linear" else POOL[self.name].dimensions[0]


def _grid(rng: np.random.Generator, low: float, high: float) -> float:
    """A multiple of 1/16 from low to high, both included."""
    return float(rng.integers(round(16 * low), round(16 * high) + 1)) / 16


def _sign(rng: np.random.Generator) -> float:
    return float(rng.choice([-1.0, 1.0]))


def on_the_line(rng: np.random.Generator) -> Iterator[Question]:
    """Every question about one dimension, valid and invalid in turn."""
    s = _sign(rng)
    yield Question("affine", {"a": -_grid(rng, 1.25, 3), "b": _grid(rng, -2, 2)}, "normal", "mirrored")
    yield Question("affine", {"a": 0.0, "b": _grid(rng, -2, 2)}, "normal", "constant")
    yield Question("affine", {"a": 1.0, "b": _grid(rng, -2, 2)}, "normal", "unit")
    yield Question("power", {"n": int(rng.choice([2, 4, 6]))}, "normal", "even")
    yield Question("power", {"n": 1}, "normal", "unit")
    yield from _waves(rng, s * _grid(rng, 0.75, 2), s)
    yield from _tanhs(rng, s * _grid(rng, 0.75, 2))
    yield Question("leaky", {"s": _grid(rng, 0.125, 0.75)}, "normal", "kinked")
    yield Question("leaky", {"s": -_grid(rng, 0.25, 1)}, "normal", "folded")
    yield Question("leaky", {"s": 0.0}, "normal", "constant")
    yield Question("power", {"n": 3}, "normal", "flat")  # x⁵ would bring ±0.05 within 10⁻⁶ of each other
    yield Question("softplus", {"a": _sign(rng) * _grid(rng, 0.25, 1), "c": _grid(rng, -1, 1)}, "normal", "into")
    low, a = _grid(rng, -1, 0.5), _sign(rng) * _grid(rng, 0.25, 0.75)
    yield Question("logistic", {"low": 0.0, "high": 1.0, "a": a}, "uniform", "matched")
    yield Question("logistic", {"low": low, "high": low + _grid(rng, 0.5, 2), "a": a}, "normal", "into")
    low = _grid(rng, 0, 0.375)
    yield Question("logistic", {"low": low, "high": low + _grid(rng, 0.25, 0.5), "a": a}, "uniform", "into")


def _waves(rng: np.random.Generator, a: float, s: float) -> Iterator[Question]:
    yield Question("wave", {"a": a, "b": a * _sign(rng) * _grid(rng, 0.25, 0.6875)}, "normal", "bent")
    yield Question("wave", {"a": a, "b": _sign(rng) * (abs(a) + _grid(rng, 0.25, 1.5))}, "normal", "folded")
    yield Question("wave", {"a": a, "b": a * _sign(rng)}, "normal", "flat")


def _tanhs(rng: np.random.Generator, a: float) -> Iterator[Question]:
    """The slope of b tanh(x/2) at 0 is b/2."""
    yield Question("tanh", {"a": a, "b": a * _grid(rng, 0.25, 2)}, "normal", "plain")
    yield Question("tanh", {"a": a, "b": -a * _grid(rng, 0.5, 1.5)}, "normal", "bent")
    yield Question("tanh", {"a": a, "b": -a * _grid(rng, 2.5, 5)}, "normal", "folded")
    yield Question("tanh", {"a": a, "b": -2 * a}, "normal", "flat")
    yield Question("tanh", {"a": 0.0, "b": _sign(rng) * _grid(rng, 0.5, 2)}, "normal", "into")


def in_space(rng: np.random.Generator) -> Iterator[Question]:
    """Every question about two and three dimensions; 001 P1a and P1b are `rank_one` and `exam`."""
    yield Question("linear", {"A": _square(rng, 2, -1), "b": _vector(rng, 2)}, "normal", "mirrored")
    first, second = rng.choice(np.arange(24, 41), size=2, replace=False) / 16
    yield Question("rank_one", {"a": [float(first), float(second)]}, "normal", "singular")
    yield Question("exam", {"n": int(rng.choice([2, 4])), "k": _grid(rng, 0.25, 1)}, "normal", "even")
    yield Question("linear", {"A": _square(rng, 3, 0), "b": _vector(rng, 3)}, "normal", "singular")
    yield Question("linear", {"A": _square(rng, 2, 0), "b": _vector(rng, 2)}, "normal", "singular")
    yield Question("linear", {"A": _square(rng, 3, 1), "b": _vector(rng, 3)}, "normal", "plain")
    small = (np.array(_square(rng, 2, _sign(rng))) / 8).tolist()
    yield Question("sigmoid", {"A": small}, "uniform", "matched")
    yield Question("sigmoid", {"A": small}, "normal", "into")
    yield Question("sigmoid", {"A": (np.array(_square(rng, 2, 0)) / 8).tolist()}, "uniform", "singular")
    yield Question("shear", {"k": _sign(rng) * _grid(rng, 0.25, 2)}, "normal", "unit")
    yield Question("swirl", {"c": _grid(rng, -1, 1), "k": _sign(rng) * _grid(rng, 0, 1)}, "normal", "unit")
    yield Question("planar", _planar(rng, _grid(rng, 0.25, 1)), "normal", "plain")
    yield Question("planar", _planar(rng, -_grid(rng, 0.25, 0.75)), "normal", "bent")
    yield Question("planar", _planar(rng, -_grid(rng, 1.25, 3)), "normal", "folded")
    yield Question("planar", _planar(rng, -1.0), "normal", "flat")
    yield Question("coupling", {"c": _grid(rng, 0.25, 1)}, "normal", "plain")
    yield Question("coupling", {"c": -_grid(rng, 0.25, 2)}, "normal", "folded")
    yield Question("coupling", {"c": 0.0}, "normal", "folded")
    yield Question("spiral", {"k": _sign(rng) * _grid(rng, 0.125, 0.25)}, "normal", "wrapped")
    yield Question("triangular", {"k": _grid(rng, 0.125, 0.25)}, "normal", "mirrored")


def _vector(rng: np.random.Generator, d: int) -> list[float]:
    return [_grid(rng, -2, 2) for _ in range(d)]


def _square(rng: np.random.Generator, d: int, sign: float) -> list[list[float]]:
    """A (d, d) matrix of multiples of 1/16; its exact determinant has this sign, and is far from 0 unless that is 0."""
    while True:
        rows = rng.integers(-32, 33, size=(d, d))
        if sign == 0:  # the last row is another, or the sum or difference of two others, times a small whole number
            others = rows[:-1] // 4
            rows = np.vstack([others, others[0] * rng.integers(2, 4) + (others[1] * _sign(rng) if d == 3 else 0)])
        A = rows / 16
        values = np.linalg.svd(A)[1]
        if sign == 0 and values[-2] > 0.3:
            return A.tolist()
        if sign and values[-1] > 0.3 and np.sign(np.linalg.det(A)) == sign:
            return A.tolist()


def _planar(rng: np.random.Generator, product: float) -> dict[str, list[float]]:
    """u and w with exactly that u·w: w_2 is a power of 2, so that u_2 comes out without rounding."""
    w = [_grid(rng, -1, 1), _sign(rng) * float(rng.choice([0.5, 1.0]))]
    u = _grid(rng, -1, 1)
    return {"u": [u, (product - u * w[0]) / w[1]], "w": w}


# --- the mass that no x reaches --------------------------------------------------------------------------------


def lost(q: Question) -> float:
    """P(z ∉ g(R^d)) under the base, by what the image is."""
    p, below = q.params, special.ndtr
    if q.kind in ("constant", "singular"):
        return 0.5 if q.name == "leaky" else 1.0
    if (q.name == "power" and p["n"] % 2 == 0) or (q.name == "leaky" and p["s"] < 0):
        return 0.5
    if q.name == "tanh" and p["a"] == 0:
        return float(2 * below(-abs(p["b"])))
    if q.name == "softplus":
        return float(below(p["c"]))
    if q.name == "logistic":
        inside = p["high"] - p["low"] if q.base == "uniform" else below(p["high"]) - below(p["low"])
        return float(1 - inside)
    if q.name == "sigmoid" and q.base == "normal":
        return 1 - UNIT_SQUARE
    return _lost_by_exam(p["k"]) if q.name == "exam" else 0.0


def _lost_by_exam(k: float) -> float:
    """z3 > 0 fixes x3, then z1 fixes x2 = ∛z1 − x3, and z2 − x3 = x1ⁿ x2 needs the sign of x2."""

    def reached(z3: float) -> float:
        x3 = math.log(z3) / k
        above_1, above_2 = special.ndtr(-(x3**3)), special.ndtr(-x3)
        density = math.exp(-(z3**2) / 2) / math.sqrt(2 * math.pi)
        return density * (above_1 * above_2 + (1 - above_1) * (1 - above_2))

    pieces = [0, *(math.exp(k * x3) for x3 in (-60, -20, -6, -3, -1, -0.5, 0, 0.5, 1, 3, 6) if math.exp(k * x3) < 9), 9]
    return 1 - sum(integrate.quad(reached, a, b, epsabs=1e-11)[0] for a, b in pairwise(pieces))


# --- a model answer, for the mistakes that differ from it in one respect ---------------------------------------


def answer(name: str, params: dict[str, Any], base: str) -> Witness:
    """The verdict with a witness."""
    p = params
    if name in ("affine", "power", "wave", "tanh", "leaky", "softplus", "logistic"):
        return _answer_on_the_line(name, p, base)
    if name == "rank_one":
        return "collision", ([0.0, 0.0], [-p["a"][1], p["a"][0]])
    if name == "exam":
        return "collision", ([1.0, 1.0, 0.0], [-1.0, 1.0, 0.0])
    if name in ("linear", "sigmoid"):
        return _answer_for_matrix(np.array(p["A"]), name, base)
    if name == "planar":
        return _answer_for_planar(np.array(p["u"]), np.array(p["w"]))
    if name == "coupling" and p["c"] <= 0:
        root = math.sqrt(-p["c"])
        return "collision", ([root, 1.0], [root, 2.0])
    if name == "spiral":
        return "collision", ([0.0, 0.0], [0.0, 2 * math.pi])
    return "valid", None


def _answer_on_the_line(name: str, p: dict[str, Any], base: str) -> Witness:
    if (name == "affine" and p["a"] == 0) or (name == "power" and p["n"] % 2 == 0):
        return "collision", (-1.0, 1.0)
    if name == "power" and p["n"] > 1:
        return "singular", 0.0
    if name == "leaky" and p["s"] <= 0:
        return "collision", (-1.0, -p["s"] if p["s"] < 0 else -2.0)
    if name == "wave" and abs(p["b"]) >= abs(p["a"]):
        middle = math.pi if p["a"] * p["b"] > 0 else 0.0  # the map is odd around its steepest descent
        return _pair_around(middle, lambda t: abs(p["a"]) * t - abs(p["b"]) * math.sin(t), abs(p["a"]) == abs(p["b"]))
    if name == "tanh" and p["a"] * p["b"] < 0 and abs(p["b"]) >= 2 * abs(p["a"]):
        flat = abs(p["b"]) == 2 * abs(p["a"])
        return _pair_around(0.0, lambda t: abs(p["a"]) * t - abs(p["b"]) * math.tanh(t / 2), flat)
    if name in ("softplus", "logistic") or (name == "tanh" and p["a"] == 0):
        gone = lost(Question(name, p, base, "into"))
        return ("mass", gone) if gone > 0 else ("valid", None)
    return "valid", None


def _pair_around(middle: float, odd: Any, flat: bool) -> Witness:
    if flat:
        return "singular", middle
    t = optimize.brentq(odd, 1e-6, 10, xtol=1e-15, rtol=1e-15)
    return "collision", (middle - t, middle + t)


def _answer_for_matrix(A: np.ndarray, name: str, base: str) -> Witness:
    if np.linalg.matrix_rank(A) < len(A):
        kernel = np.linalg.svd(A)[2][-1]
        return "collision", ([0.0] * len(A), kernel.tolist())
    return ("mass", 1 - UNIT_SQUARE) if name == "sigmoid" and base == "normal" else ("valid", None)


def _answer_for_planar(u: np.ndarray, w: np.ndarray) -> Witness:
    product = float(u @ w)
    if product > -1:
        return "valid", None
    if product == -1:
        return "singular", [0.0, 0.0]
    t = optimize.brentq(lambda t: t + product * math.tanh(t), 1e-6, 10, xtol=1e-15, rtol=1e-15)
    x = t / product * u  # then w·x = t, and x is what the step takes away
    return "collision", (x.tolist(), (-x).tolist())
