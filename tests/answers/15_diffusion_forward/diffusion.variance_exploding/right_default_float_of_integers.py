# √t and (t − 1)/t of an integer tensor come out in torch's default type
import torch


def ve_sample(x0, t, eps, sigma):
    return x0 + torch.sqrt(t).view(-1, *[1] * (x0.dim() - 1)) * sigma * eps


def ve_posterior(x0, xt, t, sigma):
    n = t.view(-1, *[1] * (x0.dim() - 1))
    return ((n - 1) * xt + x0) / n, sigma**2 * (t - 1) / t
