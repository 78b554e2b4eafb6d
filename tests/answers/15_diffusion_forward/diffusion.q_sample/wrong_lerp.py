# breaks: x0 is scaled by the root of alpha_bar at each item's own step | mistake: roots on neither
import torch


def q_sample(x0, t, eps, alpha_bar):
    weight = alpha_bar[t - 1]
    while weight.dim() < x0.dim():
        weight = weight.unsqueeze(-1)
    return torch.lerp(eps, x0, weight)
