# plain arithmetic with fsum; the step entry by entry
import math

import torch


def noising_step(x_prev, eps, a, b):
    flat = [a * x + b * e for x, e in zip(x_prev.flatten().tolist(), eps.flatten().tolist())]
    return torch.tensor(flat, dtype=x_prev.dtype, device=x_prev.device).reshape(x_prev.shape)


def marginal_after(t, a, b):
    return math.prod([a] * t), math.fsum((b * a ** (t - k)) ** 2 for k in range(1, t + 1))
