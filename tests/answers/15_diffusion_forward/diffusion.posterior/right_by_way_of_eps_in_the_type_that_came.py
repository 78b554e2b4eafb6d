# Ho's form without float64: solve for eps, take one step's share of it away
import torch


def posterior(x0, xt, t, beta):
    bar = torch.cumprod(1 - beta, 0)
    axes = [len(t)] + [1] * (x0.dim() - 1)
    b, bar = beta[t - 1].reshape(axes), bar[t - 1].reshape(axes)
    eps = (xt - bar.sqrt() * x0) / (1 - bar).sqrt()
    mean = (xt - b / (1 - bar).sqrt() * eps) / (1 - b).sqrt()
    before = bar / (1 - b)
    return mean, (b * (1 - before) / (1 - bar)).flatten()
