# p(x, z) as one Gaussian in D + d dimensions; draws and batch flattened into one axis

import torch
from torch.distributions import MultivariateNormal, Normal


def elbo_sampled(x, mu, sigma, eps, W, b, s):
    like, (K, B, d) = x, eps.shape
    x, mu, sigma, eps, W, b = (a.double() for a in (x, mu, sigma, eps, W, b))
    eye = torch.eye(d).to(W)
    top = torch.cat([W @ W.T + s**2 * torch.eye(len(b)).to(W), W], dim=1)
    covariance = torch.cat([top, torch.cat([W.T, eye], dim=1)], dim=0)
    joint = MultivariateNormal(torch.cat([b, torch.zeros(d).to(b)]), covariance)
    z = (mu + sigma * eps).reshape(K * B, d)
    pairs = torch.cat([x.repeat(K, 1), z], dim=1)
    log_q = Normal(mu.repeat(K, 1), sigma.repeat(K, 1)).log_prob(z).sum(1)
    return (joint.log_prob(pairs) - log_q).reshape(K, B).mean(0).to(like)
