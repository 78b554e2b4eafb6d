"""lognormal.rescale: M(z) = z^sigma e^mu."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch

from autograder.checks.c07_gradients_through_samples.shared import (
    FAR_MU,
    SPREAD,
    PushedForward,
    cut_to_float32,
    fits,
    parameter,
)
from autograder.judging.domain import Domain, Like, Reals, Tensor
from autograder.judging.exercise import Case, exercise, wrong
from autograder.oracles import quantiles


@exercise("lognormal.rescale", ("rescale_lognormal",))
class RescaleLogNormal(PushedForward):
    """M(z) = z^sigma e^mu."""

    argument = "z"
    noise = quantiles.STANDARD_LOGNORMAL

    domain = {
        "rescale_lognormal": Domain(
            {
                "z": Tensor("...", Reals(0, math.inf, reach=(1e-18, 1e18))),
                "mu": parameter(FAR_MU),
                "sigma": parameter(SPREAD),
            },
            when=lambda z, mu, sigma: fits(z.log(), mu, sigma),
            returns=Like("z"),
        )
    }

    hints = (
        "log z is standard normal. What has to happen to it so that it becomes N(mu, sigma²)? Then go back to z.",
        "A factor on the logarithm is a power on the number, a summand is a factor.",
        "mu may be a Python number: torch.exp wants a tensor, so let mu meet a tensor before that.",
    )

    def probe(self, rng: np.random.Generator) -> Iterator[Case]:
        numbers = (torch.tensor(0.5), torch.tensor(2.0))
        yield self._case(rng, np.log([0.5, 2.0]), *numbers, torch.float32, "cpu", readable=True)
        yield from self._every_combination(rng)

    mistakes = (
        wrong("sigma squared", lambda z, mu, sigma: torch.exp(mu + sigma**2 * torch.log(z)), "The power is sigma², the variance. A factor s on log z multiplies its standard deviation by s."),
        wrong("the decreasing twin", lambda z, mu, sigma: torch.exp(mu - sigma * torch.log(z)), "This map has the right distribution, because 1/z is as likely as z, but it decreases; the increasing one is asked for. Change the sign of the power."),
        wrong("exp(mu) added", lambda z, mu, sigma: z**sigma + torch.exp(mu + 0 * z), "exp(mu) is added. Adding mu to log z multiplies z by exp(mu)."),
        wrong("mu and sigma swapped", lambda z, mu, sigma: torch.exp(sigma + mu * torch.log(z)), "mu and sigma have changed places: the power spreads the samples, the factor moves them."),
        wrong("treated as a normal", lambda z, mu, sigma: mu + sigma * z, "mu + sigma z rescales a normal variable. Here log z is the normal one, not z."),
        wrong("z taken for the noise", lambda z, mu, sigma: torch.exp(mu + sigma * z), "This is the map for normal noise. z is a log-normal sample already: the noise in it is log z."),
        wrong("left in the logarithm", lambda z, mu, sigma: mu + sigma * torch.log(z), "This is log z of the new sample, a normal number that may be negative. Leave the logarithm again."),
        wrong("mu scaled as well", lambda z, mu, sigma: torch.exp(sigma * (mu + torch.log(z))), "The power sigma was applied to exp(mu) too: first spread, then shift."),
        wrong("the way back", lambda z, mu, sigma: torch.exp((torch.log(z) - mu) / sigma), "This is the inverse, which takes a sample of log N(mu, sigma²) back to a standard one."),
        wrong("cut from the graph", lambda z, mu, sigma: torch.exp(cut_to_float32(mu) + cut_to_float32(sigma) * torch.log(z)), "The samples are right, but not every gradient comes back: mu or sigma was taken out of the graph (detach, item or a new tensor).",
              also=(lambda z, mu, sigma: torch.exp(mu + cut_to_float32(sigma) * torch.log(z)), lambda z, mu, sigma: torch.exp(cut_to_float32(mu) + sigma * torch.log(z)), lambda z, mu, sigma: torch.exp(mu + sigma * torch.log(z)).detach())),
        wrong("exp of a number", lambda z, mu, sigma: z**sigma * torch.exp(mu), "torch.exp takes tensors only and stops at a Python number. Put mu under the same exp as log z, which is a tensor, or make it one that keeps its gradient."),
        wrong("sigma as a factor", lambda z, mu, sigma: sigma * z * torch.exp(mu + 0 * z), "sigma multiplies z. A factor on log z is a power on z: sigma belongs into the exponent."),
        wrong("sigma read as a variance", lambda z, mu, sigma: torch.exp(mu + sigma**0.5 * torch.log(z)), "The power is the root of sigma, as if sigma were a variance. It is the standard deviation of log z."),
        wrong("sigma is forgotten", lambda z, mu, sigma: z * torch.exp(mu + 0 * z), "sigma does not come in: log z must have the standard deviation sigma."),
        wrong("log-variance taken for sigma", lambda z, mu, sigma: torch.exp(mu + torch.exp(0.5 * (sigma + 0 * z)) * torch.log(z)), "sigma was treated as a log-variance. Here it is the standard deviation itself."),
        wrong("corrected for the mean", lambda z, mu, sigma: torch.exp(mu - sigma**2 / 2 + sigma * torch.log(z)), "This keeps the mean at exp(mu). Here mu is the mean of log z, and needs no correction."),
    )  # fmt: skip
