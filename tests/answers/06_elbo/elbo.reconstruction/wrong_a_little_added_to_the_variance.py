# breaks: squared: the squared error of the whole picture over 2 sigma²
import math


def gaussian_reconstruction(x, x_hat, sigma):
    error = (x - x_hat).flatten(1)
    variance = sigma**2 + 1e-8
    squared = (error**2).sum(1) / (2 * variance)
    constant = error.shape[1] / 2 * math.log(2 * math.pi * variance)
    return {"squared": squared, "constant": constant, "loss": squared + constant}
