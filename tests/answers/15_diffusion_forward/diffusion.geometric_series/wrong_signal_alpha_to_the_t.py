# breaks: line 3 goes on down to x_0: one signal, and t noises, each shrunk by the steps after it | mistake: the signal without roots
import torch


def unroll_all(x0, eps, alpha):
    t = len(eps)
    powers = torch.arange(t - 1, -1, -1, dtype=eps.dtype, device=eps.device) / 2
    factors = (1 - alpha) ** 0.5 * alpha**powers
    return {"signal": alpha**t * x0, "noise": factors.view(-1, *[1] * x0.dim()) * eps}
