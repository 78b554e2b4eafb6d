# breaks: noise[t − 1] comes in at step t, with the standard deviation of the posterior | mistake: variance for standard deviation
import torch


def _posterior(x0, x, t, beta):
    now = torch.cumprod(1 - beta, 0)
    before = torch.cat([torch.ones(1, dtype=beta.dtype, device=beta.device), now[:-1]])
    rest = 1 - now[t - 1]
    mean = before[t - 1].sqrt() * beta[t - 1] / rest * x0 + (1 - beta[t - 1]).sqrt() * (1 - before[t - 1]) / rest * x
    return mean, (1 - before[t - 1]) / rest * beta[t - 1]


def generate(guess, xT, noise, beta):
    x = xT.clone()
    for t in range(len(beta), 0, -1):
        mean, variance = _posterior(guess(x, torch.full(x.shape[:1], t, device=x.device)), x, t, beta)
        x = torch.addcmul(mean, variance, noise[t - 1])
    return x
