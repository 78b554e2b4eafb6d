# breaks: marginal is the mean of log q(z) − log p(z): what a better prior could save | mistake: marginal with its sign turned
import math

import torch


def rate_split(mu, sigma, eps):
    z = mu + sigma * eps
    own = torch.distributions.Normal(mu, sigma).log_prob(z).sum(-1)
    agg = torch.distributions.Normal(mu, sigma).log_prob(z[..., None, :]).sum(-1).logsumexp(-1) - math.log(len(mu))
    p = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    return {"rate": (own - p).mean(), "information": (own - agg).mean(), "marginal": (p - agg).mean()}
