# breaks: the result is of the type that the docstring promises
import math


def gaussian_reconstruction(x, x_hat, sigma):
    error = (x.double() - x_hat.double()).flatten(1)
    variance = sigma**2
    squared = (error**2).sum(1) / (2 * variance)
    constant = error.shape[1] / 2 * math.log(2 * math.pi * variance)
    return {"squared": squared, "constant": constant, "loss": squared + constant}
