"""cov.is_valid_flow (long: thirteen kinds of maps, and what each may be accused of)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.judging.compare import number, show, values
from autograder.judging.domain import Domain, Made, Place
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import pool
from autograder.oracles.precise import is_singular, meeting
from pushforward.answering.maps import POOL

REASONS = ("valid", "collision", "singular", "mass")
APART, RADIUS = 0.1, 10.0  # how far apart two inputs must be, and how far out
SIX_DIGITS = 1e-6
_SPOILT = {  # kind of an invalid map -> what may be said of it when it was called valid
    "constant": "With these parameters whole intervals of x share an image.",
    "even": "Two inputs have the same image.",
    "folded": "With these parameters the map turns back: two inputs have the same image.",
    "singular": "It squeezes all of x into something flat, so inputs share images and no volume is left.",
    "flat": "It is one-to-one and onto, but its inverse has no derivative everywhere: look for a point where det J = 0.",
    "into": "It is one-to-one, but its images leave out part of the base.",
    "wrapped": "det J never vanishes, so it is one-to-one near every point, and yet not on the whole.",
}
_MISSED = {  # kind of an invalid map -> the mistake of one who calls it valid
    "flat": "a bijection is enough",
    "into": "the image is not compared with the base",
    "wrapped": "a determinant that never vanishes is enough",
}
_ACCUSED = {  # kind of a valid map -> the mistake of one who calls it invalid
    "mirrored": "a negative determinant is refused",
    "unit": "keeping volumes is refused",
    "kinked": "a kink is taken for a flaw",
    "matched": "the base is not looked at",
}


def _point(value: Any, d: int) -> list[float] | None:
    """d finite numbers; for d = 1 a single number will do."""
    found = values(value)
    if found is None or found.size != d or not np.isfinite(found).all():
        return None
    return found.reshape(-1).tolist()


def _two_points(value: Any, d: int) -> tuple[list[float], list[float]] | None:
    if not isinstance(value, (tuple, list)) and values(value) is not None and values(value).shape[:1] == (2,):
        value = list(values(value))
    points = [_point(v, d) for v in value] if isinstance(value, (tuple, list)) and len(value) == 2 else [None]
    return (points[0], points[1]) if None not in points else None


class _Params(dict):
    """The parameters of a map, with the kind that they make of it."""

    kind: str


def _params(place: Place) -> _Params:
    kind, numbers = pool.drawn(place.rng, place.given["name"])
    params = _Params(numbers)
    params.kind = kind
    return params


@exercise("cov.is_valid_flow", ("is_valid_flow",), kind="witness")
class IsValidFlow(Exercise):
    """Valid: one-to-one, det J ≠ 0, onto the support of the base. An invalid map is convicted by a witness, which is
    evaluated with fifty digits from the exact values of the floats given: what only rounding or saturation makes equal,
    and what only underflow makes zero, convicts nobody.
    """

    verdict = gate("the answer is a pair of a verdict (valid, collision, singular or mass) and its witness")
    line = pays("on the line: every valid map is called valid, every other is convicted by a witness that stands", 1)
    space = pays(
        "in two and three dimensions: every valid map is called valid, every other is convicted by a witness that stands",
        1,
    )

    hints = (
        "Go through the maps one by one: for which parameters is the derivative never 0, for which does it change its sign, "
        "and for which does it touch 0 without changing it?",
        "Three things can go wrong, and they are independent: two inputs with one image, a point where the Jacobian's "
        "determinant is 0, and a part of the base that no x reaches. The base decides what has to be reached.",
        "Look for symmetries: a map that depends on x only through x², through cos x, or through a combination of the "
        "coordinates cannot tell certain inputs apart. Where there is none, find a root with a bracketing solver.",
    )

    domain = {
        "is_valid_flow": Domain(
            {
                "name": Made(
                    lambda place: str(place.rng.choice([*POOL])),
                    tuple(lambda place, name=name: name for name in POOL),
                    says=("a key of POOL",),
                ),
                "params": Made(_params, says=("dict of its parameters (numbers, lists, lists of lists)",)),
                "base": Made(lambda place: str(place.rng.choice(pool.BASES)), says=('"normal" or "uniform"',)),
            }
        )
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        q = pool.asked(given["name"], dict(given["params"]), given["base"], given["params"].kind)
        return self._case(q)

    def _case(self, q: pool.Question) -> Case:
        law = self.line if q.name in pool.LINE else self.space
        return case(call("is_valid_flow", q.name, q.params, q.base), about=(self.verdict, law), law=law, q=q)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for q in (*pool.on_the_line(rng), *pool.in_space(rng)):
            yield self._case(q)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = isinstance(answer, (tuple, list)) and len(answer) == 2 and answer[0] in REASONS
        yield self.verdict(pair, 'a pair like ("valid", None)', show(answer))
        if pair:
            yield self._convict(case, *answer)

    def _convict(self, case: Case, reason: str, witness: Any) -> Finding:
        q, came = case.q, show((reason, witness))
        wanted = "valid" if q.valid else "invalid, with a witness"
        if reason == "valid":
            mistake = None if q.valid else _MISSED.get(q.kind, "the name decides, not the parameters")
            return case.law(q.valid, wanted, came, why=_SPOILT.get(q.kind, ""), mistake=mistake)
        objection, mistake = getattr(self, f"_try_{reason}")(q, witness)
        if objection is None:
            return case.law(True, wanted, came)
        if q.valid:
            mirrored = _is_mirrored(q.name, dict(q.params))
            accused = _ACCUSED["mirrored"] if mirrored else _ACCUSED.get(q.kind, "")  # "": none of these is the reason
            mistake = mistake or accused
        return case.law(False, wanted, came, why=objection, mistake=mistake)

    @staticmethod
    def _try_collision(q: pool.Question, witness: Any) -> tuple[str | None, str | None]:
        points = _two_points(witness, q.dimension)
        if points is None:
            return (
                f"A collision is shown by two points x and y, each of {_numbers(q.dimension)}, all of them finite.",
                None,
            )
        x, y = points
        if max(math.hypot(*x), math.hypot(*y)) > RADIUS:
            return (
                "The points must lie within ‖x‖ ≤ 10: far out, floats overflow or saturate, and that proves nothing.",
                None,
            )
        m = meeting(q.map, x, y)
        if m.distance == 0:
            return "The two inputs are the same point: −0 is 0.", "the same point twice"
        if m.distance < APART:
            return (
                f"The two inputs are only {show(m.distance)} apart: near each other, images agree by continuity.",
                None,
            )
        if m.meets:
            return None, None
        if m.gap > 1e-5:
            return f"The two images differ by {show(m.gap)}, relative to their size.", None
        return (
            f"With fifty digits the two images differ, by {show(m.gap)} relative to their size, and moving the inputs by "
            "10⁻⁹ does not close that gap. In floating point they look equal: that is rounding or saturation, no collision.",
            "rounding is taken for a collision",
        )

    @staticmethod
    def _try_singular(q: pool.Question, witness: Any) -> tuple[str | None, str | None]:
        x = _point(witness, q.dimension)
        if x is None:
            return f"A singular point is given as x, of {_numbers(q.dimension)}, all of them finite.", None
        if math.hypot(*x) > RADIUS:
            return "The point must lie within ‖x‖ ≤ 10: far out, floats underflow to 0, and that proves nothing.", None
        singular, size = is_singular(q.map, x)
        if singular:
            return None, None
        if q.kind == "kinked":
            return "At a kink there are two slopes, one from each side, and neither is 0.", None
        return f"With fifty digits |det J| = {show(size)} at this point, which is not 0.", None

    @staticmethod
    def _try_mass(q: pool.Question, witness: Any) -> tuple[str | None, str | None]:
        share, gone = number(witness), pool.lost(q)
        if share is None or not math.isfinite(share):
            return "Lost mass is shown by one number: the share of the base that no x reaches.", None
        if gone > 0 and abs(share - gone) <= SIX_DIGITS * gone:
            return None, None
        other = pool.lost(replace(q, base="normal" if q.base == "uniform" else "uniform"))
        if q.name in ("logistic", "sigmoid") and other > 0 and abs(share - other) <= SIX_DIGITS * other:
            return (
                f"The base is {q.base} here. Under the other one this would be the mass lost.",
                "the base is not looked at",
            )
        if gone == 0:
            return "Nothing is lost: almost every point of the base is the image of some x.", None
        if abs(share - (1 - gone)) <= SIX_DIGITS:
            return (
                "This is the mass that arrives. The share that is lost is asked for.",
                "the mass kept, not the mass lost",
            )
        return (
            "This is not the share of the base outside the image, to six digits. It can be computed, not only sampled.",
            None,
        )

    mistakes = (
        wrong(
            "the image is not compared with the base",
            lambda name, params, base: _unless(name, params, base, mass=("valid", None)),
            "A map can be one-to-one and miss part of the base: points of the base that no x reaches carry mass, and the model's density then integrates to less than 1. Ask onto what the map maps, and where the base lives.",
        ),
        wrong(
            "a bijection is enough",
            lambda name, params, base: _unless(name, params, base, singular=("valid", None)),
            "x³ is a bijection, but its inverse ∛z has no derivative at 0: there the forward density is infinite and the log-determinant −∞. A flow needs det J ≠ 0 everywhere.",
        ),
        wrong(
            "a determinant that never vanishes is enough",
            lambda name, params, base: ("valid", None) if name == "spiral" else pool.answer(name, params, base),
            "det J ≠ 0 makes a map one-to-one near every point, not on the whole. Turning once around the origin leads back to the same image.",
        ),
        wrong(
            "the name decides, not the parameters",
            lambda name, params, base: ("valid", None) if name in ("affine", "power", "wave", "tanh", "leaky", "planar", "coupling") else pool.answer(name, params, base),
            "The same formula is a valid flow for some parameters and none for others. Compare the sizes and signs of the parameters that you are given.",
        ),
        wrong(
            "a negative determinant is refused",
            lambda name, params, base: ("singular", _origin(name, params)) if _is_mirrored(name, params) else pool.answer(name, params, base),
            "A negative determinant means that the map mirrors. Mirrors are invertible: only |det J| enters the density, and only 0 is forbidden.",
        ),
        wrong(
            "keeping volumes is refused",
            lambda name, params, base: ("mass", 1.0) if name in ("shear", "swirl") or params.get("a") == 1 else pool.answer(name, params, base),
            "A map with |det J| = 1 is a perfectly valid flow. On the line it can only shift and mirror, in the plane it can do much more.",
        ),
        wrong(
            "a kink is taken for a flaw",
            lambda name, params, base: ("singular", 0.0) if name == "leaky" and params["s"] > 0 else pool.answer(name, params, base),
            "At a kink the map has two slopes, neither of them 0. Such points have no volume, and densities do not mind: leaky ReLU is used in flows.",
        ),
        wrong(
            "the base is not looked at",
            lambda name, params, base: pool.answer(name, params, "normal"),
            "Whether mass is lost depends on the base: a map onto (0, 1) loses nothing if the base lives on (0, 1) as well.",
        ),
        wrong(
            "rounding is taken for a collision",
            lambda name, params, base: ("collision", ([7.0, 7.0], [6.5, 6.5])) if name == "rank_one" else pool.answer(name, params, base),
            "In floating point σ(40) is 1.0, and so is σ(38); as numbers they differ. Equality through rounding, saturation or underflow proves nothing: find two inputs whose images are equal by algebra.",
        ),
        wrong(
            "the same point twice",
            lambda name, params, base: ("collision", ([0.0, 1.0, 1.0], [-0.0, 1.0, 1.0])) if name == "exam" else pool.answer(name, params, base),
            "Replacing x1 by −x1 gives a different point only if x1 ≠ 0. (The solution in 001 says 'for any assignment'; at x1 = 0 it fails.)",
        ),
        wrong(
            "the mass kept, not the mass lost",
            lambda name, params, base: _unless(name, params, base, mass="kept"),
            "The witness is the mass that is lost: what the base has outside the image.",
        ),
    )  # fmt: skip


def _unless(name: str, params: dict[str, Any], base: str, **instead: Any) -> tuple[str, Any]:
    """The right answer, but something else where its verdict is named."""
    reason, witness = pool.answer(name, params, base)
    found = instead.get(reason, (reason, witness))
    return (reason, 1 - witness) if found == "kept" else found


def _is_mirrored(name: str, params: dict[str, Any]) -> bool:
    slope = params.get("a") if name in ("affine", "wave", "tanh") else None
    mirrored = (name == "linear" and np.linalg.det(np.array(params["A"])) < -1e-9) or (
        name == "triangular" and params["k"] > 0
    )
    return mirrored or (slope is not None and slope < 0 and pool.answer(name, params, "normal")[0] == "valid")


def _origin(name: str, params: dict[str, Any]) -> Any:
    d = 3 if name == "triangular" else len(params["A"]) if name == "linear" else 1
    return 0.0 if d == 1 else [0.0] * d


def _numbers(d: int) -> str:
    return "one number" if d == 1 else f"{d} numbers"
