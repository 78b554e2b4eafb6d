import torch.nn.functional as F


def ddpm_loss(model, x0, t, eps, alpha_bar):
    kept = alpha_bar[t - 1].view(-1, *[1] * (x0.ndim - 1))
    return F.mse_loss(model(kept**0.5 * x0 + (1 - kept) ** 0.5 * eps, t), eps)
