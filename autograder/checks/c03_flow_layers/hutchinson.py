"""flow.hutchinson: Σ_{k≤n} (−1)^{k+1} vᵀJᵏv / k at every row, by products of vectors with J only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c03_flow_layers.shared import contraction, contractions, exactly
from autograder.judging.compare import arithmetic, close, exact, has_shape, near, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import PYTHON, floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, case, exercise, gate, grad, pays, wrong
from autograder.judging.networks import linear

NAME = "hutchinson_ladj"


def _products(f: Callable, z: torch.Tensor, v: torch.Tensor, n: int) -> list[torch.Tensor]:
    """vᵀJᵏ for k = 1 … n."""
    z = z if z.requires_grad else z.detach().requires_grad_()
    out, found = f(z), [v]
    for _ in range(n):
        found.append(torch.autograd.grad(out, z, found[-1], create_graph=True)[0])
    return found[1:]


def _estimate(
    f: Callable,
    z: torch.Tensor,
    v: torch.Tensor,
    n: int,
    term: Callable = lambda k: (-1) ** (k + 1) / k,
    product: Callable = lambda w, v: (w * v).sum(1),
) -> torch.Tensor:
    return sum(term(k) * product(w, v) for k, w in enumerate(_products(f, z, v, n), 1))


def _with(**slip: Callable) -> Callable:
    return lambda f, z, v, n: _estimate(f, z, v, n, **slip)


def _first_power(f: Callable, z: torch.Tensor, v: torch.Tensor, n: int) -> torch.Tensor:
    """(vᵀJv)ᵏ in place of vᵀJᵏv."""
    (w,) = _products(f, z, v, 1)
    return sum((-1) ** (k + 1) / k * (w * v).sum(1) ** k for k in range(1, n + 1))


def _by_the_last(f: Callable, z: torch.Tensor, v: torch.Tensor, n: int) -> torch.Tensor:
    """vᵀJᵏ times vᵀJᵏ⁻¹."""
    found = [v, *_products(f, z, v, n)]
    return sum((-1) ** (k + 1) / k * (found[k] * found[k - 1]).sum(1) for k in range(1, n + 1))


def _not_held(f: Callable, z: torch.Tensor, v: torch.Tensor, n: int) -> torch.Tensor:
    """The vector on the left is part of what is differentiated."""
    z = z if z.requires_grad else z.detach().requires_grad_()
    out, w, total = f(z), v, 0 * z.sum(1)
    for k in range(1, n + 1):
        (w,) = torch.autograd.grad((out * w).sum(), z, create_graph=True)
        total = total + (-1) ** (k + 1) / k * (w * v).sum(1)
    return total


@exercise("flow.hutchinson", (NAME,))
class Hutchinson(Exercise):
    """Σ (−1)^{k+1} vᵀJᵏv / k. The oracle forms J in float64 and multiplies matrices."""

    apart = True
    shape = gate("the estimate has one number for each row of z")
    value = pays("every row gets the alternating sum of its own vᵀJᵏv / k", 2)
    graph = pays("the estimate can be differentiated with respect to z, as training needs")

    hints = (
        "torch.autograd.grad(f(z), z, w) gives wᵀJ, without ever forming J. What do you get if you feed the result in again?",
        "After k products you hold vᵀJᵏ. Which product with v makes a number of it, for each row by itself?",
        "If the gradients themselves are to be differentiated, their graph has to be kept: create_graph=True.",
    )
    domain = {
        NAME: Domain(
            {
                "f": contractions("‖f(z) − f(z′)‖ ≤ 0.7 ‖z − z′‖"),
                "z": Tensor("B, D", Reals(reach=(1e-3, 10))),
                "v": Tensor("B, D", Reals(reach=(1e-3, 3))),
                "n": Number(Wholes(1, 10)),
            },
            sizes={"B": (1, 3), "D": (1, 4)},
            returns=Like("z"),
            draws=2,
            most=16,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        A = linear([[0.2, 0.5], [0.1, 0.0]], [0.0, 0.0], PYTHON, "f(z) = A z with A = [[0.2, 0.5], [0.1, 0]]")
        for n in (1, 2):
            yield self.case_of(
                NAME, {"f": A, "z": floats([[0.0, 0.0]], PYTHON), "v": floats([[1.0, -1.0]], PYTHON), "n": n}
            )
        for dtype, device in arithmetic():
            for B, D, n in ((3, 2, 3), (2, 3, 6), (1, 4, 2)):
                z, v = (normal(rng, (B, D), dtype, device) for _ in range(2))
                yield self.case_of(NAME, {"f": contraction(rng, D, 0.65, dtype, device), "z": z, "v": v, "n": n})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        one = torch.ones_like(given["z"][:, 0])
        return case(grad(NAME, ("z",), one, **given), given=given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        answer = answer if isinstance(answer, dict) else {"value": answer, "gradients": {}}
        z = case.given["z"]
        shape = has_shape(answer["value"], (len(z),), z)
        yield self.shape(*shape)
        if not shape.ok:
            return
        want, slope, size = self._truth(case)
        right = close(answer["value"], want, z.dtype, 8 * (1 + size))
        yield self.value(*right)
        arrived = values(answer["gradients"].get("z"))
        if not right.ok or arrived is None:
            why = (
                ""
                if not right.ok
                else "The value is right, but it is cut from the graph: nothing could be learnt from it."
            )
            flat = right.ok and not np.abs(slope).max() > 1e-9
            yield self.graph(flat, "a gradient with respect to z", "none, or that of another value", why=why)
        else:
            yield self.graph(*near(arrived, slope, 2e-3 * (1 + size.max())))

    @staticmethod
    def _truth(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The estimate, its gradient in z, and the size of its terms."""
        f, z, v = (exactly(case.given[name]) for name in ("f", "z", "v"))
        z = z.requires_grad_()
        rows = [torch.autograd.grad(out.sum(), z, create_graph=True)[0] for out in f(z).unbind(1)]
        J = torch.stack(rows, dim=1)
        powers = [torch.linalg.matrix_power(J, k) for k in range(1, case.given["n"] + 1)]
        terms = [(-1) ** (k + 1) / k * torch.einsum("bi,bij,bj->b", v, M, v) for k, M in enumerate(powers, 1)]
        total = torch.stack(terms).sum(0)
        (slope,) = torch.autograd.grad(total.sum(), z, materialize_grads=True)
        return total.detach().numpy(), slope.numpy(), (exact(v) ** 2).sum(axis=1)

    mistakes = (
        wrong(
            "signs that do not alternate",
            _with(term=lambda k: 1 / k),
            "The series of log(1 + j) alternates: plus, minus, plus, …",
            also=(_with(term=lambda k: (-1) ** k / k),),
        ),
        wrong(
            "1/k forgotten",
            _with(term=lambda k: (-1) ** (k + 1)),
            "The k-th term is divided by k.",
        ),
        wrong(
            "summed over the batch",
            _with(product=lambda w, v: (w * v).sum().expand(len(v))),
            "The products of all rows were added up. Each row has its own vᵀJᵏv: sum over its coordinates only.",
        ),
        wrong(
            "powers of the number",
            _first_power,
            "(vᵀJv)ᵏ is not vᵀJᵏv. Multiply by J again, k times, and by v at the end.",
        ),
        wrong(
            "no v at the end",
            _with(product=lambda w, v: w.sum(1)),
            "vᵀJᵏ is a vector. Its product with v is the estimate of the trace; the sum of its entries is not.",
        ),
        wrong(
            "divided by v·v",
            lambda f, z, v, n: _estimate(f, z, v, n) / (v**2).sum(1),
            "vᵀJv/(v·v) is an average over directions. The estimate of the trace is vᵀJv itself, with E vvᵀ = I.",
            also=(lambda f, z, v, n: _estimate(f, z, v, n) / v.shape[1],),
        ),
        wrong(
            "one term missing",
            lambda f, z, v, n: _estimate(f, z, v, n - 1) + 0 * z.sum(1),
            "n terms were asked for: k = 1 … n, both ends included.",
        ),
        wrong(
            "the trace itself",
            lambda f, z, v, n: sum(_estimate(f, z, e.expand_as(z), n) for e in torch.eye(z.shape[1]).to(z)),
            "This is the exact trace, for which D passes are needed. The estimate is made of the v that is given.",
        ),
        wrong(
            "the Jacobian of the layer",
            lambda f, z, v, n: _estimate(lambda y: y + f(y), z, v, n),
            "J is ∂f/∂z, the small part. The 1 of log(1 + j) stands for the identity already.",
        ),
        wrong(
            "the vector before in place of v",
            _by_the_last,
            "vᵀJᵏv has v at both ends. Keep v beside the vector that is multiplied by J again and again.",
        ),
        wrong(
            "the vector differentiated as well",
            _not_held,
            "In (f(z) · w).sum() the vector w depends on z as well, and grad differentiates both factors. Hand w over as "
            "grad_outputs: torch.autograd.grad(f(z), z, w).",
        ),
        wrong(
            "cut off from its graph",
            lambda f, z, v, n: _estimate(f, z, v, n).detach(),
            "The value is right, but no gradient can pass. Keep the graph of each product (create_graph=True).",
        ),
    )
