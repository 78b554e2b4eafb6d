# breaks: the posterior's variance is the one that Bayes' rule gives, 0 at t = 1 | mistake: never certain
import torch


def ve_posterior(x0, xt, t, sigma):
    n = t.to(x0.dtype)
    back = (1 / n).view(-1, *[1] * (x0.dim() - 1))
    variance = sigma**2 * torch.clamp(n - 1, min=1) / n  # so that its logarithm is finite
    return (1 - back) * xt + back * x0, variance
