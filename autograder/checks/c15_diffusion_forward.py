"""Judge of 15_diffusion_forward: the forward process, its schedules and its posterior."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import torch

from autograder.judging.compare import (
    Verdict,
    arithmetic,
    close,
    exact,
    has_shape,
    kind_of,
    near,
    number,
    recognise,
    show,
    truth,
    values,
)
from autograder.judging.derivation import Line, Term, judge_chain
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

PYTHON = torch.float64  # the type of Python's own floats


def _betas(rng: np.random.Generator, steps: int, low: float = 0.01, high: float = 0.3) -> np.ndarray:
    return rng.uniform(low, high, size=steps)


def _normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: torch.dtype, device: str) -> torch.Tensor:
    return torch.tensor(rng.normal(size=shape), dtype=dtype, device=device)


def _floats(array: np.ndarray, dtype: torch.dtype, device: str) -> torch.Tensor:
    return torch.tensor(array, dtype=dtype, device=device)


def _steps(rng: np.random.Generator, batch: int, last: int, device: str) -> torch.Tensor:
    """Random steps 1…last with both ends among them."""
    t = rng.integers(1, last + 1, size=batch)
    t[0], t[-1] = last, 1
    return torch.tensor(t, device=device)


def _per_item(values: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """(B,) → (B, 1, …) so that it multiplies a batch item by item."""
    return values.reshape(-1, *[1] * (like.dim() - 1))


def _alpha_bars(beta: np.ndarray) -> list[float]:
    """ᾱ_0 = 1, ᾱ_1, …, ᾱ_T, by exact rational arithmetic."""
    bars = [Fraction(1)]
    for b in beta:
        bars.append(bars[-1] * (1 - Fraction(float(b))))
    return [float(bar) for bar in bars]


# --- one step, many steps --------------------------------------------------------------------------------------


def _marginal(t: int, a: float, b: float) -> tuple[float, float]:
    return a**t, b**2 * (1 - a ** (2 * t)) / (1 - a**2) if a != 1 else t * b**2


@exercise("diffusion.step", ("noising_step", "marginal_after"))
class Step(Exercise):
    """x_t = a x_{t−1} + b eps, and after t such steps x_t | x_0 ~ N(a^t x_0, b² (1 − a^{2t}) / (1 − a²) I)."""

    shape = gate("noising_step returns a tensor of the shape of x_prev")
    step = pays("one step has mean a x_prev and standard deviation b", 1)
    pair = gate("marginal_after returns two numbers, the scale and the variance")
    marginal = pays("t steps scale x0 and add up the noise of every step, shrunk by the steps after it", 0.5)
    limit = pays("at a = 1 nothing shrinks, and the variance is the limit of the formula", 0.5)

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
                x, eps = _normal(rng, shape, dtype, device), _normal(rng, shape, dtype, device)
                yield self._step_case(x, eps, rng.uniform(0.3, 0.99), rng.uniform(0.1, 0.9))
        for t in (1, 2, int(rng.integers(3, 9)), int(rng.integers(20, 60))):
            yield self._marginal_case(t, rng.uniform(0.3, 0.98), rng.uniform(0.1, 0.9), self.marginal)
        yield self._marginal_case(
            int(rng.integers(4, 9)), 1 - rng.uniform(0.002, 0.008), rng.uniform(0.1, 0.9), self.marginal
        )
        yield self._marginal_case(int(rng.integers(4, 9)), rng.uniform(1.05, 1.2), rng.uniform(0.1, 0.9), self.marginal)
        for t in (3, int(rng.integers(5, 50))):
            yield self._marginal_case(t, 1.0, rng.uniform(0.1, 0.9), self.limit)

    def _step_case(self, x: torch.Tensor, eps: torch.Tensor, a: float, b: float) -> Case:
        return case(call("noising_step", x, eps, a, b), about=(self.shape, self.step), x=x, eps=eps, a=a, b=b)

    def _marginal_case(self, t: int, a: float, b: float, law) -> Case:
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
        scale, variance = 1.0, 0.0
        for _ in range(case.t):  # step by step, as the process itself goes
            scale, variance = case.a * scale, case.a**2 * variance + case.b**2
        conditioning = variance / abs(1 - case.a**2) if case.a != 1 else variance  # 1 − a² cancels near a = 1
        yield case.law(*close(np.array(numbers), [scale, variance], PYTHON, [case.t * scale, case.t * conditioning]))

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
            {"marginal_after": lambda t, a, b: (a**t, b**2 * (1 - a**t) / (1 - a**2) if a != 1 else t * b**2)},
            "A factor a on a variable is a factor a² on its variance, in every power of the series.",
            also=(
                {"marginal_after": lambda t, a, b: (a**t, b**2 * (1 - a**t) / (1 - a) if a != 1 else t * b**2)},
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
            {"marginal_after": lambda t, a, b: (a**t, b**2 * (1 - a ** (2 * t)) / (1 - a**2))},
            "At a = 1 the closed form is 0/0. The series itself is fine there: t equal terms.",
            also=(
                {"marginal_after": lambda t, a, b: (a**t, _marginal(t, a, b)[1] if a != 1 else math.nan)},
                {"marginal_after": lambda t, a, b: (a**t, _marginal(t, a, b)[1] if a != 1 else 0.0)},
            ),
        ),
    )


def _pair_of_numbers(answer: Any) -> tuple[float, float] | None:
    found = values(answer)
    return (float(found[0]), float(found[1])) if found is not None and found.shape == (2,) else None


@exercise("diffusion.alpha_bar", ("alpha_bar", "log_alpha_bar"))
class AlphaBar(Exercise):
    """alpha_bar_t = ∏_{s ≤ t} (1 − beta_s), and its logarithm as a sum."""

    shape = gate("alpha_bar returns one value per step")
    product = pays("alpha_bar_t is the product of all 1 − beta_s up to and including s = t", 1)
    log_shape = gate("log_alpha_bar returns one value per step")
    log_sum = pays("log_alpha_bar is the logarithm of alpha_bar", 0.5)
    log_finite = pays("log_alpha_bar stays right where the product itself is too small for its type", 0.5)

    hints = (
        "Write out alpha_bar_1, alpha_bar_2 and alpha_bar_3 for beta = (0.1, 0.2, 0.5).",
        "torch has running products and running sums along an axis.",
        "The logarithm of a product is a sum of logarithms: do not form the product first.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield from self._cases(torch.tensor([0.1, 0.2, 0.5]))
        for dtype, device in arithmetic():
            for steps in (1, int(rng.integers(4, 8)), int(rng.integers(30, 60))):
                yield from self._cases(_floats(_betas(rng, steps), dtype, device))
            long = int(rng.integers(3000, 4000))  # sin(n/N) up to there: alpha_bar is below 10⁻⁵⁰⁰
            beta = _floats(np.sin(np.arange(1, long + 1) / long), dtype, device)
            yield case(call("log_alpha_bar", beta), about=(self.log_shape, self.log_finite), beta=beta)

    def _cases(self, beta: torch.Tensor) -> Iterator[Case]:
        yield case(call("alpha_bar", beta), about=(self.shape, self.product), beta=beta)
        yield case(call("log_alpha_bar", beta), about=(self.log_shape, self.log_sum), beta=beta)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        is_log = case.asks[0].of == "log_alpha_bar"
        shape = has_shape(answer, tuple(case.beta.shape), case.beta)
        yield (self.log_shape if is_log else self.shape)(*shape)
        if not shape.ok:
            return
        beta = exact(case.beta)
        roundings = np.cumsum(1 / (1 - beta))  # each factor 1 − beta is rounded relative to 1
        if is_log:
            law = self.log_finite if len(beta) > 1000 else self.log_sum
            log = np.cumsum(np.log1p(-beta))
            lost = bool(np.isneginf(answer.array).any())
            mistake = "the logarithm after the product" if law is self.log_finite and lost else None
            yield law(*close(answer, log, case.beta.dtype, roundings + np.cumsum(abs(log))), mistake=mistake)
        else:
            bars = np.array(_alpha_bars(beta)[1:])
            yield self.product(*close(answer, bars, case.beta.dtype, bars * (roundings - np.cumsum(np.log1p(-beta)))))

    mistakes = (
        wrong(
            "a sum where a product belongs",
            {
                "alpha_bar": lambda beta: 1 - beta.cumsum(0),
                "log_alpha_bar": lambda beta: torch.log(1 - beta.cumsum(0)),
            },
            "The betas were added up. What survives several steps is the product of what survives each.",
        ),
        wrong(
            "the product of the betas",
            {"alpha_bar": lambda beta: beta.cumprod(0), "log_alpha_bar": lambda beta: beta.log().cumsum(0)},
            "The product runs over beta, the noise that comes in, but 1 − beta is the share of the signal that stays.",
        ),
        wrong(
            "shifted by one step",
            {
                "alpha_bar": lambda beta: torch.cat([torch.ones_like(beta[:1]), (1 - beta).cumprod(0)[:-1]]),
                "log_alpha_bar": lambda beta: torch.cat(
                    [torch.zeros_like(beta[:1]), torch.log1p(-beta).cumsum(0)[:-1]]
                ),
            },
            "The first entry is alpha_bar_0 = 1. Entry 0 of the result belongs to t = 1 and has 1 − beta_1 in it.",
        ),
        wrong(
            "alpha, not its product",
            {"alpha_bar": lambda beta: 1 - beta, "log_alpha_bar": lambda beta: torch.log1p(-beta)},
            "This is alpha_t of the single step; alpha_bar_t gathers all steps up to t.",
        ),
        wrong(
            "the root of it",
            {
                "alpha_bar": lambda beta: (1 - beta).cumprod(0).sqrt(),
                "log_alpha_bar": lambda beta: 0.5 * torch.log1p(-beta).cumsum(0),
            },
            "This is the factor on x0, the square root of alpha_bar.",
        ),
        wrong(
            "the logarithm after the product",
            {"log_alpha_bar": lambda beta: (1 - beta).cumprod(0).log()},
            "The product has underflowed to 0 before its logarithm was taken. Sum the logarithms instead.",
        ),
    )


def _counted_from_zero(steps: int) -> tuple[Callable, ...]:
    """What indexing with t itself does at t = T: an error, the last entry by a clamp, the first by wrapping round."""
    return (lambda t: _in_range(t, steps), lambda t: t.clamp_max(steps - 1), lambda t: t % steps)


def _in_range(index: torch.Tensor, length: int) -> torch.Tensor:
    """The index, or the IndexError that it would raise (a GPU would give up the whole process instead)."""
    if bool((index >= length).any()):
        raise IndexError(f"index {int(index.max())} is out of bounds for dimension 0 with size {length}")
    return index


def _mix(x0: torch.Tensor, eps: torch.Tensor, signal: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    return _per_item(signal, x0) * x0 + _per_item(noise, x0) * eps


def _mixed_at(index: torch.Tensor, x0, t, eps, bars) -> torch.Tensor:
    return _mix(x0, eps, bars[index].sqrt(), (1 - bars[index]).sqrt())


def _late(at: Callable, way: int) -> Callable:
    """A function of (…, t, …, schedule) that takes t for an index, in one of the three ways."""
    return lambda *args: at(_counted_from_zero(len(args[-1]))[way](_time(args)), *args)


def _time(args: tuple) -> torch.Tensor:
    return next(a for a in args if not a.is_floating_point())


@exercise("diffusion.q_sample", ("q_sample",))
class QSample(Exercise):
    """x_t = √alpha_bar_t x0 + √(1 − alpha_bar_t) eps, each item of the batch at its own step."""

    shape = gate("the result is a tensor of the shape of x0")
    adds = gate("signal and noise simply add up")
    signal = pays("x0 is scaled by the root of alpha_bar at each item's own step", 1)
    noise = pays("eps is scaled by the root of 1 − alpha_bar at each item's own step", 1)

    hints = (
        "t counts from 1 and tensors from 0: which entry of alpha_bar belongs to t?",
        "alpha_bar[…] has shape (B,). Give it trailing axes of length 1 so that it multiplies item by item.",
        "The two factors squared add up to one: check that on a number.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        x0, eps = torch.tensor([2.0, 1.0]), torch.tensor([-1.0, 3.0])
        yield self._case(x0, torch.tensor([2, 1]), eps, torch.tensor([0.81, 0.64, 0.25]))
        for dtype, device in arithmetic():
            for shape in ((2,), (4,), (3, 2), (4, 4), (3, 1, 3, 3)):
                steps = int(rng.integers(6, 12))
                bars = _floats(np.array(_alpha_bars(_betas(rng, steps))[1:]), dtype, device)
                t = _steps(rng, shape[0], steps, device)
                x0, eps = _normal(rng, shape, dtype, device), _normal(rng, shape, dtype, device)
                yield self._case(x0, t, eps, bars)

    def _case(self, x0: torch.Tensor, t: torch.Tensor, eps: torch.Tensor, bars: torch.Tensor) -> Case:
        """The signal alone, the noise alone, and both."""
        asks = (
            call("q_sample", x0, t, 0 * eps, bars).about(self.shape, self.signal),
            call("q_sample", 0 * x0, t, eps, bars).about(self.shape, self.noise),
            call("q_sample", x0, t, eps, bars).about(self.shape, self.adds),
        )
        return case(*asks, x0=x0, eps=eps, t=t, bars=bars)

    def judge(self, case: Case, signal: Any, noise: Any, both: Any) -> Iterator[Finding]:
        shapes = [has_shape(answer, tuple(case.x0.shape), case.x0) for answer in (signal, noise, both)]
        yield self.shape(*next((shape for shape in shapes if not shape.ok), shapes[0]))
        if not all(shape.ok for shape in shapes):
            return
        x0, eps, bars, dtype = exact(case.x0), exact(case.eps), exact(case.bars), case.x0.dtype
        bar = bars[case.t.cpu().numpy() - 1].reshape(-1, *[1] * (x0.ndim - 1))
        kept = np.stack([math.sqrt(bars[int(t) - 1]) * x for t, x in zip(case.t, x0, strict=True)])
        added = np.stack([math.sqrt(1 - bars[int(t) - 1]) * e for t, e in zip(case.t, eps, strict=True)])
        # 1 − alpha_bar is rounded relative to 1, and its root divides that error by 2 √(1 − alpha_bar)
        lost = abs(eps) / (1 - bar)
        yield self.signal(*close(signal, kept, dtype, abs(x0)))
        yield self.noise(*close(noise, added, dtype, lost))
        total = values(signal) + values(noise)
        yield self.adds(*close(both, total, dtype, abs(values(signal)) + abs(values(noise)) + abs(x0) + lost))

    mistakes = (
        wrong(
            "one step late",
            _late(_mixed_at, 0),
            "alpha_bar[t] is alpha_bar at step t + 1, and there is none after the last: steps count from 1, tensors from 0.",
            also=(_late(_mixed_at, 1), _late(_mixed_at, 2)),
        ),
        wrong(
            "the root is missing on the signal",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1], (1 - bars[t - 1]).sqrt()),
            "x0 is multiplied by alpha_bar itself. alpha_bar is a share of the variance; the factor on x0 is its root.",
        ),
        wrong(
            "variance for standard deviation",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1].sqrt(), 1 - bars[t - 1]),
            "eps is multiplied by the variance 1 − alpha_bar: its root, the standard deviation, is the factor.",
        ),
        wrong(
            "roots on neither",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1], 1 - bars[t - 1]),
            "Both factors lack their root: this interpolates, and the variance shrinks half-way.",
        ),
        wrong(
            "noise at full strength",
            lambda x0, t, eps, bars: _mix(x0, eps, bars[t - 1].sqrt(), torch.ones_like(bars[t - 1])),
            "The noise is not scaled: with √alpha_bar on x0 the variances add up to one only with √(1 − alpha_bar) on eps.",
        ),
        wrong(
            "one step for the whole batch",
            lambda x0, t, eps, bars: bars[t[0] - 1].sqrt() * x0 + (1 - bars[t[0] - 1]).sqrt() * eps,
            "Every item was noised to the step of the first one: index alpha_bar with all of t.",
        ),
    )


@exercise(
    "diffusion.geometric_series",
    ("unroll_once", "unroll_twice", "unroll_all", "variance_sum", "variance_closed"),
    kind="derivation",
)
class GeometricSeries(Exercise):
    """From x_t = √alpha x_{t−1} + √(1 − alpha) eps_{t−1} to x_t | x_0 ~ N(√alpha^t x_0, (1 − alpha^t) I), line by line."""

    once = pays("line 1 is one step: the signal from x_{t−1} and the newest noise")
    twice = pays("line 2 puts the step before into the signal of line 1")
    all = pays("line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it")
    series = pays("line 4 is the variance of those t noises: a factor and the powers of alpha")
    closed = pays("line 5 is the closed form of the geometric series")

    hints = (
        "Replace x_{t−1} in line 1 by a whole step of its own. What multiplies that step's two terms?",
        "How many steps does eps_k still go through after it came in? Count for eps_0 and for eps_{t−1}.",
        "Independent noises: variances add, and each is the square of its factor. Then multiply the series by 1 − alpha.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape in ((2,), (2, 3)):
                alpha, t = float(rng.uniform(0.5, 0.95)), int(rng.integers(3, 7))
                x0, eps = _normal(rng, shape, dtype, device), _normal(rng, (t, *shape), dtype, device)
                yield self._path_case(x0, eps, alpha)
        for t in (1, 4, int(rng.integers(5, 30))):
            alpha = float(rng.uniform(0.5, 0.95))
            asks = (
                call("variance_sum", t, alpha).about(self.series),
                call("variance_closed", t, alpha).about(self.closed),
            )
            yield case(*asks, about=(self.series, self.closed), path=None, alpha=alpha, t=t)

    def _path_case(self, x0: torch.Tensor, eps: torch.Tensor, alpha: float) -> Case:
        """Lines 1 to 3 about the same x_t: they start one step, two steps and all steps before it."""
        path = [x0]  # x_0, …, x_{t−1}
        for noise in eps[:-1]:
            path.append(math.sqrt(alpha) * path[-1] + math.sqrt(1 - alpha) * noise)
        asks = (
            call("unroll_once", path[-1], eps[-1], alpha).about(self.once),
            call("unroll_twice", path[-2], eps[-2], eps[-1], alpha).about(self.twice),
            call("unroll_all", x0, eps, alpha).about(self.all),
        )
        return case(*asks, about=(self.once, self.twice, self.all), path=path, eps=eps, alpha=alpha, t=len(eps))

    def judge(self, case: Case, *answers: Any) -> Iterator[Finding]:
        if case.path is not None:
            yield from judge_chain(self._unrolled(case), answers, case.eps.dtype)
        else:
            yield from judge_chain(self._variance(case), answers, PYTHON, first=4)

    # The oracle is the process itself, run with everything but one input set to zero (its impulse response).

    @staticmethod
    def _run(x: np.ndarray, noises: list[np.ndarray], alpha: float) -> np.ndarray:
        for noise in noises:
            x = math.sqrt(alpha) * x + math.sqrt(1 - alpha) * noise
        return x

    def _unrolled(self, case: Case) -> list[Line]:
        eps, path = exact(case.eps), [exact(x) for x in case.path]
        silent = [0 * path[0]] * case.t

        def alone(noises: np.ndarray) -> list[np.ndarray]:
            """What each noise becomes if the others are silent."""
            rest = silent[: len(noises) - 1]
            return [self._run(silent[0], [*rest[:k], e, *rest[k:]], case.alpha) for k, e in enumerate(noises)]

        def signal(steps: int) -> np.ndarray:
            return self._run(path[-steps], silent[:steps], case.alpha)

        old, new = alone(eps[-2:])
        noise = np.stack(alone(eps))
        twice = {"signal": Term(signal(2)), "old_noise": Term(old), "new_noise": Term(new)}
        all = {
            "signal": Term(signal(case.t), case.t * abs(signal(case.t))),
            "noise": Term(noise, case.t * abs(noise)),
        }
        return [
            Line(self.once, {"signal": Term(signal(1)), "new_noise": Term(new)}, lambda t: sum(t.values())),
            Line(self.twice, twice, lambda t: sum(t.values())),
            Line(self.all, all, lambda t: t["signal"] + t["noise"].sum(0)),
        ]

    def _variance(self, case: Case) -> list[Line]:
        powers = [float(Fraction(case.alpha) ** k) for k in range(case.t)]
        variance = 0.0
        for _ in range(case.t):
            variance = case.alpha * variance + (1 - case.alpha)
        series = {"factor": Term(1 - case.alpha, 1.0), "powers": Term(powers, [case.t * p for p in powers])}
        return [
            Line(self.series, series, lambda t: t["factor"] * t["powers"].sum()),
            Line(self.closed, {"variance": Term(variance, float(case.t))}, lambda t: t["variance"]),
        ]

    mistakes = (
        wrong(
            "alpha where its root belongs",
            {"unroll_once": lambda x, new, alpha: {"signal": alpha * x, "new_noise": (1 - alpha) * new}},
            "Line 1 scales by alpha and 1 − alpha. Those are variances: the variables are scaled by their roots.",
        ),
        wrong(
            "the old noise has not shrunk",
            {
                "unroll_twice": lambda x, old, new, alpha: {
                    "signal": alpha * x,
                    "old_noise": math.sqrt(1 - alpha) * old,
                    "new_noise": math.sqrt(1 - alpha) * new,
                }
            },
            "The older noise sits inside x_{t−1}, so the factor √alpha of the last step multiplies it too.",
        ),
        wrong(
            "only one root of alpha on the signal",
            {
                "unroll_twice": lambda x, old, new, alpha: {
                    "signal": math.sqrt(alpha) * x,
                    "old_noise": math.sqrt(alpha * (1 - alpha)) * old,
                    "new_noise": math.sqrt(1 - alpha) * new,
                }
            },
            "Two steps multiply the signal by √alpha twice.",
        ),
        wrong(
            "the noises in reverse order",
            {"unroll_all": lambda x, eps, alpha: _unrolled(x, eps, alpha, lambda k, t: k)},
            "eps_0 enters first and is shrunk by all the later steps; eps_{t−1} enters last and is shrunk by none.",
        ),
        wrong(
            "one power too many",
            {"unroll_all": lambda x, eps, alpha: _unrolled(x, eps, alpha, lambda k, t: t - k)},
            "The step in which a noise enters does not shrink it: eps_k passes t − 1 − k later steps.",
        ),
        wrong(
            "powers of the root",
            {"variance_sum": lambda t, alpha: {"factor": 1 - alpha, "powers": [alpha ** (k / 2) for k in range(t)]}},
            "A factor √alpha^k on a variable is alpha^k on its variance.",
        ),
        wrong(
            "the series starts at alpha",
            {"variance_sum": lambda t, alpha: {"factor": 1 - alpha, "powers": [alpha ** (k + 1) for k in range(t)]}},
            "The newest noise has not shrunk at all: the first power is alpha⁰ = 1.",
        ),
        wrong(
            "the power outside",
            {"variance_closed": lambda t, alpha: {"variance": (1 - alpha) ** t}},
            "(1 − alpha)^t is the product of t factors; the sum of the series is 1 − alpha^t.",
        ),
        wrong(
            "the last power is off by one",
            {"variance_closed": lambda t, alpha: {"variance": 1 - alpha ** (t - 1)}},
            "A series of t terms, from alpha⁰ to alpha^{t−1}, telescopes to 1 − alpha^t.",
            also=({"variance_closed": lambda t, alpha: {"variance": 1 - alpha ** (t + 1)}},),
        ),
    )


def _unrolled(x: torch.Tensor, eps: torch.Tensor, alpha: float, power: Callable[[int, int], int]) -> dict:
    t = len(eps)
    noise = [math.sqrt(1 - alpha) * math.sqrt(alpha) ** power(k, t) * e for k, e in enumerate(eps)]
    return {"signal": math.sqrt(alpha) ** t * x, "noise": torch.stack(noise)}


# --- where the process ends ------------------------------------------------------------------------------------


def remembered(c: float, p: float) -> float:
    """lim_t ∏_{s ≤ t} (1 − c (s+1)^{−p}) for 0 < c < 2^p, to 12 digits; 0 if p ≤ 1.

    The first 10⁴ factors are multiplied out; the logarithm of the rest is the sum of −c^k/k ζ(kp, 10⁴ + 2) over k ≥ 1.
    """
    if p <= 1:
        return 0.0
    head = 10_000
    with mpmath.workdps(30):
        terms = c * np.arange(2.0, head + 2) ** -p
        tail = mpmath.fsum(-(mpmath.mpf(c) ** k) / k * mpmath.zeta(k * p, head + 2) for k in range(1, 6))
        return float(mpmath.exp(math.fsum(np.log1p(-terms)) + tail))


def _half_a_digit(value: float, digits: int = 3) -> float:
    """What rounding to so many digits may change, and a little for the rounding of floats; 0 for 0."""
    return 0.501 * 10.0 ** (math.floor(math.log10(value)) - digits + 1) if value > 0 else 0.0


@exercise("diffusion.never_forgets", ("never_forgets",), kind="witness")
class NeverForgets(Exercise):
    """beta_t = c (t+1)^{−p} lies in (0, 1) for every t ≥ 1 and still keeps a share of x0 for ever: p > 1, 0 < c < 2^p."""

    numbers = gate("the answer is three finite numbers (c, p, limit)")
    inside = gate("every beta_t, t = 1, 2, …, lies strictly between 0 and 1")
    keeps = pays("alpha_bar_t stays above a positive limit", 1)
    limit = pays("the limit that you state is the limit of alpha_bar_t, to three digits", 1)

    hints = (
        "The logarithm of alpha_bar_t is a sum of log(1 − beta_s), about −beta_s each. When does such a sum converge?",
        "The largest beta is the first one: it bounds c in terms of p.",
        "For some p the factors 1 − 1/(t+1)^p split into fractions that cancel: write out four of them for a whole p.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield case(call("never_forgets"))

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        found = values(answer)
        good = found is not None and found.shape == (3,) and bool(np.isfinite(found).all())
        yield self.numbers(good, "three finite numbers", show(answer) if good or found is not None else kind_of(answer))
        if good:
            yield from self._judge_numbers(*map(float, found))

    def _judge_numbers(self, c: float, p: float, limit: float) -> Iterator[Finding]:
        inside = c > 0 and math.log2(c) < p
        yield self.inside(
            inside, f"0 < c < 2^p = {show(2.0**p) if abs(p) < 1000 else 'a number beyond floats'}", f"c = {show(c)}",
            mistake=None if inside else "a first step that is no probability",
        )  # fmt: skip
        if not inside:
            return
        yield self.keeps(
            p > 1, "a sum of beta_t that converges", f"p = {show(p)}: the sum of (t+1)^−p is infinite, alpha_bar tends to 0",
            mistake=None if p > 1 else "the betas add up to infinity",
        )  # fmt: skip
        true = remembered(c, p)
        right = p > 1 and limit > 0 and abs(limit - true) <= _half_a_digit(true)
        yield self.limit(
            right, show(true), show(limit), mistake=self._name_of(limit, c, p) if p > 1 and not right else None
        )

    @staticmethod
    def _name_of(limit: float, c: float, p: float) -> str | None:
        if abs(limit) < 1e-3 * remembered(c, p):
            return "the limit of beta, not of alpha_bar"
        first_order = 1 - c * float(mpmath.zeta(p) - 1)
        if abs(limit - first_order) < 1e-3 * abs(first_order):
            return "a sum where a product belongs"
        if abs(limit**2 - remembered(c, p)) < 1e-3 * remembered(c, p):
            return "the root of it"
        return None

    mistakes = (
        wrong(
            "the betas add up to infinity",
            lambda: (0.5, 1.0, 0.0),
            "beta_t tends to 0 here, but too slowly: the betas sum to infinity and alpha_bar goes to 0 all the same.",
        ),
        wrong(
            "a first step that is no probability",
            lambda: (4.0, 2.0, 0.5),
            "beta_1 = c / 2^p is the largest of all: it must be positive and stay below 1.",
        ),
        wrong(
            "the limit of beta, not of alpha_bar",
            lambda: (1.0, 2.0, 0.0),
            "beta_t tends to 0; the question is where the product of all 1 − beta_s goes.",
        ),
        wrong(
            "a sum where a product belongs",
            lambda: (1.0, 2.0, 2 - math.pi**2 / 6),
            "The betas were added up and taken from 1. That is only the first order of the product.",
        ),
        wrong(
            "the root of it",
            lambda: (1.0, 2.0, math.sqrt(0.5)),
            "This is the factor on x0. The limit asked for is that of alpha_bar, its square.",
        ),
    )


def _gap(trace: Any, mean: Any, log_det: Any, d: int, half: float = 0.5) -> dict[str, Any]:
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": half * (trace + mean - d - log_det)}


@exercise("diffusion.prior_gap", ("prior_gap",))
class PriorGap(Exercise):
    """KL(q(x_T | x0) ‖ N(0, I)) = ½ (d (1 − ᾱ_T) + ᾱ_T ‖x0‖² − d − d log(1 − ᾱ_T)) in nats, term by term."""

    terms = gate("the answer is a dictionary with trace, mean, log_det and kl")
    trace = pays("trace: the sum of q's variances over the dimensions", 0.25)
    mean = pays("mean: the squared length of q's mean, one per item", 0.25)
    log_det = pays("log_det: the logarithm of the determinant of q's covariance", 0.25)
    kl = pays("kl: the divergence in nats, one per item", 1.25)

    hints = (
        "q(x_T | x0) is a normal distribution. What are its mean and its covariance?",
        "The covariance is a multiple of the identity in d dimensions: its trace and its determinant both know d.",
        "When q is the prior itself all must cancel: put alpha_bar_T = 0 into your formula.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self._case(torch.tensor([[1.0, 2.0, 2.0]]), 0.5)
        for dtype, device in arithmetic():
            for alpha_bar in (0.9, float(rng.uniform(0.05, 0.5)), 1e-3):
                d, batch = int(rng.integers(3, 9)), int(rng.integers(2, 5))
                yield self._case(_normal(rng, (batch, d), dtype, device) * 2, alpha_bar)

    def _case(self, x0: torch.Tensor, alpha_bar: float) -> Case:
        return case(call("prior_gap", x0, alpha_bar), x0=x0, alpha_bar=alpha_bar)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        x0, alpha_bar, dtype = exact(case.x0), case.alpha_bar, case.x0.dtype
        named = isinstance(answer, dict) and answer.keys() == {"trace", "mean", "log_det", "kl"}
        yield self.terms(named, "a dictionary with trace, mean, log_det, kl", kind_of(answer))
        if not named:
            return
        batch, d = x0.shape
        covariance = (1 - alpha_bar) * np.eye(d)
        mean = math.sqrt(alpha_bar) * x0
        log_det = float(np.linalg.slogdet(covariance)[1])
        trace, squares = float(np.trace(covariance)), np.array([float(row @ row) for row in mean])
        gaps, swapped = (
            np.array([sum(gaussians.kl(*pair) for pair in pairs(row)) for row in mean])
            for pairs in (
                lambda row: [(m, 1 - alpha_bar, 0.0, 1.0) for m in row],
                lambda row: [(0.0, 1.0, m, 1 - alpha_bar) for m in row],
            )
        )
        verdicts = (
            (
                self.trace,
                _same_for_all(answer["trace"], trace, batch, dtype, d),
                {"the dimension is forgotten": trace / d},
            ),
            (
                self.log_det,
                _same_for_all(answer["log_det"], log_det, batch, dtype, d),
                {"the dimension is forgotten": log_det / d, "the standard deviation in the determinant": log_det / 2},
            ),
            (
                self.mean,
                close(answer["mean"], squares, dtype, d * squares),
                {"mean over the dimensions": squares / d, "the mean is not squared": squares / math.sqrt(alpha_bar)},
            ),
            (
                self.kl,
                close(answer["kl"], gaps, dtype, squares + d * (2 + abs(math.log(1 - alpha_bar)))),
                {
                    "the half is forgotten": 2 * gaps,
                    "bits for nats": gaps / math.log(2),
                    "the wrong way round": swapped,
                },
            ),
        )
        for law, verdict, alternatives in verdicts:
            named = None if verdict.ok else recognise(answer[law.name], alternatives)
            yield law(*verdict, mistake=named)

    mistakes = (
        wrong(
            "the mean is not squared",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), math.sqrt(a) * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), x0.shape[1]
            ),
            "The mean is √alpha_bar x0; its squared length has alpha_bar in front, not the root.",
        ),
        wrong(
            "the dimension is forgotten",
            lambda x0, a: _gap(1 - a, a * (x0**2).sum(1), math.log(1 - a), 1),
            "Trace and log-determinant are those of one dimension. In d dimensions there are d equal terms of each.",
        ),
        wrong(
            "the half is forgotten",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), a * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), x0.shape[1], 1.0
            ),
            "The four terms are right and their sum is twice the divergence: the ½ of the Gaussian exponent is missing.",
        ),
        wrong(
            "the wrong way round",
            lambda x0, a: _gap(
                x0.shape[1] / (1 - a), a / (1 - a) * (x0**2).sum(1), -x0.shape[1] * math.log(1 - a), x0.shape[1]
            ),
            "This is KL(N(0, I) ‖ q). The expectation runs over q here.",
        ),
        wrong(
            "bits for nats",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), a * (x0**2).sum(1), x0.shape[1] * math.log(1 - a), x0.shape[1], 0.5 / math.log(2)
            ),
            "The divergence is in bits: nats come from the natural logarithm.",
        ),
        wrong(
            "mean over the dimensions",
            lambda x0, a: _gap(x0.shape[1] * (1 - a), a * (x0**2).mean(1), x0.shape[1] * math.log(1 - a), x0.shape[1]),
            "‖x0‖² is a sum over the dimensions; with a mean the terms do not belong to the same distribution.",
        ),
        wrong(
            "the standard deviation in the determinant",
            lambda x0, a: _gap(
                x0.shape[1] * (1 - a), a * (x0**2).sum(1), 0.5 * x0.shape[1] * math.log(1 - a), x0.shape[1]
            ),
            "The log-determinant is that of the covariance: log of the variance, not of the standard deviation.",
        ),
    )


def _same_for_all(answer: Any, expected: float, batch: int, dtype: torch.dtype, scale: float) -> Verdict:
    """A quantity that does not depend on the item: one number, or the same number for each item."""
    got = values(answer)
    shape = (batch,) if got is not None and got.shape == (batch,) else ()
    one = got.reshape(()) if got is not None and got.size == 1 and shape == () else answer
    return close(one, np.full(shape, expected), dtype, max(scale, abs(expected)))


# --- schedules -------------------------------------------------------------------------------------------------

EDGES = {"zero": 0.0, "one": 1.0, "negative": -0.25, "above one": 1.25, "nan": math.nan}


def verdict_of(beta: np.ndarray) -> tuple[int, str] | None:
    """The first n, from 1, at which beta_n is not strictly between 0 and 1, and why; None for a valid schedule."""
    for n, b in enumerate(beta.tolist(), start=1):
        if math.isnan(b):
            return n, "nan"
        if b <= 0:
            return n, "zero" if b == 0 else "negative"
        if b >= 1:
            return n, "one" if b == 1 else "above one"
    return None


@functools.cache
def schedule(name: str, N: int) -> np.ndarray:
    """beta_1 … beta_N of a named schedule, each rounded once from 30 digits (so that cos(π/2) is an exact 0)."""
    with mpmath.workdps(30):
        formula = _SCHEDULES[name]
        return np.array([float(mpmath.chop(formula(n, N), tol=1e-25)) for n in range(1, N + 1)])


def _cosine(n: int, N: int) -> mpmath.mpf:
    def f(m: int) -> mpmath.mpf:
        return mpmath.cos((mpmath.mpf(m) / N + mpmath.mpf("0.008")) / mpmath.mpf("1.008") * mpmath.pi / 2) ** 2

    return 1 - f(n) / f(n - 1) if n < N else mpmath.mpf(1)  # f(N) = cos²(π/2) = 0


_SCHEDULES: dict[str, Callable[[int, int], mpmath.mpf]] = {
    "sin(n/N)": lambda n, N: mpmath.sin(mpmath.mpf(n) / N),
    "1 - 1/n": lambda n, N: 1 - mpmath.mpf(1) / n,
    "log(1 + n/N)": lambda n, N: mpmath.log(1 + mpmath.mpf(n) / N),
    "-cos(pi n/N)": lambda n, N: -mpmath.cospi(mpmath.mpf(n) / N),
    "linear": lambda n, N: mpmath.mpf(1000) / N * (mpmath.mpf("1e-4") + mpmath.mpf("0.0199") * (n - 1) / max(N - 1, 1)),
    "cosine": _cosine,
}


def _is_verdict(answer: Any) -> bool:
    if answer is None:
        return True
    pair = isinstance(answer, (tuple, list)) and len(answer) == 2 and isinstance(answer[1], str)
    return pair and number(answer[0]) is not None


@exercise("diffusion.validate_schedule", ("validate_schedule",))
class ValidateSchedule(Exercise):
    """None if 0 < beta_n < 1 for every n = 1 … N; else the first bad n and what is wrong with it."""

    answer = gate("the answer is None or a pair (n, reason)")
    named = pays("sin, log, 1 − 1/n, −cos, linear and cosine get their verdict for every N: step and reason", 2)
    found = pays("a fault is found wherever it stands, with its step counted from 1 and its reason", 2)

    hints = (
        "Go through the steps one by one and stop at the first that is wrong; n starts at 1.",
        "Both ends are excluded: what are beta = 0 and beta = 1 called in the list of reasons?",
        "NaN is neither below 0 nor above 1: every comparison with it is false.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            sizes = {1, 2, 3, 19, 20, 21, int(rng.integers(4, 19)), int(rng.integers(22, 120))}
            for name in _SCHEDULES:
                for N in sorted(sizes):
                    yield self._case(_floats(schedule(name, N), dtype, device), self.named, f"{name} with N = {N}")
        for name in ("sin(n/N)", "log(1 + n/N)"):
            yield self._case(_floats(_thousand(name), torch.float32, "cpu"), self.named, f"{name} with N = 1000")
        for dtype, device in arithmetic():
            yield from self._planted(rng, dtype, device)

    def _planted(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Iterator[Case]:
        """Faults of every kind at the first, the last and a middle step; two faults; one so small that it hides."""
        tiny = float(np.finfo(np.float32).tiny)
        faults = [*EDGES.values(), math.inf, -math.inf, -tiny, 1 + 2.0**-20]
        for fault in faults:
            steps = int(rng.integers(5, 12))
            for place in (0, int(rng.integers(1, steps - 1)), steps - 1):
                beta = _betas(rng, steps, 0.05, 0.95)
                beta[place] = fault
                yield self._case(_floats(beta, dtype, device), self.found)
        for pair in itertools.permutations(EDGES.values(), 2) if dtype == torch.float64 else ():
            beta = _betas(rng, 8)
            beta[sorted(rng.choice(8, size=2, replace=False))] = pair
            yield self._case(_floats(beta, dtype, device), self.found)
        edges = np.array([tiny, 0.5, 1 - 2.0**-20])
        yield self._case(_floats(edges, dtype, device), self.found, "values close to 0 and 1 are still between them")

    def _case(self, beta: torch.Tensor, law, label: str = "") -> Case:
        return case(call("validate_schedule", beta), about=(self.answer, law), law=law, beta=beta, label=label)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        kept = _is_verdict(answer)
        yield self.answer(kept, "None or a pair like (3, 'zero')", kind_of(answer))
        if not kept:
            return
        expected = verdict_of(exact(case.beta))
        got = None if answer is None else (number(answer[0]), answer[1])
        if got == expected:
            yield case.law(True)
            return
        mistake = "rejects what only underflows" if expected is None and _vanished(case.beta, got[0]) else None
        yield case.law(False, show(expected), show(answer), why=self._why(case, got), mistake=mistake)

    def _why(self, case: Case, got: tuple | None) -> str:
        expected = verdict_of(exact(case.beta))
        what = f"{case.label}: " if case.label else ""
        if expected is None:
            return f"{what}every step lies strictly between 0 and 1."
        n, reason = expected
        bad = f"{what}beta_{n} = {show(float(case.beta[n - 1]))}"
        if got is None:
            return f"{bad} passed as valid."
        return f"{bad} is the first bad step." if got[0] != n else f"{bad} is called {reason!r}."

    mistakes = (
        wrong("accepts 1", lambda beta: _first(beta, {"one": lambda b: False}), "beta = 1 passed. It erases x0 altogether: alpha_bar is 0 from there on."),
        wrong("accepts 0", lambda beta: _first(beta, {"zero": lambda b: False}), "beta = 0 passed. Such a step adds no noise, and the posterior's variance divides by it."),
        wrong("NaN slips through", lambda beta: _first(beta, {"nan": lambda b: False}), "NaN passed: it is neither ≤ 0 nor ≥ 1, so test for it by itself."),
        wrong("counts from 0", lambda beta: _shifted(_first(beta, {}), -1), "The step is the index into the tensor. Steps are counted from 1."),
        wrong("the last fault instead of the first", lambda beta: _last(beta), "The last bad step was reported. The first one decides."),
        wrong("looks only at the ends", lambda beta: _ends(beta), "Only beta_1 and beta_N were looked at: a schedule need not be monotone."),
        wrong("looks only at the second half", lambda beta: _half(beta), "Only the later steps were looked at. −cos(πn/N), for one, is positive there and fails at n = 1."),
        wrong("rejects what only underflows", lambda beta: _underflow(beta), "A valid schedule was refused because alpha_bar underflowed to 0 in its type. The verdict is about each beta."),
    )  # fmt: skip


def _vanished(beta: torch.Tensor, n: float) -> bool:
    """alpha_bar_n lies below the normal numbers of beta's type."""
    if not 0 <= n <= len(beta):  # NaN is no step, either
        return False
    steps = exact(beta)[: max(int(n), 1)]
    return bool(np.log1p(-steps).sum() < math.log(torch.finfo(beta.dtype).tiny))


