"""flow.residual: x = z + f(z) with a contraction f; ladj = Σ (−1)^{k+1} tr(Jᵏ)/k; z ← x − f(z) (long: n few or many)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c03_flow_layers.shared import (
    LIPSCHITZ,
    ROOM,
    Here,
    Layer,
    contraction,
    contractions,
    exactly,
    slips,
)
from autograder.judging.compare import arithmetic, close
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Finding, call, case, exercise, pays, wrong
from autograder.judging.networks import linear

FORTH, BACK = NAMES = "residual_forward", "residual_inverse"
MANY = 60  # steps and terms after which nothing is left to gain: 0.7⁶⁰ is 5·10⁻¹⁰
Pair = tuple[torch.Tensor, torch.Tensor]


def _domain(points: str) -> Domain:
    steep = contractions("‖f(z) − f(z′)‖ ≤ 0.7 ‖z − z′‖")
    arguments = {points: Tensor("B, D", Reals(reach=(1e-3, 10))), "f": steep, "n": Number(Wholes(1, 100))}
    return Domain(arguments, sizes={"B": (1, 3), "D": (1, 3)}, returns=(Like(points), Like(points)), draws=1, most=12)


def _jacobian(f: Callable, z: torch.Tensor) -> torch.Tensor:
    z = z if z.requires_grad else z.detach().requires_grad_()
    rows = [torch.autograd.grad(out.sum(), z, create_graph=True)[0] for out in f(z).unbind(1)]
    return torch.stack(rows, dim=1)


def _series(f: Callable, z: torch.Tensor, n: int, term: Callable = lambda k: (-1) ** (k + 1) / k) -> torch.Tensor:
    J = power = _jacobian(f, z)
    total = 0 * z.sum(1)
    for k in range(1, n + 1):
        total = total + term(k) * power.diagonal(dim1=1, dim2=2).sum(1)
        power = power @ J
    return total


def _fixed(x: torch.Tensor, f: Callable, n: int, sign: int = -1, start: torch.Tensor | None = None) -> torch.Tensor:
    z = x if start is None else start
    for _ in range(n):
        z = x + sign * f(z)
    return z


def _both(steps: Callable = lambda n: n, **term: Callable) -> dict[str, Callable]:
    """Both directions with other terms of the series, or another number of them."""

    def forth(z: torch.Tensor, f: Callable, n: int) -> Pair:
        return z + f(z), _series(f, z, steps(n), **term)

    def back(x: torch.Tensor, f: Callable, n: int) -> Pair:
        z = _fixed(x, f, n)
        return z, -_series(f, z, steps(n), **term)

    return {FORTH: forth, BACK: back}


def _settled(f: Callable, n: int, z: torch.Tensor) -> Pair:
    return z, -_series(f, z, n)


def _claiming(volume: Callable) -> dict[str, Callable]:
    """Both directions with another log-determinant, made of f, z and n."""

    def back(x: torch.Tensor, f: Callable, n: int) -> Pair:
        z = _fixed(x, f, n)
        return z, -volume(f, z, n)

    return {FORTH: lambda z, f, n: (z + f(z), volume(f, z, n)), BACK: back}


def _exactly(J: torch.Tensor) -> torch.Tensor:
    return torch.linalg.slogdet(torch.eye(J.shape[1], dtype=J.dtype, device=J.device) + J).logabsdet


def _terms(J: np.ndarray, n: int) -> np.ndarray:
    """The first n terms of log det of J = I + ∂f/∂z, (B, D, D), from eigenvalues."""
    return _of_powers(n, np.linalg.eigvals(J - np.eye(J.shape[1]))).sum(axis=1).real


def _trace(J: torch.Tensor) -> torch.Tensor:
    return J.diagonal(dim1=1, dim2=2).sum(1)


def _of_powers(n: int, j: Any) -> Any:
    """The first n terms of log(1 + j), entry by entry."""
    return sum((-1) ** (k + 1) / k * j**k for k in range(1, n + 1))


_RIGHT = _both()


@exercise("flow.residual", NAMES)
class Residual(Layer):
    """x = z + f(z). With enough terms it is a layer like any other; with few, just these steps and terms are asked for."""

    apart = True
    shut = (BACK,)
    series = pays("with few terms, the log-determinant is the sum of just these")
    steps = pays("with few steps, inverse is where just these lead from x")
    there = pays(
        "with few terms, the log-determinant of inverse is minus the sum of just these, at the z that was found"
    )
    hints = (
        "log(1 + j) = j − j²/2 + j³/3 − …: what stands in place of j, and what makes one number of a matrix?",
        "x = z + f(z) says z = x − f(z). What happens if you put a guess in on the right, again and again?",
        "One multiplication by J for each power is enough. And the way back has the log-determinant of forward at its own z, "
        "with the sign turned.",
    )
    domain = {FORTH: _domain("z"), BACK: _domain("x")}

    def layer(self, z: torch.Tensor, f: Callable, n: int) -> torch.Tensor:
        return z + f(z)

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        half = linear([[0.5]], [0.0], PYTHON, "f(z) = z / 2")
        yield self._few(FORTH, floats([[1.0]], PYTHON), half, 2)
        yield self._few(BACK, floats([[2.0]], PYTHON), half, 3)
        yield self._few(BACK, floats([[2.0]], PYTHON), half, 1)  # from 0 a single step leads to x only
        squeeze = linear([[-0.7]], [0.0], PYTHON, "f(z) = −0.7 z")  # the steepest, all of whose terms have one sign
        for name in NAMES:
            yield self._few(name, floats([[1.0]], PYTHON), squeeze, 21)  # its rest still shows in float32
        turn = linear([[0.0, 0.5], [-0.5, 0.0]], [0.1, 0.0], PYTHON, "f(z) = (z_2 / 2 + 0.1, −z_1 / 2)")
        yield self.both(floats([[1.0, 2.0]], PYTHON), turn, MANY)
        for dtype, device in arithmetic():
            for D, L in ((1, 0.5), (2, 0.65), (3, 0.6)):
                f, z = contraction(rng, D, L, dtype, device), normal(rng, (3, D), dtype, device)
                yield self.both(z, f, MANY, slopes=dtype is torch.float64)
                yield self._few(FORTH, z, f, int(rng.integers(1, 5)))
                yield self._few(BACK, z, f, int(rng.integers(1, 6)))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if given["n"] < MANY:
            return self._few(name, *given.values())
        return super().case_of(name, given)

    def _few(self, name: str, z: torch.Tensor, f: Any, n: int) -> Case:
        made = self._case((name,), z, (f, n), slopes=False)
        laws = (self.series,) if name == FORTH else (self.steps, self.there)
        asked = call(name, made.points[name], f, n)
        return case(asked, about=(self.form, *laws), layer=made.layer, points=made.points, z=z, f=f, n=n)

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if not hasattr(case.facts, "n"):
            yield from super().judge(case, *answers)
            return
        name, points = case.asks[0].of, case.points[case.asks[0].of]
        formed = self._formed(answers[0], points)
        yield formed
        if formed.ok:
            yield from (self._of_few if name == FORTH else self._led)(answers[0], case, points)

    def _of_few(self, answer: Any, case: Case, points: torch.Tensor) -> Iterator[Finding]:
        here = self._here(case, FORTH)
        yield self.series(*close(answer[1], _terms(here.J, case.n), points.dtype, here.room_ladj))

    def _led(self, answer: Any, case: Case, points: torch.Tensor) -> Iterator[Finding]:
        """Where n steps lead: what one of them rounds is shrunk by those after it."""
        x = exactly(points)
        z = _fixed(x, exactly(case.f), case.n)
        here = Here.at(case.layer, z)
        rounded = ROOM * (1 + x.abs().amax(1, keepdim=True) + z.abs().amax(1, keepdim=True)) / (1 - LIPSCHITZ)
        yield self.steps(*close(answer[0], z.detach().numpy(), points.dtype, rounded.expand_as(z).detach().numpy()))
        yield self.there(*close(answer[1], -_terms(here.J, case.n), points.dtype, here.room_ladj))

    mistakes = (
        wrong(
            "signs that do not alternate",
            _both(term=lambda k: 1 / k),
            "All terms were added. The series of log(1 + j) alternates: plus, minus, plus, …; this is −log(1 − j).",
        ),
        wrong(
            "1/k forgotten",
            _both(term=lambda k: (-1) ** (k + 1)),
            "The k-th term is divided by k. Without that it is the series of j/(1 + j).",
        ),
        wrong(
            "k factorial",
            _both(term=lambda k: (-1) ** (k + 1) / float(torch.lgamma(torch.tensor(k + 1.0)).exp())),
            "Factorials belong to the exponential. The logarithm divides by k.",
        ),
        wrong(
            "one term missing",
            _both(steps=lambda n: n - 1),
            "n terms were asked for: k = 1 … n, both ends included.",
        ),
        wrong(
            "f added on the way back",
            {BACK: lambda x, f, n: (_fixed(x, f, n, 1), -_series(f, _fixed(x, f, n, 1), n))},
            "From x = z + f(z) follows z = x − f(z).",
        ),
        wrong(
            "one step back",
            {BACK: lambda x, f, n: (x - f(x), -_series(f, x - f(x), n))},
            "x − f(x) is only the first guess at z: f wants to be asked about z. Put the guess in again, n times.",
        ),
        wrong(
            "the guess taken for x",
            {BACK: lambda x, f, n: (_drift(x, f, n), -_series(f, _drift(x, f, n), n))},
            "Each step subtracted f from the last guess. It has to be subtracted from x, which stays.",
        ),
        wrong(
            "begun at 0",
            {BACK: lambda x, f, n: _settled(f, n, _fixed(x, f, n, start=torch.zeros_like(x)))},
            "The first guess is z = x. From 0 the same iteration needs a step more.",
        ),
        wrong(
            "one step too many or too few",
            {BACK: lambda x, f, n: _settled(f, n, _fixed(x, f, n + 1))},
            "The first guess is z = x, and then n steps are taken: back from 1.5 with f(z) = z/2, three of them lead to 0.9375.",
            also=({BACK: lambda x, f, n: _settled(f, n, _fixed(x, f, n - 1))},),
        ),
        wrong(
            "steps without n",
            {BACK: lambda x, f, n: _settled(f, MANY, _fixed(x, f, MANY))},
            "n steps were asked for. With another number of them z is another point, even if it is nearer to the solution.",
            also=({BACK: lambda x, f, n: _settled(f, n, _fixed(x, f, MANY))},),
        ),
        wrong(
            "the log-determinant a step behind",
            {BACK: lambda x, f, n: (_fixed(x, f, n), -_series(f, _fixed(x, f, n - 1), n))},
            "z is right. J was taken at the guess before it: the log-determinant is asked for at the z that was found.",
        ),
        wrong(
            "the log-determinant taken at x",
            {BACK: lambda x, f, n: (_fixed(x, f, n), -_series(f, x, n))},
            "z is right. The log-determinant of the way back is minus that of forward at this z, not at x.",
        ),
        wrong(
            "the whole series",
            _claiming(lambda f, z, n: _exactly(_jacobian(f, z))),
            "This is log det(I + J) itself. The first n terms of its series were asked for: with few of them, that is another "
            "number.",
        ),
        wrong(
            "powers of the trace",
            _claiming(lambda f, z, n: _of_powers(n, _trace(_jacobian(f, z)))),
            "(tr J)ᵏ is not tr Jᵏ. Multiply matrices first, then take the trace.",
        ),
        wrong(
            "powers entry by entry",
            _claiming(lambda f, z, n: _trace(_of_powers(n, _jacobian(f, z)))),
            "J ** k raises every entry to the power of k. Jᵏ is a product of matrices: J @ J @ …",
        ),
        wrong(
            "the Jacobian of the layer",
            _claiming(lambda f, z, n: _series(lambda v: v + f(v), z, n)),
            "J is ∂f/∂z, the small part. The 1 of log(1 + j) stands for the identity already.",
        ),
        *slips(FORTH, BACK, _RIGHT[FORTH], _RIGHT[BACK]),
    )


def _drift(x: torch.Tensor, f: Callable, n: int) -> torch.Tensor:
    for _ in range(n):
        x = x - f(x)
    return x
