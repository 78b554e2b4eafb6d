"""The one judge of all layers (long: truth, judge, slips and parts): x = f(z) and back, each with its log-determinant.

A layer says of itself only what its equation says of one item, as a differentiable function in float64 (`layer`). All
the rest follows from that: x, the Jacobian by automatic differentiation, the way back by Newton's method, both
log-determinants, and the bounds within which a sound computation may round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from autograder.judging.compare import close, has_shape, kind_of, near, values
from autograder.judging.domain import Made, Place
from autograder.judging.draw import floats
from autograder.judging.exercise import (
    Ask,
    Case,
    Exercise,
    Finding,
    Law,
    Mistake,
    call,
    case,
    gate,
    grad,
    jacobian,
    pays,
    wrong,
)
from autograder.judging.networks import network
from pushforward.answering.nets import ARCHITECTURES
from pushforward.answering.wire import Net

ROOM = 4.0  # roundings of a layer beside those of its sums: an exponential here, a network there
Pair = tuple[torch.Tensor, torch.Tensor]
Way = Callable[..., Pair]


# --- the truth about one batch -----------------------------------------------------------------------------------


def exactly(value: Any) -> Any:
    """What the student gets, in float64: tensors, networks as functions, and whatever lists hold."""
    if isinstance(value, Net):
        return ARCHITECTURES[value.architecture]([exactly(w) for w in value.weights])
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return value.double() if value.is_floating_point() else value
    return type(value)(map(exactly, value)) if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True)
class Here:
    """A layer at a batch of points, items as rows: z and x, both (B, n); J = ∂x/∂z; its log-determinant and that one's slope."""

    z: np.ndarray
    x: np.ndarray
    J: np.ndarray
    ladj: np.ndarray
    slope: np.ndarray

    @classmethod
    def at(cls, layer: Callable, z: torch.Tensor) -> Here:
        """z: (B, …), in float64."""
        z = z.detach().requires_grad_()
        x, J = _tangent(layer, z)
        ladj = torch.linalg.slogdet(J).logabsdet
        slope = torch.zeros_like(z)
        if ladj.requires_grad:
            (slope,) = torch.autograd.grad(ladj.sum(), z, materialize_grads=True)
        found = (z.reshape(len(z), -1), x, J, ladj, slope.reshape(len(z), -1))
        return cls(*(tensor.detach().numpy() for tensor in found))

    @classmethod
    def behind(cls, layer: Callable, x: torch.Tensor, z: torch.Tensor) -> Here:
        """At the z from which x comes exactly; the z that is given is right up to rounding, which one step mends."""
        z = z.detach().requires_grad_()
        near, J = _tangent(layer, z)
        step = torch.linalg.solve(J, (near - x.reshape(near.shape))[..., None])
        return cls.at(layer, (z - step.reshape(z.shape)).detach())

    @property
    def back(self) -> np.ndarray:
        """∂z/∂x."""
        return np.linalg.inv(self.J)

    @property
    def room(self) -> np.ndarray:
        """What is rounded on the way to x, coordinate by coordinate."""
        return ROOM * (1 + np.abs(self.x) + _times(np.abs(self.J), np.abs(self.z)))

    @property
    def room_back(self) -> np.ndarray:
        """The same on the way to z."""
        return ROOM * (1 + np.abs(self.z)) + _times(np.abs(self.back), self.room)

    @property
    def room_ladj(self) -> np.ndarray:
        """The same for the log-determinant, of either way: as many logarithms as coordinates, at a rounded z."""
        moved = (np.abs(self.slope) * (np.abs(self.z) + self.room_back)).sum(axis=1)
        return ROOM * (self.z.shape[1] + np.abs(self.ladj) + moved)


