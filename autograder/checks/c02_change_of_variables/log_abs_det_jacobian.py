"""cov.log_abs_det_jacobian (long: maps of every size, and slips with gradients). The oracle differentiates by difference
quotients with fifty digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.checks.c02_change_of_variables.shared import in_high_precision, net_of, random_matrix, random_signed
from autograder.judging.compare import arithmetic, close, exact, has_shape, near, show
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong
from autograder.oracles.precise import DIGITS, determinant, digits
from pushforward.answering.wire import Net


def _jacobians(f: Callable, x: torch.Tensor) -> torch.Tensor:
    """(B, D, D), in the graph of x."""
    x = x if x.requires_grad else x.detach().requires_grad_()
    z = f(x)
    rows = [torch.autograd.grad(z[:, i].sum(), x, create_graph=True)[0] for i in range(z.shape[1])]
    return torch.stack(rows, dim=1)


def _diagonal(f: Callable, x: torch.Tensor) -> torch.Tensor:
    return _jacobians(f, x).diagonal(dim1=1, dim2=2).abs().log().sum(1)


def _summed(f: Callable, x: torch.Tensor) -> torch.Tensor:
    """The Jacobian of the outputs summed over the batch, with the axes (output, batch, input)."""
    return torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x, create_graph=True)


def _signed_ladj(f: Callable, x: torch.Tensor) -> torch.Tensor:
    """NaN where the determinant is negative, gradients included."""
    sign, log_abs = torch.linalg.slogdet(_jacobians(f, x))
    return log_abs * torch.where(sign > 0, 1.0, math.nan)


def _ladj(f: Callable, x: torch.Tensor) -> torch.Tensor:
    return torch.linalg.slogdet(_jacobians(f, x))[1]


def _linear(rng: np.random.Generator, d: int, dtype: torch.dtype, device: str, sign: int = 0, scale: float = 1) -> Net:
    return _linear_net(random_matrix(rng, d, sign) * scale, rng.normal(size=d), dtype, device)


def _linear_net(A: np.ndarray, b: np.ndarray, dtype: torch.dtype, device: str) -> Net:
    return Net("linear", (floats(A, dtype, device), floats(b, dtype, device)), f"A x + b with A = {show(A)}")


def _planar(rng: np.random.Generator, dtype: torch.dtype, device: str) -> Net:
    w = rng.normal(size=2)
    u = w / (w @ w) * random_signed(rng, 0.2, 0.7) + rng.uniform(-0.3, 0.3) * np.array([-w[1], w[0]])
    return Net("planar", (floats(u, dtype, device), floats(w, dtype, device)), "x + u tanh(w·x)")


NO_GRAPH = "Nothing that is computed from the result can train f."
_NUMBERS = {  # of maps with scalar parameters, by their names: the dimension (0: any), and how they are drawn
    "swirl": (2, lambda rng: (float(rng.normal()), random_signed(rng, 0.3, 0.8))),
    "coupling": (2, lambda rng: (float(rng.uniform(0.3, 1)),)),
    "shear": (2, lambda rng: (random_signed(rng, 0.3, 2),)),
    "spiral": (2, lambda rng: (random_signed(rng, 0.3, 1),)),
    "triangular": (3, lambda rng: (random_signed(rng, 0.3, 0.9),)),
    "wave": (0, lambda rng: (random_signed(rng, 1, 2), random_signed(rng, 0.2, 0.7))),
    "sinh": (0, lambda rng: (random_signed(rng, 0.3, 1) * 10 ** rng.uniform(-6, 3), float(rng.uniform(0.3, 1)))),
}


def _named(name: str) -> Callable[[Place], Net]:
    """That map; where it lives in a space of its own, the points do so too."""

    def make(place: Place) -> Net:
        d, numbers = _NUMBERS[name]
        place.sizes["D"] = d or place.sizes["D"]
        return net_of(name, numbers(place.rng), place.dtype, place.device)

    return make


def _matrix(sign: int, scale: float) -> Callable[[Place], Net]:
    return lambda place: _linear(place.rng, place.sizes["D"], place.dtype, place.device, sign, scale)


def _of_any_size(place: Place) -> Net:
    """Linear, bent, or entry by entry: whatever there is for points of that size."""
    fitting = [name for name, (d, _) in _NUMBERS.items() if d in (0, place.sizes["D"])]
    makers = [*map(_named, fitting), _matrix(0, 10 ** place.rng.uniform(-4, 4))]
    return makers[place.rng.integers(len(makers))](place)


def _in_the_plane(place: Place) -> Net:
    place.sizes["D"] = 2
    return _planar(place.rng, place.dtype, place.device)


_KINDS = (*map(_named, _NUMBERS), _in_the_plane, _matrix(-1, 1.0), _matrix(1, 1e-5), _matrix(1, 1e5))


@exercise("cov.log_abs_det_jacobian", ("log_abs_det_jacobian",))
class LogAbsDetJacobian(Exercise):
    """log |det ∂f/∂x| at every row of x. The oracle differentiates by difference quotients with fifty digits."""

    shape = gate("the result has one number for each row of x")
    value = pays("every row gets the logarithm of its own |det J|, also where the determinant underflows", 1)
    graph = pays("the result can be differentiated once more, as training needs", 1)

    hints = (
        "Row i of the Jacobian is the gradient of output i. How many gradients does a batch of B points need, B·D or D?",
        "The rows of x do not interact, so the gradient of a sum over the batch holds every row's own gradient.",
        "torch.linalg gives sign and logarithm of a determinant. And a gradient can itself be differentiated, if you ask for its graph.",
    )

    domain = {
        "log_abs_det_jacobian": Domain(
            {
                "f": Made(_of_any_size, _KINDS, says=("maps (…, D) to (…, D), every row by itself, with det ≠ 0",)),
                "x": Tensor("B, D", Reals(reach=(1e-3, 3), usual=(-1.2, 1.2))),
            },
            sizes={"B": (1, 4), "D": (1, 3, 5)},
            returns=Like("x"),
        )
    }

    def case_of(self, name: str, given: dict[str, Any]) -> Iterator[Case]:
        f, x = given.values()
        yield self._value(f, x)
        if x.numel() <= 6 and f.architecture in ("planar", "coupling", "triangular"):
            yield self._graph(f, x, torch.ones_like(x[:, 0]))

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        shear = net_of("shear", (2.0,), PYTHON)
        linear = _linear_net(np.array([[0.0, 2.0], [3.0, 1.0]]), np.zeros(2), PYTHON, "cpu")
        yield self._value(linear, floats([[1.0, 0.0]], PYTHON))
        yield self._value(shear, floats([[1.0, 0.0], [0.0, 1.0]], PYTHON))
        yield self._weights(linear, floats([[1.0, 0.0], [0.5, 2.0]], PYTHON), floats([1.0, 0.5], PYTHON))
        for dtype, device in arithmetic():
            few = list(self._maps(rng, dtype, device))[:: 1 if dtype is torch.float64 else 2]
            for number_of, f in enumerate(few):
                sizes = {"triangular": 3, "wave": 3, "linear": f.weights[-1].numel()}
                d = sizes.get(f.architecture, 2)
                batch = (1, d, 4)[number_of % 3]
                x = floats(rng.uniform(-1.2, 1.2, size=(batch, d)), dtype, device)
                yield self._value(f, x)
                if f.architecture in ("planar", "coupling", "triangular"):
                    cotangent = floats(rng.normal(size=batch), dtype, device)
                    yield self._graph(f, x, cotangent)
            d = 120 if dtype is torch.float64 else 24
            f = net_of("wave", (1e-3, 4e-4), dtype, device)
            yield self._value(f, floats(rng.uniform(-1, 1, size=(1, d)), dtype, device))

    def _maps(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Iterator[Net]:
        yield _linear(rng, 3, dtype, device)
        yield _linear(rng, 2, dtype, device, -1)
        for name in ("swirl", "coupling", "triangular", "wave"):
            yield net_of(name, _NUMBERS[name][1](rng), dtype, device)
        yield _planar(rng, dtype, device)

    def _graph(self, f: Net, x: torch.Tensor, cotangent: torch.Tensor) -> Case:
        asked = grad("log_abs_det_jacobian", ("x",), cotangent, f=f, x=x)
        return case(asked, about=(self.shape, self.graph), law=self.graph, of="x", f=f, x=x, cotangent=cotangent)

    def _weights(self, f: Net, x: torch.Tensor, cotangent: torch.Tensor) -> Case:
        asked = grad("log_abs_det_jacobian", ("f",), cotangent, f=f, x=x)
        return case(asked, about=(self.shape, self.graph), law=self.graph, of="f", f=f, x=x, cotangent=cotangent)

    def _value(self, f: Net, x: torch.Tensor) -> Case:
        asked = call("log_abs_det_jacobian", f, x)
        return case(asked, about=(self.shape, self.value), law=self.value, f=f, x=x)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.law is self.graph:
            answer, gradient = (
                (answer.get(key) for key in ("value", "gradients")) if isinstance(answer, dict) else (None, None)
            )
        shape = has_shape(answer, tuple(case.x.shape[:1]), case.x)
        yield self.shape(*shape)
        if not shape.ok:
            return
        yield self._judge_value(case, answer) if case.law is self.value else self._judge_gradient(case, gradient)

    def _judge_value(self, case: Case, answer: Any) -> Finding:
        f = in_high_precision(case.f)
        if case.f.architecture in ("wave", "sinh"):  # entry by entry: the Jacobian is diagonal
            with mpmath.workdps(DIGITS):
                slopes = [[f.jacobian([mpmath.mpf(float(v))])[0][0] for v in row] for row in exact(case.x)]
            ladj = np.array([float(mpmath.fsum(mpmath.log(abs(s)) for s in row)) for row in slopes])
            scale = abs(ladj) + 16 * case.x.shape[1]
        else:
            matrices = [f.jacobian(row.tolist()) for row in exact(case.x)]
            ladj = np.array([float(mpmath.log(abs(determinant(m)))) for m in matrices])
            worst = max(np.linalg.cond(np.array(m, dtype=float)) for m in matrices)
            scale = abs(ladj) + 4 * case.x.shape[1] * (1 + worst)
        return self.value(*close(answer, ladj, case.x.dtype, scale))

    def _judge_weights(self, case: Case, gradient: Any) -> Finding:
        """Of a linear map x ↦ Ax + b: ∂ log |det A| / ∂A = A⁻ᵀ, at every row of x alike."""
        gradient = gradient[0] if isinstance(gradient, (list, tuple)) and gradient else None
        if gradient is None:
            return self.graph(False, "a gradient with respect to the weights of f", "none", why=NO_GRAPH)
        A = exact(case.f.weights[0])
        return self.graph(*close(gradient, exact(case.cotangent).sum() * np.linalg.inv(A).T, case.x.dtype, 4.0))

    def _judge_gradient(self, case: Case, gradient: Any) -> Finding:
        gradient = gradient.get(case.of) if isinstance(gradient, dict) else None
        if case.of == "f":
            return self._judge_weights(case, gradient)
        if gradient is None:
            return self.graph(False, "a gradient with respect to x", "none", why=NO_GRAPH)
        f, step = in_high_precision(case.f), mpmath.mpf(10) ** -10
        expected = np.zeros(case.x.shape)
        with mpmath.workdps(DIGITS):
            for (b, j), _ in np.ndenumerate(expected):
                x = digits(exact(case.x)[b].tolist())
                ahead, behind = ([*x[:j], x[j] + s, *x[j + 1 :]] for s in (step, -step))
                expected[b, j] = float((f.ladj(ahead) - f.ladj(behind)) / (2 * step)) * float(case.cotangent[b])
        return self.graph(*near(gradient, expected.round(12), 1e-3))

    mistakes = (
        wrong(
            "only the diagonal",
            lambda f, x: _diagonal(f, x),
            "The diagonal entries were multiplied. That is the determinant of triangular matrices only; in general the other entries count.",
            also=(lambda f, x: _diagonal(f, x).detach(),),
        ),
        wrong(
            "no absolute value",
            lambda f, x: torch.logdet(_jacobians(f, x)),
            "A map that mirrors has a negative determinant, whose logarithm is NaN. Take the absolute value.",
            also=(
                lambda f, x: torch.logdet(_jacobians(f, x)).detach(),
                lambda f, x: torch.linalg.det(_jacobians(f, x)).log(),
                lambda f, x: _signed_ladj(f, x),
                lambda f, x: _signed_ladj(f, x).detach(),
            ),
        ),
        wrong(
            "one number for the whole batch",
            lambda f, x: _ladj(f, x).sum().expand(len(x)),
            "The log-determinants of all rows were added up: that is the Jacobian of the batch as one big point. Each row has its own.",
            also=(
                lambda f, x: _ladj(f, x).mean().expand(len(x)),
                lambda f, x: _ladj(f, x).detach().sum().expand(len(x)),
            ),
        ),
        wrong(
            "the axes of the batch",
            lambda f, x: torch.linalg.slogdet(_summed(f, x))[1],
            "The gradient of the summed outputs has the axes (output, batch, input): move the batch to the front before you take determinants.",
            also=(lambda f, x: torch.linalg.slogdet(_summed(f, x))[1].detach(),),
        ),
        wrong(
            "the determinant before its logarithm",
            lambda f, x: torch.linalg.det(_jacobians(f, x)).abs().log(),
            "The determinant has underflowed to 0 before its logarithm was taken. torch.linalg.slogdet never forms it.",
            also=(lambda f, x: torch.linalg.det(_jacobians(f, x)).abs().log().detach(),),
        ),
        wrong(
            "the determinant, not its logarithm",
            lambda f, x: torch.linalg.det(_jacobians(f, x)).abs(),
            "This is |det J|. Its logarithm is asked for.",
            also=(lambda f, x: torch.linalg.det(_jacobians(f, x)).abs().detach(),),
        ),
        wrong(
            "cut off from its graph",
            lambda f, x: _ladj(f, x).detach(),
            "The values are right, but no gradient can pass: the Jacobian must be computed with its graph (create_graph=True), and x must not be detached.",
            also=(
                lambda f, x: _ladj(f, x).detach() + 0 * x.sum(1),
                lambda f, x: torch.from_numpy(torch.func.vmap(torch.func.jacrev(f))(x.detach()).numpy()).slogdet()[1],
            ),
        ),
        wrong(
            "the gradient of a sum",
            lambda f, x: _jacobians(f, x).sum(1).abs().log().sum(1),
            "The outputs were added up before they were differentiated. What comes back is the sum of J's rows; the "
            "determinant needs each row by itself.",
            also=(
                lambda f, x: _jacobians(f, x).sum(1).abs().log().sum(1).detach(),
                lambda f, x: _jacobians(f, x).sum(1).abs().prod(1).log(),
                lambda f, x: _jacobians(f, x).sum((1, 2)).abs().log(),
            ),
        ),
        wrong(
            "the Jacobian of one point",
            lambda f, x: torch.linalg.slogdet(_jacobians(f, x)[0])[1] + 0 * x.sum(1),
            "The Jacobian at one point, or a mean of them, was used for the whole batch. Only an affine map has the same "
            "everywhere.",
            also=(
                lambda f, x: torch.linalg.slogdet(_jacobians(f, x)[0])[1].detach().expand(len(x)),
                lambda f, x: torch.linalg.slogdet(_jacobians(f, x).mean(0))[1] + 0 * x.sum(1),
                lambda f, x: torch.linalg.slogdet(_jacobians(f, x).mean(0))[1].detach().expand(len(x)),
            ),
        ),
        wrong(
            "that of the inverse map",
            lambda f, x: -_ladj(f, x),
            "The sign is that of the inverse map. Where f enlarges volumes, log|det J| is positive.",
            also=(lambda f, x: -_ladj(f, x).detach(),),
        ),
    )
