# breaks: forward carries every z to the x of the layer's equation | mistake: t sees what it moves
import torch


def additive_forward(z, keep, t):
    return torch.where(keep, z, z + t(z)), 0 * z.sum(1)


def additive_inverse(x, keep, t):
    return torch.where(keep, x, x - t(x)), 0 * x.sum(1)
