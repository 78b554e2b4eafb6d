# breaks: every step has the variance that Bayes' rule gives, and exactly x0 is left at t = 1 | mistake: alpha_bar_0 is the last entry
import torch


def posterior_variance(beta):
    bar = torch.cumprod(1 - beta, 0)
    out = torch.empty_like(beta)
    for i in range(len(beta)):
        out[i] = beta[i] * (1 - bar[i - 1]) / (1 - bar[i])  # bar[-1] where i = 0
    return out
