# the divergences by an integral, the rest by numpy
import math

import numpy as np
import torch
from scipy.integrate import quad


def ve_sample(x0, t, eps, sigma):
    spread = sigma * np.sqrt(t.cpu().numpy())
    added = np.einsum("b,b...->b...", spread, eps.double().cpu().numpy())
    return torch.from_numpy(x0.double().cpu().numpy() + added).to(x0)


def ve_posterior(x0, xt, t, sigma):
    weight = 1 / t.to(x0.dtype)
    mean = torch.lerp(xt, x0, weight.view(-1, *[1] * (x0.dim() - 1)))
    return mean, sigma**2 * (1 - weight)


def ve_prior_gaps(mean, var, T, sigma):
    spread = math.sqrt(var + T * sigma**2)

    def surprise(x, m, s):
        return 0.5 * ((x - m) / s) ** 2 + math.log(s)

    def gap(m, v):
        def integrand(x):
            weight = math.exp(-0.5 * ((x - mean) / spread) ** 2) / (spread * math.sqrt(2 * math.pi))
            return weight * (surprise(x, m, math.sqrt(v)) - surprise(x, mean, spread))

        return quad(integrand, mean - 12 * spread, mean + 12 * spread, epsabs=0, epsrel=1e-12, limit=200)[0]

    noise = T * sigma**2
    return {"noise": gap(0, noise), "mean": gap(mean, noise), "spread": gap(0, var + noise), "both": 0.0}
