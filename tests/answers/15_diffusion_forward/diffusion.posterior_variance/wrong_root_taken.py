# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: the standard deviation
import torch


def posterior_variance(beta):
    bar = torch.exp(torch.cumsum(torch.log1p(-beta), 0))
    before = bar / (1 - beta)
    before[0] = 1
    return torch.sqrt((1 - before) / (1 - bar)) * torch.sqrt(beta)
