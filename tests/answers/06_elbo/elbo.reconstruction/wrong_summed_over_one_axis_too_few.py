# breaks: constant: what the normal density brings along whatever x is | mistake: the pixels counted wrongly
import math


def gaussian_reconstruction(x, x_hat, sigma):
    D = x.shape[-1]  # the width, not the number of pixels
    squared = ((x - x_hat) ** 2).flatten(1).sum(1) / (2 * sigma**2)
    constant = D / 2 * math.log(2 * math.pi * sigma**2)
    return {"squared": squared, "constant": constant, "loss": squared + constant}
