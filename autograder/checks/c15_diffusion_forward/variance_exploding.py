"""diffusion.variance_exploding: x_t = x_{t−1} + sigma eps: nothing shrinks, the variance t sigma² grows without bound."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import kinds_of, per_item, random_steps
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, number, show, values
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor, Wholes
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

# Roots and quotients of a tensor of integers, such as t, come out as float32, whatever type x0 has: that is no mistake.
_ROOTS_OF_INTEGERS = torch.float32

FEW = 4.0  # roundings in a divergence: the leading order of a small one is less right than that

TIMES = Tensor("B", Wholes(1))
SIGMA = Number(Reals(0, reach=(1e-4, 100)))


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

    domain = {
        "ve_sample": Domain(
            {"x0": Tensor("B, ..."), "t": TIMES, "eps": Tensor("B, ..."), "sigma": SIGMA},
            sizes={"B": (1, 4)},
            returns=Like("x0"),
        ),
        "ve_posterior": Domain(
            {"x0": Tensor("B, ..."), "xt": Tensor("B, ..."), "t": TIMES, "sigma": SIGMA},
            sizes={"B": (1, 4)},
            returns=(Like("x0"), None),
        ),
        "ve_prior_gaps": Domain(
            {"mean": Number(Reals()), "var": Number(Reals(0)), "T": Number(Wholes(1)), "sigma": SIGMA},
            says=("of the data",),
        ),
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        for dtype, device in arithmetic():
            for shape in ((2,), (3, 2), (3, 3), (3, 1, 4, 4)):
                sigma, t = float(rng.uniform(0.2, 2)), random_steps(rng, shape[0], 30, device)
                a, b = normal(rng, shape, dtype, device), normal(rng, shape, dtype, device)
                yield self.case_of("ve_sample", {"x0": a, "t": t, "eps": b, "sigma": sigma})
                yield self.case_of("ve_posterior", {"x0": a, "xt": b, "t": t, "sigma": sigma})
        for T, sigma in (
            *((int(rng.integers(2, 20)), float(rng.uniform(0.2, 1))) for _ in range(4)),
            (1, 1e-4),
            (3, 1e-4),
        ):
            data = {"mean": float(rng.normal() * 2), "var": float(rng.uniform(0.3, 3))}
            yield self.case_of("ve_prior_gaps", {**data, "T": T, "sigma": sigma})
        for var in np.geomspace(0.018, 0.2, 5):  # beside noise of 1: small gaps that no large number drowns
            T = int(rng.integers(1, 50))
            data = {"mean": float(rng.uniform(-0.1, 0.1)), "var": float(var)}
            yield self.case_of("ve_prior_gaps", {**data, "T": T, "sigma": T**-0.5})

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        about = {
            "ve_sample": (self.shape, self.sample),
            "ve_posterior": (self.pair, self.mean, self.variance),
            "ve_prior_gaps": (self.named, self.gaps),
        }
        return case(call(name, *given.values()), about=about[name], **given)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        yield from getattr(self, f"_judge_{case.asks[0].of}")(case, answer)

    def _judge_ve_sample(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.x0.shape), case.x0)
        yield self.shape(*shape)
        if shape.ok:
            x0, eps = exact(case.x0), exact(case.eps)
            spread = np.array([math.sqrt(math.fsum([case.sigma**2] * t)) for t in case.t.tolist()])
            added = spread.reshape(-1, *[1] * (x0.ndim - 1)) * eps
            yield self.sample(*close(answer, x0 + added, _ROOTS_OF_INTEGERS, abs(x0) + abs(added)))

    def _judge_ve_posterior(self, case: Case, answer: Any) -> Iterator[Finding]:
        batch, pair = len(case.x0), isinstance(answer, (tuple, list)) and len(answer) == 2
        shape = has_shape(answer[0] if pair else answer, tuple(case.x0.shape), case.x0)
        spread = values(answer[1]) if pair else None
        kept = shape.ok and spread is not None and spread.size == batch
        yield self.pair(kept, f"(tensor of shape {tuple(case.x0.shape)}, {batch} variances)", kinds_of(answer))
        if not kept:
            return
        x0, xt, s2 = exact(case.x0), exact(case.xt), case.sigma**2
        rows = [
            gaussians.condition(x, (t - 1) * s2, y, 1.0, s2) for t, x, y in zip(case.t.tolist(), x0, xt, strict=True)
        ]
        mean, variance = np.stack([m for m, _ in rows]), np.array([v for _, v in rows])
        yield self.mean(*close(answer[0], mean, _ROOTS_OF_INTEGERS, abs(x0) + abs(xt)))
        yield self.variance(*close(spread.reshape(batch), variance, _ROOTS_OF_INTEGERS, s2))

    def _judge_ve_prior_gaps(self, case: Case, answer: Any) -> Iterator[Finding]:
        expected = _gaps(case.mean, case.var, case.T, case.sigma, gaussians.kl)
        got = {k: number(v) for k, v in answer.items()} if isinstance(answer, dict) else {}
        kept = got.keys() == expected.keys() and None not in got.values()
        yield self.named(kept, "a dictionary of four numbers: noise, mean, spread, both", kind_of(answer))
        if kept:
            gaps = np.array(list(expected.values()))
            # KL subtracts numbers of order one and two logarithms; float32 inside is precise enough here
            noise = case.T * case.sigma**2
            size = 8 * gaps + 1 + (abs(math.log(noise)) + abs(math.log(case.var + noise))) / 2
            verdict = close(np.array([got[k] for k in expected]), gaps, torch.float32, size, FEW)
            yield self.gaps(verdict.ok, show(expected), show(got))

    mistakes = (
        wrong(
            "t where its root belongs",
            {"ve_sample": lambda x0, t, eps, sigma: x0 + per_item(t.to(x0), x0) * sigma * eps},
            "Standard deviations do not add, variances do: after t steps the factor is √t sigma.",
        ),
        wrong(
            "variance for standard deviation",
            {"ve_sample": lambda x0, t, eps, sigma: x0 + per_item(t.to(x0), x0) * sigma**2 * eps},
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
                    (x0 * per_item(t - 1, x0) + xt) / per_item(t, x0),
                    sigma**2 * (t - 1) / t,
                )
            },
            "The weights are swapped: one step before x_t the path is close to x_t, except at t = 1, where it is x0.",
        ),
        wrong(
            "sigma squared for its share",
            {
                "ve_posterior": lambda x0, xt, t, sigma: (
                    (xt * per_item(t - 1, x0) + x0) / per_item(t, x0),
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
        wrong(
            "one step early",
            {"ve_sample": lambda x0, t, eps, sigma: x0 + per_item((t - 1).to(x0).sqrt(), x0) * sigma * eps},
            "x_t has gone through t steps, not t − 1: steps are counted from 1, and at t = 1 there is noise already.",
        ),
        wrong(
            "one step for the whole batch",
            {"ve_sample": lambda x0, t, eps, sigma: x0 + math.sqrt(t[0]) * sigma * eps},
            "Every item was noised to the step of the first one: each has its own t.",
        ),
        wrong(
            "never certain",
            {
                "ve_posterior": lambda x0, xt, t, sigma: (
                    (xt * per_item(t - 1, x0) + x0) / per_item(t, x0),
                    sigma**2 * (t - 1).clamp_min(1) / t,
                )
            },
            "At t = 1 the step before is x0, which is known: the variance is 0, as (t − 1)/t says.",
            also=(
                {
                    "ve_posterior": lambda x0, xt, t, sigma: (
                        (xt * per_item(t - 1, x0) + x0) / per_item(t, x0),
                        sigma**2 * t / (t + 1),
                    )
                },
            ),
        ),
        wrong(
            "the standard deviation",
            {
                "ve_posterior": lambda x0, xt, t, sigma: (
                    (xt * per_item(t - 1, x0) + x0) / per_item(t, x0),
                    sigma * ((t - 1) / t).sqrt(),
                )
            },
            "The second result is the standard deviation; the variance is asked for.",
        ),
        wrong(
            "the half is forgotten",
            {"ve_prior_gaps": lambda m, v, T, s: _gaps(m, v, T, s, lambda *q: 2 * _closed_kl(*q))},
            "This is twice the divergence: the ½ of the Gaussian exponent is missing.",
        ),
        wrong(
            "the variance given as a standard deviation",
            {"ve_prior_gaps": lambda m, v, T, s: _gaps(m, v, T, s, lambda a, b, c, d: _closed_kl(a, b**2, c, d**2))},
            "A library's normal takes the standard deviation, not the variance.",
        ),
    )
