# breaks: noising the result with the same eps leads back to xt, at each item's own step | mistake: variance for standard deviation
import numpy as np
import torch


def predict_x0(xt, t, eps, alpha_bar):
    a = np.take(alpha_bar.cpu().numpy(), t.cpu().numpy() - 1)
    a = np.expand_dims(a, tuple(range(1, xt.dim())))
    x0 = (xt.cpu().numpy() - (1 - a) * eps.cpu().numpy()) / np.sqrt(a)
    return torch.from_numpy(x0).to(xt)
