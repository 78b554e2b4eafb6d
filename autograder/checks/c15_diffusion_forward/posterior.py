"""diffusion.posterior: q(x_{t−1} | x_t, x0) = N(√ᾱ_{t−1} beta_t/(1−ᾱ_t) x0 + √alpha_t (1−ᾱ_{t−1})/(1−ᾱ_t) x_t, beta_tilde_t I)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import (
    SIZES,
    STEPS,
    Shares,
    alpha_bars,
    at_steps,
    each_step,
    kinds_of,
    late,
    noises,
    per_item,
    random_betas,
    random_steps,
)
from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians


def _posterior(x0, xt, t, beta, **changed: bool):
    return _posterior_at(t - 1, x0, xt, t, beta, **changed)


def _posterior_at(index, x0, xt, t, beta, *, swap: bool = False, bar: bool = False, wide: bool = False, first=None):
    """The posterior with the coefficients of entry `index`, and with one of the catalogued slips."""
    now = (1 - beta).cumprod(0)
    before = torch.cat([torch.ones_like(beta[:1]) if first is None else first(now), now[:-1]])
    on_x0 = before.sqrt() * beta / (1 - now)
    on_xt = (now if bar else 1 - beta).sqrt() * (1 - before) / (1 - now)
    if swap:
        on_x0, on_xt = on_xt, on_x0
    variance = beta if wide else (1 - before) / (1 - now) * beta
    return per_item(on_x0[index], x0) * x0 + per_item(on_xt[index], xt) * xt, variance[index]


def _rootless(x0, xt, t, beta, on_x0: bool, on_xt: bool):
    """The posterior without the root in the factor of x0, of x_t or of both."""
    now = (1 - beta).cumprod(0)
    before = torch.cat([torch.ones_like(beta[:1]), now[:-1]])
    first, second = before if on_x0 else before.sqrt(), 1 - beta if on_xt else (1 - beta).sqrt()
    first, second, t = first * beta / (1 - now), second * (1 - before) / (1 - now), t - 1
    return per_item(first[t], x0) * x0 + per_item(second[t], xt) * xt, ((1 - before) / (1 - now) * beta)[t]


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

    domain = {
        "posterior": Domain(
            {
                "x0": Tensor("B, ..."),
                "xt": Tensor("B, ..."),
                "t": STEPS,
                "beta": Tensor("T", Shares(coarse=1e-6)),
            },
            sizes=SIZES,
            returns=(Like("x0"), Like("x0")),
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.ones(1, dtype=torch.float64)
        yield self._case(one, 0 * one, torch.tensor([2]), torch.tensor([0.1, 0.2], dtype=torch.float64))
        yield self._case(0 * one, one, torch.tensor([2]), torch.tensor([0.1, 0.2], dtype=torch.float64))
        for dtype, device in arithmetic():
            for shape in ((3,), (3, 2), (3, 3), (3, 1, 4, 4)):
                steps = int(rng.integers(5, 12))
                x0, xt = normal(rng, shape, dtype, device), normal(rng, shape, dtype, device)
                beta = floats(random_betas(rng, steps), dtype, device)
                yield self._case(x0, xt, random_steps(rng, shape[0], steps, device), beta)

            near = 1e-8 if dtype == torch.float64 else 1e-5
            for t, beta in each_step(rng, [near, 2 * near, 0.3, 1e-3, 1 - 1e-4, 0.5], dtype, device):
                x0, xt = normal(rng, (len(t), 2), dtype, device), normal(rng, (len(t), 2), dtype, device)
                yield self._case(x0, xt, t, beta)

    def _case(self, x0: torch.Tensor, xt: torch.Tensor, t: torch.Tensor, beta: torch.Tensor) -> Case:
        return case(call("posterior", x0, xt, t, beta), x0=x0, xt=xt, t=t, beta=beta)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        batch = len(case.x0)
        pair = isinstance(answer, (tuple, list)) and len(answer) == 2
        shape = has_shape(answer[0] if pair else answer, tuple(case.x0.shape), case.x0)
        spread = values(answer[1]) if pair else None
        kept = shape.ok and spread is not None and spread.size == batch
        yield self.pair(kept, f"(tensor of shape {tuple(case.x0.shape)}, {batch} variances)", kinds_of(answer))
        if not kept:
            return
        x0, xt, beta, dtype = exact(case.x0), exact(case.xt), exact(case.beta), case.x0.dtype
        bars, noise = np.array(alpha_bars(beta)), np.array(noises(beta))
        rows = [
            gaussians.condition(math.sqrt(bars[t - 1]) * x, noise[t - 1], y, math.sqrt(1 - beta[t - 1]), beta[t - 1])
            for t, x, y in zip(case.t.tolist(), x0, xt, strict=True)
        ]
        mean, variance = np.stack([m for m, _ in rows]), np.array([v for _, v in rows])
        now = case.t.cpu().numpy()
        lost = now / noise[now]  # 1 − alpha_bar is rounded relative to 1, over t factors
        # by way of eps, large terms cancel where a step keeps hardly any signal; √alpha_bar may come as √(1 − noise)
        by_eps = 1 / np.sqrt(1 - beta[now - 1])
        by_noise = 1 / np.sqrt(np.maximum(bars[now - 1], torch.finfo(dtype).eps))
        amid = at_steps(lost + by_eps + by_noise, torch.arange(len(now)), x0) * (abs(x0) + abs(xt))
        sizes = _sizes(
            x0, xt, *(at_steps(v, case.t - k, x0) for v, k in ((bars, 1), (noise, 1), (noise, 0), (beta, 1)))
        )
        yield self.mean(*close(answer[0], mean, dtype, sizes, lost=amid))
        yield self.variance(*close(spread.reshape(batch), variance, dtype, lost=lost * beta[now - 1]))

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
            late(_posterior_at, 0),
            "The coefficients are those of step t + 1: steps count from 1, tensors from 0.",
            also=(late(_posterior_at, 1), late(_posterior_at, 2)),
        ),
        wrong(
            "one step early",
            lambda x0, xt, t, beta: _posterior_at((t - 2).clamp_min(0), x0, xt, t, beta),
            "The coefficients are those of step t − 1: alpha_bar_t belongs to t, alpha_bar_{t−1} to the step before.",
            also=(lambda x0, xt, t, beta: _posterior_at(t - 2, x0, xt, t, beta),),
        ),
        wrong(
            "alpha_bar_0 is not 1",
            lambda x0, xt, t, beta: _posterior(x0, xt, t, beta, first=lambda now: now[-1:]),
            "At t = 1 the step before is step 0, at which nothing is lost: alpha_bar_0 = 1. An index of −1 is the last "
            "entry, and the first is alpha_bar_1.",
            also=(
                lambda x0, xt, t, beta: _posterior(x0, xt, t, beta, first=lambda now: now[:1]),
                lambda x0, xt, t, beta: _posterior(x0, xt, t, beta, first=lambda now: 0 * now[:1]),
            ),
        ),
        wrong(
            "the standard deviation",
            lambda x0, xt, t, beta: (_posterior(x0, xt, t, beta)[0], _posterior(x0, xt, t, beta)[1].sqrt()),
            "The second result is the standard deviation; the variance is asked for.",
        ),
        wrong(
            "the roots are missing",
            lambda x0, xt, t, beta: _rootless(x0, xt, t, beta, True, True),
            "x0 and x_t come in with √alpha_bar_{t−1} and √alpha_t: they are scaled by standard deviations, so by roots.",
            also=(
                lambda x0, xt, t, beta: _rootless(x0, xt, t, beta, True, False),
                lambda x0, xt, t, beta: _rootless(x0, xt, t, beta, False, True),
            ),
        ),
        wrong(
            "x0 is clipped",
            lambda x0, xt, t, beta: _posterior(x0.clamp(-1, 1), xt, t, beta),
            "x0 was clipped to [−1, 1] first. Samplers of pictures do so with their estimate of x0; the posterior does not.",
        ),
    )


def _sizes(x0, xt, kept_before, noise_before, noise, beta) -> np.ndarray:
    """The two terms of the mean, added up by size."""
    return np.sqrt(kept_before) * beta / noise * abs(x0) + np.sqrt(1 - beta) * noise_before / noise * abs(xt)
