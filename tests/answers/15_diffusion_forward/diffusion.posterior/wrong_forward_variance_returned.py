# breaks: the variance is the one that Bayes' rule gives, 0 at t = 1 | mistake: beta for beta tilde
import torch
import torch.nn.functional as F


def posterior(x0, xt, t, beta):
    bar = F.pad(torch.cumprod(1 - beta, 0), (1, 0), value=1)
    axes = [-1] + [1] * (x0.dim() - 1)
    b, now, before = (v.view(axes) for v in (beta[t - 1], bar[t], bar[t - 1]))
    mean = (before.sqrt() * b * x0 + (1 - b).sqrt() * (1 - before) * xt) / (1 - now)
    return mean, torch.take(beta, t - 1)
