# numpy's scalars and arrays, exponentials of logarithms
import math

import numpy as np
import torch


def unroll_all(x0, eps, alpha):
    t = len(eps)
    rate = math.log(alpha) / 2
    factors = np.sqrt(1 - alpha) * np.exp(rate * np.arange(t - 1, -1, -1))
    noise = eps.cpu().numpy() * factors.reshape(-1, *[1] * x0.dim())
    return {"signal": x0 * math.exp(rate * t), "noise": torch.from_numpy(noise).to(eps)}


def variance_sum(t, alpha):
    return {"factor": np.float64(1) - alpha, "powers": torch.from_numpy(np.vander([alpha], t, increasing=True)[0])}


def variance_closed(t, alpha):
    return {"variance": -np.expm1(t * np.log(alpha))}
