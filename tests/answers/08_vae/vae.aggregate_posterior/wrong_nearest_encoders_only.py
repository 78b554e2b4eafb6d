# breaks: q(z) is the average of the encoders' densities, and its logarithm is finite however far z is
import math

import torch
from torch import distributions


def rate_split(mu, sigma, eps):
    z = mu + sigma * eps
    c = 0.5 * math.log(2 * math.pi)
    own = (-0.5 * eps**2 - sigma.log() - c).sum(-1)
    p = (-0.5 * z**2 - c).sum(-1)
    q = aggregate_log_density(z.flatten(0, 1), mu, sigma).reshape(own.shape)
    return {"rate": (own - p).mean(), "information": (own - q).mean(), "marginal": (q - p).mean()}


def best_normal(mu, sigma):
    m = distributions.MixtureSameFamily(
        distributions.Categorical(logits=torch.zeros(len(mu), dtype=mu.dtype)),
        distributions.Independent(distributions.Normal(mu, sigma), 1),
    )
    return {"mean": m.mean, "std": m.variance.sqrt()}


def aggregate_log_density(z, mu, sigma):
    a = (distributions.Normal(mu, sigma).log_prob(z[:, None])).sum(-1)
    near = a.topk(min(32, len(mu)), 1)[0]
    return near.logsumexp(1) - math.log(len(mu))
