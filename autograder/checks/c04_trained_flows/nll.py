"""flow.nll: −mean log p(x), log p(x) = log base(f⁻¹(x)) + log |det ∂z/∂x|, in nats and per dimension."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy import stats

from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, case, exercise, gate, grad, pays, wrong
from autograder.oracles.bent_flow import BentFlow, Rows, slope
from pushforward.answering.wire import Net

BASE, NATS, EACH = NAMES = "normal_base", "flow_nll", "nll_per_dimension"

# --- what is handed over ---------------------------------------------------------------------------------------


def way_back(rng: np.random.Generator, D: int, dtype: torch.dtype, device: str = "cpu") -> Net:
    """The inverse of a flow that stretches unevenly."""
    weights = floats(rng.uniform(-0.8, 0.8, size=D), dtype, device), floats(rng.normal(size=D), dtype, device)
    return Net("flow_inverse", weights, "the inverse of a bent flow")


def normal_of(m: float, s: float, D: int, dtype: torch.dtype, device: str = "cpu") -> Net:
    """log N(z; m, s² I) as the polynomial that it is."""
    row = [-(m**2) / (2 * s**2) - math.log(s) - 0.5 * math.log(2 * math.pi), m / s**2, -1 / (2 * s**2)]
    c = np.repeat(np.array(row)[:, None], D, axis=1)
    return Net("polynomial", (floats(c, dtype, device), floats(0.0, dtype, device)), f"log N({m:g}, {s:g}²)")


def _some_base(place: Place) -> Net:
    m, s = (round(float(place.rng.uniform(*ends)), 1) for ends in ((-1, 1), (0.5, 2)))
    return normal_of(m, s, place.sizes["D"], place.dtype, place.device)


def _some_inverse(place: Place) -> Net:
    return way_back(place.rng, place.sizes["D"], place.dtype, place.device)


SAYS_BACK = ("takes (N, D)", "gives z (N, D) and log |det ∂z/∂x| (N,)")
_GIVEN = {
    "x": Tensor("N, D", Reals(reach=(1e-2, 3))),
    "inverse": Made(_some_inverse, (_some_inverse,), says=SAYS_BACK),
    "base": Made(_some_base, (_some_base,), says=("takes z (N, D)", "gives log densities (N,)")),
}
_DOMAIN = Domain(_GIVEN, sizes={"N": (1, 5), "D": (1, 3)}, returns=Like("x"), draws=2, most=12)


# --- the oracle ------------------------------------------------------------------------------------------------


def _log_base(base: Net, z: Rows) -> Rows:
    c = exact(base.weights[0])
    return sum(c[k] * z**k for k in range(len(c))).sum(axis=1)


def _nll(x: Rows, inverse: Net, base: Net) -> Any:
    flow = BentFlow(inverse.weights)
    z = flow.back(x)
    return -(_log_base(base, z) - flow.stretch(z)).mean()


def _value(answer: Any) -> Any:
    return answer["value"] if isinstance(answer, dict) else answer


# --- slips -----------------------------------------------------------------------------------------------------


def _of(log_p: Callable, total: Callable = torch.mean) -> Callable:
    """−total of a log density that is made of base, z and ladj."""

    def claimed(x: torch.Tensor, inverse: Callable, base: Callable) -> torch.Tensor:
        return -total(log_p(x, *inverse(x), base))

    return claimed


def _both(nats: Callable) -> dict[str, Callable]:
    """The same slip in nats and per dimension."""
    return {NATS: nats, EACH: lambda x, inverse, base: nats(x, inverse, base) / x.shape[1]}


def _log_p(x: torch.Tensor, z: torch.Tensor, ladj: torch.Tensor, base: Callable) -> torch.Tensor:
    return base(z) + ladj


@exercise("flow.nll", NAMES)
class Nll(Exercise):
    """−mean [log base(f⁻¹(x)) + log |det ∂z/∂x|]."""

    apart = True
    single = gate("both averages are tensors without axes, the base gives one number per row")
    standard = pays("the base's log density is that of N(0, I) with its constant, row by row", 0.5)
    nats = pays("the loss is the mean of −log p(x): the base at z, plus the log-determinant of the way back", 1.5)
    learns = pays("the loss can be learnt from: its gradient is the true one")
    each = pays("per dimension it is the same number over D", 0.5)

    hints = (
        "inverse gives both: the noise z from which x comes, and the log-determinant that belongs to that direction.",
        "log p(x) = base(z) + ladj, one number per row. Then a mean over the rows, and a minus.",
        "The normal's constant is −½ log 2π for each of the D coordinates.",
    )

    domain = {BASE: Domain({"z": Tensor("N, D", Reals(reach=(1e-3, 30)))}, sizes={"N": (1, 5), "D": (1, 4)},
                           returns=Like("z")), NATS: _DOMAIN, EACH: _DOMAIN}  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of(BASE, {"z": floats([[1.0, 2.0]], PYTHON)})
        readable = {
            "x": floats([[2.0, 1.0], [4.0, 1.0]], PYTHON),
            "inverse": Net("flow_inverse", (floats([math.log(2.0), 0.0], PYTHON), floats([0.0, 0.0], PYTHON)), "halves x_1"),
            "base": normal_of(0.0, 1.0, 2, PYTHON),
        }  # fmt: skip
        yield self.case_of(NATS, readable)
        yield self.case_of(EACH, readable)
        yield self.case_of(NATS, self._gentle())
        for dtype, device in arithmetic():
            yield self.case_of(BASE, {"z": normal(rng, (4, 3), dtype, device)})
            far = {"x": 8 + normal(rng, (2, 2), dtype, device), "inverse": way_back(rng, 2, dtype, device)}
            yield self.case_of(NATS, {**far, "base": normal_of(0.0, 0.5, 2, dtype, device)})
            for N, D in ((3, 2), (4, 3), (2, 1)):
                x, inverse = normal(rng, (N, D), dtype, device), way_back(rng, D, dtype, device)
                base = normal_of(float(rng.normal()), float(rng.uniform(0.5, 2)), D, dtype, device)
                for name in (NATS, EACH):
                    yield self.case_of(name, {"x": x, "inverse": inverse, "base": base})

    def _gentle(self) -> dict[str, Any]:
        """Numbers so small that what comes back through ladj alone is far above all rounding."""
        weights = floats([0.0, 0.8], PYTHON), floats([0.0, 0.0], PYTHON)
        bent = Net("flow_inverse", weights, "the inverse of a bent flow")
        return {"x": floats([[0.25, 0.5]], PYTHON), "inverse": bent, "base": normal_of(0.0, 1.0, 2, PYTHON)}

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        law = {BASE: self.standard, NATS: self.nats, EACH: self.each}[name]
        x = next(iter(given.values()))
        one = torch.ones(len(x) if name == BASE else (), dtype=x.dtype, device=x.device)
        ask = grad(name, (next(iter(given)),), one, **given)
        return case(ask, about=(self.single, law, self.learns), name=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.name == BASE:
            yield from self._base(case, answer)
            return
        value = _value(answer)
        shape = has_shape(value, (), like=case.x)
        yield self.single(*shape)
        if not shape.ok:
            return
        x = exact(case.x)
        want, size = _nll(x, case.inverse, case.base), self._size(case)
        if case.name == EACH:
            yield self.each(*close(value, want / x.shape[1], case.x.dtype, size / x.shape[1]))
            yield self._passes(answer, "x")
            return
        yield self.nats(*close(value, want, case.x.dtype, size))
        steep = slope(lambda v: _nll(v, case.inverse, case.base), x)
        room = 20 * size * (1 + np.abs(steep)) * (1 + np.abs(x))
        verdict = close(answer["gradients"].get("x"), steep, case.x.dtype, room)
        yield self.learns(verdict.ok, f"∂/∂x: {verdict.expected}", f"∂/∂x: {verdict.got}")

    def _base(self, case: Case, answer: Any) -> Iterator[Finding]:
        z = exact(case.z)
        shape = has_shape(_value(answer), (len(z),), like=case.z)
        yield self.single(*shape)
        if shape.ok:
            want = stats.norm.logpdf(z).sum(axis=1)
            yield self.standard(*close(_value(answer), want, case.z.dtype, z.shape[1] + (z**2).sum(axis=1)))
            yield self._passes(answer, "z")

    def _passes(self, answer: Any, name: str) -> Finding:
        """That it arrives at all: its value is asked of the loss."""
        came = values(answer["gradients"].get(name)) is not None
        return self.learns(came, f"a gradient ∂/∂{name}", "none arrives")

    def _size(self, case: Case) -> float:
        """The largest quantities that are rounded on the way, averaged over the rows."""
        x, flow = exact(case.x), BentFlow(case.inverse.weights)
        steep = 1 + np.abs(exact(case.base.weights[0])).sum()
        return float((flow.size(x) * steep * (1 + np.abs(flow.back(x)).sum(axis=1))).mean())

    mistakes = (
        wrong(
            "log-determinant with the wrong sign",
            _both(_of(lambda x, z, ladj, base: base(z) - ladj)),
            "The log-determinant was subtracted. inverse returns that of ∂z/∂x, which belongs to the way from x to z: add it.",
        ),
        wrong(
            "no log-determinant",
            _both(_of(lambda x, z, ladj, base: base(z))),
            "This is how probable the noise z is. Without the log-determinant a flow can win by pressing everything "
            "onto the mode of the base.",
        ),
        wrong(
            "the base asked at x",
            _both(_of(lambda x, z, ladj, base: base(x) + ladj)),
            "The base is the density of the noise. Ask it about z = f⁻¹(x), not about x.",
        ),
        wrong(
            "a sum over the batch",
            _both(_of(_log_p, torch.sum)),
            "The rows were added up. A loss that is a mean does not change its size with the batch.",
        ),
        wrong(
            "without the minus",
            _both(lambda x, inverse, base: _of(_log_p)(x, inverse, base).neg()),
            "This is the mean log likelihood. A loss is to fall, so it is the negative one.",
        ),
        wrong(
            "averaged over the dimensions as well",
            {NATS: lambda x, inverse, base: _of(_log_p)(x, inverse, base) / x.shape[1]},
            "That is the number per dimension. The loss in nats is that of a whole point.",
        ),
        wrong(
            "nats per point for nats per dimension",
            {EACH: _of(_log_p)},
            "This is the number for a whole point; per dimension it is divided by D.",
            also=({EACH: lambda x, inverse, base: _of(_log_p)(x, inverse, base) / len(x)},),
        ),
        wrong(
            "cut from the graph",
            {NATS: lambda x, inverse, base: _of(_log_p)(x, inverse, base).detach() + 0 * x.sum()},
            "The value is right, but the gradient, or a part of it, does not come back. detach, item and no_grad have no place in a loss.",
            also=(
                {NATS: torch.no_grad()(_of(_log_p))},
                {NATS: _of(lambda x, z, ladj, base: base(z) + ladj.detach())},
                {NATS: _of(lambda x, z, ladj, base: base(z.detach()) + ladj)},
                {BASE: lambda z: -0.5 * (z.detach() ** 2 + math.log(2 * math.pi)).sum(1)},
                {EACH: lambda x, inverse, base: _of(_log_p)(x, inverse, base).detach() / x.shape[1]},
            ),
        ),
        wrong(
            "a base without its constant",
            {BASE: lambda z: -0.5 * (z**2).sum(1)},
            "½ D log 2π is missing. The gradient does not notice; every comparison with another model does.",
            also=({BASE: lambda z: -0.5 * (z**2).sum(1) - 0.5 * math.log(2 * math.pi)},),
        ),
        wrong(
            "a mean over the coordinates in the base",
            {BASE: lambda z: (-0.5 * (z**2 + math.log(2 * math.pi))).mean(1)},
            "The coordinates of the base are independent: their log densities are added, not averaged.",
        ),
    )
