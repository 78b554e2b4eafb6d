"""ddpm.weight: from means to noises. The mean by eps, and the weight beta²/(2 sigma² alpha (1 − ᾱ)) of the bound."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import SIZES, STEPS, in_range, per_item, random_betas, random_steps
from autograder.checks.c16_ddpm.shared import bars_of
from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

_BETA = Reals(0.001, 0.9, "[]")
SMALL = {"B": SIZES["B"], "T": (1, 12)}


def _mean(xt, t, eps, beta, *, index=None, root=torch.sqrt, scale=torch.sqrt, of=None, top=torch.clone):
    """(x_t − beta_t / root(1 − ᾱ_t) eps) / scale(alpha_t), with a slip."""
    k = t - 1 if index is None else in_range(index, len(beta))
    noise = 1 - (1 - beta).cumprod(0) if of is None else of(beta)
    on_eps = top(beta[k]) / root(noise[k])
    return (xt - per_item(on_eps, xt) * eps) / per_item(scale(1 - beta[k]), xt)


def _weight(beta, variance):
    return beta**2 / (2 * variance * (1 - beta) * (1 - (1 - beta).cumprod(0)))


@exercise("ddpm.weight", ("mean_from_eps", "eps_weight"))
class Weight(Exercise):
    """mu = (x_t − beta_t/√(1−ᾱ_t) eps)/√alpha_t, and ‖mu − mu_θ‖²/(2 sigma²) = w_t ‖eps − eps_θ‖²."""

    shapes = gate("the mean has the shape of x_t, the weights have that of beta")
    mean = pays("the mean is that of the posterior in which x0 is what x_t and eps make it", 1)
    weight = pays("the weight times the squared error in eps is the divergence of the two reverse steps", 1)

    hints = (
        "Put x0 = (x_t − √(1 − alpha_bar_t) eps)/√alpha_bar_t into notebook 15's posterior mean. What stands before x_t?",
        "Two means with the same x_t: x_t drops out of their difference. Square what is left, divide by 2 sigma².",
        "By numbers: with beta = (0.1, 0.2), t = 2, the factor on eps in the mean is −0.2/(√0.28 √0.8).",
    )

    domain = {
        "mean_from_eps": Domain(
            {"xt": Tensor("B, ..."), "t": STEPS, "eps": Tensor("B, ..."), "beta": Tensor("T", _BETA)},
            sizes=SMALL,
            returns=Like("xt"),
            most=24,
        ),
        "eps_weight": Domain(
            {
                "beta": Tensor("T", _BETA),
                "variance": Tensor("T", Reals(0, math.inf, "()", reach=(1e-10, 1e3)), ("sigma_t²",)),
            },
            sizes={"T": (1, 12)},
            returns=Like("beta"),
            most=16,
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        beta = torch.tensor([0.1, 0.2], dtype=torch.float64)
        one = torch.ones(1, dtype=torch.float64)
        for xt, eps in ((one, 0 * one), (0 * one, one)):
            yield self._mean_case(xt, torch.tensor([2]), eps, beta)
        yield self._weight_case(beta, beta)
        for dtype, device in arithmetic():
            for shape in ((4,), (3, 2), (3, 3), (4, 1, 3, 3)):
                steps = int(rng.integers(5, 10))
                beta = floats(random_betas(rng, steps), dtype, device)
                t = random_steps(rng, shape[0], steps, device)
                yield self._mean_case(normal(rng, shape, dtype, device), t, normal(rng, shape, dtype, device), beta)
                yield self._weight_case(beta, floats(rng.uniform(0.1, 3, size=steps), dtype, device))

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return (self._mean_case if name == "mean_from_eps" else self._weight_case)(**given)

    def _mean_case(self, xt, t, eps, beta) -> Case:
        ask = call("mean_from_eps", xt, t, eps, beta)
        return case(ask, about=(self.shapes, self.mean), name="mean", xt=xt, t=t, eps=eps, beta=beta)

    def _weight_case(self, beta, variance) -> Case:
        ask = call("eps_weight", beta, variance)
        return case(ask, about=(self.shapes, self.weight), name="weight", beta=beta, variance=variance)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        like = case.xt if case.name == "mean" else case.beta
        shape = has_shape(answer, tuple(like.shape), like)
        yield self.shapes(*shape)
        if not shape.ok:
            return
        beta = exact(case.beta)
        bars = bars_of(beta)
        if case.name == "mean":
            xt, eps = exact(case.xt), exact(case.eps)
            rows = [_by_bayes(x, e, int(t), beta, bars) for x, e, t in zip(xt, eps, case.t.tolist(), strict=True)]
            size = np.stack([(abs(x) + abs(e)) * 40 for x, e in zip(xt, eps, strict=True)])
            yield self.mean(*close(answer, np.stack(rows), like.dtype, size))
            return
        want = [
            gaussians.kl(_slope(t, beta, bars), s, 0.0, s) for t, s in enumerate(exact(case.variance).tolist(), start=1)
        ]
        yield self.weight(*close(answer, np.array(want), like.dtype, lost=np.array(want) / (1 - bars[1:])))

    mistakes = (
        wrong(
            "alpha_bar for alpha under the mean",
            {"mean_from_eps": lambda xt, t, eps, beta: _by_bar(xt, t, eps, beta)},
            "The mean is divided by √alpha_bar_t: that is all the way to x0. One step back divides by √alpha_t.",
        ),
        wrong(
            "the estimate of x0",
            {"mean_from_eps": lambda xt, t, eps, beta: _x0_hat(xt, t, eps, beta)},
            "This is x0_hat, the whole way back. The mean lies one step back: it mixes x0_hat with x_t.",
        ),
        wrong(
            "the noise taken off in one go",
            {"mean_from_eps": lambda xt, t, eps, beta: _mean(xt, t, eps, beta, of=torch.clone)},
            "The factor on eps is √beta_t. The noise in x_t is that of all steps so far: beta_t/√(1 − alpha_bar_t).",
        ),
        wrong(
            "variance for standard deviation",
            {"mean_from_eps": lambda xt, t, eps, beta: _mean(xt, t, eps, beta, root=torch.clone)},
            "beta_t is divided by 1 − alpha_bar_t; its root belongs there.",
            also=({"mean_from_eps": lambda xt, t, eps, beta: _mean(xt, t, eps, beta, scale=torch.clone)},),
        ),
        wrong(
            "a root over the root",
            {"mean_from_eps": lambda xt, t, eps, beta: _mean(xt, t, eps, beta, top=torch.sqrt)},
            "√beta_t stands over √(1 − alpha_bar_t). Only what is below has a root: beta_t/√(1 − alpha_bar_t).",
        ),
        wrong(
            "one step late",
            {"mean_from_eps": lambda xt, t, eps, beta: _mean(xt, t, eps, beta, index=t)},
            "Index t holds time t + 1: steps count from 1, tensors from 0.",
            also=(
                {"mean_from_eps": lambda xt, t, eps, beta: _mean(xt, t, eps, beta, index=t.clamp_max(len(beta) - 1))},
            ),
        ),
        wrong(
            "the noise is added",
            {"mean_from_eps": lambda xt, t, eps, beta: _mean(xt, t, -eps, beta)},
            "The guessed noise is added once more. On the way back it is taken away.",
        ),
        wrong(
            "no one half",
            {"eps_weight": lambda beta, variance: 2 * _weight(beta, variance)},
            "The ½ of the divergence is missing.",
        ),
        wrong(
            "beta not squared",
            {"eps_weight": lambda beta, variance: _weight(beta, variance) / beta},
            "The factor in the mean is beta_t/√…: squared it is beta_t².",
        ),
        wrong(
            "alpha missing",
            {"eps_weight": lambda beta, variance: _weight(beta, variance) * (1 - beta)},
            "The whole mean is divided by √alpha_t, so its square by alpha_t.",
        ),
        wrong(
            "alpha_bar for alpha in the weight",
            {"eps_weight": lambda beta, variance: _weight(beta, variance) * (1 - beta) / (1 - beta).cumprod(0)},
            "The mean of one step is divided by √alpha_t, so its square by alpha_t and not by alpha_bar_t.",
        ),
        wrong(
            "the standard deviation squared twice",
            {"eps_weight": lambda beta, variance: _weight(beta, variance**2)},
            "variance is sigma² already; it was squared once more.",
            also=({"eps_weight": lambda beta, variance: _weight(beta, variance.sqrt())},),
        ),
        wrong(
            "alpha_bar for 1 − alpha_bar",
            {"eps_weight": lambda beta, variance: beta**2 / (2 * variance * (1 - beta) * (1 - beta).cumprod(0))},
            "The noise in x_t has variance 1 − alpha_bar_t; alpha_bar_t is the signal's share.",
        ),
    )


def _by_bar(xt, t, eps, beta):
    bars = (1 - beta).cumprod(0)[t - 1]
    return (xt - per_item(beta[t - 1] / (1 - bars).sqrt(), xt) * eps) / per_item(bars.sqrt(), xt)


def _x0_hat(xt, t, eps, beta):
    bars = per_item((1 - beta).cumprod(0)[t - 1], xt)
    return (xt - (1 - bars).sqrt() * eps) / bars.sqrt()


# --- the oracle: Bayes' rule with the x0 that eps implies --------------------------------------------------------


def _by_bayes(xt: np.ndarray, eps: np.ndarray, t: int, beta: np.ndarray, bars: np.ndarray) -> np.ndarray:
    x0 = (xt - math.sqrt(1 - bars[t]) * eps) / math.sqrt(bars[t])
    step = math.sqrt(1 - beta[t - 1]), beta[t - 1]
    return gaussians.condition(math.sqrt(bars[t - 1]) * x0, 1 - bars[t - 1], xt, *step)[0]


def _slope(t: int, beta: np.ndarray, bars: np.ndarray) -> float:
    """By how much the mean moves if eps does by 1."""
    return float(_by_bayes(np.zeros(1), np.ones(1), t, beta, bars)[0])
