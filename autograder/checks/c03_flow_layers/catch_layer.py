"""flow.catch_layer (long: a line-up of layers): a test that any right layer passes, and none of these imitations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from autograder.judging.detective import Detective
from autograder.judging.exercise import exercise, gate, pays, wrong

Pair = tuple[torch.Tensor, torch.Tensor]
Way = Callable[[torch.Tensor], Pair]
Layer = Callable[..., Pair]

KEEP = torch.tensor([True, False, True])
MIX = torch.tensor([[0.3, -1.1, 0.4], [1.2, 0.2, 0.1], [0.0, 0.5, -0.9]], dtype=torch.float64)
W, U, B = (torch.tensor(v, dtype=torch.float64) for v in ([0.8, -0.5, 0.3], [0.9, -0.4, 0.2], 0.3))
MEAN, STD = (torch.tensor(v, dtype=torch.float64) for v in ([1.0, -0.5, 0.2], [0.4, 1.7, 0.9]))


def _layer(forth: Way, back: Way) -> Layer:
    """Both directions under one name."""
    return lambda points, inverse=False: (back if inverse else forth)(points)


# --- a coupling, and what may be done to it ---------------------------------------------------------------------


def _nets(v: torch.Tensor, others: torch.Tensor) -> Pair:
    """s and t of the kept coordinates, for the others."""
    a = v.sum(1, keepdim=True)
    s, t = 0.6 * torch.tanh(a * torch.tensor([0.7, 1.0, -0.4], dtype=v.dtype)), torch.sin(a) + 0.5 * a
    return s * others, t * others


def _coupling(
    seen: Callable = lambda v, keep: v * keep,
    keep: torch.Tensor = KEEP,
    ladj: Callable = lambda s, t: s.sum(1),
    home: Callable = lambda x, s, t: (x - t) * torch.exp(-s),
    back_keep: torch.Tensor | None = None,
    others: Callable = lambda keep: ~keep,
    sign: int = -1,
) -> Layer:
    def forth(z: torch.Tensor) -> Pair:
        s, t = _nets(seen(z, keep), others(keep))
        return z * torch.exp(s) + t, ladj(s, t)

    def back(x: torch.Tensor) -> Pair:
        kept = keep if back_keep is None else back_keep
        s, t = _nets(seen(x, kept), others(kept))
        return home(x, s, t), sign * ladj(s, t)

    return _layer(forth, back)


def _additive() -> Layer:
    def shift(v: torch.Tensor) -> torch.Tensor:
        return _nets(v * KEEP, ~KEEP)[1]

    return _layer(lambda z: (z + shift(z), z.new_zeros(len(z))), lambda x: (x - shift(x), x.new_zeros(len(x))))


# --- other layers ------------------------------------------------------------------------------------------------


def _mixed() -> Layer:
    volume = torch.linalg.slogdet(MIX).logabsdet
    return _layer(
        lambda z: (z @ MIX.T, volume.expand(len(z)).clone()),
        lambda x: (torch.linalg.solve(MIX, x.T).T, -volume.expand(len(x)).clone()),
    )


def _normed(ladj: Callable = lambda std: std.log().sum()) -> Layer:
    return _layer(
        lambda z: (MEAN + STD * z, ladj(STD).expand(len(z)).clone()),
        lambda x: ((x - MEAN) / STD, -ladj(STD).expand(len(x)).clone()),
    )


def _live() -> Layer:
    """Normalised by the batch's own statistics; the way back with those that were seen last."""
    seen: dict[str, torch.Tensor] = {}

    def forth(z: torch.Tensor) -> Pair:
        seen["mean"], seen["std"] = z.mean(0), z.std(0, correction=0) + 1e-3
        return (z - seen["mean"]) / seen["std"], -seen["std"].log().sum().expand(len(z)).clone()

    def back(x: torch.Tensor) -> Pair:
        mean, std = seen.get("mean", MEAN), seen.get("std", STD)
        return x * std + mean, std.log().sum().expand(len(x)).clone()

    return _layer(forth, back)


def _planar(slope: Callable = lambda a: 1 - torch.tanh(a) ** 2, steps: int = 60) -> Layer:
    c = U @ W

    def forth(z: torch.Tensor) -> Pair:
        a = z @ W + B
        return z + torch.tanh(a)[:, None] * U, (1 + c * slope(a)).abs().log()

    def back(x: torch.Tensor) -> Pair:
        target = x @ W
        low, high = target - c.abs(), target + c.abs()
        for _ in range(steps):
            middle = (low + high) / 2
            below = middle + c * torch.tanh(middle + B) < target
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        a = (low + high) / 2 + B
        return x - torch.tanh(a)[:, None] * U, -(1 + c * slope(a)).abs().log()

    return _layer(forth, back)


def _residual(steps: int = 80) -> Layer:
    A = 0.45 * MIX / torch.linalg.matrix_norm(MIX, 2)

    def f(z: torch.Tensor) -> torch.Tensor:
        return torch.tanh(z) @ A.T

    def volume(z: torch.Tensor) -> torch.Tensor:
        return torch.linalg.slogdet(torch.eye(3, dtype=z.dtype) + A * (1 - torch.tanh(z) ** 2)[:, None, :]).logabsdet

    def back(x: torch.Tensor) -> Pair:
        z = x
        for _ in range(steps):
            z = x - f(z)
        return z, -volume(z)

    return _layer(lambda z: (z + f(z), volume(z)), back)


