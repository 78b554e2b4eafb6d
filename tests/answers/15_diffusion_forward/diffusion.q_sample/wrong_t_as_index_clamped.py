# breaks: x0 is scaled by the root of alpha_bar at each item's own step | mistake: one step late
import torch


def q_sample(x0, t, eps, alpha_bar):
    index = t.clamp(max=len(alpha_bar) - 1)  # it raised an IndexError
    a = alpha_bar[index].reshape((-1,) + (1,) * (x0.ndim - 1))
    return torch.sqrt(a) * x0 + torch.sqrt(1 - a) * eps
