# breaks: elbo_sampled: the average of log p(x, z) − log q(z) over the draws | mistake: q is forgotten
import torch
from torch.distributions import Normal


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    total = torch.zeros(len(x), dtype=x.dtype, device=x.device)
    for e in eps:
        z = mu + sigma * e
        total += Normal(z @ W.T + b, s).log_prob(x).sum(1) + Normal(0.0, 1.0).log_prob(z).sum(1)
    return total / len(eps)
