# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: alpha_bar_0 is the last entry
import torch


def posterior_variance(beta):
    bar = torch.cumprod(1 - beta, 0)
    return beta * (1 - torch.roll(bar, 1)) / (1 - bar)
