# breaks: elbo_sampled: the average of log p(x, z) − log q(z) over the draws
import math

import torch


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    z = mu + sigma * eps
    log_p = -(((x - z @ W.T - b) / s) ** 2).sum(2) / 2 - x.shape[1] * (math.log(s) + 0.5 * math.log(2 * math.pi))
    log_ratio = (-0.5 * z**2 + 0.5 * eps**2 + torch.log(sigma + 1e-6)).sum(2)
    return (log_p + log_ratio).mean(0)
