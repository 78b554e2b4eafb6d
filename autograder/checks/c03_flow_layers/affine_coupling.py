"""flow.affine_coupling: x = z where keep, e^s z + t elsewhere, (s, t) from keep z; log |det ∂x/∂z| = Σ s over the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch

from autograder.checks.c03_flow_layers.shared import KEEPS, Layer, from_kept, keeps, slips
from autograder.judging.compare import arithmetic
from autograder.judging.domain import Domain, Like, Made, Reals, Tensor
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, exercise, wrong
from autograder.judging.networks import linear, network

FORTH, BACK = NAMES = "affine_forward", "affine_inverse"
_KEEP, _NET = Made(keeps, (keeps,), says=(KEEPS,)), from_kept()
_POINTS = Reals(reach=(1e-3, 30))
Pair = tuple[torch.Tensor, torch.Tensor]


def _domain(points: str) -> Domain:
    arguments = {points: Tensor("B, D", _POINTS), "keep": _KEEP, "s": _NET, "t": _NET}
    return Domain(arguments, sizes={"B": (1, 3), "D": (2, 4)}, returns=(Like(points), Like(points)), draws=1, most=8)


def _forth(z: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> Pair:
    scale, shift = (net(z * keep) * ~keep for net in (s, t))
    return z * scale.exp() + shift, scale.sum(1)


def _back(x: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> Pair:
    scale, shift = (net(x * keep) * ~keep for net in (s, t))
    return (x - shift) * torch.exp(-scale), -scale.sum(1)


def _swapped(way: Callable) -> Callable:
    return lambda v, keep, s, t: way(v, ~keep, s, t)


def _nosy(way: Callable) -> Callable:
    """The networks see all of the point; only the others are moved."""
    return lambda v, keep, s, t: way(v, keep, lambda _: s(v), lambda _: t(v))


def _all_summed(sign: int) -> Callable:
    way = _forth if sign > 0 else _back
    return lambda v, keep, s, t: (way(v, keep, s, t)[0], sign * s(v * keep).sum(1))


def _kept_summed(sign: int) -> Callable:
    way = _forth if sign > 0 else _back
    return lambda v, keep, s, t: (way(v, keep, s, t)[0], sign * (s(v * keep) * keep).sum(1))


def _last_summed(sign: int) -> Callable:
    way = _forth if sign > 0 else _back
    return lambda v, keep, s, t: (way(v, keep, s, t)[0], sign * s(v * keep)[:, int(keep.sum()) :].sum(1))


def _multiplied(way: Callable, sign: int) -> Callable:
    """The logarithm of the product of all e^s."""
    return lambda v, keep, s, t: (way(v, keep, s, t)[0], sign * torch.where(keep, 1, s(v * keep).exp()).prod(1).log())


def _plain_forth(z: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> Pair:
    """s as the scale itself."""
    scale, shift = torch.where(keep, 1.0, s(z * keep)), t(z * keep) * ~keep
    return z * scale + shift, scale.abs().log().sum(1)


def _plain_back(x: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> Pair:
    scale, shift = torch.where(keep, 1.0, s(x * keep)), t(x * keep) * ~keep
    return (x - shift) / scale, -scale.abs().log().sum(1)


def _scales_summed(way: Callable, sign: int) -> Callable:
    def claimed(v: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> Pair:
        return way(v, keep, s, t)[0], sign * torch.where(keep, 0.0, s(v * keep).exp()).sum(1)

    return claimed


def _shift_first(z: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> Pair:
    scale, shift = (net(z * keep) * ~keep for net in (s, t))
    return (z + shift) * scale.exp(), scale.sum(1)


def _scale_first(x: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> Pair:
    scale, shift = (net(x * keep) * ~keep for net in (s, t))
    return x * torch.exp(-scale) - shift, -scale.sum(1)


def _never_nought(more: float) -> Callable:
    def back(x: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> Pair:
        scale, shift = (net(x * keep) * ~keep for net in (s, t))
        return (x - shift) / (scale.exp() + more), -scale.sum(1)

    return back


@exercise("flow.affine_coupling", NAMES)
class AffineCoupling(Layer):
    """x = z where keep, e^s z + t elsewhere. The Jacobian is triangular, its diagonal 1 where keep and e^s elsewhere."""

    hints = (
        "Both networks see the kept coordinates and zeros in the other places. Which of their D outputs are used?",
        "The diagonal of ∂x/∂z holds 1 for a kept coordinate and e^s for another. What is the logarithm of its product?",
        "The way back undoes in the opposite order: forward multiplies and then adds. And whose log-determinant is asked "
        "for there?",
    )
    domain = {FORTH: _domain("z"), BACK: _domain("x")}

    def layer(self, z: torch.Tensor, keep: torch.Tensor, s: Callable, t: Callable) -> torch.Tensor:
        seen = torch.where(keep, z, torch.zeros_like(z))
        return torch.where(keep, z, torch.exp(s(seen)) * z + t(seen))

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        half = linear([[0.0, 0.0], [0.5, 0.0]], [0.0, 0.0], PYTHON, "s(v) = (0, v_1 / 2)")
        threefold = linear([[0.0, 0.0], [3.0, 0.0]], [0.0, 0.0], PYTHON, "t(v) = (0, 3 v_1)")
        keep = torch.tensor([True, False])
        yield self.both(floats([[1.0, 2.0]], PYTHON), keep, half, threefold)
        s = linear([[1.0, 0.0], [0.5, 0.2]], [0.3, 0.1], PYTHON, "s(v) = (v_1 + 0.3, v_1 / 2 + v_2 / 5 + 0.1)")
        t = linear([[1.0, 2.0], [3.0, 1.0]], [0.5, 0.0], PYTHON, "t(v) = (v_1 + 2 v_2 + ½, 3 v_1 + v_2)")
        yield self.both(floats([[1.0, 2.0], [0.5, -1.0]], PYTHON), keep, s, t, slopes=True)
        steep = linear(np.zeros((4, 4)), [0.0, 300.0, 300.0, 300.0], PYTHON, "s(v) = (0, 300, 300, 300)")
        still = linear(np.zeros((4, 4)), np.zeros(4), PYTHON, "t(v) = 0")
        yield self.both(
            floats([[1.0, 2.0, -1.0, 0.5]], PYTHON), torch.tensor([True, False, False, False]), steep, still
        )
        squeeze = linear(np.zeros((2, 2)), [0.0, -12.0], PYTHON, "s(v) = (0, −12)")  # what is added to e^s would show
        none = linear(np.zeros((2, 2)), [0.0, 0.0], PYTHON, "t(v) = 0")
        yield self.both(floats([[1.0, 1e6]], PYTHON), torch.tensor([True, False]), squeeze, none)
        for dtype, device in arithmetic():
            for D, kept in ((2, 1), (3, 1), (4, 3)):
                keep = torch.tensor(rng.permutation(D) < kept, device=device)
                s, t = (network(rng, (D, 6, D), dtype, device) for _ in range(2))
                yield self.both(normal(rng, (3, D), dtype, device), keep, s, t, slopes=dtype is torch.float64)

    mistakes = (
        *slips(FORTH, BACK, _forth, _back),
        wrong(
            "the mask swapped",
            {FORTH: _swapped(_forth), BACK: _swapped(_back)},
            "Here the coordinates that should pass are stretched and moved, and the others pass. `keep` is True where x = z.",
        ),
        wrong(
            "the networks see what they move",
            {FORTH: _nosy(_forth), BACK: _nosy(_back)},
            "s and t were shown the coordinates that they change. On the way back these are not known, and the Jacobian is "
            "no longer triangular. Show them the kept ones, zeros elsewhere.",
        ),
        wrong(
            "s taken for the scale",
            {FORTH: _plain_forth, BACK: _plain_back},
            "s is the logarithm of the scale: multiply by e^s. A scale that may become 0 or change its sign makes no layer.",
        ),
        wrong(
            "every output of s summed",
            {FORTH: _all_summed(1), BACK: _all_summed(-1)},
            "s gives D numbers, but only the coordinates that are changed are stretched by them. Those of the kept ones must "
            "not be in the sum: their stretch is 1.",
        ),
        wrong(
            "summed over the kept coordinates",
            {FORTH: _kept_summed(1), BACK: _kept_summed(-1)},
            "The sum runs over the coordinates that are stretched, not over those that pass. (A well-known table of layers "
            "has it wrong in this place.)",
        ),
        wrong(
            "the last coordinates summed",
            {FORTH: _last_summed(1), BACK: _last_summed(-1)},
            "The kept coordinates need not be the first ones: `keep` says which they are, and ~keep which are stretched.",
        ),
        wrong(
            "the scales multiplied first",
            {FORTH: _multiplied(_forth, 1), BACK: _multiplied(_back, -1)},
            "The logarithm of the product is right until the product is too large for its type, or too small. The sum of the s "
            "is the same number, and cannot overflow.",
        ),
        wrong(
            "scales summed, not their logarithms",
            {FORTH: _scales_summed(_forth, 1), BACK: _scales_summed(_back, -1)},
            "The determinant is the product of the scales e^s, and its logarithm the sum of the s.",
        ),
        wrong(
            "something added to the scale",
            {BACK: _never_nought(1e-6)},
            "e^s is never 0, so nothing has to be added before dividing. Where s is far below 0, even a little is more than "
            "e^s itself.",
            also=tuple({BACK: _never_nought(more)} for more in (1e-3, 1e-4, 1e-5, 1e-7, 1e-8)),
        ),
        wrong(
            "undone in the wrong order",
            {BACK: _scale_first},
            "Forward multiplies and then adds. So the way back first subtracts t, and then divides by e^s.",
        ),
        wrong(
            "shifted before it is stretched",
            {FORTH: _shift_first},
            "e^s z + t: the stretch comes first, the shift is not stretched.",
        ),
    )
