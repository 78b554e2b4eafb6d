# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: the ratio without beta
import torch


def posterior_variance(beta):
    bar = torch.cumprod(1 - beta, 0)
    before = torch.cat([torch.ones_like(bar[:1]), bar[:-1]])
    return (1 - before) / (1 - bar)
