"""diffusion.generate: x_{t−1} = mean + √variance · noise[t − 1] of q(x_{t−1} | x_t, guess(x_t, t)), from t = T down to 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import (
    Denoiser,
    alpha_bars,
    answer,
    bent,
    noises,
    random_betas,
    smooth,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Made, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians
from pushforward.answering.wire import Callback

GUESS = Made(smooth, (smooth, bent), says=("takes x_t (B, …) and t (B,)", "gives x0 (B, …)"))


def _slip(order=None, told=0, late=0, pick=None, kept_guess=False, **slip: Any) -> Callable:
    """The chain with one of the catalogued slips in its steps."""

    def generate(guess, xT, noise, beta):
        now = (1 - beta).cumprod(0)
        before = torch.cat([torch.ones_like(beta[:1]), now[:-1]])
        x, x0 = xT, None
        for t in range(len(beta), 0, -1) if order is None else order(len(beta)):
            k = max(t - 1 - late, 0)
            if x0 is None or not kept_guess:
                x0 = guess(xT if slip.get("behind") else x, torch.full((len(x),), t - told, device=x.device))
            x0 = x0.clamp(-1, 1) if slip.get("clip") else x0
            under = now[k] if slip.get("bar") else 1 - beta[k]
            mean = before[k].sqrt() * beta[k] / (1 - now[k]) * x0 + under.sqrt() * (1 - before[k]) / (1 - now[k]) * x
            variance = beta[k] if slip.get("wide") else (1 - before[k]) / (1 - now[k]) * beta[k]
            size = variance if slip.get("square") else variance.sqrt()
            if not (slip.get("still") or (slip.get("last_still") and t == 1)):
                mean = mean + size * noise[t - 1 if pick is None else pick(t, len(beta))]
            x = now[k].sqrt() * x0 + (1 - now[k]).sqrt() * noise[t - 1] if slip.get("afresh") else mean
        return x

    return generate


@exercise("diffusion.generate", ("generate",))
class Generate(Exercise):
    """x_{t−1} = mean + √variance · noise[t − 1] of q(x_{t−1} | x_t, guess(x_t, t)), from t = T down to 1."""

    shape = gate("the result has the shape of xT")
    means = pays("without noise each step is the posterior's mean for the guess, from t = T down to t = 1", 1)
    draws = pays("noise[t − 1] comes in at step t, with the standard deviation of the posterior", 1)

    hints = (
        "Which t comes first, which last? Write the loop with range, print t for T = 3, then fill it.",
        "One step: ask guess for x0 with the state that you have now, hand both to posterior, add √variance times the noise.",
        "posterior and guess want t as a tensor (B,), one time for each item; the variance comes as (B,), and per_item helps.",
    )

    domain = {
        "generate": Domain(
            {
                "guess": GUESS,
                "xT": Tensor("B, ..."),
                "noise": Tensor("T, B, ..."),
                "beta": Tensor("T", Reals(0.001, 0.5, "[]")),
            },
            sizes={"B": (1, 3), "T": (1, 5)},
            returns=Like("xT"),
            most=16,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        beta, one = torch.tensor([0.1, 0.2], dtype=torch.float64), torch.ones(1, dtype=torch.float64)
        yield self._case(lambda x, t: 1 + 0 * x, one / 2, torch.zeros(2, 1, dtype=torch.float64), beta)
        yield self._case(lambda x, t: 2 * x, one / 2, torch.stack([one, one]), beta)
        for dtype, device in arithmetic():
            for steps, shape, guess in ((2, (2,), smooth()), (3, (2, 2), bent()), (6, (3, 1, 2), smooth())):
                xT, noise = normal(rng, shape, dtype, device), normal(rng, (steps, *shape), dtype, device)
                given = floats(random_betas(rng, steps, 0.05, 0.4), dtype, device)
                yield self._case(guess, 3 * xT, 0 * noise, given)
                yield self._case(guess, xT, noise, given)

    def _case(self, guess: Denoiser, xT: torch.Tensor, noise: torch.Tensor, beta: torch.Tensor) -> Case:
        law = self.draws if bool((noise != 0).any()) else self.means
        ask = call("generate", Callback("guess"), xT, noise, beta)
        return case(ask, about=(self.shape, law), guess=guess, xT=xT, noise=noise, beta=beta)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(*given.values())

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        return answer(case.guess, args, kwargs)

    def judge(self, case: Case, result: Any) -> Iterator[Finding]:
        shape = has_shape(result, tuple(case.xT.shape), case.xT)
        yield self.shape(*shape)
        if shape.ok:
            want, size, lost = _walk(case.guess, exact(case.xT), exact(case.noise), exact(case.beta))
            yield case.about[1](*close(result, want, case.xT.dtype, size, lost=lost))

    mistakes = (
        wrong(
            "the guess is made once",
            _slip(kept_guess=True),
            "guess was asked about x_T only. Each step has a better guess to go by: ask again, with the state of that step.",
            also=(_slip(behind=True),),
        ),
        wrong(
            "one step short",
            _slip(order=lambda T: range(T, 1, -1)),
            "The chain stops at x_1: the step at t = 1 is missing. (range(T, 1, −1) ends at 2.)",
            also=(_slip(order=lambda T: range(T - 1, 0, -1)),),
        ),
        wrong(
            "the wrong way",
            _slip(order=lambda T: range(1, T + 1)),
            "The steps run from t = 1 to T. The way back begins at T.",
        ),
        wrong(
            "variance for standard deviation",
            _slip(square=True),
            "The noise was multiplied by the variance; its root is the standard deviation.",
        ),
        wrong(
            "the forward variance",
            _slip(wide=True),
            "The noise came in with beta_t, the variance of a step forward. posterior returns that of the step back.",
            also=(_slip(wide=True, last_still=True),),
        ),
        wrong("no noise", _slip(still=True), "Only means were taken. A step is a draw: mean + √variance · noise."),
        wrong(
            "the noises in the order of the loop",
            _slip(pick=lambda t, T: T - t),
            "noise[0] was used first. noise[t − 1] belongs to the step from x_t.",
            also=(
                _slip(pick=lambda t, T: t - 2),
                _slip(pick=lambda t, T: min(t, T - 1)),
                _slip(pick=lambda t, T: 0),
            ),
        ),
        wrong(
            "guess is told t − 1",
            _slip(told=1),
            "guess was told the index t − 1 and not the time t.",
        ),
        wrong(
            "the step of t − 1",
            _slip(late=1),
            "The posterior taken was that of t − 1. The step from x_t needs t itself.",
        ),
        wrong(
            "noised afresh",
            _slip(afresh=True),
            "The guess was noised again from scratch. A step back goes from x_t: the posterior has x_t in its mean.",
        ),
        wrong(
            "the guess is clipped",
            _slip(clip=True),
            "The guess was cut off at ±1, as many samplers of pictures do. Here nothing says where the data lie.",
        ),
        wrong(
            "alpha_bar for alpha",
            _slip(bar=True),
            "The factor on x_t has √alpha_bar_t, as source 001 misprints it; your posterior has √alpha_t.",
        ),
    )


def _walk(guess: Denoiser, x: np.ndarray, noise: np.ndarray, beta: np.ndarray) -> tuple[np.ndarray, ...]:
    """The end of the chain by Bayes' rule, the size that its rounding is measured against, and what 1 − ᾱ_t loses."""
    bars, spread = alpha_bars(beta), noises(beta)
    size, lost = abs(x), 0 * abs(x)
    for t in range(len(beta), 0, -1):
        x0 = guess(x, np.full((len(x), *[1] * (x.ndim - 1)), float(t)))
        a, b = math.sqrt(1 - beta[t - 1]), beta[t - 1]
        x, variance = gaussians.condition(math.sqrt(bars[t - 1]) * x0, spread[t - 1], x, a, b)
        size = size + abs(x0)  # the weights on both are below 1, and a guess moves by no more than 1.2 of x
        lost = 1.2 * lost + size / spread[t]
        added = math.sqrt(variance) * abs(noise[t - 1])
        x, size = x + math.sqrt(variance) * noise[t - 1], 1.2 * size + added
    return x, size, np.minimum(lost, 1e4 * (1 + size))
