"""cov.volume_preserving (long: three functions that must fit together, and a law for each way in which they do not)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.checks.c02_change_of_variables.shared import (
    HALF_LOG_2PI,
    log_standard_normal,
    net_of,
    random_matrix,
    random_signed,
)
from autograder.judging.compare import (
    arithmetic,
    close,
    exact,
    has_shape,
    kind_of,
    near,
    number,
    recognise,
    show,
    values,
)
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, keep, pays, wrong
from pushforward.answering.wire import Kept, Net

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)  # exact for polynomials up to degree 47

_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
BANANA = 0.5  # the least |corr(x1², x2)|; for (z1, z2 + z1²) it is 2/√6 = 0.82, for every linear map it is 0


def _bend(z: torch.Tensor, curve: float = 1.0) -> torch.Tensor:
    return torch.stack([z[:, 0], z[:, 1] + curve * z[:, 0] ** 2], dim=1)


def _bent(bend: Callable, unbend: Callable, log_p: Callable) -> dict[str, Callable]:
    return {"bend": bend, "unbend": unbend, "log_p_bent": log_p}


def _changes(entropy: float, log_max: float, volume: float, ladj: float, signs: tuple[int, ...]) -> dict[str, float]:
    """With some of the signs turned round."""
    up, down, out = (sign * ladj for sign in signs)
    return {"entropy": entropy + up, "log_max": log_max - down, "volume": volume * math.exp(out)}


def _line(sign: float, low: float, high: float) -> Callable[[Place], Net]:
    """s z + b with |b| between these powers of 10."""

    def make(place: Place) -> Net:
        b = random_signed(place.rng, 1, 10) * 10 ** place.rng.uniform(low, high)
        # on the CPU: what it is called with, the student makes
        return net_of("affine", (sign or float(place.rng.choice([-1, 1])), float(b)), PYTHON, "cpu")

    return make


_LINES = tuple(_line(sign, *ends) for sign in (1.0, -1.0) for ends in ((-7, -6), (-1, 0), (3, 4), (8, 9)))
_PLANE = Reals(reach=(1e-3, 5))  # a shear may grow fast


@exercise(
    "cov.volume_preserving", ("bend", "unbend", "log_p_bent", "shift_or_reflection", "what_changes"), kind="witness"
)
class VolumePreserving(Exercise):
    """|det J| = 1: in the plane it makes bananas, on the line only shifts and reflections.

    The law of log p_X(X) is that of log p_Z(Z). Here it is judged exactly, without a statistical test: log_p_bent at
    bend(z) must equal log N(z) for every z, which is more than equality in distribution. Areas are judged by central
    differences of plain values of bend, the correlation by Gauss–Hermite quadrature (moments of z, not samples).
    """

    shape = gate("bend and unbend return points of the shape of theirs, log_p_bent one log density for each")
    banana = pays("bend keeps every area, unbend undoes it, and X is a banana: |corr(X1², X2)| ≥ 0.5", 1)
    density = pays("log_p_bent is the density of X: every point carries the density of the z it came from", 1)
    two = gate("shift_or_reflection returns two numbers (s, b)")
    line = pays("shift_or_reflection tells every map of the line with |f′| = 1 by its sign and its shift", 1)
    table = gate("what_changes returns a dictionary of three numbers: entropy, log_max, volume")
    changes = pays("entropy, maximum and volumes change as a constant ladj says, and stay if it is 0", 1)

    hints = (
        "Leave one coordinate alone and add to the other something that depends on the first only. What is the Jacobian's "
        "determinant?",
        "If |f′| = 1 everywhere and f′ is continuous, what can f′ be? Two values of f then tell everything.",
        "The density is multiplied by the same constant everywhere, and volumes by its inverse. The entropy is the mean of "
        "−log p.",
    )

    domain = {
        name: Domain({at: Tensor("B, 2", _PLANE)}, sizes={"B": (1, 7)}, draws=2, returns=Like(at))
        for name, at in (("bend", "z"), ("unbend", "x"), ("log_p_bent", "x"))
    } | {
        "shift_or_reflection": Domain(
            {"f": Made(_line(0.0, -3, 5), _LINES, says=("maps tensors to tensors, entry by entry, |b| up to 10^10",))}
        ),
        "what_changes": Domain(
            {
                "entropy": Number(Reals(reach=(1e-3, 1e4)), says=("−E log p_Z in nats",)),
                "log_max": Number(Reals(reach=(1e-3, 1e4)), says=("the maximum of log p_Z",)),
                "volume": Number(
                    Reals(0, reach=(1e-6, 1e6)),
                    says=("that of {log p_Z > l} (return that of {log p_X > l − ladj} in its place)",),
                ),
                "ladj": Number(Reals(reach=(1e-6, 100))),
            }
        ),
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "bend":
            return self._trip(given["z"])
        if name in ("unbend", "log_p_bent"):
            return self._back(given["x"])
        if name == "shift_or_reflection":
            return self._line_case(given["f"])
        entropy, log_max, volume, ladj = given.values()
        after = entropy + ladj, log_max - ladj, volume * math.exp(ladj)
        return case(call(name, **given), about=(self.table, self.changes), part="changes", after=after, ladj=ladj)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._trip(floats([[1.0, 0.0], [0.0, 2.0]], PYTHON))
        yield self._area(np.array([[1.0, 0.5]]))
        z = np.stack(np.meshgrid(_NODES, _NODES, indexing="ij"), axis=-1).reshape(-1, 2)
        yield case(
            call("bend", floats(z, PYTHON)), about=(self.shape, self.banana), part="moments", z=floats(z, PYTHON)
        )
        yield self._area(rng.normal(size=(20, 2)) * 1.5)
        yield self._area(
            rng.choice([-1, 1], size=(20, 2)) * np.exp(rng.uniform(math.log(0.5), math.log(20), size=(20, 2)))
        )
        for dtype, device in arithmetic():
            for batch in (1, 2, 7):
                yield self._trip(floats(rng.normal(size=(batch, 2)) * 1.5, dtype, device))
        for a, b in (
            (1.0, 2.5),
            (-1.0, 0.75),
            (1.0, random_signed(rng, 0.2, 5)),
            (-1.0, random_signed(rng, 0.2, 5)),
            (-1.0, 0.0),
        ):
            yield self._line_case(net_of("affine", (a, b), PYTHON))
        for ladj in (0.0, 1.0, *rng.uniform(-2, 2, size=3)):
            yield self._gaussian(rng, float(ladj))

    def _trip(self, z: torch.Tensor) -> Case:
        """Forth, back, and the density on the way; what is forth is asked for again, to be seen, and for a point alone."""
        there = Kept("bend(z)")
        asks = (keep("bend(z)", "bend", z), call("unbend", there), call("log_p_bent", there), call("bend", z))
        asks += (call("bend", z[:1].clone()),)
        return case(*asks, about=(self.shape, self.banana, self.density), part="trip", z=z)

    def _back(self, x: torch.Tensor) -> Case:
        """The other way round, from any x."""
        there = Kept("unbend(x)")
        asks = (keep("unbend(x)", "unbend", x), call("bend", there), call("unbend", x), call("log_p_bent", x))
        return case(*asks, about=(self.shape, self.banana, self.density), part="back", x=x)

    def _line_case(self, f: Net) -> Case:
        a, b = (float(w) for w in f.weights)
        return case(call("shift_or_reflection", f), about=(self.two, self.line), part="line", a=a, b=b)

    def _area(self, z: np.ndarray) -> Case:
        """Four neighbours of each point, for central differences."""
        h = 1e-4
        stencil = np.concatenate([z + h * np.array(step) for step in ((1, 0), (-1, 0), (0, 1), (0, -1))])
        given = floats(stencil, PYTHON)
        return case(call("bend", given), about=(self.shape, self.banana), part="area", z=given, h=h)

    def _gaussian(self, rng: np.random.Generator, ladj: float) -> Case:
        """N(0, Σ) in d dimensions before and after a linear map: entropy, maximum and the volume of an ellipsoid."""
        d = int(rng.integers(1, 4))
        A = random_matrix(rng, d)
        A *= math.exp((ladj - np.linalg.slogdet(A)[1]) / d)
        before, radius = np.diag(rng.uniform(0.3, 3, size=d)), float(rng.uniform(0.5, 2))
        facts = [self._of_gaussian(covariance, radius) for covariance in (before, A @ before @ A.T)]
        asked = call("what_changes", *facts[0], ladj)
        return case(asked, about=(self.table, self.changes), part="changes", after=facts[1], ladj=ladj)

    @staticmethod
    def _of_gaussian(covariance: np.ndarray, radius: float) -> tuple[float, float, float]:
        """{log p > log_max − radius²/2} is the ellipsoid of all points whose Mahalanobis distance is below the radius."""
        d, log_det = len(covariance), float(np.linalg.slogdet(covariance)[1])
        ball = math.pi ** (d / 2) / math.gamma(d / 2 + 1) * radius**d
        return (
            0.5 * (d * (1 + math.log(2 * math.pi)) + log_det),
            -0.5 * (d * math.log(2 * math.pi) + log_det),
            ball * math.exp(log_det / 2),
        )

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.part}")(case, *answers)

    def _judge_trip(self, case: Case, kept: Any, back: Any, log_p: Any, x: Any, alone: Any) -> Iterator[Finding]:
        z, dtype = exact(case.z), case.z.dtype
        shapes = *(has_shape(v, z.shape, case.z) for v in (back, x)), has_shape(log_p, z.shape[:1], case.z)
        shapes += (has_shape(alone, z[:1].shape, case.z),)
        for verdict in shapes:
            yield self.shape(*verdict)
        if not all(verdict.ok for verdict in shapes):
            return
        scale = _size_of_bent(z)
        verdict = close(back, z, dtype, scale[:, None] * np.ones(2))
        twice = near(back, 2 * x.array - z, 1e-4).ok and not verdict.ok  # what bend adds to one coordinate, added again
        mistake = "the inverse bends once more" if twice else None
        yield self.banana(verdict.ok, f"unbend(bend(z)) = {verdict.expected}", verdict.got, mistake=mistake)
        same = close(alone, x.array[:1], dtype, scale[:1, None] * np.ones(2))
        why = "A map takes every point to a place of its own, whoever else is in the batch."
        yield self.banana(same.ok, f"{same.expected} for the first point, as among the others", same.got, why=why)
        yield self._density_of(log_p, z, dtype, scale)

    def _judge_back(self, case: Case, kept: Any, again: Any, z: Any, log_p: Any) -> Iterator[Finding]:
        x, dtype = exact(case.x), case.x.dtype
        shapes = *(has_shape(v, x.shape, case.x) for v in (again, z)), has_shape(log_p, x.shape[:1], case.x)
        bad = next((verdict for verdict in shapes if not verdict.ok), shapes[0])
        yield self.shape(*bad)
        if bad.ok:
            z = values(z)
            scale = _size_of_bent(z) + _size_of_bent(x)
            verdict = close(again, x, dtype, scale[:, None] * np.ones(2))
            yield self.banana(verdict.ok, f"bend(unbend(x)) = {verdict.expected}", verdict.got)
            yield self._density_of(log_p, z, dtype, scale)

    def _density_of(self, log_p: Any, z: np.ndarray, dtype: torch.dtype, scale: np.ndarray) -> Finding:
        expected = -0.5 * (z**2).sum(axis=1) - 2 * HALF_LOG_2PI
        verdict = close(log_p, expected, dtype, scale * (1 + abs(z).max(axis=1)))
        constants = {
            "the normalising constant of one dimension": expected + HALF_LOG_2PI,
            "the constant forgotten": expected + 2 * HALF_LOG_2PI,
        }
        return self.density(*verdict, mistake=None if verdict.ok else recognise(log_p, constants))

    def _judge_area(self, case: Case, x: Any) -> Iterator[Finding]:
        shape = has_shape(x, tuple(case.z.shape), case.z)
        yield self.shape(*shape)
        if shape.ok:
            right, left, up, down = np.split(x.array, 4)
            along, across = (right - left) / (2 * case.h), (up - down) / (2 * case.h)
            areas = abs(along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0])
            good = abs(areas - 1) <= 1e-5 * (1 + abs(along).max(axis=1) * abs(across).max(axis=1))
            worst = areas[~good][0] if not good.all() else 1.0
            yield self.banana(good.all(), "|det J| = 1", f"|det J| = {show(float(worst))}", why="" if good.all() else "An area has changed.",
                              mistake=None if good.all() else "an area changes")  # fmt: skip

    def _judge_moments(self, case: Case, x: Any) -> Iterator[Finding]:
        shape = has_shape(x, tuple(case.z.shape), case.z)
        yield self.shape(*shape)
        if not shape.ok:
            return
        weights = np.outer(_WEIGHTS, _WEIGHTS).reshape(-1)
        square, x2 = x.array[:, 0] ** 2, x.array[:, 1]
        square, x2 = square - weights @ square, x2 - weights @ x2
        spread = math.sqrt(max(float((weights @ square**2) * (weights @ x2**2)), 1e-300))
        correlation = float(weights @ (square * x2)) / spread
        ok = abs(correlation) >= BANANA
        yield self.banana(ok, "|corr(X1², X2)| ≥ 0.5", f"corr(X1², X2) = {show(correlation)}", why="" if ok else "No banana yet.",
                          mistake=None if ok else "a linear map bends nothing")  # fmt: skip

    def _judge_line(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = values(answer)
        pair = found is not None and found.shape == (2,)
        yield self.two(pair, "two numbers (s, b)", kind_of(answer))
        if pair:
            yield self.line(*close(found, [case.a, case.b], torch.float32, [1, 1 + abs(case.b)]))

    def _judge_changes(self, case: Case, answer: Any) -> Iterator[Finding]:
        names = ("entropy", "log_max", "volume")
        found = (
            [number(answer[n]) for n in names] if isinstance(answer, dict) and answer.keys() == set(names) else [None]
        )
        kept = None not in found
        yield self.table(kept, "a dictionary with entropy, log_max, volume", kind_of(answer))
        if kept:
            entropy, log_max, volume = case.after
            parts = (
                1 + abs(entropy) + 2 * abs(case.ladj),
                1 + abs(log_max) + 2 * abs(case.ladj),
            )  # of which the sums are made
            verdict = close(np.array(found), case.after, PYTHON, [*parts, volume * (1 + abs(case.ladj))])
            both = ({n: show(v) for n, v in zip(names, vs, strict=True)} for vs in (case.after, found))
            yield self.changes(verdict.ok, *(", ".join(f"{n} {v}" for n, v in d.items()) for d in both))

    mistakes = (
        wrong(
            "an area changes",
            _bent(
                lambda z: torch.stack([z[:, 0], z[:, 1] * z[:, 0].exp() + z[:, 0] ** 2], dim=1),
                lambda x: torch.stack([x[:, 0], (x[:, 1] - x[:, 0] ** 2) * (-x[:, 0]).exp()], dim=1),
                lambda x: log_standard_normal(torch.stack([x[:, 0], (x[:, 1] - x[:, 0] ** 2) * (-x[:, 0]).exp()], dim=1)) - x[:, 0],
            ),
            "Somewhere |det J| is not 1: areas grow or shrink. Adding a function of the other coordinate keeps them, multiplying does not.",
            also=(
                _bent(
                    lambda z: 2 * _bend(z),
                    lambda x: _bend(x / 2, -1),
                    lambda x: log_standard_normal(_bend(x / 2, -1)) - math.log(4),
                ),
            ),
        ),
        wrong(
            "a linear map bends nothing",
            _bent(
                lambda z: torch.stack([z[:, 0], z[:, 1] + 2 * z[:, 0]], dim=1),
                lambda x: torch.stack([x[:, 0], x[:, 1] - 2 * x[:, 0]], dim=1),
                lambda x: log_standard_normal(torch.stack([x[:, 0], x[:, 1] - 2 * x[:, 0]], dim=1)),
            ),
            "Volumes are kept, but X is still Gaussian: every linear map makes an ellipse of a circle. Add something that is not linear.",
            also=(_bent(lambda z: z, lambda x: x, log_standard_normal),),
        ),
        wrong(
            "the inverse bends once more",
            _bent(_bend, _bend, lambda x: log_standard_normal(_bend(x))),
            "unbend does what bend does. To undo it, take off what was added.",
        ),
        wrong(
            "the base asked about x",
            _bent(_bend, lambda x: _bend(x, -1), log_standard_normal),
            "This is the density of z, taken at x. The determinant is 1 indeed, but the point must be carried back first.",
        ),
        wrong(
            "reflections forgotten",
            {"shift_or_reflection": lambda f: (1.0, float(f(torch.tensor(0.0, dtype=torch.float64))))},
            "|f′| = 1 leaves f′ = 1 and f′ = −1. The second family are the reflections, b − z.",
        ),
        wrong(
            "the shift read off at 1",
            {"shift_or_reflection": lambda f: (_step(f), float(f(torch.tensor(1.0, dtype=torch.float64))))},
            "f(1) is s + b. The shift is the image of 0.",
            also=({"shift_or_reflection": lambda f: (_step(f), float(f(torch.tensor(1.0, dtype=torch.float64))) - 1)},),
        ),
        wrong(
            "the inverse map",
            {"shift_or_reflection": lambda f: (_step(f), -_step(f) * float(f(torch.tensor(0.0, dtype=torch.float64))))},
            "These are sign and shift of the inverse. f itself is asked for.",
        ),
        wrong(
            "nothing changes",
            {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy, "log_max": log_max, "volume": volume}},
            "Nothing changes if ladj is 0. If volumes grow, the same mass is spread over more of them.",
        ),
        wrong(
            "the signs swapped",
            {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy - ladj, "log_max": log_max + ladj, "volume": volume * math.exp(-ladj)}},
            "ladj belongs to the map from z to x: where it is positive volumes grow, the density falls and the entropy rises.",
            also=tuple({"what_changes": partial(_changes, signs=signs)} for signs in itertools.product((1, -1), repeat=3) if -1 in signs),
        ),
        wrong(
            "a volume is no logarithm",
            {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume + ladj}},
            "Entropy and log density are logarithms, so ladj is added to them. A volume is multiplied by |det J| itself.",
            also=(
                {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume * ladj}},
                {"what_changes": lambda entropy, log_max, volume, ladj: {"entropy": entropy + ladj, "log_max": log_max - ladj, "volume": volume}},
            ),
        ),
        wrong(
            "the normalising constant of one dimension",
            _bent(_bend, lambda x: _bend(x, -1), lambda x: log_standard_normal(_bend(x, -1)) + HALF_LOG_2PI),
            "The base has two coordinates, and each brings its own −½ log 2π.",
        ),
        wrong(
            "the constant forgotten",
            _bent(_bend, lambda x: _bend(x, -1), lambda x: log_standard_normal(_bend(x, -1)) + 2 * HALF_LOG_2PI),
            "The base's −½ log 2π is missing, once for each coordinate: the density does not integrate to one.",
        ),
        wrong(
            "the sign of an image for that of the slope",
            {"shift_or_reflection": lambda f: (math.copysign(1.0, float(f(torch.tensor(1.0, dtype=torch.float64)))), float(f(torch.tensor(0.0, dtype=torch.float64))))},
            "The sign of one image says nothing of the slope, as the shift is in it. Compare two images: f(1) − f(0).",
        ),
    )  # fmt: skip


def _size_of_bent(z: np.ndarray) -> np.ndarray:
    """What is added and taken off again: z1² is rounded, and bananas of other shapes bend more."""
    return 8 * (1 + (z**2).sum(axis=1) ** 2)


def _step(f: Callable) -> float:
    zero, one = torch.tensor([0.0, 1.0], dtype=torch.float64)
    return float(f(one) - f(zero))
