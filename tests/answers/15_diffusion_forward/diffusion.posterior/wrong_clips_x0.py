# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1 | mistake: x0 is clipped
import torch


def per_item(values, like):
    return values.reshape(-1, *[1] * (like.dim() - 1))


def posterior(x0, xt, t, beta):
    b = beta.double()
    kept = torch.cumprod(1 - b, 0)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    on_x0 = before.sqrt() * b / (1 - kept)
    on_xt = (1 - b).sqrt() * (1 - before) / (1 - kept)
    variance = (1 - before) / (1 - kept) * b
    i = t - 1
    x0 = x0.clamp(-1, 1)
    mean = per_item(on_x0[i], x0) * x0 + per_item(on_xt[i], x0) * xt
    return mean.to(x0.dtype), variance[i].to(x0.dtype)
