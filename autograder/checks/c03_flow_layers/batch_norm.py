"""flow.batch_norm: x = mean + √(var + eps) z with frozen statistics; log |det ∂x/∂z| = ½ Σ log(var + eps)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c03_flow_layers.shared import Layer, slips
from autograder.judging.compare import arithmetic, exact, has_shape, near, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Finding, call, case, exercise, pays, wrong

FORTH, BACK, TWIN = NAMES = "batch_norm_forward", "batch_norm_inverse", "twin_batch"
APART = 1.0  # so far must the two batches of the witness be from each other somewhere
Pair = tuple[torch.Tensor, torch.Tensor]


def _domain(points: str) -> Domain:
    positive = Reals(0, np.inf, "()", reach=(1e-2, 100))
    arguments = {points: Tensor("B, D", Reals(reach=(1e-3, 30))), "mean": Tensor("D", Reals(reach=(1e-3, 30)))}
    arguments |= {"var": Tensor("D", positive), "eps": Number(Reals(0, np.inf, "()", reach=(1e-3, 1)))}
    return Domain(arguments, sizes={"B": (1, 3), "D": (1, 3)}, returns=(Like(points), Like(points)), draws=1, most=14)


def _scaled(std: Callable[[torch.Tensor, float], torch.Tensor], log: Callable | None = None) -> dict[str, Callable]:
    """Both directions with another scale, and its logarithm or another one."""

    def volume(var: torch.Tensor, eps: float) -> torch.Tensor:
        return (torch.log(std(var, eps)) if log is None else log(var, eps)).sum()

    def forth(z: torch.Tensor, mean: torch.Tensor, var: torch.Tensor, eps: float) -> Pair:
        return mean + std(var, eps) * z, volume(var, eps) + 0 * z.sum(1)

    def back(x: torch.Tensor, mean: torch.Tensor, var: torch.Tensor, eps: float) -> Pair:
        return (x - mean) / std(var, eps), 0 * x.sum(1) - volume(var, eps)

    return {FORTH: forth, BACK: back}


def _root(var: torch.Tensor, eps: float) -> torch.Tensor:
    return torch.sqrt(var + eps)


def _live(correction: int) -> Callable:
    def back(x: torch.Tensor, mean: torch.Tensor, var: torch.Tensor, eps: float) -> Pair:
        mean, var = x.mean(0), x.var(0, correction=correction)
        return (x - mean) / _root(var, eps), 0 * x.sum(1) - torch.log(_root(var, eps)).sum()

    return back


_RIGHT = _scaled(_root)


@exercise("flow.batch_norm", NAMES)
class BatchNorm(Layer):
    """x = mean + √(var + eps) z, coordinate by coordinate, and two batches that live statistics cannot tell apart."""

    twin = pays("the witness is another batch that live statistics normalise to the same")
    hints = (
        "Batch normalisation makes noise-like numbers of data: to which of the two directions does (x − mean)/√(var + eps) "
        "belong?",
        "The Jacobian is diagonal. Its entries are √(var + eps), the same for every item; a root is half a logarithm.",
        "For the witness: what can be done to a column without changing (x − its mean)/(its standard deviation)?",
    )
    domain = {
        FORTH: _domain("z"),
        BACK: _domain("x"),
        TWIN: Domain(
            {"x": Tensor("B, D", Reals(reach=(1e-2, 30)), says=("no column constant",))},
            sizes={"B": (2, 5), "D": (1, 3)},
            returns=Like("x"),
            draws=1,
            most=8,
            when=lambda x: bool((x.std(0, correction=0) > 1e-2 * (1e-2 + x.abs().max())).all()),
        ),
    }

    def layer(self, z: torch.Tensor, mean: torch.Tensor, var: torch.Tensor, eps: float) -> torch.Tensor:
        return torch.addcmul(mean, z, (var + eps).pow(0.5))

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.both(floats([[1.0]], PYTHON), floats([1.0], PYTHON), floats([3.0], PYTHON), 1.0)
        yield self.case_of(TWIN, {"x": floats([[0.0], [1.0]], PYTHON)})
        many = torch.zeros(32), torch.full((32,), 1e-3)  # a product of their roots is below all of float32
        yield self.both(floats(np.linspace(-2, 2, 32)[None], torch.float32), *many, 1e-5)
        for dtype, device in arithmetic():
            for D in (1, 2, 3):
                mean, var = normal(rng, (D,), dtype, device), floats(rng.uniform(0.2, 3, D), dtype, device)
                z = normal(rng, (3, D), dtype, device)
                yield self.both(z, mean, var, float(rng.uniform(0.1, 0.9)), slopes=dtype is torch.float64)
                yield self.case_of(TWIN, {"x": normal(rng, (4, D), dtype, device)})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name != TWIN:
            return super().case_of(name, given)
        return case(call(TWIN, given["x"]), about=(self.twin,), x=given["x"])

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.asks[0].of != TWIN:
            yield from super().judge(case, *answers)
            return
        shape = has_shape(answers[0], tuple(case.x.shape), case.x)
        if not shape.ok:
            yield self.twin(*shape)
            return
        x, y = exact(case.x), values(answers[0])
        if not np.abs(y - x).max() >= APART:
            near_by = _near_by(x, y) if np.isfinite(y).all() else ""
            yield self.twin(False, f"a batch that differs by {APART:g} or more", "one that does not", mistake=near_by)
            return
        same = near(_normalised(y), _normalised(x), 1e-3)
        yield self.twin(same.ok, f"normalised, {same.expected}", same.got)

    mistakes = (
        *slips(FORTH, BACK, _RIGHT[FORTH], _RIGHT[BACK], alike=True),
        wrong(
            "eps forgotten",
            _scaled(lambda var, eps: var.sqrt()),
            "eps is missing. It is part of the layer: both directions and the log-determinant have var + eps.",
            also=(_scaled(_root, lambda var, eps: 0.5 * torch.log(var)),),
        ),
        wrong(
            "eps outside of the root",
            _scaled(lambda var, eps: var.sqrt() + eps),
            "eps is added to the variance, not to its root.",
        ),
        wrong(
            "variance for standard deviation",
            _scaled(lambda var, eps: var + eps),
            "The scale is a standard deviation, √(var + eps). Here the variance itself scales.",
        ),
        wrong(
            "half of the logarithm forgotten",
            _scaled(_root, lambda var, eps: torch.log(var + eps)),
            "The diagonal holds √(var + eps), whose logarithm is half of log(var + eps).",
        ),
        wrong(
            "the scales multiplied first",
            _scaled(_root, lambda var, eps: _root(var, eps).prod().log()),
            "The logarithm of the product is right until the product is too small for its type, or too large. Add up the "
            "logarithms of the scales.",
            also=(_scaled(_root, lambda var, eps: 0.5 * (var + eps).prod().log()),),
        ),
        wrong(
            "live statistics",
            {BACK: _live(0)},
            "The batch's own mean and variance were used. Then what comes of one item depends on its neighbours: that is no "
            "map of points, and has no inverse. Use the frozen `mean` and `var`.",
            also=({BACK: _live(1)},),
        ),
        wrong(
            "the same batch",
            {TWIN: lambda x: x.clone()},
            "The witness has to be another batch: at least 1 away in some entry.",
            also=({TWIN: lambda x: x + 1e-3},),
        ),
        wrong(
            "the batch turned over",
            {TWIN: lambda x: -x},
            "A negative factor turns the normalised batch over as well. Which factors does a division by the standard "
            "deviation take away?",
            also=tuple({TWIN: lambda x, a=a, b=b: a * x + b} for a in (-1, -2, -3) for b in (0, 1, 2, 3, 5, 10)),
        ),
        wrong(
            "the same rows in another order",
            {TWIN: lambda x: x.flip(0) if not torch.equal(x, x.flip(0)) else x.roll(1, 0)},
            "Another order of the rows keeps mean and variance, but the rows come out in another order, too.",
        ),
    )


def _near_by(x: np.ndarray, y: np.ndarray) -> str:
    """What a batch is that differs by little: rows that lie close together may have changed places."""
    moved = np.allclose(np.sort(x, axis=0), np.sort(y, axis=0)) and not np.allclose(x, y)
    return "the same rows in another order" if moved else "the same batch"


def _normalised(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(axis=0)) / x.std(axis=0)
