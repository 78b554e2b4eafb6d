# numpy there and back, with the batch moved to the last axis
import numpy as np
import torch


def q_sample(x0, t, eps, alpha_bar):
    a = alpha_bar.cpu().numpy().take(t.cpu().numpy() - 1)
    x, e = np.moveaxis(x0.cpu().numpy(), 0, -1), np.moveaxis(eps.cpu().numpy(), 0, -1)
    noisy = np.sqrt(a) * x + np.sqrt(1 - a) * e
    return torch.from_numpy(np.moveaxis(noisy, -1, 0).copy()).to(x0.device)