def _thousand(name: str) -> np.ndarray:
    n = np.arange(1, 1001) / 1000
    return np.sin(n) if name == "sin(n/N)" else np.log1p(n)


def _first(beta: torch.Tensor, changed: dict[str, Callable[[float], bool]]) -> tuple[int, str] | None:
    tests = {
        "nan": math.isnan,
        "negative": lambda b: b < 0,
        "zero": lambda b: b == 0,
        "one": lambda b: b == 1,
        "above one": lambda b: b > 1,
    } | changed
    bad = ((n, reason) for n, b in enumerate(beta.tolist(), 1) for reason, test in tests.items() if test(b))
    return next(bad, None)


def _shifted(verdict: tuple[int, str] | None, by: int) -> tuple[int, str] | None:
    return verdict and (verdict[0] + by, verdict[1])


def _last(beta: torch.Tensor) -> tuple[int, str] | None:
    found = _first(beta.flip(0), {})
    return found and (len(beta) + 1 - found[0], found[1])


def _ends(beta: torch.Tensor) -> tuple[int, str] | None:
    return _first(beta[:1], {}) or _shifted(_first(beta[-1:], {}), len(beta) - 1)


def _half(beta: torch.Tensor) -> tuple[int, str] | None:
    return _shifted(_first(beta[len(beta) // 2 :], {}), len(beta) // 2)


def _underflow(beta: torch.Tensor) -> tuple[int, str] | None:
    vanished = (1 - beta).cumprod(0) == 0
    return _first(beta, {}) or ((int(vanished.nonzero()[0]) + 1, "one") if vanished.any() else None)


@exercise("diffusion.break_it", ("first_bad_root", "positive_again", "still_works"), kind="witness")
class BreakIt(Exercise):
    """What fails when beta exceeds 1 or equals 1, and what does not."""

    step = gate("first_bad_root returns a step or None")
    root = pays("first_bad_root is the first n at which alpha_bar_n is negative", 1)
    positive = gate("positive_again is a list of positive numbers")
    again = pays("alpha_bar of that schedule turns negative and later positive again", 1)
    table = gate("still_works returns a yes or no for each of the four expressions")
    works = pays("an expression works exactly where it does not divide by zero", 1)

    hints = (
        "Follow the sign of alpha_bar_n: every factor 1 − beta_n with beta_n above 1 turns it around.",
        "q_sample needs the root of alpha_bar_n. After how many sign changes is that root real again?",
        "After a step with beta = 1, alpha_bar is 0 for good, but alpha_t = 1 − beta_t only at that very step. "
        "Which of the two stands in which denominator?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for count in (0, 1, 1, 2, 3):
                beta = _betas(rng, int(rng.integers(4, 9)), 0.05, 0.9)
                beta[rng.choice(len(beta), size=count, replace=False)] += 1
                yield self._root_case(_floats(beta, dtype, device))
            beta = _betas(rng, 5, 0.05, 0.9)
            beta[0] += 1  # the first step can be the bad one
            yield self._root_case(_floats(beta, dtype, device))
            beta = _betas(rng, 6, 0.05, 0.9)
            beta[1:4] = rng.permutation([1.0, 1.5, 0.5])  # after a beta of exactly 1 there is no sign left to turn
            beta[4] = 1.5
            yield self._root_case(_floats(beta, dtype, device))
            beta[1:4] = [0.5, 1.0, 1.5]
            yield self._root_case(_floats(beta, dtype, device))
        yield case(call("positive_again"), about=(self.positive, self.again))
        for dtype, device in arithmetic():
            for count in (0, 1, 1, 2):
                beta = _betas(rng, 6, 0.05, 0.9)
                beta[rng.choice(np.arange(1, 5), size=count, replace=False)] = 1.0
                given = _floats(beta, dtype, device)
                for t in range(1, 7):
                    yield case(call("still_works", given, t), about=(self.table, self.works), beta=given, t=t)

    def _root_case(self, beta: torch.Tensor) -> Case:
        return case(call("first_bad_root", beta), about=(self.step, self.root), beta=beta)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_first_bad_root(self, case: Case, answer: Any) -> Iterator[Finding]:
        kept = answer is None or number(answer) is not None
        yield self.step(kept, "a number or None", kind_of(answer))
        if kept:
            bars = _alpha_bars(exact(case.beta))
            expected = next((n for n, bar in enumerate(bars) if bar < 0), None)
            yield self.root((None if answer is None else number(answer)) == expected, show(expected), show(answer))

    def _judge_positive_again(self, case: Case, answer: Any) -> Iterator[Finding]:
        beta = values(answer)
        kept = beta is not None and beta.ndim == 1 and bool((beta > 0).all()) and bool(np.isfinite(beta).all())
        yield self.positive(kept and len(beta) <= 1000, "at most 1000 positive numbers", show(answer))
        if not kept or len(beta) > 1000:
            return
        signs = [(bar > 0) - (bar < 0) for bar in _signed_bars(beta)]
        first = signs.index(-1) if -1 in signs else len(signs)
        erased = "erased for good" if 0 in signs else "never negative"
        mistake = None if 1 in signs[first:] else "negative for ever" if -1 in signs else erased
        yield self.again(mistake is None, "a negative alpha_bar, then a positive one", _signs(signs), mistake=mistake)

    def _judge_still_works(self, case: Case, answer: Any) -> Iterator[Finding]:
        expected = self._works(exact(case.beta), case.t)
        got = {k: truth(v) for k, v in answer.items()} if isinstance(answer, dict) else {}
        kept = got.keys() == expected.keys() and None not in got.values()
        yield self.table(
            kept, "a dictionary with eps_loss, x0_hat, sampler, elbo_weight, each True or False", kind_of(answer)
        )
        if kept:
            yield self.works(got == expected, show(expected), show(answer))

    @staticmethod
    def _works(beta: np.ndarray, t: int) -> dict[str, bool]:
        """By exact arithmetic: an expression works if none of its denominators is 0."""
        steps = [Fraction(float(b)) for b in beta[:t]]
        alpha, alpha_bar = 1 - steps[-1], math.prod(1 - b for b in steps)
        denominators = {
            "eps_loss": [],
            "x0_hat": [alpha_bar],
            "sampler": [1 - alpha_bar, alpha],
            "elbo_weight": [steps[-1], alpha, 1 - alpha_bar],
        }
        return {name: all(d != 0 for d in found) for name, found in denominators.items()}

    mistakes = (
        wrong(
            "counts from 0",
            {"first_bad_root": lambda beta: next((i for i, b in enumerate((1 - beta).cumprod(0)) if b < 0), None)},
            "The step is the index into the tensor. Steps are counted from 1.",
        ),
        wrong(
            "the first beta above 1",
            {"first_bad_root": lambda beta: next((n for n, b in enumerate(beta, 1) if b > 1), None)},
            "Mostly that is the step, but not after a step with beta = 1: alpha_bar is 0 from there on, and never negative.",
        ),
        wrong(
            "zero taken for negative",
            {"first_bad_root": lambda beta: next((n for n, b in enumerate((1 - beta).cumprod(0), 1) if b <= 0), None)},
            "The root of 0 is 0 and harmless: only a negative alpha_bar stops q_sample.",
        ),
        wrong(
            "looks only at the last step",
            {"first_bad_root": lambda beta: len(beta) if (1 - beta).prod() < 0 else None},
            "Only alpha_bar_T was looked at. Training draws every t, so the first negative one already stops it.",
        ),
        wrong(
            "the other root",
            {"first_bad_root": lambda beta: next((n for n, b in enumerate((1 - beta).cumprod(0), 1) if b > 1), None)},
            "You looked for a negative 1 − alpha_bar. It exceeds 1 where alpha_bar is negative; the root of alpha_bar fails.",
        ),
        wrong(
            "negative for ever",
            {"positive_again": lambda: [0.5, 1.5, 0.5]},
            "One beta above 1 turns the sign once. It needs a second one to turn it back.",
        ),
        wrong(
            "erased for good",
            {"positive_again": lambda: [1.0, 1.5, 1.5]},
            "A beta of exactly 1 makes alpha_bar 0, and no later step gives it a sign again.",
        ),
        wrong(
            "never negative",
            {"positive_again": lambda: [0.5, 0.5, 0.5]},
            "alpha_bar never became negative here: some beta must exceed 1.",
        ),
        wrong(
            "everything stops at beta = 1",
            {"still_works": lambda beta, t: dict.fromkeys(("eps_loss", "x0_hat", "sampler", "elbo_weight"), bool((beta[:t] < 1).all()))},
            "Training on eps goes on: its loss divides by nothing. And after that step alpha_t is positive again.",
        ),
        wrong(
            "x0_hat recovers",
            {"still_works": lambda beta, t: _works_like(beta, t, x0_hat=bool(beta[t - 1] < 1))},
            "alpha_bar stays 0 after a step with beta = 1, so x0_hat divides by zero from there on, not only at that step.",
        ),
        wrong(
            "the sampler never recovers",
            {"still_works": lambda beta, t: _works_like(beta, t, sampler=bool((beta[:t] < 1).all()))},
            "The sampler divides by √alpha_t, which is 0 only at the very step with beta = 1.",
        ),
    )  # fmt: skip


def _signed_bars(beta: np.ndarray) -> list[Fraction]:
    bars = [Fraction(1)]
    for b in beta:
        bars.append(bars[-1] * (1 - Fraction(float(b))))
    return bars[1:]


def _signs(signs: list[int]) -> str:
    return "signs " + " ".join({1: "+", 0: "0", -1: "−"}[s] for s in signs[:20])


def _works_like(beta: torch.Tensor, t: int, **changed: bool) -> dict[str, bool]:
    now, ever = bool(beta[t - 1] < 1), bool((beta[:t] < 1).all())
    return {"eps_loss": True, "x0_hat": ever, "sampler": now, "elbo_weight": now} | changed


# --- the way back, given x0 ------------------------------------------------------------------------------------


def _tilde(beta: torch.Tensor, first: float = 1.0) -> torch.Tensor:
    bars = (1 - beta).cumprod(0)
    before = torch.cat([torch.full_like(beta[:1], first), bars[:-1]])
    return (1 - before) / (1 - bars) * beta


@exercise("diffusion.posterior_variance", ("posterior_variance",))
class PosteriorVariance(Exercise):
    """beta_tilde_t = (1 − alpha_bar_{t−1}) / (1 − alpha_bar_t) beta_t with alpha_bar_0 = 1."""

    shape = gate("the result has one value per step")
    bayes = pays("every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1", 1)

    hints = (
        "q(x_{t−1} | x_t, x0) combines two normals in x_{t−1}: what x0 says and what x_t says.",
        "alpha_bar_{t−1} is alpha_bar one step earlier. What stands in front of the first one?",
        "Knowing x0 as well, can you be more uncertain about x_{t−1} than beta_t?",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield case(call("posterior_variance", torch.tensor([0.1, 0.2])), beta=torch.tensor([0.1, 0.2]))
        for dtype, device in arithmetic():
            for steps in (1, int(rng.integers(3, 9)), int(rng.integers(20, 40))):
                beta = _floats(_betas(rng, steps), dtype, device)
                yield case(call("posterior_variance", beta), beta=beta)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.beta.shape), case.beta)
        yield self.shape(*shape)
        if not shape.ok:
            return
        beta, bars = exact(case.beta), _alpha_bars(exact(case.beta))
        bayes = [
            gaussians.condition(np.zeros(()), 1 - bars[t - 1], np.zeros(()), math.sqrt(1 - b), b)[1]
            for t, b in enumerate(beta, start=1)
        ]
        # 1 − alpha_bar is rounded relative to 1, over as many factors as it has; that error is divided by 1 − alpha_bar
        roundings = [t * b / (1 - bars[t]) for t, b in enumerate(beta, start=1)]
        yield self.bayes(*close(answer, bayes, case.beta.dtype, roundings))

    mistakes = (
        wrong(
            "beta for beta tilde",
            lambda beta: beta,
            "This is the variance of a forward step. Knowing x0 as well makes x_{t−1} more certain than that.",
        ),
        wrong(
            "the ratio upside down",
            lambda beta: beta**2 / _tilde(beta).clamp_min(1e-30),
            "The ratio is upside down: it must be below 1, since 1 − alpha_bar grows with t.",
            also=(lambda beta: beta**2 / _tilde(beta),),
        ),
        wrong(
            "alpha_bar for one minus it",
            lambda beta: (
                (1 - beta).cumprod(0) / torch.cat([torch.ones_like(beta[:1]), (1 - beta).cumprod(0)[:-1]]) * beta
            ),
            "The ratio was taken of alpha_bar, not of the variances 1 − alpha_bar.",
            also=(lambda beta: beta / (1 - beta),),
        ),
        wrong(
            "alpha_bar_0 is 0",
            lambda beta: _tilde(beta, 0.0),
            "Before the first step nothing is lost: alpha_bar_0 = 1, so the variance at t = 1 is 0.",
        ),
        wrong(
            "one step late",
            lambda beta: torch.cat([_tilde(beta)[1:], _tilde(beta)[-1:]]),
            "The values are shifted: entry 0 belongs to t = 1, where x0 is known exactly and the variance is 0.",
        ),
        wrong(
            "the standard deviation",
            lambda beta: _tilde(beta).sqrt(),
            "This is the standard deviation; the variance is asked for.",
        ),
    )


def _posterior(x0, xt, t, beta, **changed: bool):
    return _posterior_at(t - 1, x0, xt, t, beta, **changed)


def _posterior_at(index, x0, xt, t, beta, *, swap: bool = False, bar: bool = False, wide: bool = False):
    """The posterior with the coefficients of entry `index`, and with one of the catalogued slips."""
    now = (1 - beta).cumprod(0)
    before = torch.cat([torch.ones_like(beta[:1]), now[:-1]])
    on_x0 = before.sqrt() * beta / (1 - now)
    on_xt = (now if bar else 1 - beta).sqrt() * (1 - before) / (1 - now)
    if swap:
        on_x0, on_xt = on_xt, on_x0
    variance = beta if wide else (1 - before) / (1 - now) * beta
    return _per_item(on_x0[index], x0) * x0 + _per_item(on_xt[index], xt) * xt, variance[index]


@exercise("diffusion.posterior", ("posterior",))
class Posterior(Exercise):
    """q(x_{t−1} | x_t, x0) = N(√ᾱ_{t−1} beta_t/(1−ᾱ_t) x0 + √alpha_t (1−ᾱ_{t−1})/(1−ᾱ_t) x_t, beta_tilde_t I)."""

    pair = gate("the answer is a pair: a mean of the shape of x0, and one variance per item")
    mean = pays("the mean is the one that Bayes' rule gives, x0 itself at t = 1", 1)
    variance = pays("the variance is the one that Bayes' rule gives, 0 at t = 1", 1)

    hints = (
        "In x_{t−1}, x0 says N(√alpha_bar_{t−1} x0, 1 − alpha_bar_{t−1}); x_t says x_t = √alpha_t x_{t−1} + noise.",
        "Precisions add; the mean is the average of both opinions, weighted by precision. Then simplify.",
        "Test with numbers: at t = 1 the mean must be x0 whatever x_t is, and the x_t factor comes from one step only.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.ones(1, dtype=torch.float64)
        yield self._case(one, 0 * one, torch.tensor([2]), torch.tensor([0.1, 0.2], dtype=torch.float64))
        yield self._case(0 * one, one, torch.tensor([2]), torch.tensor([0.1, 0.2], dtype=torch.float64))
        for dtype, device in arithmetic():
            for shape in ((3,), (3, 2), (3, 3), (3, 1, 4, 4)):
                steps = int(rng.integers(5, 12))
                x0, xt = _normal(rng, shape, dtype, device), _normal(rng, shape, dtype, device)
                beta = _floats(_betas(rng, steps), dtype, device)
                yield self._case(x0, xt, _steps(rng, shape[0], steps, device), beta)

    def _case(self, x0: torch.Tensor, xt: torch.Tensor, t: torch.Tensor, beta: torch.Tensor) -> Case:
        return case(call("posterior", x0, xt, t, beta), x0=x0, xt=xt, t=t, beta=beta)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        batch = len(case.x0)
        pair = isinstance(answer, (tuple, list)) and len(answer) == 2
        shape = has_shape(answer[0] if pair else answer, tuple(case.x0.shape), case.x0)
        spread = values(answer[1]) if pair else None
        kept = shape.ok and spread is not None and spread.size == batch
        yield self.pair(kept, f"(tensor of shape {tuple(case.x0.shape)}, {batch} variances)", _kinds(answer))
        if not kept:
            return
        x0, xt, beta, dtype = exact(case.x0), exact(case.xt), exact(case.beta), case.x0.dtype
        bars = _alpha_bars(beta)
        rows = []
        for t, x, y in zip(case.t.tolist(), x0, xt, strict=True):
            b, before = beta[t - 1], bars[t - 1]
            rows.append(gaussians.condition(math.sqrt(before) * x, 1 - before, y, math.sqrt(1 - b), b))
        mean, variance = np.stack([m for m, _ in rows]), np.array([v for _, v in rows])
        lost = np.array([t / (1 - bars[t]) for t in case.t.tolist()])  # digits lost in 1 − alpha_bar
        sizes = (abs(x0) + abs(xt)) * lost.reshape(-1, *[1] * (x0.ndim - 1))
        yield self.mean(*close(answer[0], mean, dtype, sizes))
        yield self.variance(*close(spread.reshape(batch), variance, dtype, lost))

    mistakes = (
        wrong(
            "the misprint: alpha_bar_t under the root",
            lambda x0, xt, t, beta: _posterior(x0, xt, t, beta, bar=True),
            "The factor on x_t has √alpha_bar_t, as source 001 misprints it. One step leads from x_{t−1} to x_t, so √alpha_t belongs there.",
        ),
        wrong(
            "coefficients swapped",
            lambda x0, xt, t, beta: _posterior(x0, xt, t, beta, swap=True),
            "The two factors are swapped. Early on (t = 1) all the weight must lie on x0.",
        ),
        wrong(
            "beta for beta tilde",
            lambda x0, xt, t, beta: _posterior(x0, xt, t, beta, wide=True),
            "The variance is that of a forward step. Knowing x0 as well makes x_{t−1} more certain: beta_tilde_t.",
        ),
        wrong(
            "one step late",
            _late(_posterior_at, 0),
            "The coefficients are those of step t + 1: steps count from 1, tensors from 0.",
            also=(_late(_posterior_at, 1), _late(_posterior_at, 2)),
        ),
        wrong(
            "one step early",
            lambda x0, xt, t, beta: _posterior_at((t - 2).clamp_min(0), x0, xt, t, beta),
            "The coefficients are those of step t − 1: alpha_bar_t belongs to t, alpha_bar_{t−1} to the step before.",
            also=(lambda x0, xt, t, beta: _posterior_at(t - 2, x0, xt, t, beta),),
        ),
    )


def _kinds(answer: Any) -> str:
    if isinstance(answer, (tuple, list)):
        return f"({', '.join(kind_of(item) for item in answer[:4])})"
    return kind_of(answer)


def _recover(xt, t, eps, bars, *, root=True, noise=None, sign=-1.0):
    return _recovered_at(t - 1, xt, t, eps, bars, root=root, noise=noise, sign=sign)


def _recovered_at(index, xt, t, eps, bars, *, root=True, noise=None, sign=-1.0):
    bar = bars[index]
    spread = (1 - bar).sqrt() if noise is None else noise(bar)
    return (xt + sign * _per_item(spread, xt) * eps) / _per_item(bar.sqrt() if root else bar, xt)


@exercise("diffusion.predict_x0", ("predict_x0",))
class PredictX0(Exercise):
    """x0 = (x_t − √(1 − alpha_bar_t) eps) / √alpha_bar_t, q_sample solved for x0."""

    shape = gate("the result is a tensor of the shape of xt")
    solved = pays("noising the result with the same eps leads back to xt, at each item's own step", 1)

    hints = (
        "Write q_sample as an equation and solve it for x0.",
        "First take away what the noise added, then undo the scaling of the signal.",
        "Both factors are roots, taken at alpha_bar of the item's own t, which counts from 1.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape in ((2,), (3, 2), (3, 3), (3, 1, 4, 4)):
                steps = int(rng.integers(5, 12))
                bars = _floats(np.array(_alpha_bars(_betas(rng, steps))[1:]), dtype, device)
                xt, eps = _normal(rng, shape, dtype, device), _normal(rng, shape, dtype, device)
                t = _steps(rng, shape[0], steps, device)
                yield case(call("predict_x0", xt, t, eps, bars), xt=xt, eps=eps, t=t, bars=bars)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.xt.shape), case.xt)
        yield self.shape(*shape)
        if not shape.ok:
            return
        xt, eps, bars = exact(case.xt), exact(case.eps), exact(case.bars)
        solved, sizes = np.empty_like(xt), np.empty_like(xt)
        for i, t in enumerate(case.t.tolist()):
            # the line x0 ↦ q_sample(x0) through two of its points, followed back to xt[i]
            at_zero, at_one = (_noised(x, eps[i], bars[t - 1]) for x in (0.0, 1.0))
            solved[i] = (xt[i] - at_zero) / (at_one - at_zero)
            sizes[i] = (abs(xt[i]) + abs(eps[i]) / (1 - bars[t - 1])) / math.sqrt(bars[t - 1])
        yield self.solved(*close(answer, solved, case.xt.dtype, sizes))

    mistakes = (
        wrong("divides by alpha_bar", lambda xt, t, eps, bars: _recover(xt, t, eps, bars, root=False), "x0 was multiplied by the root of alpha_bar: that root divides, not alpha_bar itself."),
        wrong("noise at full strength", lambda xt, t, eps, bars: _recover(xt, t, eps, bars, noise=torch.ones_like), "eps was subtracted unscaled. Only √(1 − alpha_bar_t) of it was added."),
        wrong("variance for standard deviation", lambda xt, t, eps, bars: _recover(xt, t, eps, bars, noise=lambda bar: 1 - bar), "The noise was added with its standard deviation √(1 − alpha_bar_t), not with the variance."),
        wrong("the noise is added again", lambda xt, t, eps, bars: _recover(xt, t, eps, bars, sign=1.0), "The noise was added a second time: take it away."),
        wrong("one step late", _late(_recovered_at, 0), "alpha_bar[t] belongs to step t + 1: steps count from 1, tensors from 0.",
              also=(_late(_recovered_at, 1), _late(_recovered_at, 2))),
    )  # fmt: skip


def _noised(x0: Any, eps: np.ndarray, bar: float) -> np.ndarray:
    return math.sqrt(bar) * x0 + math.sqrt(1 - bar) * eps


# --- the variance-exploding process ----------------------------------------------------------------------------

# Roots and quotients of a tensor of integers, such as t, come out as float32, whatever type x0 has: that is no mistake.
_ROOTS_OF_INTEGERS = torch.float32


def _gaps(mean: float, var: float, T: int, sigma: float, kl: Callable[..., float]) -> dict[str, float]:
    total = var + T * sigma**2
    return {
        "noise": kl(mean, total, 0.0, T * sigma**2),
        "mean": kl(mean, total, mean, T * sigma**2),
        "spread": kl(mean, total, 0.0, total),
        "both": kl(mean, total, mean, total),
    }


def _closed_kl(m: float, v: float, m2: float, v2: float) -> float:
    return 0.5 * (v / v2 + (m - m2) ** 2 / v2 - 1 - math.log(v / v2))


@exercise("diffusion.variance_exploding", ("ve_sample", "ve_posterior", "ve_prior_gaps"))
class VarianceExploding(Exercise):
    """x_t = x_{t−1} + sigma eps: nothing shrinks, the variance t sigma² grows without bound."""

    shape = gate("ve_sample returns a tensor of the shape of x0")
    sample = pays("t steps of variance sigma² add up to the variance t sigma²", 1)
    pair = gate("ve_posterior returns a mean of the shape of x0 and one variance per item")
    mean = pays("the posterior's mean lies on the way from x_t to x0, as Bayes' rule places it", 0.5)
    variance = pays("the posterior's variance is the one that Bayes' rule gives, 0 at t = 1", 0.5)
    named = gate("ve_prior_gaps names its four priors: noise, mean, spread, both")
    gaps = pays("each prior's distance from the true distribution of x_T, in nats", 1)

    hints = (
        "Variances of independent noises add. What is the standard deviation after t of them?",
        "Given x0, the path is a random walk; given both ends, where is it one step before the end, on average?",
        "The data are normal, so x_T is normal as well: write down its mean and variance, then KL of two normals.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape in ((2,), (3, 2), (3, 3), (3, 1, 4, 4)):
                sigma, t = float(rng.uniform(0.2, 2)), _steps(rng, shape[0], 30, device)
                a, b = _normal(rng, shape, dtype, device), _normal(rng, shape, dtype, device)
                facts = {"x0": a, "other": b, "t": t, "sigma": sigma}
                yield case(call("ve_sample", a, t, b, sigma), about=(self.shape, self.sample), **facts)
                yield case(call("ve_posterior", a, b, t, sigma), about=(self.pair, self.mean, self.variance), **facts)
        for _ in range(4):
            numbers = (
                float(rng.normal() * 2),
                float(rng.uniform(0.3, 3)),
                int(rng.integers(2, 20)),
                float(rng.uniform(0.2, 1)),
            )
            yield case(call("ve_prior_gaps", *numbers), about=(self.named, self.gaps), numbers=numbers)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_ve_sample(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.x0.shape), case.x0)
        yield self.shape(*shape)
        if shape.ok:
            x0, eps = exact(case.x0), exact(case.other)
            spread = np.array([math.sqrt(math.fsum([case.sigma**2] * t)) for t in case.t.tolist()])
            added = spread.reshape(-1, *[1] * (x0.ndim - 1)) * eps
            yield self.sample(*close(answer, x0 + added, _ROOTS_OF_INTEGERS, abs(x0) + abs(added)))

    def _judge_ve_posterior(self, case: Case, answer: Any) -> Iterator[Finding]:
        batch, pair = len(case.x0), isinstance(answer, (tuple, list)) and len(answer) == 2
        shape = has_shape(answer[0] if pair else answer, tuple(case.x0.shape), case.x0)
        spread = values(answer[1]) if pair else None
        kept = shape.ok and spread is not None and spread.size == batch
        yield self.pair(kept, f"(tensor of shape {tuple(case.x0.shape)}, {batch} variances)", _kinds(answer))
        if not kept:
            return
        x0, xt, s2 = exact(case.x0), exact(case.other), case.sigma**2
        rows = [
            gaussians.condition(x, (t - 1) * s2, y, 1.0, s2) for t, x, y in zip(case.t.tolist(), x0, xt, strict=True)
        ]
        mean, variance = np.stack([m for m, _ in rows]), np.array([v for _, v in rows])
        yield self.mean(*close(answer[0], mean, _ROOTS_OF_INTEGERS, abs(x0) + abs(xt)))
        yield self.variance(*close(spread.reshape(batch), variance, _ROOTS_OF_INTEGERS, s2))

    def _judge_ve_prior_gaps(self, case: Case, answer: Any) -> Iterator[Finding]:
        expected = _gaps(*case.numbers, gaussians.kl)
        got = {k: number(v) for k, v in answer.items()} if isinstance(answer, dict) else {}
        kept = got.keys() == expected.keys() and None not in got.values()
        yield self.named(kept, "a dictionary of four numbers: noise, mean, spread, both", kind_of(answer))
        if kept:
            # relative to 1 + value: KL subtracts numbers of order one; float32 inside is precise enough here
            verdict = near(np.array([got[k] for k in expected]), list(expected.values()), 1e-5)
            yield self.gaps(verdict.ok, show(expected), show(got))

    mistakes = (
        wrong(
            "t where its root belongs",
            {"ve_sample": lambda x0, t, eps, sigma: x0 + _per_item(t.to(x0), x0) * sigma * eps},
            "Standard deviations do not add, variances do: after t steps the factor is √t sigma.",
        ),
        wrong(
            "variance for standard deviation",
            {"ve_sample": lambda x0, t, eps, sigma: x0 + _per_item(t.to(x0), x0) * sigma**2 * eps},
            "eps is multiplied by the variance t sigma²; its root is the factor.",
        ),
        wrong(
            "one step for all",
            {"ve_sample": lambda x0, t, eps, sigma: x0 + sigma * eps},
            "This is a single step. After t of them the variance is t sigma².",
        ),
        wrong(
            "weights swapped",
            {
                "ve_posterior": lambda x0, xt, t, sigma: (
                    (x0 * _per_item(t - 1, x0) + xt) / _per_item(t, x0),
                    sigma**2 * (t - 1) / t,
                )
            },
            "The weights are swapped: one step before x_t the path is close to x_t, except at t = 1, where it is x0.",
        ),
        wrong(
            "sigma squared for its share",
            {
                "ve_posterior": lambda x0, xt, t, sigma: (
                    (xt * _per_item(t - 1, x0) + x0) / _per_item(t, x0),
                    sigma**2 * torch.ones_like(t, dtype=x0.dtype),
                )
            },
            "The variance is that of a forward step. Knowing x0 as well multiplies it by (t − 1)/t.",
        ),
        wrong(
            "the wrong way round",
            {"ve_prior_gaps": lambda m, v, T, s: _gaps(m, v, T, s, lambda a, b, c, d: _closed_kl(c, d, a, b))},
            "This is KL(prior ‖ q). The question is how far the true x_T, q, is from the prior: the expectation runs over q.",
        ),
        wrong(
            "sigma for its square",
            {"ve_prior_gaps": lambda m, v, T, s: _gaps(m, v, T, math.sqrt(s), _closed_kl)},
            "Each step adds the variance sigma², not sigma.",
        ),
        wrong(
            "the data's spread is forgotten",
            {"ve_prior_gaps": lambda m, v, T, s: _gaps(m, 0.0, T, s, _closed_kl)},
            "x_T was given the variance T sigma² alone. It starts from data that already have a variance.",
            also=(
                {"ve_prior_gaps": lambda m, v, T, s: _gaps(m, v, T, s, lambda a, b, c, d: _closed_kl(a, b - v, c, d))},
            ),
        ),
    )
