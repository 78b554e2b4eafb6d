import torch


def made_masks(order, degrees):
    below = [order] + list(degrees)
    above = list(degrees) + [order - 1]
    return [torch.where(b[None, :] <= a[:, None], 1.0, 0.0) for a, b in zip(above, below)]


def reads(f, x):
    J = torch.autograd.functional.jacobian(f, x)  # (B, M, B, D)
    return sum(J[b, :, b].abs() for b in range(len(x))) > 0
