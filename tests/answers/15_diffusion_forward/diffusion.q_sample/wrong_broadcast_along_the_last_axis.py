# breaks: x0 is scaled by the root of alpha_bar at each item's own step
import torch


def q_sample(x0, t, eps, alpha_bar):
    a = alpha_bar[t - 1]
    return torch.sqrt(a) * x0 + torch.sqrt(1 - a) * eps
