"""diffusion.posterior_variance: beta_tilde_t = (1 − alpha_bar_{t−1}) / (1 − alpha_bar_t) beta_t with alpha_bar_0 = 1."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import SIZES, Shares, noises, random_betas
from autograder.judging.compare import arithmetic, close, exact, has_shape, show, values
from autograder.judging.domain import Domain, Like, Tensor
from autograder.judging.draw import floats
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians


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

    domain = {
        "posterior_variance": Domain(
            {"beta": Tensor("T", Shares(coarse=1e-6))}, sizes={"T": SIZES["T"]}, returns=Like("beta")
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        yield self.case_of("posterior_variance", {"beta": torch.tensor([0.1, 0.2])})
        for dtype, device in arithmetic():
            for steps in (1, int(rng.integers(3, 9)), int(rng.integers(20, 40))):
                yield self.case_of("posterior_variance", {"beta": floats(random_betas(rng, steps), dtype, device)})

            near = 1e-8 if dtype == torch.float64 else 1e-5
            beta = floats(np.array([near, 2 * near, 0.3, 1e-3, 1 - 1e-4, 0.5]), dtype, device)
            yield self.case_of("posterior_variance", {"beta": beta})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return case(call("posterior_variance", given["beta"]), beta=given["beta"])

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.beta.shape), case.beta)
        yield self.shape(*shape)
        if not shape.ok:
            return
        beta, noise = exact(case.beta), np.array(noises(exact(case.beta)))
        bayes = np.array(
            [gaussians.condition(0.0, n, 0.0, math.sqrt(1 - b), b)[1] for n, b in zip(noise, beta, strict=False)]
        )
        # 1 − alpha_bar is rounded relative to 1, over as many factors as it has; that error is divided by 1 − alpha_bar
        lost = np.arange(1, len(beta) + 1) * beta / noise[1:]
        first = values(answer)[0]
        yield self.bayes(bool(first == 0), "0 at t = 1", show(float(first)))  # nothing is rounded there
        yield self.bayes(*close(answer, bayes, case.beta.dtype, lost=lost))

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
            also=(
                lambda beta: beta**2 / _tilde(beta),
                lambda beta: torch.cat([0 * beta[:1], (beta**2 / _tilde(beta))[1:]]),
            ),
        ),
        wrong(
            "alpha_bar for one minus it",
            lambda beta: (
                (1 - beta).cumprod(0) / torch.cat([torch.ones_like(beta[:1]), (1 - beta).cumprod(0)[:-1]]) * beta
            ),
            "The ratio was taken of alpha_bar, not of the variances 1 − alpha_bar.",
            also=(
                lambda beta: beta / (1 - beta),
                lambda beta: torch.cat([0 * beta[:1], (beta * (1 - beta))[1:]]),
                lambda beta: torch.cat([0 * beta[:1], (beta / (1 - beta))[1:]]),
            ),
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
        wrong(
            "alpha_bar_0 is the last entry",
            lambda beta: (1 - (1 - beta).cumprod(0).roll(1)) / (1 - (1 - beta).cumprod(0)) * beta,
            "An index of −1, or a roll, brings the last entry to the front. Before the first step nothing is lost: "
            "alpha_bar_0 = 1.",
        ),
        wrong(
            "beta at the first step",
            lambda beta: torch.cat([beta[:1], _tilde(beta)[1:]]),
            "At t = 1 this is beta_1. But x_{t−1} is x0 there, which is known: the variance is 0.",
        ),
        wrong(
            "the first step takes after the second",
            lambda beta: torch.cat([_tilde(beta)[1:2], _tilde(beta)[1:]]) if len(beta) > 1 else _tilde(beta),
            "The variance at t = 1 is 0. Samplers put the second value there so that its logarithm is finite; it is not "
            "the posterior's.",
        ),
        wrong(
            "a floor under the variance",
            lambda beta: _tilde(beta).clamp_min(1e-20),
            "A small number lies under the variances so that their logarithms exist. At t = 1 the variance is exactly 0.",
        ),
        wrong(
            "the ratio without beta",
            lambda beta: _tilde(beta) / beta,
            "This is the factor in front of beta_t. The variance is beta_t times that factor.",
        ),
        wrong(
            "alpha for beta",
            lambda beta: _tilde(beta) / beta * (1 - beta),
            "The ratio multiplies beta_t, the variance of the step, not alpha_t = 1 − beta_t.",
        ),
    )
