"""Events of a finite space as numbers whose binary digits are the outcomes, and numbers that break an axiom or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

ENOUGH = 1e-6  # below it two numbers count as equal; what is broken is broken by ten times as much
Maker = Callable[[np.random.Generator, int], np.ndarray]


# --- numbers that keep the axioms, or break one ----------------------------------------------------------------


def _sums(atoms: np.ndarray) -> np.ndarray:
    """P of each event from those of its outcomes, (2^n,)."""
    digits = (np.arange(2 ** len(atoms))[:, None] >> np.arange(len(atoms))) & 1
    return digits @ atoms


def _atoms(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.dirichlet(np.full(n, 3.0)) * (1 - 0.05 * n) + 0.05


def probability(rng: np.random.Generator, n: int) -> np.ndarray:
    return _sums(_atoms(rng, n))


def certain(rng: np.random.Generator, n: int) -> np.ndarray:
    """A probability that gives everything to one outcome: noughts are allowed."""
    return _sums(np.eye(n)[rng.integers(n)])


def debt(rng: np.random.Generator, n: int) -> np.ndarray:
    """Additive, and the whole is 1, but an outcome is negative."""
    atoms = _atoms(rng, n)
    atoms[rng.integers(n)] -= 1 + rng.uniform(0.1, 0.5)
    return _sums(atoms / atoms.sum()) if abs(atoms.sum()) > 0.05 else debt(rng, n)


def scaled(rng: np.random.Generator, n: int) -> np.ndarray:
    """A measure whose whole is not 1."""
    return _sums(_atoms(rng, n)) * rng.choice([rng.uniform(0.3, 0.9), rng.uniform(1.1, 3)])


def bent(rng: np.random.Generator, n: int) -> np.ndarray:
    """The square or the root of a probability: whole, positive, not additive."""
    return probability(rng, n) ** rng.choice([0.5, 2.0])


def possibility(rng: np.random.Generator, n: int) -> np.ndarray:
    """The largest of the outcomes' numbers for their sum: 1 for the whole."""
    atoms = _atoms(rng, n)
    digits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    return (digits * atoms / atoms.max()).max(1)


def haunted(rng: np.random.Generator, n: int) -> np.ndarray:
    """A probability, but the empty set has some, too."""
    P = probability(rng, n)
    P[0] = rng.uniform(0.01, 0.2)
    return P


def one_off(rng: np.random.Generator, n: int) -> np.ndarray:
    """A probability, but for a single event of two outcomes or more: pairs of single outcomes may not show it."""
    P = probability(rng, n)
    larger = [A for A in range(1, 2**n - 1) if A.bit_count() == max(1, n - 1)]
    P[rng.choice(larger)] += rng.uniform(0.02, 0.1)
    return P


def hairline(rng: np.random.Generator, n: int) -> np.ndarray:
    """A probability, but for one event that is off by a little: more than rounding, less than two digits show."""
    P = probability(rng, n)
    P[rng.integers(1, 2**n - 1)] += 10 ** rng.uniform(-5, -4)
    return P


def above(rng: np.random.Generator, n: int) -> np.ndarray:
    """Nothing negative, and 1 for the whole, but another event has more than the whole."""
    P = probability(rng, n)
    P[rng.integers(1, 2**n - 1)] = rng.uniform(1.1, 1.5)
    return P


def dark_union(rng: np.random.Generator, n: int) -> np.ndarray:
    """Every outcome is positive, and an event of two is negative (for n = 2, of one)."""
    P = probability(rng, n)
    P[3 if n > 2 else 1] = -rng.uniform(0.05, 0.3)
    return P


def symmetric(rng: np.random.Generator, n: int) -> np.ndarray:
    """3P² − 2P³ of a probability: an event and its complement still add up to 1, other disjoint events do not."""
    P = probability(rng, max(n, 3))
    return 3 * P**2 - 2 * P**3


def all_at_once(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.uniform(-0.3, 1.3, size=2**n)


MAKERS: dict[str, Maker] = {
    make.__name__: make
    for make in (
        probability,
        debt,
        scaled,
        bent,
        haunted,
        possibility,
        symmetric,
        one_off,
        hairline,
        above,
        certain,
        dark_union,
        all_at_once,
    )
}


# --- what is true of them --------------------------------------------------------------------------------------


def broken(P: np.ndarray) -> list[int]:
    """The axioms that P breaks. (All are, for one who looks at each pair of events.)"""
    atoms = P[[1 << i for i in range(len(P).bit_length() - 1)]]
    additive = np.allclose(P, _sums(atoms), rtol=0, atol=ENOUGH)  # a measure is what its outcomes add up to
    return [n for n, holds in ((1, P.min() >= -ENOUGH), (2, abs(P[-1] - 1) <= ENOUGH), (3, additive)) if not holds]


def well_formed(said: Sequence[int], M: int) -> bool:
    """[], [1, A], [2] or [3, A, B] with events of this space."""
    length = {1: 2, 2: 1, 3: 3}
    return not said or (length.get(said[0]) == len(said) and all(0 <= A < M for A in said[1:]))


def shown(P: np.ndarray, said: Sequence[int]) -> tuple[bool, str]:
    """Whether these events break that axiom, and their numbers in words."""
    if said[0] == 1:
        return P[said[1]] < -ENOUGH, f"P({said[1]}) = {P[said[1]]:.3g}"
    if said[0] == 2:
        return abs(P[-1] - 1) > ENOUGH, f"P(whole) = {P[-1]:.3g}"
    A, B = said[1:]
    if A & B:
        return False, f"{A} and {B} share an outcome"
    return abs(P[A | B] - P[A] - P[B]) > ENOUGH, f"P({A | B}) = {P[A | B]:.3g}, {P[A]:.3g} + {P[B]:.3g}"


# --- searches with a gap, for the catalogue --------------------------------------------------------------------


def search(
    P: Any,
    single: Callable[[int], bool] = lambda A: True,
    pairs: Callable[[int, int], bool] = lambda A, B: A & B == 0,
    enough: float = ENOUGH,
) -> list[int]:
    """The first axiom that is broken by more than enough, looking only at the events that are let through."""
    P = P.tolist()
    for A in filter(single, range(len(P))):
        if P[A] < -enough:
            return [1, A]
    if abs(P[-1] - 1) > enough:
        return [2]
    for A, B in product(range(len(P)), repeat=2):
        if pairs(A, B) and abs(P[A | B] - (P[A] + P[B])) > enough:
            return [3, A, B]
    return []


def far(f: str, mass: float) -> list[float]:
    """An interval that is long enough for x² and for 1/(1 + |x|)."""
    return {"x^2": [0.0, 10.0 * mass], "1/(1+|x|)": [0.0, float(np.exp(1.1 * mass))]}.get(f, [])
