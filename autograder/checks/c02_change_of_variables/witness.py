"""cov.witness (long: three kinds of witnesses, and what may be wrong with each)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from autograder.checks.c02_change_of_variables.shared import map_domain, map_question
from autograder.judging.compare import number, show, values
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import pool
from autograder.oracles.precise import is_singular, meeting

REASONS = ("collision", "singular", "mass")
APART, RADIUS = 0.1, 10.0  # how far apart two inputs must be, and how far out
NEAR = "within ‖x‖ ≤ 10"
SIX_DIGITS = 1e-6
COMPUTED = "It can be computed, not only sampled."
ROUNDED = 1e-5  # relative gaps up to this may be what single precision cannot see
Objection = tuple[str | None, str | None]  # what is to be said against a witness, and the mistake; None: it stands


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


def _images_differ(gap: float) -> str:
    if gap > ROUNDED:
        return f"The two images differ by {show(gap)}, relative to their size."
    return (
        f"With fifty digits the two images differ, by {show(gap)} relative to their size, and moving the inputs by "
        "10⁻⁹ does not close that gap. In floating point they look equal: that is rounding or saturation, no collision."
    )


def _taken_for_a_collision(q: pool.Question, gap: float) -> str:
    """The mistake of one who shows two inputs whose images differ by that much."""
    if q.kind == "flat":
        return "a flat point is taken for a collision"
    saturates = gap <= ROUNDED or (q.kind == "into" and gap < 0.1)
    return "rounding is taken for a collision" if saturates else ""


def _flat_collides(name: str, params: dict[str, Any], base: str) -> tuple[str, Any]:
    """Two points beside the one where det J = 0."""
    reason, witness = pool.answer(name, params, base)
    if reason != "singular":
        return reason, witness
    beside = [0.06, *[0.0] * (len(witness) - 1)] if isinstance(witness, list) else 0.06
    return "collision", tuple((np.array(witness) + side * np.array(beside)).tolist() for side in (-1, 1))


@exercise("cov.witness", ("witness",), kind="witness")
class Witness(Exercise):
    """What convicts a map. It is evaluated with fifty digits from the exact values of the floats given: what only
    rounding or saturation makes equal, and what only underflow makes zero, convicts nobody.
    """

    apart = True
    pair = gate("the answer is a pair of a reason (collision, singular or mass) and its witness")
    straight = pays("a x + b and leaky ReLU: the witness stands")
    power = pays("xⁿ: the witness stands")
    wave = pays("a x + b sin x: the witness stands")
    tanh = pays("a x + b tanh(x/2): the witness stands")
    image = pays("softplus and logistic: the witness stands")
    matrix = pays("A x + b, σ(A x) and σ(aᵀa x): the witness stands")
    planar = pays("x + u tanh(w·x): the witness stands")
    coupling = pays("(x1, (x1² + c) x2): the witness stands")
    spiral = pays("the spiral: the witness stands")
    exam = pays("the exam's map in three dimensions: the witness stands")

    families: ClassVar[dict[str, str]] = {
        **{"affine": "straight", "leaky": "straight", "power": "power", "wave": "wave", "tanh": "tanh"},
        **{"softplus": "image", "logistic": "image", "linear": "matrix", "rank_one": "matrix", "sigmoid": "matrix"},
        **{"planar": "planar", "coupling": "coupling", "spiral": "spiral", "exam": "exam"},
    }

    hints = (
        "Three things can be shown, and one is enough: two inputs with one image, a point where the Jacobian's determinant "
        "is 0, or a part of the base that no x reaches.",
        "Look for symmetries: a map that depends on x only through x², through cos x, or through a combination of the "
        "coordinates cannot tell certain inputs apart. An odd map that crosses 0 again does so at t and at −t.",
        "Where there is no formula, find a root with a bracketing solver: of the map, or of its slope. A lost mass is a "
        "difference of distribution functions; it need not be sampled.",
    )

    domain = {
        "witness": map_domain(
            [*families],
            when=lambda name, params, base: not pool.asked(name, dict(params), base, params.kind).valid,
            says=("for which it is no valid flow onto the base",),
        )
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(map_question(given))

    def _case(self, q: pool.Question) -> Case:
        law = getattr(self, self.families[q.name])
        return case(call("witness", q.name, q.params, q.base), about=(self.pair, law), law=law, q=q)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for name in self.families:
            yield from (self._case(q) for q in pool.questions(rng, name) if not q.valid)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        pair = isinstance(answer, (tuple, list)) and len(answer) == 2 and answer[0] in REASONS
        yield self.pair(pair, 'a pair like ("collision", (x, y))', show(answer))
        if pair:
            objection, mistake = getattr(self, f"_try_{answer[0]}")(case.q, answer[1])
            yield case.law(
                objection is None, "a witness that stands", show(answer), why=objection or "", mistake=mistake
            )

    @staticmethod
    def _try_collision(q: pool.Question, witness: Any) -> Objection:
        points = _two_points(witness, q.dimension)
        if points is None:
            form = f"two points x and y, each of {_numbers(q.dimension)}, all of them finite"
            return f"A collision is shown by {form}.", None
        x, y = points
        if max(math.hypot(*x), math.hypot(*y)) > RADIUS:
            far = f"The points must lie {NEAR}: far out, floats overflow or saturate, and that proves nothing."
            return far, "rounding is taken for a collision" if q.kind == "into" else None
        m = meeting(q.map, x, y)
        if m.distance == 0:
            return "The two inputs are the same point: −0 is 0.", "the same point twice"
        if m.distance < APART:
            apart = show(m.distance)
            return f"The two inputs are only {apart} apart: near each other, images agree by continuity.", ""
        if m.meets:
            return None, None
        half = q.name == "spiral" and abs(math.cos((x[1] - y[1]) / 2)) < SIX_DIGITS
        return _images_differ(m.gap), "half a turn" if half else _taken_for_a_collision(q, m.gap)

    @staticmethod
    def _try_singular(q: pool.Question, witness: Any) -> Objection:
        x = _point(witness, q.dimension)
        if x is None:
            return f"A singular point is given as x, of {_numbers(q.dimension)}, all of them finite.", None
        if math.hypot(*x) > RADIUS:
            return f"The point must lie {NEAR}: far out, floats underflow to 0, and that proves nothing.", None
        singular, size = is_singular(q.map, x)
        if singular:
            return None, None
        if q.name == "leaky" and x == [0.0]:
            return "At a kink there are two slopes, one from each side, and neither is 0.", None
        small = "a slope that is small is taken for 0" if q.kind == "into" and q.dimension == 1 and size < 0.1 else ""
        return f"With fifty digits |det J| = {show(size)} at this point, which is not 0.", small

    @staticmethod
    def _try_mass(q: pool.Question, witness: Any) -> Objection:
        share, gone = number(witness), pool.lost(q)
        if share is None or not math.isfinite(share):
            return "Lost mass is shown by one number: the share of the base that no x reaches.", None
        if gone > 0 and abs(share - gone) <= SIX_DIGITS * gone:
            return None, None
        if gone == 0:
            return "Nothing is lost: almost every point of the base is the image of some x.", ""
        other = pool.lost(replace(q, base="normal" if q.base == "uniform" else "uniform"))
        if q.kind == "into" and 0 < other < 1 and abs(share - other) <= SIX_DIGITS * other:
            said = f"The base is {q.base} here. Under the other one this would be the mass lost."
            return said, "the base is not looked at"
        if abs(share - (1 - gone)) <= SIX_DIGITS:
            said = "This is the mass that arrives. The share that is lost is asked for."
            return said, "the mass kept, not the mass lost"
        if abs(share - gone) <= 0.01 or abs(share - 100 * gone) <= 1:
            said = "This comes near the share of the base outside the image. It is asked to six digits, of 1 and not of 100."
            return f"{said} {COMPUTED}", "not to six digits"
        if q.name == "sigmoid" and abs(share - (1 - math.sqrt(pool.UNIT_SQUARE))) <= SIX_DIGITS:
            return "This is what one coordinate alone loses. Both must lie in (0, 1).", "one coordinate of the mass"
        return "This is not the share of the base outside the image, to six digits. " + COMPUTED, ""

    mistakes = (
        wrong(
            "rounding is taken for a collision",
            lambda name, params, base: ("collision", ([7.0, 7.0], [6.5, 6.5])) if name == "rank_one" else pool.answer(name, params, base),
            "In floating point σ(40) is 1.0, and so is σ(38); as numbers they differ. Equality through rounding, saturation or underflow proves nothing: find two inputs whose images are equal by algebra, or show what the images leave out.",
            also=(
                lambda name, params, base: ("collision", (8.0, 10.0)) if name == "logistic" and params["low"] != params["high"] else pool.answer(name, params, base),
            ),
        ),
        wrong(
            "the same point twice",
            lambda name, params, base: ("collision", ([0.0, 1.0, 1.0], [-0.0, 1.0, 1.0])) if name == "exam" else pool.answer(name, params, base),
            "Replacing x1 by −x1 gives a different point only if x1 ≠ 0. (The solution in 001 says 'for any assignment'; at x1 = 0 it fails.)",
        ),
        wrong(
            "the mass kept, not the mass lost",
            lambda name, params, base: _instead(name, params, base, "mass", lambda lost: 1 - lost),
            "The witness is the mass that is lost: what the base has outside the image.",
        ),
        wrong(
            "the base is not looked at",
            lambda name, params, base: _instead(name, params, base, "mass", lambda lost: pool.answer(name, params, "normal")[1]),
            "How much mass is lost depends on the base: under a uniform base it is a length, under a normal one a difference of Φ.",
        ),
        wrong(
            "a flat point is taken for a collision",
            _flat_collides,
            "Where the slope only touches 0 the map still rises on both sides: the images of two points differ, however near 0 the slope is between them. The point itself is the witness.",
        ),
        wrong(
            "a slope that is small is taken for 0",
            lambda name, params, base: ("singular", _far_out(name, params)) if name in ("softplus", "logistic") and params.get("low") != params.get("high") else pool.answer(name, params, base),
            "Far out the slope is small and not 0: with fifty digits it can be told. Such a map is one-to-one and smooth both ways; what its images leave out is the witness.",
        ),
        wrong(
            "half a turn",
            lambda name, params, base: ("collision", ([0.0, 0.0], [0.0, math.pi])) if name == "spiral" else pool.answer(name, params, base),
            "After half a turn the image lies on the other side of the origin. The same image comes back after a whole turn, 2π.",
        ),
        wrong(
            "not to six digits",
            lambda name, params, base: _instead(name, params, base, "mass", lambda lost: round(lost, 2) if round(lost, 2) != lost else lost + 0.004),
            "The share that is lost was rounded, sampled or given in per cent. A difference of distribution functions gives it to all digits.",
            also=(lambda name, params, base: _instead(name, params, base, "mass", lambda lost: 100 * lost),),
        ),
        wrong(
            "one coordinate of the mass",
            lambda name, params, base: ("mass", 1 - math.sqrt(pool.UNIT_SQUARE)) if pool.answer(name, params, base)[0] == "mass" and name == "sigmoid" else pool.answer(name, params, base),
            "In the plane both coordinates must lie in (0, 1): what is kept is the square of 34 %, and the rest is lost.",
        ),
    )  # fmt: skip


def _instead(
    name: str, params: dict[str, Any], base: str, reason: str, change: Callable[[Any], Any]
) -> tuple[str, Any]:
    """A witness that stands, but one for this reason changed."""
    found, witness = pool.answer(name, params, base)
    return found, change(witness) if found == reason else witness


def _far_out(name: str, params: dict[str, Any]) -> float:
    return math.copysign(10.0, -params["a"])


def _numbers(d: int) -> str:
    return "one number" if d == 1 else f"{d} numbers"
