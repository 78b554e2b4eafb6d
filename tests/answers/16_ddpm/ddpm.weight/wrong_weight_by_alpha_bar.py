# breaks: the weight times the squared error in eps is the divergence of the two reverse steps | mistake: alpha_bar for alpha in the weight
import torch


def mean_from_eps(xt, t, eps, beta):
    column = (-1, *[1] * (xt.dim() - 1))
    kept = (1 - beta).cumprod(0)[t - 1].reshape(column)
    beta_t = beta[t - 1].reshape(column)
    return (xt - beta_t / (1 - kept).sqrt() * eps) / (1 - beta_t).sqrt()


def eps_weight(beta, variance):
    kept = torch.cumprod(1 - beta, dim=0)
    return beta**2 / (2 * variance * kept * (1 - kept))
