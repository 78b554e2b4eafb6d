"""ddpm.sample: the reverse chain, its noise given (long: two chains, each with its law and its mistakes)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import random_betas
from autograder.checks.c16_ddpm.shared import MODEL, Denoiser, answer, bars_of, bent, smooth
from autograder.judging.compare import Verdict, arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians
from pushforward.answering.wire import Callback

VP, VE = "ddpm_sample", "ve_chain"


# --- a chain with slips --------------------------------------------------------------------------------------------


def _vp(model, xT, noise, beta, variance, *, order=None, told=0, last=False, root=torch.sqrt, pick=None, **slip):
    bars, x = (1 - beta).cumprod(0), xT
    for t in range(len(beta), 0, -1) if order is None else order(len(beta)):
        guess = model(x, torch.full((len(x),), t - told, device=x.device))
        scale = bars[t - 1] if slip.get("bar") else 1 - beta[t - 1]
        size = beta[t - 1].sqrt() if slip.get("own") else beta[t - 1] / (1 - bars[t - 1]).sqrt()
        x = (x - size * guess) / scale.sqrt()
        if t > 1 or last:
            x = x + root(variance[t - 1]) * noise[t - 1 if pick is None else pick(t, len(beta))]
    return x


def _from_zero(model, xT, noise, beta, variance):
    """t = T − 1 … 0 for the model and for mean_from_eps, whose index t − 1 is the last one at t = 0."""
    bars, x = (1 - beta).cumprod(0), xT
    for t in range(len(beta) - 1, -1, -1):
        guess = model(x, torch.full((len(x),), t, device=x.device))
        x = (x - beta[t - 1] / (1 - bars[t - 1]).sqrt() * guess) / (1 - beta[t - 1]).sqrt()
        if t > 0:
            x = x + variance[t - 1].sqrt() * noise[t - 1]
    return x


def _clipped(model, xT, noise, beta, variance):
    bars, x = (1 - beta).cumprod(0), xT
    for t in range(len(beta), 0, -1):
        b, now = beta[t - 1], bars[t - 1]
        before = now / (1 - b)
        x0 = (x - (1 - now).sqrt() * model(x, torch.full((len(x),), t, device=x.device))) / now.sqrt()
        x = (before.sqrt() * b * x0.clamp(-1, 1) + (1 - b).sqrt() * (1 - before) * x) / (1 - now)
        x = x + variance[t - 1].sqrt() * noise[t - 1] if t > 1 else x
    return x


def _ve(model, xT, noise, sigma, *, order=None, told=0, last=False, spread=None, step=None, pick=None):
    x, T = xT, len(noise)
    spread = spread or (lambda t: sigma * math.sqrt((t - 1) / t))
    step = step or (lambda t: sigma / math.sqrt(t))
    for t in range(T, 0, -1) if order is None else order(T):
        guess = model(x, torch.full((len(x),), t - told, device=x.device))
        x = x - step(t) * guess
        if t > 1 or last:
            x = x + spread(t) * noise[t - 1 if pick is None else pick(t, T)]
    return x


def _both(**slip: Any) -> tuple[dict[str, Callable], ...]:
    return (
        {VP: lambda model, xT, noise, beta, variance: _vp(model, xT, noise, beta, variance, **slip)},
        {VE: lambda model, xT, noise, sigma: _ve(model, xT, noise, sigma, **slip)},
    )


def _slip(name: str, sentence: str, first: dict[str, Callable], *more: dict[str, Callable]):
    return wrong(name, first, sentence, also=more)


@exercise("ddpm.sample", (VP, VE))
class Sample(Exercise):
    """x_{t−1} = mu(x_t, eps_theta) + sigma_t · noise_t for t = T … 1, no noise at t = 1."""

    shape = gate("the result has the shape of xT")
    chain = pays("each step is the mean of the variance-preserving step back plus its noise, none in the last", 2)
    law = pays("with the exact denoiser of normal data the variance-preserving chain has its law in closed form", 1)
    ve_chain = pays("each step is the mean of the variance-exploding step back plus its noise, none in the last", 2)
    ve_law = pays("with the exact denoiser of normal data the variance-exploding chain has its law in closed form", 1)

    hints = (
        "Which t comes first, which last? Write the loop with range, print t for T = 3, then fill it.",
        "One step is mean_from_eps of section 2 plus √variance times noise[t − 1]. In which step must nothing be added?",
        "Variance-exploding: x0_hat = x_t − √t sigma eps into ((t − 1) x_t + x0_hat)/t: what is left before eps?",
    )

    domain = {
        VP: Domain(
            {
                "model": MODEL,
                "xT": Tensor("B, ..."),
                "noise": Tensor("T, B, ..."),
                "beta": Tensor("T", Reals(0.001, 0.5, "[]")),
                "variance": Tensor("T", Reals(0, 1, "[]")),
            },
            sizes={"B": (1, 3), "T": (1, 5)},
            returns=Like("xT"),
            most=16,
        ),
        VE: Domain(
            {
                "model": MODEL,
                "xT": Tensor("B, ..."),
                "noise": Tensor("T, B, ..."),
                "sigma": Number(Reals(0, math.inf, "()", reach=(1e-3, 30))),
            },
            sizes={"B": (1, 3), "T": (1, 5)},
            returns=Like("xT"),
            most=16,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.ones(1, dtype=torch.float64)
        beta = torch.tensor([0.1, 0.2], dtype=torch.float64)
        yield self._vp_case(lambda x, t: 0 * x, one, torch.stack([one, one]), beta, beta)
        yield self._ve_case(lambda x, t: 0 * x, one, torch.stack([one, one]), 0.5)
        far = torch.tensor([3000.0, -3000.0], dtype=torch.float64)
        yield self._vp_case(smooth(), far, torch.zeros(2, 2, dtype=torch.float64), beta, beta)
        yield self._ve_case(smooth(), far, torch.zeros(2, 2, dtype=torch.float64), 0.5)
        for dtype, device in arithmetic():
            for steps, shape, model in ((1, (2,), smooth()), (3, (2, 2), bent()), (6, (3,), smooth())):
                xT, noise = normal(rng, shape, dtype, device), normal(rng, (steps, *shape), dtype, device)
                beta = floats(random_betas(rng, steps, 0.05, 0.4), dtype, device)
                yield self._vp_case(model, xT, noise, beta, floats(rng.uniform(0.1, 0.9, steps), dtype, device))
                yield self._ve_case(model, xT, noise, float(rng.uniform(0.3, 2)))
            yield self._vp_law(rng, dtype, device)
            yield self._ve_law(rng, dtype, device)

    def _vp_law(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Case:
        """The response to each noise by itself: item 0 gets none, item 1 that of x_T, item 1 + t that of step t."""
        T, m, s2 = 5, float(rng.uniform(0.5, 2)), float(rng.uniform(0.3, 2))
        beta = floats(random_betas(rng, T, 0.1, 0.4), dtype, device)
        bars = bars_of(exact(beta))
        v = bars * s2 + 1 - bars
        back = [gaussians.condition(0.0, v[t - 1], 0.0, math.sqrt(1 - b), b)[1] for t, b in enumerate(exact(beta), 1)]
        xT, noise = _impulses(T, math.sqrt(bars[T]) * m, math.sqrt(v[T]))

        def model(x: np.ndarray, t: np.ndarray) -> np.ndarray:
            k = np.clip(t.astype(int), 0, T)
            return np.sqrt(1 - bars[k]) * (x - np.sqrt(bars[k]) * m) / v[k]

        given = [floats(a, dtype, device) for a in (xT, noise)]
        ask = call(VP, Callback("model"), *given, beta, floats(back, dtype, device))
        return case(ask, about=(self.shape, self.law), model=model, xT=given[0], mean=m, variance=s2 - back[0])

    def _ve_law(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Case:
        T, m, s2, sigma = 5, float(rng.uniform(0.5, 2)), float(rng.uniform(0.3, 2)), float(rng.uniform(0.4, 1.5))
        v = s2 + np.arange(T + 1) * sigma**2
        xT, noise = _impulses(T, m, math.sqrt(v[T]))
        spread = v[T]
        for t in range(T, 0, -1):  # x_t − m shrinks by 1 − sigma²/v_t, and the posterior's variance comes in
            spread = (v[t - 1] / v[t]) ** 2 * spread + (t - 1) / t * sigma**2

        def model(x: np.ndarray, t: np.ndarray) -> np.ndarray:
            return np.sqrt(np.abs(t)) * sigma * (x - m) / v[np.clip(t.astype(int), 0, T)]

        given = [floats(a, dtype, device) for a in (xT, noise)]
        ask = call(VE, Callback("model"), *given, sigma)
        return case(ask, about=(self.shape, self.ve_law), model=model, xT=given[0], mean=m, variance=spread)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return (self._vp_case if name == VP else self._ve_case)(**given)

    def _vp_case(self, model, xT, noise, beta, variance) -> Case:
        ask = call(VP, Callback("model"), xT, noise, beta, variance)
        chain = _Chain.preserving(exact(beta), exact(variance))
        return case(ask, about=(self.shape, self.chain), model=model, xT=xT, noise=noise, chain=chain)

    def _ve_case(self, model, xT, noise, sigma) -> Case:
        ask = call(VE, Callback("model"), xT, noise, sigma)
        chain = _Chain.exploding(len(noise), sigma)
        return case(ask, about=(self.shape, self.ve_chain), model=model, xT=xT, noise=noise, chain=chain)

    def reply(self, case: Case, name: str, args: list, kwargs: dict) -> Any:
        return answer(case.model, args, kwargs)

    def judge(self, case: Case, result: Any) -> Iterator[Finding]:
        shape = has_shape(result, tuple(case.xT.shape), case.xT)
        yield self.shape(*shape)
        if not shape.ok:
            return
        law = case.about[1]
        if law in (self.law, self.ve_law):
            yield law(*_moments(values(result), case.mean, case.variance))
            return
        want, size, lost = case.chain.run(case.model, exact(case.xT), exact(case.noise))
        yield law(*close(result, want, case.xT.dtype, size, lost=lost))

    mistakes = (
        _slip(
            "noise in the last step",
            "Noise was added in the step from x_1 to x0 as well: the result is never clean.",
            _both(last=True)[0],  # the variance-exploding spread is 0 at t = 1 by itself
        ),
        _slip(
            "variance for standard deviation",
            "The noise was multiplied by the variance; its root is the standard deviation.",
            {VP: lambda model, xT, noise, beta, variance: _vp(model, xT, noise, beta, variance, root=torch.clone)},
            {VE: lambda model, xT, noise, sigma: _ve(model, xT, noise, sigma, spread=lambda t: sigma**2 * (t - 1) / t)},
        ),
        _slip(
            "one step short",
            "The chain stops at x_1: the step at t = 1 is missing. (range(T, 1, −1) ends at 2.)",
            *_both(order=lambda T: range(T, 1, -1)),
            *_both(order=lambda T: range(T - 1, 0, -1)),
        ),
        _slip(
            "times counted from 0",
            "The loop runs from T − 1 to 0, and so do the times that the model is told. They run from T to 1.",
            {VP: lambda model, xT, noise, beta, variance: _from_zero(model, xT, noise, beta, variance)},
        ),
        _slip(
            "the wrong way",
            "The steps run from t = 1 to T. The way back begins at T.",
            *_both(order=lambda T: range(1, T + 1)),
        ),
        _slip("the model is told t − 1", "The model was told the index t − 1 and not the time t.", *_both(told=1)),
        _slip(
            "the noises in the order of the loop",
            "noise[0] was used first. noise[t − 1] belongs to the step from x_t.",
            *_both(pick=lambda t, T: T - t),
            *_both(pick=lambda t, T: t - 2),
        ),
        _slip(
            "alpha_bar for alpha",
            "The mean was divided by √alpha_bar_t, which leads all the way to x0; one step divides by √alpha_t.",
            {VP: lambda model, xT, noise, beta, variance: _vp(model, xT, noise, beta, variance, bar=True)},
        ),
        _slip(
            "√beta before eps",
            "The factor before eps is beta_t/√(1 − alpha_bar_t): x_t holds the noise of all steps, not of one.",
            {VP: lambda model, xT, noise, beta, variance: _vp(model, xT, noise, beta, variance, own=True)},
        ),
        _slip(
            "x0 clipped",
            "The guess of x0 was cut off at ±1, as many samplers of pictures do. Here nothing says where the data lie.",
            {VP: lambda model, xT, noise, beta, variance: _clipped(model, xT, noise, beta, variance)},
        ),
        _slip(
            "all the noise at once",
            "x_t − √t sigma eps is the estimate of x0. One step goes only a t-th of that way: sigma/√t.",
            {
                VE: lambda model, xT, noise, sigma: _ve(
                    model, xT, noise, sigma, step=lambda t: sigma * math.sqrt(t), spread=None
                )
            },
            {VE: lambda model, xT, noise, sigma: _ve(model, xT, noise, sigma, step=lambda t: sigma)},
        ),
        _slip(
            "the forward variance",
            "The noise of a step back has variance sigma² (t − 1)/t, that of the posterior; this is sigma².",
            {VE: lambda model, xT, noise, sigma: _ve(model, xT, noise, sigma, spread=lambda t: sigma)},
        ),
    )


def _impulses(T: int, mean: float, deviation: float) -> tuple[np.ndarray, np.ndarray]:
    xT = np.full(T + 2, mean)
    xT[1] += deviation
    noise = np.zeros((T, T + 2))
    noise[np.arange(T), 2 + np.arange(T)] = 1.0
    return xT, noise


def _moments(result: np.ndarray, mean: float, variance: float) -> Verdict:
    """Of independent noises the variances add: the squares of the responses."""
    got = np.array([result[0], ((result[1:] - result[0]) ** 2).sum()])
    ok = bool(np.all(np.abs(got - [mean, variance]) <= 1e-4 * (1 + abs(mean) + variance)))
    return Verdict(ok, f"mean {mean:.4f}, variance {variance:.4f}", f"mean {got[0]:.4f}, variance {got[1]:.4f}")


# --- the oracle: x0 by eps, then Bayes' rule between x0 and x_t ----------------------------------------------------


class _Chain:
    """A chain of steps back by its shares: x_t = signal[t] x0 + noise[t] eps, one step x_t = a x_{t−1} + N(0, b)."""

    def __init__(self, signal: np.ndarray, noise: np.ndarray, a: np.ndarray, b: np.ndarray, spread: np.ndarray) -> None:
        self.signal, self.noise, self.a, self.b, self.spread = signal, noise, a, b, spread

    @classmethod
    def preserving(cls, beta: np.ndarray, variance: np.ndarray) -> _Chain:
        bars = bars_of(beta)
        return cls(np.sqrt(bars), np.sqrt(1 - bars), np.sqrt(1 - beta), beta, np.sqrt(variance))

    @classmethod
    def exploding(cls, T: int, sigma: float) -> _Chain:
        t, one = np.arange(T + 1), np.ones(T)
        spread = sigma * np.sqrt(t[:-1] / t[1:])
        return cls(np.ones(T + 1), sigma * np.sqrt(t), one, sigma**2 * one, spread)

    def run(self, model: Denoiser, x: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The end of the chain, the size that its rounding is measured against, and what 1 − ᾱ_t loses beyond it."""
        size, lost = abs(x), 0 * abs(x)
        for t in range(len(self.a), 0, -1):
            guess = model(x, np.full((len(x), *[1] * (x.ndim - 1)), float(t)))
            x0 = (x - self.noise[t] * guess) / self.signal[t]
            mean = gaussians.condition(self.signal[t - 1] * x0, self.noise[t - 1] ** 2, x, self.a[t - 1], self.b[t - 1])
            on_eps = self.b[t - 1] / self.noise[t]
            size = (size * (1 + on_eps) + on_eps * abs(guess)) / self.a[t - 1]
            x, lost = mean[0], lost / self.a[t - 1] + size / self.noise[t] ** 2
            if t > 1:
                x, size = x + self.spread[t - 1] * noise[t - 1], size + abs(self.spread[t - 1] * noise[t - 1])
        return x, size, np.minimum(lost, 1e4 * (1 + size))
