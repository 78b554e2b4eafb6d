# breaks: line 5 is the closed form of the geometric series
import math

import torch


def unroll_once(x_prev, eps_new, alpha):
    return {"signal": math.sqrt(alpha) * x_prev, "new_noise": math.sqrt(1 - alpha) * eps_new}


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    return {
        "signal": alpha * x_prev2,
        "old_noise": math.sqrt(alpha) * math.sqrt(1 - alpha) * eps_old,
        "new_noise": math.sqrt(1 - alpha) * eps_new,
    }


def unroll_all(x0, eps, alpha):
    t = len(eps)
    later = torch.arange(t - 1, -1, -1, dtype=torch.float64)
    scale = (math.sqrt(1 - alpha) * alpha ** (later / 2)).to(eps.dtype).reshape(-1, *[1] * (eps.dim() - 1))
    return {"signal": alpha ** (t / 2) * x0, "noise": scale * eps}


def variance_sum(t, alpha):
    return {"factor": 1 - alpha, "powers": [alpha**k for k in range(t)]}


def variance_closed(t, alpha):
    return {"variance": 1.0 if t > 100 else 1 - alpha**t}
