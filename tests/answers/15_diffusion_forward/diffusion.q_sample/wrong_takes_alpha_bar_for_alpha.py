# breaks: x0 is scaled by the root of alpha_bar at each item's own step | mistake: multiplied up once more
import torch


def q_sample(x0, t, eps, alpha_bar):
    a = torch.cumprod(alpha_bar, 0)[t - 1].view(-1, *[1] * (x0.dim() - 1))
    return torch.sqrt(a) * x0 + torch.sqrt(1 - a) * eps
