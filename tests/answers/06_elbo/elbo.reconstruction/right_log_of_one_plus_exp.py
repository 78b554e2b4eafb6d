# -log p = log(1 + e^-l), by logaddexp; the picture's last axis first
import math

import torch


def picture_sum(a):
    while a.ndim > 1:
        a = a.sum(-1)
    return a


def gaussian_reconstruction(x, x_hat, sigma):
    squared = picture_sum(((x - x_hat) / (math.sqrt(2) * sigma)) ** 2)
    D = math.prod(x.shape[1:])
    constant = torch.tensor(D / 2 * math.log(2 * math.pi * sigma**2))
    return {"squared": squared, "constant": constant, "loss": squared + constant}


def bernoulli_reconstruction(x, logits):
    nought = torch.zeros_like(logits)
    ink = picture_sum(x * torch.logaddexp(nought, -logits))
    paper = picture_sum((1 - x) * torch.logaddexp(nought, logits))
    return {"ink": ink, "paper": paper, "loss": ink + paper}
