# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1
import torch


def posterior_variance(beta):
    kept = (1 - beta).cumprod(0)
    before = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    return (beta * (1 - before) / (1 - kept)).clamp(min=1e-12)  # for the logarithm
