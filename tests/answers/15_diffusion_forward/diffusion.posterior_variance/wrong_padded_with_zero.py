# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: alpha_bar_0 is 0
import torch
import torch.nn.functional as F


def posterior_variance(beta):
    bar = torch.cumprod(1 - beta, 0)
    return (1 - F.pad(bar, (1, 0))[:-1]) / (1 - bar) * beta
