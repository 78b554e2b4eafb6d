# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: the ratio upside down
import torch


def posterior_variance(beta):
    gone = 1 - torch.cumprod(1 - beta, 0)
    out = torch.zeros_like(beta)
    out[1:] = gone[1:] / gone[:-1] * beta[1:]
    return out
