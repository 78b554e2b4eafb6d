"""cov.verdict_plane: which maps of the plane and of space are valid flows, and what is wrong with the others."""

from __future__ import annotations

from typing import Any

from autograder.checks.c02_change_of_variables.shared import Verdicts, is_mirrored, map_domain, right_verdict
from autograder.judging.exercise import exercise, gate, pays, wrong
from autograder.oracles import pool


@exercise("cov.verdict_plane", ("verdict_plane",), kind="witness")
class VerdictPlane(Verdicts):
    """Valid: one-to-one, det J never 0, onto what carries the base's mass. 001 P1a and b are rank_one and exam."""

    word = gate("the verdict is one of the words valid, collision, singular and mass")
    linear = pays("A x + b: the verdict is true for every matrix")
    squashed = pays("σ(A x) and σ(aᵀa x): the verdict is true for every matrix and both bases")
    planar = pays("x + u tanh(w·x): the verdict is true for all u and w")
    coupling = pays("(x1, (x1² + c) x2): the verdict is true for every c")
    turns = pays("shear, swirl and spiral: the verdicts are true")
    space = pays("the two maps of space, exam and triangular: the verdicts are true")

    families = {
        **{"linear": "linear", "rank_one": "squashed", "sigmoid": "squashed", "planar": "planar"},
        **{"coupling": "coupling", "shear": "turns", "swirl": "turns", "spiral": "turns"},
        **{"exam": "space", "triangular": "space"},
    }
    domain = {"verdict_plane": map_domain([*pool.SPACE])}

    hints = (
        "Which of these maps can tell all inputs apart? One that depends on x only through a combination of its "
        "coordinates, or through x1ⁿ times something that can be 0, cannot.",
        "x + u tanh(w·x) moves points along u only. How does w·x change: what is t + (u·w) tanh t, and when is its slope "
        "never 0?",
        "A determinant that vanishes nowhere is not enough in the plane: what happens to exp(x1) (cos x2, sin x2) after a "
        "whole turn? And a computed determinant is hardly ever an exact 0: ask for the rank.",
    )

    mistakes = (
        wrong(
            "the image is not compared with the base",
            lambda name, params, base: right_verdict(name, params, base, mass="valid"),
            "A map can be one-to-one and miss part of the base: σ(A x) fills the unit square only. Points of the base that no x reaches carry mass, and the model's density then integrates to less than 1.",
        ),
        wrong(
            "a bijection is enough",
            lambda name, params, base: right_verdict(name, params, base, singular="valid"),
            "With u·w = −1 the map is a bijection, but det J = 0 where w·x = 0, and its inverse has no derivative there. A flow needs det J ≠ 0 everywhere.",
        ),
        wrong(
            "a determinant that never vanishes is enough",
            lambda name, params, base: "valid" if name == "spiral" else right_verdict(name, params, base),
            "det J ≠ 0 makes a map one-to-one near every point, not on the whole. Turning once around the origin leads back to the same image.",
        ),
        wrong(
            "a map that turns back is called valid",
            lambda name, params, base: "valid" if name in ("planar", "coupling") else right_verdict(name, params, base),
            "The same formula is a valid flow for some parameters and none for others: here the map turns back or stands still somewhere. Compare the sizes and signs of the parameters that you are given.",
        ),
        wrong(
            "a large u·w is refused",
            lambda name, params, base: "singular" if name == "planar" and _inner(params) >= 1 else right_verdict(name, params, base),
            "The slope 1 + (u·w)(1 − tanh² t) vanishes somewhere only if u·w ≤ −1. With u·w large and positive the map stretches, and is valid.",
            also=(lambda name, params, base: "collision" if name == "planar" and _inner(params) >= 1 else right_verdict(name, params, base),),
        ),
        wrong(
            "a singular matrix is called valid",
            lambda name, params, base: "valid" if name == "linear" else right_verdict(name, params, base),
            "Some of these matrices are singular, and inputs share an image. A computed determinant tells badly: it is 10⁻¹⁷ where it should be 0, and small where a matrix is invertible. Ask for the rank.",
            also=(lambda name, params, base: "valid" if "A" in params and right_verdict(name, params, base) == "collision" else right_verdict(name, params, base),),
        ),
        wrong(
            "two inputs with one image overlooked",
            lambda name, params, base: "valid" if name in ("exam", "rank_one") else right_verdict(name, params, base),
            "Two inputs have the same image whatever the parameters are: aᵀa has rank one, and in the exam's map x1 stands in x1ⁿ x2 only, where x2 may be 0.",
            also=(
                lambda name, params, base: "valid" if name == "exam" else right_verdict(name, params, base),
                lambda name, params, base: "valid" if name == "rank_one" else right_verdict(name, params, base),
            ),
        ),
        wrong(
            "a negative determinant is refused",
            lambda name, params, base: "singular" if is_mirrored(name, params) else right_verdict(name, params, base),
            "A negative determinant means that the map mirrors. Mirrors are invertible: only |det J| enters the density, and only 0 is forbidden.",
            also=(lambda name, params, base: "collision" if is_mirrored(name, params) else right_verdict(name, params, base),),
        ),
        wrong(
            "keeping volumes is refused",
            lambda name, params, base: "singular" if name in ("shear", "swirl") else right_verdict(name, params, base),
            "A map with |det J| = 1 is a perfectly valid flow: log |det J| is 0, det J is not.",
            also=(lambda name, params, base: "mass" if name in ("shear", "swirl") else right_verdict(name, params, base),),
        ),
        wrong(
            "the base is not looked at",
            lambda name, params, base: right_verdict(name, params, "normal"),
            "Whether mass is lost depends on the base: a map onto (0, 1)² loses nothing if the base lives on (0, 1)² as well.",
        ),
        wrong(
            "rounding is taken for a collision",
            lambda name, params, base: "collision" if name == "sigmoid" else right_verdict(name, params, base),
            "In floating point σ(40) is 1.0, and so is σ(38); as numbers they differ. σ(A x) with an invertible A is one-to-one: what its images leave out is the question.",
        ),
    )  # fmt: skip


def _inner(params: dict[str, Any]) -> float:
    return sum(u * w for u, w in zip(params["u"], params["w"], strict=True))
