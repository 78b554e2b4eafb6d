# numpy's scalars, a tensor made by numpy
import numpy as np
import torch


def noising_step(x_prev, eps, a, b):
    x = np.add(x_prev.cpu().numpy() * a, eps.cpu().numpy() * b)
    return torch.from_numpy(x).to(x_prev.device)


def marginal_after(t, a, b):
    powers = np.power(a, 2.0 * np.arange(t))
    return np.float64(a) ** t, np.sum(b**2 * powers)
