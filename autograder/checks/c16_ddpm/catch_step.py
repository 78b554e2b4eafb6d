"""ddpm.catch_step: a test that tells implementations of one step back from their imitations."""

from __future__ import annotations

import math

import torch

from autograder.judging.detective import REFUSES, Detective
from autograder.judging.exercise import exercise, gate, pays, wrong


def _step(
    xt, eps, noise, t, beta, *, last=False, spread=torch.sqrt, over=None, on_eps=None, sign=-1.0, at=None, beta_at=None
):
    k = int(t) - 1 if at is None else at(int(t), len(beta))
    kept, b = (1 - beta).cumprod(0)[k], beta[k if beta_at is None else beta_at(int(t), len(beta))]
    share = b / (1 - kept).sqrt() if on_eps is None else on_eps(b, kept)
    mean = (xt + sign * share * eps) / (1 - b if over is None else over(b, kept)).sqrt()
    return mean + (spread(b) * noise if t > 1 or last else 0)


def _by_posterior(xt, eps, noise, t, beta):
    t, bars = int(t), [1.0]
    for b in beta.tolist():
        bars.append(bars[-1] * (1 - b))
    now, before, b = bars[t], bars[t - 1], float(beta[t - 1])
    x0 = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    mean = (math.sqrt(before) * b * x0 + math.sqrt(1 - b) * (1 - before) * xt) / (1 - now)
    return mean + math.sqrt(b) * noise * (t > 1)


def _double(xt, eps, noise, t, beta):
    return _step(xt.double(), eps.double(), noise.double(), t, beta.double()).to(xt.dtype)


def _tilde(xt, eps, noise, t, beta):
    kept = (1 - beta).cumprod(0)
    before = kept[int(t) - 2] if t > 1 else torch.ones_like(beta[0])
    variance = beta[int(t) - 1] * (1 - before) / (1 - kept[int(t) - 1])
    return _step(xt, eps, 0 * noise, t, beta) + variance.sqrt() * noise


def _other_spread(xt, eps, noise, t, beta):
    """Right, but for the variance of the next step."""
    return _step(xt, eps, 0 * noise, t, beta) + (int(t) > 1) * beta[int(t) % len(beta)].sqrt() * noise


def _other_alpha(xt, eps, noise, t, beta):
    """Right, but for the alpha of the next step under the mean."""
    own, other = beta[int(t) - 1], beta[int(t) % len(beta)]
    mean = _step(xt, eps, 0 * noise, t, beta) * ((1 - own) / (1 - other)).sqrt()
    return mean + (int(t) > 1) * own.sqrt() * noise


def _slip(**slip):
    return lambda xt, eps, noise, t, beta: _step(xt, eps, noise, t, beta, **slip)


@exercise("ddpm.catch_step", ("is_step_back",), kind="detective")
class CatchStep(Detective):
    """x_{t−1} = (x_t − beta_t/√(1−ᾱ_t) eps)/√alpha_t + √beta_t noise, none at t = 1, told from what looks like it."""

    strict = "equal to the last bit"
    accepts = gate("every right implementation is accepted, however it is written")
    last = pays("an implementation that is wrong in the last step only is caught", 3)
    spread = pays("an implementation with another variance is caught")
    mean = pays("an implementation with another mean is caught")
    index = pays("an implementation that looks up another step is caught")

    hints = (
        "Three arguments enter linearly: with two of them 0 you see the factor of the third.",
        "Which betas tell beta_t from beta_{t+1}, and alpha_t from alpha_bar_t? Not equal ones, and not t = 1 alone.",
        "At t = 1 alpha_bar is alpha, and there is no noise. Which mistakes show only there, which only elsewhere?",
    )

    right = {
        "by eps": _step,
        "by way of x0": _by_posterior,
        "in double precision": _double,
        "with rsqrt": lambda xt, eps, noise, t, beta: _step(xt, eps, noise, t, beta, spread=lambda b: b * b.rsqrt()),
    }
    bugs = {
        "last": {
            "adds noise at t = 1": _slip(last=True),
            "returns x_1 unchanged at t = 1": lambda xt, eps, noise, t, beta: (
                xt if t == 1 else _step(xt, eps, noise, t, beta)
            ),
        },
        "spread": {
            "multiplies the noise by the variance": _slip(spread=torch.clone),
            "adds no noise": _slip(spread=torch.zeros_like),
            "takes beta_tilde": _tilde,
            "takes the next step's variance": _other_spread,
        },
        "mean": {
            "divides by √alpha_bar": _slip(over=lambda b, kept: kept),
            "forgets to divide": _slip(over=lambda b, kept: torch.ones_like(b)),
            "takes √beta off": _slip(on_eps=lambda b, kept: b.sqrt()),
            "divides by 1 − alpha_bar": _slip(on_eps=lambda b, kept: b / (1 - kept)),
            "adds the noise once more": _slip(sign=1.0),
            "divides by the next step's √alpha": _other_alpha,
        },
        "index": {
            "takes the entry of t + 1": _slip(at=lambda t, T: min(t, T - 1)),
            "takes the entry of t − 1": _slip(at=lambda t, T: max(t - 2, 0)),
            "counts from the end": _slip(at=lambda t, T: T - t),
            "takes beta alone of t + 1": _slip(beta_at=lambda t, T: min(t, T - 1)),
            "takes beta alone of t − 1": _slip(beta_at=lambda t, T: max(t - 2, 0)),
        },
    }

    mistakes = (
        wrong(
            "accepts everything",
            lambda implementation: True,
            "Every implementation is accepted: what would a wrong one have to do to be refused?",
        ),
        REFUSES,
        wrong(
            "equal to the last bit",
            lambda implementation: _agrees(implementation, (1, 2, 3), 4, exactly=True),
            "Two right programs may differ in their last digits: ask for agreement to a few of them.",
        ),
        wrong(
            "t = 1 only",
            lambda implementation: _agrees(implementation, (1,), 3),
            "Your test looks at t = 1 only, where alpha_bar is alpha and nothing is random.",
        ),
        wrong(
            "never at t = 1",
            lambda implementation: _agrees(implementation, (2, 3), 4),
            "Your test never looks at t = 1, where the noise must be left out.",
        ),
        wrong(
            "no noise in the test",
            lambda implementation: _agrees(implementation, (1, 2, 3), 4, 0.0),
            "Your test gives a noise of 0: then no variance can be told from another.",
        ),
        wrong(
            "equal betas",
            lambda implementation: _agrees(implementation, (1, 2, 3), 3, beta=torch.full((3,), 0.2)),
            "All betas of your test are equal: nobody can see there which of them was looked up.",
        ),
        wrong(
            "always at t = T",
            lambda implementation: _agrees(implementation, (2,), 2, 0.0, beta=torch.tensor([0.1, 0.2])),
            "Your test looks at t = T, as the text's example does: there nobody can look up an entry too far on. Try 1 < t < T "
            "as well, and a noise.",
        ),
    )


def _agrees(
    implementation, times, T: int, noise: float = 1.0, beta: torch.Tensor | None = None, exactly: bool = False
) -> bool:
    beta = torch.linspace(0.1, 0.4, T) if beta is None else beta
    near = {"rtol": 0.0, "atol": 0.0} if exactly else {"rtol": 1e-4, "atol": 1e-5}
    xt, eps, z = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 1.0]), noise * torch.tensor([1.0, -0.7])
    return all(
        bool(torch.allclose(implementation(xt, eps, z, t, beta), _step(xt, eps, z, t, beta), **near)) for t in times
    )
