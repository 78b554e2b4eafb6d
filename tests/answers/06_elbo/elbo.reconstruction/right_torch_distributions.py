# minus the library's log densities
import math

import torch
from torch.distributions import Bernoulli, Independent, Normal


def gaussian_reconstruction(x, x_hat, sigma):
    density = Independent(Normal(x_hat, torch.as_tensor(sigma).to(x_hat)), x.ndim - 1)
    constant = -density.log_prob(x_hat)[0]
    loss = -density.log_prob(x)
    squared = (x - x_hat).flatten(1).square().sum(1) / (2 * sigma**2)
    return {"squared": squared, "constant": constant, "loss": loss}


def bernoulli_reconstruction(x, logits):
    pixels = Bernoulli(logits=logits)
    ink = -(x * pixels.log_prob(torch.ones_like(x))).flatten(1).sum(1)
    paper = -((1 - x) * pixels.log_prob(torch.zeros_like(x))).flatten(1).sum(1)
    loss = -Bernoulli(logits=logits, validate_args=False).log_prob(x).flatten(1).sum(1)
    return {"ink": ink, "paper": paper, "loss": loss}


def implied_sigma(weight, D):
    return (D / weight) ** 0.5 / math.sqrt(2)
