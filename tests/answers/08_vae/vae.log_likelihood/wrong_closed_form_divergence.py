# breaks: with one draw it is log p(x | z) + log p(z) − log q(z | x), a sum over pixels and latents
import math

import torch


def log_likelihood(levels, mu, sigma, eps, log_p, at_once):
    kl = 0.5 * (sigma**2 + mu**2 - 1 - 2 * sigma.log()).sum(-1)
    parts = [log_p(mu + sigma * e, levels).sum(-1) for e in eps.split(at_once)]
    return torch.cat(parts).logsumexp(0) - math.log(len(eps)) - kl
