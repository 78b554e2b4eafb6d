"""flow.compose: x = f_K(… f_1(z)); log-determinants add up, each at its own point; log p(x) from the way back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from autograder.checks.c03_flow_layers.shared import Layer, exactly, slips, sloped
from autograder.judging.compare import arithmetic, close, has_shape, values
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Finding, call, case, exercise, jacobian, pays, wrong
from pushforward.answering.wire import Net

FORTH, BACK, DENSITY = NAMES = "compose_forward", "compose_inverse", "flow_log_p"
_SAYS = (
    "list of one or more pairs (forward, inverse)",
    "each of which takes (B, D) and gives points (B, D) and log-determinants (B,)",
)
Layers = Sequence[tuple[Callable, Callable]]
Pair = tuple[torch.Tensor, torch.Tensor]


def _pair(s: Any, t: Any, dtype: torch.dtype, device: str = "cpu", label: str = "a layer") -> tuple[Net, Net]:
    weights = floats(s, dtype, device), floats(t, dtype, device)
    return Net("flow", weights, label), Net("flow_inverse", weights, "its inverse")


def _some(rng: np.random.Generator, D: int, K: int, dtype: torch.dtype, device: str) -> list[tuple[Net, Net]]:
    """K layers that stretch and bend by the first coordinate, none like the others, no two of which commute."""
    return [
        _pair(rng.uniform(-0.6, 0.6, D), 0.5 * rng.normal(size=D), dtype, device, f"layer {k + 1}") for k in range(K)
    ]


def _drawn(K: int = 0) -> Callable[[Place], list]:
    return lambda p: _some(p.rng, p.sizes["D"], K or int(p.rng.integers(1, 4)), p.dtype, p.device)


def _domain(points: str, returns: Any) -> Domain:
    made = Made(_drawn(), tuple(map(_drawn, (1, 2, 4))), says=_SAYS)
    arguments = {points: Tensor("B, D", Reals(reach=(1e-3, 3))), "layers": made}
    return Domain(arguments, sizes={"B": (1, 3), "D": (1, 3)}, returns=returns, draws=1, most=8)


def _forth(z: torch.Tensor, layers: Layers, at: Callable = lambda start, here: here) -> Pair:
    """at: where the log-determinant of a layer is taken."""
    start, total = z, z.new_zeros(len(z))
    for forward, _ in layers:
        total = total + forward(at(start, z))[1]
        z = forward(z)[0]
    return z, total


def _back(x: torch.Tensor, layers: Layers, order: Callable = reversed) -> Pair:
    total = x.new_zeros(len(x))
    for _, inverse in order(layers):
        x, ladj = inverse(x)
        total = total + ladj
    return x, total


def _noise(z: torch.Tensor) -> torch.Tensor:
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(1)


def _log_p(x: torch.Tensor, layers: Layers) -> torch.Tensor:
    z, ladj = _back(x, layers)
    return _noise(z) + ladj


def _only_last(way: Callable, layers: Callable) -> Callable:
    """The log-determinant of the last layer on the way."""

    def claimed(v: torch.Tensor, given: Layers) -> Pair:
        *before, last = layers(given)
        for layer in before:
            v = layer(v)[0]
        return last(v)

    return claimed


@exercise("flow.compose", NAMES)
class Compose(Layer):
    """x = f_K(… f_1(z)), and log p(x) = log N(f⁻¹(x); 0, I) + log |det ∂z/∂x|."""

    density = pays("log p(x) is the log density of the noise at z = f⁻¹(x) plus the log-determinant of the way back")
    hints = (
        "The second layer does not see z but what the first one has made of it. Where is its log-determinant taken?",
        "You put on socks, then shoes. In which order do they come off, and what does each layer's own inverse return?",
        "Which of the two log-determinants turns the density at z into one at x, and with which sign?",
    )
    domain = {
        FORTH: _domain("z", (Like("z"), Like("z"))),
        BACK: _domain("x", (Like("x"), Like("x"))),
        DENSITY: _domain("x", Like("x")),
    }

    def layer(self, z: torch.Tensor, layers: Layers) -> torch.Tensor:
        for forward, _ in layers:
            z = forward(z)[0]
        return z

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        first = _pair([math.log(2.0)], [1.0], PYTHON, label="f_1: z -> 2 z + 1")
        second = _pair([math.log(3.0)], [0.0], PYTHON, label="f_2: z -> 3 z")
        z = floats([[1.0]], PYTHON)
        yield self.both(z, [first, second])
        yield self._density(z, [first, second])
        for dtype, device in arithmetic():
            for D, K in ((1, 2), (2, 3), (3, 2)):
                z, layers = normal(rng, (3, D), dtype, device), _some(rng, D, K, dtype, device)
                yield self.both(z, layers, slopes=dtype is torch.float64)
                yield self._density(z, layers, slopes=dtype is torch.float64)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name != DENSITY:
            return super().case_of(name, given)
        return self._density(*given.values())

    def _density(self, z: torch.Tensor, layers: list, slopes: bool = False) -> Case:
        made = self._case((BACK,), z, (layers,), slopes=False)
        x = made.points[BACK]
        asks = [verb(DENSITY, x, layers) for verb in ((call, jacobian) if slopes else (call,))]
        return case(*asks, about=(self.density,), layer=made.layer, points={BACK: x}, z=z)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.asks[0].of != DENSITY:
            yield from super().judge(case, *answers)
            return
        shape = has_shape(answers[0], (len(case.z),), case.z)
        if not shape.ok:
            yield self.density(*shape)
            return
        here = self._here(case, BACK)
        log_p = _noise(exactly(torch.from_numpy(here.z))).numpy() - here.ladj
        room = here.room_ladj + (np.abs(here.z) * here.room_back).sum(axis=1)
        yield self.density(*close(answers[0], log_p, case.z.dtype, room))
        if len(answers) > 1:
            own, got = np.einsum("bi,bij->bj", -here.z - here.slope, here.back), values(answers[1])
            shape = (len(own), *own.shape)
            none = got is None or got.size != np.prod(shape)
            yield sloped(self.density, np.zeros(shape) if none else got.reshape(shape), own)

    mistakes = (
        wrong(
            "undone in the wrong order",
            {BACK: lambda x, layers: _back(x, layers, list)},
            "The last layer has to be undone first. Go through the layers backwards.",
        ),
        wrong(
            "every log-determinant taken at z",
            {FORTH: lambda z, layers: _forth(z, layers, lambda start, here: start)},
            "Each layer was asked for its log-determinant at z. The second one is applied to what the first has made of z, "
            "and its log-determinant belongs there.",
        ),
        wrong(
            "only one layer's log-determinant",
            {
                FORTH: _only_last(_forth, lambda layers: [forward for forward, _ in layers]),
                BACK: _only_last(_back, lambda layers: [inverse for _, inverse in reversed(layers)]),
            },
            "This is the log-determinant of the last step alone. Volumes are stretched by one layer after the other: the "
            "determinants are multiplied, their logarithms added.",
        ),
        wrong(
            "log-determinant of the wrong way",
            {DENSITY: lambda x, layers: _noise(_back(x, layers)[0]) - _back(x, layers)[1]},
            "Where forward stretches, the density falls. The log-determinant of inverse has that sign already: add it.",
        ),
        wrong(
            "the noise's density at x",
            {DENSITY: lambda x, layers: _noise(x) + _back(x, layers)[1]},
            "The base is the density of z. Ask it about f⁻¹(x).",
        ),
        wrong(
            "the noise's constant",
            {DENSITY: lambda x, layers: _log_p(x, layers) + x.shape[1] / 2 * math.log(2 * math.pi)},
            "log N(z; 0, I) holds −½ log 2π once for each of the D coordinates.",
            also=({DENSITY: lambda x, layers: _log_p(x, layers) + (x.shape[1] - 1) / 2 * math.log(2 * math.pi)},),
        ),
        wrong(
            "the density, not its logarithm",
            {DENSITY: lambda x, layers: _log_p(x, layers).exp()},
            "This is p(x). Its logarithm is asked for.",
        ),
        wrong(
            "no log-determinant in the density",
            {DENSITY: lambda x, layers: _noise(_back(x, layers)[0])},
            "This is the density of z where it came from. The layers stretch, so the same mass lies on another volume.",
        ),
        *slips(FORTH, BACK, _forth, _back),
    )
