# breaks: information is the mean of log q(z | x_n) − log q(z), each draw beside its own x_n | mistake: a minibatch for the data set
import math

import torch


def rate_split(mu, sigma, eps):
    z = mu + sigma * eps
    own = torch.distributions.Normal(mu, sigma).log_prob(z).sum(-1)
    agg = torch.distributions.Normal(mu[:64], sigma[:64]).log_prob(z[..., None, :]).sum(-1).logsumexp(-1) - math.log(
        len(mu[:64])
    )
    p = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    return {"rate": (own - p).mean(), "information": (own - agg).mean(), "marginal": (agg - p).mean()}
