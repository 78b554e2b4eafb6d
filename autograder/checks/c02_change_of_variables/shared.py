"""What several exercises of 02_change_of_variables share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import mpmath
import numpy as np
import torch

from autograder.judging.compare import exact, show
from autograder.judging.domain import Domain, Made, Place
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, Law, call, case
from autograder.oracles import pool
from autograder.oracles.precise import Precise
from pushforward.answering.maps import MAPS
from pushforward.answering.wire import Net

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def net_of(name: str, numbers: Sequence[float], dtype: torch.dtype, device: str = "cpu") -> Net:
    """A map with scalar parameters; reports show its formula with the numbers put in."""
    weights = tuple(floats(n, dtype, device) for n in numbers)
    return Net(name, weights, MAPS[name].with_numbers(*numbers))


def in_high_precision(net: Net) -> Precise:
    """The same map in high precision, with the parameters as the student's type holds them."""
    return Precise(MAPS[net.architecture], [exact(w).tolist() for w in net.weights])


def random_signed(rng: np.random.Generator, low: float, high: float) -> float:
    """Evenly from (low, high) or from its mirror image."""
    return float(rng.uniform(low, high) * rng.choice([-1, 1]))


HAIR = mpmath.mpf(10) ** -15  # half the width of the intervals whose mass is weighed


def mass_between(base: Net, a: Any, b: Any) -> Any:
    """The base's mass between two numbers, in high precision: both are counted from the nearer tail."""
    mu, sigma = (mpmath.mpf(float(w)) for w in base.weights)
    below = mpmath.ncdf if base.architecture == "log_normal" else lambda u: 1 / (1 + mpmath.exp(-u))
    u, v = sorted(((a - mu) / sigma, (b - mu) / sigma))
    return below(-u) - below(-v) if u > 0 else below(v) - below(u)


def log_mass_around(base: Net, a: Any, b: Any, length: Any) -> float:
    """log(mass / length) of an interval so short that this is the log density in its middle."""
    return float(mpmath.log(mass_between(base, a, b) / length))


def random_matrix(rng: np.random.Generator, d: int, sign: int = 0) -> np.ndarray:
    """Invertible, condition number at most 5, not symmetric; the determinant has this sign, or either if that is 0."""
    left, right = (np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(2))
    A = left @ np.diag(rng.uniform(0.5, 2.5, size=d)) @ right
    A[0] *= np.sign(np.linalg.det(A)) * sign if sign else 1
    return A


def invertible(size: str, *phrases: str) -> Made:
    """An argument that is an invertible matrix: of any size, mirroring or not, diagonal, triangular, badly scaled."""

    def some(change: Callable[[np.random.Generator, np.ndarray], np.ndarray], sign: int = 0) -> Callable:
        def make(place: Place) -> torch.Tensor:
            return place.tensor(change(place.rng, random_matrix(place.rng, place.sizes[size], sign)))

        return make

    any_scale = some(lambda rng, A: A * 10 ** rng.uniform(-4, 4))
    uneven = some(lambda rng, A: A * 10 ** rng.uniform(-0.5, 0.5, size=(len(A), 1)))
    diagonal = some(lambda rng, A: np.diag(np.diag(A) + 2 * np.sign(np.diag(A))))
    triangular = some(lambda rng, A: np.tril(A, -1) + 2 * np.eye(len(A)))
    scales = tuple(some(lambda rng, A, scale=scale: A * scale) for scale in (1e-5, 1e5))
    mirrors = tuple(some(lambda rng, A: A, sign) for sign in (1, -1))
    says = f"({size}, {size}), invertible"
    return Made(any_scale, (*mirrors, *scales, uneven, diagonal, triangular), (says, *phrases))


