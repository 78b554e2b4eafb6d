"""ddpm.elbo: reconstruction − prior matching − consistency, with a variance for the last step that is not 0."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.checks.c15_diffusion_forward.shared import random_betas
from autograder.checks.c16_ddpm.shared import bars_of
from autograder.judging.compare import arithmetic, close, exact, has_shape, kind_of, values
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.draw import floats, normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians

TERMS = ("reconstruction", "prior", "consistency", "elbo")
_NO_VARIANCE = "sigma_q(1) = 0"
_NO_PRIOR = "the prior term left out"


def _terms(x0, x0_hat, beta, *, first=None, constant=True, half=0.5, start=1, snr=None, mean=False, plain=False):
    bars, d = (1 - beta).cumprod(0), x0.shape[1]
    var = beta[0] if first is None else first(beta)
    average = (lambda a: a.mean(-1)) if mean else (lambda a: a.sum(-1))
    square = average((x0 - x0_hat) ** 2)  # (T, B)
    recon = -square[0] / (2 * var) - (d / 2 * torch.log(2 * math.pi * var) if constant else 0)
    kept = bars[-1]
    prior = 0.5 * (kept * (x0**2).sum(-1) + d * (1 - kept) - d - d * torch.log1p(-kept))
    ratio = bars / (1 - bars) if snr is None else snr(bars)
    drops = half * (ratio[:-1] - ratio[1:])
    drops = torch.ones_like(drops) if plain else drops
    consistency = (drops[start - 1 :, None] * square[start:]).sum(0)
    return {"reconstruction": recon, "prior": prior, "consistency": consistency, "elbo": recon - prior - consistency}


def _without_prior(x0, x0_hat, beta):
    terms = _terms(x0, x0_hat, beta)
    return terms | {"prior": 0 * terms["prior"], "elbo": terms["reconstruction"] - terms["consistency"]}


def _by_beta(x0, x0_hat, beta):
    bars, terms = (1 - beta).cumprod(0), _terms(x0, x0_hat, beta)
    weights = bars[:-1] * beta[1:] / (2 * (1 - bars[1:]) ** 2)
    steps = (weights[:, None] * ((x0 - x0_hat[1:]) ** 2).sum(-1)).sum(0)
    return terms | {"consistency": steps, "elbo": terms["elbo"] + terms["consistency"] - steps}


@exercise("ddpm.elbo", ("elbo_terms",))
class Elbo(Exercise):
    """log N(x0; x0_hat_1, beta_1 I) − KL(q(x_T|x0) ‖ N(0, I)) − Σ_{t ≥ 2} ½ (SNR_{t−1} − SNR_t) ‖x0 − x0_hat_t‖²."""

    form = gate("the answer has the three terms and their elbo, one number per item")
    recon = pays("the reconstruction is the log density of x0 around the first guess, with variance beta_1", 1)
    prior = pays("the prior term is the divergence of q(x_T | x0) from N(0, I)", 1)
    steps = pays("the consistency term adds up the divergences of the steps t = 2 … T", 1)
    total = pays("the elbo is the reconstruction less the two divergences", 1)

    hints = (
        "The guesses come for t = 1 … T: x0_hat[0] belongs to the reconstruction, all the others to the consistency term.",
        "beta_tilde_1 = 0, and a normal density of variance 0 is none. Which variance does the docstring give step 1?",
        "Section 6 has the divergence of one step. How many drops of the SNR lie between T times?",
    )

    domain = {
        "elbo_terms": Domain(
            {
                "x0": Tensor("B, d", Reals(reach=(1e-3, 30))),
                "x0_hat": Tensor("T, B, d", Reals(reach=(1e-3, 30)), ("the model's guesses at t = 1 … T",)),
                "beta": Tensor("T", Reals(0.01, 0.9, "[]")),
            },
            sizes={"B": (1, 4), "d": (1, 3, 16), "T": (2, 6)},
            returns={name: Like("x0") for name in TERMS},
            most=20,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.ones(1, 1, dtype=torch.float64)
        yield self._case(2 * one, torch.stack([one, one]), torch.tensor([0.2, 0.5], dtype=torch.float64))
        # as before, but with guesses that differ, so that each has its place
        yield self._case(2 * one, torch.stack([one, 0 * one]), torch.tensor([0.2, 0.5], dtype=torch.float64))
        for dtype, device in arithmetic():
            for T, B, d in ((2, 3, 2), (5, 2, 1), (4, 2, 6)):
                x0 = normal(rng, (B, d), dtype, device)
                beta = floats(random_betas(rng, T, 0.05, 0.6), dtype, device)
                yield self._case(x0, normal(rng, (T, B, d), dtype, device), beta)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, x0, x0_hat, beta) -> Case:
        return case(call("elbo_terms", x0, x0_hat, beta), x0=x0, x0_hat=x0_hat, beta=beta)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        named = isinstance(answer, dict) and answer.keys() == set(TERMS)
        good = named and all(has_shape(answer[k], (len(case.x0),), case.x0).ok for k in TERMS)
        yield self.form(good, f"a dictionary with {', '.join(TERMS)}, of shape ({len(case.x0)},) each", kind_of(answer))
        if not good:
            return
        x0, guesses, beta = exact(case.x0), exact(case.x0_hat), exact(case.beta)
        rows = np.array([_bound(x, guesses[:, i], beta) for i, x in enumerate(x0)])
        parts, sizes = rows[:, 0], rows[:, 1]
        dtype = case.x0.dtype
        for k, law in enumerate((self.recon, self.prior, self.steps)):
            found = close(answer[TERMS[k]], parts[:, k], dtype, sizes[:, k])
            none = law is self.recon and not np.isfinite(values(answer[TERMS[k]])).any()
            yield law(*found, mistake=_NO_VARIANCE if none else "" if law is self.recon else None)
        bare = close(answer["elbo"], parts @ [1, 0, -1], dtype, sizes.sum(1)).ok
        seen = _NO_PRIOR if bare else ""
        yield self.total(*close(answer["elbo"], parts @ [1, -1, -1], dtype, sizes.sum(1)), mistake=seen)

    mistakes = (
        wrong(
            _NO_VARIANCE,
            lambda x0, x0_hat, beta: _terms(x0, x0_hat, beta, first=lambda b: 0 * b[0]),
            "The variance of step 1 was taken from the posterior, where it is 0: the log density is infinite. Take beta_1.",
        ),
        wrong(
            "the constant dropped",
            lambda x0, x0_hat, beta: _terms(x0, x0_hat, beta, constant=False),
            "−d/2 log(2π beta_1) is missing: it changes no gradient, but without it the sum is no bound.",
        ),
        wrong(
            "the guess of the step before",
            lambda x0, x0_hat, beta: _terms(x0, torch.cat([x0_hat[:1], x0_hat[:-1]]), beta),
            "The drop from SNR_{t−1} to SNR_t belongs to the guess that was made at t, x0_hat[t − 1].",
        ),
        wrong(
            "the half forgotten",
            lambda x0, x0_hat, beta: _terms(x0, x0_hat, beta, half=1.0),
            "The consistency term lacks its ½.",
        ),
        wrong(
            _NO_PRIOR,
            lambda x0, x0_hat, beta: _without_prior(x0, x0_hat, beta),
            "The elbo lacks the prior term. It trains nothing, but without it the sum is no bound.",
        ),
        wrong(
            "beta for beta tilde",
            lambda x0, x0_hat, beta: _by_beta(x0, x0_hat, beta),
            "The steps 2 … T have beta_t as their variance here; the docstring gives them beta_tilde_t.",
        ),
        wrong(
            "one step left out",
            lambda x0, x0_hat, beta: _terms(x0, x0_hat, beta, start=2),
            "The consistency term begins at t = 3: t = 2 is left out.",
        ),
        wrong(
            "SNR upside down",
            lambda x0, x0_hat, beta: _terms(x0, x0_hat, beta, snr=lambda bars: -(1 - bars) / bars),
            "SNR is alpha_bar/(1 − alpha_bar): signal over noise.",
            also=(lambda x0, x0_hat, beta: _terms(x0, x0_hat, beta, snr=lambda bars: (1 - bars) / bars),),
        ),
        wrong(
            "uniform weights",
            lambda x0, x0_hat, beta: _terms(x0, x0_hat, beta, plain=True),
            "All steps were given the same weight. That is a loss to train with, but no bound.",
        ),
        wrong(
            "averaged over the dimensions",
            lambda x0, x0_hat, beta: _terms(x0, x0_hat, beta, mean=True),
            "Independent dimensions add up their log densities: sum over d, do not average.",
        ),
        wrong(
            "the posterior of step 2 for step 1",
            lambda x0, x0_hat, beta: _terms(
                x0, x0_hat, beta, first=lambda b: b[0] * b[1] / (1 - (1 - b[0]) * (1 - b[1]))
            ),
            "beta_tilde_2 is another way out of the trap; here the docstring asks for beta_1.",
        ),
    )


# --- the oracle: every divergence by quadrature, dimension by dimension --------------------------------------------


def _bound(x0: np.ndarray, guesses: np.ndarray, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The three terms of one item, and the sizes that their rounding is measured against."""
    bars, d = bars_of(beta), len(x0)
    recon = gaussians.log_normal(x0, guesses[0], beta[0]).sum()
    prior = sum(gaussians.kl(math.sqrt(bars[-1]) * x, 1 - bars[-1], 0.0, 1.0) for x in x0.tolist())
    steps, most = 0.0, 0.0
    for t in range(2, len(beta) + 1):
        a, b = math.sqrt(1 - beta[t - 1]), beta[t - 1]
        means = [
            gaussians.condition(math.sqrt(bars[t - 1]) * y, 1 - bars[t - 1], 0 * y, a, b) for y in (x0, guesses[t - 1])
        ]
        var = means[0][1]
        steps += sum(gaussians.kl(p, var, q, var) for p, q in zip(means[0][0], means[1][0], strict=True))
        most += ((abs(means[0][0]) + abs(means[1][0])) ** 2).sum() / var / (1 - bars[t - 1])
    first = ((abs(x0) + abs(guesses[0])) ** 2).sum() / beta[0] + 8 * d
    return np.array([recon, prior, steps]), np.array([first, d * 2 + (x0**2).sum(), most + 1e-3])
