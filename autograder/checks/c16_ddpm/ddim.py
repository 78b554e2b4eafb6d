"""ddpm.ddim: from alpha_bar_now to any earlier alpha_bar, with a share eta of the ancestral noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.judging.compare import arithmetic, close, exact, has_shape
from autograder.judging.domain import Domain, Like, Number, Reals, Tensor
from autograder.judging.draw import normal
from autograder.judging.exercise import Case, Exercise, Finding, call, case, exercise, gate, pays, wrong
from autograder.oracles import gaussians


def _step(
    xt, eps, noise, now, before, eta, *, keep=False, square=False, beta=False, own=False, upside=False, unrooted=False
):
    sigma = eta * math.sqrt((1 - before) / (1 - now) * (1 - now / before))
    if unrooted:
        sigma = eta * (1 - before) / (1 - now) * (1 - now / before)
    if beta:
        sigma = eta * math.sqrt(1 - now / before)
    if upside:
        sigma = eta * math.sqrt((1 - now) / (1 - before + 1e-12) * (1 - now / before))
    x0 = (xt - math.sqrt(1 - now) * eps) / math.sqrt(now)
    rest = 1 - before - (0 if keep else sigma**2)
    rest = (1 - now) if own else rest
    return math.sqrt(before) * x0 + math.sqrt(max(rest, 0.0)) * eps + (sigma**2 if square else sigma) * noise


def _apart(xt, eps, noise, now, before, eta):
    sigma = eta * math.sqrt((1 - before) / (1 - now) * (1 - now / before))
    return _step(xt, eps, noise, now, before, 0.0) - sigma * eps + sigma * noise


@exercise("ddpm.ddim", ("ddim_step",))
class DDIM(Exercise):
    """√ᾱ′ x0_hat + √(1 − ᾱ′ − sigma²) eps + sigma noise, sigma² = eta² (1 − ᾱ′)/(1 − ᾱ) (1 − ᾱ/ᾱ′)."""

    shape = gate("the result has the shape of x_t")
    still = pays("with eta = 0 the same x0_hat and the same eps are mixed anew, with less noise", 1)
    ancestral = pays("with eta = 1 it is the step back by Bayes' rule, noise of variance beta_tilde included", 1)
    between = pays("for every eta the step keeps the marginals: the shares of eps and noise add up to 1 − ᾱ′", 2)

    hints = (
        "First x0_hat from x_t and eps, as in notebook 15; then q_sample's formula with the earlier alpha_bar.",
        "Part of the noise is old (eps), part is new (noise). Their variances must add up to 1 − alpha_bar before.",
        "Two tests: with before = 1 the result is x0_hat; with eta = 1, now = 0.72, before = 0.9, sigma² = 0.0714.",
    )

    domain = {
        "ddim_step": Domain(
            {
                "xt": Tensor("..."),
                "eps": Tensor("..."),
                "noise": Tensor("..."),
                "now": Number(Reals(0.01, 0.72, "[]")),
                "before": Number(Reals(0.75, 1, "[]")),
                "eta": Number(Reals(0, 1, "[]")),
            },
            returns=Like("xt"),
            most=24,
        )
    }

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        one = torch.ones(1, dtype=torch.float64)
        for eta in (0.0, 1.0, 0.5):
            yield self._case(one, -one, one, 0.64, 0.81, eta)
            yield self._case(0 * one, 0 * one, one, 0.72, 0.9, eta)
            yield self._case(one, -one, one, 0.64, 1.0, eta)  # x0_hat, and no noise
        for dtype, device in arithmetic():
            for eta in (0.0, 1.0, float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.2, 0.8))):
                now = float(rng.uniform(0.05, 0.72))
                before = float(rng.uniform(0.75, 0.98))
                three = [normal(rng, (3, 2), dtype, device) for _ in range(3)]
                yield self._case(*three, now, before, eta)

    def case_of(self, name: str, given: dict[str, Any]) -> Case:
        return self._case(**given)

    def _case(self, xt, eps, noise, now, before, eta) -> Case:
        law = self.still if eta == 0 else self.ancestral if eta == 1 else self.between
        ask = call("ddim_step", xt, eps, noise, now, before, eta)
        return case(ask, about=(self.shape, law), xt=xt, eps=eps, noise=noise, now=now, before=before, eta=eta)

    def judge(self, case: Case, answer: Any) -> Iterator[Finding]:
        shape = has_shape(answer, tuple(case.xt.shape), case.xt)
        yield self.shape(*shape)
        if not shape.ok:
            return
        xt, eps, noise = exact(case.xt), exact(case.eps), exact(case.noise)
        x0 = (xt - math.sqrt(1 - case.now) * eps) / math.sqrt(case.now)
        alpha = case.now / case.before  # both marginals, joined by one step that keeps alpha of the variance
        mean, variance = gaussians.condition(
            math.sqrt(case.before) * x0, 1 - case.before, xt, math.sqrt(alpha), 1 - alpha
        )
        fresh = case.eta**2 * variance
        want = mean + math.sqrt(variance) * noise
        if case.eta != 1:
            want = math.sqrt(case.before) * x0 + math.sqrt(max(1 - case.before - fresh, 0)) * eps
            want = want + math.sqrt(fresh) * noise
        size = (abs(xt) + abs(eps)) / math.sqrt(case.now) + abs(noise)
        # a root of a small difference: its own rounding, at the size of the root of one; at the end it is 0 exactly
        lost = abs(eps) / math.sqrt(max(1 - case.before - fresh, 1e-12)) if case.before < 1 else 0.0
        yield case.about[1](*close(answer, want, case.xt.dtype, size, lost=lost))

    mistakes = (
        wrong(
            "the old noise at full size",
            lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, eta, keep=True),
            "eps keeps its factor √(1 − ᾱ′) although new noise comes on top: the variances add up to too much.",
        ),
        wrong(
            "variance for standard deviation",
            lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, eta, square=True),
            "The new noise is multiplied by sigma²; sigma is the factor.",
        ),
        wrong(
            "sigma without its root",
            lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, eta, unrooted=True),
            "The fraction under the root is a variance. sigma is eta times its root.",
        ),
        wrong(
            "standard deviations subtracted",
            lambda xt, eps, noise, now, before, eta: _apart(xt, eps, noise, now, before, eta),
            "√(1 − ᾱ′) − sigma stands before eps. Variances are subtracted: √(1 − ᾱ′ − sigma²).",
        ),
        wrong(
            "beta for beta tilde",
            lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, eta, beta=True),
            "sigma² is beta = 1 − ᾱ/ᾱ′; the factor (1 − ᾱ′)/(1 − ᾱ) makes it that of the posterior.",
        ),
        wrong(
            "the ratio turned round",
            lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, eta, upside=True),
            "(1 − ᾱ)/(1 − ᾱ′) is above one. beta_tilde is smaller than beta: (1 − ᾱ′)/(1 − ᾱ).",
        ),
        wrong(
            "the noise of now",
            lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, eta, own=True),
            "eps comes back with √(1 − ᾱ) of now. The earlier point holds less noise: 1 − ᾱ′.",
        ),
        wrong(
            "eta forgotten",
            lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, 1.0),
            "sigma does not depend on eta: this is the ancestral step always.",
            also=(lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, 0.0),),
        ),
        wrong(
            "eta under the root",
            lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, math.sqrt(eta)),
            "eta multiplies the standard deviation; here it multiplies the variance.",
            also=(lambda xt, eps, noise, now, before, eta: _step(xt, eps, noise, now, before, eta**2),),
        ),
    )
