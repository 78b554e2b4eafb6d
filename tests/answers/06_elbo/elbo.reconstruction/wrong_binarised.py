# breaks: ink and paper: what the pixels that are on and those that are off contribute | mistake: the picture rounded to black and white
import math

from torch.nn.functional import softplus


def gaussian_reconstruction(x, x_hat, sigma):
    D = x[0].numel()
    squared = ((x - x_hat) ** 2).flatten(1).sum(1) / (2 * sigma**2)
    constant = 0.5 * D * math.log(2 * math.pi * sigma**2)
    return {"squared": squared, "constant": constant, "loss": squared + constant}


def bernoulli_reconstruction(x, logits):
    x = (x > 0.5).to(x.dtype)
    ink = (x * softplus(-logits)).flatten(1).sum(1)
    paper = ((1 - x) * softplus(logits)).flatten(1).sum(1)
    return {"ink": ink, "paper": paper, "loss": ink + paper}


def implied_sigma(weight, D):
    return math.sqrt(D / (2 * weight))
