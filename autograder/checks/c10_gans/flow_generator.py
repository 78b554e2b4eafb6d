"""gan.flow_generator (long: a density, a loss that is judged by its gradients as well, and a witness)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch.nn.functional import softplus

from autograder.judging.compare import arithmetic, close, exact, has_shape, show, values
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, grad, pays, wrong
from autograder.oracles.bent_flow import BentFlow, Rows, slope
from pushforward.answering.wire import Net

NARROW = Fraction(1, 20)  # the witness's data: N(0, diag(1, 0.05²))
NEAR, OFF = Fraction(1, 20), 50.0  # how near in W₂, how many nats off

# --- the oracle: the same maps on real and on complex numbers, no line of them torch's --------------------------


def _logits(D: Net, x: Rows) -> Rows:
    """c_0 + c_1 x (+ c_2 x²) over both coordinates, and their product."""
    c, cross = exact(D.weights[0]), float(D.weights[1])
    return sum(c[k] * x**k for k in range(len(c))).sum(axis=1) + cross * x[:, 0] * x[:, 1]


def _softplus(u: Rows) -> Rows:
    return np.where(u.real > 0, u, 0) + np.log1p(np.exp(np.where(u.real > 0, -u, u)))


def _loss(of: Any, z: Rows, x: Rows) -> Any:
    fooled = _softplus(-_logits(of.D, BentFlow(of.generate.weights).forth(z))).mean()
    return fooled - of.weight * BentFlow(of.inverse.weights).log_p(x).mean()


# --- what is handed over ---------------------------------------------------------------------------------------


def _flows(rng: np.random.Generator, D: int, dtype: torch.dtype, device: str) -> tuple[Net, Net]:
    """A bent flow that stretches unevenly, forth and back."""
    weights = floats(rng.uniform(-0.8, 0.8, size=D), dtype, device), floats(rng.normal(size=D), dtype, device)
    return Net("flow", weights, "a flow G"), Net("flow_inverse", weights, "its way back")


def _critic(rng: np.random.Generator, dtype: torch.dtype, device: str) -> Net:
    c = rng.normal(size=(3, 2)) * np.array([[0.5], [0.5], [0.1]])
    return Net("polynomial", (floats(c, dtype, device), floats(0.1 * rng.normal(), dtype, device)), "a quadratic D")


def _back_only(place: Place) -> Net:
    return _flows(place.rng, place.sizes["D"], place.dtype, place.device)[1]


def _forth(place: Place) -> Net:
    return _flows(place.rng, 2, place.dtype, place.device)[0]


def _back_of_given(place: Place) -> Net:
    return Net("flow_inverse", place.given["generate"].weights, "its way back")


def _judge_of(place: Place) -> Net:
    return _critic(place.rng, place.dtype, place.device)


_X = Reals(reach=(1e-2, 3))
_SAYS_BACK = ("takes (N, 2)", "gives z (N, 2) and log |det ∂z/∂x| (N,)")


@exercise("gan.flow_generator", ("log_p_generated", "loss_of_flow", "thin_generator"))
class FlowGenerator(Exercise):
    """log N(G⁻¹(x); 0, I) + log |det ∂z/∂x|; −E log σ(D(G(z))) − weight · E log p_θ(x); a thin generator."""

    shape = gate("the density gives one number per row, the loss is a tensor without axes")
    density = pays("log p_θ is the noise's log density at G⁻¹(x) plus the log-determinant of the way back", 1.5)
    fooling = pays("without weight the loss is the mean of −log σ(D) at the generated points, and teaches them", 0.75)
    both = pays("with a weight it adds as much of the mean of −log p_θ over the real points, to be learnt from", 1.25)
    thin = pays("the witness is within 0.05 of the data in W₂, and 50 nats or more above their entropy")

    hints = (
        "inverse gives both parts: the noise z that made x, and the log-determinant. Which of the two determinants is it?",
        "generate and inverse each return a pair. The adversarial part needs the points of the first, and neither part "
        "is cut from the graph.",
        "For one coordinate, data N(0, σ²) cost log(s/σ) + σ²/(2s²) − ½ nats too much under N(0, s²), and W₂ is |σ − s|. "
        "Which of the two notices that s is much too small?",
    )

    domain = {
        "log_p_generated": Domain(
            {
                "x": Tensor("N, D", _X),
                "inverse": Made(
                    _back_only, (_back_only,), says=("takes (N, D)", "gives z (N, D) and log |det ∂z/∂x| (N,)")
                ),
            },
            sizes={"N": (1, 5), "D": (1, 3)},
            returns=Like("x"),
            most=16,
        ),
        "loss_of_flow": Domain(
            {
                "D": Made(_judge_of, (_judge_of,), says=("takes (M, 2)", "gives logits (M,)")),
                "z": Tensor("M, 2", _X),
                "x_real": Tensor("N, 2", _X),
                "generate": Made(_forth, (_forth,), says=("takes (M, 2)", "gives x (M, 2) and log |det ∂x/∂z| (M,)")),
                "inverse": Made(_back_of_given, (_back_of_given,), says=_SAYS_BACK),
                "weight": Number(Reals(0, math.inf, "[)", reach=(1e-2, 10))),
            },
            sizes={"M": (1, 5), "N": (1, 5)},
            returns=Like("x_real"),
            most=16,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        weights = torch.tensor([math.log(2.0), 0.0]), torch.tensor([0.0, 0.0])
        back = Net("flow_inverse", weights, "the way back of G(z) = (2 z_1, z_2)")
        yield self.case_of("log_p_generated", {"x": torch.tensor([[2.0, 0.0]]), "inverse": back})
        yield case(call("thin_generator"), about=(self.thin,), name="thin_generator")
        for dtype, device in arithmetic():
            for n, D in ((3, 2), (2, 3)):
                x = normal(rng, (n, D), dtype, device)
                yield self.case_of("log_p_generated", {"x": x, "inverse": _flows(rng, D, dtype, device)[1]})
            for n, m, weight in ((3, 3, 0.0), (4, 2, float(rng.uniform(0.2, 2))), (2, 5, float(rng.uniform(0.2, 2)))):
                forth, back = _flows(rng, 2, dtype, device)
                given = {"D": _critic(rng, dtype, device), "z": normal(rng, (m, 2), dtype, device)}
                given |= {"x_real": normal(rng, (n, 2), dtype, device), "generate": forth, "inverse": back}
                yield self.case_of("loss_of_flow", {**given, "weight": weight})
        far = Net("polynomial", (torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor(0.0)), "x -> 2 x_1")
        given = {"D": far, "z": torch.tensor([[-300.0, 0.0], [-1.0, 0.0]]), "x_real": torch.tensor([[1.0, 0.0]])}
        given |= {"generate": Net("flow", weights, "G(z) = (2 z_1, z_2)"), "weight": 0.0}
        given["inverse"] = Net("flow_inverse", weights, "its way back")
        yield self.case_of("loss_of_flow", given)
        yield self.case_of("loss_of_flow", {**given, "x_real": torch.tensor([[80.0, 0.0]]), "weight": 3.0})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "log_p_generated":
            one = torch.ones(len(given["x"]), dtype=given["x"].dtype, device=given["x"].device)
            about = (self.shape, self.density)
            return case(grad(name, ("x",), one, **given), about=about, name=name, law=self.density, **given)
        one = torch.ones((), dtype=given["x_real"].dtype, device=given["x_real"].device)
        law = self.both if given["weight"] else self.fooling
        return case(grad(name, ("z", "x_real"), one, **given), about=(self.shape, law), name=name, law=law, **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.name == "thin_generator":
            yield self._witness(answer)
            return
        density = case.name == "log_p_generated"
        like = case.x if density else case.x_real
        value = answer["value"] if isinstance(answer, dict) else answer
        shape = has_shape(value, (len(like),) if density else (), like=like)
        yield self.shape(*shape)
        if shape.ok:
            yield from (self._density if density else self._of_loss)(case, value, answer["gradients"])

    def _density(self, case: Case, value: Any, gradients: dict[str, Any]) -> Iterator[Finding]:
        flow, x = BentFlow(case.inverse.weights), exact(case.x)
        verdict = close(value, flow.log_p(x), case.x.dtype, flow.size(x))
        yield self.density(*verdict)
        if verdict.ok:
            room = flow.size(x)[:, None] * np.exp(np.abs(flow.s).sum()) * (1 + np.abs(flow.t).max())
            by_x = slope(lambda x: flow.log_p(x).sum(), x)
            yield self._arrives(case, gradients.get("x"), by_x, case.x.dtype, room, "x")

    def _of_loss(self, case: Case, value: Any, gradients: dict[str, Any]) -> Iterator[Finding]:
        z, x, dtype = exact(case.z), exact(case.x_real), case.x_real.dtype
        flow, made = BentFlow(case.inverse.weights), BentFlow(case.generate.weights).forth(z)
        c = np.abs(exact(case.D.weights[0]))
        steep = 1 + (c.sum(axis=0) + abs(float(case.D.weights[1]))).sum() * (1 + np.abs(made).max() ** 2)
        size = steep + case.weight * float(flow.size(x).mean())
        verdict = close(value, float(np.real(_loss(case, z, x))), dtype, size)
        yield case.law(*verdict)
        if not verdict.ok:
            return
        bend = np.exp(np.abs(flow.s).sum()) * (1 + np.abs(flow.t).max()) * (1 + np.abs(z).max() + np.abs(x).max())
        by_z = slope(lambda z: _loss(case, z, x), z)
        yield self._arrives(case, gradients.get("z"), by_z, dtype, bend * (steep + size), "z")
        if case.weight:
            by_x = slope(lambda x: _loss(case, z, x), x)
            yield self._arrives(case, gradients.get("x_real"), by_x, dtype, bend * (case.weight + size), "x_real")

    @staticmethod
    def _arrives(case: Case, got: Any, want: Rows, dtype: torch.dtype, room: Any, name: str) -> Finding:
        """The same law, for the gradient: a loss that sends none is only looked at."""
        if values(got) is None:
            why = "Its value is right, but it is cut from the graph: nothing could be learnt from it."
            return case.law(not np.abs(want).max() > 0, f"a gradient with respect to {name}", "no gradient", why=why)
        ok, wanted, came = close(got, want, dtype, room)
        return case.law(ok, f"a gradient {wanted} by {name}", came, why="" if ok else "The value is right.")

    def _witness(self, answer: Any) -> Finding:
        wanted = "W₂ at most 0.05, 50 nats or more"
        pair = values(answer)
        if pair is None or pair.shape != (2,) or not np.isfinite(pair).all():
            return self.thin(False, "two floats", show(answer))
        a, b = (abs(Fraction(float(v))) for v in pair)
        if not a * b:
            why = "This squeezes the plane flat: no inverse, no density, no flow."
            return self.thin(False, wanted, show(answer), why=why, mistake="no flow at all")
        distance = (1 - a) ** 2 + (NARROW - b) ** 2
        excess = [_log(s) - _log(sigma) + float(min((sigma / s) ** 2, Fraction(10**9))) / 2 - 0.5
                  for s, sigma in ((a, Fraction(1)), (b, NARROW))]  # fmt: skip
        ok = distance <= NEAR**2 and sum(excess) >= OFF
        told = f"W₂ = {math.sqrt(distance):.4g}, {sum(excess):.4g} nats"
        name = "as wide as the data, or wider" if b >= NARROW and distance <= 1 else ""
        return self.thin(ok, wanted, told, mistake=None if ok else name)

    mistakes = (
        wrong(
            "log-determinant subtracted",
            {"log_p_generated": lambda x, inverse: _noise(inverse(x)[0]) - inverse(x)[1]},
            "inverse already gives the log-determinant of the way back, from x to z: that one is added.",
        ),
        wrong(
            "log-determinant forgotten",
            {"log_p_generated": lambda x, inverse: _noise(inverse(x)[0]) + 0 * inverse(x)[1]},
            "This is the density of the noise. Where G spreads points out, they are less dense: the determinant says so.",
        ),
        wrong(
            "the noise's density at the data",
            {"log_p_generated": lambda x, inverse: _noise(x) + inverse(x)[1]},
            "The normal density is that of the noise: take it at z = G⁻¹(x), not at x.",
        ),
        wrong(
            "constant forgotten",
            {"log_p_generated": lambda x, inverse: -(inverse(x)[0] ** 2).sum(1) / 2 + inverse(x)[1]},
            "The normal density has a constant, ½ log 2π for each coordinate. Training does not mind, nats do.",
            also=(
                {
                    "log_p_generated": lambda x, inverse: (
                        -(inverse(x)[0] ** 2).sum(1) / 2 - math.log(2 * math.pi) / 2 + inverse(x)[1]
                    )
                },
            ),
        ),
        wrong(
            "likelihood punished",
            {
                "loss_of_flow": lambda D, z, x_real, generate, inverse, weight: _of(
                    D, z, x_real, generate, inverse, -weight
                )
            },
            "The loss falls where the data are less probable: −log p_θ is what has to be small.",
        ),
        wrong(
            "likelihood of the generated points",
            {
                "loss_of_flow": lambda D, z, x_real, generate, inverse, weight: (
                    softplus(-D(generate(z)[0])).mean() - weight * _log_p(generate(z)[0], inverse).mean()
                )
            },
            "The model is praised for finding its own samples probable. The likelihood is that of the real points.",
        ),
        wrong(
            "the loss that saturates",
            {
                "loss_of_flow": lambda D, z, x_real, generate, inverse, weight: (
                    -softplus(D(generate(z)[0])).mean() - weight * _log_p(x_real, inverse).mean()
                )
            },
            "The adversarial part is log(1 − D), whose gradient dies where D is sure. Take −log D.",
        ),
        wrong(
            "generated points detached",
            {
                "loss_of_flow": lambda D, z, x_real, generate, inverse, weight: (
                    softplus(-D(generate(z)[0].detach())).mean() - weight * _log_p(x_real, inverse).mean()
                )
            },
            "The generated points are cut from the graph: the adversarial part teaches the flow nothing.",
        ),
        wrong(
            "density cut from the graph",
            {"log_p_generated": lambda x, inverse: _log_p(x, inverse).detach()},
            "The density is right, and cut from the graph: a likelihood that is only looked at teaches nothing.",
        ),
        wrong(
            "sums for means",
            {
                "loss_of_flow": lambda D, z, x_real, generate, inverse, weight: (
                    softplus(-D(generate(z)[0])).sum() - weight * _log_p(x_real, inverse).sum()
                )
            },
            "Both parts are expectations: average them, each over its own points.",
        ),
        wrong(
            "a mixture of the two",
            {
                "loss_of_flow": lambda D, z, x_real, generate, inverse, weight: (
                    (1 - weight) * softplus(-D(generate(z)[0])).mean() - weight * _log_p(x_real, inverse).mean()
                )
            },
            "The adversarial part has the weight 1 whatever the other's is.",
        ),
        wrong(
            "as wide as the data, or wider",
            {"thin_generator": lambda: (1.0, 0.1)},
            "Where the model is as wide as the data, or wider, no data point is very improbable. Make it thinner.",
            also=({"thin_generator": lambda: (1.0, 0.05)},),
        ),
        wrong(
            "no flow at all",
            {"thin_generator": lambda: (1.0, 0.0)},
            "A factor of 0 squeezes the plane to a line: G has no inverse, and p_θ no density.",
        ),
    )


def _log(s: Fraction) -> float:
    return math.log(s.numerator) - math.log(s.denominator)


def _noise(z: torch.Tensor) -> torch.Tensor:
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(1)


def _log_p(x: torch.Tensor, inverse: Callable) -> torch.Tensor:
    z, ladj = inverse(x)
    return _noise(z) + ladj


def _of(D: Callable, z: torch.Tensor, x: torch.Tensor, generate: Callable, inverse: Callable, weight: float) -> Any:
    return softplus(-D(generate(z)[0])).mean() - weight * _log_p(x, inverse).mean()
