# breaks: noising the result with the same eps leads back to xt, at each item's own step | mistake: the noise is added again
import torch


def predict_x0(xt, t, eps, alpha_bar):
    a = alpha_bar[t - 1].reshape(-1, *[1] * (xt.dim() - 1))
    return torch.addcmul(xt, torch.sqrt(1 - a), eps) / torch.sqrt(a)
