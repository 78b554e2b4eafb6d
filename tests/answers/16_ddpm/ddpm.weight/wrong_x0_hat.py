# breaks: the mean is that of the posterior in which x0 is what x_t and eps make it | mistake: the estimate of x0
import torch


def mean_from_eps(xt, t, eps, beta):
    column = (-1, *[1] * (xt.dim() - 1))
    kept = (1 - beta).cumprod(0)[t - 1].reshape(column)
    beta_t = beta[t - 1].reshape(column)
    return (xt - (1 - kept).sqrt() * eps) / kept.sqrt()


def eps_weight(beta, variance):
    kept = torch.cumprod(1 - beta, dim=0)
    return beta**2 / (2 * variance * (1 - beta) * (1 - kept))
