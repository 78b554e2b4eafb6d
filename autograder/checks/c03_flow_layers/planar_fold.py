"""flow.planar_fold: for which u·w a planar layer is a diffeomorphism, a bijection, or none; two points with one image."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import arithmetic, exact, show, values
from autograder.judging.domain import Domain, Made, Number, Place, Reals
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, pays, wrong

KIND, PAIR = NAMES = "planar_kind", "planar_pair"
WORDS = ("diffeomorphism", "bijection", "fold")
APART, TOGETHER, DIGITS = 0.1, 1e-9, 50
SINGLY, EARLY = "points in single precision", "a search that stops early"
SINGLE, ROUGH = 1e-5, 1e-3  # how far apart, beside their size, images of points in float32 are, and of a rough search


def _whole(place: Place) -> torch.Tensor:
    """A w of halves, so that products are exact in every type."""
    w = place.rng.integers(-4, 5, size=place.sizes["D"])
    w[place.rng.integers(len(w))] = place.rng.choice([-2, -1, 1, 2])
    return place.tensor(w / 2)


def _with_product(place: Place, product: float) -> torch.Tensor:
    """A u of quarters, with exactly this product (a multiple of ¼ by ½)."""
    w = place.given["w"].cpu().double().numpy()
    u = place.rng.integers(-6, 7, size=len(w)) / 2
    one = int(np.argmax(np.abs(np.where(np.isin(np.abs(w), (0.5, 1)), w, 0))))
    u[one] += (product - u @ w) / w[one]
    return place.tensor(u)


def _product(*options: float) -> Callable[[Place], torch.Tensor]:
    return lambda place: _with_product(place, float(place.rng.choice(options)))


_KINDS = {  # the products that are asked about, and what they make of the layer
    "diffeomorphism": (-0.75, -0.5, 0.0, 1.0, 2.5),
    "bijection": (-1.0,),
    "fold": (-1.25, -2.0, -4.0),
}


def _w(says: str) -> Made:
    return Made(_whole, (_whole,), says=(says,))


@exercise("flow.planar_fold", NAMES, kind="witness")
class PlanarFold(Exercise):
    """x = z + u tanh(w·z + b): a diffeomorphism iff u·w > −1, a bijection iff u·w ≥ −1. Proofs at fifty digits."""

    word = pays("the layer is called a diffeomorphism, a bijection or a fold as its u·w demands", 2)
    pair = pays("the witness holds two points, 0.1 or more apart, with one image", 2)

    hints = (
        "Along w the layer does a ↦ a + c tanh(a + b), with c = u·w. What is its smallest slope, and where?",
        "Two points with one image differ by a multiple of u: z₁ − z₂ = u (tanh(a₂ + b) − tanh(a₁ + b)). Take the product with w.",
        "Take a₁ = −b + d and a₂ = −b − d. Then d must solve d + c tanh d = 0; for c < −1 there is one with d > 0, below |c|. "
        "Which z₁, z₂ have these products with w?",
    )
    domain = {
        KIND: Domain(
            {"w": _w("(D,), not 0"), "u": Made(_product(*sum(_KINDS.values(), ())), tuple(_product(*each) for each in _KINDS.values()),
                                says=("(D,), such that u·w is exact",))},
            sizes={"D": (1, 3)},
            draws=2,
        ),
        PAIR: Domain(
            {"w": _w("(D,), halves between −2 and 2, not all 0"), "u": Made(_product(*_KINDS["fold"]), (_product(-1.25), _product(-4.0)), says=("(D,), with u·w < −1.2",)),
             "b": Number(Reals(reach=(1e-2, 3)))},
            sizes={"D": (1, 3)},
            draws=2,
        ),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = floats([1.0], PYTHON)
        for u in (-0.5, -1.0, -2.0, 1.0):
            yield self.case_of(KIND, {"w": one, "u": floats([u], PYTHON)})
        for u in (-1023.75, -1024.0, -1024.25):  # beside the border by 2⁻¹², and on it
            yield self.case_of(KIND, {"w": one / 1024, "u": floats([u], PYTHON)})
        yield self.case_of(PAIR, {"w": one, "u": floats([-2.0], PYTHON), "b": 0.0})
        yield self.case_of(PAIR, {"w": one, "u": floats([-2.0], PYTHON), "b": 1.5})
        for dtype, device in arithmetic():
            for products in _KINDS.values():
                for D in (2, 3):
                    place = Place(rng, dtype, device, sizes={"D": D})
                    place.given["w"] = w = _whole(place)
                    yield self.case_of(KIND, {"w": w, "u": _product(*products)(place)})
            for D in (2, 3):
                place = Place(rng, dtype, device, sizes={"D": D})
                place.given["w"] = w = _whole(place)
                u = _product(*_KINDS["fold"])(place)
                yield self.case_of(PAIR, {"w": w, "u": u, "b": float(rng.normal())})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == PAIR:
            return case(call(PAIR, *given.values()), about=(self.pair,), name=PAIR, given=given)
        c = float(exact(given["u"]) @ exact(given["w"]))
        return case(call(KIND, *given.values()), about=(self.word,), name=KIND, c=c)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.name == KIND:
            said = WORDS[0] if case.c > -1 else WORDS[1] if case.c == -1 else WORDS[2]
            yield self.word(answer == said, f"{said}, since u·w = {case.c:g}", show(answer))
            return
        yield self._pair(case, answer)

    def _pair(self, case: Case, answer: Any) -> Finding:
        w, u, b = (exact(case.given["w"]), exact(case.given["u"]), case.given["b"])
        wanted = f"two points of shape {w.shape}, all of it finite"
        points = [values(part) for part in answer] if isinstance(answer, (tuple, list)) else []
        if isinstance(answer, (tuple, list)) and len(points) == 2 and len(w) == 1:
            points = [np.reshape(p, -1) if p is not None else p for p in points]
        if len(points) != 2 or any(p is None or p.shape != w.shape or not np.isfinite(p).all() for p in points):
            return self.pair(False, wanted, show(answer))
        apart = float(np.linalg.norm(points[0] - points[1]))
        if apart < APART:
            return self.pair(
                False, f"two points {APART} or more apart", f"{apart:.3g} apart", mistake="one point twice"
            )
        single = any(getattr(part, "dtype", "") == "float32" for part in answer)
        single = single or all((p == p.astype(np.float32)).all() for p in points)
        images = [_image(p, w, u, b) for p in points]
        gap = max(float(abs(x - y)) for x, y in zip(*images, strict=True))
        size = 1 + max(float(abs(x)) for x in images[0])
        name = "" if gap > (SINGLE if single else ROUGH) * size else SINGLY if single else EARLY
        told = "one image, to nine digits", f"images {gap:.3g} apart" + (", of points in float32" if single else "")
        return self.pair(gap <= TOGETHER * size, *told, mistake=name)

    mistakes = (
        wrong(
            "a bijection taken for a diffeomorphism",
            {KIND: lambda w, u: "diffeomorphism" if u @ w >= -1 else "fold"},
            "With u·w = −1 the layer is one-to-one, but where w·z + b = 0 its determinant is 0 and its inverse has no "
            "derivative.",
        ),
        wrong(
            "a flat point taken for a fold",
            {KIND: lambda w, u: "diffeomorphism" if u @ w > -1 else "fold"},
            "With u·w = −1 the slope along w is 0 at a single point and positive everywhere else: still one-to-one.",
        ),
        wrong(
            "only positive products allowed",
            {KIND: lambda w, u: "diffeomorphism" if u @ w > 0 else "bijection" if u @ w == 0 else "fold"},
            "A shift against w squeezes, and squeezing is allowed as long as the slope 1 + u·w h′ stays positive. h′ is at "
            "most 1.",
            also=({KIND: lambda w, u: "diffeomorphism" if u @ w >= 0 else "fold"},),
        ),
        wrong(
            "the size of the product",
            {KIND: lambda w, u: "diffeomorphism" if abs(u @ w) < 1 else "bijection" if abs(u @ w) == 1 else "fold"},
            "Only a shift against w can fold. A large positive u·w stretches, as much as it likes.",
        ),
        wrong(
            "a difference along w",
            {PAIR: lambda w, u, b: _pair_of(w, u, b, along=w / (w @ w) * (u @ w))},
            "The two points have images with one product with w, but the images differ beside. Points with one image differ "
            "by a multiple of u.",
            also=({PAIR: lambda w, u, b: _pair_of(w, u, b, along=w / (w @ w) * (u @ w))[::-1]},),
        ),
        wrong(
            "b left out",
            {PAIR: lambda w, u, b: _pair_of(w, u, 0.0)},
            "The fold lies where w·z + b = 0. This pair is right for b = 0.",
            also=({PAIR: lambda w, u, b: _pair_of(w, u, 0.0)[::-1]},),
        ),
        wrong(
            "b with the wrong sign",
            {PAIR: lambda w, u, b: _pair_of(w, u, -b)},
            "The fold lies where w·z + b = 0, that is at w·z = −b.",
            also=({PAIR: lambda w, u, b: _pair_of(w, u, -b)[::-1]},),
        ),
        wrong(
            "u not divided by u·w",
            {PAIR: lambda w, u, b: _pair_of(w, u, b, along=u * (u @ w))},
            "w·z is to move by d. A step d u moves it by d u·w: divide by u·w.",
            also=({PAIR: lambda w, u, b: _pair_of(w, u, b, along=u * (u @ w))[::-1]},),
        ),
        wrong(
            "a border that is too wide",
            {KIND: lambda w, u: _kind_near(float(u @ w), 0.1)},
            "The border is the single number −1. With u·w a little above it the smallest slope is small, but positive; a "
            "little below, the layer folds.",
            also=tuple({KIND: lambda w, u, r=r: _kind_near(float(u @ w), r)} for r in (0.3, 0.05, 0.01, 1e-3)),
        ),
        wrong(
            EARLY,
            {PAIR: lambda w, u, b: _pair_of(w, u, b, steps=20)},
            "The formula is right, but its d has a few digits only, and nine are asked for. Search until d no longer moves, "
            "in float64 throughout.",
            also=tuple({PAIR: lambda w, u, b, n=n: _pair_of(w, u, b, steps=n)} for n in (10, 15, 25, 30)),
        ),
        wrong(
            SINGLY,
            {PAIR: lambda w, u, b: tuple(z.float() for z in _pair_of(w, u, b))},
            "The formula is right, but float32 holds seven digits, and nine are asked for. w and u may come in float32: "
            "calculate with w.double() and u.double().",
        ),
        wrong(
            "one point twice",
            {PAIR: lambda w, u, b: (0 * w, 0 * w)},
            "The two points have to differ, by 0.1 or more.",
        ),
    )


def _image(z: np.ndarray, w: np.ndarray, u: np.ndarray, b: float) -> list[Any]:
    """z + u tanh(w·z + b), with fifty digits."""
    with mpmath.workdps(DIGITS):
        z, w, u = ([mpmath.mpf(float(v)) for v in vector] for vector in (z, w, u))
        shift = mpmath.tanh(mpmath.fdot(w, z) + mpmath.mpf(b))
        return [p + q * shift for p, q in zip(z, u, strict=True)]


def _kind_near(c: float, room: float) -> str:
    return WORDS[1] if abs(c + 1) < room else WORDS[0] if c > -1 else WORDS[2]


def _pair_of(
    w: torch.Tensor, u: torch.Tensor, b: float, along: torch.Tensor | None = None, steps: int = 200
) -> tuple[torch.Tensor, ...]:
    w, u = w.double(), u.double()
    c, along = float(u @ w), (u if along is None else along.double())
    d = abs(c)
    for _ in range(steps):
        d = -c * np.tanh(d)
    middle = -b * w / (w @ w)
    return middle - along * np.tanh(d), middle + along * np.tanh(d)
