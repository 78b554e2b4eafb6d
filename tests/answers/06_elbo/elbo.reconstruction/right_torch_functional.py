# mse_loss and cross-entropy with logits, picture by picture
import math

import torch
import torch.nn.functional as F


def gaussian_reconstruction(x, x_hat, sigma):
    error = torch.stack([F.mse_loss(a, b, reduction="sum") for a, b in zip(x_hat, x)])
    constant = x[0].numel() * (math.log(sigma) + 0.5 * math.log(2 * math.pi))
    return {"squared": error / (2 * sigma**2), "constant": constant, "loss": error / (2 * sigma**2) + constant}


def bernoulli_reconstruction(x, logits):
    axes = tuple(range(1, x.ndim))
    ink = torch.sum(x * F.softplus(-logits), dim=axes)
    paper = torch.sum((1 - x) * F.softplus(logits), dim=axes)
    loss = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=axes)
    return {"ink": ink, "paper": paper, "loss": loss}


def implied_sigma(weight, D):
    return torch.tensor(D / 2 / weight).sqrt()
