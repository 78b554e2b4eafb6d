# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: beta at the first step
import torch


def posterior_variance(beta):
    kept = torch.cumprod(1 - beta.double(), 0)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    out = (1 - before) / (1 - kept) * beta
    out[0] = beta[0]
    return out.to(beta.dtype)
