import math

import torch


def oddness(z):
    d = torch.tensor(float(z.shape[1]), dtype=z.dtype, device=z.device)
    return (d / 2).sqrt() * (1 - (z * z).mean(1))


def typical_shell(d):
    return torch.tensor(max(math.sqrt(d) - 3, 0.0)), torch.tensor(math.sqrt(d) + 2.9)


def blend(a, b, t):
    angle = math.atan2(t, 1 - t)
    return torch.cos(torch.tensor(angle)) * a + torch.sin(torch.tensor(angle)) * b
