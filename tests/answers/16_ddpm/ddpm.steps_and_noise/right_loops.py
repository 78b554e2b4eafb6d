import math

import torch


def step_moments(x, before, sigma, weights, means, s):
    v = s**2 + before
    c = 1 / (1 / v + 1 / sigma**2)
    mean, variance = [], []
    for a in x.tolist():
        logs = [math.log(w) - (a - m) ** 2 / 2 / (v + sigma**2) for w, m in zip(weights.tolist(), means.tolist())]
        top = max(logs)
        parts = [math.exp(v - top) for v in logs]
        mus = [c * (m / v + a / sigma**2) for m in means.tolist()]
        total = sum(parts)
        first = sum(p * mu for p, mu in zip(parts, mus)) / total
        mean.append(first)
        variance.append(c + sum(p * (mu - first) ** 2 for p, mu in zip(parts, mus)) / total)
    return torch.tensor(mean, dtype=x.dtype, device=x.device), torch.tensor(variance, dtype=x.dtype, device=x.device)


def longer_is_useless():
    # looked for
    return (0.8, 30)


def finer_is_useless():
    return [0.25, 4]
