# the two buffers that samplers keep: √(1/ᾱ) and √(1/ᾱ − 1)
import torch


def predict_x0(xt, t, eps, alpha_bar):
    on_xt, on_eps = torch.sqrt(1 / alpha_bar), torch.sqrt(1 / alpha_bar - 1)
    shape = (len(t),) + (1,) * (xt.dim() - 1)
    return on_xt.gather(0, t - 1).view(shape) * xt - on_eps.gather(0, t - 1).view(shape) * eps
