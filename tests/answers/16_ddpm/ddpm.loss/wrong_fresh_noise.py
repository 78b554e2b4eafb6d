# breaks: the loss is the mean over all entries of the squared distance to the noise in x_t
import torch


def ddpm_loss(model, x0, t, eps, alpha_bar):
    a = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    xt = a.sqrt() * x0 + (1 - a).sqrt() * eps
    return ((torch.randn_like(x0) - model(xt, t)) ** 2).mean()
