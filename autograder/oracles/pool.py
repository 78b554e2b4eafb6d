"""Questions about valid flows, in notebook 02 (long: every kind of each of the maps of the pool, and the truth).

Conditions such as |a| = |b|, u·w = −1 or det A = 0 hold exactly in floats, or fail by a margin. Injective maps keep any
two points of |x| ≤ 10 at distance ≥ 0.1 apart by far more than what counts as a collision.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import integrate, optimize, special

from autograder.oracles.matrices import singular
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


def on_the_line(rng: np.random.Generator) -> Iterator[Question]:
    """Every question about one dimension, valid and invalid in turn."""
    for name in LINE:
        yield from questions(rng, name)


def in_space(rng: np.random.Generator) -> Iterator[Question]:
    """Every question about two and three dimensions; 001 P1a and P1b are `rank_one` and `exam`."""
    for name in SPACE:
        yield from questions(rng, name)


def questions(rng: np.random.Generator, name: str) -> Iterator[Question]:
    """One of each kind, with fresh parameters, and with both bases: who looks at the base must not forget the map."""
    for kind, params in _KINDS[name](rng):
        for base in BASES:
            yield asked(name, params, base, kind)


def drawn(rng: np.random.Generator, name: str) -> tuple[str, dict[str, Any]]:
    """A kind, and parameters of that kind."""
    found = list(_KINDS[name](rng))
    return found[rng.integers(len(found))]


def asked(name: str, params: dict[str, Any], base: str, kind: str) -> Question:
    """The question with the base put in: what is into one base may reach all of the other."""
    q = Question(name, params, base, kind)
    return replace(q, kind="matched") if kind == "into" and lost(q) == 0 else q


def truths(q: Question) -> set[str]:
    """The verdicts that can be proved: several, where several things are wrong with a map."""
    if q.valid:
        return {"valid"}
    meets = q.kind in ("constant", "even", "folded", "singular", "wrapped")
    flat = q.kind in ("constant", "even", "singular", "flat") or (q.kind == "folded" and q.name != "leaky")
    found = {"collision": meets, "singular": flat, "mass": lost(q) > 0}
    return {word for word, true in found.items() if true}


# --- parameters, kind by kind ----------------------------------------------------------------------------------

Drawn = Iterator[tuple[str, dict[str, Any]]]


def _grid(rng: np.random.Generator, low: float, high: float) -> float:
    """A multiple of 1/16 from low to high, both included."""
    return float(rng.integers(round(16 * low), round(16 * high) + 1)) / 16


def _sign(rng: np.random.Generator) -> float:
    return float(rng.choice([-1.0, 1.0]))


def _size(rng: np.random.Generator, low: float, high: float) -> float:
    """Between two positive numbers, small ones as likely as large ones."""
    return float(np.exp(rng.uniform(math.log(low), math.log(high))))


def _signed(rng: np.random.Generator, low: float, high: float) -> float:
    return _sign(rng) * _size(rng, low, high)


def _affine(rng: np.random.Generator) -> Drawn:
    b = _signed(rng, 0.1, 100)
    yield "mirrored", {"a": -_size(rng, 0.1, 5), "b": b}
    yield "constant", {"a": 0.0, "b": b}
    yield "unit", {"a": _sign(rng), "b": b}
    yield "plain", {"a": _signed(rng, 2e-4, 1e-2), "b": b / 10}


def _power(rng: np.random.Generator) -> Drawn:
    yield "even", {"n": 2}
    yield "unit", {"n": 1}
    yield "even", {"n": 2 * int(rng.integers(2, 5))}
    yield "flat", {"n": 3}
    yield "flat", {"n": 2 * int(rng.integers(2, 5)) + 1}


def _both_sizes(rng: np.random.Generator) -> tuple[float, float]:
    """One number below 1 and one above, the one rising and the other falling."""
    s = _sign(rng)
    return s * _size(rng, 0.1, 0.8), -s * _size(rng, 1.3, 5)


def _wave(rng: np.random.Generator) -> Drawn:
    """The slope of b sin x lies between −|b| and |b|."""
    for a in _both_sizes(rng):
        yield "bent", {"a": a, "b": a * _signed(rng, 0.2, 0.95)}
        yield "folded", {"a": a, "b": _sign(rng) * _size(rng, 1.1, 4) * a}
        yield "flat", {"a": a, "b": a * _sign(rng)}
    yield "folded", {"a": a, "b": -a * _size(rng, 1.1, 1.5)}
    yield "plain", {"a": a, "b": 0.0}


def _tanh(rng: np.random.Generator) -> Drawn:
    """The slope of b tanh(x/2) at 0 is b/2."""
    for a in _both_sizes(rng):
        yield "plain", {"a": a, "b": a * _size(rng, 0.25, 2)}
        yield "bent", {"a": a, "b": -a * float(rng.uniform(1.2, 1.9))}
        yield "folded", {"a": a, "b": -a * float(rng.uniform(2.2, 6))}
        yield "flat", {"a": a, "b": -2 * a}
    yield "plain", {"a": a, "b": a * _size(rng, 2.2, 5)}
    rising = _sign(rng)
    yield "into", {"a": 0.0, "b": rising * _size(rng, 0.2, 0.9)}
    yield "into", {"a": 0.0, "b": -rising * _size(rng, 1.1, 2)}
    yield "constant", {"a": 0.0, "b": 0.0}


def _leaky(rng: np.random.Generator) -> Drawn:
    yield "kinked", {"s": _size(rng, 1e-3, 0.8)}
    yield "folded", {"s": -_size(rng, 0.25, 4)}
    yield "kinked", {"s": _size(rng, 1.2, 5)}
    yield "constant", {"s": 0.0}


def _softplus(rng: np.random.Generator) -> Drawn:
    yield "into", {"a": _signed(rng, 0.1, 1), "c": -_size(rng, 0.1, 2)}
    yield "into", {"a": _signed(rng, 0.1, 1), "c": _size(rng, 0.1, 0.9)}
    yield "into", {"a": _signed(rng, 0.1, 1), "c": _size(rng, 1.1, 2)}


def _logistic(rng: np.random.Generator) -> Drawn:
    """Between two numbers in either order: all of (0, 1), a part of it, more than it, equal ones."""
    a = _signed(rng, 0.2, 0.9)
    yield "into", {"low": 0.0, "high": 1.0, "a": a}
    low, high = sorted(rng.uniform(0.05, 0.95, size=2).tolist())
    yield "into", {"low": low, "high": high + 0.04, "a": a}
    yield "into", {"low": high + 0.04, "high": low, "a": a}
    yield "into", {"low": -_size(rng, 0.2, 2), "high": float(rng.uniform(0.1, 0.9)), "a": a}
    yield "into", {"low": 1 + _size(rng, 0.2, 2), "high": -_size(rng, 0.2, 2), "a": a}
    yield "constant", {"low": low, "high": low, "a": a}


def _linear(rng: np.random.Generator) -> Drawn:
    yield "mirrored", {"A": _square(rng, 2, -1), "b": _vector(rng, 2)}
    for d in (3, 2):
        yield "singular", {"A": singular(rng, d).tolist(), "b": _vector(rng, d)}
    yield "plain", {"A": _square(rng, 3, 1), "b": _vector(rng, 3)}
    yield "plain", {"A": (_size(rng, 0.05, 0.2) * np.array(_square(rng, 3, 1))).tolist(), "b": _vector(rng, 3)}
    yield "singular", {"A": [[0.0, 0.0], [0.0, 0.0]], "b": _vector(rng, 2)}


def _rank_one(rng: np.random.Generator) -> Drawn:
    first, second = rng.choice(np.arange(24, 41), size=2, replace=False) / 16
    yield "singular", {"a": [float(first), float(second)]}
    yield "singular", {"a": [_signed(rng, 0.3, 2), _signed(rng, 0.3, 2)]}
    yield "singular", {"a": [0.0, _signed(rng, 0.3, 2)]}


def _sigmoid(rng: np.random.Generator) -> Drawn:
    yield "into", {"A": (np.array(_square(rng, 2, _sign(rng))) / 8).tolist()}
    A = singular(rng, 2)
    yield "singular", {"A": (A / 2 ** np.ceil(np.log2(4 * abs(A).max()))).tolist()}


def _shear(rng: np.random.Generator) -> Drawn:
    yield "unit", {"k": _signed(rng, 0.1, 5)}
    yield "unit", {"k": 0.0}


def _swirl(rng: np.random.Generator) -> Drawn:
    yield "unit", {"c": _signed(rng, 0.1, 3), "k": _signed(rng, 0.1, 2)}


def _planars(rng: np.random.Generator) -> Drawn:
    yield "plain", _planar(rng, _grid(rng, 0.25, 2))
    yield "plain", _planar(rng, _grid(rng, 1.25, 2))  # ‖u‖ ‖w‖ is above 1 as well, and that does not matter
    yield "bent", _planar(rng, -float(rng.uniform(0.25, 0.9)))
    yield "folded", _planar(rng, -float(rng.uniform(1.1, 1.5)))
    yield "folded", _planar(rng, -float(rng.uniform(1.5, 3)))
    yield "flat", _planar(rng, -1.0)


def _coupling(rng: np.random.Generator) -> Drawn:
    yield "plain", {"c": _size(rng, 0.01, 0.8)}
    yield "plain", {"c": _size(rng, 1.2, 3)}
    yield "folded", {"c": -_size(rng, 0.1, 4)}
    yield "folded", {"c": 0.0}


def _spiral(rng: np.random.Generator) -> Drawn:
    yield "wrapped", {"k": _signed(rng, 0.1, 0.5)}


def _exam(rng: np.random.Generator) -> Drawn:
    yield "even", {"n": 2 * int(rng.integers(1, 4)), "k": _size(rng, 0.25, 1)}
    yield "folded", {"n": 2 * int(rng.integers(1, 3)) + 1, "k": _signed(rng, 0.25, 1)}
    yield "folded", {"n": 1, "k": _signed(rng, 0.25, 1)}
    yield "even", {"n": 2 * int(rng.integers(1, 4)), "k": -_size(rng, 0.25, 1)}


def _triangular(rng: np.random.Generator) -> Drawn:
    yield "mirrored", {"k": _size(rng, 0.1, 0.4)}
    yield "plain", {"k": -_size(rng, 0.1, 0.4)}


LINE: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "affine": _affine,
    "power": _power,
    "wave": _wave,
    "tanh": _tanh,
    "leaky": _leaky,
    "softplus": _softplus,
    "logistic": _logistic,
}
SPACE: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "linear": _linear,
    "rank_one": _rank_one,
    "exam": _exam,
    "sigmoid": _sigmoid,
    "shear": _shear,
    "swirl": _swirl,
    "planar": _planars,
    "coupling": _coupling,
    "spiral": _spiral,
    "triangular": _triangular,
}
_KINDS = LINE | SPACE
BASES = ("normal", "uniform")


def _vector(rng: np.random.Generator, d: int) -> list[float]:
    return rng.uniform(-2, 2, size=d).tolist()


def _square(rng: np.random.Generator, d: int, sign: float) -> list[list[float]]:
    """A (d, d) matrix with entries up to 2; its determinant has this sign and is far from 0."""
    while True:
        A = rng.uniform(-2, 2, size=(d, d))
        if np.linalg.svd(A)[1][-1] > 0.3:
            A[0] *= np.sign(np.linalg.det(A)) * sign
            return A.tolist()


def _planar(rng: np.random.Generator, product: float) -> dict[str, list[float]]:
    """u and w with that u·w: w_2 is a power of 2, so that −1 comes out without rounding."""
    w = [_grid(rng, -1, 1), _sign(rng) * float(rng.choice([0.5, 2.0]))]
    u = _grid(rng, -1, 1)
    return {"u": [u, (product - u * w[0]) / w[1]], "w": w}


# --- the mass that no x reaches --------------------------------------------------------------------------------


def lost(q: Question) -> float:
    """P(z ∉ g(R^d)) under the base, by what the image is."""
    p = q.params
    if q.kind in ("constant", "singular") and q.name != "leaky":
        return 1.0
    if q.name == "exam":
        return _lost_by_exam(p["n"], p["k"], q.base)
    if q.name == "sigmoid":
        return 1 - UNIT_SQUARE if q.base == "normal" else 0.0
    return _outside(*_image(q.name, p), q.base)


def _image(name: str, p: dict[str, Any]) -> tuple[float, float]:
    """The ends of the interval that a map of the line fills; the whole line, where a map of space misses nothing."""
    if (name == "power" and p["n"] % 2 == 0) or (name == "leaky" and p["s"] <= 0):
        return 0.0, math.inf
    if name == "tanh" and p["a"] == 0:
        return -abs(p["b"]), abs(p["b"])
    if name == "softplus":
        return p["c"], math.inf
    if name == "logistic":
        return min(p["low"], p["high"]), max(p["low"], p["high"])
    return -math.inf, math.inf


def _outside(low: float, high: float, base: str) -> float:
    """The base's mass outside (low, high)."""
    if base == "normal":
        return float(special.ndtr(low) + special.ndtr(-high))
    return 1 - max(0.0, min(high, 1.0) - max(low, 0.0))


