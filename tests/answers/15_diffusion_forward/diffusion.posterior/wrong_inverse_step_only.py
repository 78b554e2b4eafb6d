# breaks: the mean is the one that Bayes' rule gives, x0 itself at t = 1
import torch


def posterior(x0, xt, t, beta):
    axes = [-1] + [1] * (x0.dim() - 1)
    b = beta[t - 1]
    return xt / torch.sqrt(1 - b).view(axes), b / (1 - b)
