# breaks: noising the result with the same eps leads back to xt, at each item's own step
import torch


def predict_x0(xt, t, eps, alpha_bar):
    kept = alpha_bar[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    signal = torch.clamp(kept.sqrt(), min=1e-6)
    return xt / signal - (1 - kept).sqrt() / signal * eps
