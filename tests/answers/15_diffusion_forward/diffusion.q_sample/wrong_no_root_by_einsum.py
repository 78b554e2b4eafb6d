# breaks: x0 is scaled by the root of alpha_bar at each item's own step | mistake: the root is missing on the signal
import torch


def q_sample(x0, t, eps, alpha_bar):
    a = alpha_bar[t - 1]
    return torch.einsum("b,b...->b...", a, x0) + torch.einsum("b,b...->b...", (1 - a) ** 0.5, eps)
