# breaks: the arguments come back as they were given
import torch


def posterior(x0, xt, t, beta):
    kept = (1 - beta).cumprod(0)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    lead = (-1,) + (1,) * (x0.dim() - 1)
    x0 *= (before.sqrt() * beta / (1 - kept))[t - 1].view(lead)
    x0 += ((1 - beta).sqrt() * (1 - before) / (1 - kept))[t - 1].view(lead) * xt
    return x0, (beta * (1 - before) / (1 - kept))[t - 1]
