# breaks: the variance is the one that Bayes' rule gives, 0 at t = 1
import torch


def posterior(x0, xt, t, beta):
    kept = (1 - beta).cumprod(0)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    noise, noise_before = 1 - kept, 1 - before
    noise = noise + 0
    on_x0, on_xt = before.sqrt() * beta / noise, (1 - beta).sqrt() * noise_before / noise
    lead = (-1,) + (1,) * (x0.dim() - 1)
    mean = on_x0[t - 1].view(lead) * x0 + on_xt[t - 1].view(lead) * xt
    return mean, (beta * noise_before / noise)[t - 1].clamp(min=1e-12)
