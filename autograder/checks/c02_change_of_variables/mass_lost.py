"""cov.mass_lost: ∫ p_X = P(z ∈ image of the reverse map). The oracle integrates the model's density over x, by quadrature."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.checks.c02_change_of_variables.shared import HALF_LOG_2PI, PYTHON, floats, random_matrix
from autograder.judging.compare import (
    arithmetic,
    exact,
    kind_of,
    number,
    show,
)
from autograder.judging.exercise import (
    Case,
    Exercise,
    Finding,
    call,
    case,
    exercise,
    gate,
    pays,
    wrong,
)


def _det(A: torch.Tensor) -> float:
    return float(torch.linalg.det(A))


def _det_by_numpy(A: torch.Tensor) -> float:
    return float(np.linalg.det(A.cpu().numpy()))


def _mass_if(A: torch.Tensor, tiny: float) -> float:
    return _box_mass(A) if abs(_det(A)) > tiny else 0.0


def _between(low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    return torch.special.ndtr(high.double()) - torch.special.ndtr(low.double())


@exercise("cov.mass_lost", ("mass_kept", "sigmoid_flow_mass"))
class MassLost(Exercise):
    """∫ p_X = P(z ∈ image of the reverse map). The oracle integrates the model's density over x, by quadrature."""

    one = gate("mass_kept returns a number")
    kept = pays("mass_kept is the integral of the model's density over all x", 1)
    another = gate("sigmoid_flow_mass returns a number")
    sigmoid = pays("sigmoid_flow_mass is the integral of the model's density for any A, singular ones included", 1)

    hints = (
        "Substitute z = g(x) in the integral of p_Z(g(x)) |det J_g(x)|. Over which z does the new integral run?",
        "The coordinates of z are independent under N(0, I): the mass of a box is a product.",
        "Which box does x ↦ σ(A x) fill if A is invertible? What does it fill if A is not, and what is the volume of that?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._box(floats([0.0, 0.0], PYTHON), floats([1.0, 1.0], PYTHON))
        yield self._matrix_case(floats([[1.0, 2.0], [2.0, 4.0]], PYTHON), False)
        yield self._matrix_case(floats([[1.0, 2.0], [2.0, 3.0]], PYTHON), True)
        for dtype, device in arithmetic():
            for d in (1, 2, 3, 5):
                low = rng.uniform(-2.5, 1, size=d)
                high = low + rng.uniform(0.5, 3, size=d)
                if d > 1:
                    low[0], high[-1] = -math.inf, math.inf
                yield self._box(floats(low, dtype, device), floats(high, dtype, device))
            for d in (1, 2, 3):
                for scale in (1.0, 3e-4):
                    yield self._matrix_case(floats(scale * random_matrix(rng, d), dtype, device), True)
                if d > 1:
                    yield self._matrix_case(floats(self._singular(rng, d), dtype, device), False)

    @staticmethod
    def _singular(rng: np.random.Generator, d: int) -> np.ndarray:
        """Whole numbers over 1024, so that the matrix is exactly singular; its rounded determinant is not 0."""
        while True:
            A = rng.integers(-99, 100, size=(d, d - 1)) @ rng.integers(-99, 100, size=(d - 1, d)) / 1024
            types = (torch.float32, torch.float64)
            rounded = [det(floats(A, dtype)) for dtype in types for det in (_det, _det_by_numpy)]
            if np.linalg.svd(A)[1][d - 2] > 0.1 and all(rounded):
                return A

    def _box(self, low: torch.Tensor, high: torch.Tensor) -> Case:
        return case(call("mass_kept", low, high), about=(self.one, self.kept), ends=(exact(low), exact(high)))

    def _matrix_case(self, A: torch.Tensor, invertible: bool) -> Case:
        return case(
            call("sigmoid_flow_mass", A), about=(self.another, self.sigmoid), ends=None, d=len(A), invertible=invertible
        )

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        is_box = case.ends is not None
        found = number(answer)
        yield (self.one if is_box else self.another)(found is not None, "a number", kind_of(answer))
        if found is None:
            return
        ends = zip(*case.ends, strict=True) if is_box else [(0.0, 1.0)] * case.d
        expected = math.prod(self._integral(float(a), float(b)) for a, b in ends)
        if not is_box and not case.invertible:
            expected = 0.0  # det J_g = det A · (…) = 0 at every x
        ok = abs(found - expected) <= 1e-6 * max(expected, 1e-3)
        yield (self.kept if is_box else self.sigmoid)(ok, show(expected), show(found))

    @staticmethod
    @functools.lru_cache(maxsize=256)  # most of them run from 0 to 1
    def _integral(low: float, high: float) -> float:
        """∫ N(g(x); 0, 1) g′(x) dx for a smooth one-to-one g from the line onto (low, high), by the trapezoidal rule.

        The g used: x itself, low + eˣ, high − e⁻ˣ or low + (high − low) σ(x), according to which ends are finite.
        """
        x = np.linspace(-40, 40, 4001)
        if math.isinf(low) and math.isinf(high):
            g, slope = x, np.ones_like(x)
        elif math.isinf(high):
            g, slope = low + np.exp(x), np.exp(x)
        elif math.isinf(low):
            g, slope = high - np.exp(-x), np.exp(-x)
        else:
            g, slope = low + (high - low) * special.expit(x), (high - low) * special.expit(x) * special.expit(-x)
        return float((np.exp(-(g**2) / 2 - HALF_LOG_2PI) * slope).sum() * (x[1] - x[0]))

    mistakes = (
        wrong(
            "nothing is lost",
            {
                "mass_kept": lambda low, high: 1.0,
                "sigmoid_flow_mass": lambda A: 1.0,
            },
            "One-to-one is not enough for a density: base points outside the image belong to no x, and their mass is missing in the integral.",
        ),
        wrong(
            "the mass lost, not the mass kept",
            {
                "mass_kept": lambda low, high: 1 - float(_between(low, high).prod()),
                "sigmoid_flow_mass": lambda A: 1 - _box_mass(A) * bool(torch.linalg.matrix_rank(A) == len(A)),
            },
            "This is what is missing. The integral of the model's density is what is left.",
        ),
        wrong(
            "one coordinate stands for all",
            {
                "mass_kept": lambda low, high: float(_between(low, high)[0]),
                "sigmoid_flow_mass": lambda A: _box_mass(A[:1, :1]) * bool(torch.linalg.matrix_rank(A) == len(A)),
            },
            "All coordinates must land in their intervals at once: the probabilities are multiplied.",
        ),
        wrong(
            "the volume of the box",
            {"mass_kept": lambda low, high: float((high - low).prod()), "sigmoid_flow_mass": lambda A: float(torch.linalg.matrix_rank(A) == len(A))},
            "This is the volume of the image. The base is N(0, I), not uniform: a volume weighs what the base puts there.",
        ),
        wrong(
            "the matrix changes the mass",
            {"sigmoid_flow_mass": lambda A: _box_mass(A) * float(torch.linalg.det(A).abs())},
            "|det A| stands in the density, and the substitution z = g(x) uses it up. Only the image matters, and every invertible A has the same one.",
        ),
        wrong(
            "singular matrices not noticed",
            {"sigmoid_flow_mass": lambda A: _box_mass(A)},
            "A singular A sends all x onto a curve or surface inside the box. It has no volume, the Jacobian's determinant is 0 everywhere, and so is the density.",
        ),
        wrong(
            "a rounded determinant trusted",
            {"sigmoid_flow_mass": lambda A: _mass_if(A, 0.0)},
            "Elimination rounds, so the determinant of a singular matrix comes out as 10⁻¹⁷ or so and rarely as 0. Ask for the rank, which knows about rounding.",
        ),
        wrong(
            "a small determinant taken for none",
            {"sigmoid_flow_mass": lambda A: _mass_if(A, 1e-8)},
            "10⁻³ times a rotation is perfectly invertible, and its determinant is tiny in three dimensions. What counts is how the singular values compare, that is the rank.",
            also=(
                {"sigmoid_flow_mass": lambda A: _mass_if(A.double(), 1e-8)},
                {"sigmoid_flow_mass": lambda A: _mass_if(A, 1e-6)},
                {"sigmoid_flow_mass": lambda A: _mass_if(A.double(), 1e-6)},
                {"sigmoid_flow_mass": lambda A: _mass_if(A, 1e-3)},
                {"sigmoid_flow_mass": lambda A: _mass_if(A.double(), 1e-3)},
            ),
        ),
    )  # fmt: skip


def _box_mass(A: torch.Tensor) -> float:
    return (float(special.ndtr(1.0)) - 0.5) ** len(A)
