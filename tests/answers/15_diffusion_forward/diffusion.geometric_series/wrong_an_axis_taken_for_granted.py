# breaks: line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it
# a data point may be a number: then eps has one axis, and none is left to flatten
import math

import torch


def unroll_all(x0, eps, alpha):
    t = len(eps)
    later = torch.arange(t - 1, -1, -1, dtype=eps.dtype, device=eps.device)
    rows = math.sqrt(1 - alpha) * alpha ** (later / 2)
    return {"signal": alpha ** (t / 2) * x0, "noise": (rows[:, None] * eps.flatten(1)).reshape(eps.shape)}
