# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1 | mistake: alpha_bar_0 is not 1
import torch


def posterior(x0, xt, t, beta):
    bar = torch.cumprod(1 - beta, 0)
    axes = [-1] + [1] * (x0.dim() - 1)
    b, now = beta[t - 1].view(axes), bar[t - 1].view(axes)
    before = bar[t - 2].view(axes)  # at t = 1 this is the last entry
    mean = before.sqrt() * b / (1 - now) * x0 + (1 - b).sqrt() * (1 - before) / (1 - now) * xt
    return mean, ((1 - before) / (1 - now) * b).view(-1)
