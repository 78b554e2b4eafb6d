"""grad.moving_support: d/dθ E f(z) for z ~ U(0, θ): what the score misses, and what repairs it (long: two functions)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import (
    polynomial_of,
    random_polynomial,
    sensitivity_of,
    slopes_of,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, number, values
from autograder.judging.domain import Domain, Like, Made, Number, Place, Reals, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles.moments import Polynomial
from pushforward.answering.wire import Net

NAMES = ("score", "boundary", "path")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)  # exact for polynomials up to degree 15
EVEN, CHANCES = (1 + NODES[:, None]) / 2, WEIGHTS / 2  # the same on (0, 1), (N, 1) and (N,)


def _net(place: Place) -> Net:
    c, cross = random_polynomial(place.rng, 1)
    return Net("polynomial", (place.tensor(c), place.tensor(cross)))


def _constant(place: Place) -> Net:
    return Net("polynomial", (place.tensor(place.rng.normal(size=(1, 1))), place.tensor(0.0)))


def _on_cpu(made: Callable[[Place], Net]) -> Callable[[Place], Net]:
    """Who gets no tensor beside f cannot know where f lives."""
    return lambda place: made(replace(place, device="cpu"))


_SAYS = ("differentiable in torch", "takes (N, 1)", "gives (N,)")
_F = Made(_net, (_net, _constant), _SAYS)
_F_ALONE = Made(_on_cpu(_net), (_on_cpu(_net), _on_cpu(_constant)), _SAYS)
_THETA = Number(Reals(0, math.inf, reach=(1e-2, 20)))


def _at(f: Callable, theta: float, like: torch.Tensor) -> torch.Tensor:
    return f(torch.full((1, 1), theta, dtype=like.dtype, device=like.device))[0]


def _terms(f, theta, u, *, score=None, boundary=None, path=None):
    """The right terms, or with one replaced: a function of f, theta and u."""
    z = theta * u
    return {
        "score": -f(z) / theta if score is None else score(f, theta, u),
        "boundary": _at(f, theta, u) / theta if boundary is None else boundary(f, theta, u),
        "path": (slopes_of(f, z) * u)[:, 0] if path is None else path(f, theta, u),
    }


def _with(**parts: Callable) -> dict[str, Callable]:
    return {"support_terms": lambda f, theta, u: _terms(f, theta, u, **parts)}


def _mean(f: Callable, theta: float, device: str = "cpu") -> torch.Tensor:
    z = theta * torch.tensor(EVEN, device=device)
    return torch.tensor(CHANCES, device=device) @ f(z).double()


def _end(f: Callable, theta: float) -> torch.Tensor:
    return f(torch.full((1, 1), float(theta), dtype=torch.float64))[0]


@exercise("grad.moving_support", ("support_terms", "repairing_baseline"))
class MovingSupport(Exercise):
    """d/dθ E f(z) = E[f ∂ log q] + f(θ)/θ for z ~ U(0, θ), and E[f′(θu) u] without a boundary."""

    named = gate("support_terms returns a dictionary with score, boundary and path")
    score = pays("score: f at each sample times the derivative of log q by theta", 0.3)
    boundary = pays("boundary: what the moving end of the support adds", 0.4)
    path = pays("path: the slope of f at each sample, times how fast the sample moves", 0.3)
    whole = pays("on average score and boundary together are the derivative of E f, and so is path alone", 0.5)
    baseline = pays("with the repairing baseline, the score-function estimator has the right mean", 0.5)

    domain = {
        "support_terms": Domain(
            {"f": _F, "theta": _THETA, "u": Tensor("N, 1", Reals(0, 1))}, sizes={"N": (1, 5, 64)},
            returns={"score": Like("u"), "boundary": None, "path": Like("u")},
        ),
        "repairing_baseline": Domain({"f": _F_ALONE, "theta": _THETA}),
    }  # fmt: skip

    hints = (
        "q is 1/θ on its support. What is its logarithm, and the derivative of that by θ?",
        "J(θ) is 1/θ times an integral from 0 to θ. Differentiate the product: one part has the score in it, the other "
        "comes from the upper end of the integral.",
        "The mean of (f − b)(−1/θ) is to equal the mean of f times −1/θ, plus the boundary. Solve for b.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        straight = Net("polynomial", (torch.tensor([[0.0], [1.0]], dtype=torch.float64), torch.zeros(()).double()))
        yield self._terms_of(straight, 2.0, torch.tensor([[0.25], [0.75]], dtype=torch.float64))
        yield self._baseline_of(straight, 2.0)
        for dtype, device in arithmetic():
            for _ in range(3):
                f = Net("polynomial", tuple(floats(v, dtype, device) for v in random_polynomial(rng, 1)))
                theta = float(np.exp(rng.choice([-1, 1]) * rng.uniform(0.3, 1)))
                yield self._terms_of(f, theta, floats(rng.uniform(0.05, 0.95, size=(5, 1)), dtype, device))
                yield self._terms_of(f, theta, floats(EVEN, dtype, device), even=True)
                yield self._baseline_of(Net(f.architecture, tuple(w.cpu() for w in f.weights)), theta)
            c, cross = random_polynomial(rng, 1)
            for size in (3e3, -3e3):  # where terms are large
                f = Net("polynomial", tuple(floats(v, dtype, device) for v in (size * c / abs(c).max(), cross)))
                yield self._terms_of(f, 1.5, floats(rng.uniform(0.05, 0.95, size=(5, 1)), dtype, device))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._terms_of(**given) if name == "support_terms" else self._baseline_of(**given)

    def _terms_of(self, f: Net, theta: float, u: torch.Tensor, even: bool = False) -> Case:
        about = (self.named, self.score, self.boundary, self.path, *([self.whole] if even else []))
        ask = call("support_terms", f, theta, u)
        return case(ask, about=about, f=polynomial_of(f), theta=theta, u=u, even=even)

    def _baseline_of(self, f: Net, theta: float) -> Case:
        return case(call("repairing_baseline", f, theta), about=(self.baseline,), f=polynomial_of(f), theta=theta)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        J, slope = _exactly(case.f, case.theta)
        if case.asks[0].of == "repairing_baseline":
            right = float(J + Fraction(case.theta) * slope)  # E[(f − b)(−1/θ)] = dJ/dθ
            size = float(sensitivity_of(case.f, np.array([case.theta])))
            got = number(answer)
            yield (
                self.baseline(*close(got, right, torch.float32, size))
                if got is not None
                else self.baseline(False, "one number", kind_of(answer))
            )
            return
        shape, dtype = (len(case.u),), case.u.dtype
        good = isinstance(answer, dict) and answer.keys() == set(NAMES)
        good = good and all(has_shape(answer[n], shape, case.u).ok for n in ("score", "path"))
        yield self.named(good, f"score {shape}, boundary (a number) and path {shape}", kind_of(answer))
        if not good:
            return
        z = case.theta * exact(case.u)
        size = sensitivity_of(case.f, z) / case.theta
        log_q = _score_of_uniform(z[:, 0], case.theta)
        yield self.score(*close(answer["score"], case.f(z) * log_q, dtype, size))
        end = float(slope + J / Fraction(case.theta))  # what the score misses, by the exact derivative
        most = float(sensitivity_of(case.f, np.array([case.theta]))) / case.theta
        yield self.boundary(*close(number(answer["boundary"]), end, torch.float32, most))
        along = case.f.derivative(0)(z) * exact(case.u)[:, 0]
        yield self.path(*close(answer["path"], along, dtype, size))
        if case.even:
            score, path = (CHANCES @ values(answer[name]) for name in ("score", "path"))
            got = [score + (number(answer["boundary"]) or 0.0), path]
            yield self.whole(*close(np.array(got), np.full(2, float(slope)), torch.float32, most))

    mistakes = (
        wrong(
            "the boundary is dropped",
            _with(boundary=lambda f, theta, u: 0.0),
            "The support ends at θ, and θ moves: a sliver of f(θ) comes in with it. It is not 0 unless f is.",
        ),
        wrong(
            "a baseline repairs it",
            {"repairing_baseline": lambda f, theta: float(_mean(f, theta))},
            "The mean of f is a good baseline where the score has mean 0. Here the score is −1/θ for every sample, and with "
            "that baseline the estimator is 0 on average.",
            also=(
                {"repairing_baseline": lambda f, theta: 0.0},
                {"repairing_baseline": lambda f, theta: float(_mean(f, theta) + _end(f, theta))},
                {"repairing_baseline": lambda f, theta: float(_end(f, theta) / theta)},
                {"repairing_baseline": lambda f, theta: float(-_end(f, theta))},
                {"repairing_baseline": lambda f, theta: float(_end(f, theta) - _mean(f, theta))},
            ),
        ),
        wrong(
            "the score has mean zero",
            _with(score=lambda f, theta, u: 0 * f(theta * u)),
            "log q = −log θ on the support. It is constant in z, not in θ: its derivative by θ is not 0.",
        ),
        wrong(
            "the boundary inside the score",
            _with(score=lambda f, theta, u: (_at(f, theta, u) - f(theta * u)) / theta),
            "The score is a derivative of log q at a sample, and knows nothing of the end. What comes in there is the term "
            "of its own, boundary; nor does a mean of f belong here.",
            also=(_with(score=lambda f, theta, u: (f(theta * u).mean() - f(theta * u)) / theta),),
        ),
        wrong(
            "the sign of the score",
            _with(score=lambda f, theta, u: f(theta * u) / theta),
            "A larger θ spreads the same mass more thinly: log q = −log θ falls.",
        ),
        wrong(
            "the score's θ",
            _with(score=lambda f, theta, u: -f(theta * u)),
            "The derivative of −log θ is −1/θ: the score has the wrong power of θ.",
            also=(
                _with(score=lambda f, theta, u: -f(theta * u) / theta**2),
                _with(score=lambda f, theta, u: f(theta * u) * -math.log(theta)),
            ),
        ),
        wrong(
            "f at the end without the density",
            _with(boundary=lambda f, theta, u: _at(f, theta, u)),
            "What comes in at the end is f(θ) times the density there, 1/θ.",
            also=(_with(boundary=lambda f, theta, u: _at(f, theta, u) / theta**2),),
        ),
        wrong(
            "the sign of the boundary",
            _with(boundary=lambda f, theta, u: -_at(f, theta, u) / theta),
            "The end moves outwards when θ grows: what comes in is added.",
        ),
        wrong(
            "the end that stays",
            _with(boundary=lambda f, theta, u: _at(f, 0.0, u) / theta),
            "The lower end, 0, does not move. f is taken at the upper one, θ.",
            also=(
                _with(boundary=lambda f, theta, u: (_at(f, theta, u) - _at(f, 0.0, u)) / theta),
                _with(boundary=lambda f, theta, u: f(theta * u).mean() / theta),
            ),
        ),
        wrong(
            "the path's own speed",
            _with(path=lambda f, theta, u: slopes_of(f, theta * u)[:, 0]),
            "z = θ u moves by u when θ moves by 1: the slope of f is multiplied by u.",
            also=(
                _with(path=lambda f, theta, u: slopes_of(f, theta * u)[:, 0] * theta),
                _with(path=lambda f, theta, u: (slopes_of(f, theta * u) * theta * u)[:, 0]),
                _with(path=lambda f, theta, u: (slopes_of(f, u) * u)[:, 0]),
            ),
        ),
        wrong(
            "a boundary for the path as well",
            _with(path=lambda f, theta, u: (slopes_of(f, theta * u) * u)[:, 0] + _at(f, theta, u) / theta),
            "u lives on (0, 1) whatever θ is: no end moves, and nothing is to be added.",
        ),
    )


def _exactly(f: Polynomial, theta: float) -> tuple[Fraction, Fraction]:
    """J(θ) = 1/θ ∫₀^θ f and its derivative, term by term, in fractions."""
    at = Fraction(theta)
    terms = [(powers[0], c) for powers, c in f.terms.items()]
    J = sum((c * at**k / (k + 1) for k, c in terms), Fraction(0))
    return J, sum((c * k * at ** (k - 1) / (k + 1) for k, c in terms if k), Fraction(0))


def _score_of_uniform(z: np.ndarray, theta: float) -> np.ndarray:
    """∂ log q(z)/∂θ at each sample, by automatic differentiation of torch's own uniform density."""
    ends = torch.full((len(z),), theta, dtype=torch.float64, requires_grad=True)
    log_q = torch.distributions.Uniform(torch.zeros_like(ends), ends, validate_args=False).log_prob(torch.tensor(z))
    return torch.autograd.grad(log_q.sum(), ends)[0].numpy()