def log_normal_cov(y: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """log N(y; 0, covariance) of each row, by Cholesky's factor of the covariance."""
    factor = np.linalg.cholesky(covariance)
    white = np.linalg.solve(factor, y.T)
    return -0.5 * (white**2).sum(axis=0) - np.log(np.diag(factor)).sum() - len(factor) * HALF_LOG_2PI


def log_standard_normal(z: torch.Tensor) -> torch.Tensor:
    return -(z**2).sum(-1) / 2 - z.shape[-1] * HALF_LOG_2PI


def on_support(x: torch.Tensor, inside: torch.Tensor, log_p: torch.Tensor) -> torch.Tensor:
    return torch.where(inside, log_p, torch.full_like(log_p, -math.inf))


# --- verdicts on maps of the pool -------------------------------------------------------------------------------

REASONS = ("valid", "collision", "singular", "mass")
MAP_KEY, MAP_BASE = "a key of POOL", '"normal" or "uniform"'
MAP_NUMBERS = "dict of its parameters (numbers, lists, lists of lists)"

_SPOILT = {  # kind of an invalid map -> what may be said of it when it was called valid
    "constant": "With these parameters whole intervals of x share an image.",
    "even": "Two inputs have the same image.",
    "folded": "With these parameters the map turns back: two inputs have the same image.",
    "singular": "It squeezes all of x into something flat, so inputs share images and no volume is left.",
    "flat": "It is one-to-one and onto, but its inverse has no derivative everywhere: look for a point where det J = 0.",
    "into": "It is one-to-one, but its images leave out part of the base.",
    "wrapped": "det J never vanishes, so it is one-to-one near every point, and yet not on the whole.",
}
_UNTRUE = {  # verdict -> what may be said where it is none
    "collision": "No two inputs share an image here. (In floating point they may, where a map saturates.)",
    "singular": "det J vanishes nowhere: small is not 0, and at a kink both slopes count.",
    "mass": "Nothing is lost: almost every point of this base is the image of some x.",
}


class _Params(dict):
    """The parameters of a map, with the kind that they make of it."""

    kind: str


def map_question(given: dict[str, Any]) -> pool.Question:
    """The question that was drawn from the domain of `name, params, base`."""
    return pool.asked(given["name"], dict(given["params"]), given["base"], given["params"].kind)


def map_domain(names: Sequence[str], when: Callable[..., bool] | None = None, says: tuple[str, ...] = ()) -> Domain:
    """A map of the pool by its name, parameters of any kind, and the base."""

    def params(place: Place) -> _Params:
        kind, numbers = pool.drawn(place.rng, place.given["name"])
        made = _Params(numbers)
        made.kind = kind
        return made

    name = Made(
        lambda place: str(place.rng.choice([*names])), tuple(lambda _, one=one: one for one in names), (MAP_KEY,)
    )
    base = Made(lambda place: str(place.rng.choice(pool.BASES)), says=(MAP_BASE,))
    return Domain({"name": name, "params": Made(params, says=(MAP_NUMBERS, *says)), "base": base}, when=when)


def is_mirrored(name: str, params: dict[str, Any]) -> bool:
    """A valid map that turns the line round, or the plane over."""
    slope = params.get("a") if name in ("affine", "wave", "tanh") else None
    mirrored = (name == "linear" and np.linalg.det(np.array(params["A"])) < -1e-9) or (
        name == "triangular" and params["k"] > 0
    )
    return mirrored or (slope is not None and slope < 0 and pool.answer(name, params, "normal")[0] == "valid")


class Verdicts(Exercise):
    """Base of the verdicts in one word. A word is right if it can be proved: of a map with several faults, any of them."""

    apart = True
    word: ClassVar[Law]  # the gate
    families: ClassVar[dict[str, str]]  # map -> the name of its law

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(map_question(given))

    def _case(self, q: pool.Question) -> Case:
        law = getattr(self, self.families[q.name])
        return case(call(self.names[0], q.name, q.params, q.base), about=(self.word, law), law=law, q=q)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for name in self.families:
            yield from map(self._case, pool.questions(rng, name))

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        good = isinstance(answer, str) and answer in REASONS
        yield self.word(good, f"one of {', '.join(REASONS)}", show(answer))
        if not good:
            return
        q, true = case.q, pool.truths(case.q)
        wanted = "valid" if q.valid else "not valid" if answer == "valid" else "another reason"
        if answer in true:
            yield case.law(True, wanted, answer)
        elif answer == "valid":
            yield case.law(False, wanted, answer, why=_SPOILT[q.kind], mistake=self._known(_missed(q)))
        else:
            yield case.law(False, wanted, answer, why=_UNTRUE[answer], mistake=self._known(_accused(q, answer)))

    def _known(self, name: str) -> str:
        return name if name in {mistake.name for mistake in self.mistakes} else ""


def _missed(q: pool.Question) -> str:
    """The mistake of one who calls this invalid map valid; "": it could be several."""
    if q.name in ("rank_one", "exam"):
        return "two inputs with one image overlooked"
    known = {"flat": "a bijection is enough", "wrapped": "a determinant that never vanishes is enough"}
    known |= {"singular": "a singular matrix is called valid"}
    return known.get(q.kind, "" if q.kind == "into" else "a map that turns back is called valid")


def _accused(q: pool.Question, verdict: str) -> str:
    """The mistake of one who says this of a map that is innocent of it; "": it could be several."""
    if q.kind in ("matched", "into"):
        return "rounding is taken for a collision" if verdict == "collision" else ""
    mirrored = is_mirrored(q.name, dict(q.params))
    if q.kind == "unit" and not mirrored:
        return "keeping volumes is refused"
    if q.name == "leaky" and verdict == "singular":
        return "a kink is taken for a flaw"
    if verdict == "mass" or not q.valid:
        return ""
    # a small slope may be taken for none, whatever its sign
    return "a negative determinant is refused" if mirrored and (q.kind == "mirrored" or q.name != "affine") else ""


def right_verdict(name: str, params: dict[str, Any], base: str, **instead: str) -> str:
    """One of the true ones, or what is to be said instead of it: for the mistakes that differ in one respect."""
    verdict = pool.answer(name, params, base)[0]
    return instead.get(verdict, verdict)
