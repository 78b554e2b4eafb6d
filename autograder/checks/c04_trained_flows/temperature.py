"""flow.temperature: the density of f(T z), and how far it is from the power p^{1/T²}."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c04_trained_flows.nll import SAYS_BACK, way_back
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.bent_flow import BentFlow
from pushforward.answering.wire import Net

TEMPERED, APART = NAMES = "tempered_log_p", "apart_from_power"
FAR = (0.01, 30.0)  # nearly frozen and very hot: any T > 0 is allowed


def _tempered(x: torch.Tensor, inverse: Callable, T: float) -> torch.Tensor:
    z, ladj = inverse(x)
    return -0.5 * ((z / T) ** 2 + math.log(2 * math.pi)).sum(1) - z.shape[1] * math.log(T) + ladj


def _log_p(x: torch.Tensor, inverse: Callable) -> torch.Tensor:
    return _tempered(x, inverse, 1.0)


def _inverse(place: Place) -> Net:
    return way_back(place.rng, place.sizes["D"], place.dtype, place.device)


_ROWS = Tensor("N, D", Reals(reach=(1e-2, 3)))
_BACK = Made(_inverse, (_inverse,), says=SAYS_BACK)
_T = Number(Reals(0, math.inf, reach=FAR, usual=(0.4, 1.5)))


@exercise("flow.temperature", NAMES)
class Temperature(Exercise):
    """log N(z; 0, T² I) + ladj at z = f⁻¹(x), and (1 − 1/T²)(ladj_a − ladj_b)."""

    shape = gate("each function gives one number per row")
    density = pays(
        "the density of f(T z) is that of noise with the standard deviation T, with the same log-determinant"
    )
    differs = pays("tempered and powered densities differ in the log-determinant alone, by the factor 1 − 1/T²")

    hints = (
        "T z is normal with mean 0 and standard deviation T. Which z does x come from now, and which log-determinant?",
        "log N(z; 0, T² I) has three parts: ½ z²/T², log T and ½ log 2π, the last two for each coordinate.",
        "Write out both differences, log p_T(a) − log p_T(b) and (log p(a) − log p(b))/T². The squares cancel.",
    )

    domain = {
        TEMPERED: Domain({"x": _ROWS, "inverse": _BACK, "T": _T}, sizes={"N": (1, 4), "D": (1, 3)}, returns=Like("x"),
                         most=16),
        APART: Domain({"a": _ROWS, "b": _ROWS, "inverse": _BACK, "T": _T}, sizes={"N": (1, 4), "D": (1, 3)},
                      returns=Like("a"), most=16),
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        doubled = Net("flow_inverse", (floats([math.log(2.0)], PYTHON), floats([0.0], PYTHON)), "x -> x / 2")
        yield self.case_of(TEMPERED, {"x": floats([[2.0]], PYTHON), "inverse": doubled, "T": 0.5})
        for dtype, device in arithmetic():
            for N, D in ((3, 2), (2, 3), (4, 1)):
                inverse = way_back(rng, D, dtype, device)
                a, b = (normal(rng, (N, D), dtype, device) for _ in range(2))
                for T in (float(rng.choice([0.4, 0.6, 0.8, 1.3, 2.0])), *FAR):
                    yield self.case_of(TEMPERED, {"x": a, "inverse": inverse, "T": T})
                    yield self.case_of(APART, {"a": a, "b": b, "inverse": inverse, "T": T})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        law = self.density if name == TEMPERED else self.differs
        return case(call(name, *given.values()), about=(self.shape, law), name=name, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        first = case.x if case.name == TEMPERED else case.a
        shape = has_shape(answer, (len(first),), like=first)
        yield self.shape(*shape)
        if not shape.ok:
            return
        flow, T = BentFlow(case.inverse.weights), case.T
        if case.name == TEMPERED:
            x = exact(first)
            z = flow.back(x)
            want = -(z**2 / (2 * T**2) + math.log(T) + math.log(2 * math.pi) / 2).sum(axis=1) - flow.stretch(z)
            room = flow.size(x) * (1 + 1 / T**2) * (1 + np.abs(z).sum(axis=1))
            yield self.density(*close(answer, want, first.dtype, room))
        else:
            a, b = exact(case.a), exact(case.b)
            want = (1 - T**-2) * (flow.stretch(flow.back(b)) - flow.stretch(flow.back(a)))
            room = sum(flow.size(v) * (1 + 1 / T**2) * (1 + np.abs(flow.back(v)).sum(axis=1)) for v in (a, b))
            yield self.differs(*close(answer, want, first.dtype, room))

    mistakes = (
        wrong(
            "no log T",
            {TEMPERED: lambda x, inverse, T: _tempered(x, inverse, T) + x.shape[1] * math.log(T)},
            "A narrower normal is higher: its density has a factor 1/T for each coordinate.",
            also=({TEMPERED: lambda x, inverse, T: _tempered(x, inverse, T) + (x.shape[1] - 1) * math.log(T)},),
        ),
        wrong(
            "T for T²",
            {TEMPERED: lambda x, inverse, T: _tempered(x, inverse, T**0.5)},
            "T is the noise's standard deviation; its variance is T².",
        ),
        wrong(
            "the power itself",
            {TEMPERED: lambda x, inverse, T: _log_p(x, inverse) / T**2},
            "This is log p divided by T². The flow stretches the cooled noise as it stretched the other: the "
            "log-determinant is not divided.",
        ),
        wrong(
            "the log-determinant changes with T",
            {TEMPERED: lambda x, inverse, T: _tempered(x, inverse, T) - x.shape[1] * math.log(T)},
            "The flow is the same, so is its log-determinant at x. Only the base has changed.",
            also=({TEMPERED: lambda x, inverse, T: _tempered(x, inverse, T) + (1 / T**2 - 1) * inverse(x)[1]},),
        ),
        wrong(
            "temperature upside down",
            {TEMPERED: lambda x, inverse, T: _tempered(x, inverse, 1 / T)},
            "T below 1 makes the noise narrower.",
        ),
        wrong(
            "the noise counted as well",
            {APART: lambda a, b, inverse, T: (1 - T**-2) * (_log_p(a, inverse) - _log_p(b, inverse))},
            "The squares of the noise are divided by T² in both densities, and cancel.",
        ),
        wrong(
            "sign of the difference",
            {APART: lambda a, b, inverse, T: (1 - T**-2) * (inverse(b)[1] - inverse(a)[1])},
            "Asked is how much larger log p_T(a) − log p_T(b) is than the power's: (1 − 1/T²)(ladj_a − ladj_b), with the "
            "log-determinants of inverse.",
        ),
        wrong(
            "no factor",
            {APART: lambda a, b, inverse, T: inverse(a)[1] - inverse(b)[1]},
            "The power has a share 1/T² of the log-determinants, the tempered density all of them.",
            also=({APART: lambda a, b, inverse, T: (1 - 1 / T) * (inverse(a)[1] - inverse(b)[1])},),
        ),
        wrong(
            "no difference at all",
            {APART: lambda a, b, inverse, T: 0 * inverse(a)[1]},
            "They agree where volumes change alike everywhere. This flow stretches some places more than others.",
        ),
    )
