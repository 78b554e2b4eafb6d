import torch


def additive_forward(z, keep, t):
    x = z.clone()
    seen = torch.where(keep, z, torch.zeros_like(z))
    x[:, ~keep] = z[:, ~keep] + t(seen)[:, ~keep]
    return x, torch.zeros(len(z), dtype=z.dtype, device=z.device)


def additive_inverse(x, keep, t):
    z = x.clone()
    seen = torch.where(keep, x, torch.zeros_like(x))
    z[:, ~keep] = x[:, ~keep] - t(seen)[:, ~keep]
    return z, torch.zeros(len(x), dtype=x.dtype, device=x.device)
