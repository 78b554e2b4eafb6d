"""diffusion.step: x_t = a x_{t−1} + b eps, and after t such steps x_t | x_0 ~ N(a^t x_0, b² (1 − a^{2t}) / (1 − a²) I)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import PYTHON, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from pushforward.answering.wire import Plain

NEAR_ONE = (1 - 1e-4, 1 + 1e-5, 1e-4 - 1, 1 - 1e-9, 1e-7 - 1)  # where a threshold for the limit would show


def _marginal(t: int, a: float, b: float) -> tuple[float, float]:
    return a**t, _closed(t, a, b) if a * a != 1 else t * b**2


def _closed(t: int, a: float, b: float) -> float:
    return b**2 * (1 - a ** (2 * t)) / (1 - a**2)


@exercise("diffusion.step", ("noising_step", "marginal_after"))
class Step(Exercise):
    """x_t = a x_{t−1} + b eps, and after t such steps x_t | x_0 ~ N(a^t x_0, b² (1 − a^{2t}) / (1 − a²) I)."""

    shape = gate("noising_step returns a tensor of the shape of x_prev")
    step = pays("one step has mean a x_prev and standard deviation b", 1)
    pair = gate("marginal_after returns two numbers, the scale and the variance")
    marginal = pays("t steps scale x0 and add up the noise of every step, shrunk by the steps after it", 0.5)
    limit = pays("at |a| = 1 nothing shrinks, and the variance is the limit of the formula", 0.5)

    domain = {
        "noising_step": Domain(
            {"x_prev": Tensor("..."), "eps": Tensor("..."), "a": Number(Reals(but=(0.0,))), "b": Number(Reals())},
            returns=Like("x_prev"),
        ),
        "marginal_after": Domain(
            {
                "t": Number(Wholes(1)),
                "a": Number(Reals(reach=(1e-3, 10), also=NEAR_ONE, but=(0.0,))),
                "b": Number(Reals()),
            },
            when=lambda t, a, b: t * math.log(max(abs(a), 1)) < 300,  # a^2t must fit into a float
        ),
    }

    hints = (
        "A sample of N(m, s²) is m plus s times a standard normal one: which of b and b² multiplies eps?",
        "Noise that enters at step k passes through the remaining t − k steps. What does each do to its variance?",
        "The sum over all steps is a geometric series with ratio a². Its closed form divides by 1 − a²: "
        "what is the sum when every term is the same?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._step_case(torch.tensor([2.0]), torch.tensor([1.0]), 0.5, 0.3)
        for dtype, device in arithmetic():
            for shape in ((5,), (2, 3), (2, 1, 4, 4)):
                x, eps = normal(rng, shape, dtype, device), normal(rng, shape, dtype, device)
                yield self._step_case(x, eps, rng.uniform(0.3, 0.99), rng.uniform(0.1, 0.9))
        for t in (1, 2, int(rng.integers(3, 9)), int(rng.integers(20, 60))):
            yield self._marginal_case(t, rng.uniform(0.3, 0.98), rng.uniform(0.1, 0.9))
        yield self._marginal_case(int(rng.integers(4, 9)), 1 - rng.uniform(0.002, 0.008), rng.uniform(0.1, 0.9))
        yield self._marginal_case(int(rng.integers(4, 9)), rng.uniform(1.05, 1.2), rng.uniform(0.1, 0.9))
        for near in (9e-7, 9e-6, 9e-5):  # and far along the road, where a threshold for the limit would show
            a = rng.choice([1, -1]) * (1 + rng.choice([near, -near]))
            yield self._marginal_case(int(rng.integers(1000, 2000)), float(a), rng.uniform(0.1, 0.9))
        for a in (1.0, -1.0):
            for t in (3, int(rng.integers(5, 50)), int(rng.integers(500, 1000)) * 2 + 1):
                yield self._marginal_case(t, a, rng.choice([1, -1, 40]) * rng.uniform(0.1, 0.9))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        if name == "noising_step":
            return self._step_case(given["x_prev"], given["eps"], given["a"], given["b"])
        return self._marginal_case(**given)

    def _step_case(self, x: torch.Tensor, eps: torch.Tensor, a: float, b: float) -> Case:
        return case(call("noising_step", x, eps, a, b), about=(self.shape, self.step), x=x, eps=eps, a=a, b=b)

    def _marginal_case(self, t: int, a: float, b: float) -> Case:
        law = self.limit if abs(a) == 1 else self.marginal
        return case(call("marginal_after", t, a, b), about=(self.pair, law), x=None, t=t, a=a, b=b, law=law)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        if case.x is not None:
            yield from self._judge_step(case, answer)
        else:
            yield from self._judge_marginal(case, answer)

    def _judge_step(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.x.shape), case.x)
        yield self.shape(*shape)
        if shape.ok:
            drift, noise = case.a * exact(case.x), case.b * exact(case.eps)
            yield self.step(*close(answer, drift + noise, case.x.dtype, abs(drift) + abs(noise)))

    def _judge_marginal(self, case: Case, answer: Any) -> Iterator[Finding]:
        numbers = _pair_of_numbers(answer)
        yield self.pair(numbers is not None, "two numbers", kind_of(answer))
        if numbers is None:
            return
        dtype = torch.float32 if isinstance(answer, (tuple, list)) and any(map(_is_single, answer)) else PYTHON
        scale, variance = 1.0, 0.0
        for _ in range(case.t):  # step by step, as the process itself goes
            scale, variance = case.a * scale, case.a**2 * variance + case.b**2
        cancels = variance / abs(1 - case.a**2) if abs(case.a) != 1 else 0.0  # 1 − a² does, near |a| = 1
        size = (1 + case.t / 16) * np.abs([scale, variance])
        lost = [case.t * abs(scale), case.t * variance + cancels]
        yield case.law(*close(np.array(numbers), [scale, variance], dtype, size, lost=lost))

    mistakes = (
        wrong(
            "variance for standard deviation",
            {"noising_step": lambda x, eps, a, b: a * x + b**2 * eps},
            "eps is multiplied by b², the variance. Multiplying a standard normal by s gives it the variance s².",
        ),
        wrong(
            "noise not scaled",
            {"noising_step": lambda x, eps, a, b: a * x + eps},
            "The noise enters at full strength: it has standard deviation b here.",
        ),
        wrong(
            "the sign is lost",
            {"marginal_after": lambda t, a, b: (abs(a) ** t, _marginal(t, a, b)[1])},
            "Where a is negative, each step turns the signal round: the scale is a^t, with its sign.",
        ),
        wrong(
            "the signal keeps its strength",
            {
                "noising_step": lambda x, eps, a, b: x + b * eps,
                "marginal_after": lambda t, a, b: (1.0, _marginal(t, a, b)[1]),
            },
            "x_prev passes unchanged, but each step multiplies the signal by a.",
        ),
        wrong(
            "as if earlier noise never shrank",
            {"marginal_after": lambda t, a, b: (a**t, t * b**2)},
            "The variances of all steps were added at full size. Noise that came in early is multiplied by a in every later step.",
        ),
        wrong(
            "a to the t where a to the 2t is asked for",
            {"marginal_after": lambda t, a, b: (a**t, b**2 * (1 - a**t) / (1 - a**2) if a * a != 1 else t * b**2)},
            "A factor a on a variable is a factor a² on its variance, in every power of the series.",
            also=(
                {"marginal_after": lambda t, a, b: (a**t, b**2 * (1 - a**t) / (1 - a) if a * a != 1 else t * b**2)},
                {"marginal_after": lambda t, a, b: (a**t, b**2 * (1 - a**t) / (1 - a))},
                {"marginal_after": lambda t, a, b: (a**t, b**2 * (1 - a**t) / (1 - a**2))},
            ),
        ),
        wrong(
            "b for its square",
            {"marginal_after": lambda t, a, b: (a**t, _marginal(t, a, b)[1] / b)},
            "The second result is the variance: each step brings b², not b.",
        ),
        wrong(
            "zero divided by zero",
            {"marginal_after": lambda t, a, b: (a**t, _closed(t, a, b))},
            "At |a| = 1 the closed form is 0/0. The series itself is fine there: t equal terms.",
            also=(
                {"marginal_after": lambda t, a, b: (a**t, t * b**2 if a == 1 else _closed(t, a, b))},
                {"marginal_after": lambda t, a, b: (a**t, _marginal(t, a, b)[1] if a * a != 1 else math.nan)},
                {"marginal_after": lambda t, a, b: (a**t, _marginal(t, a, b)[1] if a * a != 1 else 0.0)},
                {"marginal_after": lambda t, a, b: (a**t, b**2 if a == 1 else _closed(t, a, b))},
                {"marginal_after": lambda t, a, b: (a**t, _marginal(t, a, b)[1] if a * a != 1 else b**2)},
            ),
        ),
        wrong(
            "the newest noise has shrunk",
            {"noising_step": lambda x, eps, a, b: a * (x + b * eps)},
            "a multiplies the signal only. The noise of this very step comes in afterwards, with its full b.",
            also=({"marginal_after": lambda t, a, b: (a**t, a**2 * _marginal(t, a, b)[1])},),
        ),
        wrong(
            "one term too many or too few",
            {"marginal_after": lambda t, a, b: (a**t, _marginal(t + 1, a, b)[1])},
            "t steps bring t noises: the series has the terms a⁰ to a^{2(t − 1)}, neither one more nor one less.",
            also=({"marginal_after": lambda t, a, b: (a**t, _marginal(t, a, b)[1] - b**2 * a ** (2 * (t - 1)))},),
        ),
        wrong(
            "the standard deviation",
            {"marginal_after": lambda t, a, b: (a**t, math.sqrt(_marginal(t, a, b)[1]))},
            "The second result is the standard deviation; the variance is asked for.",
        ),
        wrong(
            "as after endless steps",
            {"marginal_after": lambda t, a, b: (a**t, b**2 / (1 - a**2) if a * a != 1 else math.inf)},
            "b² / (1 − a²) is where the variance settles if |a| < 1. After t steps the factor 1 − a^{2t} is there as well.",
            also=({"marginal_after": lambda t, a, b: (a**t, b**2 / (1 - a**2) if a * a != 1 else t * b**2)},),
        ),
        wrong(
            "the first step alone",
            {"marginal_after": lambda t, a, b: (a**t, b**2)},
            "b² is the variance after one step. Every step adds its own, and shrinks what is there.",
            also=({"marginal_after": lambda t, a, b: (a, b**2)},),
        ),
        wrong(
            "t times in place of t-th power",
            {"marginal_after": lambda t, a, b: (t * a, _marginal(t, a, b)[1])},
            "Each step multiplies the signal by a: after t of them the factor is a^t, not t a.",
        ),
    )


def _pair_of_numbers(answer: Any) -> tuple[float, float] | None:
    found = values(answer)
    return (float(found[0]), float(found[1])) if found is not None and found.shape == (2,) else None


def _is_single(answer: Any) -> bool:
    return isinstance(answer, Plain) and answer.dtype == "float32"
