import torch


def mean_from_eps(xt, t, eps, beta):
    bars = torch.cat([torch.ones_like(beta[:1]), torch.cumprod(1 - beta, 0)])
    shape = (-1,) + (1,) * (xt.dim() - 1)
    now, before, b = bars[t].view(shape), bars[t - 1].view(shape), beta[t - 1].view(shape)
    return (xt - b * (1 - now) ** -0.5 * eps) * (before / now).sqrt()


def eps_weight(beta, variance):
    bars = torch.cumprod(1 - beta, 0)
    slope = beta / ((1 - bars) * (1 - beta)).sqrt()
    return slope**2 / variance / 2
