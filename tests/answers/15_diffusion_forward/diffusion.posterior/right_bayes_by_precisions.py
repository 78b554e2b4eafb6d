# the average of both opinions, weighted by precision, in float64
import torch


def posterior(x0, xt, t, beta):
    alpha = 1 - beta.double()
    bar = torch.cat([alpha.new_ones(1), alpha.cumprod(0)])
    axes = (-1,) + (1,) * (x0.dim() - 1)
    a, before = alpha[t - 1].view(axes), bar[t - 1].view(axes)
    by_x0, by_xt = 1 / (1 - before).clamp_min(1e-300), a / (1 - a)
    share = by_xt / (by_x0 + by_xt)
    mean = (1 - share) * before.sqrt() * x0 + share * xt / a.sqrt()
    return mean.to(x0.dtype), (share * (1 - a) / a).view(-1).to(x0.dtype)
