"""diffusion.catch_alpha_bar: a test that tells implementations of alpha_bar from their imitations."""

from __future__ import annotations

import numpy as np
import torch

from autograder.judging.detective import REFUSES, Detective
from autograder.judging.exercise import exercise, gate, pays, wrong


def _loop(beta: torch.Tensor) -> torch.Tensor:
    kept, out = 1.0, []
    for b in beta.tolist():
        kept *= 1 - b
        out.append(kept)
    return torch.tensor(out, dtype=beta.dtype)


def _windowed(beta: torch.Tensor, length: int) -> torch.Tensor:
    return torch.stack([(1 - beta[max(0, t - length) : t]).prod() for t in range(1, len(beta) + 1)])


def _shifted(beta: torch.Tensor) -> torch.Tensor:
    return torch.cat([torch.ones_like(beta[:1]), (1 - beta).cumprod(0)[:-1]])


def _early(beta: torch.Tensor) -> torch.Tensor:
    bars = (1 - beta).cumprod(0)
    return torch.cat([bars[1:], bars[-1:]])


def _doubled(beta: torch.Tensor) -> torch.Tensor:
    """The newest factor is taken twice."""
    return (1 - beta).cumprod(0) * (1 - beta)


def _from_the_second(beta: torch.Tensor) -> torch.Tensor:
    """The product starts at s = 2: every ratio of neighbours is right."""
    return torch.cat([torch.ones_like(beta[:1]), (1 - beta[1:]).cumprod(0)])


def _by_the_first(beta: torch.Tensor) -> torch.Tensor:
    return (1 - beta[0]) ** torch.arange(1, len(beta) + 1, dtype=beta.dtype)


def _by_the_mean(beta: torch.Tensor) -> torch.Tensor:
    t = torch.arange(1, len(beta) + 1, dtype=beta.dtype)
    return (1 - beta.cumsum(0) / t) ** t


@exercise("diffusion.catch_alpha_bar", ("is_alpha_bar",), kind="detective")
class CatchAlphaBar(Detective):
    """alpha_bar_t = ∏_{s ≤ t} (1 − beta_s), told from what looks like it."""

    strict = "equal to the last bit"
    accepts = gate("every right implementation is accepted, however it is written")
    shifted = pays("an implementation that is off by one step is caught")
    formula = pays("an implementation with another formula in place of the product is caught")
    small = pays("an implementation that is wrong where little of the signal is left is caught")
    some = pays("an implementation that is right for some schedules only is caught")

    hints = (
        "Two right programs round differently: how far may their results be apart, measured against their size?",
        "Which schedule tells a product from a sum, the first entry from the second, and a long memory from a short one?",
        "For a schedule of three different numbers you know the result by heart. Which mistakes show only with a "
        "thousand steps, which only when the betas do not grow?",
    )

    right = {
        "a running product": lambda beta: torch.cumprod(1 - beta, 0),
        "a loop over floats": _loop,
        "a sum of logarithms": lambda beta: torch.log1p(-beta).cumsum(0).exp(),
        "in numpy": lambda beta: torch.from_numpy(np.cumprod(1 - beta.numpy())),
        "in double precision": lambda beta: (1 - beta.double()).cumprod(0).to(beta.dtype),
    }
    bugs = {
        "shifted": {
            "starts with alpha_bar_0 = 1": _shifted,
            "is one step ahead": _early,
            "takes the newest factor twice": _doubled,
            "leaves out the first factor": _from_the_second,
        },
        "formula": {
            "adds the betas up": lambda beta: 1 - beta.cumsum(0),
            "gives its root": lambda beta: (1 - beta).cumprod(0).sqrt(),
            "gives alpha": lambda beta: 1 - beta,
            "multiplies the betas": lambda beta: beta.cumprod(0),
            "takes 1 − beta for exp(−beta)": lambda beta: (-beta.cumsum(0)).exp(),
            "gives what is lost": lambda beta: 1 - (1 - beta).cumprod(0),
        },
        "small": {
            "clamps at 0.001": lambda beta: (1 - beta).cumprod(0).clamp(min=1e-3),
            "adds 0.0001": lambda beta: (1 - beta).cumprod(0) + 1e-4,
            "rounds to three places": lambda beta: ((1 - beta).cumprod(0) * 1000).round() / 1000,
            "gives 0 below 0.0001": lambda beta: torch.where((1 - beta).cumprod(0) < 1e-4, 0.0, (1 - beta).cumprod(0)),
            "clamps at 10⁻⁹": lambda beta: (1 - beta).cumprod(0).clamp(min=1e-9),
            "adds 10⁻⁸": lambda beta: (1 - beta).cumprod(0) + 1e-8,
        },
        "some": {
            "takes the first beta for all of them": _by_the_first,
            "takes their mean for each of them": _by_the_mean,
            "sorts the betas first": lambda beta: (1 - beta.sort().values).cumprod(0),
            "forgets what is ten steps old": lambda beta: _windowed(beta, 10),
            "stops after a hundred steps": lambda beta: (
                1 - torch.where(torch.arange(len(beta)) < 100, beta, 0.0)
            ).cumprod(0),
        },
    }

    mistakes = (
        wrong(
            "equal to the last bit",
            lambda implementation: all(
                torch.equal(implementation(beta), torch.cumprod(1 - beta, 0))
                for beta in (torch.tensor([0.1, 0.2, 0.5]), torch.linspace(1e-4, 0.02, 1000))
            ),
            "Two right programs may differ in their last digits: ask for agreement to a few digits, relative to the size.",
        ),
        wrong(
            "a single example",
            lambda implementation: abs(float(implementation(torch.tensor([0.1, 0.2, 0.5]))[-1]) - 0.36) < 1e-4,
            "Agreement with one short example is not enough. Compare every entry, also for a thousand steps and for betas "
            "that do not grow.",
            also=(
                lambda implementation: abs(float(implementation(torch.tensor([0.1, 0.2, 0.5]))[-1]) - 0.36) < 1e-3,
                lambda implementation: torch.allclose(
                    implementation(torch.linspace(0.01, 0.2, 10)), (1 - torch.linspace(0.01, 0.2, 10)).cumprod(0), 1e-4
                ),
            ),
        ),
        wrong(
            "ratios of neighbours only",
            lambda implementation: _ratios_agree(implementation, 10 * [0.1, 0.3, 0.2, 0.5]),
            "alpha_bar_t / alpha_bar_{t−1} = 1 − beta_t holds for every multiple of alpha_bar: look at the first entry too.",
        ),
        wrong(
            "only falling and between 0 and 1",
            lambda implementation: bool(
                (implementation(torch.linspace(1e-4, 0.02, 50)).diff() < 0).all()
                and ((implementation(torch.linspace(1e-4, 0.02, 50)) - 0.5).abs() < 0.5).all()
            ),
            "alpha_bar falls from near 1 towards 0, but so does much else: compare values as well.",
        ),
        REFUSES,
    )


def _ratios_agree(implementation, betas: list[float]) -> bool:
    bars = implementation(torch.tensor(betas))
    return bool(torch.allclose(bars[1:] / bars[:-1], 1 - torch.tensor(betas[1:]), rtol=1e-3))
