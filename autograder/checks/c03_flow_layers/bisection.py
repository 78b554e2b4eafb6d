"""flow.bisection: the a with rising(a) = y, by halving an interval that holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c03_flow_layers.shared import exactly
from autograder.judging.compare import arithmetic, close, has_shape
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.maps import MAPS
from pushforward.answering.wire import Net

LOOSE = 100.0  # how much more than its rounding a search may leave: a library's default is to stop at 2·10⁻¹²
EARLY = "Near, but a search that goes on finds more digits: how often must an interval of this width be halved?"

_RISING: dict[str, Callable[[np.random.Generator], tuple[float, ...]]] = {  # maps that rise, and their numbers
    "affine": lambda rng: (rng.uniform(0.2, 3), rng.normal()),
    "wave": lambda rng: (rng.uniform(1, 2), rng.uniform(-0.8, 0.8)),
    "tanh": lambda rng: (rng.uniform(0.2, 1), rng.uniform(0, 3)),
    "exp": lambda rng: (rng.uniform(0.3, 1), rng.normal()),
    "sinh": lambda rng: (rng.uniform(0.3, 1), rng.uniform(0.3, 1)),
}


def _map(name: str, numbers: tuple[float, ...], dtype: torch.dtype, device: str) -> Net:
    return Net(name, tuple(floats(n, dtype, device) for n in numbers), MAPS[name].with_numbers(*numbers))


def _rising(name: str = "") -> Callable[[Place], Net]:
    def make(place: Place) -> Net:
        kind = name or str(place.rng.choice([*_RISING]))
        return _map(kind, _RISING[kind](place.rng), place.dtype, place.device)

    return make


def _halved(
    rising: Callable, y: torch.Tensor, low: torch.Tensor, high: torch.Tensor, steps: int = 80, flip: bool = False
) -> torch.Tensor:
    for _ in range(steps):
        middle = (low + high) / 2
        below = (rising(middle) < y) ^ flip
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2


def _together(rising: Callable, y: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    """One decision for all entries."""
    for _ in range(80):
        middle = (low + high) / 2
        below = bool((rising(middle) < y).all())
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2


def _any_below(rising: Callable, y: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if bool((rising(middle) < y).any()) else (low, middle)
    return (low + high) / 2


@exercise("flow.bisection", ("bisect",))
class Bisection(Exercise):
    """rising(a) = y, entry by entry. The oracle solves every entry by Newton's method in float64, from the solution."""

    shape = gate("the result has the shape of y")
    root = pays("rising takes the result to y, at every entry by itself")
    inside = pays("the result lies between low and high, and where an end is the solution, at that end")
    digits = pays("the result is as exact as the type of y allows", 2)

    hints = (
        "Ask rising about the middle of the interval. In which half does the solution lie if the value is too small?",
        "Every entry has an interval of its own: torch.where chooses for each of them.",
        "Each step gains one binary digit, whatever rising is. How many do you need for float64 and an interval as wide "
        "as 2000?",
    )

    # the images of what is drawn take the place of y
    domain = {
        "bisect": Domain(
            {
                "rising": Made(_rising(), tuple(map(_rising, _RISING)), says=("takes (B, D), gives (B, D)", "rises in every entry")),
                "y": Tensor("B, D", Reals(reach=(1e-3, 3))),
                "low": Made(lambda p: p.tensor(-p.rng.uniform(3.1, 6, tuple(p.given["y"].shape))), says=("(B, D)", "below the solution or there")),
                "high": Made(lambda p: p.tensor(p.rng.uniform(3.1, 6, tuple(p.given["y"].shape))), says=("(B, D)", "above it or there")),
            },
            sizes={"B": (1, 4), "D": (1, 3)},
            returns=Like("y"),
            most=14,
        )
    }  # fmt: skip

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        twice = _map("affine", (2.0, 1.0), PYTHON, "cpu")
        yield self._case(twice, floats([[1.0]], PYTHON), floats([[0.0]], PYTHON), floats([[4.0]], PYTHON))
        yield self._case(
            twice, floats([[1.0, -2.0]], PYTHON), floats([[0.0, -4.0]], PYTHON), floats([[4.0, 0.0]], PYTHON)
        )
        yield self._case(twice, floats([[3.0]], PYTHON), floats([[3.0]], PYTHON), floats([[4.0]], PYTHON))
        wide = floats([[1000.0, 1000.0]], PYTHON)
        yield self._case(twice, floats([[0.3, -700.0]], PYTHON), -wide, wide)
        wider = floats([[1e8] * 3], PYTHON)  # what sixty halvings leave of it is more than any rounding
        yield self._case(twice, floats([[0.3, -1.7, 2.4]], PYTHON), -wider, wider)
        for dtype, device in arithmetic():
            for name in _RISING:
                a = rng.uniform(-2.5, 2.5, size=(3, 2))
                ends = (floats(a + s * rng.uniform(0.1, 5, a.shape), dtype, device) for s in (-1, 1))
                yield self._case(_map(name, _RISING[name](rng), dtype, device), floats(a, dtype, device), *ends)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(*given.values())

    def _case(self, rising: Net, a: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> Case:
        y = exactly(rising)(exactly(a)).detach().to(a)
        return case(call("bisect", rising, y, low, high), rising=rising, a=a, y=y, low=low, high=high)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.a.shape), case.y)
        yield self.shape(*shape)
        if not shape.ok:
            return
        a, steep = self._solved(exactly(case.rising), exactly(case.y), exactly(case.a))
        value = np.abs(exactly(case.y).numpy())
        room = 4 * (1 + np.abs(a) + (1 + value) / steep)
        right = close(answer, a, case.y.dtype, room)
        yield self.root(*right)
        yield self._to_the_end(answer, right.ok, close(answer, a, case.y.dtype, LOOSE * room, strict=True), case.y)
        low, high = exactly(case.low).numpy(), exactly(case.high).numpy()
        slack = 1e-6 * (1 + np.abs(low) + np.abs(high))
        within = (answer.array >= low - slack) & (answer.array <= high + slack)
        yield self.inside(
            right.ok and within.all(), "a result in the interval", "one outside of it or far from the solution"
        )

    def _to_the_end(self, answer: Any, near: bool, exact: Any, y: torch.Tensor) -> Finding:
        early = near and not exact.ok and str(y.dtype).endswith(answer.dtype)
        why, mistake = (EARLY, "too few steps") if early else ("", "" if near else None)
        return self.digits(near and exact.ok, exact.expected, exact.got, why=why, mistake=mistake)

    @staticmethod
    def _solved(rising: Callable, y: torch.Tensor, a: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        """The solution for the rounded y, and the slope there."""
        for _ in range(3):
            a = a.detach().requires_grad_()
            value = rising(a)
            (slope,) = torch.autograd.grad(value.sum(), a)
            a = a - (value - y) / slope
        return a.detach().numpy(), slope.numpy()

    mistakes = (
        wrong(
            "the wrong half kept",
            lambda rising, y, low, high: _halved(rising, y, low, high, flip=True),
            "Where rising is too small in the middle, the solution lies above: the middle becomes the new low.",
            also=(lambda rising, y, low, high: _halved(lambda a: -rising(a), -y, low, high),),
        ),
        wrong(
            "one decision for all entries",
            _together,
            "Every entry has its own solution, so each needs its own interval: choose the half with torch.where.",
            also=(_any_below,),
        ),
        wrong(
            "too few steps",
            lambda rising, y, low, high: _halved(rising, y, low, high, steps=10),
            "A step halves the interval, so ten of them gain three decimal digits. Go on until the type has no more to give.",
            also=tuple(
                lambda rising, y, low, high, n=n: _halved(rising, y, low, high, steps=n)
                for n in (3, 5, 8, 12, 15, 16, 20, 52, 53, 54, 60)
            ),
        ),
        wrong(
            "only the middle",
            lambda rising, y, low, high: (low + high) / 2,
            "This is the middle of the interval, where the search begins.",
        ),
        wrong(
            "the value in place of the place",
            lambda rising, y, low, high: rising(_halved(rising, y, low, high)),
            "This is rising at the solution, which is y again. Asked for is where it takes that value.",
            also=(lambda rising, y, low, high: y.clone(), lambda rising, y, low, high: rising(y)),
        ),
    )
