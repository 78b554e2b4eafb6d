"""flow.planar: x = z + u tanh(w·z + b); log |det ∂x/∂z| = log |1 + u·w (1 − tanh²)|; back by bisection on w·z."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch

from autograder.checks.c03_flow_layers.shared import Layer, slips
from autograder.judging.compare import arithmetic
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, exercise, wrong

FORTH, BACK = NAMES = "planar_forward", "planar_inverse"
Pair = tuple[torch.Tensor, torch.Tensor]


def _direction(place: Place) -> torch.Tensor:
    w = place.rng.normal(size=place.sizes["D"])
    return place.tensor(w / np.linalg.norm(w) * place.rng.uniform(0.5, 2))


def _along(low: float, high: float) -> Callable[[Place], torch.Tensor]:
    """A u whose product with w lies between these."""

    def make(place: Place) -> torch.Tensor:
        w = place.given["w"].cpu().double().numpy()
        u = place.rng.normal(size=len(w))
        return place.tensor(u + w / (w @ w) * (place.rng.uniform(low, high) - u @ w))

    return make


def _domain(points: str) -> Domain:
    arguments = {points: Tensor("B, D", Reals(reach=(1e-3, 10)))}
    arguments["w"] = Made(_direction, (_direction,), says=("(D,), not 0",))
    kinds = (_along(-0.9, -0.5), _along(-0.05, 0.05), _along(1, 4))
    arguments["u"] = Made(_along(-0.9, 3), kinds, says=("(D,), with u·w > −1",))
    arguments["b"] = Number(Reals(reach=(1e-2, 3)))
    return Domain(arguments, sizes={"B": (1, 4), "D": (1, 3)}, returns=(Like(points), Like(points)), draws=1, most=14)


def _slope(a: torch.Tensor) -> torch.Tensor:
    return 1 - torch.tanh(a) ** 2


def _out(volume: Callable, moved: Callable = lambda z, w, u, b: z + torch.tanh(z @ w + b)[:, None] * u) -> Callable:
    """x, and the log-determinant that `volume` makes of w·z + b and u·w."""
    return lambda z, w, u, b: (moved(z, w, u, b), volume(z @ w + b, u @ w))


def _home(volume: Callable, half: Callable = torch.abs, found_with: float | None = None) -> Callable:
    """By bisection on a + u·w tanh(a + b) = w·x; found_with: another b there, as one who forgets it."""

    def back(x: torch.Tensor, w: torch.Tensor, u: torch.Tensor, b: float) -> Pair:
        target, c = x @ w, u @ w
        low, high, shift = target - half(c), target + half(c), b if found_with is None else found_with
        for _ in range(70):
            middle = (low + high) / 2
            below = middle + c * torch.tanh(middle + shift) < target
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        z = x - torch.tanh((low + high) / 2 + b)[:, None] * u
        return z, -volume(z @ w + b, c)

    return back


def _volume(a: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
    return torch.log(1 + c * _slope(a))


def _both(volume: Callable) -> dict[str, Callable]:
    return {FORTH: _out(volume), BACK: _home(volume)}


def _one_step(x: torch.Tensor, w: torch.Tensor, u: torch.Tensor, b: float) -> Pair:
    return x - torch.tanh(x @ w + b)[:, None] * u, -_volume(x @ w + b, u @ w)


def _iterated(x: torch.Tensor, w: torch.Tensor, u: torch.Tensor, b: float, steps: int = 100) -> Pair:
    z = x
    for _ in range(steps):
        z = x - torch.tanh(z @ w + b)[:, None] * u
    return z, -_volume(z @ w + b, u @ w)


def _at_x(x: torch.Tensor, w: torch.Tensor, u: torch.Tensor, b: float) -> Pair:
    return _home(_volume)(x, w, u, b)[0], -_volume(x @ w + b, u @ w)


_RIGHT = _both(_volume)


@exercise("flow.planar", NAMES)
class Planar(Layer):
    """x = z + u tanh(w·z + b). The Jacobian is I plus a matrix of rank one."""

    shut = (BACK,)
    learnt = (0, 1)
    hints = (
        "det(I + u vᵀ) = 1 + v·u. Which vector v stands in ∂x/∂z, and how does it depend on z?",
        "The derivative of tanh(a) is 1 − tanh²(a).",
        "On the way back take the product with w on both sides of the equation: what is left has one unknown, a = w·z, "
        "and rises in it. |tanh| < 1 tells you in which interval a lies.",
    )
    domain = {FORTH: _domain("z"), BACK: _domain("x")}

    def layer(self, z: torch.Tensor, w: torch.Tensor, u: torch.Tensor, b: float) -> torch.Tensor:
        return z + torch.outer(torch.tanh((z * w).sum(1) + b), u)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.both(floats([[0.0]], PYTHON), floats([1.0], PYTHON), floats([2.0], PYTHON), 0.0)
        w, u = floats([1.0, 0.0], PYTHON), floats([1.0, 1.0], PYTHON)
        yield self.both(floats([[1.0, 0.0]], PYTHON), w, u, -0.5, slopes=True)
        yield self.both(floats([[0.5], [-0.7]], PYTHON), floats([1.0], PYTHON), floats([20.0], PYTHON), 0.0)
        yield self.both(floats([[14.6], [500.0]], PYTHON), floats([1.0], PYTHON), floats([2.0], PYTHON), -15.0)
        for dtype, device in arithmetic():
            for D, c in ((2, -0.85), (3, 2.0), (1, 0.5)):
                place = Place(rng, dtype, device, sizes={"D": D})
                place.given["w"] = w = _direction(place)
                u, b = _along(c, c + 0.1)(place), float(rng.normal())
                yield self.both(normal(rng, (3, D), dtype, device), w, u, b, slopes=dtype is torch.float64)

    mistakes = (
        *slips(FORTH, BACK, _RIGHT[FORTH], _RIGHT[BACK]),
        wrong(
            "tanh in place of its derivative",
            _both(lambda a, c: torch.log((1 + c * torch.tanh(a)).abs())),
            "ψ holds the derivative h′ = 1 − tanh². The log-determinant asks how fast the shift changes, not how large it is.",
        ),
        wrong(
            "u·w forgotten in the log-determinant",
            _both(lambda a, c: torch.log(1 + _slope(a))),
            "The determinant of I + u ψᵀ is 1 + u·ψ, and ψ = h′ w: the product u·w belongs there.",
        ),
        wrong(
            "b left out",
            {
                FORTH: lambda z, w, u, b: _RIGHT[FORTH](z, w, u, 0.0),
                BACK: lambda x, w, u, b: _RIGHT[BACK](x, w, u, 0.0),
            },
            "The shift is tanh(w·z + b): b belongs to the layer, in both directions.",
            also=({BACK: _home(_volume, found_with=0.0)},),
        ),
        wrong(
            "u and w exchanged",
            {FORTH: lambda z, w, u, b: _RIGHT[FORTH](z, u, w, b)},
            "w says where a point stands, u where it is pushed: x = z + u tanh(w·z + b).",
        ),
        wrong(
            "an interval for positive products only",
            {BACK: _home(_volume, half=lambda c: c)},
            "w·z lies between w·x − |c| and w·x + |c|. With c < 0 the ends w·x ∓ c change places, and halving never finds it.",
        ),
        wrong(
            "an iteration that need not settle",
            {BACK: _iterated},
            "z ← x − u tanh(w·z + b) settles only if |u·w| is small. Halving always does.",
            also=tuple({BACK: lambda x, w, u, b, n=n: _iterated(x, w, u, b, n)} for n in (50, 200, 500, 1000)),
        ),
        wrong(
            "the one forgotten",
            _both(lambda a, c: torch.log((c * _slope(a)).abs())),
            "The Jacobian is I + u ψᵀ: the identity is part of it, and gives the 1.",
        ),
        wrong(
            "the shift taken at x",
            {BACK: _one_step},
            "x − u tanh(w·x + b) would undo the layer if the shift had been computed from x. It was computed from z: first "
            "find w·z.",
        ),
        wrong(
            "the log-determinant taken at x",
            {BACK: _at_x},
            "z is right. The log-determinant of the way back is minus that of forward at this z, not at x.",
        ),
    )
