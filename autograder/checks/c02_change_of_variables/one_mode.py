"""cov.one_mode: with a constant |det J| a normal base keeps its one mode; a map with another ladj makes two."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
import torch
from mpmath import mpf

from autograder.checks.c02_change_of_variables.shared import net_of, random_matrix, random_signed
from autograder.judging.compare import exact, number, show, values
from autograder.judging.domain import Domain, Made, Place
from autograder.judging.draw import PYTHON, floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import pool
from autograder.oracles.precise import DIGITS, Precise
from pushforward.answering.maps import POOL
from pushforward.answering.wire import Net

APART, RADIUS = 0.1, 10.0  # how far apart two modes must be, and how far out
CLOSE = mpf(10) ** -6  # how near to a mode a point must be
STEP = mpf(10) ** -10  # of the difference quotients of log p
FLOWS: dict[str, Callable[..., bool]] = {  # smooth maps of the line that fill it, and when their slope is never 0
    "affine": lambda a, b: a != 0,
    "power": lambda n: n == 1,
    "wave": lambda a, b: abs(b) < abs(a),
    "tanh": lambda a, b: a * (a + b / 2) > 0,
}


def _bent(place: Place) -> Net:
    """A plane that is bent: its mean is not its mode."""
    return net_of("bent", [random_signed(place.rng, 0.5, 2) for _ in range(4)], PYTHON)


def _straight(D: int) -> Callable[[Place], Net]:
    """A x + b of so many dimensions."""

    def make(place: Place) -> Net:
        rng = place.rng
        if D == 1:
            return net_of("affine", (random_signed(rng, 0.2, 3), random_signed(rng, 0.5, 5)), PYTHON)
        A, b = random_matrix(rng, D), rng.uniform(0.5, 3, size=D) * rng.choice([-1, 1], size=D)
        return Net("linear", (floats(A, PYTHON), floats(b, PYTHON)), "A x + b")

    return make


_FLOWS = (_bent, *map(_straight, (1, 2, 3)))


def _dimension(f: Net) -> int:
    return {"affine": 1, "bent": 2}.get(f.architecture) or len(f.weights[1])


def _inverse(f: Net, x: np.ndarray) -> np.ndarray:
    """The z with f(z) = x."""
    weights = [exact(w) for w in f.weights]
    if f.architecture == "linear":
        return np.linalg.solve(weights[0], x - weights[1])
    if f.architecture == "affine":
        return (x - weights[1]) / weights[0]
    a, b, c, k = weights
    return np.array([(x[0] - b) / a, (x[1] - k * x[0] ** 2) / c])


@exercise("cov.one_mode", ("mode", "two_modes"), kind="witness")
class OneMode(Exercise):
    """∇ log p_X = −J_gᵀ g for constant |det J|: it vanishes where g(x) = 0, and nowhere else.

    The mode is judged by the inverse, in exact arithmetic; a pair of modes by the slope of log p on either side of each,
    with fifty digits, from the exact values of the floats given.
    """

    shape = gate("mode returns one point of D numbers")
    one = pays("the mode of a flow with constant |det J| is where its one mode must be", 1)
    form = gate("two_modes returns a name, its parameters and two numbers")
    flow = gate("the map is a valid flow onto a normal base, and smooth")
    two = pays("the density of your map has a maximum at each of the two points: its slope falls through 0 there", 1)

    hints = (
        "log p_X(x) = log p_Z(g(x)) + constant. Where is the first term largest, and which x is sent there?",
        "A second hill needs a place between the hills where the density is low although p_Z is high: where g is nearly "
        "flat. Which maps of the pool are flat in the middle, and steep on both sides of it?",
        "(log p_X)′ = −g g′ + g″/g′. Find its zeros with a bracketing solver, and of three take the outer two.",
    )

    domain = {
        "mode": Domain(
            {
                "f": Made(
                    lambda place: _FLOWS[place.rng.integers(len(_FLOWS))](place),
                    _FLOWS,
                    ("one-to-one and smooth on tensors (…, D), with the same |det J| everywhere",),
                ),
                "D": Made(lambda place: _dimension(place.given["f"]), says=("int, 1 … 3",)),
            },
            draws=1,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield case(call("two_modes"), about=(self.form, self.flow, self.two))
        for make in (_bent, *_FLOWS):
            f = make(Place(rng, PYTHON, "cpu"))
            yield self.case_of("mode", {"f": f, "D": _dimension(f)})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call("mode", given["f"], given["D"]), about=(self.shape, self.one), f=given["f"], D=given["D"])

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from (self._judge_mode if case.asks[0].of == "mode" else self._judge_two)(case, answer)

    def _judge_mode(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = values(answer)
        good = found is not None and found.size == case.D and np.isfinite(found).all()
        yield self.shape(good, f"{case.D} numbers", show(answer))
        if good:
            z = _inverse(case.f, found.reshape(-1))
            yield self.one(bool((abs(z) <= 1e-5).all()), "∇ log p = 0, so g(x) = 0", f"g({show(answer)}) = {show(z)}")

    def _judge_two(self, case: Case, answer: Any) -> Iterator[Finding]:
        made = _parts(answer)
        yield self.form(made is not None, 'a triple like ("wave", {"a": 1.0, "b": 0.5}, (x1, x2))', show(answer))
        if made is None:
            return
        name, params, points = made
        valid = FLOWS.get(name, lambda **_: False)(**params)
        yield self.flow(valid, "a valid flow, smooth and onto the line", f"{name} with {show(params)}")
        if valid:
            yield self._of_points(name, params, points)

    def _of_points(self, name: str, params: dict[str, Any], points: list[float]) -> Finding:
        wanted, came = "two maxima of log p", show(tuple(points))
        if name in ("affine", "power") or params.get("b") == 0:
            why = "ladj is constant: there is one mode and no other."
            return self.two(False, wanted, came, why=why, mistake="a constant ladj once more")
        if abs(points[0] - points[1]) < APART or max(map(abs, points)) > RADIUS:
            return self.two(
                False, wanted, came, why="Two modes are at least 0.1 apart, and within |x| ≤ 10.", mistake=""
            )
        g = Precise(POOL[name], [params[p] for p in POOL[name].parameters])
        for x in points:
            why, mistake = _objection(g, x)
            if why:
                return self.two(False, wanted, came, why=f"At {show(x)} {why}", mistake=mistake)
        return self.two(True, wanted, came)

    mistakes = (
        wrong(
            "the mean in place of the mode",
            {"mode": lambda f, D: torch.stack([f(torch.tensor(s, dtype=torch.float64)) for s in itertools.product((1.0, -1.0), repeat=D)]).mean(0)},
            "This is the mean of X. A flow that bends carries the mean of Z elsewhere, but its mode to the mode.",
        ),
        wrong(
            "the base's mode as it is",
            {"mode": lambda f, D: torch.zeros(D, dtype=torch.float64)},
            "0 is the mode of Z. The mode of X is the point to which the flow carries it.",
        ),
        wrong(
            "a constant ladj once more",
            {"two_modes": lambda: ("affine", {"a": 2.0, "b": 1.0}, (-1.0, 1.0))},
            "A map that only scales and shifts has a constant ladj, and keeps the one mode of its base. Take one whose slope changes.",
            also=({"two_modes": lambda: ("wave", {"a": 1.0, "b": 0.0}, (-1.0, 1.0))},),
        ),
        wrong(
            "the log-determinant alone",
            {"two_modes": lambda: ("wave", {"a": 1.0, "b": -0.75}, (-math.pi, math.pi))},
            "There ladj is largest. But the density is p_Z times |det J|, and p_Z falls on the way there: the mode lies nearer to the middle.",
        ),
        wrong(
            "a minimum is taken for a mode",
            {"two_modes": lambda: ("wave", {"a": 1.0, "b": -0.75}, (0.0, _MODE))},
            "The slope of log p is 0 there, but it rises through 0: this is the dip between the two hills. A mode needs a negative second derivative.",
        ),
        wrong(
            "two clusters of samples",
            {"two_modes": lambda: ("wave", {"a": 1.0, "b": -0.75}, (-_BEYOND, _BEYOND))},
            "These are the x that g sends to ±1, one standard deviation of the base. Where samples heap up is told by p_X: its slope must be 0.",
        ),
    )  # fmt: skip


_MODE = 1.5377541877222407  # of x − 0.75 sin x
_BEYOND = 1.7393689  # g of it is 1


def _parts(answer: Any) -> tuple[str, dict[str, Any], list[float]] | None:
    """(name, params, [x1, x2]), if that is what the answer is."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        return None
    name, given, points = answer[0], answer[1], values(answer[2])
    if not isinstance(name, str) or name not in pool.LINE or not isinstance(given, dict):
        return None
    params = {key: number(value) for key, value in given.items()}
    fits = params.keys() == set(POOL[name].parameters) and None not in params.values()
    if not fits or not all(map(math.isfinite, params.values())):
        return None
    if points is None or points.shape != (2,) or not np.isfinite(points).all():
        return None
    return name, params, points.tolist()


def _objection(g: Precise, x: float) -> tuple[str, str]:
    """What speaks against a maximum of log p there, and the mistake; ("", "") if nothing does."""
    with mpmath.workdps(DIGITS):
        here, reach = mpf(x), CLOSE * max(1, abs(mpf(x)))
        left, right = _slope(g, here - reach), _slope(g, here + reach)
        if left > 0 > right:
            return "", ""
        if left < 0 < right:
            return "log p has a minimum, not a maximum.", "a minimum is taken for a mode"
        said = f"the slope of log p is {show(float(_slope(g, here)))}, which is not 0 to six digits."
        steepest = abs(g.ladj([here + reach]) - g.ladj([here - reach])) < reach**2
        beyond = abs(abs(g.image([here])[0]) - 1) < 0.01
        return said, "the log-determinant alone" if steepest else "two clusters of samples" if beyond else ""


def _slope(g: Precise, x: mpf) -> mpf:
    """(log p)′ for log p(x) = −g(x)²/2 + log |g′(x)|."""
    up, down = (-(g.image([y])[0] ** 2) / 2 + g.ladj([y]) for y in (x + STEP, x - STEP))
    return (up - down) / (2 * STEP)
