# the result hangs on a graph of gradients
import torch


def q_sample(x0, t, eps, alpha_bar):
    x0 = x0.clone().requires_grad_(True)
    a = torch.nn.Parameter(alpha_bar.clone())[t - 1]
    both = torch.stack([a.sqrt(), (1 - a).sqrt()]).view(2, -1, *[1] * (x0.dim() - 1))
    return (both * torch.stack([x0, eps])).sum(0)
