"""ar.degree_masks: m(hidden) ≥ d(input), d(output) > m(hidden), and who reads whom (long: masks and their proof)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import EPSILON, arithmetic, exact, kind_of, show, values
from autograder.judging.domain import Domain, Made, Place
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Net, Plain

MASKS, READS = "made_masks", "reads"


def _between(above: Any, below: Any, last: bool) -> torch.Tensor:
    return ((above[:, None] > below) if last else (above[:, None] >= below)).float()


def _masks(order: torch.Tensor, degrees: list, between: Callable = _between) -> list:
    layers = [order, *degrees, order]
    return [between(b, a, k == len(degrees)) for k, (a, b) in enumerate(itertools.pairwise(layers))]


def _jacobian(f: Callable, x: torch.Tensor) -> torch.Tensor:
    return torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)  # (M, B, D)


def _reads(f: Callable, x: torch.Tensor) -> torch.Tensor:
    return (_jacobian(f, x) != 0).any(1)


def _slip(between: Callable) -> dict[str, Callable]:
    return {MASKS: lambda order, degrees: _masks(order, degrees, between)}


# --- what is asked -----------------------------------------------------------------------------------------------


def _order(place: Place) -> torch.Tensor:
    return torch.tensor(place.rng.permutation(place.sizes["D"]) + 1)


def _natural(place: Place) -> torch.Tensor:
    return torch.arange(1, place.sizes["D"] + 1)


def _degrees(place: Place, layers: int | None = None) -> list[torch.Tensor]:
    """One to three hidden layers, some of which may lack a degree."""
    D, rng = place.sizes["D"], place.rng
    sizes = rng.integers(1, 2 * D, size=layers or rng.integers(1, 4))
    return [torch.tensor(rng.integers(1, D, size=n)) for n in sizes]


def _one_layer(place: Place) -> list[torch.Tensor]:
    return _degrees(place, 1)


def _masked_net(place: Place) -> Net:
    """D inputs, a hidden layer, M outputs, with some weights 0."""
    rng, D = place.rng, place.sizes["D"]
    shapes = [(int(rng.integers(2, 7)), D), (int(rng.integers(1, 5)), 0)]
    first = rng.uniform(0.3, 1, shapes[0]) * rng.choice([-1, 1], shapes[0]) * (rng.random(shapes[0]) < 0.5)
    shape = shapes[1][0], shapes[0][0]
    second = rng.uniform(0.3, 1, shape) * rng.choice([-1, 1], shape) * (rng.random(shape) < 0.5)
    weights = first, rng.normal(size=shape[1]) / 4, second, rng.normal(size=shape[0]) / 4
    return Net("mlp", tuple(place.tensor(w) for w in weights))


def _folded_net(place: Place) -> Net:
    """tanh(x_1 + …) − tanh(x_1 − …): the derivative after x_1 is 0 at 0, and nowhere else."""
    D = place.sizes["D"]
    first = np.zeros((2, D))
    first[:, 0] = 1.0, -1.0
    weights = first, np.array([0.5, 0.5]), np.array([[1.0, 1.0], [1.0, 0.0]]), np.zeros(2)
    return Net("mlp", tuple(place.tensor(w) for w in weights))


def _faint_net(rng: np.random.Generator, dtype: torch.dtype, thin: float) -> Net:
    """One path, so thin that nothing is to be seen of it, and no other."""
    weights = [[0.0, thin, 0.0]], rng.normal(size=1) / 4, [[1.0], [0.0]], rng.normal(size=2) / 4
    return Net("mlp", tuple(floats(w, dtype) for w in weights))


def _points(place: Place) -> torch.Tensor:
    """Points near 0, where nothing saturates; the first may be 0 itself."""
    x = place.rng.uniform(-1, 1, size=(place.sizes["B"] + 1, place.sizes["D"]))
    x[0] = 0
    return place.tensor(x)


@exercise("ar.degree_masks", (MASKS, READS))
class DegreeMasks(Exercise):
    """Along every path degrees never fall, and rise at the last step: judged by counting paths."""

    shape = gate("there is one mask of shape (out, in), of zeros and ones, for every layer of weights")
    leak = pays("no path leads from an input to an output of the same or of a smaller degree")
    reach = pays("every connection that the degrees allow is there, so that no earlier input is lost")
    pattern = gate("reads gives truth values of shape (M, D)")
    jacobian = pays("an output reads an input if the derivative is not 0 at one of the points")

    hints = (
        "A hidden unit of degree m may know the inputs of degrees 1 … m. Which units may it read, and which may read it?",
        "Output d may know inputs of degree d − 1 and less, so hidden units of degree m < d. Where is the one strict sign?",
        "For reads: torch.autograd.functional.jacobian of y ↦ f(y).sum(0) has shape (M, B, D). Over which axis goes any?",
    )

    domain = {
        MASKS: Domain(
            {
                "order": Made(_order, (_natural, _order), ("(D,)", "int64", "a permutation of 1 … D", "the degrees of inputs and outputs")),
                "degrees": Made(_degrees, (_one_layer,), ("a list of one or more (H,)", "int64", "values 1 … D − 1", "those of the hidden layers from below")),
            },
            sizes={"D": (2, 6)},
        ),
        READS: Domain(
            {
                "f": Made(_masked_net, (_masked_net, _folded_net), ("takes (B, D) and gives (B, M)", "each row from its own")),
                "x": Made(_points, says=("(B, D)",)),
            },
            sizes={"D": (2, 5), "B": (1, 3)},
            most=6,
        ),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of(MASKS, {"order": torch.tensor([1, 2]), "degrees": [torch.tensor([1])]})
        yield self.case_of(MASKS, {"order": torch.tensor([1, 2, 3]), "degrees": [torch.tensor([1, 2])]})
        for D in (3, 4, 5):
            full = [torch.tensor(rng.permutation(np.tile(np.arange(1, D), 2))) for _ in range(2)]
            yield self.case_of(MASKS, {"order": torch.tensor(rng.permutation(D) + 1), "degrees": full})
        for dtype, device in arithmetic():
            place = Place(rng, dtype, device, {"D": 3, "B": 2})
            for make in (_masked_net, _folded_net):
                x = _points(place)
                yield self.case_of(READS, {"f": make(place), "x": torch.cat([x, -x])})  # odd derivatives cancel
            for row in (x[1:2], x[2:3]):  # of two points the sum is 0 to the last digit, in whatever order
                yield self.case_of(READS, {"f": _folded_net(place), "x": torch.cat([row, -row])})
        place = Place(rng, PYTHON, "cpu", {"D": 3})
        yield self.case_of(READS, {"f": _folded_net(place), "x": floats(np.zeros((1, 3)), PYTHON)})
        for dtype, thin in ((PYTHON, 1e-12), (torch.float32, 1e-30)):  # the square of the latter is 0
            yield self.case_of(READS, {"f": _faint_net(rng, dtype, thin), "x": normal(rng, (2, 3), dtype)})
        one = floats([[1.0]], PYTHON)
        f = Net("mlp", (one, floats([0.5], PYTHON), one, floats([0.0], PYTHON)))
        yield self.case_of(READS, {"f": f, "x": normal(rng, (1, 1), PYTHON)})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == MASKS:
            return case(call(MASKS, given["order"], given["degrees"]), about=(self.shape, self.leak, self.reach), of=name, **given)  # fmt: skip
        return case(call(READS, given["f"], given["x"]), about=(self.pattern, self.jacobian), of=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from (self._judge_masks if case.of == MASKS else self._judge_reads)(case, answer)

    def _judge_masks(self, case: Case, answer: Any) -> Iterator[Finding]:
        order, degrees = case.order.numpy(), [d.numpy() for d in case.degrees]
        layers = [order, *degrees, order]
        shapes = [(len(b), len(a)) for a, b in itertools.pairwise(layers)]
        masks = _arrays(answer, shapes)
        yield self.shape(masks is not None, f"float masks of shapes {shapes}, of zeros and ones", _kinds(answer))
        if masks is None:
            return
        paths = np.eye(len(order))
        for mask in masks:
            paths = mask @ paths
        leaks = np.argwhere((paths > 0) & (order[:, None] <= order))
        reached = self._reached(masks, order, degrees)
        empty = not paths.any() and not reached.ok  # leaks nothing, and is no merit
        yield self.leak(not len(leaks) and not empty, "no such path", _path(leaks, order) or "no path at all")
        everything = len(leaks) and all(mask.all() for mask in masks)
        yield self.reach(False, "the connections that degrees allow", "all there are") if everything else reached

    def _reached(self, masks: list[np.ndarray], order: np.ndarray, degrees: list[np.ndarray]) -> Finding:
        """Unit by unit in plain words: of degree m it may read what has a degree of m or less; the output, less."""
        below = order
        for k, (mask, above) in enumerate(zip(masks, [*degrees, order], strict=True)):
            most = above - 1 if k == len(degrees) else above
            for i, j in np.ndindex(mask.shape):
                if below[j] <= most[i] and not mask[i, j]:
                    where = "an output" if k == len(degrees) else "a hidden unit"
                    return self.reach(
                        False, f"{where} of degree {above[i]} reads degree {below[j]}", f"0 in mask {k + 1}"
                    )
            below = above
        return self.reach(True)  # fmt: skip

    def _judge_reads(self, case: Case, answer: Any) -> Iterator[Finding]:
        W1, b1, W2, _ = (exact(w) for w in case.f.weights)
        slope = 1 / np.cosh(exact(case.x) @ W1.T + b1) ** 2  # (B, H)
        J = np.einsum("mh,bh,hd->bmd", W2, slope, W1)
        size = np.einsum("mh,bh,hd->bmd", abs(W2), slope, abs(W1))
        wanted = (abs(J) > 1e-9 * size).any(0)
        good = isinstance(answer, Plain) and answer.dtype == "bool" and answer.shape == wanted.shape
        yield self.pattern(good, f"a bool tensor of shape {wanted.shape}", kind_of(answer))
        if good:
            sure = wanted | (abs(J) == 0).all(0)
            yield self.jacobian(bool((answer.array == wanted)[sure].all()), show(wanted), show(answer))

    mistakes = (
        wrong(
            "strict twice",
            _slip(lambda above, below, last: (above[:, None] > below).float()),
            "Both signs are strict: along a path the degree rises by two, and output d never hears of input d − 1.",
            also=(_slip(lambda above, below, last: (above[:, None] > below + (1 if last else 0)).float()),),
        ),
        wrong(
            "strict nowhere",
            _slip(lambda above, below, last: (above[:, None] >= below).float()),
            "No sign is strict: output d hears of input d, the very value that it is to predict.",
        ),
        wrong(
            "strict at the wrong end",
            _slip(lambda above, below, last: (above[:, None] >= below).float() if last else (above[:, None] > below).float()),
            "The strict sign belongs to the outputs alone. In every hidden layer it takes another degree away.",
        ),
        wrong(
            "(in, out) in place of (out, in)",
            _slip(lambda above, below, last: _between(above, below, last).T.contiguous()),
            "The mask lies on its side: a weight W acts as W @ x, so its rows are the units above.",
        ),
        wrong(
            "the other way round",
            _slip(lambda above, below, last: (above[:, None] < below).float() if last else (above[:, None] <= below).float()),
            "The signs point the other way: outputs know what comes after them, not what comes before.",
        ),
        wrong(
            "the natural order whatever is asked",
            {MASKS: lambda order, degrees: _masks(torch.arange(1, len(order) + 1), degrees)},
            "Inputs and outputs have the degrees that `order` gives them; here they were counted through.",
        ),
        wrong(
            "derivatives at the first point only",
            {READS: lambda f, x: _jacobian(f, x)[:, 0] != 0},
            "A derivative can be 0 at one point by chance. Ask whether it is not 0 at *any* of them.",
            also=({READS: lambda f, x: (_jacobian(f, x) != 0).all(1)},),
        ),
        wrong(
            "derivatives added up over the points",
            {READS: lambda f, x: _jacobian(f, x).sum(1) != 0},
            "Derivatives at two points can cancel: ask first whether each is not 0, and then whether *any* is not.",
            also=({READS: lambda f, x: _jacobian(f, x).sum(1).abs() > 1e-6},),
        ),
        wrong(
            "a small derivative taken for none",
            {READS: lambda f, x: (_jacobian(f, x).abs() > 1e-6).any(1)},
            "However small, a derivative other than 0 is a connection. Where there is none, autograd says 0 exactly.",
            also=(
                {READS: lambda f, x: (_jacobian(f, x).abs() > 1e-8).any(1)},
                {READS: lambda f, x: _jacobian(f, x).square().sum(1) > 0},
            ),
        ),
    )  # fmt: skip


def _arrays(answer: Any, shapes: list[tuple[int, int]]) -> list[np.ndarray] | None:
    if not isinstance(answer, (list, tuple)) or len(answer) != len(shapes):
        return None
    masks = [values(part) if isinstance(part, Plain) and part.dtype in EPSILON else None for part in answer]
    good = all(
        mask is not None and mask.shape == shape and np.isin(mask, (0, 1)).all()
        for mask, shape in zip(masks, shapes, strict=True)
    )
    return masks if good else None


def _kinds(answer: Any) -> str:
    if isinstance(answer, (list, tuple)):
        return f"{len(answer)} in all: {', '.join(kind_of(part) for part in answer[:4])}"
    return kind_of(answer)


def _path(leaks: np.ndarray, order: np.ndarray) -> str:
    if not len(leaks):
        return ""
    i, j = leaks[0]
    return f"one from the input of degree {order[j]} to the output of degree {order[i]}"
