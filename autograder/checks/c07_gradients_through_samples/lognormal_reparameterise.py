"""lognormal.reparameterise: C(eps) = exp(mu + sigma eps): the quantile function of the log-normal after the distribution function of the normal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import (
    CDFS,
    FAR_MU,
    FARTHEST,
    OWN_NOISE,
    SPREAD,
    TWIN,
    PushedForward,
    cut_to_float32,
    fits,
    noise,
    parameter,
    through_cdfs,
)
from autograder.judging.domain import Domain, Like
from autograder.judging.exercise import Case, exercise, wrong


@exercise("lognormal.reparameterise", ("reparameterise_lognormal",))
class ReparameteriseLogNormal(PushedForward):
    """C(eps) = exp(mu + sigma eps): the quantile function of the log-normal after the distribution function of the normal."""

    domain = {
        "reparameterise_lognormal": Domain(
            {"eps": noise(far=FARTHEST), "mu": parameter(FAR_MU), "sigma": parameter(SPREAD)},
            when=lambda eps, mu, sigma: fits(eps, mu, sigma),
            returns=Like("eps"),
        )
    }

    hints = (
        "C is M after T. Write M(T(eps)) down, then simplify.",
        "Which distribution does log z have? Reparameterise that one, and leave the logarithm at the end.",
        "mu and sigma may be Python numbers or tensors of any shape: one expression handles all, as long as nothing "
        "is turned into a new tensor or a number on the way.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        numbers = (torch.tensor(1.0), torch.tensor(0.5))
        for again in (False, True):
            yield self._case(
                rng, np.array([-1.0, 2.0, 1.0, -2.0]), *numbers, torch.float32, "cpu", readable=True, again=again
            )
        yield from self._every_combination(rng)

    mistakes = (
        wrong(OWN_NOISE, lambda eps, mu, sigma: torch.exp(mu + sigma * torch.randn_like(eps)), "The sample does not change when eps does: it draws noise of its own. The noise comes in as an argument."),
        wrong("sigma squared", lambda eps, mu, sigma: torch.exp(mu + sigma**2 * eps), "The spread of log z matches sigma² where sigma is asked for: check which of the two the formula takes."),
        wrong("the decreasing twin", lambda eps, mu, sigma: torch.exp(mu - sigma * eps), TWIN),
        wrong("mean outside the exponential", lambda eps, mu, sigma: mu + torch.exp(sigma * eps), "exp must act on mu as well: outside it, mu only shifts the samples, and they may become negative."),
        wrong("exp(mu) added", lambda eps, mu, sigma: torch.exp(sigma * eps) + torch.exp(mu + 0 * eps), "exp(mu) is added. A sum in the exponent is a product outside."),
        wrong("mu and sigma swapped", lambda eps, mu, sigma: torch.exp(sigma + mu * eps), "mu and sigma have changed places: the noise is spread by sigma and shifted by mu."),
        wrong("the normal, not the log-normal", lambda eps, mu, sigma: mu + sigma * eps, "This is log z, a sample of N(mu, sigma²), which may be negative. The log-normal lives on the positive numbers."),
        wrong("standard deviation outside", lambda eps, mu, sigma: sigma * torch.exp(mu + eps), "sigma multiplies the sample. It belongs to the noise, inside the exponent: T first, then a power."),
        wrong("log-variance taken for sigma", lambda eps, mu, sigma: torch.exp(mu + torch.exp(0.5 * (sigma + 0 * eps)) * eps), "sigma was treated as a log-variance. Here it is the standard deviation itself."),
        wrong("corrected for the mean", lambda eps, mu, sigma: torch.exp(mu - sigma**2 / 2 + sigma * eps), "This keeps the mean of z at exp(mu). Here mu is the mean of log z, and needs no correction."),
        wrong("cut from the graph", lambda eps, mu, sigma: torch.exp(cut_to_float32(mu) + cut_to_float32(sigma) * eps), "The samples are right, but not every gradient comes back: mu or sigma was taken out of the graph (detach, item or a new tensor).",
              also=(lambda eps, mu, sigma: torch.exp(mu + cut_to_float32(sigma) * eps), lambda eps, mu, sigma: torch.exp(cut_to_float32(mu) + sigma * eps), lambda eps, mu, sigma: torch.exp(mu + sigma * eps).detach())),
        wrong("through the distribution functions", through_cdfs, CDFS),
        wrong("exp of a number", lambda eps, mu, sigma: torch.exp(eps) ** sigma * torch.exp(mu), "torch.exp takes tensors only and stops at a Python number. Put mu under the same exp as the noise, or make it a tensor that keeps its gradient."),
        wrong("sigma read as a variance", lambda eps, mu, sigma: torch.exp(mu + sigma**0.5 * eps), "The root of sigma multiplies the noise, as if sigma were a variance. It is the standard deviation of log z."),
        wrong("sigma is forgotten", lambda eps, mu, sigma: torch.exp(mu + eps), "sigma does not come in: log z must have the standard deviation sigma."),
        wrong("mu scaled as well", lambda eps, mu, sigma: torch.exp(sigma * (mu + eps)), "sigma multiplies mu, too. First spread the noise, then shift it."),
    )  # fmt: skip
