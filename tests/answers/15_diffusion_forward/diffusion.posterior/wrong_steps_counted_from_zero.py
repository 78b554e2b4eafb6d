# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1 | mistake: one step late
import torch


def posterior(x0, xt, t, beta):
    bar = torch.cumprod(1 - beta, 0)
    before = torch.cat([torch.ones_like(bar[:1]), bar[:-1]])
    on_x0 = before.sqrt() * beta / (1 - bar)
    on_xt = (1 - beta).sqrt() * (1 - before) / (1 - bar)
    tilde = beta * (1 - before) / (1 - bar)
    axes = [-1] + [1] * (x0.dim() - 1)
    return on_x0[t].view(axes) * x0 + on_xt[t].view(axes) * xt, tilde[t]
