# breaks: eps is scaled by the root of 1 − alpha_bar at each item's own step | mistake: variance for standard deviation
import numpy as np
import torch


def q_sample(x0, t, eps, alpha_bar):
    a = alpha_bar.cpu().numpy()[t.cpu().numpy() - 1]
    x, e = np.moveaxis(x0.cpu().numpy(), 0, -1), np.moveaxis(eps.cpu().numpy(), 0, -1)
    noisy = np.sqrt(a) * x + (1 - a) * e
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(noisy, -1, 0))).to(x0)
