# breaks: the variance is the one that Bayes' rule gives, 0 at t = 1 | mistake: the standard deviation
import torch


def posterior(x0, xt, t, beta):
    bar = torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])
    axes = [-1] + [1] * (x0.dim() - 1)
    b, now, before = (v.view(axes) for v in (beta[t - 1], bar[t], bar[t - 1]))
    mean = before.sqrt() * b / (1 - now) * x0 + (1 - b).sqrt() * (1 - before) / (1 - now) * xt
    return mean, ((1 - before) / (1 - now) * b).sqrt().flatten()
