# f is asked for one row at a time, and everything else stays in Python
import torch


def score_terms(f, z, mu, sigma, baseline=0.0):
    d_mu, d_sigma = torch.zeros_like(z), torch.zeros_like(z)
    for n in range(z.shape[0]):
        reward = f(z[n : n + 1]).item() - baseline
        for d in range(z.shape[1]):
            m, s, x = mu[d].item(), sigma[d].item(), z[n, d].item()
            d_mu[n, d] = reward * (x - m) / s**2
            d_sigma[n, d] = reward * ((x - m) ** 2 / s**3 - 1 / s)
    return d_mu, d_sigma
