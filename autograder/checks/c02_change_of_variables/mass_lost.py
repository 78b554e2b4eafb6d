"""cov.mass_lost (long: two functions, each with the slips that students make in it): ∫ p_X = P(z ∈ image of the reverse map). The oracle integrates the model's density over x, by quadrature."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy import special

from autograder.checks.c02_change_of_variables.shared import HALF_LOG_2PI, random_matrix
from autograder.judging.compare import arithmetic, close, exact, kind_of, number
from autograder.judging.domain import Domain, Made, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.matrices import singular


def _det(A: torch.Tensor) -> float:
    return float(torch.linalg.det(A))


def _mass_if(A: torch.Tensor, tiny: float) -> float:
    return _box_mass(A) if abs(_det(A)) > tiny else 0.0


def _between(low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    return torch.special.ndtr(high.double()) - torch.special.ndtr(low.double())


def _above(place: Place, widths: tuple[float, float] = (0.01, 4.0), without_end: float = 0.3) -> torch.Tensor:
    """The upper end of each interval, some of them infinite."""
    low = exact(place.given["low"])
    start = np.where(np.isfinite(low), low, -1.0)
    high = np.where(place.rng.random(low.shape) < without_end, math.inf, start + place.rng.uniform(*widths, low.shape))
    return place.tensor(high)


def _of_rank(lost: int, scale: float = 1.0, uneven: float = 0.0) -> Callable[[Place], torch.Tensor]:
    """A matrix of rank D − lost, to be scaled by a power of 2, its rows scaled unevenly (by so many powers of 10)."""

    def make(place: Place) -> torch.Tensor:
        rng, d = place.rng, place.sizes["D"]
        if lost > 1 or (lost and d == 1):
            A = np.zeros((d, d)) if lost >= d else np.outer(rng.integers(1, 9, size=d), rng.integers(1, 9, size=d))
        else:
            A = singular(rng, d, place.dtype) if lost else random_matrix(rng, d)
        rows = 10 ** rng.uniform(-uneven, 0, size=(d, 1)) if uneven else np.ones((d, 1))
        if uneven == WORST and d > 1:
            rows[:2, 0] = 10.0**-uneven, 1.0
        return place.tensor(A * scale * rows)

    return make


WORST = 5.0  # powers of 10 between the rows of a matrix that is still invertible to single precision


def _any_matrix(place: Place) -> torch.Tensor:
    singular_too = place.rng.random() < 0.3
    return _of_rank(int(singular_too), 2.0 ** place.rng.integers(-20, 20), 0.0 if singular_too else 2.0)(place)


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

    domain = {
        "mass_kept": Domain(
            {
                "low": Tensor("D", Reals(reach=(1e-3, 6), also=(-math.inf,)), says=("−inf allowed",)),
                "high": Made(
                    _above,
                    (
                        lambda place: _above(place, (1e-3, 2e-3), 0.0),
                        lambda place: _above(place, (5.0, 40.0), 0.0),
                        lambda place: _above(place, without_end=1.0),
                    ),
                    says=("(D,), inf allowed, low < high entry by entry",),
                ),
            },
            sizes={"D": (1, 5)},
        ),
        "sigmoid_flow_mass": Domain(
            {
                "A": Made(
                    _any_matrix,
                    (
                        *(_of_rank(1, scale) for scale in (1.0, 2.0**-24, 2.0**24)),
                        *(_of_rank(lost) for lost in (2, 9)),
                        *(_of_rank(0, scale) for scale in (1.0, 1e-8, 1e-5, 1e6)),
                        *(_of_rank(0, scale, uneven) for uneven in (3.0, WORST) for scale in (1.0, 1e-6, 1e4)),
                    ),
                    says=("(D, D), singular or not",),
                )
            },
            sizes={"D": (1, 4)},
        ),
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "mass_kept":
            return self._box(**given)
        return self._matrix_case(given["A"], np.linalg.matrix_rank(exact(given["A"])) == len(given["A"]))

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
                    yield self._matrix_case(floats(singular(rng, d, dtype), dtype, device), False)
            # condition 170,000: invertible, and not far from where single precision can tell no more
            yield self._matrix_case(floats([[2e-5, 1e-5], [1.0, 2.0]], dtype, device), True)

    def _box(self, low: torch.Tensor, high: torch.Tensor) -> Case:
        ends = list(zip(exact(low).tolist(), exact(high).tolist(), strict=True))
        return case(call("mass_kept", low, high), about=(self.one, self.kept), box=True, ends=ends, type=low.dtype)

    def _matrix_case(self, A: torch.Tensor, invertible: bool) -> Case:
        ends = [(0.0, 1.0)] * len(A) if invertible else None
        about = self.another, self.sigmoid
        return case(call("sigmoid_flow_mass", A), about=about, box=False, ends=ends, type=A.dtype)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = number(answer)
        yield (self.one if case.box else self.another)(found is not None, "a number", kind_of(answer))
        if found is not None:
            masses = [self._integral(*ends) for ends in case.ends] if case.ends else [0.0]  # det J_g = 0 at every x
            # each mass is the difference of two numbers below 1, which are rounded
            scale = sum(math.prod(masses[:k] + masses[k + 1 :]) for k in range(len(masses))) if case.ends else 0.0
            law = self.kept if case.box else self.sigmoid
            yield law(*close(np.float64(found), math.prod(masses), case.type, scale))

    @staticmethod
    @functools.lru_cache(maxsize=256)  # most of them run from 0 to 1
    def _integral(low: float, high: float) -> float:
        """∫ N(g(x); 0, 1) g′(x) dx for a smooth one-to-one g from the line onto (low, high), by the trapezoidal rule.

        The g used: x itself, low + eˣ, high − e⁻ˣ or low + (high − low) σ(x), according to which ends are finite.
        """
        x = np.linspace(-45, 45, 4001)  # 90 wide
        if math.isinf(low) and math.isinf(high):
            g, slope = x, np.ones_like(x)
        elif math.isinf(high):
            g, slope = low + np.exp(x), np.exp(x)
        elif math.isinf(low):
            g, slope = high - np.exp(-x), np.exp(-x)
        else:
            g, slope = low + (high - low) * special.expit(x), (high - low) * special.expit(x) * special.expit(-x)
        return float((np.exp(-(g**2) / 2 - HALF_LOG_2PI) * slope).sum() * 90 / 4000)

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
            also=tuple(
                {"sigmoid_flow_mass": lambda A, tiny=tiny, to=to: _mass_if(to(A), tiny)}
                for tiny in (1e-8, 1e-6, 1e-4, 1e-3)
                for to in (torch.clone, torch.Tensor.double)
            ),
        ),
        wrong(
            "a difference of two corners",
            {"mass_kept": lambda low, high: float(torch.special.ndtr(high.double()).prod() - torch.special.ndtr(low.double()).prod())},
            "This takes the mass below one corner from that below the other. In more than one dimension that is no box: multiply the probabilities of the single intervals.",
        ),
        wrong(
            "the root of two is missing",
            {
                "mass_kept": lambda low, high: float((0.5 * (torch.erf(high.double()) - torch.erf(low.double()))).prod()),
                "sigmoid_flow_mass": lambda A: (0.5 * math.erf(1.0)) ** len(A) * bool(torch.linalg.matrix_rank(A) == len(A)),
            },
            "erf belongs to exp(−t²), the normal density to exp(−t²/2): Φ(u) is ½ (1 + erf(u/√2)).",
        ),
        wrong(
            "erf taken for the probability",
            {
                "mass_kept": lambda low, high: float((2 * _between(low, high)).prod()),
                "sigmoid_flow_mass": lambda A: (2 * float(special.ndtr(1.0)) - 1) ** len(A) * bool(torch.linalg.matrix_rank(A) == len(A)),
            },
            "This is the mass between −1 and 1, or erf without its half: each factor is twice what it should be. Φ(u) is ½ (1 + erf(u/√2)), and a sigmoid is positive.",
        ),
        wrong(
            "the rank for the dimension",
            {"sigmoid_flow_mass": lambda A: (float(special.ndtr(1.0)) - 0.5) ** int(torch.linalg.matrix_rank(A))},
            "A singular A sends all x onto a curve or surface inside the box, and that has no volume, so the base puts no mass there: it is 0, not the mass of a smaller box.",
            also=({"sigmoid_flow_mass": lambda A: _box_mass(A[:1, :1]) if torch.linalg.matrix_rank(A) < len(A) else _box_mass(A)},),
        ),
        wrong(
            "all positive numbers for the image",
            {"sigmoid_flow_mass": lambda A: 0.5 ** len(A) * bool(torch.linalg.matrix_rank(A) == len(A))},
            "A sigmoid ends at 1: its image is (0, 1), and the base lies beyond 1 as well.",
        ),
        wrong(
            "the probabilities added",
            {"mass_kept": lambda low, high: float(_between(low, high).sum())},
            "All coordinates must land in their intervals at once, independently: the probabilities are multiplied, not added or averaged.",
            also=({"mass_kept": lambda low, high: float(_between(low, high).mean())},),
        ),
    )  # fmt: skip


def _box_mass(A: torch.Tensor) -> float:
    return (float(special.ndtr(1.0)) - 0.5) ** len(A)
