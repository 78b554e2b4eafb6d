# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1
import torch


def posterior(x0, xt, t, beta):
    kept = (1 - beta).cumprod(0)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    noise, noise_before = 1 - kept, 1 - before
    noise, noise_before = noise.clamp(min=1e-4), noise_before.clamp(min=1e-4)
    on_x0, on_xt = before.sqrt() * beta / noise, (1 - beta).sqrt() * noise_before / noise
    lead = (-1,) + (1,) * (x0.dim() - 1)
    mean = on_x0[t - 1].view(lead) * x0 + on_xt[t - 1].view(lead) * xt
    return mean, (beta * noise_before / noise)[t - 1]
