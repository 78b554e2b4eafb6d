# breaks: without noise each step is the posterior's mean for the guess, from t = T down to t = 1 | mistake: one step short
import torch


def _posterior(x0, x, t, beta):
    now = torch.cumprod(1 - beta, 0)
    before = torch.cat([torch.ones(1, dtype=beta.dtype, device=beta.device), now[:-1]])
    rest = 1 - now[t - 1]
    mean = before[t - 1].sqrt() * beta[t - 1] / rest * x0 + (1 - beta[t - 1]).sqrt() * (1 - before[t - 1]) / rest * x
    return mean, (1 - before[t - 1]) / rest * beta[t - 1]


def generate(guess, xT, noise, beta):
    x = xT
    for t in range(len(beta), 1, -1):
        mean, variance = _posterior(guess(x, torch.full((len(x),), t, device=x.device)), x, t, beta)
        x = mean + variance.sqrt() * noise[t - 1]
    return x