def _chain(*layers: Layer, order: Callable = reversed) -> Layer:
    def run(points: torch.Tensor, chosen: Any, inverse: bool) -> Pair:
        total = points.new_zeros(len(points))
        for layer in chosen:
            points, ladj = layer(points, inverse=inverse)
            total = total + ladj
        return points, total

    return _layer(lambda z: run(z, layers, False), lambda x: run(x, order(layers), True))


def _after(layer: Layer, forth: Callable | None = None, back: Callable | None = None) -> Layer:
    """A layer whose results are changed on the way out, or on the way back."""

    def changed(points: torch.Tensor, inverse: bool = False) -> Pair:
        change = back if inverse else forth
        found = layer(points, inverse=inverse)
        return found if change is None else change(*found, points)

    return changed


def _claims(change: Callable[[torch.Tensor], torch.Tensor]) -> Layer:
    """A right coupling, then mixing, with changed log-determinants in both directions."""
    return _after(_RIGHT, *(lambda moved, ladj, _: (moved, change(ladj)),) * 2)


_RIGHT = _chain(_coupling(), _mixed())
_DOUBLE = torch.float64


@exercise("flow.catch_layer", ("is_a_layer",), kind="detective")
class CatchLayer(Detective):
    """Both directions, both log-determinants, item by item: of layers of every make."""

    apart = True
    accepts = gate("every right layer is accepted, of whatever make it is")
    volume = pays("a layer with a wrong log-determinant is caught")
    batch = pays("a layer that lets the items of a batch meet is caught")
    inverse = pays("a layer whose inverse does not undo forward is caught")
    mask = pays("a coupling with a wrong mask is caught")

    hints = (
        "Of the log-determinant you know the truth without knowing the layer: move z a little in each direction, and see how "
        "x moves. What matrix do these differences make?",
        "What must come out if you go there and back, and what if an item is asked about alone?",
        "An inverse may be wrong although its log-determinants add up to 0, and a log-determinant may be wrong although one "
        "comes back. Test points, both log-determinants, and several items that differ.",
    )

    right = {
        "an affine coupling": _coupling(),
        "an additive coupling, whose log-determinant is 0": _additive(),
        "a matrix with a negative determinant": _mixed(),
        "frozen batch normalisation": _normed(),
        "a planar layer": _planar(),
        "a residual layer": _residual(),
        "a chain of four": _chain(_coupling(), _mixed(), _planar(), _normed()),
    }
    bugs = {
        "volume": {
            "has a log-determinant of 0 both ways": _claims(torch.zeros_like),
            "has the sign of both log-determinants turned": _claims(torch.neg),
            "has twice the log-determinant": _claims(lambda ladj: 2 * ladj),
            "adds up the scales, not their logarithms": _coupling(ladj=lambda s, t: (s.exp() * ~KEEP).sum(1)),
            "has the sign turned on the way back only": _coupling(sign=1),
            "takes tanh for its derivative": _planar(slope=torch.tanh),
            "forgets all layers but the last": _after(
                _RIGHT, lambda moved, ladj, _: (moved, torch.linalg.slogdet(MIX).logabsdet.expand(len(moved)).clone())
            ),
            "is off by one hundredth": _claims(lambda ladj: ladj + 0.01),
        },
        "batch": {
            "adds the log-determinants of the batch": _claims(lambda ladj: ladj.sum().expand(len(ladj)).clone()),
            "averages the log-determinants of the batch": _claims(lambda ladj: ladj.mean().expand(len(ladj)).clone()),
            "gives every item the log-determinant of the first": _claims(lambda ladj: ladj[:1].expand(len(ladj)).clone()),
            "normalises by the batch's own statistics": _live(),
            "hands every item to its neighbour": _after(
                _RIGHT,
                lambda moved, ladj, _: (moved.roll(1, 0), ladj.roll(1, 0)),
                lambda moved, ladj, _: (moved.roll(-1, 0), ladj),
            ),
        },
        "inverse": {
            "goes forward on the way back": _layer(*(lambda v: _RIGHT(v),) * 2),
            "goes forward on the way back, with the sign turned": _layer(lambda z: _RIGHT(z), lambda x: (_RIGHT(x)[0], -_RIGHT(x)[1])),
            "hands x back": _after(_RIGHT, back=lambda moved, ladj, x: (x, ladj)),
            "takes one step of an iteration": _residual(1),
            "halves the interval three times": _planar(steps=3),
            "undoes the shift last": _coupling(home=lambda x, s, t: x * torch.exp(-s) - t),
            "undoes a chain in the wrong order": _chain(_coupling(), _mixed(), order=list),
            "knows the way back near the origin only": _after(_RIGHT, back=lambda z, ladj, _: (z.clamp(-0.5, 0.5), ladj)),
        },
        "mask": {
            "shows the networks what they move": _coupling(seen=lambda v, keep: v),
            "swaps the mask on the way back": _coupling(back_keep=~KEEP),
            "moves everything, and counts it": _coupling(others=lambda keep: torch.ones_like(keep)),
            "shows the networks the moved coordinates only": _coupling(seen=lambda v, keep: v * ~keep),
        },
    }  # fmt: skip

    mistakes = (
        wrong(
            "there and back is enough",
            lambda layer: _returns(layer, _points()),
            "Going there and back says nothing about volumes: a log-determinant of 0 passes. Compare it with the Jacobian of "
            "the layer, which differences give you.",
            also=(lambda layer: _returns(layer, _points()) and _cancel(layer, _points()),),
        ),
        wrong(
            "only the log-determinant of forward",
            lambda layer: _has_volume(layer, _points()),
            "The way back was not looked at. Does it lead back, and is its log-determinant that of the way back?",
        ),
        wrong(
            "one item at a time",
            lambda layer: _passes(layer, _points()[:1]),
            "In a batch of one, a sum over the batch is right. Ask about several items at once, and about one of them alone.",
        ),
        wrong(
            "a log-determinant of 0 refused",
            lambda layer: _passes(layer, _points()) and bool(layer(_points())[1].abs().max() > 1e-6),
            "An additive coupling changes no volume, and 0 is right for it. Compare with the Jacobian in place of guessing.",
        ),
        wrong(
            "every layer is refused",
            lambda layer: _passes(layer, _points(), torch.equal),
            "Every layer is refused, the right ones as well. Right layers round, and differences are only nearly derivatives: "
            "allow for a hundred-thousandth. (And differences it has to be: through `layer` comes no gradient.)",
        ),
        wrong(
            "all rows moved together",
            lambda layer: _together(layer, _points()),
            "Every row was moved at once, and none was asked about alone: a layer that hands an item to its neighbour passes. "
            "Ask about one item by itself, and compare.",
        ),
        wrong(
            "no absolute value",
            lambda layer: _passes(layer, _points(), volume=lambda J: torch.linalg.det(J).log()),
            "A right layer may turn space over: its determinant is negative, and the logarithm of that is NaN. Volumes have no "
            "sign.",
        ),
        wrong(
            "only the diagonal of the Jacobian",
            lambda layer: _passes(layer, _points(), volume=lambda J: J.diagonal(dim1=1, dim2=2).abs().log().sum(1)),
            "The product of the diagonal is the determinant of a triangular matrix. Other layers have other Jacobians.",
        ),
        wrong(
            "differences that are too coarse",
            lambda layer: _passes(layer, _points(), step=1e-2, sided=True),
            "These differences are no derivatives yet: a right layer that bends is refused. Take central ones, with a step of "
            "10⁻⁵.",
            also=(lambda layer: _passes(layer, _points(), step=1e-3, sided=True),),
        ),
        wrong(
            "a tolerance that lets everything pass",
            lambda layer: _passes(layer, _points(), lambda a, b: torch.allclose(a, b, atol=0.5)),
            "With so much room a wrong layer passes as well. In double precision, central differences are right to eight digits.",
            also=(lambda layer: _passes(layer, _points(), lambda a, b: torch.allclose(a, b, atol=0.05)),),
        ),
    )


