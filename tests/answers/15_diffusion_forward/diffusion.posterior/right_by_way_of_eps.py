# Ho's form: solve for eps, take one step's share of it away; the variance keeps its trailing axes
import torch


def posterior(x0, xt, t, beta):
    x, z, b = x0.double(), xt.double(), beta.double()
    bar = torch.cumprod(1 - b, 0)
    axes = [len(t)] + [1] * (x0.dim() - 1)
    b, bar = b[t - 1].reshape(axes), bar[t - 1].reshape(axes)
    eps = (z - bar.sqrt() * x) / (1 - bar).sqrt()
    mean = (z - b / (1 - bar).sqrt() * eps) / (1 - b).sqrt()
    variance = b * (1 - bar / (1 - b)) / (1 - bar)
    return mean.to(x0.dtype), variance.to(x0.dtype)
