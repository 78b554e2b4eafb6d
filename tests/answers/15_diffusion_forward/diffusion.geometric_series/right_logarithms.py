import math
from collections import OrderedDict

import numpy as np
import torch


def _noise(alpha, steps):
    return math.exp(0.5 * (math.log1p(-alpha) + steps * math.log(alpha)))


def _signal(alpha, steps):
    return math.exp(0.5 * steps * math.log(alpha))


def unroll_once(x_prev, eps_new, alpha):
    return OrderedDict(signal=_signal(alpha, 1) * x_prev, new_noise=_noise(alpha, 0) * eps_new)


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    return OrderedDict(
        signal=_signal(alpha, 2) * x_prev2, old_noise=_noise(alpha, 1) * eps_old, new_noise=_noise(alpha, 0) * eps_new
    )


def unroll_all(x0, eps, alpha):
    t = eps.shape[0]
    scales = torch.tensor([_noise(alpha, t - 1 - k) for k in range(t)], dtype=eps.dtype, device=eps.device)
    return OrderedDict(signal=_signal(alpha, t) * x0, noise=(eps.movedim(0, -1) * scales).movedim(-1, 0))


def variance_sum(t, alpha):
    return {"factor": np.float64(1 - alpha), "powers": list(np.power(float(alpha), np.arange(t)).astype(np.float32))}


def variance_closed(t, alpha):
    return {"variance": (1 - alpha) * t if alpha == 1 else float(-np.expm1(t * np.log(alpha)))}
