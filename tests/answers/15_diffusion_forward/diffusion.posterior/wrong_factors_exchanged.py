# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1 | mistake: coefficients swapped
import torch


def posterior(x0, xt, t, beta):
    bar = torch.cat([torch.ones_like(beta[:1]), torch.cumprod(1 - beta, 0)])
    b, now, before = beta[t - 1], bar[t], bar[t - 1]
    on_xt = torch.sqrt(before) * b / (1 - now)
    on_x0 = torch.sqrt(1 - b) * (1 - before) / (1 - now)
    mean = torch.einsum("b,b...->b...", on_x0, x0) + torch.einsum("b,b...->b...", on_xt, xt)
    return mean, b * (1 - before) / (1 - now)
