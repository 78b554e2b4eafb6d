# float64 inside, and prints on the way
import math

import torch


def unroll_once(x_prev, eps_new, alpha):
    print("line 1", alpha)
    signal, noise = math.sqrt(alpha) * x_prev.double(), math.sqrt(1 - alpha) * eps_new.double()
    return {"signal": signal.to(x_prev.dtype), "new_noise": noise.to(eps_new.dtype)}


def unroll_all(x0, eps, alpha):
    t = len(eps)
    print("line 3", t)
    noise = [math.sqrt((1 - alpha) * alpha ** (t - 1 - k)) * e.double() for k, e in enumerate(eps)]
    return {"signal": (math.sqrt(alpha**t) * x0.double()).to(x0), "noise": torch.stack(noise).to(eps)}


def variance_sum(t, alpha):
    return {"factor": 1 - alpha, "powers": list(torch.tensor([alpha**k for k in range(t)], dtype=torch.float64))}