def _lost_by_exam(n: int, k: float, base: str) -> float:
    """z3 > 0 fixes x3, then z1 fixes x2 = ∛z1 − x3, and z2 − x3 = x1ⁿ x2 needs the sign of x2 if n is even."""
    if n % 2 == 1:
        return 0.5 if base == "normal" else 0.0

    def above(x: float) -> float:
        return special.ndtr(-x) if base == "normal" else 1 - min(max(x, 0.0), 1.0)

    def reached(z3: float) -> float:
        x3 = math.log(z3) / k
        both, neither = above(x3**3) * above(x3), (1 - above(x3**3)) * (1 - above(x3))
        return (both + neither) * (math.exp(-(z3**2) / 2) / math.sqrt(2 * math.pi) if base == "normal" else 1.0)

    end = 9.0 if base == "normal" else 1.0
    inner = (math.exp(k * x3) for x3 in (-60, -20, -6, -3, -1, -0.5, 0, 0.5, 1, 3, 6, 20, 60))
    pieces = [0.0, *sorted(z3 for z3 in inner if z3 < end), end]
    return 1 - sum(integrate.quad(reached, a, b, epsabs=1e-11)[0] for a, b in pairwise(pieces))


# --- a model answer, for the mistakes that differ from it in one respect ---------------------------------------


def answer(name: str, params: dict[str, Any], base: str) -> Witness:
    """The verdict with a witness."""
    p = params
    if name in ("affine", "power", "wave", "tanh", "leaky", "softplus", "logistic"):
        return _answer_on_the_line(name, p, base)
    if name == "rank_one":
        return "collision", ([0.0, 0.0], [-p["a"][1], p["a"][0]])
    if name == "exam":  # x1 does not matter where x2 = 0
        return "collision", ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0])
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
    if _is_constant(name, p) or (name == "power" and p["n"] % 2 == 0):
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


def _is_constant(name: str, p: dict[str, Any]) -> bool:
    zero = {"affine": ("a",), "tanh": ("a", "b")}.get(name)
    return p["low"] == p["high"] if name == "logistic" else zero is not None and all(p[key] == 0 for key in zero)


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
