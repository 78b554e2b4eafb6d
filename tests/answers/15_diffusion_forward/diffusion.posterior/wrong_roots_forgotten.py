# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1 | mistake: the roots are missing
import torch


def posterior(x0, xt, t, beta):
    bar = torch.cat([beta.new_ones(1), (1 - beta).cumprod(0)])
    axes = [-1] + [1] * (x0.dim() - 1)
    b, now, before = (v.view(axes) for v in (beta[t - 1], bar[t], bar[t - 1]))
    mean = (before * b * x0 + (1 - b) * (1 - before) * xt) / (1 - now)
    return mean, ((1 - before) / (1 - now) * b).flatten()
