"""ddpm.memorises: the exact minimiser of the loss on n points, and what the sampler makes of it (long: three functions)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import STEPS, in_range, random_betas, random_steps
from autograder.checks.c16_ddpm.shared import bars_of
from autograder.judging.compare import arithmetic, close, exact, has_shape, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

SHARES, GUESS, CHAIN = "point_shares", "perfect_guess", "sample_by_heart"


# --- answers with slips --------------------------------------------------------------------------------------------


def _shares(xt, t, data, bars, *, scale=torch.sqrt, width=lambda kept: 2 * (1 - kept), power=2, sign=-1, axis=1, at=-1):
    kept = bars[in_range(t + at, len(bars))][:, None]
    away = ((xt[:, None] - scale(kept)[:, :, None] * data) ** 2).sum(2) ** (power / 2)
    return (sign * away / width(kept)).softmax(axis)


def _hard(xt, t, data, bars):
    """All to the nearest point, as a softmax of temperature 0."""
    away = ((xt[:, None] - bars[t - 1].sqrt()[:, None, None] * data) ** 2).sum(2)
    return (away == away.min(1, keepdim=True).values).to(xt)


def _even(xt, t, data, bars):
    return xt.new_ones(len(xt), len(data)) / len(data)


def _guess(xt, t, data, bars, *, shares=_shares, root=torch.sqrt, kind="eps"):
    kept = bars[t - 1][:, None]
    x0 = shares(xt, t, data, bars) @ data
    found = {"x0": x0, "score": -(xt - kept.sqrt() * x0) / (1 - kept), "unscaled": (xt - x0) / (1 - kept).sqrt()}
    return found[kind] if kind in found else (xt - kept.sqrt() * x0) / root(1 - kept)


def _chain(xT, noise, data, beta, *, table=None, variance=lambda beta, bars: beta, guess=_guess, last=False):
    bars, x = (1 - beta).cumprod(0), xT
    for t in range(len(beta), 0, -1):
        eps = guess(x, torch.full((len(x),), t, device=x.device), data, bars if table is None else table(beta))
        x = (x - beta[t - 1] / (1 - bars[t - 1]).sqrt() * eps) / (1 - beta[t - 1]).sqrt()
        if t > 1 or last:
            x = x + variance(beta, bars)[t - 1].sqrt() * noise[t - 1]
    return x


def _posterior(beta: torch.Tensor, bars: torch.Tensor) -> torch.Tensor:
    before = torch.cat([torch.ones_like(bars[:1]), bars[:-1]])
    return beta * (1 - before) / (1 - bars)


def _with(**slip: Any) -> dict[str, Callable]:
    return {SHARES: lambda xt, t, data, alpha_bar: _shares(xt, t, data, alpha_bar, **slip)}


def _guessing(**slip: Any) -> dict[str, Callable]:
    return {GUESS: lambda xt, t, data, alpha_bar: _guess(xt, t, data, alpha_bar, **slip)}


def _chained(**slip: Any) -> dict[str, Callable]:
    return {CHAIN: lambda xT, noise, data, beta: _chain(xT, noise, data, beta, **slip)}


@exercise("ddpm.memorises", (SHARES, GUESS, CHAIN))
class Memorises(Exercise):
    """w_i ∝ N(x_t; √ᾱ_t x⁽ⁱ⁾, (1 − ᾱ_t) I), eps = (x_t − √ᾱ_t Σ w_i x⁽ⁱ⁾)/√(1 − ᾱ_t), and the chain that uses it."""

    form = gate("each result has one row for each item")
    shares = pays("the shares are those of Bayes' rule over the training points", 1)
    far = pays("however far x_t lies from all points, their shares are numbers that add up to one", 0.5)
    guess = pays("the guess is the mean of the noise given x_t: no other guess pays less", 1)
    chain = pays("every step of the chain takes the guess at its own time, and variance beta_t", 1)
    memory = pays("every sample is a training point, the one to which its noise has led it", 0.5)

    hints = (
        "xt[:, None] is (B, 1, d) and data is (n, d): what shape has their difference? Square it and sum over d.",
        "At x_t = 0.4, points ±1, alpha_bar 0.64: the shares are 0.1446 and 0.8554, the guess is −0.2811.",
        "The sampler wants a function of x_t and t only: lambda xt, t: perfect_guess(xt, t, data, …). What table of T "
        "numbers does the guess need, and how do you get it from beta?",
    )

    _point = {
        "xt": Tensor("B, d", Reals(reach=(1e-3, 30))),
        "t": STEPS,
        "data": Tensor("n, d", Reals(reach=(1e-3, 30))),
        "alpha_bar": Tensor("T", Reals(0.01, 0.99, "[]")),
    }
    _sizes = {"B": (1, 4), "T": (1, 6), "n": (1, 5, 40), "d": (1, 3, 8)}
    domain = {
        SHARES: Domain(_point, sizes=_sizes, returns=Like("xt"), most=16),
        GUESS: Domain(_point, sizes=_sizes, returns=Like("xt"), most=16),
        CHAIN: Domain(
            {
                "xT": Tensor("B, d", Reals(reach=(1e-3, 30))),
                "noise": Tensor("T, B, d", Reals(reach=(1e-3, 3))),
                "data": Tensor("n, d", Reals(reach=(1e-3, 30))),
                "beta": Tensor("T", Reals(0.01, 0.3, "[]")),
            },
            sizes=_sizes,
            returns=Like("xT"),
            most=16,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        xt, data = torch.tensor([[0.4]], dtype=torch.float64), torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
        half = torch.tensor([0.64], dtype=torch.float64)
        for name in (SHARES, GUESS):
            yield self._ask(name, xt, torch.tensor([1]), data, half)
        for dtype, device in arithmetic():
            for B, n, d in ((3, 4, 2), (4, 3, 1), (2, 5, 4), (2, 40, 1)):
                bars = floats(np.sort(rng.uniform(0.15, 0.85, 4))[::-1].copy(), dtype, device)
                xt, data = (normal(rng, shape, dtype, device) for shape in ((B, d), (n, d)))
                t = random_steps(rng, B, 4, device)
                yield self._ask(SHARES, xt, t, data, bars)
                yield self._ask(GUESS, xt, t, data, bars)
                yield self._ask(SHARES, 100 * xt, t, data, bars, self.far)
            beta = floats(random_betas(rng, 4, 0.05, 0.3), dtype, device)
            xT, noise = (normal(rng, shape, dtype, device) for shape in ((3, 2), (4, 3, 2)))
            yield self._chain_case(xT, noise, normal(rng, (3, 2), dtype, device), beta)
            yield self._apart(rng, dtype, device)

    def _apart(self, rng: np.random.Generator, dtype: torch.dtype, device: str) -> Case:
        """Points that lie far apart, and a chain whose last steps are small."""
        T, B = 12, 10
        places = np.stack(np.meshgrid([-2, 0, 2], [-2, 0, 2]), -1).reshape(-1, 2)
        data = places[rng.choice(9, 4, replace=False)] + rng.uniform(-0.2, 0.2, (4, 2))
        beta = floats(np.geomspace(0.01, 0.3, T), dtype, device)
        xT, noise = normal(rng, (B, 2), dtype, device), normal(rng, (T, B, 2), dtype, device)
        return self._chain_case(xT, noise, floats(data, dtype, device), beta, self.memory)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._chain_case(**given) if name == CHAIN else self._ask(name, *given.values())

    def _ask(self, name: str, xt, t, data, bars, law=None) -> Case:
        law = law or (self.shares if name == SHARES else self.guess)
        ask = call(name, xt, t, data, bars)
        return case(ask, about=(self.form, law), name=name, xt=xt, t=t, data=data, bars=bars, law=law)

    def _chain_case(self, xT, noise, data, beta, law=None) -> Case:
        ask, law = call(CHAIN, xT, noise, data, beta), law or self.chain
        return case(ask, about=(self.form, law), name=CHAIN, xt=xT, noise=noise, data=data, beta=beta, law=law)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        wide = len(case.data) if case.name == SHARES else case.xt.shape[1]
        shape = has_shape(answer, (len(case.xt), wide), case.xt)
        yield self.form(*shape)
        if not shape.ok:
            return
        x, data, dtype = exact(case.xt), exact(case.data), case.xt.dtype
        if case.law is self.memory:
            yield case.law(*_recalled(values(answer), x, exact(case.noise), data, exact(case.beta)))
        elif case.name == CHAIN:
            want, size, lost = _chain_of_bayes(x, exact(case.noise), data, exact(case.beta))
            yield case.law(*close(answer, want, dtype, size, lost=lost))
        else:
            kept = exact(case.bars)[case.t.cpu().numpy() - 1][:, None]
            shares, blur, lost = _bayes(x, data, kept)
            if case.name == GUESS:
                want, blur, lost = _noise(x, data, kept, blur, lost)
            yield case.law(*close(answer, shares if case.name == SHARES else want, dtype, blur, lost=lost))

    mistakes = (
        wrong(
            "the nearest point wins",
            {SHARES: _hard},
            "All of the share went to the nearest point. Others may lie behind x_t as well, and the best guess weighs them.",
            also=(_guessing(shares=_hard),),
        ),
        wrong(
            "√alpha_bar missing",
            _with(scale=torch.ones_like),
            "x_t was compared with the points themselves. What lies behind x_t has shrunk: √alpha_bar_t data_i.",
            also=(_with(scale=torch.clone),),
        ),
        wrong(
            "the wrong variance",
            _with(width=lambda kept: 1 - kept),
            "The exponent divides by twice the variance of the noise in x_t, 2 (1 − alpha_bar_t).",
            also=(
                _with(width=lambda kept: 2 * (1 - kept).sqrt()),
                _with(width=lambda kept: 2 + 0 * kept),
                _with(width=lambda kept: 2 * kept),
                _with(width=lambda kept: 1 + 0 * kept),
                _with(width=lambda kept: 2 * (1 - kept) ** 2),
            ),
        ),
        wrong(
            "a softmax over the batch",
            _with(axis=0),
            "The shares of one x_t over the points add up to one. Here those of one point over the batch do.",
        ),
        wrong(
            "a distance that is not squared",
            _with(power=1),
            "A normal density falls with the squared distance; here it is the distance itself.",
        ),
        wrong("far points first", _with(sign=1), "The exponent lost its minus: far points got the large shares."),
        wrong(
            "one step late",
            _with(at=0),
            "alpha_bar was looked up at index t, which is the share at time t + 1; after the last there is none.",
        ),
        wrong(
            "the mean of the data",
            {SHARES: _even},
            "Every point got the same share, whatever x_t is. x_t tells which are likely.",
            also=(_guessing(shares=_even),),
        ),
        wrong(
            "the clean point in place of the noise",
            _guessing(kind="x0"),
            "This is x0_hat. The model of section 1 says which noise is in x_t.",
        ),
        wrong(
            "the score in place of the noise",
            _guessing(kind="score"),
            "This is the score. It is the noise divided by −√(1 − alpha_bar_t).",
        ),
        wrong(
            "x0_hat at full size",
            _guessing(kind="unscaled"),
            "x_t holds √alpha_bar_t x0, not x0: this is what has to be taken away.",
        ),
        wrong(
            "the root forgotten",
            _guessing(root=torch.clone),
            "The noise stands in x_t with the factor √(1 − alpha_bar_t): divide by the root.",
        ),
        wrong(
            "beta where alpha_bar belongs",
            _chained(table=torch.clone),
            "The guess was given beta. What it needs is the share that is left after t steps, alpha_bar.",
            also=(_chained(table=lambda beta: 1 - beta),),
        ),
        wrong(
            "another variance",
            _chained(variance=_posterior),
            "The noise of the steps has variance beta_t here, not the posterior's.",
            also=(_chained(variance=lambda beta, bars: 0 * beta), _chained(variance=lambda beta, bars: 1 - bars)),
        ),
    )


# --- oracles: Bayes' rule over the points, the score by autograd, a chain of conditioned normals -------------------


def _bayes(x: np.ndarray, data: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares (B, n); the size of their rounding: each exponent's, relative to itself; what 1 − ᾱ loses beyond it."""
    mean = np.sqrt(kept)[:, :, None] * data
    log_p = gaussians.log_normal(x[:, None], mean, (1 - kept)[:, :, None]).sum(2)
    shares = np.exp(log_p - np.logaddexp.reduce(log_p, axis=1, keepdims=True))
    far = ((abs(x[:, None]) + abs(mean)) ** 2).sum(2) / (2 * (1 - kept))
    blur = shares * (1 + far + (shares * far).sum(1, keepdims=True))
    return shares, blur, blur / (1 - kept)


