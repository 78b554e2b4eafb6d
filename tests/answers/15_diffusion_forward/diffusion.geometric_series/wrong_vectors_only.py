# breaks: line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it
import math

import torch


def unroll_all(x0, eps, alpha):
    t = len(eps)
    factors = torch.tensor([math.sqrt((1 - alpha) * alpha ** (t - 1 - k)) for k in range(t)], dtype=eps.dtype)
    noise = factors.to(eps.device) * eps if eps.shape[-1] == t else (factors.to(eps.device) * eps.mT).mT
    return {"signal": math.sqrt(alpha) ** t * x0, "noise": noise}
