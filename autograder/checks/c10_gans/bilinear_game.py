"""gan.bilinear_game: min_x max_y x y, by simultaneous, alternating and extragradient steps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, number
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import PYTHON, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])  # the joint descent direction: (x, y) → (−y, x)
EYE = np.eye(2)
STEPS = ("simultaneous_step", "alternating_step", "extragradient_step")


def matrix(name: str, eta: float) -> np.ndarray:
    """(x, y) after one step, as a matrix on (x, y)."""
    if name == "simultaneous_step":
        return EYE + eta * TURN
    if name == "alternating_step":  # first x alone, then y alone
        return np.array([[1.0, 0.0], [eta, 1.0]]) @ np.array([[1.0, -eta], [0.0, 1.0]])
    return EYE + eta * TURN @ (EYE + eta * TURN)


def _simultaneous(x: Any, y: Any, eta: float) -> tuple[Any, Any]:
    return x - eta * y, y + eta * x


def _half_extra(x: Any, y: Any, eta: float) -> tuple[Any, Any]:
    ahead = x - eta * y, y + eta * x
    return ahead[0] - eta * ahead[1], ahead[1] + eta * ahead[0]


@exercise("gan.bilinear_game", (*STEPS, "radius_factors", "invariant"))
class BilinearGame(Exercise):
    """min_x max_y x y, by simultaneous, alternating and extragradient steps."""

    pair = gate("each step returns the new x and the new y, in their shapes")
    simultaneous = pays("in a simultaneous step both move by the gradients at the old point")
    alternating = pays("in an alternating step y answers the new x")
    extragradient = pays("an extragradient step moves by the gradients at the point to which it would have stepped")
    numbers = gate("radius_factors returns two numbers, and invariant one for each point")
    factors = pays("simultaneous steps blow the radius up by √(1 + η²), extragradient ones shrink it by √(1 − η² + η⁴)")
    conserved = pays("x² − η x y + y² is what alternating steps leave as it is", 0.5)

    hints = (
        "V = x y: the gradient for x is y, for y it is x. x goes down, y goes up.",
        "For the factors compute the new x² + y² and collect: the mixed terms cancel. An extragradient step is a "
        "simultaneous one in which the old gradients are replaced by those at the point ahead.",
        "Alternating steps turn along an ellipse. Put x' = x − η y and y' = y + η x' into a x² + b x y + c y² and ask "
        "for which b it stays the same.",
    )

    _eta = Number(Reals(0, 1))
    domain = {
        **dict.fromkeys(
            STEPS,
            Domain(
                {"x": Tensor("..."), "y": Tensor("..."), "eta": _eta}, returns=(Like("x"), Like("x")), most=16, draws=2
            ),
        ),
        "radius_factors": Domain({"eta": _eta}),
        "invariant": Domain({"x": Tensor("..."), "y": Tensor("..."), "eta": _eta}, returns=Like("x"), most=16, draws=2),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for name in (*STEPS, "invariant"):
            yield self.case_of(name, {"x": torch.tensor([1.0]), "y": torch.tensor([2.0]), "eta": 0.5})
        for x, y in ((2000.0, 3000.0), (0.01, 0.01), (-2000.0, 0.02)):
            for name in (*STEPS, "invariant"):
                far = {"x": torch.tensor([x], dtype=torch.float64), "y": torch.tensor([y], dtype=torch.float64)}
                yield self.case_of(name, {**far, "eta": 0.25})
        for eta in (0.5, 0.1, float(rng.uniform(0.2, 0.9))):
            yield self.case_of("radius_factors", {"eta": eta})
        for dtype, device in arithmetic():
            for shape in ((3,), (2, 2)):
                given = {"x": normal(rng, shape, dtype, device), "y": normal(rng, shape, dtype, device)}
                for name in (*STEPS, "invariant"):
                    yield self.case_of(name, {**given, "eta": float(rng.uniform(0.1, 0.9))})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        laws = {
            "simultaneous_step": (self.pair, self.simultaneous),
            "alternating_step": (self.pair, self.alternating),
            "extragradient_step": (self.pair, self.extragradient),
            "radius_factors": (self.numbers, self.factors),
            "invariant": (self.numbers, self.conserved),
        }[name]
        return case(call(name, *given.values()), about=laws, name=name, given=given, law=laws[1])

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.name == "radius_factors":
            yield from self._judge_factors(case.given["eta"], answer)
            return
        x, y, eta = exact(case.given["x"]), exact(case.given["y"]), case.given["eta"]
        size, dtype, like = np.abs(x) + np.abs(y), case.given["x"].dtype, case.given["x"]
        if case.name == "invariant":
            shape = has_shape(answer, x.shape, like=like)
            yield self.numbers(*shape)
            if shape.ok:
                yield self.conserved(*close(answer, _kept(x, y, eta), dtype, size**2))
            return
        parts = answer if isinstance(answer, (list, tuple)) and len(answer) == 2 else ()
        sound = len(parts) == 2 and all(has_shape(part, x.shape, like=like).ok for part in parts)
        yield self.pair(sound, f"(x, y), both of shape {tuple(x.shape)}", kind_of(answer))
        if sound:
            new = np.tensordot(matrix(case.name, eta), np.stack([x, y]), axes=1)
            for letter, got, want in zip("xy", parts, new, strict=True):
                verdict = close(got, want, dtype, size)
                yield case.law(verdict.ok, f"{letter} = {verdict.expected}", f"{letter} = {verdict.got}")

    def _judge_factors(self, eta: float, answer: Any) -> Iterator[Finding]:
        names = ("simultaneous", "extragradient")
        sound = isinstance(answer, dict) and answer.keys() == set(names)
        sound = sound and all(number(answer[name]) is not None for name in names)
        yield self.numbers(sound, "a dictionary of two numbers: simultaneous, extragradient", kind_of(answer))
        if sound:
            for name in names:
                want = np.linalg.norm(matrix(f"{name}_step", eta), 2)
                verdict = close(number(answer[name]), want, PYTHON, 1.0)
                yield self.factors(verdict.ok, f"{name}: {verdict.expected}", f"{name}: {verdict.got}")

    mistakes = (
        wrong(
            "y answers at once",
            {"simultaneous_step": lambda x, y, eta: (x - eta * y, y + eta * (x - eta * y))},
            "y was moved with the new x already: that is an alternating step.",
        ),
        wrong(
            "y answers the old x",
            {"alternating_step": _simultaneous},
            "y was moved with the old x: that is a simultaneous step. In an alternating one x goes first.",
        ),
        wrong(
            "y goes first",
            {"alternating_step": lambda x, y, eta: (x - eta * (y + eta * x), y + eta * x)},
            "y was moved first, and x answered. Here x, the generator's part, goes first.",
        ),
        wrong(
            "both go down",
            {
                "simultaneous_step": lambda x, y, eta: (x - eta * y, y - eta * x),
                "alternating_step": lambda x, y, eta: (x - eta * y, y - eta * (x - eta * y)),
                "extragradient_step": lambda x, y, eta: (
                    x - eta * (y - eta * x), y - eta * (x - eta * y),
                ),
            },
            "Both players descend. y maximises the value, so it moves along its gradient.",
        ),
        wrong(
            "both go up",
            {
                "simultaneous_step": lambda x, y, eta: (x + eta * y, y + eta * x),
                "alternating_step": lambda x, y, eta: (x + eta * y, y + eta * (x + eta * y)),
            },
            "Both players ascend. x minimises the value, so it moves against its gradient.",
        ),
        wrong(
            "own variable for the gradient",
            {"simultaneous_step": lambda x, y, eta: (x - eta * x, y + eta * y)},
            "Each moved along itself. The derivative of x y by x is y.",
        ),
        wrong(
            "two steps in place of a look ahead",
            {"extragradient_step": _half_extra},
            "The second half started from the point ahead. It starts from the old point: only the gradients are those ahead.",
        ),
        wrong(
            "no look ahead",
            {"extragradient_step": _simultaneous},
            "This is a plain simultaneous step. The gradients are to be taken at the point to which it leads.",
        ),
        wrong(
            "the squared radius",
            {"radius_factors": lambda eta: {"simultaneous": 1 + eta**2, "extragradient": 1 - eta**2 + eta**4}},
            "These are the factors of x² + y². The radius is its root.",
        ),
        wrong(
            "the growth added",
            {"radius_factors": lambda eta: {"simultaneous": 1 + eta, "extragradient": 1 - eta}},
            "A step at right angles to the radius does not add to its length: Pythagoras, √(1 + η²).",
        ),
        wrong(
            "the term of higher order is dropped",
            {
                "radius_factors": lambda eta: {
                    "simultaneous": math.sqrt(1 + eta**2), "extragradient": math.sqrt(1 - eta**2),
                }
            },
            "The η⁴ is missing: the new x is (1 − η²) x − η y, and its square has an η⁴.",
        ),
        wrong(
            "the circle",
            {"invariant": lambda x, y, eta: x**2 + y**2},
            "x² + y² goes up and down in alternating steps. What stays has a mixed term: the orbit is an ellipse.",
        ),
        wrong(
            "the ellipse leans the other way",
            {"invariant": lambda x, y, eta: x**2 + eta * x * y + y**2},
            "The mixed term has the wrong sign, for steps in which x goes first.",
        ),
    )  # fmt: skip


def _kept(x: np.ndarray, y: np.ndarray, eta: float) -> np.ndarray:
    """The quadratic form that the alternating step's matrix M leaves: the solution of Mᵀ A M = A with A_11 = 1."""
    M = matrix("alternating_step", eta)
    # for a matrix of determinant 1 it is TURN · (M − tr M / 2), made symmetric and scaled
    form = TURN @ (M - np.trace(M) / 2 * EYE)
    form = (form + form.T) / 2
    form = form / form[0, 0]
    return form[0, 0] * x**2 + 2 * form[0, 1] * x * y + form[1, 1] * y**2
