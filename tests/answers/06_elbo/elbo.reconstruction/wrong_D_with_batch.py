# breaks: constant: what the normal density brings along whatever x is | mistake: the pixels counted wrongly
import math

from torch.nn.functional import softplus


def gaussian_reconstruction(x, x_hat, sigma):
    D = x.numel()
    squared = ((x - x_hat) ** 2).flatten(1).sum(1) / (2 * sigma**2)
    constant = 0.5 * D * math.log(2 * math.pi * sigma**2)
    return {"squared": squared, "constant": constant, "loss": squared + constant}


def bernoulli_reconstruction(x, logits):
    ink = (x * softplus(-logits)).flatten(1).sum(1)
    paper = ((1 - x) * softplus(logits)).flatten(1).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}


def implied_sigma(weight, D):
    return math.sqrt(D / (2 * weight))
