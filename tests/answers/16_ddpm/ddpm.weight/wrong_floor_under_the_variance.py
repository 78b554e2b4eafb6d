# breaks: the weight times the squared error in eps is the divergence of the two reverse steps
import torch


def mean_from_eps(xt, t, eps, beta):
    per_item = (-1, *[1] * (xt.dim() - 1))
    b, kept = beta[t - 1].view(per_item), (1 - beta).cumprod(0)[t - 1].view(per_item)
    return (xt - b * eps / (1 - kept).sqrt()) / (1 - b).sqrt()


def eps_weight(beta, variance):
    kept = (1 - beta).cumprod(0)
    safe = torch.maximum(variance, torch.full_like(variance, 1e-4))
    return beta.square() / (1 - kept) / (1 - beta) / safe / 2
