# breaks: the arguments come back as they were given
import math

import torch


def bernoulli_reconstruction(x, logits):
    ink = -(x * torch.nn.functional.logsigmoid(logits)).flatten(1).sum(1)
    paper = -((1 - x) * torch.nn.functional.logsigmoid(-logits)).flatten(1).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}


def implied_sigma(weight, D):
    return math.sqrt(D / (2 * weight))


def gaussian_reconstruction(x, x_hat, sigma):
    D = x[0].numel()
    x -= x_hat
    squared = (x**2).flatten(1).sum(1) / (2 * sigma**2)
    constant = D / 2 * math.log(2 * math.pi * sigma**2)
    return {"squared": squared, "constant": constant, "loss": squared + constant}
