"""cov.verdict_line: which maps of the line are valid flows, and what is wrong with the others."""

from __future__ import annotations

from typing import Any

from autograder.checks.c02_change_of_variables.shared import Verdicts, is_mirrored, map_domain, right_verdict
from autograder.judging.exercise import exercise, gate, pays, wrong
from autograder.oracles import pool


@exercise("cov.verdict_line", ("verdict_line",), kind="witness")
class VerdictLine(Verdicts):
    """Valid: one-to-one, slope never 0, onto what carries the base's mass."""

    word = gate("the verdict is one of the words valid, collision, singular and mass")
    affine = pays("a x + b: the verdict is true for every a")
    power = pays("xⁿ: the verdict is true for every n")
    wave = pays("a x + b sin x: the verdict is true for every a and b")
    tanh = pays("a x + b tanh(x/2): the verdict is true for every a and b")
    leaky = pays("leaky ReLU: the verdict is true for every slope s")
    softplus = pays("softplus: the verdict is true for every c and both bases")
    logistic = pays("logistic: the verdict is true for all ends of the image and both bases")

    families = {name: name for name in pool.LINE}
    domain = {"verdict_line": map_domain([*pool.LINE])}

    hints = (
        "Go through the maps one by one: for which parameters is the slope never 0, for which does it change its sign, "
        "and for which does it touch 0 without changing it?",
        "On the line a slope that never vanishes and keeps its sign makes a map one-to-one. What is left to ask is onto "
        "what it maps, and where the base lives.",
        "The slope of a x + b sin x lies between a − |b| and a + |b|; that of a x + b tanh(x/2) between a, far out, and "
        "a + b/2, at 0. Where a = 0 the images end.",
    )

    mistakes = (
        wrong(
            "the image is not compared with the base",
            lambda name, params, base: right_verdict(name, params, base, mass="valid"),
            "A map can be one-to-one and miss part of the base: points of the base that no x reaches carry mass, and the model's density then integrates to less than 1. Ask onto what the map maps, and where the base lives.",
        ),
        wrong(
            "a bijection is enough",
            lambda name, params, base: right_verdict(name, params, base, singular="valid"),
            "x³ is a bijection, but its inverse ∛z has no derivative at 0: there the forward density is infinite and the log-determinant −∞. A flow needs det J ≠ 0 everywhere.",
        ),
        wrong(
            "a map that turns back is called valid",
            lambda name, params, base: "valid" if name in ("affine", "power", "wave", "tanh", "leaky") else right_verdict(name, params, base),
            "The same formula is a valid flow for some parameters and none for others: here the map turns back or stands still somewhere. Compare the sizes and signs of the parameters; a few points of a grid may miss it.",
        ),
        wrong(
            "a negative determinant is refused",
            lambda name, params, base: "singular" if is_mirrored(name, params) else right_verdict(name, params, base),
            "A negative slope means that the map turns the line round. It is invertible: only |f′| enters the density, and only 0 is forbidden.",
            also=(lambda name, params, base: "collision" if is_mirrored(name, params) else right_verdict(name, params, base),),
        ),
        wrong(
            "keeping volumes is refused",
            lambda name, params, base: "mass" if params.get("a") in (1, -1) or params.get("n") == 1 else right_verdict(name, params, base),
            "A map with |det J| = 1 is a perfectly valid flow. On the line it can only shift and mirror, in the plane it can do much more.",
        ),
        wrong(
            "a kink is taken for a flaw",
            lambda name, params, base: "singular" if name == "leaky" and params["s"] > 0 else right_verdict(name, params, base),
            "At a kink the map has two slopes, neither of them 0. Such points have no volume, and densities do not mind: leaky ReLU is used in flows.",
        ),
        wrong(
            "the base is not looked at",
            lambda name, params, base: right_verdict(name, params, "normal"),
            "Whether mass is lost depends on the base: a map onto (0, 1) loses nothing if the base lives on (0, 1) as well.",
        ),
        wrong(
            "the ends of the image counted",
            lambda name, params, base: "mass" if base == "uniform" and _touches(name, params) else right_verdict(name, params, base),
            "An image that ends exactly where the base does loses nothing: single points carry no mass. σ maps onto (0, 1), all of a uniform base.",
        ),
        wrong(
            "a falling map has its ends the other way round",
            lambda name, params, base: "mass" if name == "logistic" and params["low"] > params["high"] else right_verdict(name, params, base),
            "low may be the larger one: then the images lie between high and low. Sort the two before you compare them with the base.",
        ),
        wrong(
            "rounding is taken for a collision",
            lambda name, params, base: "collision" if name in ("softplus", "logistic") or (name == "tanh" and params["a"] == 0) else right_verdict(name, params, base),
            "In floating point σ(40) is 1.0, and so is σ(38); as numbers they differ. A map that saturates is one-to-one all the same: what its images leave out is the question.",
        ),
        wrong(
            "a flat point is taken for a collision",
            lambda name, params, base: right_verdict(name, params, base, singular="collision"),
            "Where the slope only touches 0 the map still rises on both sides: no two inputs share an image. What fails there is the inverse's derivative.",
        ),
    )  # fmt: skip


def _touches(name: str, params: dict[str, Any]) -> bool:
    """Whether an end of the image is an end of (0, 1)."""
    if name == "tanh":
        return params["a"] == 0 and abs(params["b"]) == 1
    ends = {"softplus": ("c",), "logistic": ("low", "high")}.get(name, ())
    return any(params[end] in (0, 1) for end in ends)
