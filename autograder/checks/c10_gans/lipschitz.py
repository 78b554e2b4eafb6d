"""gan.lipschitz (long: three functions, two of which are judged by their gradients as well)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from scipy import stats

from autograder.judging.compare import arithmetic, close, exact, has_shape, is_number, number, values
from autograder.judging.domain import Domain, Like, Made, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong
from autograder.oracles.moments import Polynomial
from pushforward.answering.wire import Net

Penalty = Callable[..., torch.Tensor]


def _critic(rng: np.random.Generator, D: int, dtype: torch.dtype, device: str) -> Net:
    """A cubic with a mixed term, so that no coordinate's slope is the same everywhere."""
    c = rng.normal(size=(4, D)) * np.array([[1.0], [1.0], [0.5], [0.2]])
    return Net("polynomial", (floats(c, dtype, device), floats(rng.normal(), dtype, device)), "a cubic critic")


def _made(place: Place) -> Net:
    return _critic(place.rng, place.sizes["D"], place.dtype, place.device)


def _line(place: Place) -> Net:
    """A critic of constant slope."""
    c = np.stack([np.zeros(place.sizes["D"]), place.rng.normal(size=place.sizes["D"])])
    return Net("polynomial", (place.tensor(c), place.tensor(0.0)), "a straight critic")


