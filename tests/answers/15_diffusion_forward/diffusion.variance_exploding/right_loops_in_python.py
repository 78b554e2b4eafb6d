# item by item, Python floats; prints
import math

import torch


def ve_sample(x0, t, eps, sigma):
    return torch.stack([x + sigma * math.sqrt(n) * e for x, n, e in zip(x0, t.tolist(), eps)])


def ve_posterior(x0, xt, t, sigma):
    mean, variance = [], []
    for x, z, n in zip(x0, xt, t.tolist()):
        mean.append(((n - 1) * z + x) / n)
        variance.append(sigma**2 * (1 - 1 / n))
    return torch.stack(mean), torch.tensor(variance, dtype=x0.dtype, device=x0.device)


def ve_prior_gaps(mean, var, T, sigma):
    noise = T * sigma**2
    q = (mean, var + noise)
    priors = {"noise": (0, noise), "mean": (mean, noise), "spread": (0, var + noise), "both": (mean, var + noise)}
    gaps = {}
    for name, (m, v) in priors.items():
        gaps[name] = 0.5 * (q[1] / v + (q[0] - m) ** 2 / v - 1 - math.log(q[1] / v))
        print(f"{name}: {gaps[name]:.3f} nats")
    return gaps