def _points() -> torch.Tensor:
    return 1.5 * torch.randn(4, 3, dtype=_DOUBLE, generator=torch.Generator().manual_seed(3))


def _near(a: torch.Tensor, b: torch.Tensor) -> bool:
    return torch.allclose(a, b, rtol=1e-5, atol=1e-5)


def _returns(layer: Layer, z: torch.Tensor, near: Callable = _near) -> bool:
    return near(layer(layer(z)[0], inverse=True)[0], z)


def _cancel(layer: Layer, z: torch.Tensor, near: Callable = _near) -> bool:
    x, ladj = layer(z)
    return near(layer(x, inverse=True)[1], -ladj)


def _has_volume(
    layer: Layer,
    z: torch.Tensor,
    near: Callable = _near,
    volume: Callable = lambda J: torch.linalg.slogdet(J).logabsdet,
    step: float = 1e-5,
    sided: bool = False,
) -> bool:
    """sided: by one-sided differences."""
    behind, width = (0.0, step) if sided else (step, 2 * step)
    moved = [(layer(z + step * e)[0] - layer(z - behind * e)[0]) / width for e in torch.eye(3, dtype=_DOUBLE)]
    J = torch.stack(moved, dim=2)
    return near(layer(z)[1], volume(J)) if math.isfinite(float(J.sum())) else False


def _together(layer: Layer, z: torch.Tensor, near: Callable = _near, **slip: Any) -> bool:
    return _has_volume(layer, z, near, **slip) and _returns(layer, z, near) and _cancel(layer, z, near)


def _passes(layer: Layer, z: torch.Tensor, near: Callable = _near, **slip: Any) -> bool:
    alone = all(near(layer(z[:1])[k], layer(z)[k][:1]) for k in (0, 1))
    return alone and _together(layer, z, near, **slip)
