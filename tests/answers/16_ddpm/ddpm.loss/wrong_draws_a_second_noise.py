# breaks: the loss is the mean over all entries of the squared distance to the noise in x_t | mistake: another noise for the target
import torch


def ddpm_loss(model, x0, t, eps, alpha_bar):
    kept = alpha_bar[t - 1].reshape(-1, *[1] * (x0.dim() - 1))
    xt = kept.sqrt() * x0 + (1 - kept).sqrt() * eps
    return ((torch.randn_like(eps) - model(xt, t)) ** 2).mean()