def slopes(critic: Net, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """∇f at rows x (B, D), and the Hessians (B, D, D), from the polynomial's own coefficients."""
    of = Polynomial.of(exact(critic.weights[0]), float(critic.weights[1]))
    first = [of.derivative(d) for d in range(x.shape[1])]
    gradient = np.stack([f(x) for f in first], axis=1)
    hessian = np.stack([np.stack([f.derivative(e)(x) for e in range(x.shape[1])], axis=1) for f in first], axis=1)
    return gradient, hessian


def gradient_size(critic: Net, x: np.ndarray) -> np.ndarray:
    """The largest summands of ∇f at each row, with which its roundings are compared."""
    big = Net("polynomial", tuple(torch.as_tensor(np.abs(exact(w))) for w in critic.weights))
    return np.linalg.norm(slopes(big, np.abs(x))[0], axis=1) + 1e-12


@exercise("gan.lipschitz", ("w1_line", "gradient_penalty", "r1_penalty"))
class Lipschitz(Exercise):
    """W₁ = mean |x_(i) − y_(i)|; E (‖∇f(x̂)‖ − 1)² between real and generated points; E ‖∇l(x)‖² at the data."""

    single = gate("each result is one number")
    matched = pays("W₁ of two samples on the line matches the smallest with the smallest, and so on")
    between = pays("the gradient penalty compares the slope's length with 1, at points between real and generated ones")
    at_data = pays("R1 is the mean squared length of the slope at the real points")
    twice = pays("a penalty can itself be differentiated: its gradient reaches what the slope depends on", 2.0)

    hints = (
        "On the line no plan is cheaper than one that never crosses: sort both samples.",
        "torch.autograd.grad(critic(x).sum(), x) gives every row's own gradient, for a critic that looks at rows one by "
        "one. Where must x require a gradient, and how does the result stay in the graph?",
        "The length is taken row by row, over the coordinates: then minus 1, squared, averaged over the batch.",
    )

    domain = {
        "w1_line": Domain(
            {"x": Tensor("N", Reals()), "y": Tensor("N", Reals())}, sizes={"N": (1, 8, 100)}, returns=Like("x")
        ),
        "gradient_penalty": Domain(
            {
                "critic": Made(_made, (_made, _line), says=("takes (B, D)", "gives (B,)", "each from its own row")),
                "x_real": Tensor("B, D", Reals(reach=(1e-2, 3))),
                "x_fake": Tensor("B, D", Reals(reach=(1e-2, 3))),
                "u": Tensor("B", Reals(0, 1, "[]")),
            },
            sizes={"B": (1, 4), "D": (1, 3)},
            returns=Like("x_real"),
            most=16,
        ),
        "r1_penalty": Domain(
            {
                "critic": Made(_made, (_made, _line), says=("takes (B, D)", "gives (B,)", "each from its own row")),
                "x_real": Tensor("B, D", Reals(reach=(1e-2, 3))),
            },
            sizes={"B": (1, 4), "D": (1, 3)},
            returns=Like("x_real"),
            most=16,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of("w1_line", {"x": torch.tensor([0.0, 3.0]), "y": torch.tensor([4.0, 1.0])})
        square = Net("polynomial", (torch.tensor([[0.0], [0.0], [1.0]]), torch.tensor(0.0)), "x -> x²")
        readable = {"critic": square, "x_real": torch.tensor([[1.0]])}
        yield self.case_of("r1_penalty", readable)
        faint = Net("polynomial", (torch.tensor([[0.0], [0.01]]), torch.tensor(0.0)), "x -> 0.01 x")
        yield self.case_of("r1_penalty", {**readable, "critic": faint})
        pair = {**readable, "x_fake": torch.tensor([[3.0]]), "u": torch.tensor([0.25])}
        yield self.case_of("gradient_penalty", pair)
        for dtype, device in arithmetic():
            for n in (2, 7):
                x, y = (normal(rng, (n,), dtype, device) for _ in range(2))
                yield self.case_of("w1_line", {"x": x, "y": y + 1})
            for B, D in ((3, 2), (4, 3), (2, 1)):
                critic = _critic(rng, D, dtype, device)
                x, y = (normal(rng, (B, D), dtype, device) for _ in range(2))
                u = floats(rng.uniform(0.05, 0.95, size=B), dtype, device)
                yield self.case_of("gradient_penalty", {"critic": critic, "x_real": x, "x_fake": y, "u": u})
                yield self.case_of("r1_penalty", {"critic": critic, "x_real": x})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "w1_line":
            return case(call(name, **given), about=(self.single, self.matched), name=name, **given)
        wrt = ("x_real", "x_fake") if name == "gradient_penalty" else ("x_real",)
        one = torch.ones((), dtype=given["x_real"].dtype, device=given["x_real"].device)
        law = self.between if name == "gradient_penalty" else self.at_data
        return case(grad(name, wrt, one, **given), about=(self.single, law, self.twice), name=name, law=law, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.name == "w1_line":
            yield self.single(*is_number(answer))
            if number(answer) is not None:
                x, y = exact(case.x), exact(case.y)
                size = float((np.abs(x) + np.abs(y)).mean())
                yield self.matched(*close(number(answer), stats.wasserstein_distance(x, y), case.x.dtype, size))
            return
        value = answer["value"] if isinstance(answer, dict) else answer
        shape = has_shape(value, (), like=case.x_real)
        yield self.single(*shape)
        if shape.ok:
            yield from (self._between(case, answer) if case.name == "gradient_penalty" else self._at_data(case, answer))

    def _between(self, case: Case, answer: Any) -> Iterator[Finding]:
        real, fake, u = exact(case.x_real), exact(case.x_fake), exact(case.u)[:, None]
        x = u * real + (1 - u) * fake
        gradient, hessian = slopes(case.critic, x)
        length, size = np.linalg.norm(gradient, axis=1), gradient_size(case.critic, np.abs(real) + np.abs(fake))
        want = float(((length - 1) ** 2).mean())
        dtype = case.x_real.dtype
        yield self.between(*close(answer["value"], want, dtype, float(((1 + size) ** 2).mean())))
        # ∂/∂x̂ of (‖g‖ − 1)² is 2 (‖g‖ − 1) H g / ‖g‖; where g is nearly 0 its direction is rounding
        if (length > 1e-2 * size).all():
            inner = 2 * (length - 1)[:, None] * np.einsum("bde,be->bd", hessian, gradient / length[:, None]) / len(x)
            room = (1 + size)[:, None] ** 2 * (size / length)[:, None] * (1 + np.abs(hessian).sum((1, 2)))[:, None]
            yield from self._twice(answer, {"x_real": u * inner, "x_fake": (1 - u) * inner}, dtype, room)

    def _at_data(self, case: Case, answer: Any) -> Iterator[Finding]:
        x = exact(case.x_real)
        gradient, hessian = slopes(case.critic, x)
        size = gradient_size(case.critic, x)
        want = float((gradient**2).sum(1).mean())
        yield self.at_data(*close(answer["value"], want, case.x_real.dtype, float((size**2).mean())))
        inner = 2 * np.einsum("bde,be->bd", hessian, gradient) / len(x)
        room = size[:, None] * (1 + size[:, None]) * (1 + np.abs(hessian).sum((1, 2)))[:, None]
        yield from self._twice(answer, {"x_real": inner}, case.x_real.dtype, room)

    def _twice(self, answer: Any, wanted: dict[str, np.ndarray], dtype: torch.dtype, room: Any) -> Iterator[Finding]:
        for name, want in wanted.items():
            got = answer["gradients"].get(name)
            if values(got) is None and not np.abs(want).max() > 0:
                continue  # a slope that is the same everywhere has no gradient to send on
            verdict = close(got, want, dtype, room)
            said = f"∂/∂{name}: {verdict.got}" if values(got) is not None else f"no gradient arrives at {name}"
            yield self.twice(verdict.ok, f"∂/∂{name}: {verdict.expected}", said)

    mistakes = (
        wrong(
            "unsorted",
            {"w1_line": lambda x, y: (x - y).abs().mean()},
            "The points are matched as they come. The cheapest plan on the line matches them in order: sort both.",
        ),
        wrong(
            "the difference of the means",
            {"w1_line": lambda x, y: (x.mean() - y.mean()).abs()},
            "Only the means are compared. Two samples with equal means may still be far apart.",
        ),
        wrong(
            "the squared distance",
            {"w1_line": lambda x, y: ((x.sort().values - y.sort().values) ** 2).mean()},
            "This is W₂². W₁ averages the distances themselves.",
            also=({"w1_line": lambda x, y: ((x.sort().values - y.sort().values) ** 2).mean().sqrt()},),
        ),
        wrong(
            "sum in place of the mean",
            {"w1_line": lambda x, y: (x.sort().values - y.sort().values).abs().sum()},
            "The distances are added up. Each point has the mass 1/N: average them.",
        ),
        wrong(
            "penalty at the data only",
            {"gradient_penalty": lambda critic, x_real, x_fake, u: _penalty(critic, x_real)},
            "The slope was taken at the real points. The penalty looks between them and the generated ones, at u x_real "
            "+ (1 − u) x_fake.",
        ),
        wrong(
            "penalty at the generated points only",
            {
                "gradient_penalty": lambda critic, x_real, x_fake, u: _penalty(critic, x_fake),
                "r1_penalty": lambda critic, x_real: _squares(critic, torch.zeros_like(x_real) + 0 * x_real),
            },
            "The slope was taken at the generated points. The penalty looks between them and the real ones.",
        ),
        wrong(
            "u on the other end",
            {"gradient_penalty": lambda critic, x_real, x_fake, u: _penalty(critic, _mixed(x_fake, x_real, u))},
            "u and 1 − u have changed places: u is the share of the real point.",
        ),
        wrong(
            "no graph of the gradient",
            {
                "gradient_penalty": lambda critic, x_real, x_fake, u: _penalty(
                    critic, _mixed(x_real, x_fake, u), graph=False
                ),
                "r1_penalty": lambda critic, x_real: _squares(critic, x_real, graph=False),
            },
            "The value is right, but the slope has left the graph: without create_graph=True a penalty changes nothing "
            "in the critic's weights.",
        ),
        wrong(
            "no gradient comes back",
            {
                "gradient_penalty": lambda critic, x_real, x_fake, u: _penalty(
                    critic, _mixed(x_real, x_fake, u).detach()
                ),
                "r1_penalty": lambda critic, x_real: _squares(critic, x_real.detach()),
            },
            "The value is right, but nothing comes back to the points: they were detached though they are part of a "
            "graph, or create_graph=True is missing, and then the critic's weights get nothing either.",
        ),
        wrong(
            "the gradient of the mean",
            {
                "gradient_penalty": lambda critic, x_real, x_fake, u: (
                    ((_slope(critic, _mixed(x_real, x_fake, u)) / len(x_real)).norm(dim=1) - 1) ** 2
                ).mean(),
                "r1_penalty": lambda critic, x_real: _squares(critic, x_real) / len(x_real) ** 2,
            },
            "The mean over the batch was differentiated, so every row's slope is divided by the number of rows. The sum "
            "gives each row its own.",
        ),
        wrong(
            "the square of the length compared with 1",
            {
                "gradient_penalty": lambda critic, x_real, x_fake, u: (
                    ((_slope(critic, _mixed(x_real, x_fake, u)) ** 2).sum(1) - 1) ** 2
                ).mean()
            },
            "The squared length is compared with 1. The penalty takes the length itself: the root of the sum of squares.",
        ),
        wrong(
            "a one-sided penalty",
            {
                "gradient_penalty": lambda critic, x_real, x_fake, u: (
                    (_slope(critic, _mixed(x_real, x_fake, u)).norm(dim=1) - 1).clamp_min(0) ** 2
                ).mean()
            },
            "Slopes below 1 cost nothing here. In this penalty they cost as much as slopes above it.",
        ),
        wrong(
            "one length for the whole batch",
            {
                "gradient_penalty": lambda critic, x_real, x_fake, u: (
                    (_slope(critic, _mixed(x_real, x_fake, u)).norm() - 1) ** 2
                ),
                "r1_penalty": lambda critic, x_real: (_slope(critic, x_real) ** 2).sum(),
            },
            "The gradients of all rows went into one length. Each row has its own; the batch is averaged over.",
        ),
        wrong(
            "averaged over the coordinates",
            {"r1_penalty": lambda critic, x_real: (_slope(critic, x_real) ** 2).mean()},
            "The squares were averaged over the coordinates as well. A squared length is their sum.",
        ),
        wrong(
            "the length in place of its square",
            {"r1_penalty": lambda critic, x_real: _slope(critic, x_real).norm(dim=1).mean()},
            "R1 takes the squared length; this is the length.",
        ),
        wrong(
            "pulled towards slope 1",
            {"r1_penalty": lambda critic, x_real: _penalty(critic, x_real)},
            "R1 pulls the slope at the data towards 0, not towards 1: at the equilibrium the discriminator is flat.",
        ),
    )


def _mixed(x_real: torch.Tensor, x_fake: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    return u[:, None] * x_real + (1 - u[:, None]) * x_fake


def _slope(critic: Callable, x: torch.Tensor, graph: bool = True) -> torch.Tensor:
    x = x if x.requires_grad else x.detach().requires_grad_()
    found = torch.autograd.grad(critic(x).sum(), x, create_graph=graph)[0]
    return found if graph else found + 0 * x


def _penalty(critic: Callable, x: torch.Tensor, graph: bool = True) -> torch.Tensor:
    return ((_slope(critic, x, graph).norm(dim=1) - 1) ** 2).mean()


def _squares(critic: Callable, x: torch.Tensor, graph: bool = True) -> torch.Tensor:
    return (_slope(critic, x, graph) ** 2).sum(1).mean()