def _tangent(layer: Callable, z: torch.Tensor) -> Pair:
    """x (B, n) and ∂x/∂z (B, n, n). Items do not meet in a layer, so the gradient of a sum holds that of every item."""
    x = layer(z).reshape(len(z), -1)
    rows = [torch.autograd.grad(out.sum(), z, create_graph=True, materialize_grads=True)[0] for out in x.unbind(1)]
    return x, torch.stack(rows, dim=1).reshape(len(z), x.shape[1], -1)


def _times(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    return (matrices @ vectors[..., None])[..., 0]


# --- the judge ---------------------------------------------------------------------------------------------------


class Layer(Exercise):
    """The base of these exercises. The first two names are the two directions, which take the points first.

    shut: directions that need not be differentiable (an iteration); learnt: which of the arguments behind the points are
    the layer's own numbers, to be trained; bare: the log-determinant is a constant that knows nothing of the layer, so
    it pays only beside the right points; rounds: how much more than usual a layer rounds.
    """

    shut: ClassVar[tuple[str, ...]] = ()
    learnt: ClassVar[tuple[int, ...]] = ()
    bare: ClassVar[bool] = False
    rounds: ClassVar[float] = 1.0
    form = gate(
        "each direction gives a pair: points of the shape of those it took, and a log-determinant for each of them"
    )
    forth = pays("forward carries every z to the x of the layer's equation")
    forth_ladj = pays("the log-determinant of forward is that of ∂x/∂z, for every item by itself")
    back = pays("inverse carries every x to the z from which it comes")
    back_ladj = pays("the log-determinant of inverse is that of ∂z/∂x, for every item by itself")

    def layer(self, z: torch.Tensor, *given: Any) -> torch.Tensor:
        """x for z, as the equation says it: all in float64, and differentiable."""
        raise NotImplementedError

    # Each way is asked by itself, so that one can pay while the other is blank.

    def both(self, z: torch.Tensor, *given: Any, slopes: bool = False) -> Case:
        """A case about both directions; slopes: and whether a gradient passes."""
        return self._case(self.names[:2], z, given, slopes)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        """A point of the domain. For the way back it is the z: x is whatever the layer makes of it."""
        z, *rest = given.values()
        return self._case((name,), z, rest, slopes=z.numel() <= 6)

    def _case(self, names: tuple[str, ...], z: torch.Tensor, given: Any, slopes: bool) -> Case:
        truth = [exactly(each) for each in given]

        def layer(v: torch.Tensor) -> torch.Tensor:
            return self.layer(v, *truth)

        x = layer(exactly(z)).detach()
        x = torch.where(x.abs() < 1e-12, 0.0, x).to(z)  # what an iteration leaves of a nought
        points = {self.names[0]: z, self.names[1]: x}
        asks = [self._ask(verb, name, points[name], given) for name in names
                for verb in (self._verbs(name, z) if slopes and name not in self.shut else (call,))]  # fmt: skip
        about = (self.form, *(law for name in names for law in self._laws(name)))
        return case(*asks, about=about, layer=layer, points=points, z=z, given=truth)

    def _verbs(self, name: str, z: torch.Tensor) -> Iterator[Callable[..., Ask]]:
        """How a direction is asked: for its values, their derivatives, and those by the numbers that are learnt."""
        yield from (call, jacobian)
        if self.learnt:
            places = tuple(1 + place for place in self.learnt)
            for weights in _weights(z):
                yield lambda of, *args, weights=weights: grad(of, places, list(weights), *args)

    def _ask(self, verb: Callable[..., Ask], name: str, points: torch.Tensor, given: Any) -> Ask:
        return verb(name, points, *given).about(self.form, *self._laws(name))

    def _laws(self, name: str) -> tuple[Law, Law]:
        return (self.forth, self.forth_ladj) if name == self.names[0] else (self.back, self.back_ladj)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        found: dict[str, Here] = {}
        for ask, answer in zip(case.asks, answers, strict=True):
            here = found[ask.of] = found.get(ask.of) or self._here(case, ask.of)
            if ask.verb == "jacobian":
                yield from self._slopes(ask.of, here, answer)
            elif ask.verb == "grad":
                yield self._learns(case, ask, here, answer)
            else:
                met = _met(here, (a for other, a in zip(case.asks, answers, strict=True) if other.of == ask.of))
                yield from self._values(case, ask.of, here, answer, MIXED if met else "")

    def _here(self, case: Case, name: str) -> Here:
        z = exactly(case.z)
        return (
            Here.at(case.layer, z) if name == self.names[0] else Here.behind(case.layer, exactly(case.points[name]), z)
        )

    def _values(self, case: Case, name: str, here: Here, answer: Any, why: str) -> Iterator[Finding]:
        points, (carries, volume) = case.points[name], self._laws(name)
        formed = self._formed(answer, points)
        yield formed
        if not formed.ok:
            return
        forward = name == self.names[0]
        want, room, ladj = (here.x, here.room, here.ladj) if forward else (here.z, here.room_back, -here.ladj)
        right = close(answer[0], want.reshape(points.shape), points.dtype, self.rounds * room.reshape(points.shape))
        yield carries(*right, why="" if right.ok else why)
        if self.bare and not right.ok:
            yield volume(False, "the log-determinant of a layer that is right", "that of another", why=BESIDE)
        else:
            sized = close(answer[1], ladj, points.dtype, self.rounds * here.room_ladj)
            yield volume(*sized, why="" if sized.ok else why)

    def _formed(self, answer: Any, points: torch.Tensor) -> Finding:
        wanted = f"({show_shape(points)}, {show_shape(points[:, :0].sum(1).reshape(len(points), -1).sum(1))})"
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            return self.form(False, wanted, kind_of(answer))
        shapes = has_shape(answer[0], tuple(points.shape), points), has_shape(answer[1], (len(points),), points)
        return self.form(all(shape.ok for shape in shapes), wanted, ", ".join(kind_of(part) for part in answer))

    def _slopes(self, name: str, here: Here, answer: Any) -> Iterator[Finding]:
        """The Jacobian of the student's own map, and the slope of its log-determinant, as a training would see them."""
        forward = name == self.names[0]
        J, slope = (here.J, here.slope) if forward else (here.back, -np.einsum("bi,bij->bj", here.slope, here.back))
        for law, got, own in zip(self._laws(name), _derivatives(here, answer), (J, slope), strict=False):
            yield sloped(law, got, own)

    def _learns(self, case: Case, ask: Ask, here: Here, answer: Any) -> Finding:
        """The gradients by the layer's own numbers, of the points or of the log-determinants, each of them weighed."""
        given = [g.clone().requires_grad_() if k in self.learnt else g for k, g in enumerate(case.given)]
        weights, forward = ask.more["cotangent"], ask.of == self.names[0]
        loss = _weighed(lambda v: self.layer(v, *given), case.z, here, forward, *map(exactly, weights))
        wanted = torch.autograd.grad(loss, [given[k] for k in self.learnt], materialize_grads=True)
        law = self._laws(ask.of)[0 if weights[0].any() else 1]
        gradients = answer.get("gradients", {}) if isinstance(answer, dict) else {}
        for k, want in zip(self.learnt, wanted, strict=True):
            got = values(gradients.get(str(k + 1)))
            if want.any() or got is not None:
                verdict = near(gradients.get(str(k + 1)), want.numpy(), 2e-3)
                if not verdict.ok:
                    came = "none" if got is None else verdict.got
                    return law(False, f"a gradient of the layer's own numbers, {verdict.expected}", came, why=UNLEARNT)
        return law(True)


def sloped(law: Law, got: np.ndarray, own: np.ndarray) -> Finding:
    """The derivatives of items by items, (B, …, B, n), are those of each item by itself, (B, …, n), and 0 elsewhere."""
    want, B = np.zeros(got.shape), len(own)
    want[np.arange(B), ..., np.arange(B), :] = own
    verdict = near(got, want, 2e-3)
    why = "" if verdict.ok else CUT if not got.any() else OTHER
    return law(verdict.ok, f"derivatives {verdict.expected}", verdict.got, why=why)


def _weights(z: torch.Tensor) -> Iterator[Pair]:
    """Weights for the points and for the log-determinants: first the one alone, then the other; none is like another."""
    points = torch.cos(torch.arange(z.numel(), dtype=z.dtype, device=z.device)).reshape(z.shape) + 2
    ladj = torch.cos(torch.arange(len(z), dtype=z.dtype, device=z.device)) + 2
    yield points, torch.zeros_like(ladj)
    yield torch.zeros_like(points), ladj


def _weighed(
    layer: Callable, z: torch.Tensor, here: Here, forward: bool, of_points: torch.Tensor, of_ladj: torch.Tensor
) -> torch.Tensor:
    """Σ weights · points + Σ weights · ladj of one direction, in the graph of the layer's own numbers."""
    z = torch.as_tensor(here.z).reshape(exactly(z).shape).requires_grad_()
    if not forward:  # x stays, so z moves: by one step of Newton's, which is exact for a first derivative
        x = layer(z).reshape(len(z), -1)
        z = z - torch.linalg.solve(torch.as_tensor(here.J), (x - x.detach())[..., None]).reshape(z.shape)
    x, J = _tangent(layer, z)
    ladj = torch.linalg.slogdet(J).logabsdet
    points, ladj = (x, ladj) if forward else (z.reshape(len(z), -1), -ladj)
    return (of_points.reshape(points.shape) * points).sum() + (of_ladj * ladj).sum()


def _derivatives(here: Here, answer: Any) -> list[np.ndarray]:
    """Those of the points, (B, n, B, n), and of the log-determinants, (B, B, n); none of another form, or not asked."""
    B, n = here.z.shape
    parts = [values(part) for part in answer] if isinstance(answer, (tuple, list)) and len(answer) == 2 else []
    shapes = (B, n, B, n), (B, B, n)
    if not parts or any(p is None or p.size != np.prod(s) for p, s in zip(parts, shapes, strict=True)):
        return []
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def _met(here: Here, answers: Iterable[Any]) -> bool:
    """Whether some item's result depends on another item, as far as derivatives were asked for."""
    parts = [part for answer in answers for part in _derivatives(here, answer)]
    apart = ~np.eye(len(here.z), dtype=bool)
    return any(np.abs(np.moveaxis(part, -2, 1)[apart]).max(initial=0.0) > 1e-6 for part in parts)


BESIDE = "A log-determinant of 0 is right for a whole family of layers, so it pays only beside the right points."
CUT = "The values may be right, but no gradient passes: nothing in front of this layer could be trained."
UNLEARNT = (
    "The values may be right, but no gradient, or a wrong one, reaches the layer's own numbers: it would not learn."
)
MIXED = "What comes of one item moves when another item of the batch does. Every item goes its own way."
OTHER = "These are derivatives of what your function returns."


def show_shape(points: torch.Tensor) -> str:
    """ "a tensor of shape (2, 3)"."""
    return f"a tensor of shape {tuple(points.shape)}"


# --- what goes wrong with any layer ------------------------------------------------------------------------------


def slips(forward: str, inverse: str, forth: Way, back: Way, alike: bool = False) -> tuple[Mistake, ...]:
    """The mistakes that can be made with any layer whose log-determinant is not always 0, made from the right one.

    alike: the log-determinant is the same for all items, so that its mean is no mistake.
    """

    def both(change: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, Way]:
        return {forward: _with_ladj(forth, change), inverse: _with_ladj(back, change)}

    return (
        wrong(
            "the log-determinant left at 0",
            both(torch.zeros_like),
            "A log-determinant of 0 says that no volume changes. It passes every test of going there and back, and it is "
            "wrong: this layer stretches.",
        ),
        wrong(
            "the log-determinant with the wrong sign",
            both(torch.neg),
            "Each direction returns the log-determinant of its own Jacobian. Where forward stretches, that of forward is "
            "positive and that of inverse negative: one is minus the other.",
        ),
        wrong(
            "one log-determinant for the whole batch",
            both(lambda ladj: ladj.sum().expand(len(ladj)).clone()),
            "The log-determinants of all items were added up. Every item has a density of its own, so it needs its own "
            "log-determinant: sum over what belongs to one item only.",
            also=() if alike else (both(lambda ladj: ladj.mean().expand(len(ladj)).clone()),),
        ),
        unlogged(forward, inverse, forth, back),
        *turned(forward, inverse, forth, back),
    )


def unlogged(forward: str, inverse: str, forth: Way, back: Way) -> Mistake:
    """The determinant in place of its logarithm: of each way its own, or of the way back minus that of forward."""
    return wrong(
        "the determinant, not its logarithm",
        {forward: _with_ladj(forth, torch.exp), inverse: _with_ladj(back, torch.exp)},
        "This is the determinant. Its logarithm is asked for.",
        also=({inverse: _with_ladj(back, lambda ladj: -torch.exp(-ladj))},),
    )


def turned(forward: str, inverse: str, forth: Way, back: Way) -> tuple[Mistake, ...]:
    """The mistakes with the direction."""
    return (
        wrong(
            "directions swapped",
            {forward: back},
            "This is the way back. Forward generates, from noise z to data x; inverse normalises.",
        ),
        wrong(
            "inverse repeats forward",
            {inverse: forth},
            "inverse does once more what forward does. It has to undo it: solve the equation for z.",
            also=({inverse: lambda x, *given: (forth(x, *given)[0], -forth(x, *given)[1])},),
        ),
    )


def _with_ladj(way: Way, change: Callable[[torch.Tensor], torch.Tensor]) -> Way:
    def changed(points: torch.Tensor, *given: Any) -> Pair:
        moved, ladj = way(points, *given)
        return moved, change(ladj)

    return changed


# --- couplings ---------------------------------------------------------------------------------------------------

KEEPS = "(D,), bool, some True and some False"


def keeps(place: Place) -> torch.Tensor:
    """Which coordinates pass unchanged: at least one, and not all."""
    D = place.sizes["D"]
    keep = place.rng.random(D) < 0.5
    chosen = place.rng.permutation(D)
    keep[chosen[0]], keep[chosen[1]] = True, False
    return torch.tensor(keep, device=place.device)


def from_kept(gain: float = 1.0) -> Made:
    """A network from (B, D) to (B, D)."""

    def make(place: Place) -> Net:
        D = place.sizes["D"]
        return network(place.rng, (D, 5, D), place.dtype, place.device, gain)

    return Made(make, (make,), says=("takes (B, D)", "gives (B, D)"))


# --- residual layers ---------------------------------------------------------------------------------------------

LIPSCHITZ = 0.7


def contraction(rng: np.random.Generator, D: int, L: float, dtype: torch.dtype, device: str) -> Net:
    """A tanh network of D → 5 → D whose slope is L at most: tanh is no steeper than 1, and norms multiply."""
    first, second = rng.normal(size=(5, D)), rng.normal(size=(D, 5))
    first, second = first / np.linalg.norm(first, 2), second * L / np.linalg.norm(second, 2)
    weights = first, 0.3 * rng.normal(size=5), second, 0.3 * rng.normal(size=D)
    return Net("mlp", tuple(floats(w, dtype, device) for w in weights), f"a network with slopes up to {L:.2f}")


def contractions(*phrases: str) -> Made:
    """A network that shrinks distances."""

    def make(place: Place, low: float = 0.2) -> Net:
        L = place.rng.uniform(low, LIPSCHITZ)
        return contraction(place.rng, place.sizes["D"], L, place.dtype, place.device)

    return Made(make, (lambda place: make(place, 0.65),), says=("takes (B, D)", "gives (B, D)", *phrases))
