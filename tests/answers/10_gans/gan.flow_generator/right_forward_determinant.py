import math

import torch


def log_p_generated(x, inverse):
    """Row by row, with the determinant of the way forth taken off."""
    z, back = inverse(x)
    forth = -back
    rows = [sum(-0.5 * v * v - 0.5 * math.log(2 * math.pi) for v in row) for row in z]
    return torch.stack(rows) - forth


def loss_of_flow(D, z, x_real, generate, inverse, weight):
    made = generate(z)[0]
    total = torch.logsumexp(torch.stack([torch.zeros_like(D(made)), -D(made)]), 0).sum() / len(z)
    for value in log_p_generated(x_real, inverse):
        total = total - weight * value / len(x_real)
    return total


def thin_generator():
    return torch.tensor([0.99, 0.003])