def _noise(x: np.ndarray, data: np.ndarray, kept: np.ndarray, blur: np.ndarray, lost: np.ndarray) -> tuple:
    """−√(1 − ᾱ) ∇ log q(x_t), the gradient by autograd, and its sizes."""
    at, points = torch.tensor(x, requires_grad=True), torch.tensor(data)
    left = torch.tensor(kept)
    normals = torch.distributions.Normal(left.sqrt()[:, :, None] * points, (1 - left).sqrt()[:, :, None])
    log_q = torch.logsumexp(normals.log_prob(at[:, None]).sum(2), 1).sum()
    want = -np.sqrt(1 - kept) * torch.autograd.grad(log_q, at)[0].numpy()
    sharp = 1 / np.sqrt(1 - kept)
    size, more = (part @ abs(data) + part.sum(1, keepdims=True) * abs(x) for part in (blur, lost))
    return want, sharp * (abs(x) + size), sharp * (abs(x) / (1 - kept) + more)


def _steps(
    x: np.ndarray, noise: np.ndarray, data: np.ndarray, beta: np.ndarray, shake: Callable
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The chain with E[x_{t−1} | x_t] from Bayes' rule, for each point by itself; shake: disturbs x_t on its way.

    With its end, the rounding of the shares on the way, as a length in x, and what 1 − ᾱ loses of it.
    """
    bars, sizes = bars_of(beta), [0 * x, 0 * x]
    for t in range(len(beta), 0, -1):
        x = shake(x)
        shares, *blurs = _bayes(x, data, np.full((len(x), 1), bars[t]))
        means = gaussians.condition(
            np.sqrt(bars[t - 1]) * data, 1 - bars[t - 1], x[:, None], np.sqrt(1 - beta[t - 1]), beta[t - 1]
        )[0]
        moved = [blur @ abs(data) + blur.sum(1, keepdims=True) * abs(x) for blur in blurs]
        sizes = [size + more for size, more in zip(sizes, moved, strict=True)]
        x = (shares[:, :, None] * means).sum(1) + (t > 1) * np.sqrt(beta[t - 1]) * noise[t - 1]
    return x, *sizes


def _disturbed(
    x: np.ndarray, noise: np.ndarray, data: np.ndarray, beta: np.ndarray, by: float, runs: int
) -> np.ndarray:
    """How far the end moves if every x_t is off by a share `by`, of all coordinates and runs the most: (B, 1)."""
    dice = np.random.default_rng(0)  # of the judge's own arithmetic: what is asked does not depend on it
    many = [np.concatenate([a] * runs, axis=-2) for a in (x, noise)]
    ends = _steps(*many, data, beta, lambda x: x + by * (1 + abs(x)) * dice.uniform(-1, 1, x.shape))[0]
    moved = abs(ends.reshape(runs, *x.shape) - _steps(x, noise, data, beta, lambda x: x)[0])
    return moved.max(axis=(0, 2))[:, None]


def _chain_of_bayes(
    x: np.ndarray, noise: np.ndarray, data: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The end of the chain, and how much larger than a rounding on the way its error may be."""
    end, blur, lost = _steps(x, noise, data, beta, lambda x: x)
    lever = 1 + 4 * _disturbed(x, noise, data, beta, 1e-6, 8) / 1e-6
    reach = 1 + abs(x).max() + abs(noise).max() + abs(data).max()
    return end, reach * len(beta) / beta[0] + lever * (reach + blur), lever * lost


def _recalled(got: np.ndarray, x: np.ndarray, noise: np.ndarray, data: np.ndarray, beta: np.ndarray) -> tuple:
    """The right training point at distance 0, for all items of which rounding does not decide where they end."""
    end = _steps(x, noise, data, beta, lambda x: x)[0]
    away, wanted = (np.linalg.norm(a[:, None] - data, axis=2) for a in (got, end))
    sure = (_disturbed(x, noise, data, beta, 1e-4, 12)[:, 0] < 1e-3) & (wanted.min(1) < 1e-9)
    near, right = away.min(1) < 1e-4, away.argmin(1) == wanted.argmin(1)
    found = (
        f"distances up to {away.min(1)[sure].max(initial=0):.3g}, {int((near & right & sure).sum())} at the right one"
    )
    return (
        bool((near & right)[sure].all()),
        f"distance 0 to a training point, {int(sure.sum())} at the right one",
        found,
    )
